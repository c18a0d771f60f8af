"""One document without the words of its text, and what it takes to put them back.

Which fields hold words says ``x-withheld`` in the schemas. Offsets give most of them back; what they do not is written down for
hydration.jsonl: digests of the paragraphs, where the edits are, corrections, and what people wrote as spans of the text. Pure: nothing
is read or written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import msgspec

from corpus_tools.derive import constraints, fields, kind
from corpus_tools.hydrationfile import Note
from corpus_tools.readers import readers
from corpus_tools.records import TABLE_CLASSES
from corpus_tools.releasing.spelling import sequences, spell
from corpus_tools.rules import Bundle, tables_of
from corpus_tools.schemas import TABLES, Schema, shipped
from corpus_tools.text import undo_edits


class Withheld(NamedTuple):
    """A document without words, its line for hydration.jsonl, and the runs of words that must be nowhere in the two."""

    bundle: Bundle
    note: Note
    forbidden: set[tuple[str, ...]]


def withhold(bundle: Bundle) -> Withheld:
    """Take the words out of a document that has its text."""
    document = bundle.document
    text, edits = document.text or "", document.edits or []
    source = undo_edits(text, edits).decode()
    forbidden = sequences(text) | sequences(source)
    values: list[Note] = []
    tables = {
        table: [_bare(table, record, text, forbidden, values) for record in records] for table, records in tables_of(bundle).items()
    }
    tables["documents"][0]["text_status"] = "withheld"
    note = {
        "doc_id": document.doc_id,
        "paragraphs": [digest(paragraph.text or "") for paragraph in bundle.paragraphs],
        "edits": [
            {"source_start": e.source_start, "source_end": e.source_end, "text": spell(e.text, source), "reason": e.reason}
            for e in edits
        ],
        "corrections": _corrections(bundle, source),
        "values": values,
    }
    return Withheld(as_bundle(tables), note, forbidden)


def as_bundle(tables: dict[str, list[dict[str, Any]]]) -> Bundle:
    """The rows of a document, by table, as records."""
    records = {table: [msgspec.convert(row, TABLE_CLASSES[table]) for row in rows] for table, rows in tables.items()}
    return Bundle(records["documents"][0], *(records[table] for table in TABLES[1:]))


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _bare(table: str, record: Any, text: str, forbidden: set[tuple[str, ...]], values: list[Note]) -> dict[str, Any]:
    """A record without words. What no offsets give back is added to ``values``."""
    row: dict[str, Any] = msgspec.to_builtins(record)
    for column, field in fields(table).items():
        value, how = row[column], field.get("x-withheld")
        written = msgspec.json.encode(value).decode()
        if how == "quoting" and not sequences(written) & forbidden:
            continue
        if how and value is not None and column not in _FROM_OFFSETS:
            values.append({"table": table, "record": name_in(table, row), "column": column, "json": spell(written, text)})
        row[column] = ([] if kind(field) == "array" and how == "quoting" else None) if how else _without_inner(field, value)
    return row


_FROM_OFFSETS = ("text", "edits")


def name_in(table: str, row: dict[str, Any]) -> str:
    """The key of a row inside its document: ``annotator/id``; empty for the document itself."""
    return "/".join(row[column] for column in shipped()[table]["x-key"][1:])


def _without_inner(field: Schema, value: Any) -> Any:
    inner = constraints(field)
    if isinstance(value, list):
        return [_without_inner(inner["items"], item) for item in value]
    if isinstance(value, dict):
        children = inner["properties"]
        return {n: None if "x-withheld" in children[n] else _without_inner(children[n], item) for n, item in value.items()}
    return value


def _corrections(bundle: Bundle, source: str) -> list[Note]:
    """Where a paragraph has other words than the reader reads: spans of what it reads, and what is put there as pieces of that."""
    reader = readers().get(bundle.document.source.media_type)
    reading = reader.read(source.encode()) if reader else None
    if reading is None or len(reading.blocks) != len(bundle.paragraphs):  # read by other tools: then only the source itself will do
        return []
    pairs = zip(bundle.paragraphs, (reading.text[block.start : block.end] for block in reading.blocks), strict=True)
    changes = (
        (index, *change) for index, (p, read) in enumerate(pairs) if p.text != read for change in _changes(read, p.text or "")
    )
    return [{"paragraph": index, "start": start, "end": end, "text": pieces} for index, start, end, pieces in changes]


def _changes(read: str, text: str) -> Iterator[tuple[int, int, list[Any]]]:
    for what, start, end, new_start, new_end in SequenceMatcher(None, read, text, autojunk=False).get_opcodes():
        if what != "equal":
            yield start, end, spell(text[new_start:new_end], read)
