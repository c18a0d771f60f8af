"""The annotations of one annotator in one document, in a form that is compared: what stands where, without ids.

All lists are sorted by what the annotations say, so the order of records and the choice of ids change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from corpus_tools.reading import DocumentRows
from corpus_tools.records import Claim, Entity, Mention
from corpus_tools.scoring.clusters import Cluster
from corpus_tools.scoring.spans import Spans, spans_of

MENTION_ATTRIBUTES = ("level", "metonymic")
CLAIM_ATTRIBUTES = ("source_kind", "quotation", "attitude", "stance", "type")


class MentionUnit(NamedTuple):
    """A mention. ``key`` is its span, numbered where the annotator has several mentions on the same span."""

    spans: Spans
    type: str
    key: tuple[Spans, int]
    entity: int
    record: Mention


class ClaimUnit(NamedTuple):
    """A claim. ``parent`` and ``relations`` lead to other claims by id."""

    content: Spans
    source: Spans
    cue: Spans
    record: Claim

    @property
    def spans(self) -> tuple[Spans, Spans, Spans]:
        """Content, source and cue."""
        return self.content, self.source, self.cue


class Layers(NamedTuple):
    """What one annotator says of a document: ``clusters[mention.entity]`` are the keys of the mentions of its entity."""

    mentions: list[MentionUnit]
    clusters: list[Cluster]
    names: list[str]
    claims: list[ClaimUnit]

    @property
    def empty(self) -> bool:
        """Whether the annotator has nothing there."""
        return not (self.mentions or self.claims)


def layers_of(document: DocumentRows, annotator: str) -> Layers:
    """What an annotator says of a document, of the sound rows of it."""
    own = {
        table: [record for record in document.rows[table].records if record.annotator == annotator]
        for table in ("entities", "mentions", "claims")
    }
    claims = [ClaimUnit(spans_of(c.content), spans_of(c.source), spans_of(c.cue), c) for c in own["claims"]]
    return Layers(*_mentions(own["entities"], own["mentions"]), sorted(claims, key=_claim_order))


def _claim_order(claim: ClaimUnit) -> Any:
    return *claim.spans, [str(getattr(claim.record, name)) for name in CLAIM_ATTRIBUTES]


def _mentions(entities: Iterable[Entity], mentions: Iterable[Mention]) -> tuple[list[MentionUnit], list[Cluster], list[str]]:
    """Units and clusters of mentions, both in an order that no id has a part in."""
    by_id = {entity.entity_id: entity for entity in entities}
    together: dict[str, list[tuple[Spans, Mention]]] = {}
    for mention in mentions:
        together.setdefault(mention.entity_id, []).append((spans_of(mention.fragments), mention))
    groups = sorted(together.items(), key=lambda group: _group_order(by_id, *group))
    seen: dict[Spans, int] = {}
    units = []
    for number, (entity_id, members) in enumerate(groups):
        for spans, mention in sorted(members, key=_mention_order):
            seen[spans] = seen.get(spans, -1) + 1
            units.append(MentionUnit(spans, _type(by_id, entity_id), (spans, seen[spans]), number, mention))
    clusters: list[set[tuple[Spans, int]]] = [set() for _ in groups]
    for unit in units:
        clusters[unit.entity].add(unit.key)
    names = [getattr(by_id.get(entity_id), "name", None) or entity_id for entity_id, _ in groups]
    return units, [frozenset(cluster) for cluster in clusters], names


def _mention_order(member: tuple[Spans, Mention]) -> Any:
    return member[0], *(str(getattr(member[1], name)) for name in MENTION_ATTRIBUTES)


def _group_order(by_id: Mapping[str, Entity], entity_id: str, members: list[tuple[Spans, Mention]]) -> Any:
    return sorted(spans for spans, _ in members), _type(by_id, entity_id), sorted(map(_mention_order, members))


def _type(by_id: Mapping[str, Entity], entity_id: str) -> str:
    return by_id[entity_id].type if entity_id in by_id else ""
