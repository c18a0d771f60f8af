"""The annotations of a text -> records in the machine form, each annotation accounted for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import chain, count
from typing import Any, NamedTuple

import msgspec

from corpus_tools.chains import entity_iris, in_a_circle, in_vain
from corpus_tools.findings import Finding
from corpus_tools.formats.webannotation.bodies import UNTYPED, Said, said
from corpus_tools.formats.webannotation.model import annotator_of, id_in, id_like, iri, motivation_of, own_iri, plain
from corpus_tools.formats.webannotation.records import (
    PARTS,
    Record,
    all_spans,
    annotation_of,
    place,
    record_of,
)
from corpus_tools.formats.webannotation.selectors import Misselected, SourceText
from corpus_tools.machine import line_classes
from corpus_tools.placing import Misplaced, Span, ToText

NAME = "webannotation"


class Annotated(NamedTuple):
    """What the annotations of a text say: records by annotator, what became of each annotation, what was changed, what was refused."""

    layers: dict[str, list[Record]]
    counts: Counter[tuple[str, str]]
    notes: Counter[str]
    findings: list[Finding]


class Item(NamedTuple):
    """An annotation of a file, and where it stands."""

    annotation: dict[str, Any]
    path: str
    line: int


def read_annotations(items: Iterable[Item], target: ToText, text: str) -> Annotated:
    """Read the annotations of a text; ``text`` is the name of its file."""
    source = SourceText(target.source)
    result = Annotated({}, Counter(), Counter(), [])
    by_annotator: dict[str, list[Item]] = {}
    for item in items:
        by_annotator.setdefault(annotator_of(item.annotation), []).append(item)
    for annotator, own in by_annotator.items():
        reading = _Reading(annotator, own, source, target)
        reading.run()
        noted, target.notes = target.notes, Counter()  # each span once
        records = reading.records(text)
        target.notes = noted
        result.counts.update(("annotation", outcome) for outcome in reading.outcomes.values())
        result.notes.update(reading.notes)
        result.findings.extend(reading.findings)
        result.layers.update({annotator: records} if records else {})
    result.notes.update(target.notes)
    return result


class _Reading:
    """Makes records of the annotations of one annotator."""

    def __init__(self, annotator: str, items: list[Item], source: SourceText, target: ToText) -> None:
        self.annotator, self.items, self.source, self.target = annotator, items, source, target
        self.outcomes: dict[int, str] = {}
        self.notes: Counter[str] = Counter()
        self.findings: list[Finding] = []
        self.mentions: dict[int, Record] = {}
        self.claims: dict[int, Record] = {}
        self.entities: dict[str, Record] = {}  # by IRI, or by the id of the only mention
        self.iris: dict[str, str] = {}  # of the entities of mentions
        self.spans: dict[int, list[Span]] = {}
        self.ids: dict[int, str] = {}
        self.taken: set[str] = set()
        self.seen: set[str] = set()

    def run(self) -> None:
        """Go through the annotations."""
        iris = [iri(item.annotation) for item in self.items]
        own = [id_in(name, self.annotator) for name in iris]
        self.taken |= {name for name in own if name}
        for number, (name, own_id) in enumerate(zip(iris, own, strict=True)):
            self.ids[number] = own_id or self._new_id(id_like(name) or f"annotation{number + 1}")
        for number, item in enumerate(self.items):
            try:
                self.outcomes[number] = self._take(number, item.annotation, iris[number])
            except Misselected as error:
                self.outcomes[number] = self._refuse(number, "import-span", error.found, error.expected, error.nearest)
            except Misplaced as error:
                expected = f"a span of the text ({len(self.source.text)} characters)"
                self.outcomes[number] = self._refuse(number, "import-span", str(error), expected)
        self._drop_dangling()
        mentioned = {mention["entity_id"] for mention in self.mentions.values()}
        self.entities = {key: entity for key, entity in self.entities.items() if entity["entity_id"] in mentioned}

    def _refuse(self, number: int, rule: str, found: str, expected: str, nearest: str = "") -> str:
        path, line = self.items[number][1:]
        self.findings.append(Finding(rule=rule, path=path, line=line, found=found, expected=expected, nearest=nearest))
        return f"refused ({rule})"

    def _new_id(self, wanted: str) -> str:
        """An id that no record has yet."""
        name = next(n for n in chain([wanted], (f"{wanted}-{number}" for number in count(2))) if n not in self.taken)
        self.taken.add(name)
        return name

    def _is_new(self, *key: Any) -> bool:
        """Whether a key was not there before."""
        size = len(self.seen)
        self.seen.add(str(key))
        return len(self.seen) > size

    # ------------------------------------------------------------------------------------------------- annotations

    def _take(self, number: int, annotation: dict[str, Any], name: str) -> str:
        """Make a record of an annotation where it can be one. Returns what became of it."""
        if name and not self._is_new("id", name):
            return self._refuse(number, "import-line", f"the id {name} again", "an id of its own")
        placed, told = place(annotation, self.source), said(annotation)
        self.spans[number] = all_spans(placed)
        self.notes.update(placed.notes)
        for doubt in placed.doubts:
            self._refuse(number, "import-span", doubt.found, doubt.expected, doubt.nearest)
        if placed.why or told.why:
            self.target.as_written(self.spans[number])  # raises what is no span
            return f"foreign ({placed.why or told.why})"
        record = record_of(self.ids[number], told, placed, self.target)
        fragments = [fragment for part in ("fragments", *PARTS) for fragment in record.get(part, [])]
        if not record.get("fragments" if told.table == "mentions" else "content"):
            return "foreign (on no text of ours)"
        if self.target.paragraph(fragments) is None:
            return "foreign (in several paragraphs)"
        try:
            sound = msgspec.convert({"entity_id": "e"} | record if told.table == "mentions" else record, line_classes()[told.table])
        except msgspec.ValidationError as error:
            return self._refuse(number, "import-line", f"columns in its body: {error}", "those of the machine form")
        return self._mention(number, record, told) if told.table == "mentions" else self._claim(number, record, sound)

    def _mention(self, number: int, record: Record, told: Said) -> str:
        key = told.entity or f"of {self.ids[number]}"
        entity = self.entities.get(key)
        if entity is None:
            own_id = id_in(told.entity, self.annotator)
            name = (
                own_id
                if own_id and own_id not in self.taken
                else self._new_id(own_id or id_like(told.entity) or f"{self.ids[number]}.entity")
            )
            self.taken.add(name)
            entity = {"table": "entities", "entity_id": name, "type": told.type or UNTYPED, "name": told.name}
            self.entities[key] = entity
        elif (told.type or UNTYPED, told.name) != (entity["type"], entity["name"]):
            return "foreign (another type or name of its entity)"
        if not self._is_new("mention", entity["entity_id"], record["fragments"]):
            return "foreign (the mention of another annotation again)"
        self.iris[self.ids[number]] = told.entity
        self.mentions[number] = record | {"entity_id": entity["entity_id"]}
        return "mention"

    def _claim(self, number: int, record: Record, sound: Any) -> str:
        known = (sound.quotation is not None, sound.stance is not None)
        attributed = bool(sound.source_entity_ids or sound.source or sound.cue)
        if known[0] != known[1] or (not attributed and (known[0] or sound.parent_id is not None)):
            found = f"quotation {sound.quotation}, stance {sound.stance}, parent {sound.parent_id}"
            expected = "both quotation and stance, or neither" if attributed else "none of them without source and cue"
            return self._refuse(number, "import-line", found, expected)
        related = [(relation.type, relation.target_id) for relation in sound.relations]
        if len(set(related)) < len(related) or self.ids[number] in [target for _, target in related]:
            return self._refuse(number, "import-line", "a relation again, or to itself", "each relation to another claim once")
        if not self._is_new("claim", [record[part] for part in PARTS[:3]]):
            return "foreign (the claim of another annotation again)"
        self.claims[number] = record
        return "claim"

    def _drop_dangling(self) -> None:
        """Refuse claims that refer to what is not there, or that are inside themselves, and in turn those that refer to them."""
        references: dict[str, list[str]] = {mention["entity_id"]: [] for mention in self.mentions.values()}
        references |= {claim["claim_id"]: _references(claim) for claim in self.claims.values()}
        circles = in_a_circle({c["claim_id"]: c["parent_id"] for c in self.claims.values() if c["parent_id"] is not None})
        lost = in_vain({key: names for key, names in references.items() if key not in circles})
        lost |= {claim["claim_id"]: claim["parent_id"] for claim in self.claims.values() if claim["claim_id"] in circles}
        for number, claim in list(self.claims.items()):
            if claim["claim_id"] in lost:
                del self.claims[number]
                what = f"{lost[claim['claim_id']]}, which is not there, refused, or inside it"
                self.outcomes[number] = self._refuse(number, "import-reference", what, "the id of a claim or an entity")

    # ----------------------------------------------------------------------------------------------------- foreign

    def records(self, text: str) -> list[Record]:
        """All records; what they do not hold is foreign: annotations that an export would not write as they are, too."""
        records = [*self.entities.values(), *self.mentions.values(), *self.claims.values()]
        entities = {entity["entity_id"]: entity for entity in self.entities.values()}
        own = {name: own_iri(self.annotator, name) for name in entities}
        iris = entity_iris(self.mentions.values(), self.iris, own)
        kept = 0
        for number, item in enumerate(self.items):
            record = self.mentions.get(number) or self.claims.get(number)
            if record is not None:
                entity = entities.get(record.get("entity_id", ""))
                entity = entity and entity | {"iri": iris[entity["entity_id"]]}
                name = own_iri(self.annotator, self.ids[number])
                written = annotation_of(name, self.annotator, self._in_file(record), entity, text, self.source)
                if written != plain(item.annotation):
                    kept += 1
                    records.append(self._foreign(number, item.annotation, self.ids[number]))
            elif not self.outcomes[number].startswith("refused"):
                records.append(self._foreign(number, item.annotation, ""))
        if kept:
            self.notes["annotations in a record, and kept as foreign for what that does not hold"] += kept
        return records

    def _in_file(self, record: Record) -> Record:
        """A record with spans of the file in the place of fragments."""
        span = self.target.source_span
        return record | {part: [span(f.start, f.end) for f in record[part]] for part in ("fragments", *PARTS) if part in record}

    def _foreign(self, number: int, annotation: dict[str, Any], record_id: str) -> Record:
        attributes = ({"record": record_id} if record_id else {}) | {"annotation": plain(annotation)}
        return {
            "table": "foreign",
            "id": self._new_id(f"{NAME}.{self.ids[number]}"),
            "format": NAME,
            "label": motivation_of(annotation),
            "fragments": self.target.as_written(self.spans.get(number, [])),
            "attributes": json.dumps(attributes, ensure_ascii=False, separators=(",", ":")),
        }


def _references(claim: Record) -> list[str]:
    parent = [claim["parent_id"]] if claim["parent_id"] is not None else []
    return [*claim["source_entity_ids"], *(relation["target_id"] for relation in claim["relations"]), *parent]
