"""Integrity rules across the records of one document.

A rule is a function of a `Bundle` and the corpus's tag sets that yields findings; its name, with dashes, is the rule's name, and the first
line of its docstring stands in the published table. Findings name the record as ``annotator/id``, paragraphs by id alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from corpus_tools.findings import Finding, nearest, quoted
from corpus_tools.readers import SEPARATOR
from corpus_tools.records import Claim, Document, Entity, Fragment, Mention, Paragraph
from corpus_tools.text import undo_edits


class Bundle(NamedTuple):
    """All records of one document."""

    document: Document
    paragraphs: list[Paragraph]
    entities: list[Entity]
    mentions: list[Mention]
    claims: list[Claim]


Rule = Callable[[Bundle, dict[str, Any]], Iterator[Finding]]
RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    """Register a rule."""
    RULES[function.__name__.replace("_", "-")] = function
    return function


def check_bundle(bundle: Bundle, config: dict[str, Any]) -> list[Finding]:
    """All findings of all rules on one document."""
    return [finding for function in RULES.values() for finding in function(bundle, config)]


def _finding(rule: str, bundle: Bundle, record: str, found: str, expected: str, nearest: str = "") -> Finding:
    doc_id = bundle.document.doc_id
    return Finding(rule=rule, document=doc_id, record=record, found=found, expected=expected, nearest=nearest)


def _id(record: Entity | Mention | Claim) -> str:
    """How findings name a record."""
    own = record.entity_id if isinstance(record, Entity) else record.mention_id if isinstance(record, Mention) else record.claim_id
    return f"{record.annotator}/{own}"


def _layers(bundle: Bundle) -> Iterator[tuple[str, str, list[Fragment]]]:
    """The fragment lists of all annotations: (record, paragraph, fragments)."""
    for mention in bundle.mentions:
        yield _id(mention), mention.paragraph_id, mention.fragments
    for claim in bundle.claims:
        for fragments in (claim.content, claim.source, claim.cue, claim.scare_quotes):
            yield _id(claim), claim.paragraph_id, fragments


# -------------------------------------------------------------------------------------------------------- spans


@rule
def span_text(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The text of every fragment and paragraph is what stands at its offsets."""
    text = bundle.document.text or ""
    for paragraph in bundle.paragraphs:
        if text[paragraph.start : paragraph.end] != paragraph.text or not paragraph.text:
            yield _wrong_text(bundle, paragraph.paragraph_id, paragraph.start, paragraph.end, paragraph.text)
    for record, _, fragments in _layers(bundle):
        for start, end, quote in [(f.start, f.end, f.text) for f in fragments]:
            if text[start:end] != quote or not quote:
                yield _wrong_text(bundle, record, start, end, quote)


def _wrong_text(bundle: Bundle, record: str, start: int, end: int, quote: str) -> Finding:
    text = bundle.document.text or ""
    at = min(
        (i for i in (text.rfind(quote, 0, start + 1), text.find(quote, start)) if i >= 0), key=lambda i: abs(i - start), default=-1
    )
    near = f"{quoted(quote)} at {at}-{at + len(quote)}" if at >= 0 and quote else ""
    found = (
        f"{quoted(text[start:end])} at {start}-{end}"
        if end <= len(text)
        else f"{start}-{end}, past the end of the text ({len(text)})"
    )
    return _finding("span-text", bundle, record, found, quoted(quote), near)


@rule
def span_order(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Fragments of a list stand in the order of the text and neither overlap nor touch."""
    for record, _, fragments in _layers(bundle):
        for before, after in pairwise(fragments):
            if after.start <= before.end:
                found = f"{before.start}-{before.end} and then {after.start}-{after.end}"
                yield _finding("span-order", bundle, record, found, "a gap between them, in the order of the text")


@rule
def span_place(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Every fragment lies inside the paragraph that its record names."""
    borders = {p.paragraph_id: (p.start, p.end) for p in bundle.paragraphs}
    for record, paragraph_id, fragments in _layers(bundle):
        low, high = borders.get(paragraph_id, (0, 0))
        for fragment in fragments:
            if paragraph_id in borders and not (low <= fragment.start and fragment.end <= high):
                home = next((name for name, (a, b) in borders.items() if a <= fragment.start and fragment.end <= b), "")
                found = f"{fragment.start}-{fragment.end}, outside {paragraph_id}"
                yield _finding("span-place", bundle, record, found, f"a span inside {low}-{high}", home)


# ----------------------------------------------------------------------------------------------------- coverage


@rule
def paragraph_coverage(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Paragraphs, in order and joined by one blank line, are the whole text."""
    position = 0
    for index, paragraph in enumerate(bundle.paragraphs):
        expected = position + (len(SEPARATOR) if index else 0)
        if paragraph.index != index or paragraph.paragraph_id != f"p{index + 1}":
            found = f"index {paragraph.index}, id {paragraph.paragraph_id}"
            yield _finding("paragraph-coverage", bundle, paragraph.paragraph_id, found, f"index {index}, id p{index + 1}")
        if paragraph.start != expected or (bundle.document.text or "")[position:expected] != SEPARATOR * bool(index):
            yield _finding(
                "paragraph-coverage", bundle, paragraph.paragraph_id, f"a start at {paragraph.start}", f"one at {expected}"
            )
        position = paragraph.end
    if position != len(bundle.document.text or ""):
        found, expected_end = f"an end at {position}", f"one at {len(bundle.document.text or '')}, the end of the text"
        yield _finding(
            "paragraph-coverage", bundle, bundle.paragraphs[-1].paragraph_id if bundle.paragraphs else "", found, expected_end
        )


@rule
def sentence_coverage(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The sentences of a paragraph, in order, cover all of it but white space."""
    text = bundle.document.text or ""
    for paragraph in bundle.paragraphs:
        position = paragraph.start
        for start, end in [*((s.start, s.end) for s in paragraph.sentences), (paragraph.end, paragraph.end)]:
            between = text[position:start]
            if start < position or (between and not between.isspace()) or end > paragraph.end or (end <= start < paragraph.end):
                found = (
                    f"a sentence {start}-{end} behind {position}" if start < paragraph.end else f"no sentence from {position} on"
                )
                yield _finding(
                    "sentence-coverage", bundle, paragraph.paragraph_id, found, "sentences that cover the paragraph in order"
                )
                break
            position = end


@rule
def text_edits(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The edits are in order, disjoint, change something, and with the text give a source of the length and digest on record."""
    document = bundle.document
    edits = document.edits or []
    position = 0
    for edit in edits:
        place = f"the edit of source bytes {edit.source_start}-{edit.source_end}"
        length = len(edit.source_text.encode())
        if edit.source_start < position or edit.source_end - edit.source_start != length or edit.source_text == edit.text:
            expected = f"{length} bytes that change, at {position} or later"
            yield _finding("text-edits", bundle, "", place, expected)
            return
        position = edit.source_end
    try:
        source = undo_edits(document.text or "", edits)
    except ValueError as error:
        yield _finding("text-edits", bundle, "", str(error), "what the edit says")
        return
    if len(source) != document.source.bytes or hashlib.sha256(source).hexdigest() != document.source.sha256:
        found = f"edits that give a source of {len(source)} bytes with another digest"
        yield _finding("text-edits", bundle, "", found, f"the source: {document.source.bytes} bytes, {document.source.sha256}")
    if hashlib.sha256((document.text or "").encode()).hexdigest() != document.text_sha256:
        yield _finding("text-edits", bundle, "", "a text with another digest", document.text_sha256)


# --------------------------------------------------------------------------------------------------- references


@rule
def ids_unique(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """An id names one record of an annotator in a document, whatever the table."""
    seen: set[str] = set()
    records: list[Entity | Mention | Claim] = [*bundle.entities, *bundle.mentions, *bundle.claims]
    for record in records:
        name = _id(record)
        if name in seen:
            yield _finding("ids-unique", bundle, name, f"a second record with the id {name}", "an id of its own")
        seen.add(name)


@rule
def reference_resolves(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Every id that a record refers to is there, in the same document and by the same annotator."""
    paragraphs = {p.paragraph_id for p in bundle.paragraphs}
    entities = {_id(e) for e in bundle.entities}
    claims = {_id(c) for c in bundle.claims}
    annotations: list[Mention | Claim] = [*bundle.mentions, *bundle.claims]
    for record in annotations:
        if record.paragraph_id not in paragraphs:
            yield _dangling(bundle, _id(record), "paragraph", record.paragraph_id, paragraphs)
    for mention in bundle.mentions:
        if f"{mention.annotator}/{mention.entity_id}" not in entities:
            yield _dangling(bundle, _id(mention), "entity", mention.entity_id, _own(entities, mention.annotator))
    for claim in bundle.claims:
        for entity_id in [*claim.source_entity_ids, *claim.entity_ids]:
            if f"{claim.annotator}/{entity_id}" not in entities:
                yield _dangling(bundle, _id(claim), "entity", entity_id, _own(entities, claim.annotator))
        targets = [r.target_id for r in claim.relations] + ([claim.parent_id] if claim.parent_id is not None else [])
        for claim_id in targets:
            if f"{claim.annotator}/{claim_id}" not in claims:
                yield _dangling(bundle, _id(claim), "claim", claim_id, _own(claims, claim.annotator))


def _own(names: Iterable[str], annotator: str) -> list[str]:
    return [name.partition("/")[2] for name in names if name.startswith(f"{annotator}/")]


def _dangling(bundle: Bundle, record: str, what: str, found: str, known: Iterable[str]) -> Finding:
    return _finding(
        "reference-resolves",
        bundle,
        record,
        f"the {what} {quoted(found)}, which is not there",
        f"a {what} of this document",
        nearest(found, known),
    )


@rule
def type_in_tag_set(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Types of entities, claims and relations are in the tag sets of the corpus."""
    used = [(_id(e), "entity_types", e.type) for e in bundle.entities]
    used += [(_id(c), "claim_types", c.type) for c in bundle.claims if c.type is not None]
    used += [(_id(c), "relation_types", r.type) for c in bundle.claims for r in c.relations]
    for record, tag_set, tag in used:
        if tag not in config[tag_set]:
            expected = f"one of {tag_set}: " + ", ".join(config[tag_set])
            yield _finding("type-in-tag-set", bundle, record, f"the type {quoted(tag)}", expected, nearest(tag, config[tag_set]))
