"""What changed between two versions, as the page shows it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus_tools.comparing.policy import verdict
from corpus_tools.viewing.pieces import Piece, differing

if TYPE_CHECKING:
    from corpus_tools.comparing.changes import Change, FieldChange
    from corpus_tools.comparing.revisions import Diff, DocumentDiff

_DIGEST = re.compile("[0-9a-f]{64}")
_KINDS = {
    "added": "added",
    "removed": "removed",
    "changed": "changed",
    "edited": "edited with the text",
    "moved": "moved with the text",
    "renumbered": "renumbered",
}
_QUIET = ("moved", "renumbered")  # not shown at first
_ONE = {"paragraphs": "paragraph", "entities": "entity", "mentions": "mention", "claims": "claim"}
_FIRST_FIELDS = {"entities": "name", "claims": "content", "foreign": "label"}
_JOINT = " … "  # between the fragments of a span


class Line(NamedTuple):
    """A field with what it was and what it is; ``way`` says of a span what became of it. No pieces: there is nothing."""

    field: str
    way: str
    old: list[Piece]
    new: list[Piece]


def diff_page(found: Diff, title: str) -> Mapping[str, Any]:
    """What the template of the page is given; ``title`` is that of the corpus."""
    counted = Counter(change.kind for document in found.documents for change in document.changes)
    kinds = [document.kind for document in found.documents]
    return {
        "title": title,
        "found": found,
        "verdict": verdict(found.old, found.new, found.part, found.required, found.risen),
        "totals": [(kind, kinds.count(kind)) for kind in ("changed", "added", "removed")] + [("unchanged", found.unchanged)],
        "of_corpus": [_line(change) for change in (*found.columns, *found.corpus)],
        "documents": [_document(document) for document in found.documents],
        "kinds": [(kind, words, counted[kind], kind not in _QUIET) for kind, words in _KINDS.items() if counted[kind]],
        "data": {"kinds": True},
    }


def _document(document: DocumentDiff) -> Mapping[str, Any]:
    return {
        "id": document.document,
        "kind": document.kind,
        "counts": list(_counts(document)),
        "lines": [_line(field) for field in document.fields if field.field != "text"],
        "hunks": [Line(f"text, from {hunk.old_start}", "", *differing(hunk.old, hunk.new)) for hunk in document.hunks],
        "changes": [_record(change) for change in document.changes],
    }


def _counts(document: DocumentDiff) -> Iterator[str]:
    for table, kinds in document.counts.items():
        if table != "documents":
            yield f"{table}: {', '.join(f'{number} {kind}' for kind, number in kinds.items())}"


def _record(change: Change) -> Mapping[str, Any]:
    return {
        "kind": change.kind,
        "words": _KINDS[change.kind],
        "table": _ONE.get(change.table, change.table),
        "record": change.record,
        "paragraph": change.paragraph if change.table != "paragraphs" else "",
        "text": "" if change.kind in ("added", "removed") or change.table == "paragraphs" else change.text,
        "lines": list(_record_lines(change)),
    }


def _record_lines(change: Change) -> Iterator[Line]:
    if change.old_record:
        yield Line("id", "", _pieces(change.old_record), _pieces(change.record))
    if change.kind in ("added", "removed"):
        old, new = ("", change.text) if change.kind == "added" else (change.text, "")
        yield Line(_FIRST_FIELDS.get(change.table, "text"), "", *differing(old, new))
    yield from map(_line, change.fields)


def _line(change: FieldChange) -> Line:
    old, new = _value(change.old), _value(change.new)
    compared = change.way or change.field in ("text", "title", "name")
    return Line(change.field, change.way, *(differing(old, new) if compared else (_pieces(old), _pieces(new))))


def _pieces(text: str) -> list[Piece]:
    return [Piece(text)] if text else []


def _value(value: Any) -> str:
    """A value in words: of fragments their texts, or their places where texts are withheld."""
    if isinstance(value, list):
        if value and isinstance(value[0], dict) and "start" in value[0]:
            return _JOINT.join(item.get("text") or f"{item['start']}–{item['end']}" for item in value)
        return ", ".join(map(_value, value))
    if isinstance(value, dict):
        return " ".join(_value(item) for item in value.values() if item is not None)
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else str(value)
    return f"{text[:12]}…" if _DIGEST.fullmatch(text) else text
