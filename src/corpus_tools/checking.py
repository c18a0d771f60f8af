"""Check a corpus: its files against the manifest, every line against its schema, every document against all rules.

Streams: one document is in memory at a time, and some rows of each shard. Nothing is repaired, nothing is trusted.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec

from corpus_tools.against import FreshSeeds
from corpus_tools.files import (
    check_card,
    check_figures,
    check_files,
    check_license,
    check_manifest,
    check_schemas,
    find_corpus,
    is_own_file,
)
from corpus_tools.findings import CorpusError, Finding
from corpus_tools.hydrationfile import Notes, is_without_texts
from corpus_tools.reading import DocumentRows, Rows, all_rows, by_document, explain, table_files
from corpus_tools.records import Document
from corpus_tools.rules import Bundle, check_bundle
from corpus_tools.schemas import TABLES, shipped
from corpus_tools.shadow import ParquetShadow
from corpus_tools.tables import split_order

Form = Literal["jsonl", "parquet"]


def check(corpus: Path | str | None = None, against: Path | str | None = None, read: Form | None = None) -> list[Finding]:
    """All problems of a corpus; an empty list when there are none.

    Args:
        corpus: the folder of the corpus; None for ./corpus, or where that is none, the one that comes with the package.
        against: a folder of seeds; the corpus is compared with a fresh resolution of it.
        read: check the rows of this form alone; None checks the JSON lines and that the Parquet files hold the same.

    Raises:
        UsageError: there is no such folder, or no manifest in it.
    """
    folder = find_corpus(corpus)
    seeds = FreshSeeds(Path(against)) if against is not None else None
    manifest, findings = check_manifest(folder)
    if manifest is None:
        return findings
    findings += seeds.compare_manifest(folder, manifest) if seeds else []
    findings += check_files(folder, manifest, read)
    findings += check_card(folder, manifest)
    findings += check_license(folder, manifest)
    findings += check_schemas(folder, manifest)
    if not all(is_own_file(folder, name) for name in table_files(manifest, read or "jsonl")):
        return findings  # without a table all the others would look wrong
    tally = _Tally()
    shadow = ParquetShadow(folder, manifest) if read is None else None
    notes = Notes(folder) if is_without_texts(manifest) else None
    try:
        with paused_gc():
            for rows in by_document(all_rows(folder, manifest, read or "jsonl"), findings.append):
                document, problems = check_document(rows, manifest["corpus"])
                findings += problems
                tally.add(rows, document)
                if shadow:
                    shadow.add(rows, document.split if document else None)
                if seeds:
                    findings += seeds.compare(rows)
                if notes:
                    notes.of(rows)
    except CorpusError as error:
        return findings + error.findings
    strays = {finding.document for finding in findings if finding.rule == "document-order"}
    if strays:  # their rows were left out
        return [f for f in findings if f.document not in strays or f.rule not in _CONSEQUENCES]
    findings += check_figures(folder, manifest, tally.figures())
    findings += shadow.finish() if shadow else []
    findings += notes.finish() if notes else []
    return findings + (list(seeds.finish()) if seeds else [])


@contextmanager
def paused_gc() -> Iterator[None]:
    """No search for cycles meanwhile: millions of records without any make it costly."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Tally:
    """Counts and digests the rows that pass by: the figures that the manifest must have."""

    def __init__(self) -> None:
        self.rows = dict.fromkeys(TABLES, 0)
        self.split_rows: dict[str, dict[str, int]] = {table: {} for table in TABLES}
        self.digests = {table: hashlib.sha256() for table in TABLES}
        self.splits: dict[str, int] = {}
        self.languages: set[str] = set()

    def add(self, document: DocumentRows, record: Document | None) -> None:
        for table, rows in document.rows.items():
            self.rows[table] += len(rows.records)
            self.digests[table].update(rows.content())
            if record:
                self.split_rows[table][record.split] = self.split_rows[table].get(record.split, 0) + len(rows.records)
        if record:
            self.splits[record.split] = self.splits.get(record.split, 0) + 1
            self.languages.add(record.language)

    def figures(self) -> dict[str, Any]:
        return {
            "tables": {table: self._table(table) for table in TABLES},
            "splits": dict(sorted(self.splits.items(), key=lambda item: split_order(item[0]))),
            "languages": sorted(self.languages),
        }

    def _table(self, table: str) -> dict[str, Any]:
        rows, split_rows = self.rows[table], self.split_rows[table]
        known = {"split_rows": split_rows} if sum(split_rows.values()) == rows else {}  # else a document could not be read
        return {"rows": rows, "sha256": self.digests[table].hexdigest()} | known


# What only follows from a row that cannot be read or does not stand in its place, and is left out beside it.
_CONSEQUENCES = {"reference-resolves", "entity-mentioned", "derived-column", "paragraph-coverage", "document-missing"}


def check_document(document: DocumentRows, config: dict[str, Any]) -> tuple[Document | None, list[Finding]]:
    """All problems of the rows of one document, and its own record if it can be read."""
    findings = [
        finding
        for table, rows in document.rows.items()
        if None in rows.records
        for index, record in enumerate(rows.records)
        if record is None
        for finding in explain(table, rows, index)
    ]
    if len(document.rows["documents"].records) != 1:
        findings.append(_not_one_document(document))
    sound = {
        table: [r for r in rows.records if r is not None] if findings else rows.records for table, rows in document.rows.items()
    }
    if not sound["documents"]:
        return None, findings
    bundle = Bundle(sound["documents"][0], *(sound[table] for table in TABLES[1:]))
    problems = check_bundle(bundle, config)
    if findings:
        problems = [problem for problem in problems if problem.rule not in _CONSEQUENCES]
    places = _places(document) if problems else {}
    findings += [_placed(problem, places, document) for problem in problems]
    return bundle.document, findings


def _not_one_document(document: DocumentRows) -> Finding:
    rows = document.rows["documents"]
    if rows.records:
        return rows.finding(1, "document-missing", f"the document {document.doc_id} again", "one row for a document")
    rows = next(rows for rows in document.rows.values() if rows.records)
    return rows.finding(0, "document-missing", f"a row of {document.doc_id}, which is not in documents", "a row there")


def _places(document: DocumentRows) -> dict[str, tuple[Rows, int]]:
    """Where each record stands, by the name that findings have for it; of records with equal names the last."""
    places: dict[str, tuple[Rows, int]] = {}
    for table in TABLES[1:]:
        keys = shipped()[table]["x-key"][1:]
        rows = document.rows[table]
        for index, record in enumerate(rows.records):
            if record is not None:
                places["/".join(getattr(record, key) for key in keys)] = (rows, index)
    return places


def _placed(finding: Finding, places: Mapping[str, tuple[Rows, int]], document: DocumentRows) -> Finding:
    rows, index = places.get(finding.record) or (document.rows["documents"], 0)
    return msgspec.structs.replace(finding, path=rows.path, line=rows.line + index if rows.line else 0)
