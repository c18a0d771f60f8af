"""Rules on ids, references and tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from corpus_tools.findings import Finding, nearest, quoted
from corpus_tools.records import Claim, Entity, Mention
from corpus_tools.rules import Bundle, annotations_of, found_in, name_of, place_of, rule


@rule
def ids_unique(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """An id names one record of an annotator in a document, whatever the table."""
    seen: set[str] = set()
    for record in annotations_of(bundle):
        name = name_of(record)
        if name in seen:
            yield found_in(bundle, "ids-unique", name, f"a second record with the id {name}", "an id of its own")
        seen.add(name)


@rule
def annotator_known(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Annotators are those that corpus.yaml names."""
    known = config["annotators"]
    for annotator in dict.fromkeys(record.annotator for record in annotations_of(bundle)):
        if annotator not in known:
            record = next(name_of(r) for r in annotations_of(bundle) if r.annotator == annotator)
            found = f"the annotator {quoted(annotator)}"
            yield found_in(
                bundle, "annotator-known", record, found, f"one of annotators: {', '.join(known)}", nearest(annotator, known)
            )


@rule
def reference_resolves(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Every id that a record refers to is there, in the same document and by the same annotator."""
    paragraphs = {p.paragraph_id for p in bundle.paragraphs}
    entities: dict[str, set[str]] = {}
    for entity in bundle.entities:
        entities.setdefault(entity.annotator, set()).add(entity.entity_id)
    claims: dict[str, set[str]] = {}
    for claim in bundle.claims:
        claims.setdefault(claim.annotator, set()).add(claim.claim_id)
    for mention in bundle.mentions:
        yield from _dangling(bundle, mention, "paragraph", [mention.paragraph_id], paragraphs)
        yield from _dangling(bundle, mention, "entity", [mention.entity_id], entities.get(mention.annotator, ()))
    for claim in bundle.claims:
        targets = [relation.target_id for relation in claim.relations]
        targets += [claim.parent_id] if claim.parent_id is not None else []
        yield from _dangling(bundle, claim, "paragraph", [claim.paragraph_id], paragraphs)
        yield from _dangling(bundle, claim, "entity", claim.source_entity_ids, entities.get(claim.annotator, ()))
        yield from _dangling(bundle, claim, "claim", targets, claims.get(claim.annotator, ()))


def _dangling(bundle: Bundle, record: Mention | Claim, what: str, used: Iterable[str], known: Collection[str]) -> Iterator[Finding]:
    for name in used:
        if name not in known:
            found = f"the {what} {quoted(name)}, which is not there"
            yield found_in(
                bundle,
                "reference-resolves",
                name_of(record),
                found,
                f"the id of {'an' if what[0] in 'aeiou' else 'a'} {what} of this document",
                nearest(name, known),
            )


@rule
def parent_cycle(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """No claim is, over its parents, inside itself."""
    parents = {name_of(c): f"{c.annotator}/{c.parent_id}" for c in bundle.claims if c.parent_id is not None}
    clear: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        name = start
        while name in parents and name not in clear and name not in path:
            path[name] = None
            name = parents[name]
        if name in path:
            found = f"the parents {' -> '.join([*list(path)[list(path).index(name) :], name])}"
            yield found_in(bundle, "parent-cycle", name, found, "an outermost claim without a parent")
        clear.update(path)


@rule
def relation_sound(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """No claim is related to itself, or twice to another by the same type."""
    for claim in bundle.claims:
        pairs = [(relation.type, relation.target_id) for relation in claim.relations]
        for kind, target in dict.fromkeys(pairs):
            if target == claim.claim_id:
                yield found_in(bundle, "relation-sound", name_of(claim), f"{kind} itself", "a relation to another claim")
            if pairs.count((kind, target)) > 1:
                yield found_in(bundle, "relation-sound", name_of(claim), f"{kind} {target} more than once", "it once")


@rule
def entity_mentioned(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Every entity has a mention."""
    mentioned = {(m.annotator, m.entity_id) for m in bundle.mentions}
    for entity in bundle.entities:
        if (entity.annotator, entity.entity_id) not in mentioned:
            yield found_in(
                bundle, "entity-mentioned", name_of(entity), "an entity without a mention", "a mention of it, or no such entity"
            )


@rule
def type_in_tag_set(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Types of entities, claims and relations are in the tag sets of the corpus."""
    used = [(name_of(entity), "entity_types", entity.type) for entity in bundle.entities]
    used += [(name_of(claim), "claim_types", claim.type) for claim in bundle.claims if claim.type is not None]
    used += [(name_of(claim), "relation_types", relation.type) for claim in bundle.claims for relation in claim.relations]
    for name, tag_set, tag in used:
        if tag not in config[tag_set]:
            expected = f"one of {tag_set}: " + ", ".join(config[tag_set])
            yield found_in(bundle, "type-in-tag-set", name, f"the type {quoted(tag)}", expected, nearest(tag, config[tag_set]))


@rule
def record_order(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Annotations stand by annotator, then in the order of the text (entities: of their ids)."""
    layers: tuple[Sequence[Entity | Mention | Claim], ...] = (bundle.entities, bundle.mentions, bundle.claims)
    for records in layers:
        for before, after in pairwise(records):
            if place_of(after) < place_of(before):
                found = f"{name_of(after)} behind {name_of(before)}"
                yield found_in(
                    bundle, "record-order", name_of(after), found, "it before: by annotator, then in the order of the text"
                )
