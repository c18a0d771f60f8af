"""Two versions of a document, aligned, and what became of each span of the old one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from corpus_tools.moving.alignment import Block, align, carry_span
from corpus_tools.quotes import Span
from corpus_tools.records import Paragraph
from corpus_tools.rules import Bundle

CONTEXT = 24  # code points beside a quote that must be the same where it is found elsewhere
ALIKE = 60  # percent: versions less alike are no versions of the same words


class Moved(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a quote.

    ``status``: exact (the alignment carries all of it), moved (its words stand elsewhere, with the same words beside them), edited (its
    words changed: both versions are given), ambiguous (its words stand in several places), lost (they are gone). Offsets are code points.
    """

    file: str
    record: str
    status: str
    old: str
    old_start: int
    old_end: int
    new: str = ""
    new_start: int | None = None
    new_end: int | None = None

    @property
    def kept(self) -> bool:
        """Whether the quote is in the new seeds."""
        return self.new_start is not None


class Versions(NamedTuple):
    """Both versions of a document, aligned. ``starts`` are those of the blocks in the old text, ``borders`` those of the new paragraphs."""

    old: Bundle
    new: Bundle
    blocks: list[Block]
    starts: list[int]
    borders: list[int]
    old_text: str
    new_text: str


def versions_of(old: Bundle, new: Bundle) -> Versions:
    """Align two versions of a document."""
    texts = (old.document.text or "", new.document.text or "")
    blocks = align(*texts)
    return Versions(old, new, blocks, [block.a for block in blocks], [paragraph.start for paragraph in new.paragraphs], *texts)


class AlignedTexts(Protocol):
    """Two texts with their alignment."""

    @property
    def blocks(self) -> Sequence[Block]:
        """What they have in common."""

    @property
    def starts(self) -> Sequence[int]:
        """The starts of the blocks in the old text."""

    @property
    def old_text(self) -> str:
        """The old text."""

    @property
    def new_text(self) -> str:
        """The new text."""


def moved_span(versions: AlignedTexts, start: int, end: int) -> tuple[str, Span | None]:
    """Status and place of a span of the old text in the new one; no place where it is ambiguous or lost."""
    from rapidfuzz.fuzz import ratio

    old, new = versions.old_text, versions.new_text
    carried = carry_span(versions.blocks, versions.starts, start, end, len(new))
    if carried.exact or new[carried.start : carried.end] == old[start:end]:
        return "exact", (carried.start, carried.end)
    status, place = _elsewhere(old, new, start, end)
    if place is None:
        low, high = _trimmed(new, carried.start, carried.end)
        if low < high and ratio(old[start:end], new[low:high], score_cutoff=ALIKE):
            return "edited", (low, high)
    return status, place


def _elsewhere(old: str, new: str, start: int, end: int) -> tuple[str, Span | None]:
    """Seek the words of a span with the words on one side of it; without these they are not taken."""
    words = old[start:end]
    before, after = old[max(0, start - CONTEXT) : start], old[end : end + CONTEXT]
    found = {at + len(before) for at in _places(new, before + words)} | set(_places(new, words + after))
    if len(found) == 1:
        (at,) = found
        return "moved", (at, at + len(words))
    return ("ambiguous" if found or _places(new, words) else "lost"), None


def _places(text: str, words: str) -> list[int]:
    places, at = [], text.find(words)
    while at >= 0:
        places.append(at)
        at = text.find(words, at + 1)
    return places


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def report(versions: Versions, file: str, record: str, span: Span) -> Moved:
    """What became of one span."""
    status, place = moved_span(versions, *span)
    old = versions.old_text[slice(*span)]
    if place is None:
        return Moved(file, record, status, old, *span)
    return Moved(file, record, status, old, *span, versions.new_text[slice(*place)], *place)


def paragraph_at(versions: Versions, point: int) -> int:
    """The index of the new paragraph that begins last before a point of the new text, or there; -1 where none does."""
    return bisect_right(versions.borders, point) - 1


def paragraph_now(versions: Versions, paragraph: Paragraph) -> Paragraph | None:
    """The new paragraph that holds most of an old one."""
    shares: dict[int, int] = {}
    first = max(0, bisect_right(versions.starts, paragraph.start) - 1)
    for block in versions.blocks[first : bisect_left(versions.starts, paragraph.end)]:
        low, high = max(block.a, paragraph.start), min(block.a + block.size, paragraph.end)
        shift = block.b - block.a
        for index in range(max(0, paragraph_at(versions, low + shift)), paragraph_at(versions, high + shift) + 1):
            new = versions.new.paragraphs[index]
            common = min(high + shift, new.end) - max(low + shift, new.start)
            shares[index] = shares.get(index, 0) + max(0, common)
    best = max(shares, key=lambda index: shares[index], default=None)
    return versions.new.paragraphs[best] if best is not None and shares[best] else None
