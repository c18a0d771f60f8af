"""The grown corpus, and how a ratio is measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from grow import grow, seed_bundle

from corpus_tools.rules import tables_of
from corpus_tools.schemas import TABLES
from corpus_tools.seeds import read_config
from corpus_tools.tables import arrow_table, json_lines, write_parquet

DOCUMENTS = 2_000
ROUNDS = 5


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--documents", default=100_000, help="how many documents the benchmarks of memory take")


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed article grown to 2,000 documents, as JSON lines and as one Parquet file a table."""
    folder = tmp_path_factory.mktemp("grown")
    (folder / "jsonl").mkdir()
    files = {table: (folder / "jsonl" / f"{table}.jsonl").open("wb") for table in TABLES}
    for bundle in grow(DOCUMENTS):
        for table, records in tables_of(bundle).items():
            files[table].write(json_lines(records))
    for table, file in files.items():
        file.close()
        write_parquet(folder / f"{table}.parquet", arrow_table(table, Path(file.name).read_bytes()))
    return folder


@pytest.fixture(scope="session")
def config() -> dict[str, Any]:
    """corpus.yaml of the shipped corpus."""
    value: dict[str, Any] = read_config(Path(__file__).parents[1] / "seeds")[0].value
    return value


@pytest.fixture(scope="session")
def size() -> dict[str, int]:
    """Claims and spans of the grown corpus."""
    bundle = seed_bundle()
    spans = sum(len(m.fragments) for m in bundle.mentions)
    spans += sum(len(part) for c in bundle.claims for part in (c.content, c.source, c.cue, c.scare_quotes))
    return {"documents": DOCUMENTS, "claims": DOCUMENTS * len(bundle.claims), "spans": DOCUMENTS * spans}


@pytest.fixture
def ratio(benchmark: Any, size: dict[str, int], request: pytest.FixtureRequest) -> Callable[..., float]:
    """Time a subject and a baseline in turn; the ratio of their medians is kept with the benchmark's figures and held to its limits.

    ``on``: the size of the data, where they are not the whole grown corpus.
    """

    def measure(
        subject: Callable[[], Any],
        baseline: Callable[[], Any],
        name: str,
        at_most: float | None = None,
        at_least: float | None = None,
        on: dict[str, int] = size,
    ) -> float:
        baseline_times: list[float] = []

        def before_each_round() -> None:
            start = time.perf_counter()
            baseline()
            baseline_times.append(time.perf_counter() - start)

        benchmark.pedantic(subject, setup=before_each_round, rounds=ROUNDS, warmup_rounds=1)
        baseline_median = statistics.median(baseline_times[1:])
        value = float(benchmark.stats.stats.median / baseline_median)
        about = (request.function.__doc__ or "").splitlines()[0]
        limits = {"at_most": at_most, "at_least": at_least}
        benchmark.extra_info.update(
            on, about=about, baseline=name, baseline_median=baseline_median, ratio=round(value, 3), **limits
        )
        assert at_most is None or value <= at_most
        assert at_least is None or value >= at_least
        return value

    return measure


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Checks come first: what other benchmarks leave in the memory of this process slows what makes many small objects."""
    items.sort(key=lambda item: item.path.name != "test_check.py")
