"""Spans as stretches of code points, and how much two of them have in common."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from corpus_tools.records import Fragment

Spans = tuple[tuple[int, int], ...]  # fragments as (start, end): in order, disjoint; () is no span at all


def spans_of(fragments: Sequence[Fragment]) -> Spans:
    """The stretches that fragments stand on, in code points."""
    return tuple((fragment.start, fragment.end) for fragment in fragments)


def size(spans: Spans) -> int:
    """How many code points there are in spans."""
    return sum(end - start for start, end in spans)


def common(one: Spans, two: Spans) -> int:
    """How many code points two spans have in common."""
    total = i = j = 0
    while i < len(one) and j < len(two):
        low, high = max(one[i][0], two[j][0]), min(one[i][1], two[j][1])
        total += max(0, high - low)
        if one[i][1] < two[j][1]:
            i += 1
        else:
            j += 1
    return total


def likeness(one: Spans, two: Spans) -> float:
    """Dice's coefficient of two spans over code points: 1 for the same, 0 for nothing in common; two that are empty are the same."""
    both = size(one) + size(two)
    return 2 * common(one, two) / both if both else 1.0


def overlaps(ones: Sequence[Spans], twos: Sequence[Spans]) -> Iterator[tuple[int, int]]:
    """The pairs of positions (in ``ones``, in ``twos``) whose spans have a code point in common."""
    order = sorted((j for j in range(len(twos)) if twos[j]), key=lambda j: twos[j][0])
    starts = [twos[j][0][0] for j in order]
    longest = max((twos[j][-1][1] - twos[j][0][0] for j in order), default=0)
    for i, spans in enumerate(ones):
        if spans:
            near = order[bisect_left(starts, spans[0][0] - longest) : bisect_left(starts, spans[-1][1])]
            yield from ((i, j) for j in near if common(spans, twos[j]))
