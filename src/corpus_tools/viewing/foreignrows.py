"""The records of the table ``foreign`` of a document, as the list on its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from corpus_tools.records import Foreign

MOST = 100  # of one kind: a CoNLL-U file leaves a record for every word


class ForeignRow(NamedTuple):
    """A record by its name, with its words (or places, where the text is withheld) and attributes."""

    record: str
    words: str
    attributes: str


class ForeignKind(NamedTuple):
    """The records of one format with one label: their number, and the first of them."""

    format: str
    label: str
    number: int
    rows: list[ForeignRow]


def foreign_kinds(records: Iterable[Foreign]) -> Iterator[ForeignKind]:
    """Records by format and label, in the order of the table."""
    kinds: dict[tuple[str, str], list[Foreign]] = {}
    for record in records:
        kinds.setdefault((record.format, record.label), []).append(record)
    for (name, label), own in kinds.items():
        yield ForeignKind(name, label, len(own), [_row(record) for record in own[:MOST]])


def _row(record: Foreign) -> ForeignRow:
    words = [fragment.text or f"{fragment.start}–{fragment.end}" for fragment in record.fragments]
    return ForeignRow(f"{record.annotator}/{record.id}", " … ".join(words), record.attributes or "")
