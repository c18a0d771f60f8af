"""Where a quote stands in a text.

A quote is a string, or ``{"quote": ..., "in": longer quote}``, or ``{"quote": ..., "nth": which one}``. It must fit exactly; only a run
of white space may stand for another one. An occurrence inside a longer word ("he" in "the") counts only when there is no other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
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
    words = quote if isinstance(quote, str) else quote["quote"]
    context = None if isinstance(quote, str) else quote.get("in")
    nth = None if isinstance(quote, str) else quote.get("nth")
    if context is not None:
        outer = _choose(text, context, occurrences(text, context, low, high), None, low, high)
        if isinstance(outer, Miss):
            return outer._replace(rule="quote-context", found=f"the context {outer.found}")
        low, high = outer
    return _choose(text, words, occurrences(text, words, low, high), nth, low, high)


def occurrences(text: str, words: str, low: CodePoint, high: CodePoint) -> list[Span]:
    """All places of the words in ``text[low:high]``, in order; overlapping ones too."""
    spans = _exact(text, words, low, high) or _flexible(text, words, low, high)
    whole = [s for s in spans if not (_joined(text, s[0]) or _joined(text, s[1]))]
    return whole or spans


def _exact(text: str, words: str, low: int, high: int) -> list[Span]:
    spans, at = [], text.find(words, low, high)
    while at >= 0 and words:
        spans.append((at, at + len(words)))
        at = text.find(words, at + 1, high)
    return spans


def _flexible(text: str, words: str, low: int, high: int) -> list[Span]:
    parts = words.split()
    if len(parts) < 2:
        return _exact(text, parts[0], low, high) if parts and parts[0] != words else []
    pattern = re.compile(r"\s+".join(re.escape(part) for part in parts))
    return [match.span() for match in pattern.finditer(text, low, high)]


def _joined(text: str, border: CodePoint) -> bool:
    """Whether a border is inside a word. Scripts without case may write without spaces: there no border is."""
    pair = text[border - 1 : border + 1] if border else ""
    return len(pair) == 2 and all(c.isdigit() or c.lower() != c.upper() for c in pair)


def _choose(text: str, words: str, spans: list[Span], nth: int | None, low: int, high: int) -> Span | Miss:
    if not spans:
        return Miss("quote-missing", f"{quoted(words)} is not there", "words of the text", _nearest(text, words, low, high))
    if nth is not None:
        if nth <= len(spans):
            return spans[nth - 1]
        return Miss("quote-missing", f"occurrence {nth} of {quoted(words)}", f"1 to {len(spans)}", _in_context(text, spans[-1]))
    if len(spans) > 1:
        places = listed([f"{i}: {_in_context(text, span)}" for i, span in enumerate(spans, 1)], 8)
        return Miss("quote-ambiguous", f"{quoted(words)} stands there {len(spans)} times", f'"in" or "nth" to say which ({places})')
    return spans[0]


def _in_context(text: str, span: Span, width: int = 18) -> str:
    start, end = max(0, span[0] - width), span[1] + width
    inner = text[start : span[0]] + "[" + text[span[0] : span[1]] + "]" + text[span[1] : end]
    return quoted(" ".join(inner.split()), 2 * width + 40)


def _nearest(text: str, words: str, low: int, high: int) -> str:
    """The stretch of the text most like the words, quoted; empty when nothing is like them."""
    area = text[low:high]
    match = SequenceMatcher(None, words, area, autojunk=False).find_longest_match()
    start = max(0, match.b - match.a)
    candidate = area[start : start + len(words)]
    alike = SequenceMatcher(None, words, candidate, autojunk=False)
    if alike.ratio() < 0.6:
        return ""
    while start and _joined(area, start):
        start -= 1
    end = min(len(area), start + len(words))
    while end < len(area) and _joined(area, end):
        end += 1
    return quoted(area[start:end].strip(), 200)
