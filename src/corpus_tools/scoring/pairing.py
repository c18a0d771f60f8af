"""Whose annotations are compared with whose, and whether those of a document can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from corpus_tools.files import Manifest
from corpus_tools.findings import Finding, UsageError, listed, nearest
from corpus_tools.reading import DocumentRows

Pair = tuple[str, str]


def annotator_pairs(gold: Manifest, other: Manifest, annotator: str | None, other_annotator: str | None) -> list[Pair]:
    """Whose annotations are compared.

    Those that are named; else annotators of the same name, when both corpora have the same; else the only one of each.

    Raises:
        UsageError: a name is not known, or who is meant is not plain.
    """
    ours, theirs = sorted(gold["corpus"]["annotators"]), sorted(other["corpus"]["annotators"])
    for name, known in ((annotator, ours), (other_annotator, theirs)):
        if name is not None and name not in known:
            raise UsageError(f"no annotator {name}; nearest: {nearest(name, known) or listed(known)}")
    if annotator is None and other_annotator is None and ours == theirs:
        return [(name, name) for name in ours]
    one = annotator or _only(ours, other_annotator, "annotator")
    return [(one, other_annotator or _only(theirs, annotator, "other-annotator"))]


def _only(known: Sequence[str], same: str | None, option: str) -> str:
    if len(known) == 1:
        return known[0]
    if same is not None and same in known:
        return same
    raise UsageError(f"annotators {listed(known)}: --{option} says who is meant")


def text_findings(gold: DocumentRows, other: DocumentRows) -> Iterator[Finding]:
    """Why the offsets of a document cannot be compared: it has another text in the other corpus, or no row of its own."""
    for document in (gold, other):
        if not document.rows["documents"].records:
            rows = next(rows for rows in document.rows.values() if rows.records)
            found = f"a row of {document.doc_id}, which is not in documents"
            yield rows.finding(0, "document-missing", found, "a row there")
            return
    digests = {document.rows["documents"].records[0].text_sha256 for document in (gold, other)}
    if len(digests) > 1:
        expected = "the text of the gold document (corpus-tools reanchor moves annotations to another text)"
        yield other.rows["documents"].finding(0, "score-text", f"another text of {gold.doc_id}", expected)


def rows_of_annotator(document: DocumentRows, annotator: str) -> bool:
    """Whether an annotator has any record in a document."""
    tables: list[list[Any]] = [document.rows[table].records for table in ("entities", "mentions", "claims", "foreign")]
    return any(record.annotator == annotator for records in tables for record in records)
