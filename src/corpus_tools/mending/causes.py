"""Hypotheses on how the offsets of a whole file came about, and how many of its spans each explains.

A hypothesis says in which form of the text somebody counted (`rewritings`), in which unit, and by how much starts and ends are shifted.
It explains a span when the text that it finds for it is the span's quote.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, combinations
from math import log2
from typing import NamedTuple

from corpus_tools.mending.quoteforms import Fragments, Stated, flat, form_of, same, seen_at
from corpus_tools.mending.rewritings import REWRITINGS, Form, rewrite
from corpus_tools.text import Unit

MOST_PLACES = 50  # of one quote: more tell nothing about a shift
MOST_VOTERS = 40
MOST_TRIALS = 8

CAUSES = {rewriting.name: rewriting.words for rewriting in REWRITINGS} | {
    "utf8-bytes": "counted in UTF-8 bytes",
    "utf16-units": "counted in UTF-16 units",
    "one-based": "counted from one",
    "inclusive-ends": "ends are the last character, not behind it",
    "ends-past": "ends are one too far",
    "constant-shift": "a constant shift throughout",
    "shift-from-a-point": "shifted from some point on: the text was edited after the annotation",
    "two-units": "one kind of span counted otherwise than the rest",
}
_UNITS: dict[Unit, str] = {"code_point": "", "utf8_byte": "utf8-bytes", "utf16_unit": "utf16-units"}


class Frame:
    """A form of the text in one unit: turns stated offsets into places of the form."""

    def __init__(self, form: Form, unit: Unit) -> None:
        self.form, self.unit = form, unit
        self.names = (*form.names, _UNITS[unit]) if _UNITS[unit] else form.names

    @cached_property
    def _offsets(self) -> list[int]:
        return [0, *accumulate(map(_SIZES[self.unit], self.form.text))]

    @cached_property
    def flat_text(self) -> str:
        """The form with spaces alone for white space."""
        return flat(self.form.text)

    def point(self, offset: int) -> int:
        """The code point of the form at an offset; -1 where there is none."""
        if self.unit == "code_point":
            return offset if 0 <= offset <= len(self.form.text) else -1
        at = bisect_left(self._offsets, offset)
        return at if at < len(self._offsets) and self._offsets[at] == offset else -1

    def offset(self, point: int) -> int:
        """The offset of a code point of the form."""
        return point if self.unit == "code_point" else self._offsets[point]

    def places(self, quote: str) -> list[tuple[int, int]]:
        """Where a quote stands, as offsets in this unit; none when in too many places."""
        found, wanted = [], flat(quote)
        at = self.flat_text.find(wanted) if wanted else -1
        while at >= 0:
            found.append((self.offset(at), self.offset(at + len(wanted))))
            if len(found) > MOST_PLACES:
                return []
            at = self.flat_text.find(wanted, at + 1)
        return found


_SIZES: dict[Unit, Callable[[str], int]] = {
    "utf8_byte": lambda c: 1 + (c >= "\x80") + (c >= "\u0800") + (c >= "\U00010000"),
    "utf16_unit": lambda c: 1 + (c >= "\U00010000"),
}


class Hypothesis(NamedTuple):
    """How offsets came about: a stated start is ``start_shift`` more than the one counted in the frame, an end ``end_shift`` more."""

    causes: tuple[str, ...]
    frame: Frame
    start_shift: int = 0
    end_shift: int = 0

    @property
    def rank(self) -> int:
        """How little simple it is: two for each cause, one more for a shift that can be any number."""
        free = "constant-shift" in self.causes and abs(self.start_shift) > 1
        return 2 * len(self.causes) + free

    def words(self) -> str:
        """What it says, for people."""
        shift = f" ({self.start_shift:+d})" if "constant-shift" in self.causes else ""
        return " and ".join(CAUSES[cause] for cause in self.causes) + shift

    def place(self, span: Stated) -> tuple[Fragments, str] | None:
        """The fragments in the text that are meant, and what somebody saw there who counted so; None where there is no such place."""
        point = self.frame.point
        counted = [(point(start - self.start_shift), point(end - self.end_shift)) for start, end in span.fragments]
        seen = seen_at(self.frame.form.text, counted)
        return None if seen is None else (tuple(self.frame.form.back(*fragment) for fragment in counted), seen)


class Scored(NamedTuple):
    """A cause with what it makes of the spans (by index) that it explains."""

    causes: tuple[str, ...]
    words: str
    rank: int
    repairs: dict[int, Fragments]
    hypothesis: Hypothesis | None = None


def score(hypothesis: Hypothesis, spans: Sequence[Stated], text: str, least: int = 0) -> Scored | None:
    """Try a hypothesis on all spans; None as soon as it cannot explain so many of them."""
    repairs = {}
    is_text = hypothesis.frame.form.text == text
    for i, span in enumerate(spans):
        if span.quote and (placed := hypothesis.place(span)):
            fragments, seen = placed
            if same(seen, span.quote) or (not is_text and same(seen_at(text, fragments) or "", span.quote)):
                repairs[i] = fragments
        if len(repairs) + len(spans) - i - 1 < least:
            return None
    return Scored(hypothesis.causes, hypothesis.words(), hypothesis.rank, repairs, hypothesis)


def best_scored(tried: Sequence[Hypothesis], spans: Sequence[Stated], text: str, least: int = 0) -> list[Scored]:
    """Those hypotheses that explain most spans, and at least so many. A few spans say in what order it pays to try."""
    some = sorted(spans, key=lambda s: -len(s.quote))[:MOST_TRIALS]
    trials = [score(hypothesis, some, text) for hypothesis in tried]
    likely = sorted(range(len(tried)), key=lambda at: -len(trial.repairs) if (trial := trials[at]) else 0)
    found: dict[int, Scored] = {}
    for at in likely:
        if scored := score(tried[at], spans, text, least):
            least = max(least, len(scored.repairs))
            found[at] = scored
    return [found[at] for at in sorted(found) if len(found[at].repairs) == least]


def formed(hypothesis: Hypothesis, spans: Sequence[Stated], but: Container[int]) -> dict[int, tuple[Fragments, str]]:
    """The other spans whose place holds what their quote is a faulty form of, each with the name of the fault."""
    placed = {i: hypothesis.place(span) for i, span in enumerate(spans) if i not in but}
    return {i: (p[0], form) for i, p in placed.items() if p and (form := form_of(p[1], spans[i].quote))}


def frames(text: str) -> list[Frame]:
    """The frames of a text with at most one cause, the text's own first."""
    plain = Form((), text, ())
    forms = [form for rewriting in REWRITINGS if (form := rewrite(plain, rewriting))]
    return [Frame(plain, "code_point"), *(Frame(form, "code_point") for form in forms), *(Frame(plain, u) for u in _units(text))]


def paired_frames(one: Sequence[Frame]) -> list[Frame]:
    """The frames with two causes, of those with at most one."""
    by_name = {frame.names[0]: frame.form for frame in one if frame.form.names}
    two = [Frame(form, unit) for form in by_name.values() for unit in _units(one[0].form.text)]
    for first, second in combinations([r for r in REWRITINGS if r.name in by_name], 2):
        if (form := rewrite(by_name[first.name], second)) and form.text != by_name[second.name].text:
            two.append(Frame(form, "code_point"))
    return two


def _units(text: str) -> list[Unit]:
    return [] if text.isascii() else ["utf8_byte", "utf16_unit"] if max(text) >= "\U00010000" else ["utf8_byte"]


def shift_votes(frame: Frame, spans: Sequence[Stated]) -> Counter[tuple[int, int]]:
    """How many spans each shift (of start, of end) explains in a frame, among those spans that tell most: the long ones."""
    telling = sorted((span for span in spans if len(span.fragments) == 1), key=lambda s: -len(s.quote))[:MOST_VOTERS]
    votes: Counter[tuple[int, int]] = Counter()
    for span in telling:
        start, end = span.fragments[0]
        votes.update({(start - a, end - b) for a, b in frame.places(span.quote)})
    return votes


def hypotheses(frame: Frame, votes: Counter[tuple[int, int]], number: int) -> Iterator[Hypothesis]:
    """The hypotheses of so many causes in a frame: without a shift, and with those shifts that spans vote for.

    Two causes together must have most of the votes: there are many such pairs.
    """
    least = 1 if number == 1 else max(votes.values(), default=0) * 0.5
    if len(frame.names) == number and (number == 1 or votes[0, 0] >= least or not votes):
        yield Hypothesis(frame.names, frame)
    for (start_shift, end_shift), count in votes.most_common(6):
        for names in _shift_causes(start_shift, end_shift) if count >= least else ():
            if len(frame.names) + len(names) == number:
                yield Hypothesis((*frame.names, *names), frame, start_shift, end_shift)


def _shift_causes(start: int, end: int) -> list[tuple[str, ...]]:
    """What can cause a shift of starts and ends."""
    if start == end:
        return [] if start == 0 else [("one-based",), ("constant-shift",)] if start == 1 else [("constant-shift",)]
    if end == start - 1:
        return [("inclusive-ends",)] if start == 0 else [("one-based" if start == 1 else "constant-shift", "inclusive-ends")]
    return [("ends-past",)] if (start, end) == (0, 1) else []


def bits(spans: Sequence[Stated], flat_text: str) -> float:
    """The evidence that spans are for what explains them: how improbable it is that their quotes stand there by chance.

    A quote that stands in the text once tells most. Nested and overlapping spans move together and so count once.
    """
    total, reached = 0.0, -(10**18)
    for span in sorted(spans, key=lambda s: min(s.fragments)):
        if min(span.fragments)[0] >= reached:
            total += log2(max(1.0, len(flat_text) / max(1, flat_text.count(flat(span.quote)))))
            reached = max(end for _, end in span.fragments)
    return total


def is_enough(spans: Sequence[Stated], flat_text: str, rank: int) -> bool:
    """Whether the evidence suffices for a cause: the less simple it is, the more it takes.

    Quotes that stand in the text once are enough for a simple cause: whatever the cause, their place is the same.
    """
    if rank == 2 and spans and all(flat_text.count(flat(span.quote)) == 1 for span in spans):
        return True
    return bits(spans, flat_text) >= {2: 16, 3: 26}.get(rank, 30)
