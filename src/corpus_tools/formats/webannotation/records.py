"""An annotation as a record in the machine form, and the other way; the same for an import and an export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from corpus_tools.formats.webannotation.bodies import Said, bodies
from corpus_tools.formats.webannotation.model import as_list, targets_of
from corpus_tools.formats.webannotation.selectors import Misselected, SourceText, select, written
from corpus_tools.placing import Span, ToText

Record = dict[str, Any]

PARTS = ("content", "source", "cue", "scare_quotes")
UNKNOWN: dict[str, Record] = {
    "mentions": {"level": None, "metonymic": False},
    "claims": {
        "quotation": None,
        "stance": None,
        "attitude": "affirms",
        "source_entity_ids": [],
        "parent_id": None,
        "relations": [],
    },
}
"""What the columns hold that an annotation says nothing of."""


class Placed(NamedTuple):
    """The places of an annotation: spans of the text file by part of a claim; ``why`` there are none."""

    spans: dict[str, list[Span]]
    why: str
    notes: list[str]
    doubts: list[Misselected]


def place(annotation: Mapping[str, Any], source: SourceText) -> Placed:
    """Find the targets of an annotation in its text.

    Raises:
        Misselected: one selects nothing.
    """
    placed = Placed({}, "", [], [])
    for target in targets_of(annotation["target"]):
        found = select(target.get("selector") if isinstance(target, dict) else None, source)
        if found.span is None:
            return placed._replace(spans={}, why=found.why)
        part = next((p for p in as_list(target.get("styleClass")) if p in PARTS), PARTS[0])
        placed.spans.setdefault(part, []).append(found.span)
        placed.notes.extend([found.note] if found.note else [])
        placed.doubts.extend([found.doubt] if found.doubt else [])
    return placed


def all_spans(placed: Placed) -> list[Span]:
    """The spans of all targets."""
    return [span for spans in placed.spans.values() for span in spans]


def record_of(name: str, told: Said, placed: Placed, target: ToText) -> Record:
    """The record of an annotation, without the entity of a mention.

    Raises:
        Misplaced: a span is none of the text.
    """
    record = {"table": told.table, **UNKNOWN[told.table], **told.columns}
    if told.table == "mentions":
        return record | {"mention_id": name, "fragments": target.fragments(all_spans(placed))}
    found = {part: target.fragments(placed.spans.get(part, [])) for part in PARTS}
    return record | {"claim_id": name, "type": told.type} | found


def annotation_of(
    name: str, annotator: str, record: Mapping[str, Any], entity: Record | None, text: str, source: SourceText
) -> Record:
    """The annotation of a record.

    Args:
        name: its IRI.
        annotator: who made it.
        record: the record, with spans of the text file in the place of fragments.
        entity: of a mention its entity: iri, type, name.
        text: the name of the text file.
        source: what that holds.
    """
    table = "claims" if entity is None else "mentions"
    columns = {key: record[key] for key, unknown in UNKNOWN[table].items() if record[key] != unknown}
    if entity is None:
        own = bodies(table, record["type"], "", None, columns or {"attitude": record["attitude"]})
        targets = [_target(text, span, source, part) for part in PARTS for span in record[part]]
    else:
        own = bodies(table, entity["type"], entity["iri"], entity["name"], columns)
        targets = [_target(text, span, source) for span in record["fragments"]]
    return {"id": name, "type": "Annotation", "creator": {"name": annotator}, "body": own, "target": targets}


def _target(text: str, span: Span, source: SourceText, part: str = "") -> Record:
    return {"source": text, **({"styleClass": part} if part else {}), "selector": written(source, span)}
