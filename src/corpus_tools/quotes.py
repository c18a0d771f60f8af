"""Where a quote stands in a text.

A quote is a string, or ``{"quote": ..., "in": longer quote}``, or ``{"quote": ..., "nth": which one}``. It must fit exactly; only a run
of white space inside it may stand for another one, and white space at its edges may be missing. An occurrence inside a longer word
("he" in "the") counts only when there is no other. Programs write ``{"quote": ..., "at": offset}``: nothing is sought then.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from itertools import product
from typing import Any, NamedTuple

from corpus_tools.findings import listed, quoted
from corpus_tools.text import CodePoint

Span = tuple[CodePoint, CodePoint]


class Miss(NamedTuple):
    """Why a quote has no place."""

    rule: str
    found: str
    expected: str
    nearest: str = ""


def locate(text: str, quote: str | Mapping[str, Any], low: CodePoint, high: CodePoint) -> Span | Miss:
    """Find a quote in ``text[low:high]``: its span in the text, or why there is none."""
    if isinstance(quote, str):
        return _choose(text, quote, None, low, high)
    if "at" in quote:
        span = (low + quote["at"], low + quote["at"] + len(quote["quote"]))
        there = text.startswith(quote["quote"], span[0]) and span[1] <= high
        return span if there else misquoted(text, *span, quote["quote"])
    context, nth = quote.get("in"), quote.get("nth")
    if context is None:
        return _choose(text, quote["quote"], nth, low, high)
    outer = _choose(text, context, None, low, high, which="a longer context, that stands there once")
    if isinstance(outer, Miss):
        return outer._replace(rule="quote-context", found=f"the context {outer.found}")
    return _choose(text, quote["quote"], nth, *outer, there=f"in {quoted(context)}")


def locate_in_order(
    text: str, quotes: Iterable[str | Mapping[str, Any]], low: CodePoint, high: CodePoint
) -> Iterator[tuple[int, Span | Miss]]:
    """Find quotes that stand one behind the other; gives each with its index.

    Bare words are sought behind the quote before, words with "in", "nth" or "at" in all of ``text[low:high]``. Behind one that is not found
    words that stand there more than once are passed over: its place would have told which.
    """
    behind, lost = low, False
    for index, quote in enumerate(quotes):
        bare = isinstance(quote, str) or quote.keys() == {"quote"}
        place = locate(text, quote, behind if bare else low, high)
        before = locate(text, quote, low, high) if place[0] == "quote-missing" and bare and behind > low else place
        if not isinstance(before, Miss) and before[0] < behind:
            place = _too_early(quote)
        if not isinstance(place, Miss):
            behind = place[1]
        elif lost and place.rule == "quote-ambiguous":
            continue
        lost = lost or isinstance(place, Miss)
        yield index, place


def _too_early(quote: str | Mapping[str, Any]) -> Miss:
    words = quote if isinstance(quote, str) else quote["quote"]
    return Miss("span-order", f"{quoted(words)} begins before the quote above it ends", "quotes in the order of the text, apart")


def occurrences(text: str, words: str, low: CodePoint, high: CodePoint) -> list[Span]:
    """All places of the words in ``text[low:high]``, in order; overlapping ones too."""
    spans = _places(text, words, low, high) or _places(text, words.strip(), low, high)
    whole = [s for s in spans if not (_joined(text, s[0]) or _joined(text, s[1]))]
    return whole or spans


def _places(text: str, words: str, low: int, high: int) -> list[Span]:
    core = words.strip()
    parts = core.split()
    if len(parts) < 2 or (_single_spaced(core) and _single_spaced(text[low:high])):
        return _exact(text, words, low, high)
    before, _, after = words.partition(core)
    inner = r"\s++".join(re.escape(part) for part in parts)
    pattern = re.compile(f"(?=({re.escape(before)}{inner}{re.escape(after)}))")
    return [match.span(1) for match in pattern.finditer(text, low, high)]


def _single_spaced(text: str) -> bool:
    """Whether all white space inside a text is single spaces; only then is a search for the exact words enough."""
    return " ".join(text.split()) == text.strip()


def misquoted(text: str, start: CodePoint, end: CodePoint, quote: str) -> Miss:
    """What to say of offsets at which a quote does not stand: what stands there, and where the quote does."""
    places = [at for at in (text.rfind(quote, 0, start + len(quote)), text.find(quote, start)) if at >= 0]
    at = min(places, key=lambda place: abs(place - start), default=-1)
    near = f"{quoted(quote)} at {at}-{at + len(quote)}" if at >= 0 else ""
    past = f", past the end of the text ({len(text)})" if end > len(text) else ""
    return Miss("span-text", f"{quoted(text[start:end])} at {start}-{end}{past}", quoted(quote), near)


def _exact(text: str, words: str, low: int, high: int) -> list[Span]:
    spans, at = [], text.find(words, low, high)
    while at >= 0 and words:
        spans.append((at, at + len(words)))
        at = text.find(words, at + 1, high)
    return spans


def _joined(text: str, border: CodePoint) -> bool:
    """Whether a border is inside a word or a character. Scripts without case may write without spaces: there no border is."""
    pair = text[border - 1 : border + 1] if border else ""
    if len(pair) < 2:
        return False
    return all(c.isdigit() or c.lower() != c.upper() for c in pair) or unicodedata.category(pair[1]).startswith("M")


def _choose(
    text: str,
    words: str,
    nth: int | None,
    low: int,
    high: int,
    *,
    there: str = "there",
    which: str = '"in" or "nth" to say which',
) -> Span | Miss:
    spans = occurrences(text, words, low, high)
    if not spans:
        found = f"{quoted(words)} is not {there}" if words.strip() else "a quote of white space alone"
        alike = words.strip() and unicodedata.normalize("NFC", words) in unicodedata.normalize("NFC", text[low:high])
        expected = "words of the text, composed as they are there (NFC or NFD)" if alike else "words of the text"
        return Miss("quote-missing", found, expected, _nearest(text[low:high], words))
    if nth is not None:
        if nth <= len(spans):
            return spans[nth - 1]
        return Miss(
            "quote-missing", f"occurrence {nth} of {quoted(words)}", f"1 to {len(spans)}", _in_context(text, spans[-1], low, high)
        )
    if len(spans) > 1:
        places = listed([f"{i}: {_in_context(text, span, low, high)}" for i, span in enumerate(spans, 1)], 8)
        return Miss("quote-ambiguous", f"{quoted(words)} stands {there} {len(spans)} times", f"{which} ({places})")
    return spans[0]


_WIDTH = 18


def _in_context(text: str, span: Span, low: int, high: int) -> str:
    start, end = max(low, span[0] - _WIDTH), min(high, span[1] + _WIDTH)
    inner = text[start : span[0]] + "[" + text[span[0] : span[1]] + "]" + text[span[1] : end]
    return quoted(" ".join(inner.split()), 2 * _WIDTH + 40)


# ------------------------------------------------------------------------------------------------ nearest candidate

_WORD = re.compile(r"[\w\u0300-\u036f]+")  # with combining marks
_REACH = 12  # how far from where the words would begin and end the candidate may
_LONGEST = 200  # comparing takes the square of the length
_WIDEST = 100_000


def _nearest(area: str, words: str) -> str:
    """The stretch of the area most like the words (of a long quote: its beginning), quoted; empty when nothing is like them."""
    area, words = area[:_WIDEST], words.strip()[:_LONGEST]
    in_other_case = re.search(re.escape(words), area, re.IGNORECASE) if words else None
    if in_other_case:
        return quoted(in_other_case[0], _LONGEST)
    match = SequenceMatcher(None, area, words, autojunk=False).find_longest_match()
    start = max(0, match.a - match.b)
    end = start + len(words)
    borders = [m.span() for m in _WORD.finditer(area, max(0, start - _REACH), end + _REACH)]
    starts = [a for a in (start, *(a for a, _ in borders)) if abs(a - start) <= _REACH and not _joined(area, a)] or [start]
    ends = [b for b in (end, *(b for _, b in borders)) if abs(b - end) <= _REACH and not _joined(area, b)] or [end]
    candidates = {area[a:b].strip() for a, b in product(starts, ends) if a < b}
    alike = SequenceMatcher(None, b=words, autojunk=False)
    rated = []
    for candidate in sorted(candidates):
        alike.set_seq1(candidate)
        rated.append((alike.ratio(), candidate))
    ratio, best = max(rated, default=(0.0, ""))
    return quoted(best, _LONGEST) if ratio >= 0.6 else ""
