"""The labels that have a meaning here, and tags as labels: a label has no white space, and a tag must not be taken for one of these."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import quote, unquote

NAME = "brat"

ROLES = {"Source": "source", "Cue": "cue", "Content": "content", "ScareQuote": "scare_quotes"}
UNTYPED = "Untyped"
ATTRIBUTES = {
    "Level": ("mentions", "level"),
    "Metonymic": ("mentions", "metonymic"),
    "Attitude": ("claims", "attitude"),
    "Quotation": ("claims", "quotation"),
    "Stance": ("claims", "stance"),
}
PARENT, SOURCE_ENTITY = "Parent", "SourceEntity"
EQUIV, ENTITY_NAME = "Equiv", "EntityName"

_UNFIT = re.compile(r"[\s%\x00-\x1f]")


def label_of(tag: str, reserved: Collection[str] = (), unfit: str = "") -> str:
    """A tag as a label: white space, %, and what else is unfit is written as in URLs; so is the first letter of a reserved one."""
    label = re.sub(f"{_UNFIT.pattern}|[{re.escape(unfit)}]" if unfit else _UNFIT, lambda match: quote(match[0], safe=""), tag)
    return f"%{ord(label[0]):02X}{label[1:]}" if label in reserved else label


def tag_of(label: str) -> str:
    """The tag that a label stands for."""
    return unquote(label)


def one_line(text: str) -> str:
    """A text without line breaks: they and % are written as in URLs."""
    return re.sub(r"[%\r\n]", lambda match: quote(match[0], safe=""), text)


def mention_label(type: str, event_labels: Collection[str]) -> str:
    """The label of a mention of an entity of a type; not one that a part or trigger of an event has."""
    return label_of(type, {*ROLES, *event_labels})


def relation_label(type: str) -> str:
    """The label of a relation between claims."""
    return label_of(type, {PARENT, SOURCE_ENTITY})
