"""What the bodies of an annotation say, and the bodies that say it.

A classifying body is the type; where there is none, a tagging one is. An identifying body is the entity. What the W3C's model has no place
for stands as JSON in a describing body: the other columns of the record, as in the machine form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from corpus_tools.formats.webannotation.jsonfiles import flaw
from corpus_tools.formats.webannotation.model import as_list, iri, motivation_of

UNTYPED = "Untyped"
JSON = "application/json"


class Said(NamedTuple):
    """What the bodies of an annotation say, as far as records hold it. ``table`` is that of its record; ``why`` says why it has none."""

    table: str
    type: str | None
    entity: str  # an IRI
    name: str | None
    columns: dict[str, Any]
    why: str = ""


def said(annotation: Mapping[str, Any]) -> Said:
    """Read the bodies of an annotation."""
    motivation = motivation_of(annotation)
    bodies = [_as_object(body) for body in as_list(annotation.get("body"))]
    bodies += [{"value": annotation["bodyValue"]}] if isinstance(annotation.get("bodyValue"), str) else []
    bodies += [{"value": tag, "purpose": "tagging"} for tag in as_list(annotation.get("tags"))]
    by_purpose: dict[str, list[dict[str, Any]]] = {}
    for body in bodies:
        by_purpose.setdefault(_purpose(body, motivation), []).append(body)
    columns = next((c for c in map(_columns, by_purpose.get("describing", [])) if c), {})
    types = [t for t in (_text(body) for body in by_purpose.get("classifying", []) or by_purpose.get("tagging", [])) if t]
    entities = [body for body in by_purpose.get("identifying", []) if _entity(body)]
    entity, name = (_entity(entities[0]), _label(entities[0])) if len(entities) == 1 else ("", None)
    table = columns.pop("table", "mentions")
    if len(types) > 1:
        return Said("", None, "", None, {}, "several types")
    if len(entities) > 1:
        return Said("", None, "", None, {}, "several entities")
    if table == "mentions" and not types and not entities:
        return Said("", None, "", None, {}, "no type and no entity")
    return Said(table, types[0] if types else None, entity, name, columns)


def _as_object(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {"source": body}


def _purpose(body: dict[str, Any], motivation: str) -> str:
    """What a body is for; that of the annotation where it does not say."""
    return next((p for p in as_list(body.get("purpose")) if isinstance(p, str)), motivation)


def _text(body: dict[str, Any]) -> str | None:
    value = body.get("value")
    return value if isinstance(value, str) and value.strip() else None


def _entity(body: dict[str, Any]) -> str:
    return iri(body.get("source")) or iri(body)


def _label(body: dict[str, Any]) -> str | None:
    source = body.get("source")
    label = source.get("label") if isinstance(source, dict) else None
    return label if isinstance(label, str) and label else None


def _columns(body: dict[str, Any]) -> dict[str, Any] | None:
    """The columns that a body of an export holds."""
    if body.get("format") != JSON or not isinstance(body.get("value"), str):
        return None
    try:
        value = json.loads(body["value"])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value.get("table") in ("mentions", "claims") and not flaw(value) else None


def bodies(table: str, type: str | None, entity: str, name: str | None, columns: dict[str, Any]) -> list[dict[str, Any]]:
    """The bodies that say it: the other way of `said`."""
    written: list[dict[str, Any]] = []
    if type is not None:
        written.append({"type": "TextualBody", "purpose": "classifying", "value": type})
    if entity:
        source = entity if name is None else {"id": entity, "label": name}
        written.append({"type": "SpecificResource", "purpose": "identifying", "source": source})
    if columns:
        value = json.dumps({"table": table, **columns}, ensure_ascii=False, separators=(",", ":"))
        written.append({"type": "TextualBody", "purpose": "describing", "format": JSON, "value": value})
    return written
