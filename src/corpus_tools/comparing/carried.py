"""Where the spans of an old text are in the new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from corpus_tools.moving.alignment import Block, align
from corpus_tools.moving.carrying import moved_span
from corpus_tools.scoring.spans import Spans

Fragments = Sequence[dict[str, Any]]


class Texts(NamedTuple):
    """Both texts of a document, aligned; ``same`` when they are the same, or not both at hand."""

    same: bool
    old_text: str
    new_text: str
    blocks: Sequence[Block]
    starts: Sequence[int]
    known: dict[tuple[int, int], tuple[str, tuple[int, int] | None]]


def texts_of(old: str | None, new: str | None) -> Texts:
    """Align two texts. Without both of them spans are taken to stand where they stood."""
    if old is None or new is None or old == new:
        return Texts(True, old or "", new or "", [], [], {})
    blocks = align(old, new)
    return Texts(False, old, new, blocks, [block.a for block in blocks], {})


def carried(texts: Texts, start: int, end: int) -> tuple[str, tuple[int, int] | None]:
    """Status and place of an old span in the new text, as `moving.carrying.moved_span` gives them."""
    if texts.same:
        return "exact", (start, end)
    if (start, end) not in texts.known:
        texts.known[start, end] = moved_span(texts, start, end)
    return texts.known[start, end]


def carried_spans(texts: Texts, fragments: Fragments) -> Spans:
    """The places of fragments in the new text; those that have none are left out."""
    places = [carried(texts, fragment["start"], fragment["end"])[1] for fragment in fragments]
    return tuple(sorted(place for place in places if place))


def own_spans(fragments: Fragments) -> Spans:
    """The places of fragments where they stand."""
    return tuple((fragment["start"], fragment["end"]) for fragment in fragments)


def way_of(texts: Texts, old: Fragments, new: Fragments) -> str:
    """What became of a span: "same", "moved" (with the text), "edited" (the text changed its words), "re-annotated"."""
    if own_spans(old) == own_spans(new) and [f.get("text") for f in old] == [f.get("text") for f in new] and texts.same:
        return "same"
    ways = [carried(texts, fragment["start"], fragment["end"]) for fragment in old]
    if [place for _, place in ways] != list(own_spans(new)):
        return "re-annotated"
    if any(status == "edited" for status, _ in ways):
        return "edited"
    return "same" if own_spans(old) == own_spans(new) else "moved"


class Hunk(msgspec.Struct, frozen=True):
    """A stretch of the old text, and what stands in its place in the new one. Offsets are code points."""

    old_start: int
    new_start: int
    old: str
    new: str


def hunks(texts: Texts) -> list[Hunk]:
    """Where two texts differ."""
    found, a, b = [], 0, 0
    ends = [*texts.blocks, Block(len(texts.old_text), len(texts.new_text), 0)]
    for block in ends if not texts.same else ():
        if block.a > a or block.b > b:
            found.append(Hunk(a, b, texts.old_text[a : block.a], texts.new_text[b : block.b]))
        a, b = block.a + block.size, block.b + block.size
    return found
