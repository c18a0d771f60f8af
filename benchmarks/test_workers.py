"""What several workers gain: the time of one against that of two, for a build and a check of many small documents."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_memory import write_tiny_seeds

from corpus_tools import build, check
from corpus_tools.executors import cores

ROUNDS = 3
DOCUMENTS = 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workers")
    write_tiny_seeds(folder / "seeds", DOCUMENTS)
    build(folder / "seeds", folder / "corpus")
    return folder


def gain(benchmark: Any, call: Callable[[int], Any], before: Callable[[], Any]) -> float:
    """The time of one worker as a multiple of that of two, the medians of runs in turn."""
    alone: list[float] = []

    def one_worker_first() -> None:
        before()
        start = time.perf_counter()
        call(1)
        alone.append(time.perf_counter() - start)
        before()

    benchmark.pedantic(lambda: call(2), setup=one_worker_first, rounds=ROUNDS)
    value = float(sorted(alone)[len(alone) // 2] / benchmark.stats.stats.median)
    benchmark.extra_info.update(baseline="one worker", load=os.getloadavg()[0], gain=round(value, 2))
    return value


@pytest.mark.skipif(cores() < 2, reason="one core")
def test_two_workers_build(benchmark: Any, folder: Path) -> None:
    remove = lambda: shutil.rmtree(folder / "new", ignore_errors=True)  # noqa: E731
    assert gain(benchmark, lambda workers: build(folder / "seeds", folder / "new", workers), remove) >= 1.7


@pytest.mark.skipif(cores() < 2, reason="one core")
def test_two_workers_check(benchmark: Any, folder: Path) -> None:
    assert gain(benchmark, lambda workers: check(folder / "corpus", workers=workers), lambda: None) >= 1.7


@pytest.mark.skipif(cores() < 2, reason="one core")
def test_two_workers_check_against_seeds(benchmark: Any, folder: Path) -> None:
    against = lambda workers: check(folder / "corpus", folder / "seeds", workers=workers)  # noqa: E731
    assert gain(benchmark, against, lambda: None) >= 1.5  # the digest of all seeds is one process's
