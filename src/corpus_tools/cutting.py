"""The JSON lines of a corpus cut into ranges of documents, so that several processes can read them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from corpus_tools.reading import document_of
from corpus_tools.schemas import TABLES
from corpus_tools.tables import json_file


class Range(NamedTuple):
    """Neighbouring documents: those whose ids are at least ``low`` and below ``high`` ("" for no bound), and their bytes in every table."""

    low: str
    high: str
    slices: Mapping[str, tuple[int, int]]

    def holds(self, doc_id: str) -> bool:
        """Whether the document of that id is one of them."""
        return self.low <= doc_id and (not self.high or doc_id < self.high)


def whole(folder: Path) -> Range:
    """All documents."""
    return Range("", "", {table: (0, (folder / json_file(table)).stat().st_size) for table in TABLES})


def cut(folder: Path, size: int, most: int) -> list[Range]:
    """Ranges of about so many bytes of the largest table, at most so many; one of all documents where a line has no id that can be read.

    They are right when rows stand in the order of their doc_ids; whoever reads them sees by the bounds when they do not.
    """
    sizes = {table: (folder / json_file(table)).stat().st_size for table in TABLES}
    largest = max(sizes, key=lambda table: sizes[table])
    size = max(size, -(-sizes[largest] // most))
    with (folder / json_file(largest)).open("rb") as file:
        found = [_id_after(file, position) for position in range(size, sizes[largest], size)]
    bounds = sorted({doc_id for doc_id in found if doc_id})
    offsets: dict[str, list[int]] = {}
    for table in TABLES:
        with (folder / json_file(table)).open("rb") as file:
            places = [_first_from(file, sizes[table], bound) for bound in bounds]
            offsets[table] = [0, *(place for place in places if place is not None), sizes[table]]
    if any(len(places) != len(bounds) + 2 or places != sorted(places) for places in offsets.values()):
        return [whole(folder)]
    edges = ["", *bounds, ""]
    return [
        Range(edges[n], edges[n + 1], {table: (places[n], places[n + 1]) for table, places in offsets.items()})
        for n in range(len(bounds) + 1)
    ]


def _id_after(file: BinaryIO, position: int) -> str | None:
    """The document of the first line that begins at or after a place."""
    file.seek(position - 1)
    file.readline()
    return document_of(file.readline())


def _first_from(file: BinaryIO, size: int, bound: str) -> int | None:
    """Where the first line begins whose document is at or after a bound; None when there is a line without an id in the way."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        start, line = _line_from(file, middle)
        doc_id = document_of(line) if line else bound
        if doc_id is None:
            return None
        if doc_id >= bound:
            high = middle
        else:
            low = max(middle + 1, start)
    return _line_from(file, low)[0]


def _line_from(file: BinaryIO, position: int) -> tuple[int, bytes]:
    """The first line that begins at or after a place, and where it does."""
    if position:
        file.seek(position - 1)
        file.readline()
    else:
        file.seek(0, os.SEEK_SET)
    return file.tell(), file.readline()
