"""Rules on spans: fragments, paragraphs and sentences against the text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from corpus_tools.findings import Finding, quoted
from corpus_tools.quotes import misquoted
from corpus_tools.readers import SEPARATOR
from corpus_tools.records import Fragment
from corpus_tools.rules import Annotation, Bundle, found_in, name_of, rule, text_rule

_ANYWHERE = 0, 1 << 62  # an unknown paragraph is for reference-resolves to report


@text_rule
def span_text(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The text of every fragment and paragraph is what stands at its offsets."""
    text = bundle.document.text or ""
    size = len(text)
    for paragraph in bundle.paragraphs:
        if text[paragraph.start : paragraph.end] != paragraph.text or paragraph.end > size:
            yield _wrong_text(bundle, paragraph.paragraph_id, paragraph.start, paragraph.end, paragraph.text)
    wrong: list[tuple[Annotation, Fragment]] = [  # loops of their own, since nothing else looks at as many objects
        (m, f) for m in bundle.mentions for f in m.fragments if text[f.start : f.end] != f.text or f.end > size
    ]
    wrong += [
        (c, f)
        for c in bundle.claims
        for f in [*c.content, *c.source, *c.cue, *c.scare_quotes]
        if text[f.start : f.end] != f.text or f.end > size
    ]
    wrong += [(r, f) for r in bundle.foreign for f in r.fragments if text[f.start : f.end] != f.text or f.end > size]
    for record, fragment in wrong:
        yield _wrong_text(bundle, name_of(record), fragment.start, fragment.end, fragment.text)


def _wrong_text(bundle: Bundle, record: str, start: int, end: int, quote: str | None) -> Finding:
    if quote is None:
        found, expected = f"no text (null) at {start}-{end}", quoted((bundle.document.text or "")[start:end])
        return found_in(bundle, "span-text", record, found, expected)
    miss = misquoted(bundle.document.text or "", start, end, quote)
    return found_in(bundle, miss.rule, record, miss.found, miss.expected, miss.nearest)


@rule
def span_order(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Fragments of a list stand in the order of the text and neither overlap nor touch."""
    for record, fragments in [pair for pair in bundle.fragment_lists if len(pair[1]) > 1]:
        for before, after in pairwise(fragments):
            if after.start <= before.end:
                found = f"{before.start}-{before.end} and then {after.start}-{after.end}"
                yield found_in(bundle, "span-order", name_of(record), found, "a gap between them, in the order of the text")


@rule
def span_place(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Every fragment lies inside the paragraph that its record names."""
    places = {p.paragraph_id: (p.start, p.end) for p in bundle.paragraphs}
    for record, fragments in bundle.fragment_lists:
        low, high = places.get(record.paragraph_id, _ANYWHERE)
        if fragments[0].start < low or fragments[-1].end > high:
            start, end = fragments[0].start, fragments[-1].end
            home = next((name for name, (low, high) in places.items() if low <= start and end <= high), "")
            found, expected = f"{start}-{end}, outside {record.paragraph_id}", f"a span inside {low}-{high}"
            yield found_in(bundle, "span-place", name_of(record), found, expected, home)


@rule
def paragraph_coverage(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Paragraphs, numbered in order and joined by one blank line, are the whole text; only code has a blank line inside."""
    text, position = bundle.document.text, 0
    for index, paragraph in enumerate(bundle.paragraphs):
        start = position + (len(SEPARATOR) if index else 0)
        if paragraph.index != index or paragraph.paragraph_id != f"p{index + 1}":
            found = f"index {paragraph.index}, id {paragraph.paragraph_id}"
            yield found_in(bundle, "paragraph-coverage", paragraph.paragraph_id, found, f"index {index}, id p{index + 1}")
        if paragraph.start != start or (text is not None and text[position:start] != SEPARATOR * bool(index)):
            found = f"a start at {paragraph.start} behind {quoted((text or '')[position : paragraph.start])}"
            expected = f"one at {start} behind {quoted(SEPARATOR) if index else 'nothing'}"
            yield found_in(bundle, "paragraph-coverage", paragraph.paragraph_id, found, expected)
        if paragraph.text and SEPARATOR in paragraph.text and paragraph.kind not in ("code", "other"):
            found = f"a blank line in a {paragraph.kind} (at {paragraph.start + paragraph.text.index(SEPARATOR)})"
            yield found_in(bundle, "paragraph-coverage", paragraph.paragraph_id, found, "a paragraph on either side of it")
        position = paragraph.end
    if text is not None and position != len(text):
        last = bundle.paragraphs[-1].paragraph_id if bundle.paragraphs else ""
        yield found_in(bundle, "paragraph-coverage", last, f"an end at {position}", f"one at {len(text)}, the end of the text")


@rule
def sentence_coverage(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The sentences of a paragraph, in order, cover all of it but white space, and have none at their edges."""
    text, is_there = bundle.document.text or "", bundle.document.text is not None
    for paragraph in bundle.paragraphs:
        position = paragraph.start
        for sentence in paragraph.sentences:
            words = text[sentence.start : sentence.end]
            whole = bool(words) and words == words.strip() if is_there else sentence.start < sentence.end
            if sentence.start < position or not whole or sentence.end > paragraph.end:
                found = f"a sentence {sentence.start}-{sentence.end}: {quoted(words)}"
                expected = f"one inside {position}-{paragraph.end} without white space at its edges"
                yield found_in(bundle, "sentence-coverage", paragraph.paragraph_id, found, expected)
                break
            if not _blank(text[position : sentence.start]):
                yield _uncovered(bundle, paragraph.paragraph_id, position, sentence.start)
            position = sentence.end
        else:
            if not _blank(text[position : paragraph.end]):
                yield _uncovered(bundle, paragraph.paragraph_id, position, paragraph.end)


def _blank(text: str) -> bool:
    return not text or text.isspace()


def _uncovered(bundle: Bundle, record: str, start: int, end: int) -> Finding:
    found = f"{quoted((bundle.document.text or '')[start:end])} at {start}-{end} in no sentence"
    return found_in(bundle, "sentence-coverage", record, found, "sentences that cover the paragraph")
