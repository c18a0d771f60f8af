"""Resolving quotes, building, and converting offsets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from grow import seed_bundle

from corpus_tools.building import build
from corpus_tools.compiler import compile_document
from corpus_tools.seeds import read_seed, scan
from corpus_tools.text import Units

SEEDS = Path(__file__).parents[1] / "seeds"


def spans_of_seed() -> int:
    bundle = seed_bundle()
    parts = [part for c in bundle.claims for part in (c.content, c.source, c.cue, c.scare_quotes)]
    return sum(len(m.fragments) for m in bundle.mentions) + sum(map(len, parts))


def per_second(benchmark: Any, spans: int) -> None:
    benchmark.extra_info.update(spans=spans, spans_per_second=round(spans / benchmark.stats.stats.median))


def test_read_seed_files(benchmark: Any) -> None:
    """YAML to plain data, with the place of every value."""
    files = scan(SEEDS)[0][0]
    benchmark.pedantic(lambda: read_seed(files), rounds=10, warmup_rounds=1)
    per_second(benchmark, spans_of_seed())


def test_compile_document(benchmark: Any, config: dict[str, Any]) -> None:
    """Source, quotes and rules to records."""
    seed, _ = read_seed(scan(SEEDS)[0][0])
    assert seed
    benchmark.pedantic(lambda: compile_document(seed, config), rounds=10, warmup_rounds=1)
    per_second(benchmark, spans_of_seed())


def test_build(benchmark: Any, tmp_path: Path) -> None:
    """The whole way, with all files written."""
    benchmark.pedantic(lambda: build(SEEDS, tmp_path / "corpus"), rounds=5, warmup_rounds=1)
    per_second(benchmark, spans_of_seed())


def test_convert_offsets(ratio: Callable[..., float]) -> None:
    """Code points of a document to bytes."""
    text = (seed_bundle().document.text or "") + " \U0001f600 é " * 100
    offsets = list(range(0, len(text), 3))
    subject = lambda: Units(text).convert(offsets, "code_point", "utf8_byte")  # noqa: E731
    baseline = lambda: [len(text[:i].encode()) for i in offsets]  # noqa: E731
    ratio(subject, baseline, "`len(text[:i].encode())`", at_most=0.1, on={"documents": 1})
