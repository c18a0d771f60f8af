"""The records of a document -> its annotations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from corpus_tools.chains import entity_iris
from corpus_tools.formats import layers_of
from corpus_tools.formats.webannotation.bodies import UNTYPED, said
from corpus_tools.formats.webannotation.folder import is_named
from corpus_tools.formats.webannotation.model import annotator_of, as_list, in_text, iri, is_nameless, own_iri, targets_of, text_iri
from corpus_tools.formats.webannotation.records import (
    PARTS,
    UNKNOWN,
    Record,
    all_spans,
    annotation_of,
    place,
    record_of,
)
from corpus_tools.formats.webannotation.selectors import Misselected, SourceText, written
from corpus_tools.placing import Misplaced, ToSource, ToText
from corpus_tools.records import Claim, Entity, Foreign, Fragment, Mention
from corpus_tools.rules import Bundle


class _Kept(NamedTuple):
    """An annotation of the table foreign, the record that holds most of it, and where it stands."""

    annotation: Record
    record: str
    fragments: list[Fragment]


def annotations_of(bundle: Bundle, source: ToSource) -> tuple[list[Record], int]:
    """The annotations of a document, and how many foreign records could not be written."""
    found: list[Record] = []
    lost = 0
    for annotator, layer in layers_of(bundle).items():
        writing = _Writing(annotator, f"{bundle.document.doc_id}.txt", source, layer.foreign)
        found += writing.write(layer.entities, layer.mentions, layer.claims)
        lost += writing.lost
    return found, lost


class _Writing:
    """Writes the annotations of one annotator; those that were kept as they were, as long as the records still say the same."""

    def __init__(self, annotator: str, text: str, source: ToSource, foreign: Iterable[Foreign]) -> None:
        self.text, self.source, self.file = text, source, SourceText(source.source_text)
        self.target = ToText(source.source, source.unit) if source.is_source else None
        read = [(record, _kept(record)) for record in foreign]
        self.lost = sum(kept is None for _, kept in read)
        kept = [one for _, one in read if one is not None]
        self.annotator = annotator_of(kept[0].annotation) if kept else annotator
        self.of_record = {one.record: one.annotation for one in kept if one.record}
        self.others = [one for one in kept if not one.record]

    def write(self, entities: list[Entity], mentions: list[Mention], claims: list[Claim]) -> list[Record]:
        """All annotations: of mentions, of claims, and the others."""
        pairs = [{"mention_id": m.mention_id, "entity_id": m.entity_id} for m in mentions]
        kept = {name: said(annotation).entity for name, annotation in self.of_record.items()}
        iris = entity_iris(pairs, kept, {e.entity_id: own_iri(self.annotator, e.entity_id) for e in entities})
        by_id = {e.entity_id: {"type": e.type, "name": e.name, "iri": iris[e.entity_id]} for e in entities}
        found = [self._record(m.mention_id, m, ("fragments",), by_id[m.entity_id]) for m in mentions]
        found += [self._record(c.claim_id, c, PARTS, None) for c in claims]
        ids = {str(annotation.get("id")) for annotation in found}
        for other in self.others:
            annotation = self._foreign(other)
            if "id" in annotation and str(annotation["id"]) in ids:
                self.lost += 1  # a record has its id now
                continue
            found.append(annotation)
        return found

    def _record(self, name: str, record: Mention | Claim, parts: Iterable[str], entity: Record | None) -> Record:
        columns = UNKNOWN["claims" if entity is None else "mentions"]
        values: Record = {column: _plain(getattr(record, column)) for column in columns}
        values |= {} if isinstance(record, Mention) else {"type": record.type}
        spans = {part: [self.source.span(f.start, f.end) for f in getattr(record, part)] for part in parts}
        own = own_iri(self.annotator, name)
        new = annotation_of(own, self.annotator, values | spans, entity, self.text, self.file)
        old = self.of_record.get(name)
        if old is None:
            return new
        fragments = {part: getattr(record, part) for part in parts}
        same_place, same_body = self._same_place(old, fragments), self._same_body(old, values, entity)
        return {
            **({} if iri(old) else {"id": own}),  # the W3C wants one, and the record keeps its own by it
            **{key: value for key, value in old.items() if same_body or key != "bodyValue"},
            "target": self._named(old["target"]) if same_place else new["target"],
            **({} if same_body else {"body": [*new["body"], *_others(old)]}),
        }

    def _same_place(self, old: Record, fragments: Mapping[str, list[Fragment]]) -> bool:
        """Whether the targets of an annotation still are those of its record."""
        try:
            placed = place(old, self.file)
            found = record_of("", said(old), placed, self.target) if self.target and not placed.why else {}
        except (Misselected, Misplaced):
            return False
        return all(found.get(part) == own for part, own in fragments.items())

    def _same_body(self, old: Record, values: Record, entity: Record | None) -> bool:
        """Whether the bodies of an annotation still say what its record does."""
        told = said(old)
        columns = all(
            values[key] == told.columns.get(key, unknown)
            for key, unknown in UNKNOWN[told.table or "claims"].items()
            if key in values
        )
        if entity is None:
            return columns and told.table == "claims" and told.type == values["type"]
        same = (told.type or UNTYPED, told.name, told.entity) == (entity["type"], entity["name"], entity["iri"])
        return columns and told.table == "mentions" and same

    def _foreign(self, other: _Kept) -> Record:
        """An annotation as it was; with new targets where the text is another now."""
        annotation = {**other.annotation, "target": self._named(other.annotation["target"])}
        try:
            spans = all_spans(place(annotation, self.file))
            same = self.target is not None and self.target.as_written(spans) == other.fragments
        except (Misselected, Misplaced):
            same = False
        if same or not other.fragments:
            return annotation
        spans = [self.source.span(f.start, f.end) for f in other.fragments]
        return annotation | {"target": [{"source": self.text, "selector": written(self.file, span)} for span in spans]}

    def _is_named(self, target: Any) -> bool:
        """Whether a target names the text file or none, or a set does with all that it holds."""
        return all(is_nameless(one) or is_named(text_iri(one), self.text) for one in targets_of(target))

    def _named(self, targets: Any) -> Any:
        """Targets that name the text file of the export."""
        named = [t if self._is_named(t) else in_text(t, self.text) for t in as_list(targets)]
        return named if isinstance(targets, list) else named[0]


def _plain(value: Any) -> Any:
    return (
        [{"type": r.type, "target_id": r.target_id} if hasattr(r, "target_id") else r for r in value]
        if isinstance(value, list)
        else value
    )


def _kept(record: Foreign) -> _Kept | None:
    """The annotation of a foreign record; None where it has none that could be read again."""
    try:
        values = json.loads(record.attributes or "")
        annotation, name = values["annotation"], values.get("record", "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(annotation, dict) or not targets_of(annotation.get("target")) or not isinstance(name, str):
        return None
    return _Kept(annotation, name, record.fragments)


def _others(old: Mapping[str, Any]) -> list[Any]:
    """The bodies of an annotation that say nothing which its record does."""
    told = said(old)
    return [
        b
        for b in as_list(old.get("body"))
        if not told.table or said({**old, "body": [b], "tags": [], "bodyValue": None}).why == "no type and no entity"
    ]
