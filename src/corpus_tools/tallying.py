"""Counts of the rows that pass by: the figures that a manifest must have."""

from __future__ import annotations

from typing import Any

import msgspec

from corpus_tools.reading import DocumentRows
from corpus_tools.records import Document
from corpus_tools.schemas import TABLES
from corpus_tools.tables import split_order


class Tally(msgspec.Struct):
    """Rows by table, and by table and split; documents by split; languages."""

    rows: dict[str, int] = {}
    split_rows: dict[str, dict[str, int]] = {}
    splits: dict[str, int] = {}
    languages: set[str] = set()

    def add(self, document: DocumentRows, record: Document | None) -> None:
        """Count the rows of a document; ``record`` is its own, if it can be read."""
        for table, rows in document.rows.items():
            _add(self.rows, table, len(rows.records))
            if record:
                _add(self.split_rows.setdefault(table, {}), record.split, len(rows.records))
        if record:
            _add(self.splits, record.split, 1)
            self.languages.add(record.language)

    def extend(self, other: Tally) -> None:
        """Count what another one counted."""
        for table, number in other.rows.items():
            _add(self.rows, table, number)
        for table, counts in other.split_rows.items():
            for split, number in counts.items():
                _add(self.split_rows.setdefault(table, {}), split, number)
        for split, number in other.splits.items():
            _add(self.splits, split, number)
        self.languages |= other.languages

    def figures(self, digests: dict[str, str]) -> dict[str, Any]:
        """The figures of a manifest, with the content digests of the tables."""
        return {
            "tables": {table: self._table(table) | {"sha256": digests[table]} for table in TABLES},
            "splits": dict(sorted(self.splits.items(), key=lambda item: split_order(item[0]))),
            "languages": sorted(self.languages),
        }

    def _table(self, table: str) -> dict[str, Any]:
        rows, split_rows = self.rows.get(table, 0), self.split_rows.get(table, {})
        known = {"split_rows": split_rows} if sum(split_rows.values()) == rows else {}  # else a document could not be read
        return {"rows": rows} | known


def _add(counts: dict[str, int], key: str, number: int) -> None:
    counts[key] = counts.get(key, 0) + number
