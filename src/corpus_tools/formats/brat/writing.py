"""The records of an annotator -> the lines of an .ann file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from corpus_tools.chains import joined
from corpus_tools.formats import Layer
from corpus_tools.formats.brat.events import column_of, columns_of, event_label, is_attribution, type_of
from corpus_tools.formats.brat.foreign import EMPTY, ForeignLine, line_of
from corpus_tools.formats.brat.labels import (
    ATTRIBUTES,
    ENTITY_NAME,
    EQUIV,
    PARENT,
    ROLES,
    SOURCE_ENTITY,
    mention_label,
    one_line,
    relation_label,
    tag_of,
)
from corpus_tools.formats.brat.lines import Line, in_order, is_coreference
from corpus_tools.placing import Span, ToSource, settled
from corpus_tools.readers import Block
from corpus_tools.records import Claim, Foreign, Fragment, Mention


def annotation_lines(
    layer: Layer, text: str, blocks: Sequence[Block], source: ToSource, event_labels: Collection[str]
) -> tuple[list[Line], int]:
    """The lines of an annotator, and how many foreign records could not be written.

    Args:
        layer: the records.
        text: the document's text.
        blocks: its paragraphs.
        source: its text file.
        event_labels: the labels that claims have anywhere in the corpus.
    """
    foreign = _foreign(layer.foreign, source)
    records = [record for record in layer.foreign if record.id != EMPTY["id"]]
    names = _Names(layer, foreign)
    there = _Truth(layer, foreign, names, text, blocks).lines()
    writing = _Writing(names, {key: foreign[key] for key in there}, source, event_labels)
    writing.write(layer)
    return sorted(writing.lines, key=in_order), len(records) - len(there)


# ---------------------------------------------------------------------------------------------- the table foreign


def _foreign(records: Iterable[Foreign], source: ToSource) -> dict[str, ForeignLine]:
    """The lines of the table foreign, by id; those without one by that of their record."""
    found: dict[str, ForeignLine] = {}
    for record in records:
        foreign = line_of(record)
        if foreign is not None and _has_place(foreign, source):
            found.setdefault(foreign.line.id if foreign.line.id[1:] else record.id, foreign)
    return found


def _has_place(foreign: ForeignLine, source: ToSource) -> bool:
    """Whether a T line has spans; offsets in the file hold only for the file that they were read from."""
    if foreign.line.kind != "T" or not foreign.offsets:
        return foreign.line.kind != "T" or bool(foreign.spans)
    return source.is_source and all(source.holds(span) for span in foreign.offsets)


class _Names:
    """The ids of lines: records keep theirs where it is one of brat's and no line of the table foreign has it."""

    def __init__(self, layer: Layer, foreign: Mapping[str, ForeignLine]) -> None:
        taken = {key for key, line in foreign.items() if not line.kept}
        wanted = [("T", mention.mention_id) for mention in layer.mentions] + [("E", claim.claim_id) for claim in layer.claims]
        kept = {pair for pair in wanted if re.fullmatch(f"{pair[0]}[0-9]{{1,18}}", pair[1]) and pair[1] not in taken}
        used = [*foreign, *(name for _, name in kept)]
        self._next = {kind: 1 + max((int(n[1:]) for n in used if n[0] == kind and n[1:].isdigit()), default=0) for kind in "TERA#"}
        self.of = {(kind, name): name if (kind, name) in kept else self.new(kind) for kind, name in wanted}
        self.first: dict[str, str] = {}  # the first mention of each entity
        for mention in sorted(layer.mentions, key=lambda mention: int(self.of["T", mention.mention_id][1:])):
            self.first.setdefault(mention.entity_id, self.of["T", mention.mention_id])

    def new(self, kind: str) -> str:
        """An id that no line has."""
        self._next[kind] += 1
        return f"{kind}{self._next[kind] - 1}"


class _Truth:
    """Which lines of the table foreign still hold: a form that was kept of a record goes when the record says something else."""

    def __init__(self, layer: Layer, foreign: Mapping[str, ForeignLine], names: _Names, text: str, blocks: Sequence[Block]) -> None:
        self.layer, self.foreign, self.names, self.text, self.blocks = layer, foreign, names, text, blocks
        self.mentions = {names.of["T", mention.mention_id]: mention for mention in layer.mentions}
        self.claims = {names.of["E", claim.claim_id]: claim for claim in layer.claims}
        self.types = {entity.entity_id: entity.type for entity in layer.entities}
        self.spans = {key: _spans(mention.fragments) for key, mention in self.mentions.items()}
        self.spans |= {key: line.spans for key, line in foreign.items() if line.line.kind == "T"}

    def lines(self) -> list[str]:
        """The keys of the lines that hold, each with all that it refers to."""
        there = {key for key, line in self.foreign.items() if not line.kept or self._holds(key, line.line)}
        used = {name for key in there for _, name in self.foreign[key].line.arguments}
        there |= {
            name for name in used if name in self.foreign and self.foreign[name].line.kind == "T" and name not in self.mentions
        }
        while dangling := {key for key in there if not all(self._is_there(n, there) for _, n in self.foreign[key].line.arguments)}:
            there -= dangling
        return [key for key in self.foreign if key in there]

    def _is_there(self, name: str, there: Collection[str]) -> bool:
        return name in there or name in self.mentions or name in self.claims

    def _holds(self, key: str, line: Line) -> bool:
        match line.kind:
            case "T":
                return key in self.mentions and self._mention_holds(self.mentions[key], key, line)
            case "E":
                return key in self.claims and self._claim_holds(self.claims[key], line)
            case "R" if not is_coreference(line):
                claim = self.claims.get(line.arguments[0][1])
                return claim is not None and _form(line, self.mentions, self.names) in _relations(claim, self.names)
            case _:
                return len({self.mentions[name].entity_id for _, name in line.arguments if name in self.mentions}) == 1

    def _mention_holds(self, mention: Mention, key: str, line: Line) -> bool:
        is_first = self.names.first[mention.entity_id] == key
        type_holds = not is_first or tag_of(line.label) == self.types.get(mention.entity_id)
        return type_holds and settled(self.text, self.blocks, self.spans[key]) == mention.fragments

    def _claim_holds(self, claim: Claim, line: Line) -> bool:
        if not is_attribution(line) or not all(name in self.spans for _, name in line.arguments):
            return False
        columns = columns_of(line, self.spans, self.text, self.blocks)
        sources = _sources(line, self.mentions)
        return (
            type_of(line.label) == claim.type
            and all(getattr(claim, column) == fragments for column, fragments in columns.items())
            and claim.source_entity_ids[: len(sources)] == sources
        )


def _spans(fragments: Iterable[Fragment]) -> tuple[Span, ...]:
    return tuple((fragment.start, fragment.end) for fragment in fragments)


def _sources(event: Line, mentions: Mapping[str, Mention]) -> list[str]:
    """The entities whose mentions an event has as its sources."""
    names = [name for role, name in event.arguments[1:] if column_of(role) == "source" and name in mentions]
    return list(dict.fromkeys(mentions[name].entity_id for name in names))


def _form(relation: Line, mentions: Mapping[str, Mention], names: _Names) -> tuple[str, ...]:
    """A relation as `_relations` gives it: an entity is known by its first mention."""
    first, *others = (name for _, name in relation.arguments)
    if relation.label == SOURCE_ENTITY:
        others = [names.first[mentions[name].entity_id] if name in mentions else name for name in others]
    return relation.label, first, *others


def _relations(claim: Claim, names: _Names) -> list[tuple[str, ...]]:
    """The relations that a claim is written with: (label, Arg1, Arg2)."""
    own = names.of["E", claim.claim_id]
    found: list[tuple[str, ...]] = [(SOURCE_ENTITY, own, names.first[entity]) for entity in claim.source_entity_ids]
    found += [(PARENT, own, names.of["E", claim.parent_id])] if claim.parent_id is not None else []
    return found + [(relation_label(r.type), own, names.of["E", r.target_id]) for r in claim.relations]


# ------------------------------------------------------------------------------------------------------- lines


class _Writing:
    """Makes the lines of records; those of the table foreign first, so that parts of claims that are the same T line stay one."""

    def __init__(self, names: _Names, foreign: Mapping[str, ForeignLine], source: ToSource, event_labels: Collection[str]) -> None:
        self.names, self.foreign, self.source = names, foreign, source
        self.event_labels = {*event_labels, *(line.line.label for line in foreign.values() if line.line.kind == "E")}
        self.lines: list[Line] = []
        self.by_form: dict[tuple[str, tuple[Span, ...]], str] = {}

    def write(self, layer: Layer) -> None:
        """Make all lines."""
        for key, foreign in self.foreign.items():
            self.lines.append(self._with_place(foreign) if foreign.line.kind == "T" else foreign.line)
            self.by_form.setdefault((foreign.line.label, foreign.spans), key)
        types = {entity.entity_id: entity.type for entity in layer.entities}
        for mention in layer.mentions:
            name = self.names.of["T", mention.mention_id]
            if name not in self.foreign:
                self._write_text(name, mention_label(types[mention.entity_id], self.event_labels), _spans(mention.fragments))
            self._write_attributes("mentions", mention, name)
        self._write_entities(layer)
        mentions = {self.names.of["T", mention.mention_id]: mention for mention in layer.mentions}
        there = {_form(f.line, mentions, self.names) for f in self.foreign.values() if f.line.kind == "R"}
        for claim in layer.claims:
            self._write_claim(claim, mentions, there)

    def _with_place(self, foreign: ForeignLine) -> Line:
        spans = foreign.offsets if foreign.offsets else tuple(self.source.span(*span) for span in foreign.spans)
        return foreign.line._replace(spans=spans, text=self._quote(spans))

    def _quote(self, spans: Iterable[Span]) -> str:
        return re.sub("[\r\n]", " ", " ".join(self.source.quote(span) for span in spans))

    def _write_text(self, name: str, label: str, spans: tuple[Span, ...]) -> None:
        placed = tuple(self.source.span(*span) for span in spans)
        self.lines.append(Line(0, "T", name, label, (), placed, self._quote(placed)))

    def _write(self, kind: str, label: str, *arguments: tuple[str, str], text: str | None = None) -> None:
        self.lines.append(Line(0, kind, self.names.new(kind), label, arguments, (), text))

    def _write_attributes(self, table: str, record: Mention | Claim, name: str) -> None:
        for label, (own, column) in ATTRIBUTES.items():
            value = getattr(record, column) if own == table else None
            if value and value != "affirms":
                self._write("A", label, ("", name), text=None if value is True else value)

    def _write_entities(self, layer: Layer) -> None:
        members: dict[str, list[str]] = {}
        for mention in layer.mentions:
            members.setdefault(mention.entity_id, []).append(self.names.of["T", mention.mention_id])
        groups = [
            [name for _, name in f.line.arguments] for f in self.foreign.values() if f.line.kind == "*" or is_coreference(f.line)
        ]
        chains = joined([name for own in members.values() for name in own], groups)
        for own in members.values():
            if len({chains[name] for name in own}) > 1:
                own.sort(key=lambda name: int(name[1:]))
                self.lines.append(Line(len(self.lines), "*", "*", EQUIV, tuple(("", name) for name in own)))
        for entity in layer.entities:
            if entity.name is not None:
                self._write("#", ENTITY_NAME, ("", self.names.first[entity.entity_id]), text=one_line(entity.name))

    def _write_claim(self, claim: Claim, mentions: Mapping[str, Mention], there: Collection[tuple[str, ...]]) -> None:
        name, label = self.names.of["E", claim.claim_id], event_label(claim.type)
        sources: list[str] = []
        if name in self.foreign:
            sources = _sources(self.foreign[name].line, mentions)
        else:
            roles = [(role, _spans(getattr(claim, column))) for role, column in ROLES.items() if getattr(claim, column)]
            trigger = self._part(label, _spans(claim.cue or claim.content))
            arguments = (("", trigger), *((role, self._part(role, spans)) for role, spans in roles))
            self.lines.append(Line(0, "E", name, label, arguments))
        self._write_attributes("claims", claim, name)
        implied = {(SOURCE_ENTITY, name, self.names.first[entity]) for entity in sources}
        for form in _relations(claim, self.names):
            if form not in implied and form not in there:
                self._write("R", form[0], ("Arg1", form[1]), ("Arg2", form[2]))

    def _part(self, label: str, spans: tuple[Span, ...]) -> str:
        """The T line of a part of a claim; one that is there already is used again, as brat does."""
        if (label, spans) not in self.by_form:
            self.by_form[label, spans] = self.names.new("T")
            self._write_text(self.by_form[label, spans], label, spans)
        return self.by_form[label, spans]
