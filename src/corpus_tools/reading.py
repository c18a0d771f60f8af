"""Tables back from files: lines as typed records, grouped by document, in bounded memory.

The fast way to a verdict on a line: decode it into its record class, look at the patterns, and compare the line with what the
writer writes for the record (which sees equal keys twice, 3.0 for 3, other white space). Only a line that fails is looked at by
the schema's own validator, to say why.
"""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from corpus_tools.derive import patterns
from corpus_tools.findings import Finding, quoted
from corpus_tools.records import TABLE_CLASSES
from corpus_tools.schema import TABLES, validator
from corpus_tools.yamlfile import place_in_words


class Row(NamedTuple):
    """A line of a table: where it stands (line 0: in no text file), its document, its bytes with the line feed."""

    path: str
    line: int
    doc_id: str
    raw: bytes

    def finding(self, rule: str, found: str, expected: str = "", nearest: str = "", record: str = "") -> Finding:
        """A finding at this line."""
        return Finding(
            rule=rule,
            path=self.path,
            line=self.line,
            document=self.doc_id,
            record=record,
            found=found,
            expected=expected,
            nearest=nearest,
        )


class _DocId(msgspec.Struct):
    doc_id: str


_PREFIX = b'{"doc_id":"'
_doc_id_decoder = msgspec.json.Decoder(_DocId)


def document_of(raw: bytes) -> str | None:
    """The doc_id of a line; None when it has none that can be read."""
    if raw.startswith(_PREFIX):
        end = raw.find(b'"', len(_PREFIX))
        name = raw[len(_PREFIX) : end]
        if end > 0 and b"\\" not in name and name.isascii():
            return name.decode()
    try:
        return _doc_id_decoder.decode(raw).doc_id
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


# ------------------------------------------------------------------------------------------------------------ rows


def json_rows(folder: Path, table: str) -> Iterator[Row]:
    """The lines of a table's JSON lines."""
    path = folder / "jsonl" / f"{table}.jsonl"
    last = ""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            last = document_of(raw) or last  # a broken line stands with the one before it
            yield Row(str(path), number, last, raw)


def parquet_rows(folder: Path, table: str, shards: Iterable[str]) -> Iterator[Row]:
    """The rows of a table's Parquet files as the lines that the writer would write, in the order of the documents."""
    return heapq.merge(*(_shard_rows(folder / name, table) for name in shards), key=lambda row: row.doc_id)


def _shard_rows(path: Path, table: str) -> Iterator[Row]:
    for batch in open_parquet(path).iter_batches(batch_size=1_000):
        for value in batch.to_pylist():
            raw = msgspec.json.encode(value) + b"\n"
            yield Row(str(path), 0, document_of(raw) or "", raw)


def open_parquet(path: Path) -> Any:
    """Open a Parquet file so that every page's checksum is verified."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(path, page_checksum_verification=True)


# ------------------------------------------------------------------------------------------------------- documents


class DocumentRows(NamedTuple):
    """All rows of one document, by table."""

    doc_id: str
    rows: dict[str, list[Row]]


def by_document(tables: Mapping[str, Iterator[Row]], note: Callable[[Finding], None]) -> Iterator[DocumentRows]:
    """Group the rows of all tables by document.

    Tables must stand in the order of their doc_ids: a row that does not is noted and left out.
    """
    streams = {table: _ascending(rows, note) for table, rows in tables.items()}
    heads = {table: next(stream, None) for table, stream in streams.items()}
    while any(heads.values()):
        doc_id = min(row.doc_id for row in heads.values() if row)
        rows: dict[str, list[Row]] = {table: [] for table in tables}
        for table, stream in streams.items():
            head = heads[table]
            while head and head.doc_id == doc_id:
                rows[table].append(head)
                head = next(stream, None)
            heads[table] = head
        yield DocumentRows(doc_id, rows)


def _ascending(rows: Iterator[Row], note: Callable[[Finding], None]) -> Iterator[Row]:
    last = ""
    for row in rows:
        if row.doc_id < last:
            note(row.finding("document-order", f"a row of {row.doc_id} behind one of {last}", "rows in the order of their doc_ids"))
        else:
            last = row.doc_id
            yield row


# --------------------------------------------------------------------------------------------------------- records


class _Table(NamedTuple):
    decode: Callable[[bytes], Any]
    patterns: Sequence[tuple[Callable[[Any], Iterable[str | None]], Callable[[str], Any], set[str]]]


_encode = msgspec.json.Encoder().encode
_KNOWN_VALUES = 100_000


@cache
def _table(table: str) -> _Table:
    found = [(_getter(path), re.compile(pattern).search, set[str]()) for path, pattern in patterns(table)]
    return _Table(msgspec.json.Decoder(TABLE_CLASSES[table]).decode, found)


def _getter(path: tuple[str, ...]) -> Callable[[Any], Iterable[str | None]]:
    """What gives all values at a path of a record."""

    def values(record: Any, rest: tuple[str, ...] = path) -> Iterable[str | None]:
        if not rest or record is None:
            return (record,)
        if rest[0] == "[]":
            return [value for item in record for value in values(item, rest[1:])]
        return values(getattr(record, rest[0]), rest[1:])

    return values


def read_record(table: str, raw: bytes) -> Any | None:
    """The record of a line, or None when the line is not exactly what the writer writes for a record that the schema allows."""
    decode, checks = _table(table)
    try:
        record = decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    for values, matches, known in checks:
        for value in values(record):
            if value is not None and value not in known:
                if not matches(value):
                    return None
                if len(known) < _KNOWN_VALUES:
                    known.add(value)
    return record if raw[-1:] == b"\n" and _encode(record) == raw[:-1] else None


def explain(table: str, row: Row) -> list[Finding]:
    """What is wrong with a line that `read_record` refuses."""
    try:
        text = row.raw.decode()
    except UnicodeDecodeError as error:
        found = f"byte 0x{row.raw[error.start]:02x} at byte {error.start + 1} of the line"
        return [row.finding("json-syntax", found, "UTF-8")]
    twice: list[str] = []
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _noting_twice(pairs, twice))
    except (ValueError, RecursionError) as error:
        return [row.finding("json-syntax", f"no JSON ({error})", "one JSON object a line")]
    findings = [row.finding("json-canonical", f"the key {quoted(key)} twice in an object", "it once") for key in twice]
    for problem in validator(table).problems(value):
        findings.append(row.finding("schema", place_in_words(problem.path) + problem.found, problem.expected, problem.nearest))
    return findings or [_not_canonical(table, row, text)]


def _noting_twice(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    twice += sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    return dict(pairs)


def _not_canonical(table: str, row: Row, text: str) -> Finding:
    if not text.endswith("\n"):
        return row.finding("json-canonical", "a last line without a line feed", "one line feed after every line")
    try:
        expected = _encode(_table(table).decode(row.raw)).decode() + "\n"
    except (msgspec.MsgspecError, ValueError) as error:
        return row.finding("json-canonical", f"a value that is not written so ({error})", "the line as the writer writes it")
    at = next((i for i, (a, b) in enumerate(zip(text, expected, strict=False)) if a != b), min(len(text), len(expected)))
    found, wanted = (quoted(line[max(0, at - 10) : at + 20]) for line in (text, expected))
    return row.finding("json-canonical", f"{found} at column {at + 1}", f"{wanted}, as the writer writes it")


def all_rows(folder: Path, manifest: Mapping[str, Any], read: str) -> dict[str, Iterator[Row]]:
    """The rows of all tables, from "jsonl" or from "parquet"."""
    if read == "jsonl":
        return {table: json_rows(folder, table) for table in TABLES}
    files = {table: [name for names in manifest["tables"][table]["files"].values() for name in names] for table in TABLES}
    return {table: parquet_rows(folder, table, names) for table, names in files.items()}
