"""The documents of a corpus one by one, and those of two corpora side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeVar

from corpus_tools.files import read_manifest
from corpus_tools.findings import CorpusError, Finding
from corpus_tools.reading import DocumentRows, all_rows, by_document, explain


def sound_documents(folder: Path) -> Iterator[DocumentRows]:
    """The documents of a corpus, from its JSON lines, as long as every line of them is a record of its table.

    Raises:
        UsageError: there is no corpus.
        CorpusError: at the end: files that cannot be read, and all lines that are no records or stand in the wrong place.
    """
    findings: list[Finding] = []
    for document in by_document(all_rows(folder, read_manifest(folder), "jsonl"), findings.append):
        for table, rows in document.rows.items():
            if not rows.is_sound:
                findings += [f for index, record in enumerate(rows.records) if record is None for f in explain(table, rows, index)]
        if not findings:
            yield document
    if findings:
        raise CorpusError(findings)


class HasDocument(Protocol):
    """What belongs to a document."""

    @property
    def doc_id(self) -> str:
        """The document's id."""


OfDocument = TypeVar("OfDocument", bound=HasDocument)


def side_by_side(ones: Iterator[OfDocument], twos: Iterator[OfDocument]) -> Iterator[tuple[OfDocument | None, OfDocument | None]]:
    """Documents of two corpora, each in the order of their ids, side by side; None where one has no such document."""
    one, two = next(ones, None), next(twos, None)
    while one or two:
        here = min(document.doc_id for document in (one, two) if document)
        pair = one if one and one.doc_id == here else None, two if two and two.doc_id == here else None
        yield pair
        one = next(ones, None) if pair[0] else one
        two = next(twos, None) if pair[1] else two
