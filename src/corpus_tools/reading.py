"""Tables back from files: rows as typed records, grouped by document, in bounded memory.

The fast way to a verdict works on blocks of lines: decode them into their record class, look at the patterns, and compare the block
with what the writer writes for the records (which sees equal keys twice, 3.0 for 3, other white space). Only the lines of a block
that fails are looked at one by one, and only a line that fails by the schema's own validator, to say why.
"""

from __future__ import annotations

import heapq
import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from corpus_tools.columns import Batch, columns_fit, distinct_values, string_columns
from corpus_tools.derive import patterns
from corpus_tools.findings import CorpusError, Finding, listed, quoted
from corpus_tools.jsonlines import NotJson, Patterns, parse_line
from corpus_tools.records import PATTERN_VALUES, TABLE_CLASSES
from corpus_tools.schemas import TABLES, validator
from corpus_tools.tables import arrow_schema_of, columns_without_checksums, json_file
from corpus_tools.yamlfile import place_in_words

BLOCK_BYTES = 1 << 16  # small enough for the processor's cache: four times as much takes longer
LINE_BYTES = 1 << 30  # a line that is longer than that is cut, and no JSON
BATCH_ROWS = 5_000


class Rows:
    """Neighbouring rows of one document in one table.

    ``line`` is the number of the first in the file, 0 where rows are no lines. A record is None where its line is not exactly what the
    writer writes for a record that the schema allows; without ``lines`` all records are sound and the lines follow from them. Instead of
    records there may be ``parts``: rows of batches, from the number of the first to that behind the last.
    """

    __slots__ = ("_lines", "_parts", "_records", "doc_id", "line", "path")

    def __init__(
        self,
        doc_id: str,
        path: str,
        line: int,
        records: list[Any] | None,
        lines: list[bytes] | None = None,
        parts: list[tuple[Batch, int, int]] | None = None,
    ) -> None:
        self.doc_id, self.path, self.line, self._records, self._lines, self._parts = doc_id, path, line, records, lines, parts

    @property
    def records(self) -> list[Any]:
        """The rows as records. What they are made of is given up for them: not both of a giant document are in memory."""
        if self._records is None:
            self._records = [record for batch, first, end in self._parts or () for record in batch.records[first:end]]
            self._parts = None
        return self._records

    @property
    def lines(self) -> list[bytes]:
        """The rows as JSON lines, line feeds included."""
        if self._lines is None:
            self._lines = [_encoder.encode(record) + b"\n" for record in self.records]
        return self._lines

    @property
    def is_sound(self) -> bool:
        """Whether every row is a record."""
        return self._lines is None or None not in self.records

    def spans_stand_in(self, text: str) -> bool:
        """Whether columns show that the words of all spans are what stands at their offsets; False for rows that are no columns."""
        if self._parts is None:
            return not self.records
        return all(spans.stand_in(text, first, end) for batch, first, end in self._parts for spans in batch.spans)

    def content(self) -> bytes:
        """All lines as one."""
        return b"".join(self._lines) if self._lines is not None else _encoder.encode_lines(self.records)

    def extend(self, other: Rows) -> None:
        """Take in the rows that follow."""
        if self._lines is not None or other._lines is not None:
            self._lines = self.lines
            self._lines += other.lines  # in place: a giant document has thousands of runs
        if self._parts is not None and other._parts is not None:
            self._parts += other._parts
        else:
            self._records = self.records
            self._records += other.records

    def finding(self, index: int, rule: str, found: str, expected: str = "", nearest: str = "", record: str = "") -> Finding:
        """A finding at one of the rows."""
        line = self.line + index if self.line else 0
        place = {"path": self.path, "line": line, "document": self.doc_id, "record": record}
        return Finding(rule=rule, found=found, expected=expected, nearest=nearest, **place)  # type: ignore[arg-type]


class DocumentRows(NamedTuple):
    """All rows of one document, by table."""

    doc_id: str
    rows: dict[str, Rows]


# ------------------------------------------------------------------------------------------------------- JSON lines


def json_rows(folder: Path, table: str, start: int = 0, end: int | None = None) -> Iterator[Rows]:
    """The rows of a table's JSON lines, document by document, from byte ``start`` to byte ``end``; lines are counted from 1 there."""
    return _joined(_json_runs(folder / json_file(table), table, start, end))


def _json_runs(path: Path, table: str, start: int, end: int | None) -> Iterator[Rows]:
    number = 1
    try:
        with path.open("rb") as file:
            file.seek(start)
            while block := file.read(BLOCK_BYTES if end is None else min(BLOCK_BYTES, end - start)):
                if not block.endswith(b"\n"):
                    block += file.readline(LINE_BYTES)
                start += len(block)
                runs = _block_runs(table, str(path), number, block)
                number += sum(len(run.records) for run in runs)
                del block
                while runs:  # nothing here holds on to what is done: memory that is used again at once is in the processor's cache
                    yield runs.popleft()
    except OSError as error:
        raise CorpusError([unreadable("file-readable", path, error)]) from error


def _block_runs(table: str, path: str, number: int, block: bytes) -> deque[Rows]:
    """The rows of whole lines, the first of which has that number."""
    sound = _sound_runs(table, block)
    if sound is None:
        lines = io.BytesIO(block).readlines()
        return deque(_runs(path, number, lines, read_block(table, lines)))
    runs: deque[Rows] = deque()
    for doc_id, records in sound:
        runs.append(Rows(doc_id, path, number, records))
        number += len(records)
    return runs


def unreadable(rule: str, path: Path, error: Exception) -> Finding:
    """The finding on a file that cannot be read."""
    found = (getattr(error, "strerror", None) or str(error)).partition("\n")[0]
    return Finding(rule=rule, path=str(path), found=found, expected="a file that can be read")


def _runs(path: str, number: int, lines: list[bytes], records: list[Any]) -> Iterator[Rows]:
    """Cut lines where the document changes. A line without an id that can be read stands with the one before it."""
    found = [record.doc_id if record is not None else document_of(line) for line, record in zip(lines, records, strict=True)]
    ids: list[str] = []
    for doc_id in found:
        ids.append(doc_id or (ids[-1] if ids else next(filter(None, found), "")))
    for doc_id, start, end in _cuts(ids):
        yield Rows(doc_id, path, number + start if number else 0, records[start:end], lines[start:end])


def _cuts(ids: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    """Each run of equal ids: the id, the place of the first, and that behind the last."""
    start = 0
    for doc_id, group in groupby(ids):
        end = start + len(list(group))
        yield doc_id, start, end
        start = end


def _joined(runs: Iterator[Rows]) -> Iterator[Rows]:
    """Join the runs of a document that lies in several blocks."""
    last: Rows | None = None
    for run in runs:
        if last and run.doc_id == last.doc_id:
            last.extend(run)
        else:
            if last:
                yield last
            last = run
    if last:
        yield last


class _DocId(msgspec.Struct):
    doc_id: str


_DOC_ID = re.compile(rb'\{\s*"doc_id"\s*:\s*"([A-Za-z0-9._-]+)"')
_doc_id_decoder = msgspec.json.Decoder(_DocId)


def document_of(raw: bytes) -> str | None:
    """The doc_id of a line that is no sound record; None when it has none that can be read."""
    try:
        return _doc_id_decoder.decode(raw).doc_id
    except (msgspec.MsgspecError, ValueError, RecursionError):
        start = _DOC_ID.match(raw)
        return start[1].decode() if start else None


# --------------------------------------------------------------------------------------------------------- verdict


_encoder = msgspec.json.Encoder()


@cache
def _decoder(table: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(TABLE_CLASSES[table])


@cache
def _patterns(table: str) -> Patterns:
    return Patterns(patterns(table), PATTERN_VALUES[table])


def read_block(table: str, lines: list[bytes]) -> list[Any]:
    """The records of lines, None for those that are not what the writer writes for a record that the schema allows."""
    records = [record for _, own in _sound_runs(table, b"".join(lines)) or () for record in own]
    if len(records) == len(lines):
        return records
    return [read_record(table, line) for line in lines] if len(lines) > 1 else [None] * len(lines)


def _sound_runs(table: str, block: bytes) -> list[tuple[str, list[Any]]] | None:
    """The records of whole lines, each run of a document with its id.

    None when one of the lines is not what the writer writes for a record that the schema allows.
    """
    try:
        records: list[Any] = _decoder(table).decode_lines(block)
        if not _is_written_so(records, block):
            return None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    runs = [(doc_id, records[start:end]) for doc_id, start, end in _cuts([record.doc_id for record in records])]

    def values_at(path: tuple[str, ...]) -> list[Any]:  # of a run the id but once
        return [doc_id for doc_id, _ in runs] if path == ("doc_id",) else PATTERN_VALUES[table][path](records)

    return runs if _patterns(table).fit_columns(values_at) else None


def _is_written_so(records: list[Any], block: bytes) -> bool:
    """Whether the writer writes these bytes for the records of them."""
    return _encoder.encode_lines(records) == block


def read_record(table: str, line: bytes) -> Any | None:
    """The record of one line, or None."""
    return read_block(table, [line])[0]


# ----------------------------------------------------------------------------------------------------- explanation


def explain(table: str, rows: Rows, index: int) -> list[Finding]:
    """What is wrong with a line that has no record."""
    raw = rows.lines[index]
    try:
        value, twice = parse_line(raw)
    except NotJson as error:
        return [rows.finding(index, "json-syntax", error.found, error.expected)]
    findings = [rows.finding(index, "json-canonical", f"the key {quoted(key)} twice in an object", "it once") for key in twice]
    for problem in validator(table).problems(value):
        found = place_in_words(problem.path) + problem.found
        findings.append(rows.finding(index, "schema", found, problem.expected, problem.nearest))
    return findings or [rows.finding(index, "json-canonical", *_difference(table, raw))]


def _difference(table: str, raw: bytes) -> tuple[str, str]:
    """Where a line differs from what the writer writes: (found, expected)."""
    text = raw.decode()
    if not text.endswith("\n"):
        return "a last line without a line feed", "one line feed after every line"
    try:
        expected = _encoder.encode(_decoder(table).decode(raw)).decode() + "\n"
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return f"a value that is not written so ({error})", "the line as the writer writes it"
    at = next((i for i, (a, b) in enumerate(zip(text, expected, strict=False)) if a != b), min(len(text), len(expected)))
    found, wanted = (quoted(line[max(0, at - 10) : at + 20]) for line in (text, expected))
    return f"{found} at column {at + 1}", f"{wanted}, as the writer writes it"


# --------------------------------------------------------------------------------------------------------- Parquet


def parquet_rows(folder: Path, table: str, names: Iterable[str]) -> Iterator[Rows]:
    """The rows of a table's Parquet files, document by document, in the order of the documents."""
    return _joined(heapq.merge(*(_joined(file_rows(folder / name, table)) for name in names), key=attrgetter("doc_id")))


def file_rows(path: Path, table: str) -> Iterator[Rows]:
    """The rows of one Parquet file, in runs of the same document."""
    try:
        file = open_parquet(path, table, string_columns(table))
        for batch in file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):  # workers have a core each
            if columns_fit(table, batch) and _patterns(table).fit_columns(partial(distinct_values, batch)):
                sound = Batch(table, batch)
                yield from (Rows(doc_id, str(path), 0, None, parts=[(sound, first, end)]) for doc_id, first, end in sound.runs())
                continue
            lines = [_encoder.encode(value) + b"\n" for value in batch.to_pylist()]
            yield from _runs(str(path), 0, lines, read_block(table, lines))
    except PARQUET_ERRORS as error:
        raise CorpusError([unreadable("parquet-readable", path, error)]) from error


PARQUET_ERRORS = (OSError, ValueError, NotImplementedError)  # what Arrow raises for bytes that it cannot read


def open_parquet(path: Path, table: str, as_dictionary: Sequence[str] = ()) -> Any:
    """Open a Parquet file of a table so that every page's checksum is verified; some string columns as dictionaries of their values.

    Raises:
        CorpusError: it has another schema than its table, or no checksums.
        PARQUET_ERRORS: it cannot be read.
    """
    import pyarrow.parquet as pq

    if not pq.read_schema(path).equals(arrow_schema_of(table), check_metadata=True):
        expected = "that of the table, with its features"
        raise CorpusError([Finding(rule="parquet-schema", path=str(path), found="another Arrow schema", expected=expected)])
    file = pq.ParquetFile(path, page_checksum_verification=True, read_dictionary=list(as_dictionary))
    bare = columns_without_checksums(path, file.metadata)
    if bare:
        found, expected = f"no page checksums in {listed(bare)}", "a file whose flipped bits are found"
        raise CorpusError([Finding(rule="parquet-checksum", path=str(path), found=found, expected=expected)])
    return file


# ------------------------------------------------------------------------------------------------------- documents


def all_rows(folder: Path, manifest: Mapping[str, Any], read: str) -> dict[str, Iterator[Rows]]:
    """The rows of all tables, from "jsonl" or from "parquet"; of the latter all files are open at once.

    Raises:
        CorpusError: while they are read: a file cannot be, or a Parquet file has another schema.
    """
    if read == "jsonl":
        return {table: json_rows(folder, table) for table in TABLES}
    files = {table: [n for names in manifest["tables"][table]["files"].values() for n in names] for table in TABLES}
    return {table: parquet_rows(folder, table, files[table]) for table in TABLES}


def parquet_names(manifest: Mapping[str, Any], shard: int) -> dict[str, list[str]]:
    """The names of a shard's Parquet files by table."""
    return {table: [names[shard] for names in manifest["tables"][table]["files"].values()] for table in TABLES}


def table_files(manifest: Mapping[str, Any], read: str) -> list[str]:
    """The files of all tables in one form, "jsonl" or "parquet", as the manifest names them."""
    if read == "jsonl":
        return [json_file(table) for table in TABLES]
    return [name for table in TABLES for names in manifest["tables"][table]["files"].values() for name in names]


def by_document(tables: Mapping[str, Iterator[Rows]], note: Callable[[Finding], None]) -> Iterator[DocumentRows]:
    """Group the rows of all tables by document.

    Tables must stand in the order of their doc_ids: rows that do not are noted and left out.
    """
    streams = {table: _ascending(rows, note) for table, rows in tables.items()}
    heads = {table: next(stream, None) for table, stream in streams.items()}
    while any(heads.values()):
        doc_id = min(head.doc_id for head in heads.values() if head)
        own = {table: head for table, head in heads.items() if head and head.doc_id == doc_id}
        yield DocumentRows(doc_id, {table: own.get(table) or Rows(doc_id, "", 0, []) for table in heads})
        for table in own:  # not before: rows that were read just now are still in the processor's cache
            heads[table] = next(streams[table], None)


def _ascending(runs: Iterator[Rows], note: Callable[[Finding], None]) -> Iterator[Rows]:
    last = ""
    for rows in runs:
        if rows.doc_id < last:
            note(
                rows.finding(
                    0, "document-order", f"rows of {rows.doc_id} behind those of {last}", "rows in the order of their doc_ids"
                )
            )
        else:
            last = rows.doc_id
            yield rows
