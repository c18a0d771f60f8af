"""What changed from one version of a corpus to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from corpus_tools.comparing.carried import Hunk, hunks, texts_of
from corpus_tools.comparing.changes import Change, FieldChange, changes
from corpus_tools.comparing.policy import (
    Reason,
    highest,
    of_change,
    of_columns,
    of_corpus,
    of_document_field,
    reasons,
    required_version,
)
from corpus_tools.comparing.rawrows import RawDocument, Row, columns_of, raw_documents
from corpus_tools.documents import side_by_side
from corpus_tools.files import Manifest, read_manifest
from corpus_tools.remote import brought_here
from corpus_tools.versions import ordered
from corpus_tools.viewing.diffpage import diff_page
from corpus_tools.viewing.onepage import must_be_writable, write_page

_OF_TEXT = ("text", "text_sha256", "edits")  # told as changes of the text, or of the source


class DocumentDiff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a document.

    ``kind``: added, removed, changed. ``counts[table][kind]`` are those of its records, all of them for a document that was added or
    removed. ``hunks`` are the places where the text changed, ``fields`` its metadata, ``changes`` its records.
    """

    document: str
    kind: str
    counts: dict[str, dict[str, int]] = {}
    hunks: list[Hunk] = []
    fields: list[FieldChange] = []
    changes: list[Change] = []


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """What `diff` gives.

    ``old`` and ``new`` are the versions. ``part`` of the version must rise ("none" when nothing changed) for the ``reasons``, so the new
    version must be ``required`` or above; ``risen`` says whether it is. ``columns`` and ``corpus`` are what changed in the schema and in
    corpus.yaml. ``unchanged`` counts documents, ``documents`` are all others.
    """

    old: str
    new: str
    part: str
    reasons: list[Reason]
    required: str
    risen: bool
    columns: list[FieldChange]
    corpus: list[FieldChange]
    unchanged: int
    documents: list[DocumentDiff]


def diff(old: Path | str, new: Path | str, page: Path | str | None = None) -> Diff:
    """Tell what changed from one version of a corpus to another, by meaning: documents, texts, records and their fields.

    Records are matched by what they say and where they stand, so ids that were only numbered anew are no change of a record. Where a
    text changed, old spans are carried over to the new text first; so a span that moved with the text is told apart from one that was
    re-annotated. One document of each is in memory at a time; what grows is the list of changes.

    Args:
        old: the folder of the former version.
        new: the folder of the new one.
        page: an HTML file that is written: all changes with old and new words side by side, and what the version must be.

    Raises:
        CorpusError: a file cannot be read, or its lines cannot be compared.
        UsageError: there is no corpus, or the page cannot be written.
    """
    folders = brought_here(old), brought_here(new)
    manifests = [read_manifest(folder) for folder in folders]
    if page is not None:
        must_be_writable(page)
    found = _compared(folders, manifests)
    if page is not None:
        write_page(page, "diff.html", diff_page(found, manifests[1]["corpus"]["title"]))
    return found


def _compared(folders: Sequence[Path], manifests: Sequence[Manifest]) -> Diff:
    layouts = [columns_of(folder, manifest) for folder, manifest in zip(folders, manifests, strict=True)]
    counted: Counter[tuple[str, str]] = Counter()
    columns, corpus = [], []
    for part, change in of_columns(*layouts):
        columns.append(change)
        counted[part, "columns or tables " + ("added" if change.old is None else "removed or of another type")] += 1
    for part, change in of_corpus(manifests[0]["corpus"], manifests[1]["corpus"]):
        corpus.append(change)
        counted[part, f"{change.field.partition('.')[0]} in corpus.yaml {_happened(change)}"] += 1
    both = {table: set(layouts[0][table]) & set(layouts[1][table]) for table in layouts[0] if table in layouts[1]}
    documents, unchanged = [], 0
    streams = [raw_documents(folder, manifest) for folder, manifest in zip(folders, manifests, strict=True)]
    for ours, theirs in side_by_side(*streams):
        if ours and theirs and ours.lines() == theirs.lines():
            unchanged += 1
            continue
        found = _document_diff(ours, theirs, both)
        if found:
            documents.append(found)
            counted.update(_weighed(found))
        else:
            unchanged += 1
    versions = [manifest["corpus"]["version"] for manifest in manifests]
    why = reasons(counted)
    part = highest(reason.part for reason in why)
    required = required_version(versions[0], part)
    return Diff(
        old=versions[0],
        new=versions[1],
        part=part,
        reasons=why,
        required=required,
        risen=ordered(versions[1]) >= ordered(required),
        columns=columns,
        corpus=corpus,
        unchanged=unchanged,
        documents=documents,
    )


def _happened(change: FieldChange) -> str:
    return "added" if change.old is None else "removed" if change.new is None else "changed"


def _document_diff(ours: RawDocument | None, theirs: RawDocument | None, columns: Mapping[str, set[str]]) -> DocumentDiff | None:
    """What became of a document; None where only columns differ that one version does not have."""
    if not ours or not theirs:
        present = theirs or ours
        assert present
        kind = "added" if theirs else "removed"
        rows = {table: {kind: len(run.lines)} for table, run in present.runs.items()}
        return DocumentDiff(document=present.doc_id, kind=kind, counts=rows)
    old, new = ours.rows(), theirs.rows()
    before, after = ((rows.get("documents") or [{}])[0] for rows in (old, new))
    texts = texts_of(before.get("text"), after.get("text"))
    fields = list(_document_fields(before, after, columns.get("documents", set())))
    found = list(changes(texts, old, new, columns))
    if not (fields or found):
        return None
    counts: dict[str, dict[str, int]] = {}
    for (table, kind), number in Counter((change.table, change.kind) for change in found).items():
        counts.setdefault(table, {})[kind] = number
    return DocumentDiff(document=ours.doc_id, kind="changed", counts=counts, hunks=hunks(texts), fields=fields, changes=found)


def _document_fields(old: Row, new: Row, columns: set[str]) -> Iterator[FieldChange]:
    for field in new:
        if field not in columns or old.get(field) == new[field]:
            continue
        if field == "source":
            before, after = old.get("source") or {}, new["source"] or {}
            yield from (FieldChange(f"source.{key}", before.get(key), after[key]) for key in after if before.get(key) != after[key])
        elif field not in _OF_TEXT:
            yield FieldChange(field, old.get(field), new[field])
    if old.get("text_sha256") != new.get("text_sha256"):
        yield FieldChange("text", old.get("text_sha256"), new.get("text_sha256"))
    elif old.get("edits") != new.get("edits") and "edits" in columns:
        yield FieldChange("edits", *(f"{len(row.get('edits') or ())} edits" for row in (old, new)))


def _weighed(found: DocumentDiff) -> Iterator[tuple[str, str]]:
    """What a document gives reason for: (part, what) for each thing that happened."""
    if found.kind != "changed":
        yield ("minor" if found.kind == "added" else "major"), f"documents {found.kind}"
    told = {field.field.partition(".")[0]: field for field in found.fields}
    for name, field in told.items():
        yield of_document_field(field), f"{name} of documents changed"
    for change in found.changes:
        if of_change(change) != "none":
            yield of_change(change), f"{change.table} {change.kind}"
