"""Lines as records of the table foreign, and back.

A record has the spans of a T line as its fragments; its attributes are the rest of the line: id, arguments, text. ``offsets`` are those
of the file, where a span has no words of ours. ``kept`` says that other records hold what the line says, and only its form is kept here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from corpus_tools.formats.brat.labels import NAME
from corpus_tools.formats.brat.lines import Line, parse, written
from corpus_tools.placing import Span
from corpus_tools.records import Foreign, Fragment

EMPTY = {"table": "foreign", "id": f"{NAME}.empty", "format": NAME, "attributes": '{"id":""}'}


class ForeignLine(NamedTuple):
    """A line out of the table foreign: for a T line, its spans in our text, and offsets in the file where it has these."""

    line: Line
    spans: tuple[Span, ...]
    offsets: tuple[Span, ...]
    kept: bool


def record_of(line: Line, spans: Sequence[Span], text: str, kept: bool, number: int) -> dict[str, Any]:
    """The record of a line, as a line of the machine form; ``number`` names it where it has no id of its own."""
    attributes: dict[str, Any] = {"id": line.id}
    attributes |= {"kept": True} if kept else {}
    attributes |= {"arguments": line.arguments} if line.arguments else {}
    attributes |= {"text": line.text} if line.text is not None and line.kind != "T" else {}
    attributes |= {"offsets": line.spans} if any(not text[start:end].strip() for start, end in spans) else {}
    return {
        "table": "foreign",
        "id": f"{NAME}.{line.id if line.id[1:] else f'{line.id}-{number}'}".replace("#", "note").replace("*", "equiv"),
        "format": NAME,
        "label": line.label,
        "fragments": [Fragment(start, end, text[start:end]) for start, end in spans if start < end],
        "attributes": json.dumps(attributes, ensure_ascii=False, separators=(",", ":")),
    }


def line_of(record: Foreign) -> ForeignLine | None:
    """The line of a record; None where it is none that brat could read."""
    try:
        values = json.loads(record.attributes or "")
        name, text = str(values["id"]), values.get("text")
        arguments = tuple((str(role), str(other)) for role, other in values.get("arguments", ()))
        offsets = tuple((int(start), int(end)) for start, end in values.get("offsets", ()))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    line = Line(0, name[:1], name, record.label, arguments, offsets or ((0, 0),) if name[:1] == "T" else (), text)
    spans = tuple((fragment.start, fragment.end) for fragment in record.fragments)
    return ForeignLine(line, spans, offsets, bool(values.get("kept"))) if _is_line(line) else None


def _is_line(line: Line) -> bool:
    if not re.fullmatch("[TREAMN][0-9]+|#[0-9]*|[*]", line.id) or not (line.text is None or isinstance(line.text, str)):
        return False
    read = parse(written(line))
    return len(read) == 1 and isinstance(read[0], Line) and read[0]._replace(number=0, tail=()) == line._replace(text=read[0].text)
