"""The journal of a build: which shards are finished, and what they were made of.

A build keeps its state in a folder beside the corpus. A shard is written under another name, flushed to the disk, and renamed; its entry
lies in it, so that the rename is the commit. Whoever stops a build at any moment leaves whole shards alone, and the next build goes
on from those whose inputs are the same.

    names/00003                         the seed files of the documents of a shard
    inputs/00003                        their digests
    shards/00003-of-00016/entry.json    its entry
                          jsonl/ data/  its rows, by table
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from corpus_tools.swap import sync, sync_tree

ENTRY = "entry.json"


class FileFigures(msgspec.Struct):
    """Length and digest of a file, as the manifest has them."""

    bytes: int
    sha256: str


class Entry(msgspec.Struct):
    """A finished shard.

    ``inputs`` is the digest of all that it was made of, ``rows`` its rows by table and split, ``files`` are its Parquet files.
    """

    inputs: str
    rows: dict[str, dict[str, int]]
    languages: list[str]
    files: dict[str, FileFigures]


def names_file(state: Path, shard: int) -> Path:
    """The file that lists the seed files of a shard."""
    return state / "names" / f"{shard:05d}"


def inputs_file(state: Path, shard: int) -> Path:
    """The file that has the digests of the seed files of a shard, sorted by name."""
    return state / "inputs" / f"{shard:05d}"


def shard_folder(state: Path, shard: int, shards: int) -> Path:
    """The folder of a finished shard."""
    return state / "shards" / f"{shard:05d}-of-{shards:05d}"


def journalled(folder: Path, inputs: str) -> Entry | None:
    """The entry of a finished shard, if it was made of these inputs."""
    try:
        entry = msgspec.json.decode((folder / ENTRY).read_bytes(), type=Entry)
    except (OSError, msgspec.MsgspecError):
        return None
    return entry if entry.inputs == inputs else None


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """A new folder to write a shard in, under a name of its own; it goes unless `commit` takes it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def commit(unfinished: Path, folder: Path, entry: Entry) -> None:
    """Make a written shard a finished one, in the place of what was there."""
    (unfinished / ENTRY).write_bytes(msgspec.json.encode(entry))
    sync_tree(unfinished)
    if folder.exists():
        stale = unfinished.with_name(unfinished.name + ".stale")
        folder.rename(stale)
        shutil.rmtree(stale, ignore_errors=True)
    unfinished.rename(folder)
    sync(folder.parent)


def worth_keeping(state: Path) -> bool:
    """Whether an unfinished build has finished shards to go on from: in a corpus of one shard there is nothing to go on with."""
    return any(state.glob(f"shards/[0-9]*-of-*/{ENTRY}")) and not any(state.glob("shards/*-of-00001"))
