"""Attributions: events with the roles Source, Cue and Content are claims, and claims are written as such events.

The trigger of an event is a T line of its own, with the type of the event and the span of the cue (of the content, where there is no
cue). Roles may be numbered: Content and Content2 are one content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from corpus_tools.formats.brat.labels import ROLES, UNTYPED, label_of, tag_of
from corpus_tools.formats.brat.lines import Line
from corpus_tools.placing import Span, settled
from corpus_tools.readers import Block
from corpus_tools.records import Fragment

Columns = dict[str, list[Fragment]]


class Part(NamedTuple):
    """A T line in its place in an event: role ("" for the trigger), label, and spans in our text, in the order of the file."""

    role: str
    label: str
    spans: tuple[Span, ...]


def column_of(role: str) -> str | None:
    """The column of a claim that a role stands for."""
    return ROLES.get(re.sub("[0-9]+$", "", role))


def is_attribution(event: Line) -> bool:
    """Whether an event has a content, and no role that a claim has not."""
    columns = [column_of(role) for role, _ in event.arguments[1:]]
    return "content" in columns and None not in columns


def columns_of(event: Line, spans: Mapping[str, Sequence[Span]], text: str, blocks: Sequence[Block]) -> Columns:
    """The fragments of a claim that an event of attribution is; ``spans`` are those of the T lines in our text."""
    found: dict[str, list[Span]] = {column: [] for column in ROLES.values()}
    for role, name in event.arguments[1:]:
        found[column_of(role) or ""] += spans[name]
    return {column: settled(text, blocks, own) for column, own in found.items()}


def parts_of(event: Line, labels: Mapping[str, str], spans: Mapping[str, Sequence[Span]]) -> list[Part]:
    """The T lines of an event, in an order that does not depend on that of its line."""
    return sorted(Part(role, labels[name], tuple(spans[name])) for role, name in event.arguments)


def usual_parts(label: str, columns: Mapping[str, Sequence[Fragment]]) -> list[Part]:
    """The T lines that a claim is written with."""
    parts = [Part("", label, _spans(columns["cue"] or columns["content"]))]
    parts += [Part(role, role, _spans(columns[column])) for role, column in ROLES.items() if columns[column]]
    return sorted(parts)


def _spans(fragments: Sequence[Fragment]) -> tuple[Span, ...]:
    return tuple((fragment.start, fragment.end) for fragment in fragments)


def type_of(label: str) -> str | None:
    """The type of a claim that an event with a label is."""
    return None if label == UNTYPED else tag_of(label)


def event_label(type: str | None) -> str:
    """The label of the event that a claim of a type is written as."""
    return UNTYPED if type is None else label_of(type, {UNTYPED, *ROLES}, unfit=":")
