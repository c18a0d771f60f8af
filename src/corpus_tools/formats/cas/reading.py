"""The elements of an XMI file -> records in the machine form, each element accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from corpus_tools.findings import Finding
from corpus_tools.formats.cas.claims import Claims, claim_features, is_plain_relation
from corpus_tools.formats.cas.divisions import Divisions, is_plain_metadata, metadata_of
from corpus_tools.formats.cas.foreign import foreign_records
from corpus_tools.formats.cas.mentions import Mentions, links_of, mention_features
from corpus_tools.formats.cas.names import (
    CHAIN,
    CLAIM,
    FRAGMENTS,
    METADATA,
    NAMED_ENTITY,
    PARAGRAPH,
    PARENT,
    PARTS,
    PLACE,
    RELATION,
    SENTENCE,
    SOURCE_ENTITIES,
    TYPE_FEATURE,
    short,
)
from corpus_tools.formats.cas.parts import Names
from corpus_tools.formats.cas.sound import SoundElements
from corpus_tools.formats.cas.types import Kinds
from corpus_tools.formats.cas.xmi import NULL, SOFA, VIEW, Element, NotXml, number
from corpus_tools.placing import Span, ToText

Record = dict[str, Any]


class Annotated(NamedTuple):
    """What a file says: records, metadata, what became of each element by type, what was changed, what was refused."""

    records: list[Record]
    metadata: dict[str, Any]
    counts: Counter[tuple[str, str]]
    notes: Counter[str]
    findings: list[Finding]


class Contents(NamedTuple):
    """What a file holds: the number and text of its first view, what is in the index (None: all), and the elements."""

    sofa: int
    text: str
    members: Sequence[str] | None
    line: int
    elements: list[Element]


def contents(found: Sequence[Element]) -> Contents:
    """Sort the elements of a file.

    Raises:
        NotXml: it has no text.
    """
    sofas = [element for element in found if element.type == SOFA]
    sofa = next((s for s in sofas if s.features.get("sofaID") == "_InitialView"), sofas[0] if sofas else None)
    if sofa is None or "sofaString" not in sofa.features:
        raise NotXml(sofa.line if sofa else 1, "a CAS without text", "a Sofa with a sofaString")
    views = [element for element in found if element.type == VIEW and number(element.features.get("sofa")) == sofa.id]
    members = views[0].features.get("members", "").split() if views else None
    own = [e for e in found if e.type not in (SOFA, VIEW, NULL) or (e.type == SOFA and e is not sofa)]
    return Contents(sofa.id, sofa.features["sofaString"], members, views[0].line if views else 1, own)


def read_elements(held: Contents, path: str, target: ToText, kinds: Kinds, decided: Mapping[str, Any] | None) -> Annotated:
    """Read the elements of a file with the text that ``target`` has; ``decided`` is the metadata that another file of it gave."""
    sound = SoundElements(path, target, kinds, held.sofa)
    sound.take(held.elements)
    noted, target.notes = target.notes, Counter()  # each span once
    reading = _Reading(sound, sound.members(held.members, held.line), decided)
    reading.run()
    reading.notes.update({note: number for note, number in target.notes.items() if note.startswith("lists")})
    records = reading.records()
    target.notes = noted
    counts = Counter([*sound.refused, *((short(sound.by_id[key].type), outcome) for key, outcome in reading.outcomes.items())])
    return Annotated(records, reading.metadata, counts, reading.notes, sound.findings)


class _Reading:
    """Makes records of sound elements, and says of each what became of it."""

    def __init__(self, sound: SoundElements, members: set[int], decided: Mapping[str, Any] | None) -> None:
        self.sound, self.members, self.decided = sound, members, decided
        self.by_id, self.spans = sound.by_id, sound.spans
        self.names = Names()
        self.mentions = Mentions(self.by_id, self.spans, sound.target, self.names)
        self.claims = Claims(self.by_id, self.spans, sound.target, self.names)
        self.outcomes: dict[int, str] = {}
        self.metadata: dict[str, Any] = {}
        self.notes: Counter[str] = Counter()

    def run(self) -> None:
        """Go through the elements, type by type."""
        by_type: dict[str, list[Element]] = {}
        for key in sorted(self.members):
            by_type.setdefault(self.by_id[key].type, []).append(self.by_id[key])
        for type in TYPE_FEATURE:
            for element in by_type.get(type, []):
                self.mentions.take(element)
        for chain in by_type.get(CHAIN, []):
            self.mentions.join(chain)
        self.mentions.settle()
        entities = {key: mention["entity_id"] for key, mention in self.mentions.mentions.items()}
        for element in by_type.get(CLAIM, []):
            self.claims.take(element, entities)
        self.claims.settle()
        for element in by_type.get(RELATION, []):
            self.outcomes[element.id] = self.claims.relate(element, is_plain_relation(element))
        self.outcomes |= self.mentions.outcomes | self.claims.outcomes
        for used, what in ((self.mentions.used, "part of a mention"), (self.claims.used, "part of a claim")):
            for key, parts in used.items():
                if key in self.mentions.mentions or key in self.claims.claims:
                    for part in parts:
                        self.outcomes.setdefault(part, what)
        self._divisions([self.by_id[key] for key in sorted(self.members)])
        for key in self.by_id:
            self.outcomes.setdefault(key, "foreign")

    def _divisions(self, elements: Sequence[Element]) -> None:
        """Take title, language, sentences and paragraphs; what another file says otherwise, or is but in part as here, is foreign."""
        said = metadata_of(elements)
        language = (said if self.decided is None else self.decided).get("language", "und")
        found = Divisions(elements, self.spans, self.sound.target, language)
        self.metadata = said | found.metadata
        decided = self.metadata if self.decided is None else self.decided
        for type, key in ((SENTENCE, "sentence_starts"), (PARAGRAPH, "roles")):
            own = {element.id for element in elements if element.type == type}
            if decided.get(key) != found.metadata.get(key):
                continue
            taken = {name: what for name, what in found.outcomes.items() if name in own}
            whole = taken.keys() == own  # an export writes all of them, or those that are foreign
            self.outcomes |= {name: what if whole else f"{what}, and foreign" for name, what in taken.items()}
        first = next((element for element in elements if element.type == METADATA), None)
        if first is not None:
            same = {key: decided.get(key) for key in ("title", "language")} == {key: said.get(key) for key in ("title", "language")}
            is_plain = same and is_plain_metadata(first, self.sound.length)
            self.outcomes[first.id] = "title and language" if is_plain else "title and language, and foreign"

    # ----------------------------------------------------------------------------------------------------- foreign

    def records(self) -> list[Record]:
        """All records; what they do not hold, or would not give again as it is, is foreign."""
        mentions, claims = self.mentions.mentions, self.claims.claims
        foreign = {
            key for key, what in self.outcomes.items() if what.startswith(("foreign", "coreference")) or what.endswith("foreign")
        }
        foreign |= {key for chain in self.mentions.joins for key in links_of(self.by_id[chain], self.by_id)}
        while True:
            wanted = {other for key in foreign for other in self.sound.references(self.by_id[key])}
            more = {key for key in wanted - foreign if key not in mentions and key not in claims}
            if not more:
                break
            foreign |= more
        changed = self._changed(wanted)
        if changed - foreign:
            self.notes["elements in a record, and kept as foreign for what that does not hold"] += len(changed - foreign)
        held = {**{key: m["mention_id"] for key, m in mentions.items()}, **{key: c["claim_id"] for key, c in claims.items()}}
        kept = [(self.by_id[key], held.get(key, "")) for key in sorted(foreign | changed)]
        used = {mention["entity_id"] for mention in mentions.values()}
        entities = [entity for name, entity in self.mentions.entities.items() if name in used]
        return [
            *entities,
            *mentions.values(),
            *claims.values(),
            *foreign_records(kept, self.sound, self.members, self.names),
        ]

    def _changed(self, wanted: set[int]) -> set[int]:
        """The elements of records that an export would not write as they are, or that others know by their number."""
        found: set[int] = set()
        sizes = Counter(mention["entity_id"] for mention in self.mentions.mentions.values())
        for key, mention in self.mentions.mentions.items():
            element, entity = self.by_id[key], self.mentions.entities[mention["entity_id"]]
            name = mention["mention_id"] if mention["mention_id"] != str(key) else ""
            alone = sizes[mention["entity_id"]] == 1 and mention["entity_id"] == f"{mention['mention_id']}.entity"
            identifier = "" if alone else f"#{mention['entity_id']}"
            if element.type != NAMED_ENTITY or not self._is_as(
                element, mention_features(mention, entity, identifier, element.type, name), {FRAGMENTS}, mention["fragments"]
            ):
                found.add(key)
        for key, claim in self.claims.claims.items():
            name = claim["claim_id"] if claim["claim_id"] != str(key) else ""
            links = {*PARTS, SOURCE_ENTITIES, PARENT}
            if not self._is_as(self.by_id[key], claim_features(claim, name), links, claim["content"]):
                found.add(key)
        return found | {
            key for key in wanted if key in self.mentions.mentions or key in self.claims.claims if self._is_renamed(key)
        }

    def _is_renamed(self, key: int) -> bool:
        record = self.mentions.mentions.get(key) or self.claims.claims[key]
        return str(key) != record.get("mention_id", record.get("claim_id"))

    def _is_as(self, element: Element, features: dict[str, str], links: set[str], fragments: Sequence[Any]) -> bool:
        own = {key: value for key, value in element.features.items() if key not in PLACE and key not in links}
        span: Span = self.sound.target.source_span(fragments[0].start, fragments[-1].end)
        return own == features and not element.texts and span == self.spans[element.id]
