"""From a record back to the line where it was written, and to the bytes of the source that it stands on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from corpus_tools.derive import fields, kind
from corpus_tools.files import find_corpus, read_manifest
from corpus_tools.findings import CorpusError, Finding, UsageError, listed, nearest, quoted
from corpus_tools.offsets import resolve_file
from corpus_tools.reading import DocumentRows, all_rows, by_document
from corpus_tools.records import Document
from corpus_tools.remote import brought_here
from corpus_tools.resolve import KEYS, derive
from corpus_tools.schemas import shipped
from corpus_tools.seeds import Seed, annotator_of, read_seed, scan
from corpus_tools.text import BOM, CodePoint, SourceMap, Utf8Byte

_CANDIDATES = 5
_KNOWN_IDS = 10_000  # as many are looked at for the nearest one


def trace(id: str, corpus: Path | str | None = None, seeds: Path | str = "seeds") -> dict[str, Any]:
    """Lead from a record to the line of its annotation file and to the bytes of its source.

    Args:
        id: ``document/annotator/record``, ``document/paragraph`` or ``document``, or as much of its end as only one record has.
        corpus: the folder of the corpus; None for ./corpus, or where that is none, the one that comes with the package.
        seeds: the folder of seeds that it was built from.

    Returns:
        ``{"id", "table", "record", "annotation": {"path", "line", "column"} or None, "spans": [span]}``; a span is a fragment with its
        ``field`` (for an entity: the mention), its place in the source file (``path``, ``line``, ``column``), and the bytes there:
        ``source_start``, ``source_end`` and their text ``source_text``. Lines and columns count from 1, columns in code points.

    Raises:
        CorpusError: a file cannot be read, or the seeds have problems or are not what the corpus was built from.
        UsageError: no such record, or several; no such folder.
    """
    folder, seeds = find_corpus(corpus), brought_here(seeds)
    if not seeds.is_dir():
        raise UsageError(f"{seeds}: not a folder of seeds")
    found = _find(folder, id)
    document: Document = found.rows["documents"].records[0]
    if document.text is None:
        raise UsageError(f"the text of {document.doc_id} is withheld in this corpus, so its records stand on nothing there")
    seed = _seed_of(seeds, document)
    try:
        spans = [_placed(span, document, seed) for span in _spans(found)]
    except ValueError as error:
        raise UsageError(f"{folder}: {found.name}: {error}; corpus-tools check says what is wrong") from None
    record = msgspec.to_builtins(found.record)
    return {"id": found.name, "table": found.table, "record": record, "annotation": _written(found, seed), "spans": spans}


class _Found(NamedTuple):
    name: str
    table: str
    record: Any
    rows: Any


# ------------------------------------------------------------------------------------------------------ the record


def _find(folder: Path, wanted: str) -> _Found:
    """The one record whose name is, or ends with, what is wanted."""
    candidates: list[_Found] = []
    known: list[str] = []
    findings: list[Finding] = []
    for document in by_document(all_rows(folder, read_manifest(folder), "jsonl"), findings.append):
        for found in _named(document):
            if found.name == wanted:
                return found
            if f"/{found.name}".endswith(f"/{wanted}"):
                candidates.append(found)
            elif len(known) < _KNOWN_IDS:
                known += [found.name, found.name.rpartition("/")[2]]
        if len(candidates) > _CANDIDATES:
            break
    if findings:
        raise CorpusError(findings)
    if not candidates:
        raise UsageError(f"no record {quoted(wanted)}; nearest: {nearest(wanted, known) or listed(known[::2], 3) or 'none'}")
    if len(candidates) > 1:
        raise UsageError(f"{quoted(wanted)} may be {listed([found.name for found in candidates], _CANDIDATES)}")
    return candidates[0]


def _named(document: DocumentRows) -> Iterator[_Found]:
    """The records of a document, each with its name; none where the document's own record is not sound."""
    if document.rows["documents"].records[:1] in ([], [None]):
        return
    for table, rows in document.rows.items():
        keys = shipped()[table]["x-key"]
        for record in rows.records:
            if record is not None:
                yield _Found("/".join([getattr(record, key) for key in keys]), table, record, document.rows)


def _spans(found: _Found) -> Iterator[tuple[str, CodePoint, CodePoint]]:
    """What a record stands on: (field, start, end)."""
    record = found.record
    match found.table:
        case "documents":
            yield "text", 0, len(record.text)
        case "paragraphs":
            yield "text", record.start, record.end
        case "entities":
            for mention in found.rows["mentions"].records:
                if mention and (mention.annotator, mention.entity_id) == (record.annotator, record.entity_id):
                    yield from ((mention.mention_id, fragment.start, fragment.end) for fragment in mention.fragments)
        case table:
            for name, field in fields(table).items():
                if kind(field) == "array" and field["items"].get("title") == "Fragment":
                    yield from ((name, fragment.start, fragment.end) for fragment in getattr(record, name))


# ------------------------------------------------------------------------------------------------------- the seeds


def _seed_of(folder: Path, document: Document) -> Seed:
    """The seeds of a document, its source the very one that the corpus was built from."""
    documents, findings = scan(folder)
    files = next((files for files in documents if files.doc_id == document.doc_id), None)
    if files is None:
        raise UsageError(
            f"{folder}: no document {document.doc_id}; nearest: {nearest(document.doc_id, [f.doc_id for f in documents])}"
        )
    seed, findings = read_seed(files)
    if seed is None or findings:
        raise CorpusError(findings)
    if hashlib.sha256(seed.source).hexdigest() != document.source.sha256:
        raise CorpusError([_stale(seed.source_path, 1, document.doc_id, "", "another source than the corpus was built from")])
    return seed


def _written(found: _Found, seed: Seed) -> dict[str, Any] | None:
    """Where a record is written: the place of an annotation, the metadata of a document, nowhere for a paragraph."""
    if found.table == "documents":
        return {"path": seed.metadata.path, "line": 1, "column": 1}
    if found.table == "paragraphs":
        return None
    record, document = found.record, found.rows["documents"].records[0]
    own = getattr(record, KEYS[found.table])
    file = next((file for file in seed.annotations if annotator_of(file) == record.annotator), None)
    if file is None:
        found_text = f"no annotations by {record.annotator}"
        raise CorpusError([_stale(seed.metadata.path, 1, document.doc_id, found.name, found_text)])
    resolution = resolve_file(document.doc_id, document.text, found.rows["paragraphs"].records, file)
    line, column = file.place(resolution.origins[own]) if own in resolution.origins else (1, 1)
    if record not in derive(resolution)[found.table]:
        found_text = "this record, otherwise" if own in resolution.origins else "no such record"
        raise CorpusError([_stale(file.path, line, document.doc_id, found.name, found_text)])
    return {"path": file.path, "line": line, "column": max(column, 1)}  # a record of the machine form is its whole line


def _stale(path: str, line: int, document: str, record: str, found: str) -> Finding:
    expected = "what the corpus holds (corpus-tools build makes it anew)"
    return Finding(rule="against-seeds", path=path, line=line, document=document, record=record, found=found, expected=expected)


def _placed(span: tuple[str, CodePoint, CodePoint], document: Document, seed: Seed) -> dict[str, Any]:
    """A span with its place in the source."""
    field, start, end = span
    text = document.text or ""
    low, high = SourceMap(text, document.edits or []).to_source(start, end)
    place = {"path": seed.source_path, **_line_and_column(seed.source, low)}
    source = {"source_start": low, "source_end": high, "source_text": seed.source[low:high].decode()}
    return {"field": field, "start": start, "end": end, "text": text[start:end], **place, **source}


def _line_and_column(source: bytes, offset: Utf8Byte) -> dict[str, int]:
    """The place of a byte in its file, as an editor counts: a byte order mark is no column."""
    head = source[:offset].decode().removeprefix(BOM)
    lines = re.split(r"\r\n|\r|\n", head)
    return {"line": len(lines), "column": len(lines[-1]) + 1}
