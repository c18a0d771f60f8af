"""An .ann file -> records in the machine form, each line accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any, NamedTuple

from corpus_tools.chains import joined
from corpus_tools.derive import fields
from corpus_tools.findings import Finding
from corpus_tools.formats.brat.events import column_of, columns_of, event_label, is_attribution, parts_of, type_of, usual_parts
from corpus_tools.formats.brat.foreign import EMPTY, record_of
from corpus_tools.formats.brat.labels import (
    ATTRIBUTES,
    ENTITY_NAME,
    EQUIV,
    PARENT,
    ROLES,
    SOURCE_ENTITY,
    UNTYPED,
    mention_label,
    one_line,
    relation_label,
    tag_of,
)
from corpus_tools.formats.brat.lines import Line, is_coreference, parse
from corpus_tools.formats.brat.sound import SoundLines
from corpus_tools.placing import ToText, home, settled

Record = dict[str, Any]

_HALVES = ("quotation", "stance")


class Annotated(NamedTuple):
    """What a file says: records, what became of each line by kind, what was changed, what was refused."""

    records: list[Record]
    counts: Counter[tuple[str, str]]
    notes: Counter[str]
    findings: list[Finding]


def read_annotations(data: str, path: str, target: ToText, event_types: Collection[str]) -> Annotated:
    """Read the annotations of a text. ``event_types`` are labels that annotation.conf has for events."""
    sound = SoundLines(path, target)
    sound.take(parse(data))
    reading = _Reading(sound, event_types)
    reading.run()
    counts = Counter([*sound.refused, *((line.kind, reading.outcomes[line.number]) for line in sound.lines)])
    records = reading.records() if data.strip() else [EMPTY]
    return Annotated(records, counts, reading.notes, sound.findings)


class _Reading:
    """Makes records of sound lines, and says of each line what became of it."""

    def __init__(self, sound: SoundLines, event_types: Collection[str]) -> None:
        self.target, self.spans, self.lines = sound.target, sound.spans, sound.lines
        self.by_kind: dict[str, list[Line]] = {}
        for line in sound.lines:
            self.by_kind.setdefault(line.kind, []).append(line)
        self.labels = {line.id: line.label for line in self.by_kind.get("T", [])}
        self.event_types = {UNTYPED, *event_types, *sound.event_types}
        self.entities: dict[str, Record] = {}  # by the id of their first mention
        self.mentions: dict[str, Record] = {}
        self.claims: dict[str, Record] = {}
        self.first: dict[str, str] = {}  # of each mention, the first of its entity
        self.numbers = {line.id: line.number for line in self.lines}
        self.seen: set[Any] = set()
        self.outcomes: dict[int, str] = {}
        self.kept: set[int] = set()  # lines that are in a record, and foreign too because that alone would not give them again
        self.notes: Counter[str] = Counter()

    def run(self) -> None:
        """Go through the lines, kind by kind."""
        self._find_mentions()
        self._find_chains()
        for event in self.by_kind.get("E", []):
            self.outcomes[event.number] = self._claim(event)
        relations = [line for line in self.by_kind.get("R", []) if line.number not in self.outcomes]
        relations.sort(key=lambda line: line.label != SOURCE_ENTITY)  # who the source is, is asked for by the others
        for line in relations:
            self.outcomes[line.number] = self._relation(line)
        for line in self.by_kind.get("A", []):
            self.outcomes[line.number] = self._attribute(line)
        self._drop_halves()
        for line in self.by_kind.get("#", []):
            self.outcomes[line.number] = self._note(line)
        used = {name for event in self.by_kind.get("E", []) for _, name in event.arguments}
        for line in self.lines:
            why = "" if line.kind != "T" else " (with its event)" if line.id in used else " (part of no event)"
            self.outcomes.setdefault(line.number, f"foreign{why}")
        self._keep_forms()

    # ---------------------------------------------------------------------------------------------- mentions, entities

    def _find_mentions(self) -> None:
        """T lines that are no part of an attribution and no trigger are mentions."""
        events = self.by_kind.get("E", [])
        parts = {event.arguments[0][1] for event in events}
        for event in filter(is_attribution, events):
            parts |= {name for role, name in event.arguments[1:] if column_of(role) != "source" or self.labels.get(name) in ROLES}
        for line in self.by_kind.get("T", []):
            if line.id in parts or line.label in ROLES or line.label in self.event_types:
                continue
            fragments = settled(self.target.text, self.target.blocks, self.spans[line.id])
            if home(self.target.blocks, fragments) is None:
                where = "in several paragraphs" if fragments else "on no text of ours"
                self.outcomes[line.number] = f"foreign ({where})"
                continue
            self.outcomes[line.number] = "mention"
            self.mentions[line.id] = {
                "table": "mentions",
                "mention_id": line.id,
                "entity_id": f"{line.id}.entity",
                "level": None,
                "fragments": fragments,
            }
            self.entities[line.id] = {"table": "entities", "entity_id": f"{line.id}.entity", "type": tag_of(line.label)}

    def _find_chains(self) -> None:
        """Mentions that Equiv lines or relations of coreference join are of one entity, that of the first."""
        chained = [line for line in self.lines if line.kind == "*" or is_coreference(line)]
        chained = [line for line in chained if all(name in self.mentions for _, name in line.arguments)]
        self.outcomes |= {line.number: "coreference" for line in chained}
        self.first = joined(list(self.mentions), ([name for _, name in line.arguments] for line in chained))
        self._settle_entities()
        members: dict[str, list[str]] = {}
        lines: dict[str, list[Line]] = {}
        for name in self.mentions:
            members.setdefault(self.first[name], []).append(name)
        for line in chained:
            lines.setdefault(self.first[line.arguments[0][1]], []).append(line)
        for first, own in lines.items():
            said = sorted(name for _, name in own[0].arguments)
            if len(own) > 1 or own[0].label != EQUIV or own[0].kind != "*" or said != sorted(members[first]) or len(said) == 1:
                self.kept |= {line.number for line in own}

    def _settle_entities(self) -> None:
        """Give mentions the entity of the first of their chain; one that is there twice stays foreign."""
        seen: set[str] = set()
        for name, first in self.first.items():
            mention = self.mentions[name]
            mention["entity_id"] = self.entities[first]["entity_id"]
            key = f"{first} {mention['fragments']}"
            if key in seen:
                self.outcomes[self.numbers[name]] = "foreign (the mention of another line again)"
                del self.mentions[name]
            seen.add(key)
        self.entities = {name: entity for name, entity in self.entities.items() if self.first[name] == name}

    # -------------------------------------------------------------------------------------------------------- claims

    def _claim(self, event: Line) -> str:
        """Make a claim of an event where it can be one. Returns what became of the event."""
        names = [name for _, name in event.arguments]
        if any(name not in self.labels for name in names[1:]):
            return "foreign (refers to more than T lines)"
        if not is_attribution(event):
            has_content = any(column_of(role) == "content" for role, _ in event.arguments)
            return "foreign (with roles that a claim has not)" if has_content else "foreign (no content)"
        columns = columns_of(event, self.spans, self.target.text, self.target.blocks)
        if not columns["content"]:
            return "foreign (no content in our text)"
        if home(self.target.blocks, [fragment for column in columns.values() for fragment in column]) is None:
            return "foreign (in several paragraphs)"
        key = str([columns["content"], columns["source"], columns["cue"]])
        if key in self.seen:
            return "foreign (the claim of another line again)"
        self.seen.add(key)
        sources = [self.mentions[name]["entity_id"] for role, name in event.arguments[1:] if self._is_source(role, name)]
        self.claims[event.id] = {
            "table": "claims",
            "claim_id": event.id,
            "type": type_of(event.label),
            "source_entity_ids": list(dict.fromkeys(sources)),
            "quotation": None,
            "stance": None,
            **columns,
        }
        for role, name in reversed(event.arguments):
            what = f"{(column_of(role) or '').replace('_', ' ').removesuffix('s')} of a claim" if role else "trigger of a claim"
            self.outcomes.setdefault(self.numbers[name], what)
        return "claim"

    def _is_source(self, role: str, name: str) -> bool:
        return column_of(role) == "source" and name in self.mentions

    # ------------------------------------------------------------------------------------- relations, attributes, notes

    def _relation(self, line: Line) -> str:
        """Take a relation into a column where there is one for it. Returns what became of it."""
        if [role for role, _ in line.arguments] != ["Arg1", "Arg2"]:
            return "foreign"
        first, second = (name for _, name in line.arguments)
        claim = self.claims.get(first)
        if claim is None:
            return "foreign"
        if line.label == SOURCE_ENTITY and second in self.mentions:
            entity = self.mentions[second]["entity_id"]
            if entity not in claim["source_entity_ids"]:
                claim["source_entity_ids"].append(entity)
                self.kept |= set() if second in self.entities else {line.number}
                return "source of a claim"
        elif line.label == PARENT and second in self.claims and _is_attributed(claim) and "parent_id" not in claim:
            if first not in self._ancestors(second):
                claim["parent_id"] = second
                return "parent of a claim"
        elif second in self.claims and first != second:
            relation = {"type": tag_of(line.label), "target_id": second}
            if relation_label(relation["type"]) == line.label and relation not in claim.setdefault("relations", []):
                claim["relations"].append(relation)
                return "relation of claims"
        return "foreign"

    def _ancestors(self, name: str) -> list[str]:
        path = [name]
        while parent := self.claims[path[-1]].get("parent_id"):
            path.append(parent)
        return path

    def _attribute(self, line: Line) -> str:
        """Take an attribute into the column that it is named after. Returns what became of it."""
        table, column = ATTRIBUTES.get(line.label, ("", ""))
        record = getattr(self, table, {}).get(line.arguments[0][1])
        if record is None or (line.label, record_id := line.arguments[0][1]) in self.seen:
            return "foreign"
        if column in ("quotation", "stance") and not _is_attributed(record):
            return "foreign"
        field = fields(table)[column]
        if line.text not in field.get("enum", [None]) or line.text == record.get(column, field.get("default")):
            return "foreign"
        self.seen.add((line.label, record_id))
        record[column] = line.text if "enum" in field else True
        return f"{column} of a {table.removesuffix('s')}"

    def _drop_halves(self) -> None:
        """A claim has quotation and stance, or neither: one alone stays foreign."""
        for line in self.by_kind.get("A", []):
            claim = self.claims.get(line.arguments[0][1])
            if (
                claim
                and self.outcomes[line.number].startswith(_HALVES)
                and (claim["quotation"] is None) != (claim["stance"] is None)
            ):
                claim |= {"quotation": None, "stance": None}
                self.outcomes[line.number] = "foreign"

    def _note(self, line: Line) -> str:
        """Take a note that is the name of an entity. Returns what became of it."""
        entity = self.entities.get(line.arguments[0][1])
        if line.label != ENTITY_NAME or entity is None or "name" in entity or not line.text:
            return "foreign"
        name = tag_of(line.text)
        if one_line(name) != line.text:
            return "foreign"
        entity["name"] = name
        return "name of an entity"

    # ------------------------------------------------------------------------------------------------------- foreign

    def _keep_forms(self) -> None:
        """Find the lines that records hold but would not give again as they are: these are foreign as well."""
        written = Counter((line.label, *self.spans[line.id]) for line in self.by_kind.get("T", []) if line.id not in self.mentions)
        wanted: set[str] = set()
        for event in self.by_kind.get("E", []):
            if event.id in self.claims:
                columns = {column: self.claims[event.id][column] for column in ROLES.values()}
                twice = any(written[self.labels[name], *self.spans[name]] > 1 for _, name in event.arguments)
                if twice or parts_of(event, self.labels, self.spans) != usual_parts(
                    event_label(self.claims[event.id]["type"]), columns
                ):
                    self.kept.add(event.number)
        noted = {name for line in self.lines if line.kind in "AMN#" for _, name in line.arguments}
        self.kept |= {line.number for line in self.by_kind.get("R", []) if line.id in noted}
        self.kept = {number for number in self.kept if not self.outcomes[number].startswith("foreign")}
        for line in self.lines:
            if line.number in self.kept or self.outcomes[line.number].startswith("foreign"):
                wanted |= {name for _, name in line.arguments}
        types = {entity["entity_id"]: entity["type"] for entity in self.entities.values()}
        for line in self.by_kind.get("T", []):
            mention = self.mentions.get(line.id)
            if mention is None:
                as_it_is = line.id not in wanted
            else:
                spans = [(fragment.start, fragment.end) for fragment in mention["fragments"]]
                as_it_is = (
                    line.label == mention_label(types[mention["entity_id"]], self.event_types) and self.spans[line.id] == spans
                )
            if not as_it_is and not self.outcomes[line.number].startswith("foreign"):
                self.kept.add(line.number)

    def records(self) -> list[Record]:
        """All records of the file."""
        foreign = [line for line in self.lines if line.number in self.kept or self.outcomes[line.number].startswith("foreign")]
        if self.kept:
            self.notes["lines in a record, and kept as foreign for their form"] += len(self.kept)
        records = [*self.entities.values(), *self.mentions.values(), *self.claims.values()]
        for number, line in enumerate(foreign, 1):
            kept = line.number in self.kept
            records.append(record_of(line, self.spans.get(line.id, ()), self.target.text, kept, number))
        return records


def _is_attributed(claim: Record) -> bool:
    return bool(claim["source_entity_ids"] or claim["source"] or claim["cue"])
