"""Alignment of two versions of a text: which stretches are the same.

Words first, characters within what is left. Runs of words that both versions have once are anchors, so that only the short gaps between
them are aligned by `rapidfuzz`: near to linear for texts that are mostly the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from corpus_tools.text import CodePoint

_TOKEN = re.compile(r"\w+|[^\w\s]")  # white space is no token: it would count as much as a word
_GRAM = 3  # tokens of an anchor
_MOST_CELLS = 4_000_000  # of a gap that is aligned in full: words times words, or characters times characters
_ALIKE = 60  # percent: stretches less alike have nothing in common but letters
_SHORTEST = 3  # characters that a stretch within changed words has at least


class Block(NamedTuple):
    """``old[a : a + size] == new[b : b + size]``."""

    a: CodePoint
    b: CodePoint
    size: int


class Carried(NamedTuple):
    """Where a span went: ``exact`` when all of it is in one block; else its borders are the nearest that are known."""

    start: CodePoint
    end: CodePoint
    exact: bool


def align(old: str, new: str) -> list[Block]:
    """The stretches that two texts have in common, in order, disjoint, as long as can be."""
    here, there = ([match.span() for match in _TOKEN.finditer(text)] for text in (old, new))
    words = ([old[start:end] for start, end in here], [new[start:end] for start, end in there])
    blocks: list[Block] = []
    a = b = 0
    for i, j in _matched_words(*words):
        blocks += _within(old, new, (a, here[i][0]), (b, there[j][0]))
        blocks.append(Block(here[i][0], there[j][0], len(words[0][i])))
        a, b = here[i][1], there[j][1]
    blocks += _within(old, new, (a, len(old)), (b, len(new)))
    return _joined(blocks)


def _matched_words(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of equal tokens, ascending on both sides."""
    i = j = 0
    for a, b in [*_anchors(old, new), (len(old), len(new))]:
        if i < a and j < b:
            for x, y in _gap(old[i:a], new[j:b]):
                yield i + x, j + y
        if a < len(old):
            yield a, b
        i, j = a + 1, b + 1


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """First tokens of the runs that both have once, as many as keep their order."""
    here, there = _once(old), _once(new)
    return _longest_ascending([(i, there[gram]) for gram, i in here.items() if gram in there])


def _once(tokens: Sequence[str]) -> dict[tuple[str, ...], int]:
    grams = list(zip(*(tokens[k:] for k in range(_GRAM)), strict=False))
    counts = Counter(grams)
    return {gram: i for i, gram in enumerate(grams) if counts[gram] == 1}


def _longest_ascending(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of pairs, ascending in the first, that ascends in the second too."""
    tails: list[int] = []  # for every length the least last value, and which pair has it
    tail_pairs: list[int] = []
    before: list[int] = []
    for index, (_, value) in enumerate(pairs):
        length = bisect_left(tails, value)
        before.append(tail_pairs[length - 1] if length else -1)
        tails[length : length + 1] = [value]
        tail_pairs[length : length + 1] = [index]
    chain, index = [], tail_pairs[-1] if tail_pairs else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _gap(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of equal tokens between two anchors; of a gap too large only its equal ends."""
    head = next((i for i, (x, y) in enumerate(zip(old, new, strict=False)) if x != y), min(len(old), len(new)))
    yield from ((i, i) for i in range(head))
    old, new = old[head:], new[head:]
    if len(old) * len(new) <= _MOST_CELLS:
        for block in _equal(old, new):
            yield from ((head + block.a + k, head + block.b + k) for k in range(block.size))


def _equal(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    from rapidfuzz.distance import Indel

    if old and new:
        for code in Indel.opcodes(old, new):
            if code.tag == "equal":
                yield Block(code.src_start, code.dest_start, code.src_end - code.src_start)


def _within(old: str, new: str, a: tuple[int, int], b: tuple[int, int]) -> Iterator[Block]:
    """What is the same between two words that are: white space at both ends, and of changed words what they have in common."""
    x, y = old[slice(*a)], new[slice(*b)]
    if x == y:
        if x:
            yield Block(a[0], b[0], len(x))
        return
    head = _common_space(x, y)
    if head:
        yield Block(a[0], b[0], head)
    x, y = x[head:], y[head:]
    tail = _common_space(x[::-1], y[::-1])
    yield from _alike(x[: len(x) - tail], y[: len(y) - tail], a[0] + head, b[0] + head)
    if tail:
        yield Block(a[1] - tail, b[1] - tail, tail)


def _common_space(x: str, y: str) -> int:
    return next((i for i, (c, d) in enumerate(zip(x, y, strict=False)) if c != d or not c.isspace()), min(len(x), len(y)))


def _alike(x: str, y: str, a: int, b: int) -> Iterator[Block]:
    from rapidfuzz.fuzz import ratio

    if 0 < len(x) * len(y) <= _MOST_CELLS and ratio(x, y) >= _ALIKE:
        for block in _equal(x, y):
            if block.size >= _SHORTEST:
                yield Block(a + block.a, b + block.b, block.size)


def _joined(blocks: Sequence[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else Block(0, 0, 0)
        if joined and (last.a + last.size, last.b + last.size) == (block.a, block.b):
            joined[-1] = Block(last.a, last.b, last.size + block.size)
        else:
            joined.append(block)
    return joined


def carry_span(blocks: Sequence[Block], starts: Sequence[int], start: CodePoint, end: CodePoint, size: int) -> Carried:
    """Carry a span of the old text to the new one; what stands between the nearest blocks where nothing of it is left there.

    Args:
        blocks: the alignment.
        starts: their starts in the old text.
        start, end: the span, not empty.
        size: the length of the new text.
    """
    first = bisect_right(starts, start) - 1
    last = bisect_left(starts, end) - 1
    before = blocks[first] if first >= 0 else Block(0, 0, 0)
    following = blocks[last + 1].b if last + 1 < len(blocks) else size
    inside = [block for block in blocks[max(0, first) : last + 1] if block.a < end and start < block.a + block.size]
    if not inside:
        return Carried(before.b + before.size, following, False)
    low, high = inside[0], inside[-1]
    new_start = low.b + start - low.a if low.a <= start else before.b + before.size
    if low is high and low.a <= start and end <= low.a + low.size:
        return Carried(new_start, new_start + end - start, True)
    return Carried(new_start, high.b + end - high.a if high.a + high.size >= end else following, False)
