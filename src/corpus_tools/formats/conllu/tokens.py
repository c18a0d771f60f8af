"""Words of a text that has none: runs of letters and digits, and every other character alone; marks stay with what they stand on."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from corpus_tools.placing import Span

_PIECE = re.compile(r"[^\W_]+|[^\s]")
_JOINERS = "\u200c\u200d"


def word_spans(text: str, start: int, end: int, cuts: Sequence[int] = ()) -> list[Span]:
    """The words of ``text[start:end]``, cut at the offsets ``cuts``, which are sorted."""
    found: list[Span] = []
    for match in _PIECE.finditer(text, start, end):
        a, b = match.span()
        if found and found[-1][1] == a and _belongs(text, found[-1], a):
            found[-1] = (found[-1][0], b)
        else:
            found.append((a, b))
    return [piece for span in found for piece in _cut(span, cuts)]


def _belongs(text: str, before: Span, at: int) -> bool:
    """Whether what begins at an offset is of one word with what stands before it."""
    character, last = text[at], text[at - 1]
    if (
        unicodedata.category(character)[0] == "M"
        or character in _JOINERS
        or last == "\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    ):
        return True
    return character.isalnum() and text[before[0]].isalnum()  # a letter behind a mark on a letter


def _cut(span: Span, cuts: Sequence[int]) -> list[Span]:
    inner = cuts[bisect_right(cuts, span[0]) : bisect_left(cuts, span[1])]
    borders = [span[0], *inner, span[1]]
    return list(pairwise(borders))
