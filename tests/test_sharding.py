"""Sharded builds: killed at any moment they go on; what is unchanged is taken over; workers, shards and former builds never show."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from helpers import TOP, contents, in_child, one_mention, write_config, write_document
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_tools import CorpusError, UsageError, build, building, check, reshard, sharding
from corpus_tools.merging import Merge, documents_in, merge
from corpus_tools.tables import shard_of

DOCUMENTS, SHARDS = 60, 8


def add_documents(seeds: Path, numbers: range) -> None:
    for number in numbers:
        split = ("train", "test")[number % 5 == 0]
        write_document(seeds, f"d{number:03}", f"Ada {number} went.\n\nMore of it.\n", one_mention("Ada"), split=split)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with seeds of many documents, whose corpus has several shards."""
    monkeypatch.setattr(building, "DOCUMENTS_PER_SHARD", DOCUMENTS // SHARDS + 1)
    memory = Path("/dev/shm")  # where flushing to the disk costs nothing
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        add_documents(write_config(Path(name) / "seeds"), range(DOCUMENTS))
        yield Path(name)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def inodes(corpus: Path) -> dict[str, int]:
    """Which file with rows is which: those of a shard that was taken over are the very same."""
    files = corpus.glob("data/paragraphs/*")
    return {path.name: path.stat().st_ino for path in files if pq.read_metadata(path).num_rows}


def fresh(place: Path, shards: int = SHARDS) -> dict[str, Any]:
    """What a build gives that knows nothing of any other."""
    with TemporaryDirectory(dir=place) as folder:
        reshard(shards, place / "seeds", Path(folder) / "corpus", workers=1)
        return contents(Path(folder) / "corpus")


# ----------------------------------------------------------------------------------------------------- interrupted

BUILD = "from corpus_tools import building\nbuilding.DOCUMENTS_PER_SHARD = {size}\nprint('go', flush=True)\n"
BUILD += "building.build('seeds', 'corpus', workers={workers})\n"


def started(place: Path, workers: int) -> subprocess.Popen[str]:
    """A build in a process of its own."""
    code = BUILD.format(size=DOCUMENTS // SHARDS + 1, workers=workers)
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    process = subprocess.Popen([sys.executable, "-c", code], cwd=place, env=environment, stdout=-1, stderr=-1, text=True)
    assert process.stdout
    process.stdout.readline()
    return process


def killed_at_random(place: Path, longest: float) -> None:
    """A build is killed, its workers end too, and the next build gives what an undisturbed one does."""
    before = contents(place / "corpus") if (place / "corpus").exists() else None
    expected = fresh(place)
    process = started(place, workers=random.choice([1, 2]))
    time.sleep(random.uniform(0, longest))
    process.kill()
    process.communicate()  # ends when no worker has its end of the pipes any more
    now = contents(place / "corpus") if (place / "corpus").exists() else None
    assert now in (before, expected)
    build(place / "seeds", place / "corpus", workers=1)
    assert contents(place / "corpus") == expected
    assert names(place) == {"seeds", "corpus"}


@pytest.mark.parametrize("former", [False, True, True])
def test_killed_at_a_random_moment_it_goes_on_and_ends_the_same(place, former):
    if former:
        build(place / "seeds", place / "corpus", workers=1)
        add_documents(place / "seeds", range(DOCUMENTS - 9, DOCUMENTS + 9))
    killed_at_random(place, 0.7)


@pytest.mark.slow
def test_killed_at_20_random_moments_it_goes_on_and_ends_the_same(place):
    for number in range(20):
        add_documents(place / "seeds", range(number, DOCUMENTS + number))
        killed_at_random(place, 1)


def test_it_goes_on_from_the_finished_shards(place):
    expected = fresh(place)
    process = started(place, workers=2)
    while len(list(place.glob(".corpus.state/shards/[0-9]*/entry.json"))) < 3:
        time.sleep(0.001)
    process.kill()
    process.communicate()
    finished = {p.name: p.stat().st_ino for p in place.glob(".corpus.state/shards/[0-9]*/data/paragraphs/*")}
    assert len({name.partition("-")[2] for name in finished}) >= 3
    build(place / "seeds", place / "corpus")
    assert contents(place / "corpus") == expected
    made = inodes(place / "corpus")
    assert {name: made[name] for name in finished} == finished


@pytest.mark.parametrize("whom", [os.kill, os.killpg])
def test_interrupted_it_ends_without_a_word_and_keeps_what_is_finished(place, whom):
    """Ctrl-C in a terminal goes to the workers too."""
    add_documents(place / "seeds", range(200))
    command = [sys.executable, "-m", "corpus_tools", "reshard", "32", "--workers", "2"]
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    with subprocess.Popen(command, cwd=place, env=environment, stdout=-1, stderr=-1, start_new_session=True) as process:
        while not list(place.glob(".corpus.state/shards/[0-9]*/entry.json")):
            assert process.poll() is None
            time.sleep(0.001)
        whom(process.pid, signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")
    assert names(place) == {"seeds", ".corpus.state"}


def test_a_problem_keeps_what_is_finished_and_the_former_corpus(place):
    build(place / "seeds", place / "corpus")
    before = contents(place / "corpus")
    add_documents(place / "seeds", range(DOCUMENTS, DOCUMENTS + 30))
    write_document(place / "seeds", "d007", b"\xff")
    (place / "seeds" / "d007.ann.yaml").unlink()
    with pytest.raises(CorpusError) as error:
        build(place / "seeds", place / "corpus")
    assert [Path(finding.path).name for finding in error.value.findings] == ["d007.txt"]
    assert contents(place / "corpus") == before
    assert names(place) == {"seeds", "corpus", ".corpus.state"}
    finished = {path.name for path in place.glob(".corpus.state/shards/*")}
    assert finished == {f"{n:05d}-of-{SHARDS:05d}" for n in range(SHARDS)} - {f"{shard_of('d007', SHARDS):05d}-of-{SHARDS:05d}"}
    add_documents(place / "seeds", range(7, 8))
    build(place / "seeds", place / "corpus")
    assert contents(place / "corpus") == fresh(place)
    assert names(place) == {"seeds", "corpus"}


def test_what_an_interrupted_build_of_other_seeds_left_does_not_show(place):
    started(place, workers=1).communicate()  # to its end
    shutil.copytree(place / "corpus", place / "whole")
    shutil.rmtree(place / "corpus")
    process = started(place, workers=1)
    while not list(place.glob(".corpus.state/shards/[0-9]*/entry.json")):
        time.sleep(0.001)
    process.kill()
    process.communicate()
    for path in sorted((place / "seeds").glob("d0*")):
        path.write_bytes(path.read_bytes().replace(b"Ada", b"Eve")) if path.suffix != ".txt" else path.unlink()
        path.unlink(missing_ok=True)
    add_documents(place / "seeds", range(100, 120))
    shards = building.shard_count(20)
    build(place / "seeds", place / "corpus")
    assert contents(place / "corpus") == fresh(place, shards)
    assert names(place) == {"seeds", "corpus", "whole"}


# --------------------------------------------------------------------------------------------------- taken over


def test_one_changed_document_rebuilds_one_shard(place):
    build(place / "seeds", place / "corpus")
    before = inodes(place / "corpus")
    write_document(place / "seeds", "d007", "Ada left.\n", one_mention("Ada"))
    build(place / "seeds", place / "corpus")
    changed = {name for name, inode in inodes(place / "corpus").items() if before[name] != inode}
    assert {name.partition("-")[2] for name in changed} == {f"{shard_of('d007', SHARDS):05d}-of-{SHARDS:05d}.parquet"}
    assert contents(place / "corpus") == fresh(place)
    assert check(place / "corpus", place / "seeds") == []


def test_a_removed_document_leaves_nothing(place):
    build(place / "seeds", place / "corpus")
    for path in (place / "seeds").glob("d01*"):
        path.unlink()
    manifest = build(place / "seeds", place / "corpus")
    assert sum(manifest["splits"].values()) == DOCUMENTS - 10
    assert contents(place / "corpus") == fresh(place)
    assert not [name for name, value in contents(place / "corpus").items() if value and b'"d012"' in value[1]]


@pytest.mark.parametrize(
    "name", ["jsonl/paragraphs.jsonl", f"data/paragraphs/train-00002-of-{SHARDS:05d}.parquet", "manifest.json"]
)
def test_a_damaged_file_is_not_taken_over(place, name):
    build(place / "seeds", place / "corpus")
    path = place / "corpus" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    if name == "manifest.json":
        path.write_text(path.read_text("utf-8").replace('"shards": [', '"shards": [ '), "utf-8")
    write_document(place / "seeds", "d007", "Ada left.\n", one_mention("Ada"))
    try:
        build(place / "seeds", place / "corpus")
    except UsageError as error:  # it may not even be JSON any more
        assert "manifest.json" in name + str(error)
    else:
        assert contents(place / "corpus") == fresh(
            place, json.loads(path.read_text("utf-8"))["shards"] if path.suffix == ".json" else SHARDS
        )


def test_a_file_that_is_a_link_is_not_taken_over(place):
    build(place / "seeds", place / "corpus")
    path = place / "corpus" / f"data/paragraphs/train-00002-of-{SHARDS:05d}.parquet"
    path.rename(place / "elsewhere")
    path.symlink_to(place / "elsewhere")
    build(place / "seeds", place / "corpus")
    assert contents(place / "corpus") == fresh(place)


def test_another_program_or_corpus_yaml_takes_nothing_over(place, monkeypatch):
    build(place / "seeds", place / "corpus")
    before = inodes(place / "corpus")
    write_config(place / "seeds", version="1.0.1")
    build(place / "seeds", place / "corpus")
    between = inodes(place / "corpus")
    assert not before.items() & between.items()
    for module in (building, sharding):
        monkeypatch.setattr(module, "program_digest", lambda: "another")
    build(place / "seeds", place / "corpus")
    assert not between.items() & inodes(place / "corpus").items()


# ------------------------------------------------------------------------------------------------- shards and workers


def test_workers_and_executors_do_not_show(place):
    expected = fresh(place)
    for workers in (1, 2, 5):
        build(place / "seeds", place / f"corpus{workers}", workers)
        assert contents(place / f"corpus{workers}") == expected
    with ThreadPoolExecutor(2) as threads:
        build(place / "seeds", place / "corpus", executor=threads)
        assert threads.submit(int).result() == 0  # it is not ours to end
    assert contents(place / "corpus") == expected


def test_the_number_of_shards_stays_until_it_is_changed(place):
    assert build(place / "seeds", place / "corpus")["shards"] == SHARDS
    add_documents(place / "seeds", range(DOCUMENTS, 2 * DOCUMENTS))
    assert build(place / "seeds", place / "corpus")["shards"] == SHARDS
    assert reshard(16, place / "seeds", place / "corpus")["shards"] == 16
    assert check(place / "corpus", place / "seeds") == []
    assert build(place / "seeds", place / "corpus")["shards"] == 16
    assert reshard(1, place / "seeds", place / "corpus")["shards"] == 1
    assert contents(place / "corpus") == fresh(place, 1)


@pytest.mark.parametrize("shards", [0, -1, 3, 12])
def test_a_number_of_shards_that_is_none_is_wrong_use(place, shards):
    with pytest.raises(UsageError, match=f"{shards} shards; expected a power of two"):
        reshard(shards, place / "seeds", place / "corpus")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"workers": 0}, "0 workers; one or more are needed"),
        ({"executor": "slurm://x"}, "no executor slurm://x; expected dask://HOST:PORT"),
    ],
)
def test_workers_that_are_none_are_wrong_use(place, arguments, said):
    with pytest.raises(UsageError, match=said):
        build(place / "seeds", place / "corpus", **arguments)
    assert names(place) == {"seeds"}


def test_a_worker_of_another_version_is_told(place, monkeypatch):
    monkeypatch.setattr(building, "program_digest", lambda: "another")
    with pytest.raises(UsageError, match="a worker has another version of corpus-tools"):
        build(place / "seeds", place / "corpus", workers=2)
    assert names(place) == {"seeds"}


def test_a_worker_that_ends_is_told_and_what_is_finished_is_kept(place):
    def die(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus_tools.sharding.unfinished", die)  # workers are forked
        with pytest.raises(UsageError, match="a worker ended before its task"):
            build(place / "seeds", place / "corpus", workers=2)
    build(place / "seeds", place / "corpus", workers=2)
    assert contents(place / "corpus") == fresh(place)


def test_there_may_be_more_shards_than_files_that_can_be_open(place):
    def few_files() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60))
        reshard(64, place / "seeds", place / "corpus", workers=1)
        for read in (None, "jsonl", "parquet"):
            assert check(place / "corpus", read=read) == []

    assert in_child(few_files) == 0


def test_the_first_number_of_shards_is_by_size():
    assert [building.shard_count(n) for n in (0, 1, 500, 501, 1001, 100_000, 512_000)] == [1, 1, 1, 2, 4, 256, 1024]
    assert building.shard_count(10, 100 << 25) == 128
    assert building.shard_count(200_000_000) == 32_768  # of some six thousand documents each


def test_the_nearest_document_of_a_stray_file_may_be_in_another_shard(place):
    (place / "seeds" / "d0071.txt").write_text("stray")
    with pytest.raises(CorpusError) as error:
        build(place / "seeds", place / "corpus")
    assert [finding.nearest for finding in error.value.findings] == ['"d007"']


# ---------------------------------------------------------------------------------------------------------- merging

IDS = st.lists(st.text("ab-._Z9", min_size=1, max_size=4), unique=True, max_size=20)


@settings(max_examples=100)
@given(IDS, st.integers(0, 3), st.sets(st.integers(0, 7)), st.integers(1, 200))
def test_documents_of_shards_and_of_a_former_corpus_are_joined_in_order(ids, rows, kept, piece):
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus_tools.merging.MEMORY", 0)
        patch.setattr("corpus_tools.merging.SMALLEST_PIECE", piece)
        folder = Path(name)
        lines = {i: b"".join(b'{"doc_id":"%s","n":%d}\n' % (i.encode(), n) for n in range(rows + 1)) for i in ids}
        stale = {i: data.replace(b'"n"', b'"old"') for i, data in lines.items()}
        of_shard = lambda n: b"".join(lines[i] for i in sorted(ids) if shard_of(i, 8) == n)  # noqa: E731
        parts = [folder / str(n) for n in range(8) if n not in kept]
        for part in parts:
            part.write_bytes(of_shard(int(part.name)))
        (folder / "former").write_bytes(b"".join((lines if shard_of(i, 8) in kept else stale)[i] for i in sorted(ids)))
        _, figures = merge(Merge(folder / "out", parts, folder / "former", frozenset(kept), 8))
        assert (folder / "out").read_bytes() == b"".join(lines[i] for i in sorted(ids))
        assert figures["bytes"] == (folder / "out").stat().st_size
        assert [i for i, _ in groupby(doc_id for doc_id, _ in documents_in(folder / "out", piece))] == [
            i.encode() for i in sorted(ids)
        ]
