"""Elements as records of the table foreign, and back.

A record has the number and the type of its element, and its features; begin and end follow from its fragment, and stand there themselves
where they do not. Elements that differ in their place alone, such as tokens, are one record with a fragment for each. ``record`` names the
record that holds the rest of what the element says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from corpus_tools.formats.cas.names import short
from corpus_tools.formats.cas.sound import SoundElements
from corpus_tools.formats.cas.types import Range, read_types
from corpus_tools.formats.cas.xmi import Element
from corpus_tools.placing import Misplaced, Span, ToSource, ToText
from corpus_tools.records import Foreign, Fragment

NAME = "cas"


class Kept(NamedTuple):
    """An element out of the table foreign."""

    element: Element  # without its place
    record: str
    fragments: list[Fragment]
    place: Span | None  # in the file, where it does not follow from the fragments
    is_annotation: bool
    is_indexed: bool
    references: list[int]
    supertype: str
    ranges: dict[str, Range]


def foreign_records(
    elements: Iterable[tuple[Element, str]], sound: SoundElements, members: set[int], names: Any
) -> Iterator[dict[str, Any]]:
    """The records of elements, each with the id of the record that holds the rest of it."""
    packs: dict[str, list[tuple[Element, Fragment]]] = {}
    for element, record in elements:
        span = sound.spans.get(element.id)
        fragments = sound.target.as_written([span]) if span else []
        follows = len(fragments) == 1 and sound.target.source_span(fragments[0].start, fragments[0].end) == span
        attributes = _attributes(element, record, sound, element.id in members)
        if follows and not record and not element.texts and "references" not in attributes:
            packs.setdefault(json.dumps(attributes, ensure_ascii=False), []).append((element, fragments[0]))
            continue
        attributes |= {"place": span} if span and not follows else {}
        yield _record(element, [element], fragments, attributes, names)
    for attributes_text, pack in packs.items():
        own = [element for element, _ in pack]
        yield _record(own[0], own, [fragment for _, fragment in pack], json.loads(attributes_text), names)


def _attributes(element: Element, record: str, sound: SoundElements, is_indexed: bool) -> dict[str, Any]:
    features = {key: value for key, value in element.features.items() if key not in ("sofa", "begin", "end")}
    attributes: dict[str, Any] = {"type": element.type} | ({"features": features} if features else {})
    attributes |= {"texts": element.texts} if element.texts else {}
    attributes |= {"record": record} if record else {}
    attributes |= {} if is_indexed else {"indexed": False}
    references = sound.references(element)
    attributes |= {"references": references} if references else {}
    attributes |= {"sofa": True} if "sofa" in element.features and element.id not in sound.spans else {}
    kind, known = sound.kinds.get(element.type), read_types(None).get(element.type)
    if kind is not None:  # what an export must say of types and features that not everybody has
        own = [name for name in (*features, *element.texts) if name in kind.features and not (known and name in known.features)]
        attributes |= {} if known else {"supertype": kind.supertype}
        attributes |= {"ranges": {name: list(kind.features[name]) for name in own}} if own else {}
    return attributes


def _record(
    element: Element, all: Sequence[Element], fragments: Sequence[Fragment], attributes: Mapping[str, Any], names: Any
) -> dict[str, Any]:
    ids = {"ids": [element.id for element in all]}
    return {
        "table": "foreign",
        "id": names.new(f"{NAME}.{element.id}"),
        "format": NAME,
        "label": short(element.type),
        "fragments": list(fragments),
        "attributes": json.dumps(ids | dict(attributes), ensure_ascii=False, separators=(",", ":")),
    }


def elements_of(record: Foreign) -> list[Kept] | None:
    """The elements of a record; None where it is none that could be read again."""
    try:
        values = json.loads(record.attributes or "")
        ids = [int(name) for name in values["ids"]]
        features = {str(key): str(value) for key, value in values.get("features", {}).items()}
        texts = {str(key): [str(text) for text in own] for key, own in values.get("texts", {}).items()}
        place = tuple(int(offset) for offset in values["place"]) if "place" in values else None
        ranges = {str(key): Range(*own) for key, own in values.get("ranges", {}).items()}
        references = [int(name) for name in values.get("references", ())]
        type, supertype = str(values["type"]), str(values.get("supertype", "uima.tcas.Annotation"))
        name, is_indexed, has_sofa = str(values.get("record", "")), bool(values.get("indexed", True)), bool(values.get("sofa"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not ids or (place is not None and len(place) != 2) or (len(ids) > 1 and len(ids) != len(record.fragments)):
        return None
    own = [[fragment] for fragment in record.fragments] if len(ids) > 1 else [list(record.fragments)]
    features |= {"sofa": ""} if has_sofa else {}
    is_annotation = bool(record.fragments) or place is not None
    return [
        Kept(Element(i, type, features, texts), name, fragments, place, is_annotation, is_indexed, references, supertype, ranges)
        for i, fragments in zip(ids, own, strict=True)
    ]


def place_of(kept: Kept, source: ToSource, target: ToText | None) -> Span | None:
    """The place of an element in the file of an export; None where it has none there any more."""
    if kept.place is not None:
        try:
            if target is not None and target.as_written([kept.place]) == kept.fragments:
                return kept.place
        except Misplaced:
            pass
    return source.span(kept.fragments[0].start, kept.fragments[0].end) if kept.fragments else None
