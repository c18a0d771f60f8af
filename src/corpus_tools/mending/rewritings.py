"""Other forms of a text in which somebody may have counted: CRLF for LF, NFC for NFD, escaped, collapsed.

A rewriting gives the *changes* ``(start, end, replacement)`` that lead from the text to the form, in order and disjoint; spans of the
form are carried back to the text along them. All offsets are code points.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from corpus_tools.text import BOM, CodePoint, carry

Change = tuple[CodePoint, CodePoint, str]
_Sides = tuple[list[int], list[int]]


class Rewriting(NamedTuple):
    """A named form of texts: ``words`` say what somebody did who counted in it."""

    name: str
    words: str
    changes: Callable[[str], Iterator[Change]]


class Form(NamedTuple):
    """A form of a text; each step is (starts, ends) of the changes in the form, then in what it was made from."""

    names: tuple[str, ...]
    text: str
    steps: tuple[tuple[_Sides, _Sides], ...]

    def back(self, start: CodePoint, end: CodePoint) -> tuple[CodePoint, CodePoint]:
        """The span of the original text for one of the form."""
        for here, there in reversed(self.steps):
            start, end = carry(here, there, start, end)
        return start, end


def rewrite(form: Form, rewriting: Rewriting) -> Form | None:
    """Rewrite a form once more; None where that changes nothing."""
    parts: list[str] = []
    here: _Sides = ([], [])
    there: _Sides = ([], [])
    position = size = 0
    for start, end, new in rewriting.changes(form.text):
        if form.text[start:end] == new:
            continue
        size += start - position
        parts += [form.text[position:start], new]
        for sides, low, high in ((there, start, end), (here, size, size + len(new))):
            sides[0].append(low)
            sides[1].append(high)
        position, size = end, size + len(new)
    if not parts:
        return None
    text = "".join([*parts, form.text[position:]])
    return Form((*form.names, rewriting.name), text, (*form.steps, (here, there)))


def _matches(pattern: str, new: str | Callable[[str], str]) -> Callable[[str], Iterator[Change]]:
    compiled = re.compile(pattern)

    def changes(text: str) -> Iterator[Change]:
        for match in compiled.finditer(text):
            yield match.start(), match.end(), new if isinstance(new, str) else new(match[0])

    return changes


def _bom_added(text: str) -> Iterator[Change]:
    if not text.startswith(BOM):
        yield 0, 0, BOM


def _normalized(form: str) -> Callable[[str], Iterator[Change]]:
    """Normalisation, one base character with its marks at a time."""

    def changes(text: str) -> Iterator[Change]:
        if not unicodedata.is_normalized(form, text):  # type: ignore[arg-type]
            for start, end in _clusters(text):
                yield start, end, unicodedata.normalize(form, text[start:end])  # type: ignore[arg-type]

    return changes


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for at in range(1, len(text) + 1):
        # Hangul: vowels and finals are no marks, yet they join what is before them.
        if at == len(text) or not (unicodedata.combining(text[at]) or "\u1160" <= text[at] <= "\u11ff"):
            if at - start > 1 or text[start] >= "\x80":
                yield start, at
            start = at


_CODES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_QUOTES = {'"': "&quot;", "'": "&#39;"}

REWRITINGS = (
    Rewriting("crlf-counted", "line ends counted as two characters (CRLF); the text has LF", _matches(r"(?<!\r)\n", "\r\n")),
    Rewriting("lf-counted", "line ends counted as one character; the text has CRLF", _matches(r"\r\n", "\n")),
    Rewriting("bom-counted", "a byte order mark counted that the text does not have", _bom_added),
    Rewriting("bom-not-counted", "the text's byte order mark not counted", _matches(f"\\A{BOM}", "")),
    Rewriting("nfc", "counted in Unicode form NFC; the text is not", _normalized("NFC")),
    Rewriting("nfd", "counted in Unicode form NFD; the text is not", _normalized("NFD")),
    Rewriting("escaped", "counted with & < > escaped as in HTML", _matches("[&<>]", _CODES.__getitem__)),
    Rewriting(
        "quotes-escaped", "counted with & < > and quotation marks escaped", _matches("[&<>\"']", (_CODES | _QUOTES).__getitem__)
    ),
    Rewriting("unescaped", "HTML entities of the text counted as one character each", _matches(r"&#?\w{1,32};", html.unescape)),
    Rewriting("spaces-collapsed", "runs of spaces and tabs counted as one space", _matches(r"[ \t]{2,}", " ")),
    Rewriting("blank-lines-collapsed", "blank lines not counted", _matches(r"(?<=\n)(?:[ \t]*\r?\n)+", "")),
    Rewriting("white-space-collapsed", "every run of white space counted as one character", _matches(r"\s{2,}", " ")),
    Rewriting("start-stripped", "white space at the start of the text not counted", _matches(r"\A\s+", "")),
    Rewriting("lines-stripped", "white space at the start of lines not counted", _matches(r"(?m)^[ \t]+", "")),
    Rewriting("lines-trimmed", "white space at both ends of lines not counted", _matches(r"(?m)^[ \t]+|[ \t]+(?=\r?$)", "")),
    Rewriting("line-ends-not-counted", "line ends not counted", _matches(r"\r?\n", "")),
)
