"""Rules on ids, references and tags."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from corpus_tools.findings import Finding, nearest, quoted
from corpus_tools.records import Claim, Entity, Mention
from corpus_tools.rules import Bundle, found_in, id_of, name_of, places_of, rule


@rule
def ids_unique(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """An id names one record of an annotator in a document, whatever the table."""
    ids = [e.entity_id for e in bundle.entities] + [m.mention_id for m in bundle.mentions]
    ids += [c.claim_id for c in bundle.claims] + [f.id for f in bundle.foreign]
    if len(set(ids)) < len(ids):  # else all differ, whoever gave them
        names = Counter((record.annotator, id_of(record)) for layer in bundle.layers for record in layer)
        for annotator, own in sorted(name for name, count in names.items() if count > 1):
            name = f"{annotator}/{own}"
            yield found_in(bundle, "ids-unique", name, f"a second record with the id {name}", "an id of its own")


@rule
def annotator_known(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Annotators are those that corpus.yaml names."""
    known = config["annotators"]
    if {record.annotator for layer in bundle.layers for record in layer} <= known.keys():
        return
    first = {record.annotator: record for layer in bundle.layers for record in reversed(layer)}
    for annotator, record in first.items():
        if annotator not in known:
            found, expected = f"the annotator {quoted(annotator)}", f"one of annotators: {', '.join(known)}"
            yield found_in(bundle, "annotator-known", name_of(record), found, expected, nearest(annotator, known))


@rule
def reference_resolves(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Every id that a record refers to is there, in the same document and by the same annotator."""
    paragraphs = {p.paragraph_id for p in bundle.paragraphs}
    entities = {(e.annotator, e.entity_id) for e in bundle.entities}
    claims = {(c.annotator, c.claim_id) for c in bundle.claims}
    for record in _astray(bundle, paragraphs):
        yield _dangling(bundle, record, "paragraph", record.paragraph_id, paragraphs)
    if not bundle.mentioned <= entities:
        for mention in bundle.mentions:
            if (mention.annotator, mention.entity_id) not in entities:
                yield _dangling(bundle, mention, "entity", mention.entity_id, _own(entities, mention))
    for claim in bundle.claims:
        for name in claim.source_entity_ids:
            if (claim.annotator, name) not in entities:
                yield _dangling(bundle, claim, "entity", name, _own(entities, claim))
        for target in _targets(claim) if claim.relations or claim.parent_id is not None else ():
            if (claim.annotator, target) not in claims:
                yield _dangling(bundle, claim, "claim", target, _own(claims, claim))


def _astray(bundle: Bundle, paragraphs: set[str]) -> Iterator[Mention | Claim]:
    """Mentions and claims in a paragraph that is not there."""
    layers: tuple[Sequence[Mention | Claim], ...] = (bundle.mentions, bundle.claims)
    for layer in layers:
        if not {record.paragraph_id for record in layer} <= paragraphs:
            yield from (record for record in layer if record.paragraph_id not in paragraphs)


def _targets(claim: Claim) -> list[str]:
    """The claims that a claim refers to."""
    return [*(r.target_id for r in claim.relations), *([] if claim.parent_id is None else [claim.parent_id])]


def _own(names: Iterable[tuple[str, str]], record: Mention | Claim) -> list[str]:
    return [name for annotator, name in names if annotator == record.annotator]


def _dangling(bundle: Bundle, record: Mention | Claim, what: str, name: str, known: Iterable[str]) -> Finding:
    expected = f"the id of {'an' if what[0] in 'aeiou' else 'a'} {what} of this document"
    return found_in(
        bundle,
        "reference-resolves",
        name_of(record),
        f"the {what} {quoted(name)}, which is not there",
        expected,
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
    for claim in (c for c in bundle.claims if c.relations):
        pairs = [(relation.type, relation.target_id) for relation in claim.relations]
        for kind, target in dict.fromkeys(pairs):
            if target == claim.claim_id:
                yield found_in(bundle, "relation-sound", name_of(claim), f"{kind} itself", "a relation to another claim")
            if pairs.count((kind, target)) > 1:
                yield found_in(bundle, "relation-sound", name_of(claim), f"{kind} {target} more than once", "it once")


@rule
def entity_mentioned(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Every entity has a mention."""
    for entity in bundle.entities:
        if (entity.annotator, entity.entity_id) not in bundle.mentioned:
            yield found_in(
                bundle, "entity-mentioned", name_of(entity), "an entity without a mention", "a mention of it, or no such entity"
            )


@rule
def type_in_tag_set(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Types of entities, claims and relations are in the tag sets of the corpus."""
    used: list[tuple[Entity | Claim, str, str]] = [(entity, "entity_types", entity.type) for entity in bundle.entities]
    used += [(claim, "claim_types", claim.type) for claim in bundle.claims if claim.type is not None]
    used += [(claim, "relation_types", relation.type) for claim in bundle.claims for relation in claim.relations]
    for record, tag_set, tag in used:
        if tag not in config[tag_set]:
            found, expected = f"the type {quoted(tag)}", f"one of {tag_set}: " + ", ".join(config[tag_set])
            yield found_in(bundle, "type-in-tag-set", name_of(record), found, expected, nearest(tag, config[tag_set]))


@rule
def foreign_attributes(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The attributes of a foreign record are a JSON object."""
    for record in bundle.foreign:
        if record.attributes is not None and not _is_object(record.attributes):
            expected = "a JSON object, as text"
            yield found_in(bundle, "foreign-attributes", name_of(record), f"attributes {quoted(record.attributes)}", expected)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


@rule
def record_order(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Annotations stand by annotator, then in the order of the text (entities: of their ids)."""
    for records, in_order in zip(bundle.layers, bundle.are_in_order, strict=True):
        if not in_order:
            places = places_of(records)
            index = next(i for i in range(1, len(places)) if places[i] < places[i - 1])
            found = f"{name_of(records[index])} behind {name_of(records[index - 1])}"
            expected = "it before: by annotator, then in the order of the text"
            yield found_in(bundle, "record-order", name_of(records[index]), found, expected)
