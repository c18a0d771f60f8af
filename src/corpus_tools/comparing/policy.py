"""Which part of a version must rise for what changed: the policy of docs/versions.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from corpus_tools.comparing.changes import Change, FieldChange
from corpus_tools.comparing.rawrows import Columns
from corpus_tools.versions import ordered

PARTS = ("none", "patch", "minor", "major")
_TAG_SETS = ("entity_types", "claim_types", "relation_types")
_CORPUS = {"name": "major", "license": "major"}  # of the fields of corpus.yaml; all others are a patch
_DOCUMENT = {"split": "major", "text": "major", "language": "minor"}  # of the fields of a document, likewise


class Reason(msgspec.Struct, frozen=True):
    """Why a part of the version must rise: what happened, and how often."""

    part: str
    what: str
    number: int


def reasons(counted: Mapping[tuple[str, str], int]) -> list[Reason]:
    """Counts by part and what, the weightiest first."""
    order = sorted(counted.items(), key=lambda item: (-PARTS.index(item[0][0]), -item[1], item[0][1]))
    return [Reason(part, what, number) for (part, what), number in order]


def highest(parts: Iterable[str]) -> str:
    """The weightiest of some parts; "none" of none."""
    return max(parts, key=PARTS.index, default="none")


def required_version(old: str, part: str) -> str:
    """The least version that follows an old one when a part must rise. Before 1.0.0 the minor part stands for the major."""
    major, minor, patch = ordered(old)
    match part:
        case "major" if major:
            return f"{major + 1}.0.0"
        case "major" | "minor":
            return f"{major}.{minor + 1}.0"
        case "patch":
            return f"{major}.{minor}.{patch + 1}"
        case _:
            return old


def verdict(old: str, new: str, part: str, required: str, risen: bool) -> str:
    """Whether the version rose as it must, in a sentence."""
    told = f"{part}; before 1.0.0 the minor part stands for it" if part == "major" and old.startswith("0.") else part
    if risen:
        return f"The version rose from {old} to {new}; {required} or above was needed ({told})."
    return f"The version must rise from {old} to {required} or above ({told}); it is {new}."


def of_columns(old: Columns, new: Columns) -> Iterator[tuple[str, FieldChange]]:
    """Tables and columns that are gone, came, or have another type; each with the part that must rise."""
    for table in [*old, *(table for table in new if table not in old)]:
        before, after = old.get(table), new.get(table)
        if before is None or after is None:
            yield ("minor" if before is None else "major"), FieldChange(table, before and list(before), after and list(after))
            continue
        for column in [*before, *(name for name in after if name not in before)]:
            types = before.get(column), after.get(column)
            if types[0] != types[1]:
                yield ("minor" if types[0] is None else "major"), FieldChange(f"{table}.{column}", *types)


def of_corpus(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, FieldChange]]:
    """What changed in corpus.yaml but the version, tag by tag in the tag sets; each with the part that must rise."""
    for field in [*old, *(field for field in new if field not in old)]:
        before, after = old.get(field), new.get(field)
        if before == after or field == "version":
            continue
        if field in _TAG_SETS:
            yield from _of_tags(field, before or {}, after or {})
        else:
            yield _CORPUS.get(field, "patch"), FieldChange(field, before, after)


def _of_tags(field: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, FieldChange]]:
    for tag in [*before, *(tag for tag in after if tag not in before)]:
        texts = before.get(tag), after.get(tag)
        if texts[0] != texts[1]:
            yield ("minor" if texts[0] is None else "major" if texts[1] is None else "patch"), FieldChange(f"{field}.{tag}", *texts)


def of_document_field(change: FieldChange) -> str:
    """The part that must rise for a field of a document."""
    if change.field == "text_status":
        return "major" if change.new == "withheld" else "minor"
    return _DOCUMENT.get(change.field, "patch")


def of_change(change: Change) -> str:
    """The part that must rise for what became of a record; what a change of the text did to it is counted with the text."""
    return "none" if change.kind in ("moved", "edited") else "minor"
