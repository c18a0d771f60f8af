"""Rules on mentions and claims: derived columns, and fields that must agree with each other or with the text."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from corpus_tools.derived import entities_of, in_text_order, mention_text, source_kind
from corpus_tools.findings import Finding, quoted
from corpus_tools.records import Claim, Fragment, Mention
from corpus_tools.rules import Bundle, found_in, name_of, rule

Record = TypeVar("Record", Mention, Claim)


@rule
def derived_column(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Columns that derive from others are what they derive from: a mention's start, end and text; a claim's entity_ids."""
    unlike = [
        m
        for m in bundle.mentions
        if len(m.fragments) > 1 or m.start != (f := m.fragments[0]).start or m.end != f.end or m.text != f.text
    ]
    for mention in unlike:
        first, last, text = mention.fragments[0], mention.fragments[-1], mention_text(mention.fragments)
        if (mention.start, mention.end, mention.text) != (first.start, last.end, text):
            found = f"{mention.start}-{mention.end} {_words(mention.text)}"
            expected = f"{first.start}-{last.end} {_words(text)}, as its fragments say"
            yield found_in(bundle, "derived-column", name_of(mention), found, expected)
    own = _in_text_order(bundle)
    starts = {annotator: [mention.start for mention in mentions] for annotator, mentions in own.items()}
    for claim in bundle.claims:
        begins = starts.get(claim.annotator, [])
        inside = slice(bisect_left(begins, claim.content[0].start), bisect_left(begins, claim.content[-1].end))
        entities = entities_of(claim.content, own[claim.annotator][inside] if begins else [])
        if claim.entity_ids != entities:
            found, expected = f"entity_ids {_names(claim.entity_ids)}", f"{_names(entities)}, the entities mentioned in its content"
            yield found_in(bundle, "derived-column", name_of(claim), found, expected)


def _in_text_order(bundle: Bundle) -> dict[str, list[Mention]]:
    """The mentions of each annotator in the order of the text, in which they usually stand."""
    mentions, (_, are_in_order, *_) = bundle.mentions, bundle.are_in_order
    if mentions and are_in_order and mentions[0].annotator == mentions[-1].annotator:
        return {mentions[0].annotator: mentions}
    own: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        own[mention.annotator].append(mention)
    return {annotator: in_text_order(inside) for annotator, inside in own.items()}


def _words(text: str | None) -> str:
    return "without text" if text is None else quoted(text)


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


@rule
def claim_source(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The kind of the source agrees with what is given: entities (named), else a source (unnamed), else a cue (absent), else author."""
    for claim in bundle.claims:
        kind = source_kind(claim.source_entity_ids, claim.source, claim.cue)
        if claim.source_kind != kind:
            given = f"{len(claim.source_entity_ids)} entities, {len(claim.source)} source and {len(claim.cue)} cue fragments"
            yield found_in(bundle, "claim-source", name_of(claim), f"source_kind {claim.source_kind} with {given}", kind)
        if len(set(claim.source_entity_ids)) < len(claim.source_entity_ids):
            found = f"source_entity_ids {_names(claim.source_entity_ids)}"
            yield found_in(bundle, "claim-source", name_of(claim), found, "each entity once")


@rule
def author_claim(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The author's own claims have neither quotation nor stance, and no parent; all others have both, or neither where they are unknown."""
    for claim in bundle.claims:
        if claim.source_kind != "author" and (claim.quotation is None) == (claim.stance is None):
            continue
        given = [name for name in ("quotation", "stance", "parent_id") if getattr(claim, name) is not None]
        if not given or claim.source_kind != source_kind(claim.source_entity_ids, claim.source, claim.cue):
            continue  # claim-source reports a wrong kind
        if claim.source_kind == "author":
            found, expected = f"{_names(given)} on a claim of the author's own", "null there"
        else:
            found = f"{given[0]} alone on a claim of somebody else"
            expected = "quotation and stance, or neither where they are unknown"
        yield found_in(bundle, "author-claim", name_of(claim), found, expected)


@rule
def mention_twice(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """No two mentions of an entity by an annotator have the same span."""
    if len({(m.entity_id, m.start, m.end) for m in bundle.mentions}) == len(bundle.mentions):
        return
    for mention, other in _twins(bundle.mentions, lambda m: (m.annotator, m.entity_id, *_spans(m.fragments))):
        found = f"the span and entity of {name_of(other)} again ({_words(mention.text)}, {mention.entity_id})"
        yield found_in(bundle, "mention-twice", name_of(mention), found, "one mention")


@rule
def claim_twice(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """No two claims by an annotator have the same content, source and cue."""
    if len({(c.annotator, c.content[0].start, c.content[-1].end) for c in bundle.claims}) == len(bundle.claims):
        return
    for claim, other in _twins(bundle.claims, lambda c: (c.annotator, _spans(c.content), _spans(c.source), _spans(c.cue))):
        yield found_in(bundle, "claim-twice", name_of(claim), f"content, source and cue of {name_of(other)} again", "one claim")


def _spans(fragments: Sequence[Fragment]) -> tuple[tuple[int, int], ...]:
    return tuple((fragment.start, fragment.end) for fragment in fragments)


def _twins(records: Iterable[Record], key: Callable[[Record], Any]) -> Iterator[tuple[Record, Record]]:
    """Each record that has the key of an earlier one, with that one."""
    seen: dict[Any, Record] = {}
    for record in records:
        first = seen.setdefault(key(record), record)
        if first is not record:
            yield record, first
