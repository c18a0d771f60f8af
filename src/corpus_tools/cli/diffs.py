"""How the difference of two versions of a corpus looks in a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rich.console import Console

from corpus_tools.cli.terminal import print_line
from corpus_tools.comparing.changes import Change, FieldChange
from corpus_tools.comparing.policy import verdict
from corpus_tools.comparing.revisions import Diff, DocumentDiff
from corpus_tools.findings import quoted

_DIGEST = re.compile("[0-9a-f]{64}")
_SHOWN = 40  # changes of a document
_QUIET = ("moved", "renumbered")  # counted, and listed with --details alone; so are paragraphs whose text changed
_MARKS = {
    "added": ("+", "green"),
    "removed": ("-", "red"),
    "changed": ("~", "yellow"),
    "edited": ("~", "yellow"),
    "moved": (">", "dim"),
    "renumbered": ("#", "dim"),
}
_TOLD = {"moved": "moved with the text", "edited": "edited with the text"}
Parts = tuple[str | tuple[str, str], ...]


def print_diff(console: Console, found: Diff, every: bool) -> None:
    """Print what changed in schema, corpus.yaml and documents, then which part of the version must rise, and why."""
    for name, changes in (("columns", found.columns), ("corpus.yaml", found.corpus)):
        for change in changes:
            print_line(console, (f"{name} ", "bold"), *_field(change))
    for document in found.documents:
        for line in _document(document, every):
            print_line(console, *line)
    for line in _verdict(found):
        print_line(console, *line)


def _document(document: DocumentDiff, every: bool) -> Iterator[Parts]:
    mark, style = _MARKS[document.kind]
    yield (f"{mark} {document.document}", f"bold {style}"), f"  {_counted(document)}"
    for field in document.fields:
        if field.field != "text":
            yield ("    ", *_field(field))
    for hunk in document.hunks if every else document.hunks[:_SHOWN]:
        yield (f"    text {hunk.old_start}: ", (quoted(hunk.old), "red"), " → ", (quoted(hunk.new), "green"))
    if len(document.hunks) > _SHOWN and not every:
        yield (f"    and {len(document.hunks) - _SHOWN} more places; --details lists all",)
    told = [change for change in document.changes if every or not _is_quiet(change)]
    for change in told if every else told[:_SHOWN]:
        yield from _record(change)
    if len(told) > _SHOWN and not every:
        yield (f"    and {len(told) - _SHOWN} more records; --details lists all",)


def _is_quiet(change: Change) -> bool:
    return change.kind in _QUIET or (change.table == "paragraphs" and change.kind == "edited")


def _counted(document: DocumentDiff) -> str:
    """What there is of each table in a document that came or is gone, what became of it in one that stayed."""
    tables = {table: kinds for table, kinds in document.counts.items() if table != "documents"}
    if document.kind != "changed":
        return ", ".join([document.kind, *(f"{sum(kinds.values())} {table}" for table, kinds in tables.items())])
    return "; ".join(
        f"{table} {', '.join(f'{number} {kind}' for kind, number in kinds.items())}" for table, kinds in tables.items()
    )


def _record(change: Change) -> Iterator[Parts]:
    mark, style = _MARKS[change.kind]
    name = f"{change.old_record} → {change.record}" if change.old_record else change.record
    text = f"  {quoted(change.text)}" if change.text else ""
    told = _TOLD.get(change.kind, "")
    yield (f"    {mark} {change.table} {name}", style), f"{text}{f'  {told}' if told else ''}"
    for field in change.fields:
        yield ("        ", *_field(field))


def _field(change: FieldChange) -> Parts:
    if (
        isinstance(change.old, list)
        and isinstance(change.new, list)
        and change.old
        and not change.way
        and isinstance(change.old[0], str)
    ):
        gone = [str(value) for value in change.old if value not in change.new]
        came = [str(value) for value in change.new if value not in change.old]
        return (
            f"{change.field}:",
            *([(f" -{', '.join(gone)}", "red")] if gone else []),
            *([(f" +{', '.join(came)}", "green")] if came else []),
        )
    way = f" {change.way}" if change.way else ""
    return f"{change.field}{way}: ", (_shown(change.old), "red"), " → ", (_shown(change.new), "green")


def _shown(value: Any) -> str:
    """A value in a few words: of fragments their texts."""
    if value is None:
        return "none"
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return f"{value[:12]}..."
    if isinstance(value, list):
        if value and isinstance(value[0], dict) and "start" in value[0]:
            return " ... ".join(quoted(item["text"]) if item.get("text") else f"{item['start']}-{item['end']}" for item in value)
        return ", ".join(_shown(item) for item in value) or "none"
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values())
    return quoted(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _verdict(found: Diff) -> Iterator[Parts]:
    if found.part == "none" and not found.documents:
        yield (f"Nothing changed in {found.unchanged} document{'s' if found.unchanged != 1 else ''}, version {found.old}.",)
        return
    kinds = [document.kind for document in found.documents]
    counts = [f"{kinds.count(kind)} {kind}" for kind in ("added", "removed", "changed") if kind in kinds]
    yield (f"documents: {', '.join([*counts, f'{found.unchanged} unchanged'])}",)
    for reason in found.reasons:
        yield (f"{reason.part}  ", "bold"), f"{reason.what}: {reason.number}"
    yield ((verdict(found.old, found.new, found.part, found.required, found.risen), "" if found.risen else "bold red"),)
