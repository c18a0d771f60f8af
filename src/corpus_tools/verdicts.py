"""What is wrong with the rows of one document: every line against its schema, all records together against all rules."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from corpus_tools.findings import Finding
from corpus_tools.reading import DocumentRows, Rows, explain
from corpus_tools.records import Document
from corpus_tools.rules import Bundle, check_bundle
from corpus_tools.schemas import TABLES, shipped


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


# What only follows from a row that cannot be read or does not stand in its place, and is left out beside it.
CONSEQUENCES = {"reference-resolves", "entity-mentioned", "derived-column", "paragraph-coverage", "document-missing"}


def check_document(document: DocumentRows, config: dict[str, Any]) -> tuple[Document | None, list[Finding]]:
    """All problems of the rows of one document, and its own record if it can be read."""
    proven = ["span-text"] if spans_stand(document) else []  # before there are records
    findings = [
        finding
        for table, rows in document.rows.items()
        if not rows.is_sound
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
    problems = check_bundle(bundle, config, proven=proven)
    if findings:
        problems = [problem for problem in problems if problem.rule not in CONSEQUENCES]
    places = _places(document) if problems else {}
    findings += [_placed(problem, places, document) for problem in problems]
    return bundle.document, findings


def spans_stand(document: DocumentRows) -> bool:
    """Whether columns alone show that the words of all spans stand in the text; False for rows that are no columns too."""
    own = document.rows["documents"].records
    text = own[0].text if len(own) == 1 and own[0] is not None else None
    return text is not None and all(document.rows[table].spans_stand_in(text) for table in TABLES[1:])


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
