"""What is wrong with the stated spans of one text, and why: for the whole file, not span by span. Pure.

A repair is given only where one cause explains nearly all spans with enough evidence, and all causes that explain as much agree on
every span. What no cause explains is sought by its quote, between the spans around it whose place is known.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import ceil
from typing import Literal, NamedTuple

from corpus_tools.findings import quoted
from corpus_tools.mending.causes import (
    CAUSES,
    Frame,
    Hypothesis,
    Scored,
    best_scored,
    bits,
    formed,
    frames,
    hypotheses,
    is_enough,
    paired_frames,
    shift_votes,
)
from corpus_tools.mending.quoteforms import Fragments, Stated, flat, form_of, same, seen_at
from corpus_tools.mending.shifts import piecewise

COVERAGE = 0.9  # of the spans that say anything: what a cause must explain
EDITED = 0.6  # the same for a text that was edited: spans that were edited themselves are explained by nothing
MOST_RANK = 7  # of shifts in the text as it is: beyond it, another form of the text may explain more simply
LARGE = 200_000  # code points of a text
LOOSE = ("quote-edges", "text-edges", "quote-spaces")  # faults of quotes that may as well be faults of offsets
DOUBTFUL = ("quote-cut", "quote-empty")  # faults that prove nothing of the end: no faults where offsets are wrong
SEVERAL = 40  # bits of evidence: what it takes to call them that
FOREIGN = 0.4  # of the quotes: where fewer are in the text at all, it is another text
NEAR = 30  # code points from where its neighbours say that a quote is: as near as a short one must be
LONG = 12  # code points of a quote that is hardly anywhere by chance
SURE = 0.8  # the confidence from which on a place that was sought is taken

Verdict = Literal["clean", "form", "decided", "undecided", "other-text", "unexplained"]
Status = Literal["exact", "form", "mended", "moved", "ambiguous", "lost", "undecided"]


class SpanResult(NamedTuple):
    """What came of a stated span: ``fragments`` are code points of the text, None where the place is not known.

    ``status``: exact (as stated), form (as stated, but the quote has a fault, ``note``), mended (by the cause), moved (found by its
    quote), ambiguous (its quote stands in several places), lost (its quote is not there), undecided (the cause is).
    """

    span: Stated
    status: Status
    fragments: Fragments | None
    confidence: float
    note: str = ""


class Diagnosis(NamedTuple):
    """The result for one text. ``causes`` are those tied, the simplest alone where it is decided; ``of`` is the number of spans that
    say anything (have a quote)."""

    verdict: Verdict
    causes: list[Scored]
    of: int
    spans: list[SpanResult]


def diagnose(text: str, spans: Sequence[Stated]) -> Diagnosis:
    """Diagnose the stated spans of a text.

    Args:
        text: the text as its file has it, byte order mark and line ends included.
        spans: in any order.
    """
    forms = [_form(text, span) for span in spans]
    telling = [i for i, span in enumerate(spans) if span.quote]
    if not {None, *LOOSE} & set(forms):
        results = [_as_stated(span, form or "") for span, form in zip(spans, forms, strict=True)]
        return Diagnosis("form" if any(forms) else "clean", [], len(telling), results)
    right = {i: spans[i].fragments for i in telling if forms[i] is not None and forms[i] not in LOOSE}
    tied = _best(text, spans, right, len(telling))
    if None not in forms and not (tied and bits([s for s in spans if s.quote], flat(text)) >= SEVERAL):
        results = [_as_stated(span, form or "") for span, form in zip(spans, forms, strict=True)]
        return Diagnosis("form", [], len(telling), results)
    if tied and not _agree(tied):
        results = [_undecided(span, form) for span, form in zip(spans, forms, strict=True)]
        return Diagnosis("undecided", tied, len(telling), results)
    if not tied and _is_other_text(text, [spans[i] for i in telling], right):
        results = [_undecided(span, form) for span, form in zip(spans, forms, strict=True)]
        return Diagnosis("other-text", [], len(telling), results)
    is_trusted = not tied and len(right) >= COVERAGE * len(telling)  # the offsets as they stand
    known = {
        i: SpanResult(span, "undecided", None, 0.0, form) if form in DOUBTFUL and not is_trusted else _as_stated(span, form)
        for i, (span, form) in enumerate(zip(spans, forms, strict=True))
        if form is not None
    }
    known |= _mended(spans, tied[0]) if tied else {}
    return Diagnosis("decided" if tied else "unexplained", tied, len(telling), reanchored(text, spans, known))


def _mended(spans: Sequence[Stated], cause: Scored) -> dict[int, SpanResult]:
    """What a cause makes of the spans."""
    placed = {i: (fragments, "") for i, fragments in cause.repairs.items()}
    if cause.hypothesis and "two-units" not in cause.causes:
        placed |= formed(cause.hypothesis, spans, placed)
    results = {}
    for i, (fragments, form) in placed.items():
        if form == "text-edges":
            results[i] = _as_stated(spans[i], form)
            continue
        status: Status = "mended" if fragments != spans[i].fragments else "form" if form else "exact"
        results[i] = SpanResult(spans[i], status, fragments, 1.0, form)
    return results


def _form(text: str, span: Stated) -> str | None:
    seen = seen_at(text, span.fragments)
    form = None if seen is None else form_of(seen, span.quote)
    return "quote-broken" if form == "text-edges" and span.tail and same(seen or "", span.quote + span.tail) else form


def _as_stated(span: Stated, form: str) -> SpanResult:
    if form == "text-edges":  # either may be meant
        return SpanResult(span, "undecided", None, 0.0, form)
    return SpanResult(span, "form" if form else "exact", span.fragments, 1.0, form)


def _undecided(span: Stated, form: str | None) -> SpanResult:
    return _as_stated(span, form) if form else SpanResult(span, "undecided", None, 0.0)


# ------------------------------------------------------------------------------------------------------- the causes


def _best(text: str, spans: Sequence[Stated], right: dict[int, Fragments], telling: int) -> list[Scored]:
    """The causes that explain most, of those the simplest; several where they tie. None where none explains enough."""
    one = frames(text)
    votes = [shift_votes(frame, spans) for frame in one]
    alone = [h for frame, cast in zip(one, votes, strict=True) for h in hypotheses(frame, cast, 1)]
    singles = best_scored(alone, spans, text)
    found = _fit(singles, one[0], spans, right, telling)
    if found and _covered(found[0], spans) >= telling:
        return found
    mixed = _two_units(text, spans, alone, right)
    is_right = len(right) >= COVERAGE * telling  # as it stands, but for some
    pieces = _pieces(one[:1] if is_right else one, spans, telling)
    least = max((len(s.repairs) for s in [*singles, *pieces]), default=0)
    is_large = len(text) > LARGE and least >= COVERAGE * telling
    if is_right or is_large or any(len(s.repairs) == telling for s in mixed):  # two causes are less simple, or not worth their time
        return _fit([*singles, *mixed, *pieces], one[0], spans, right, telling)
    two = paired_frames(one)
    votes += [shift_votes(frame, spans) for frame in two]
    together = [h for frame, cast in zip([*one, *two], votes, strict=True) for h in hypotheses(frame, cast, 2)]
    pairs = best_scored(together, spans, text, least)
    return _fit([*singles, *mixed, *pairs, *pieces], one[0], spans, right, telling)


def _pieces(one: Sequence[Frame], spans: Sequence[Stated], telling: int) -> list[Scored]:
    own = piecewise(one[0], spans)
    if own and len(own.repairs) >= COVERAGE * telling and own.rank <= MOST_RANK:
        return [own]
    return [s for s in (own, *(piecewise(frame, spans) for frame in one[1:])) if s]


def _fit(scored: list[Scored], own: Frame, spans: Sequence[Stated], right: dict[int, Fragments], telling: int) -> list[Scored]:
    most = max((len(s.repairs) for s in scored), default=0)
    if most <= len(right):
        return []
    best = [s for s in scored if len(s.repairs) == most]
    rank = min(s.rank for s in best)
    simplest = [s for s in best if s.rank == rank]
    changed = [spans[i] for i, fragments in simplest[0].repairs.items() if fragments != spans[i].fragments]
    is_mixed = "two-units" in simplest[0].causes  # no less likely by chance than its unit alone
    if not is_enough(changed, own.flat_text, rank - is_mixed) or not _covers(simplest[0], changed, own.flat_text, spans, telling):
        return []
    if len(changed) < 3:  # little evidence: the next simple causes must agree too
        simplest = [s for s in best if s.rank <= rank + 1]
    return simplest


def _covers(cause: Scored, changed: Sequence[Stated], flat_text: str, spans: Sequence[Stated], telling: int) -> bool:
    """Whether a cause explains so many of the spans that say anything that it is that of the file."""
    covered = _covered(cause, spans)
    needed = EDITED if "shift-from-a-point" in cause.causes else COVERAGE
    return covered >= needed * telling or (covered == telling - 1 >= 3 and bits(changed, flat_text) >= SEVERAL)


def _covered(cause: Scored, spans: Sequence[Stated]) -> int:
    """How many telling spans a cause explains, those with a faulty form of a quote too."""
    more = formed(cause.hypothesis, spans, cause.repairs) if cause.hypothesis else {}
    return len(cause.repairs) + sum(1 for i in more if spans[i].quote)


def _agree(tied: Sequence[Scored]) -> bool:
    return all(other.repairs == tied[0].repairs for other in tied[1:])


def _two_units(text: str, spans: Sequence[Stated], alone: Sequence[Hypothesis], right: dict[int, Fragments]) -> list[Scored]:
    """Hypotheses that some kinds of span were counted otherwise: kinds are told by the letters of the id, or by the label.

    The others are right as they stand. A shift by any number is none of these: one part of a file is not shifted for its label.
    """
    others = [h for h in alone if "constant-shift" not in h.causes]
    found = []
    for kind_of in (_letters, _label):
        kinds: dict[str, list[int]] = {}
        for i, span in enumerate(spans):
            if span.quote:
                kinds.setdefault(kind_of(span), []).append(i)
        sound = {kind for kind, members in kinds.items() if sum(i in right for i in members) >= COVERAGE * len(members)}
        rest = [i for kind, members in kinds.items() if kind not in sound for i in members]
        if not sound or not rest:
            continue
        named = ", ".join(sorted(kinds.keys() - sound))
        kept = {i: fragments for i, fragments in right.items() if kind_of(spans[i]) in sound}
        for s in best_scored(others, [spans[i] for i in rest], text, ceil(COVERAGE * len(rest))):
            repairs = kept | {rest[at]: fragments for at, fragments in s.repairs.items()}
            found.append(Scored(("two-units", *s.causes), f"{CAUSES['two-units']}: {named} {s.words}", s.rank + 1, repairs))
    return found


def _letters(span: Stated) -> str:
    return span.id.rstrip("0123456789")


def _label(span: Stated) -> str:
    return span.label


def _is_other_text(text: str, telling: Sequence[Stated], right: dict[int, Fragments]) -> bool:
    """Whether most quotes are not in the text at all."""
    flat_text = flat(text)
    there = sum(flat(span.quote) in flat_text for span in telling)
    return len(telling) >= 3 and len(right) <= FOREIGN * len(telling) and there <= FOREIGN * len(telling)


# ------------------------------------------------------------------------------------------------------ re-anchoring


def reanchored(text: str, spans: Sequence[Stated], known: dict[int, SpanResult]) -> list[SpanResult]:
    """Results for all spans: the known ones, and for the others their quote's place between the known ones around them."""
    flat_text = flat(text)
    anchors = sorted((spans[i].fragments[0], r.fragments[0]) for i, r in known.items() if r.fragments)
    return [known[i] if i in known else _sought(flat_text, span, anchors) for i, span in enumerate(spans)]


def _sought(flat_text: str, span: Stated, anchors: list[tuple[tuple[int, int], tuple[int, int]]]) -> SpanResult:
    quote = flat(span.quote)
    if not quote.strip() or len(span.fragments) != 1:
        return SpanResult(span, "lost", None, 0.0, "fragments are not sought one by one" if quote.strip() else "no quote to seek")
    places = _places(flat_text, quote)
    if not places:
        return SpanResult(span, "lost", None, 0.0, _like(flat_text, quote))
    at = bisect_left(anchors, (span.fragments[0], (0, 0)))
    around = anchors[max(0, at - 1) : at + 1]
    low = anchors[at - 1][1][0] if at else 0
    high = anchors[at][1][0] if at < len(anchors) else len(flat_text)
    between = [place for place in places if low <= place <= high]
    if len(places) == 1 and between:
        moved = [known[0] - stated[0] for stated, known in around]
        is_near = 0 < at < len(anchors) and min(moved) - NEAR <= places[0] - span.fragments[0][0] <= max(moved) + NEAR
        confidence = 0.95 if 0 < at < len(anchors) else 0.8 if anchors else 0.5
        confidence -= 0.2 if len(quote) < (4 if is_near else LONG) else 0.0
        return SpanResult(span, "moved", ((places[0], places[0] + len(quote)),), round(confidence, 2), "its only place")
    if len(places) == 1 and len(quote) >= 2 * LONG and len(anchors) >= 3:
        return SpanResult(
            span, "moved", ((places[0], places[0] + len(quote)),), SURE, "its only place, far from where it is stated"
        )
    note = f"{len(places)} places, {len(between)} of them between the spans around it"
    return SpanResult(span, "ambiguous", None, 0.0, note)


def _places(text: str, quote: str) -> list[int]:
    places, at = [], text.find(quote)
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    return places


def _like(text: str, quote: str) -> str:
    """The place most like a quote, for a message; empty when none is much like it."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    found = partial_ratio_alignment(quote, text, score_cutoff=75) if 3 < len(quote) <= 1000 else None
    if found is None:
        return ""
    return f"{quoted(text[found.dest_start : found.dest_end])} at {found.dest_start} is {found.score:.0f} % like it"
