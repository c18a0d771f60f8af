"""Rules on mentions and claims: derived columns, and fields that must agree with each other or with the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from corpus_tools.derived import entities_in, mention_text, source_kind
from corpus_tools.findings import Finding, quoted
from corpus_tools.records import Claim, Fragment, Mention
from corpus_tools.rules import Bundle, found_in, name_of, rule

Record = TypeVar("Record", Mention, Claim)


@rule
def derived_column(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Columns that derive from others are what they derive from: a mention's start, end and text; a claim's entity_ids."""
    by_paragraph: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    for mention in bundle.mentions:
        by_paragraph[mention.annotator, mention.paragraph_id].append(mention)
        fragments = mention.fragments
        text = fragments[0].text if len(fragments) == 1 else mention_text(fragments)
        if mention.text != text or mention.start != fragments[0].start or mention.end != fragments[-1].end:
            found = f"{mention.start}-{mention.end} {quoted(mention.text)}"
            expected = f"{fragments[0].start}-{fragments[-1].end} {quoted(text)}, as its fragments say"
            yield found_in(bundle, "derived-column", name_of(mention), found, expected)
    for claim in bundle.claims:
        entities = entities_in(claim.content, by_paragraph[claim.annotator, claim.paragraph_id])
        if claim.entity_ids != entities:
            found, expected = f"entity_ids {_names(claim.entity_ids)}", f"{_names(entities)}, the entities mentioned in its content"
            yield found_in(bundle, "derived-column", name_of(claim), found, expected)


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
    """The author's own claims have neither quotation nor stance, and no parent."""
    for claim in bundle.claims:
        given = [name for name in ("quotation", "stance", "parent_id") if getattr(claim, name) is not None]
        if claim.source_kind == "author" and given:
            yield found_in(bundle, "author-claim", name_of(claim), f"{_names(given)} on a claim of the author's own", "null there")


@rule
def mention_twice(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """No two mentions of an entity by an annotator have the same span."""
    if len({(m.annotator, m.entity_id, m.start, m.end) for m in bundle.mentions}) == len(bundle.mentions):
        return
    for mention, other in _twins(bundle.mentions, lambda m: (m.annotator, m.entity_id, *_spans(m.fragments))):
        found = f"the span and entity of {name_of(other)} again ({quoted(mention.text)}, {mention.entity_id})"
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
