"""Stated spans, and whether a quote is that of a stretch of text, as it stands or in one of the forms that formats and tools make of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

Fragments = tuple[tuple[int, int], ...]


class Stated(NamedTuple):
    """A span as a file states it: fragments ``(start, end)`` in whatever unit, in the file's order, and their text.

    The quote of several fragments is theirs joined by one space. ``label`` is the span's type where there is one, ``tail`` the line ends
    that follow the quote in the file: blank lines, or what belongs to it.
    """

    id: str
    fragments: Fragments
    quote: str
    label: str = ""
    tail: str = ""


EXACT = ""
FORMS = {
    "quote-broken": "the quote goes on in the next line of the file, where a line of the text ends",
    "quote-cut": "the quote ends where a line of the text ends",
    "quote-tab": "a tab after the quote",
    "quote-csv": "quotation marks doubled as in CSV",
    "quote-empty": "no quote",
    "quote-edges": "white space at the edges of the quote that the text does not have there",
    "text-edges": "white space at the edges of the span that the quote does not have",
    "quote-spaces": "other white space in the quote than in the text",
}


def flat(text: str) -> str:
    """A text with a space for every line feed, carriage return and tab: as long as before."""
    return text.replace("\n", " ").replace("\r", " ").replace("\t", " ")  # several times as fast as str.translate


def same(seen: str, quote: str) -> bool:
    """Whether a quote is the text seen. Formats of one line write a space for a line end: that is no difference."""
    if seen == quote:
        return True
    if len(seen) == len(quote) and flat(seen) == flat(quote):
        return True
    return ("\r" in seen or "\r" in quote) and flat(seen.replace("\r\n", "\n")) == flat(quote.replace("\r\n", "\n"))


def form_of(seen: str, quote: str) -> str | None:
    """How a quote differs from the text seen: EXACT, one of FORMS, or None where it is another text."""
    if same(seen, quote):
        return "quote-broken" if "\n" in quote and "\n" in seen else EXACT
    if not quote:
        return "quote-empty" if seen else None
    if same(seen, quote.rstrip("\t")):
        return "quote-tab"
    if any(same(seen, plain) for plain in _without_csv(quote)):
        return "quote-csv"
    first = seen.replace("\r", "\n").split("\n")[0]
    if first.rstrip() == quote.rstrip() != "" and seen[len(first) :].strip():
        return "quote-cut"
    if seen.strip() == quote.strip() != "":
        return "quote-edges" if len(seen) < len(quote) else "text-edges"
    if seen.split() == quote.split() != []:
        return "quote-spaces"
    return None


def _without_csv(quote: str) -> Iterable[str]:
    if '"' in quote:
        yield quote.replace('""', '"')
        if quote[0] == quote[-1] == '"' and len(quote) > 1:
            yield quote[1:-1].replace('""', '"')
            yield quote[1:-1]


def seen_at(text: str, fragments: Sequence[tuple[int, int]]) -> str | None:
    """The text of fragments joined by one space; None where one is reversed or not inside the text."""
    if not fragments or any(not 0 <= start <= end <= len(text) for start, end in fragments):
        return None
    return " ".join([text[start:end] for start, end in fragments])
