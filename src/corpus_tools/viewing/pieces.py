"""Words of a text, cut into pieces that are marked and pieces that are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from corpus_tools.comparing.carried import hunks, texts_of
from corpus_tools.scoring.spans import Spans
from corpus_tools.text import CodePoint

AROUND = 90  # code points of the context on each side of a span
ELLIPSIS = "…"


class Piece(NamedTuple):
    """A piece of a text."""

    text: str
    marked: bool = False


def excerpt(text: str, start: CodePoint, end: CodePoint, spans: Spans) -> list[Piece]:
    """Spans of the stretch from ``start`` to ``end`` of a text, marked, in the words around them; an ellipsis for what is left out.

    The spans are in order, disjoint and inside the stretch. Without spans there is nothing.
    """
    pieces: list[Piece] = []
    before = start
    for low, high in _windows(text, start, end, spans):
        pieces += [Piece(f" {ELLIPSIS} " if pieces else f"{ELLIPSIS} ")] if low > before else []
        inside = [(first, last) for first, last in spans if low <= first < high]
        pieces += _cut(text, low, high, inside)
        before = high
    if pieces and before < end:
        pieces.append(Piece(f" {ELLIPSIS}"))
    return pieces


def _windows(text: str, start: CodePoint, end: CodePoint, spans: Spans) -> list[tuple[CodePoint, CodePoint]]:
    """The stretches that are shown: of whole words, in order, disjoint."""
    windows: list[tuple[CodePoint, CodePoint]] = []
    for first, last in spans:
        low, high = max(start, first - AROUND), min(end, last + AROUND)
        low = low if low == start else text.find(" ", low, first) + 1 or low
        blank = text.rfind(" ", last, high) if high < end else -1
        high = high if blank < 0 else blank
        if windows and low <= windows[-1][1] + 1:
            windows[-1] = (windows[-1][0], high)
        else:
            windows.append((low, high))
    return windows


def _cut(text: str, low: CodePoint, high: CodePoint, spans: Sequence[tuple[CodePoint, CodePoint]]) -> Iterator[Piece]:
    position = low
    for first, last in spans:
        if first > position:
            yield Piece(text[position:first])
        yield Piece(text[first:last], True)
        position = last
    if high > position:
        yield Piece(text[position:high])


def differing(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Two versions of a text, each with what the other has not marked."""
    found = hunks(texts_of(old, new))
    return (
        list(_cut(old, 0, len(old), [(h.old_start, h.old_start + len(h.old)) for h in found if h.old])),
        list(_cut(new, 0, len(new), [(h.new_start, h.new_start + len(h.new)) for h in found if h.new])),
    )
