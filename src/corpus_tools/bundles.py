"""A corpus back as the records of one document after the other, sound by schema and rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus_tools.files import Manifest
from corpus_tools.findings import CorpusError, Finding
from corpus_tools.reading import DocumentRows, all_rows, by_document, explain
from corpus_tools.rules import Bundle, check_bundle
from corpus_tools.schemas import TABLES


def sound_bundles(folder: Path, manifest: Manifest) -> Iterator[Bundle]:
    """The records of every document of a corpus, in the order of their ids; one document is in memory at a time.

    Raises:
        CorpusError: at the end, with all problems; after the first one no document is given any more.
    """
    findings: list[Finding] = []
    for document in by_document(all_rows(folder, manifest, "jsonl"), findings.append):
        problems = list(_problems(document))
        if not problems:
            bundle = Bundle(document.rows["documents"].records[0], *(document.rows[table].records for table in TABLES[1:]))
            problems = check_bundle(bundle, manifest["corpus"])
        findings += problems
        if not findings:
            yield bundle
    if findings:
        raise CorpusError(findings)


def _problems(document: DocumentRows) -> Iterator[Finding]:
    """Lines that are no records, and a document without exactly one record of its own."""
    for table, rows in document.rows.items():
        for index in (i for i, record in enumerate(rows.records) if record is None):
            yield from explain(table, rows, index)
    if len(document.rows["documents"].records) != 1:
        found = f"{len(document.rows['documents'].records)} rows"
        yield Finding(rule="document-missing", document=document.doc_id, found=found, expected="one")
