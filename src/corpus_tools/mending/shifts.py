"""Texts edited after annotation: shifts that are constant from one point to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise, product
from math import prod
from typing import NamedTuple

from corpus_tools.mending.causes import CAUSES, Frame, Scored, bits
from corpus_tools.mending.quoteforms import Fragments, Stated, form_of, same, seen_at

MOST_SHIFTS = 40
LEAST_BITS = 26  # of evidence for a shift of its own
MOST_WAYS = 64  # of placing one span's fragments
LEAST_BETWEEN = 4  # characters of a quote that is taken for either side of a point
_SWITCH, _MISS = 1.5, 1.0  # the costs of another shift, and of a span that the shift does not explain


class Segment(NamedTuple):
    """Neighbouring spans (by index) that one shift explains."""

    shift: int
    spans: list[int]


def piecewise(frame: Frame, spans: Sequence[Stated]) -> Scored | None:
    """Explain spans by shifts that change from point to point; None where no such shifts are well supported.

    A span beside a point that the shift on its other side explains as well stays unexplained.
    """
    order = sorted((i for i, s in enumerate(spans) if len(s.fragments) == 1 and s.quote), key=lambda i: spans[i].fragments)
    fitting = {i: _shifts_of(frame, spans[i]) for i in order}
    votes = Counter(shift for shifts in fitting.values() for shift in shifts)
    likely = [shift for shift, count in votes.most_common(MOST_SHIFTS) if count > 1 or shift == 0]
    if not likely:
        return None
    path = _cheapest(likely, [fitting[i] for i in order])
    segments = _supported(frame, spans, order, path, fitting)
    if not any(segment.shift for segment in segments) or not _ascending(segments, spans):
        return None
    moved = {i: _moved(frame, spans[i], [(s.shift, s.shift)]) for s in segments for i in s.spans}
    repairs = {i: fragments for i, fragments in moved.items() if fragments is not None}
    borders = _borders(segments, spans)
    for i, span in enumerate(spans):
        if i not in repairs and span.quote and (fragments := _fitted(frame, span, borders)):
            repairs[i] = fragments
    points = [f"{s.shift:+d} from {spans[s.spans[0]].fragments[0][0]}" for s in segments if s.shift]
    causes = (*frame.names, "shift-from-a-point")
    words = " and ".join(CAUSES[cause] for cause in causes) + f" ({', '.join(points)})"
    return Scored(causes, words, 2 * len(causes) + 1 + len(segments), repairs)


def _shifts_of(frame: Frame, span: Stated) -> set[int]:
    """The shifts ``stated - true`` that explain a span."""
    start, end = span.fragments[0]
    return {start - a for a, b in frame.places(span.quote) if start - a == end - b}


def _cheapest(shifts: Sequence[int], fitting: Sequence[set[int]]) -> list[int]:
    """The sequence of shifts of least cost, one for each span."""
    costs = dict.fromkeys(shifts, 0.0)
    steps: list[dict[int, int]] = []
    for fits in fitting:
        best = min(costs, key=lambda s: (costs[s], abs(s)))
        step = {s: s if costs[s] <= costs[best] + _SWITCH else best for s in shifts}
        costs = {s: min(costs[s], costs[best] + _SWITCH) + (0 if s in fits else _MISS) for s in shifts}
        steps.append(step)
    last = min(costs, key=lambda s: (costs[s], abs(s)))
    path = []
    for step in reversed(steps):
        path.append(last)
        last = step[last]
    return path[::-1]


def _supported(
    frame: Frame, spans: Sequence[Stated], order: Sequence[int], path: Sequence[int], fitting: dict[int, set[int]]
) -> list[Segment]:
    runs = [(shift, [order[at] for at, _ in run]) for shift, run in groupby(enumerate(path), key=lambda item: item[1])]
    segments = []
    for number, (shift, members) in enumerate(runs):
        members = [i for i in members if shift in fitting[i]]
        if number:
            members = _past_doubt(members, runs[number - 1][0], fitting)
        if number + 1 < len(runs):
            members = _past_doubt(members[::-1], runs[number + 1][0], fitting)[::-1]
        if members and (
            shift == 0 or _is_supported([spans[i] for i in members], [fitting[i] for i in members], shift, frame.flat_text)
        ):
            segments.append(Segment(shift, members))
    return segments


def _is_supported(spans: Sequence[Stated], fits: Sequence[set[int]], shift: int, flat_text: str) -> bool:
    """Whether spans suffice for a shift of their own: enough evidence, and no other shift explains all of them too."""
    return bits(spans, flat_text) >= LEAST_BITS and set.intersection(*fits) == {shift}


def _past_doubt(members: list[int], other: int, fitting: dict[int, set[int]]) -> list[int]:
    """The members from the first one on that only their own shift explains, seen from the border to the other shift."""
    first = next((at for at, i in enumerate(members) if other not in fitting[i]), len(members))
    return members[first:]


def _ascending(segments: Sequence[Segment], spans: Sequence[Stated]) -> bool:
    """Whether segments keep their order in the text: an edit moves what is behind it, but behind nothing else."""
    starts = [[spans[i].fragments[0][0] - s.shift for i in s.spans] for s in segments]
    return all(max(a) <= min(b) for a, b in pairwise(starts))


class Border(NamedTuple):
    """A shift, and the stated offsets between which it is known to hold."""

    low: int
    high: int
    shift: int


def _borders(segments: Sequence[Segment], spans: Sequence[Stated]) -> list[Border]:
    fragments = [[spans[i].fragments[0] for i in segment.spans] for segment in segments]
    return [
        Border(min(start for start, _ in own), max(end for _, end in own), segment.shift)
        for own, segment in zip(fragments, segments, strict=True)
    ]


def _shifts_at(offset: int, borders: Sequence[Border]) -> list[int]:
    """The shifts that may hold at an offset: those of the segments around it, else of the nearest on both sides."""
    around = [b.shift for b in borders if b.low <= offset <= b.high]
    if around:
        return around
    before = [b.shift for b in borders if b.high < offset][-1:]
    return before + [b.shift for b in borders if b.low > offset][:1]


def _fitted(frame: Frame, span: Stated, borders: Sequence[Border]) -> Fragments | None:
    """The only place of a span whose fragments, or start and end, may be shifted otherwise from each other."""
    choices = [list(product(_shifts_at(start, borders), _shifts_at(end, borders))) for start, end in span.fragments]
    ways = prod(map(len, choices))
    if ways > MOST_WAYS or (ways > 1 and len(span.quote) < LEAST_BETWEEN):
        return None
    exact, spaced = set(), set()
    for shifts in product(*choices):
        counted = [
            (frame.point(start - a), frame.point(end - b)) for (start, end), (a, b) in zip(span.fragments, shifts, strict=True)
        ]
        seen = seen_at(frame.form.text, counted)
        if seen is not None and same(seen, span.quote):
            exact.add(shifts)
        elif seen is not None and form_of(seen, span.quote) == "quote-spaces":  # white space was put in or taken out inside it
            spaced.add(shifts)
    fitting = exact or spaced
    return _moved(frame, span, fitting.pop()) if len(fitting) == 1 else None


def _moved(frame: Frame, span: Stated, shifts: Sequence[tuple[int, int]]) -> Fragments | None:
    points = [(frame.point(start - a), frame.point(end - b)) for (start, end), (a, b) in zip(span.fragments, shifts, strict=True)]
    return None if any(-1 in pair for pair in points) else tuple(frame.form.back(*pair) for pair in points)
