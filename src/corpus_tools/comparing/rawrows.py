"""Rows of a corpus as they stand in its lines, whatever columns the version of the schema had that wrote them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from corpus_tools.files import Manifest
from corpus_tools.findings import CorpusError, Finding
from corpus_tools.jsonlines import NotJson, parse_line
from corpus_tools.reading import unreadable

Row = dict[str, Any]
Columns = dict[str, dict[str, str]]


class _Fragment(msgspec.Struct):
    start: int
    end: int


class _Relation(msgspec.Struct):
    target_id: str


class _Shape(msgspec.Struct):
    """What must be so in a row, where it is there, for the row to be compared. All else may be as it likes."""

    annotator: str = ""
    paragraph_id: str = ""
    start: int = 0
    end: int = 0
    entity_id: str = ""
    mention_id: str = ""
    claim_id: str = ""
    id: str = ""
    fragments: list[_Fragment] = []
    sentences: list[_Fragment] = []
    content: list[_Fragment] = []
    cue: list[_Fragment] = []
    source: list[_Fragment] | Row = []
    source_entity_ids: list[str] = []
    relations: list[_Relation] = []
    parent_id: str | None = None
    text: str | None = None


_shape = msgspec.json.Decoder(_Shape)


class Run(NamedTuple):
    """The lines of a document in a table, and where they stand."""

    doc_id: str
    table: str
    path: str
    line: int
    lines: list[bytes]

    def rows(self) -> list[Row]:
        """The rows.

        Raises:
            CorpusError: a line has columns that cannot be compared; all such are listed.
        """
        findings, rows = [], []
        for number, line in enumerate(self.lines, self.line):
            try:
                _shape.decode(line)
                rows.append(msgspec.json.decode(line))
            except (ValueError, RecursionError) as error:
                findings.append(_finding("schema", self.path, number, str(error), f"a row of {self.table}"))
        if findings:
            raise CorpusError(findings)
        return rows


class RawDocument(NamedTuple):
    """The lines of one document by table."""

    doc_id: str
    runs: Mapping[str, Run]

    def lines(self) -> dict[str, list[bytes]]:
        """The lines of every table that has any."""
        return {table: run.lines for table, run in self.runs.items()}

    def rows(self) -> dict[str, list[Row]]:
        """The rows of every table that has any.

        Raises:
            CorpusError: a line has columns that cannot be compared.
        """
        return {table: run.rows() for table, run in self.runs.items()}


def raw_documents(folder: Path, manifest: Manifest) -> Iterator[RawDocument]:
    """The documents of a corpus in the order of their ids, one in memory at a time.

    Raises:
        CorpusError: a file cannot be read, a line is no JSON object with a doc_id, or documents are not in the order of their ids.
    """
    streams = (_runs(folder / "jsonl" / f"{table}.jsonl", table) for table in manifest["tables"])
    for doc_id, runs in groupby(heapq.merge(*streams, key=itemgetter(0)), key=itemgetter(0)):
        yield RawDocument(doc_id, {run.table: run for run in runs})


def _runs(path: Path, table: str) -> Iterator[Run]:
    """The lines of a table, document by document."""
    last, number = "", 1
    try:
        with path.open("rb") as file:
            for doc_id, group in groupby(file, key=_doc_id):
                lines = list(group)
                if doc_id is None:
                    raise CorpusError(
                        [_finding("json-syntax", str(path), number, _broken(lines[0]), "one JSON object with a doc_id a line")]
                    )
                if doc_id < last:
                    found = f"rows of {doc_id} behind those of {last}"
                    raise CorpusError([_finding("document-order", str(path), number, found, "rows in the order of their doc_ids")])
                yield Run(doc_id, table, str(path), number, lines)
                last, number = doc_id, number + len(lines)
    except OSError as error:
        raise CorpusError([unreadable("file-readable", path, error)]) from error


def _finding(rule: str, path: str, line: int, found: str, expected: str) -> Finding:
    return Finding(rule=rule, path=path, line=line, found=found, expected=expected)


class _DocId(msgspec.Struct):
    doc_id: str


_decoder = msgspec.json.Decoder(_DocId)


def _doc_id(line: bytes) -> str | None:
    """The document of a line; None where the line is no JSON object with a doc_id."""
    try:
        return _decoder.decode(line).doc_id
    except (ValueError, RecursionError):  # what msgspec raises is a ValueError
        return None


def _broken(line: bytes) -> str:
    try:
        parse_line(line)
    except NotJson as error:
        return error.found
    return "a value without a doc_id"


def columns_of(folder: Path, manifest: Manifest) -> Columns:
    """The columns of every table with their types, from its first Parquet file: these have columns even where there are no rows.

    Raises:
        CorpusError: a file cannot be read.
    """
    import pyarrow.parquet as pq

    columns: Columns = {}
    for table, entry in manifest["tables"].items():
        path = folder / next(name for names in entry["files"].values() for name in names)
        try:
            columns[table] = {field.name: _type_name(field) for field in pq.read_schema(path)}
        except (OSError, ValueError) as error:
            raise CorpusError([unreadable("parquet-readable", path, error)]) from error
    return columns


def _type_name(field: Any) -> str:
    return f"{field.type}{' or null' if field.nullable else ''}"
