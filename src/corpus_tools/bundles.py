"""A corpus back as the records of one document after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus_tools.documents import sound_documents
from corpus_tools.files import Manifest
from corpus_tools.findings import CorpusError, Finding
from corpus_tools.reading import DocumentRows
from corpus_tools.rules import Bundle, check_bundle
from corpus_tools.schemas import TABLES


def bundle_of(document: DocumentRows) -> Bundle:
    """The records of a document all of whose lines are records, with one row of its own."""
    return Bundle(document.rows["documents"].records[0], *(document.rows[table].records for table in TABLES[1:]))


def all_bundles(folder: Path) -> Iterator[Bundle]:
    """The records of every document of a corpus, in the order of their ids; one document is in memory at a time.

    Raises:
        UsageError: there is no corpus.
        CorpusError: at the end, with all lines that are no records, and all documents without exactly one row of their own; after the
            first one no document is given any more.
    """
    findings: list[Finding] = []
    try:
        for document in sound_documents(folder):
            number = len(document.rows["documents"].records)
            if number != 1:
                missing = Finding(rule="document-missing", document=document.doc_id, found=f"{number} rows", expected="one")
                findings.append(missing)
            if not findings:
                yield bundle_of(document)
    except CorpusError as error:
        findings += error.findings
    if findings:
        raise CorpusError(findings)


def sound_bundles(folder: Path, manifest: Manifest) -> Iterator[Bundle]:
    """The same, sound by all rules on documents too.

    Raises:
        UsageError: there is no corpus.
        CorpusError: at the end, with all problems; after the first one no document is given any more.
    """
    findings: list[Finding] = []
    try:
        for bundle in all_bundles(folder):
            findings += check_bundle(bundle, manifest["corpus"])
            if not findings:
                yield bundle
    except CorpusError as error:
        findings += error.findings
    if findings:
        raise CorpusError(findings)
