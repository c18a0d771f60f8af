"""Selectors -> spans of a text file, and back. Positions count code points, as the W3C has it; a quote decides where they differ."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Any, NamedTuple

from corpus_tools.findings import quoted
from corpus_tools.formats.webannotation.model import as_list
from corpus_tools.placing import Span
from corpus_tools.quotes import misquoted
from corpus_tools.text import BOM, Units

POSITION, QUOTE = "TextPositionSelector", "TextQuoteSelector"
_CONTEXT = 32  # characters of prefix and suffix in an export


class Misselected(ValueError):
    """A selector that selects nothing: what was found, what was expected, and what is nearest."""

    def __init__(self, found: str, expected: str, nearest: str = "") -> None:
        super().__init__(found)
        self.found, self.expected, self.nearest = found, expected, nearest


class Selected(NamedTuple):
    """What selectors select: a span in code points, or why there is none. ``note`` says how it was counted, ``doubt`` what speaks
    against it."""

    span: Span | None
    why: str = ""
    note: str = ""
    doubt: Misselected | None = None


class SourceText:
    """A text file in which places are sought."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def units(self) -> Units:
        """Converts offsets."""
        return Units(self.text)

    @cached_property
    def _single_spaced(self) -> tuple[str, list[int], list[int]]:
        """The text with one space for each run of white space, and where runs end: there, and in the text."""
        runs = [match.span() for match in re.finditer(r"\s{2,}", self.text)]
        ends, shift = [], 0
        for start, end in runs:
            shift += end - start - 1
            ends.append(end - shift)
        return re.sub(r"\s+", " ", self.text), ends, [end for _, end in runs]

    def places(self, words: str, low: int, high: int) -> list[Span]:
        """The first two places of words in a stretch of the text; where there is none, those that differ in white space alone."""
        found = _places(self.text, words, low, high)
        if found or not (inner := " ".join(words.split())):
            return found
        spaced, ends, there = self._single_spaced
        a = self._of(low, there, ends)
        return [
            (self._of(start, ends, there), self._of(end - 1, ends, there) + 1)
            for start, end in _places(spaced, inner, a, self._of(high, there, ends))
        ]

    def _of(self, offset: int, here: list[int], there: list[int]) -> int:
        index = bisect_right(here, offset) - 1
        return offset if index < 0 else there[index] + offset - here[index]


def _places(text: str, words: str, low: int, high: int) -> list[Span]:
    first = text.find(words, low, high)
    second = text.find(words, first + 1, high) if first >= 0 else -1
    return [(at, at + len(words)) for at in (first, second) if at >= 0]


def select(selector: Any, source: SourceText, low: int = 0, high: int | None = None) -> Selected:
    """What a selector, or a list of selectors of the same, selects in a stretch of a text.

    Raises:
        Misselected: it selects nothing.
    """
    high = len(source.text) if high is None else high
    choices = [s for s in as_list(selector) if isinstance(s, dict)]
    choices += [s for choice in choices for s in as_list(choice.get("items")) if isinstance(s, dict)]
    by_type: dict[str, dict[str, Any]] = {}
    for choice in choices:
        by_type.setdefault(str(choice.get("type", choice.get("@type"))).removeprefix("oa:"), choice)
    position, quote = by_type.get(POSITION), by_type.get(QUOTE)
    refined = next((s for s in (position, quote, *choices) if s is not None and s.get("refinedBy")), None)
    if refined is not None:
        return _refined(refined, source, low, high)
    span = None if position is None else _positions(position, source, low, high)
    if quote is not None:
        return _quoted(quote, span, source, low, high)
    return Selected(span) if span else Selected(None, "no selector of text" if choices else "the whole text")


def _refined(selector: dict[str, Any], source: SourceText, low: int, high: int) -> Selected:
    """What a selector selects in what another one does. Where that is of no known kind, a quote is sought in all of the text."""
    outer = select({**selector, "refinedBy": None}, source, low, high)
    inner = [s for s in as_list(selector["refinedBy"]) if isinstance(s, dict)]
    if outer.span is None:
        inner = [s for s in inner if s.get("type") == QUOTE]
        found = select(inner, source, low, high) if inner else Selected(None, "no selector of text")
    else:
        found = select(inner, source, *outer.span)
    return found._replace(note=found.note or outer.note, doubt=found.doubt or outer.doubt)


def _positions(selector: dict[str, Any], source: SourceText, low: int, high: int) -> Span:
    start, end = selector.get("start"), selector.get("end")
    if type(start) is not int or type(end) is not int:
        raise Misselected(f"a position from {start!r} to {end!r}"[:100], "whole numbers as start and end")
    if not 0 <= start <= end:
        raise Misselected(f"a position from {start} to {end}", "a start that is not negative, and no end before it")
    return low + start, low + end


def _quoted(selector: dict[str, Any], span: Span | None, source: SourceText, low: int, high: int) -> Selected:
    exact, prefix, suffix = (selector.get(key) for key in ("exact", "prefix", "suffix"))
    if not isinstance(exact, str) or not (exact.strip() or (exact and span)):
        raise Misselected("a quote without words", 'words as "exact"')
    before, after = (part if isinstance(part, str) else "" for part in (prefix, suffix))
    if span is not None:
        for note, (start, end) in _countings(span, source):
            if end <= high and _alike(source.text[start:end], exact):
                return Selected((start, end), note=note)
    found = source.places(before + exact + after, low, high)
    sought = [_trimmed(source.text, place, before, exact, after) for place in found]
    doubt = None
    if not sought:
        sought = source.places(exact, low, high)
        doubt = Misselected(f"{quoted(exact)} without the words around it", quoted(before[-20:] + exact + after[:20], 100))
    if not sought:
        start, end = span or (low, low)
        miss = misquoted(source.text, start, end, exact)
        raise Misselected(
            miss.found if span else f"{quoted(exact)} is not in the text", miss.expected if span else "words of the text"
        )
    if len(sought) > 1:
        return Selected(None, "a quote that stands there more than once")
    if span is not None:
        miss = misquoted(source.text, *span, exact)
        doubt = Misselected(miss.found, miss.expected, "{} at {}-{}".format(quoted(exact), *sought[0]))
    return Selected(sought[0], doubt=doubt)


def _countings(span: Span, source: SourceText) -> list[tuple[str, Span]]:
    """A span as it would be in other ways of counting, each with its name."""
    found = [("", span)]
    try:
        start, end = source.units.convert(span, "utf16_unit", "code_point")
        found.append(("positions in UTF-16 units, not in code points", (start, end)))
    except (ValueError, OverflowError):
        pass
    if source.text.startswith(BOM):
        found.append(("positions that do not count the byte order mark", (span[0] + 1, span[1] + 1)))
    return found


def _alike(there: str, words: str) -> bool:
    return there == words or there.split() == words.split()


def _trimmed(text: str, place: Span, before: str, exact: str, after: str) -> Span:
    """The place of a quote in that of the quote with the words around it."""
    if text[slice(*place)] == before + exact + after:
        return place[0] + len(before), place[1] - len(after)
    # White space differs: the characters that are none tell how far prefix and suffix go.
    start = _skip(text, place[0], 1, sum(not c.isspace() for c in before))
    end = _skip(text, place[1] - 1, -1, sum(not c.isspace() for c in after)) + 1
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return start, end


def _skip(text: str, at: int, step: int, number: int) -> int:
    while number:
        number -= not text[at].isspace()
        at += step
    return at


def written(source: SourceText, span: Span) -> list[dict[str, Any]]:
    """The selectors of a span of a text."""
    start, end = span
    words = {"exact": source.text[start:end], "prefix": source.text[max(0, start - _CONTEXT) : start]}
    words |= {"suffix": source.text[end : end + _CONTEXT]}
    return [{"type": POSITION, "start": start, "end": end}, {"type": QUOTE} | {key: value for key, value in words.items() if value}]
