"""The records of an annotator -> the elements of an XMI file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from corpus_tools.chains import entity_iris
from corpus_tools.formats import Layer
from corpus_tools.formats.cas.claims import claim_features
from corpus_tools.formats.cas.divisions import metadata_features
from corpus_tools.formats.cas.foreign import Kept, elements_of, place_of
from corpus_tools.formats.cas.mentions import KNOWN, links_of, mention_features
from corpus_tools.formats.cas.names import (
    CHAIN,
    CLAIM,
    CLAIM_FEATURES,
    FRAGMENT,
    FRAGMENTS,
    LINK,
    LINKS,
    METADATA,
    NAMED_ENTITY,
    PARAGRAPH,
    PARENT,
    PARTS,
    RELATION,
    SENTENCE,
    SOURCE_ENTITIES,
    TYPE_FEATURE,
    UNTYPED,
)
from corpus_tools.formats.cas.parts import enumerated
from corpus_tools.formats.cas.types import Range
from corpus_tools.formats.cas.xmi import MAX_INT, Element
from corpus_tools.placing import Span, ToSource, ToText
from corpus_tools.records import Claim, Entity, Fragment, Mention
from corpus_tools.rules import Bundle


class Written(NamedTuple):
    """The elements of a file, which of them are in the index, how many foreign records are not among them, and foreign types.

    ``sofa`` is the number of the text.
    """

    sofa: int

    elements: list[Element]
    members: list[int]
    lost: int
    types: dict[str, tuple[str, dict[str, Range]]]


def layer_elements(layer: Layer, bundle: Bundle, source: ToSource) -> Written:
    """The elements of an annotator's records of a document, and of its sentences and paragraphs."""
    read = [(record, elements_of(record)) for record in layer.foreign]
    foreign = _Foreign([one for _, own in read for one in own or ()], layer, source)
    writing = _Writing(foreign, source)
    writing.write_records(layer)
    writing.write_foreign()
    writing.write_text(bundle)
    lost = sum(own is None or bool(foreign.dropped & {one.element.id for one in own}) for _, own in read)
    types: dict[str, tuple[str, dict[str, Range]]] = {}
    for one in foreign.kept.values():
        held = types.setdefault(one.element.type, (one.supertype, {}))[1]
        held |= {
            name: held.get(name, one.ranges.get(name, Range("uima.cas.String"))) for name in one.element.features if name != "sofa"
        }
        held |= {name: one.ranges.get(name, Range("uima.cas.StringArray")) for name in one.element.texts}
    return Written(foreign.sofa, writing.elements, writing.members, lost, types)


class _Foreign:
    """The elements of the table foreign that are written: those with a place, and all that they refer to there."""

    def __init__(self, kept: Sequence[Kept], layer: Layer, source: ToSource) -> None:
        self.source = source
        self.target: ToText | None = ToText(source.source, source.unit) if source.is_source else None
        self.kept = {one.element.id: one for one in kept if 0 < one.element.id <= MAX_INT}
        self.dropped = {one.element.id for one in kept} - self.kept.keys()
        self.of_record = {one.record: one for one in self.kept.values() if one.record}
        self.mentions = {mention.mention_id: mention for mention in layer.mentions}
        self.claims = {claim.claim_id: claim for claim in layer.claims}
        self.types = {entity.entity_id: entity.type for entity in layer.entities}
        self.chains: dict[int, list[str]] = {}  # by chain, the mentions that it joins
        self.numbers: dict[str, int] = {}
        self._find_chains()
        self._number()
        self._drop()

    def _drop_one(self, key: int) -> None:
        self.dropped.add(key)
        self.of_record.pop(self.kept.pop(key).record, None)

    def _find_chains(self) -> None:
        """Find the chains that still hold: all that they join is of one entity. The others go."""
        by_id = {key: one.element for key, one in self.kept.items()}
        by_place: dict[str, list[Mention]] = {}
        for mention in self.mentions.values():
            by_place.setdefault(str(mention.fragments), []).append(mention)
        joins = [key for key, element in by_id.items() if element.type == CHAIN]
        of_chain = {key: links_of(by_id[key], by_id) for key in joins}
        free = {key for key, element in by_id.items() if element.type == LINK} - {
            link for links in of_chain.values() for link in links
        }
        for key, links in of_chain.items():
            if not any(self.kept[link].record or str(self.kept[link].fragments) in by_place for link in links):
                continue  # it joined nothing
            members = [self._member(self.kept[link], by_place) for link in links]
            if None in members or len({member.entity_id for member in members if member}) > 1:
                for one in (key, *links):
                    self._drop_one(one)
            else:
                self.chains[key] = [member.mention_id for member in members if member]
        for key in free:
            if self.kept[key].record:
                self._drop_one(key)

    def _member(self, link: Kept, by_place: Mapping[str, list[Mention]]) -> Mention | None:
        """The mention that a link is or stands on."""
        if link.record:
            mention = self.mentions.get(link.record)
            level = enumerated("mentions", "level", link.element.features.get("referenceType"))
            same = mention and mention.fragments == link.fragments and mention.level == level and not mention.metonymic
            return mention if same else None
        own = by_place.get(str(link.fragments), [])
        own = [
            mention for mention in own if getattr(self.of_record.get(mention.mention_id), "element", link.element).type != LINK
        ] or own
        return own[0] if len(own) == 1 else None

    def _number(self) -> None:
        """Give records their numbers: that which others know them by, their own, or a new one."""
        names = [*self.mentions, *self.claims]
        self.numbers = {name: self.of_record[name].element.id for name in names if name in self.of_record}
        taken = {0, *self.kept, *self.numbers.values()}
        for name in names:
            number = int(name) if name.isascii() and name.isdigit() and len(name) < 10 and not name.startswith("0") else 0
            if name not in self.numbers and number and number not in taken:
                self.numbers[name] = number
                taken.add(number)
        self.next = 1 + max(taken)
        self.sofa = self.new()
        for name in names:
            if name not in self.numbers:
                self.numbers[name] = self.new()

    def new(self) -> int:
        """A number that no element has."""
        self.next += 1
        return self.next - 1

    def _drop(self) -> None:
        """Leave out what has no place any more, whose record is gone, or that refers to what is not there."""
        gone = [k for k, one in self.kept.items() if one.record and one.record not in self.numbers]
        gone += [
            k
            for k, one in self.kept.items()
            if not one.record and one.is_annotation and place_of(one, self.source, self.target) is None
        ]
        while gone or (gone := self._dangling()):
            for key in gone:
                if key in self.kept:
                    self._drop_one(key)
            gone = []

    def _dangling(self) -> list[int]:
        there = {*self.kept, *self.numbers.values()}
        return [key for key, one in self.kept.items() if not one.record and not there.issuperset(one.references)]


class _Writing:
    """Makes the elements of a file."""

    def __init__(self, foreign: _Foreign, source: ToSource) -> None:
        self.foreign, self.source = foreign, source
        self.elements: list[Element] = []
        self.members: list[int] = []

    def _add(self, element: Element, is_indexed: bool = True) -> int:
        self.elements.append(element)
        self.members += [element.id] if is_indexed else []
        return element.id

    def _at(self, span: Span) -> dict[str, str]:
        return {"sofa": str(self.foreign.sofa), "begin": str(span[0]), "end": str(span[1])}

    def _envelope(self, fragments: Sequence[Fragment]) -> Span:
        return self.source.span(fragments[0].start, fragments[-1].end)

    def _links(self, feature: str, targets: Iterable[int]) -> dict[str, str]:
        """A list of links to elements, as a feature; empty for none."""
        numbers = [self._add(Element(self.foreign.new(), LINKS[feature], {"target": str(target)}), False) for target in targets]
        return {feature: " ".join(map(str, numbers))} if numbers else {}

    def _fragments(self, feature: str, fragments: Iterable[Fragment]) -> dict[str, str]:
        spans = [self.source.span(fragment.start, fragment.end) for fragment in fragments]
        return self._links(feature, [self._add(Element(self.foreign.new(), FRAGMENT, self._at(span))) for span in spans])

    # ------------------------------------------------------------------------------------------------------- records

    def write_records(self, layer: Layer) -> None:
        """Write mentions and claims."""
        of_record = self.foreign.of_record
        identifiers = self._identifiers(layer)
        entities = {entity.entity_id: entity for entity in layer.entities}
        first: dict[str, int] = {}
        for mention in layer.mentions:
            number = self.foreign.numbers[mention.mention_id]
            first.setdefault(mention.entity_id, number)
            old = of_record.get(mention.mention_id)
            if old is not None and old.element.type == LINK:
                self._add(self._old_link(old))
            else:
                self._mention(mention, number, old, entities[mention.entity_id], identifiers[mention.entity_id])
        for claim in layer.claims:
            self._claim(claim, of_record.get(claim.claim_id), first)
        for claim in layer.claims:
            self._relations(claim)

    def _identifiers(self, layer: Layer) -> dict[str, str]:
        """What tells each entity from others; nothing where its only mention or a chain does."""
        mentions = [{"mention_id": m.mention_id, "entity_id": m.entity_id} for m in layer.mentions]
        kept = {name: one.element.features.get("identifier", "") for name, one in self.foreign.of_record.items()}
        found = entity_iris(mentions, kept, {entity.entity_id: f"#{entity.entity_id}" for entity in layer.entities})
        members: dict[str, list[str]] = {}
        for mention in layer.mentions:
            members.setdefault(mention.entity_id, []).append(mention.mention_id)
        for chain in self.foreign.chains.values():
            entity = self.foreign.mentions[chain[0]].entity_id
            is_whole = set(chain) == set(members[entity]) and entity == f"{members[entity][0]}.entity"
            found |= {entity: ""} if is_whole and not any(kept.get(name) for name in chain) else {}
        return found

    def _old_link(self, old: Kept) -> Element:
        span = place_of(old, self.source, self.foreign.target)
        return old.element._replace(features={**old.element.features, **(self._at(span) if span else {})})

    def _mention(self, mention: Mention, number: int, old: Kept | None, entity: Entity, identifier: str) -> None:
        type = old.element.type if old is not None and old.element.type in TYPE_FEATURE else NAMED_ENTITY
        name = "" if mention.mention_id == str(number) else mention.mention_id
        said = {"type": entity.type, "name": entity.name}
        features = mention_features({"level": mention.level, "metonymic": mention.metonymic}, said, identifier, type, name)
        features |= self._fragments(FRAGMENTS, mention.fragments) if len(mention.fragments) > 1 else {}
        span = self._envelope(mention.fragments)
        if old is not None:
            own = old.element.features
            more = {key: value for key, value in own.items() if key not in KNOWN}
            untold = TYPE_FEATURE[type]
            more |= {untold: own[untold]} if own.get(untold) in ("", UNTYPED) and untold not in features else {}
            features = more | features
            if len(mention.fragments) == 1:
                span = self._old_span(old, mention.fragments) or span
        self._add(Element(number, type, self._at(span) | features, old.element.texts if old else {}))

    def _old_span(self, old: Kept, fragments: list[Fragment]) -> Span | None:
        """The place of an element as it was, where its record still has that."""
        place = place_of(old, self.source, self.foreign.target)
        same = place is not None and self.foreign.target is not None and self.foreign.target.fragments([place]) == fragments
        return place if same else None

    def _claim(self, claim: Claim, old: Kept | None, first: Mapping[str, int]) -> None:
        numbers = self.foreign.numbers
        number = numbers[claim.claim_id]
        record = {key: getattr(claim, key) for key in ("type", "quotation", "stance", "attitude")}
        features = claim_features(record, "" if claim.claim_id == str(number) else claim.claim_id)
        for feature, column in PARTS.items():
            features |= self._fragments(feature, getattr(claim, column))
        features |= self._links(SOURCE_ENTITIES, [first[entity] for entity in claim.source_entity_ids])
        features |= self._links(PARENT, [numbers[claim.parent_id]] if claim.parent_id is not None else [])
        if old is not None:
            known = {*CLAIM_FEATURES, *PARTS, SOURCE_ENTITIES, PARENT}
            features = {key: value for key, value in old.element.features.items() if key not in known} | features
        span = self._envelope(claim.content)
        self._add(Element(number, CLAIM, self._at(span) | features, old.element.texts if old else {}))

    def _relations(self, claim: Claim) -> None:
        for relation in claim.relations:
            ends = {"Governor": claim.claim_id, "Dependent": relation.target_id}
            features = {key: str(self.foreign.numbers[name]) for key, name in ends.items()}
            span = self._envelope(self.foreign.claims[relation.target_id].content)
            self._add(Element(self.foreign.new(), RELATION, self._at(span) | features | {"value": relation.type}))

    # -------------------------------------------------------------------------------------------- foreign and text

    def write_foreign(self) -> None:
        """Write what is in no record."""
        for one in self.foreign.kept.values():
            if one.record or one.element.type == METADATA:
                continue
            features = {**one.element.features} | ({"sofa": str(self.foreign.sofa)} if "sofa" in one.element.features else {})
            span = place_of(one, self.source, self.foreign.target) if one.is_annotation else None
            self._add(one.element._replace(features=(self._at(span) if span else {}) | features), one.is_indexed)

    def write_text(self, bundle: Bundle) -> None:
        """Write title, language, paragraphs and sentences; those of the table foreign are written in the place of others."""
        there = {element.type for element in self.elements}
        old = next((one for one in self.foreign.kept.values() if one.element.type == METADATA), None)
        end = len(self.source.source_text.encode("utf-16-le", "surrogatepass")) // 2
        features = metadata_features(bundle.document, end)
        more = {key: value for key, value in old.element.features.items() if key not in features} if old else {}
        self._add(
            Element(old.element.id if old else self.foreign.new(), METADATA, {"sofa": str(self.foreign.sofa)} | features | more)
        )
        for paragraph in bundle.paragraphs:
            if PARAGRAPH not in there:
                role = {} if paragraph.role == "body" else {"divType": paragraph.role}
                span = self.source.span(paragraph.start, paragraph.end)
                self._add(Element(self.foreign.new(), PARAGRAPH, self._at(span) | role))
            for sentence in paragraph.sentences if SENTENCE not in there else ():
                span = self.source.span(sentence.start, sentence.end)
                self._add(Element(self.foreign.new(), SENTENCE, self._at(span)))
