"""What a corpus holds, in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from corpus_tools.derive import fields, kind
from corpus_tools.files import find_corpus, read_manifest
from corpus_tools.findings import CorpusError, Finding
from corpus_tools.reading import DocumentRows, all_rows, by_document, explain
from corpus_tools.schemas import TABLES

Records = Mapping[str, list[Any]]
Stats = dict[str, dict[str, Any]]
Fact = tuple[str, str, str]


def stats(corpus: Path | str | None = None) -> Stats:
    """Count the rows of a corpus by table, and in each table by every column of few values.

    One document is in memory at a time. Every table is counted by split and language too, mentions by the type of their entity, and
    claims by the name of each entity that is their source.

    Args:
        corpus: the folder of the corpus; None for ./corpus, or where that is none, the one that comes with the package.

    Returns:
        ``{table: {"rows": number, column: {value: number}}}``, the most frequent value first; null is the value ``"null"``.

    Raises:
        CorpusError: files that cannot be read, or lines that are no records of their table.
        UsageError: there is no corpus.
    """
    folder = find_corpus(corpus)
    counted: Counter[Fact] = Counter()
    findings: list[Finding] = []
    for document in by_document(all_rows(folder, read_manifest(folder), "jsonl"), findings.append):
        findings += _unsound(document)
        counted.update(facts({table: rows.records for table, rows in document.rows.items()}) if not findings else ())
    if findings:
        raise CorpusError(findings)
    return _arranged(counted)


def _unsound(document: DocumentRows) -> Iterator[Finding]:
    for table, rows in document.rows.items():
        for index, record in enumerate(rows.records):
            if record is None:
                yield from explain(table, rows, index)


def facts(records: Records) -> Iterator[Fact]:
    """What is counted of one document: (table, column, value) for every row and what it holds, one with the column "rows" among them."""
    document = next(iter(records["documents"]), None)
    entities = {(entity.annotator, entity.entity_id): entity for entity in records["entities"]}
    for table, rows in records.items():
        for record in rows:
            yield table, "rows", ""
            yield table, "split", _name(getattr(document, "split", None))
            yield table, "language", _name(getattr(document, "language", None))
            for column in _columns(table):
                yield table, column, _name(getattr(record, column))
    for mention in records["mentions"]:
        entity = entities.get((mention.annotator, mention.entity_id))
        yield "mentions", "entity_type", _name(getattr(entity, "type", None))
    for claim in records["claims"]:
        for source in claim.source_entity_ids:
            yield "claims", "source", getattr(entities.get((claim.annotator, source)), "name", None) or source


@cache
def _columns(table: str) -> list[str]:
    """The columns of few values: who annotated, enumerations, tags, and what is true or false."""
    return [name for name, field in fields(table).items() if name == "annotator" or _has_few_values(field)]


def _has_few_values(field: Mapping[str, Any]) -> bool:
    return "enum" in field or "tags" in field.get("x-seed", {}) or kind(dict(field)) == "boolean"


def _name(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _arranged(counted: Counter[Fact]) -> Stats:
    result: Stats = {table: {"rows": 0} for table in TABLES}
    for (table, column, value), number in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        if column == "rows":
            result[table]["rows"] = number
        else:
            result[table].setdefault(column, {})[value] = number
    order = {table: ["rows", "split", "language", *_columns(table), "entity_type", "source"] for table in TABLES}
    return {table: dict(sorted(columns.items(), key=lambda item: order[table].index(item[0]))) for table, columns in result.items()}
