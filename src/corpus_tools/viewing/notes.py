"""Claims as the notes in the margin: who says what, what is nested in what, how claims refer to each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from corpus_tools.records import Claim, Entity, Fragment

AUTHOR, NOBODY = "the author", "nobody named"

Names = Mapping[tuple[str, str], Entity]


class Link(NamedTuple):
    """A reference to another claim, in words."""

    words: str
    record: str


class Note(NamedTuple):
    """A claim in the margin. ``record`` is ``annotator/id``, ``own`` the author's; ``labels`` are pairs of a class and words."""

    record: str
    id: str
    own: bool
    who: str
    cue: list[str]
    content: list[str]
    labels: list[tuple[str, str]]
    links: list[Link]
    inner: list[Note]


def notes(claims: Sequence[Claim], entities: Names) -> dict[str, list[Note]]:
    """The notes of one annotator by paragraph; a claim that another one of its paragraph reports is inside the note of that.

    Args:
        claims: of one annotator in one document, sound by the rules: parents are there and in no circle.
        entities: by annotator and id.
    """
    by_id = {claim.claim_id: claim for claim in claims}
    inner: dict[str, list[Claim]] = defaultdict(list)
    outer: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        parent = by_id.get(claim.parent_id or "")
        if parent and parent.paragraph_id == claim.paragraph_id:
            inner[parent.claim_id].append(claim)
        else:
            outer[claim.paragraph_id].append(claim)
    referring: dict[str, list[Link]] = defaultdict(list)
    for claim in claims:
        for relation in claim.relations:
            referring[relation.target_id].append(Link(f"{claim.claim_id} {relation.type} this", record_name(claim)))

    family = _Family(by_id, inner, referring, entities)
    return {paragraph: [_note(claim, family) for claim in own] for paragraph, own in outer.items()}


class _Family(NamedTuple):
    """All that a note says of others: claims by id, those within each, what refers to each, and the entities."""

    by_id: Mapping[str, Claim]
    inner: Mapping[str, list[Claim]]
    referring: Mapping[str, list[Link]]
    entities: Names


def _note(claim: Claim, family: _Family) -> Note:
    inside = [_note(child, family) for child in family.inner.get(claim.claim_id, ())]
    own = claim.source_kind == "author"
    links = _links(claim, family.by_id, family.referring.get(claim.claim_id, ()))
    cue, content, labels = _words(claim.cue), _words(claim.content), _labels(claim)
    return Note(record_name(claim), claim.claim_id, own, who(claim, family.entities), cue, content, labels, links, inside)


def record_name(claim: Claim) -> str:
    """The name of a claim within its document."""
    return f"{claim.annotator}/{claim.claim_id}"


def who(claim: Claim, entities: Names) -> str:
    """Who puts a claim forward, in words."""
    named = [named_entity(entities, claim.annotator, entity) for entity in claim.source_entity_ids]
    if named:
        return ", ".join(named)
    return AUTHOR if claim.source_kind == "author" else " … ".join(_words(claim.source)) or NOBODY


def named_entity(entities: Names, annotator: str, entity_id: str) -> str:
    """The name of an entity, or its id where it has none."""
    entity = entities.get((annotator, entity_id))
    return (entity and entity.name) or entity_id


def _words(fragments: Iterable[Fragment]) -> list[str]:
    return [fragment.text or "" for fragment in fragments]


_QUOTATION = {"direct": "direct quotation", "mixed": "partly quoted", "indirect": "indirect"}


def _labels(claim: Claim) -> list[tuple[str, str]]:
    labels = [("type", claim.type)] if claim.type else []
    labels += [("quotation", _QUOTATION[claim.quotation])] if claim.quotation else []
    labels += [("attitude", f"source {claim.attitude}")] if claim.attitude != "affirms" else []
    labels += [(f"stance {claim.stance}", f"author {claim.stance}")] if claim.stance else []
    return labels


def _links(claim: Claim, by_id: Mapping[str, Claim], referring: Iterable[Link]) -> list[Link]:
    """What leads from a claim to others: its parent where that is in another paragraph, its relations, and those to it."""
    links = []
    parent = by_id.get(claim.parent_id or "")
    if parent and parent.paragraph_id != claim.paragraph_id:
        links.append(Link(f"reported within {parent.claim_id} of {parent.paragraph_id}", record_name(parent)))
    for relation in claim.relations:
        links.append(Link(f"{relation.type} {relation.target_id}", f"{claim.annotator}/{relation.target_id}"))
    return [*links, *referring]
