"""The JSON lines of shards joined to those of a corpus, in the order of the documents; and of a former corpus, what is still good.

Every stream is read in pieces, and no file is open between them: shards may be many more than files that a process may open.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from corpus_tools.tables import shard_of

MEMORY = 1 << 24  # bytes that all streams together hold
SMALLEST_PIECE = 1 << 12
_ID = len(b'{"doc_id":"')
Documents = Iterator[tuple[bytes, bytes]]


class Merge(NamedTuple):
    """A table to be joined: where to, from the JSON lines of which shards, and of a former corpus, which of its shards are kept."""

    target: Path
    parts: list[Path]
    former: Path
    kept: frozenset[int]
    shards: int


def merge(task: Merge) -> tuple[Path, dict[str, Any]]:
    """Write a table's JSON lines. Returns the file with its figures as the manifest has them."""
    piece = max(SMALLEST_PIECE, MEMORY // (len(task.parts) + 1))
    streams = [documents_in(part, piece) for part in task.parts]
    if task.kept:
        former = documents_in(task.former, piece)
        streams.append(d for d in former if shard_of(d[0].decode(), task.shards) in task.kept)
    digest, size = hashlib.sha256(), 0
    with task.target.open("wb") as out:
        for _, lines in heapq.merge(*streams, key=itemgetter(0)):
            digest.update(lines)
            size += len(lines)
            out.write(lines)
    return task.target, {"bytes": size, "sha256": digest.hexdigest()}


def merged_digest(parts: Sequence[Path]) -> str:
    """The SHA-256 of the documents of several files of JSON lines, in their order."""
    digest = hashlib.sha256()
    piece = max(SMALLEST_PIECE, MEMORY // len(parts))
    for _, lines in heapq.merge(*(documents_in(part, piece) for part in parts), key=itemgetter(0)):
        digest.update(lines)
    return digest.hexdigest()


def documents_in(path: Path, piece: int) -> Documents:
    """The documents of a table's JSON lines: their ids and lines."""
    for doc_id, lines in groupby(lines_in(path, piece), key=_doc_id):
        yield doc_id, b"".join(lines)


def _doc_id(line: bytes) -> bytes:
    return line[_ID : line.find(b'"', _ID)]


def lines_in(path: Path, piece: int) -> Iterator[bytes]:
    """The lines of a file, read in pieces of so many bytes."""
    position = 0
    while True:
        with path.open("rb") as file:
            file.seek(position)
            lines = file.readlines(piece)
            position = file.tell()
        if not lines:
            return
        yield from lines


def merged_lines(paths: Iterable[Path], key: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """The lines of sorted files, sorted."""
    return heapq.merge(*(lines_in(path, SMALLEST_PIECE) for path in paths), key=key)
