"""Where a record is written: the line of its annotation file where the seeds are at hand, else its line in the corpus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus_tools.findings import CorpusError, UsageError
from corpus_tools.offsets import resolve_file
from corpus_tools.reading import DocumentRows
from corpus_tools.remote import brought_here
from corpus_tools.resolve import KEYS, derive
from corpus_tools.seeds import SeedFiles, annotator_of, read_seed, scan

Places = Callable[[DocumentRows, str, Any], str]
_TABLES = ("mentions", "claims")


def places_in(seeds: Path | str | None) -> Places:
    """What gives the ``path:line`` of a record of a document in a table.

    The line of the annotation file is given when the seeds still give the very record, else the line of the corpus.

    Raises:
        UsageError: there is no such folder of seeds.
        CorpusError: the folder cannot be used.
    """
    if seeds is None:
        return _line_in_corpus
    folder = brought_here(seeds)
    if not folder.is_dir():
        raise UsageError(f"{folder}: not a folder of seeds")
    documents, findings = scan(folder)
    if findings:
        raise CorpusError(findings)
    files = {document.doc_id: document for document in documents}
    known: dict[str, dict[Any, str]] = {}  # of the document that was asked for last

    def place(document: DocumentRows, table: str, record: Any) -> str:
        if document.doc_id not in known:
            known.clear()
            known[document.doc_id] = _written(files.get(document.doc_id), document)
        key = table, record.annotator, getattr(record, KEYS[table])
        return known[document.doc_id].get(key) or _line_in_corpus(document, table, record)

    return place


def _line_in_corpus(document: DocumentRows, table: str, record: Any) -> str:
    rows = document.rows[table]
    index = next(index for index, row in enumerate(rows.records) if row is record)
    return f"{rows.path}:{rows.line + index}"


def _written(files: SeedFiles | None, document: DocumentRows) -> dict[Any, str]:
    """Where the annotation files of a document write the records that the corpus holds."""
    seed = read_seed(files)[0] if files else None
    text, places = document.rows["documents"].records[0].text, {}
    for file in seed.annotations if seed and text is not None else ():
        resolution = resolve_file(document.doc_id, text, document.rows["paragraphs"].records, file)
        for table, fresh in derive(resolution).items():
            if table not in _TABLES:
                continue
            by_id = {getattr(record, KEYS[table]): record for record in fresh}
            for record in document.rows[table].records:
                own = getattr(record, KEYS[table])
                if record.annotator == annotator_of(file) and by_id.get(own) == record:
                    line, _ = file.place(resolution.origins[own])
                    places[table, record.annotator, own] = f"{file.path}:{line}"
    return places
