"""Rules on mentions and claims: derived columns, and fields that must agree with each other or with the text."""

from __future__ import annotations

import re
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


# ------------------------------------------------------------------------------------------------ quotation marks

_PAIRS = {"“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "「": "」", "『": "』", "‘": "’", '"': '"', "'": "'"}
_MARKS = re.compile("[“”„«»‹›「」『』\"'‘’]")


def quoted_stretches(text: str) -> list[tuple[int, int]]:
    """The stretches of a paragraph inside quotation marks, the marks left out; the last may lack its closing mark."""
    stretches: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    for match in _MARKS.finditer(text):
        mark = match[0]
        if mark in "'‘’" and not _is_quote(text, match.start(), mark):
            continue
        depth = next((i for i in reversed(range(len(opened))) if mark in _PAIRS[opened[i][0]]), None)
        if depth is not None:
            stretches.append((opened[depth][1], match.start()))
            del opened[depth:]
        elif mark in _PAIRS:
            opened.append((mark, match.end()))
    stretches += [(start, len(text)) for mark, start in opened if mark not in "'‘"]
    return sorted(stretches)


def _is_quote(text: str, at: int, mark: str) -> bool:
    """A single mark opens where no letter stands before it, and closes where none follows; else it is an apostrophe."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    opens = mark != "’" and not before.isalnum() and bool(after) and not after.isspace()
    closes = mark != "‘" and bool(before) and not before.isspace() and not after.isalnum()
    return opens or closes


@rule
def quotation_marks(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Direct content stands in quotation marks, mixed content has a quoted stretch that is no scare quote."""
    paragraphs = {p.paragraph_id: p for p in bundle.paragraphs}
    cache: dict[str, list[tuple[int, int]]] = {}
    for claim in bundle.claims:
        if claim.quotation not in ("direct", "mixed") or claim.paragraph_id not in paragraphs:
            continue
        paragraph = paragraphs[claim.paragraph_id]
        stretches = cache.setdefault(paragraph.paragraph_id, quoted_stretches(paragraph.text))
        offset = paragraph.start
        if claim.quotation == "direct" and not all(_inside(f, stretches, offset) for f in claim.content):
            yield found_in(
                bundle, "quotation-marks", name_of(claim), "direct, outside quotation marks", "mixed, indirect, or other content"
            )
        if claim.quotation == "mixed" and not _has_quote(claim, stretches, offset):
            found = "mixed, without a quoted stretch that is no scare quote"
            yield found_in(bundle, "quotation-marks", name_of(claim), found, "indirect, direct, or other content")


def _inside(fragment: Fragment, stretches: list[tuple[int, int]], offset: int) -> bool:
    return any(start - 1 <= fragment.start - offset and fragment.end - offset <= end + 1 for start, end in stretches)


def _has_quote(claim: Claim, stretches: list[tuple[int, int]], offset: int) -> bool:
    scare = {(f.start - offset, f.end - offset) for f in claim.scare_quotes}
    return any(
        start < fragment.end - offset and fragment.start - offset < end and not any(a <= start and end <= b + 1 for a, b in scare)
        for fragment in claim.content
        for start, end in stretches
    )


@rule
def scare_quote_place(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """A scare quote is a stretch of the claim's content that stands in quotation marks."""
    paragraphs = {p.paragraph_id: p for p in bundle.paragraphs}
    for claim in bundle.claims:
        for fragment in claim.scare_quotes if claim.paragraph_id in paragraphs else ():
            paragraph = paragraphs[claim.paragraph_id]
            if not any(c.start <= fragment.start and fragment.end <= c.end for c in claim.content):
                yield found_in(
                    bundle, "scare-quote-place", name_of(claim), f"{quoted(fragment.text)} outside the content", "a stretch of it"
                )
            elif not _inside(fragment, quoted_stretches(paragraph.text), paragraph.start):
                yield found_in(
                    bundle,
                    "scare-quote-place",
                    name_of(claim),
                    f"{quoted(fragment.text)} without marks",
                    "words in quotation marks",
                )
