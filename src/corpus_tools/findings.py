"""What is wrong, where, and what would be right: the one form in which every check reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import msgspec


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One problem.

    ``line`` and ``column`` count from 1, 0 where there is none. ``found`` and ``expected`` are phrases for a person;
    ``nearest`` is the nearest candidate for what was meant.
    """

    rule: str
    path: str = ""
    line: int = 0
    column: int = 0
    document: str = ""
    record: str = ""
    found: str
    expected: str = ""
    nearest: str = ""

    @property
    def place(self) -> str:
        """``path:line:column``, or as much of it as is known."""
        numbers = [str(n) for n in (self.line, self.column) if n]
        where = ":".join([self.path or self.document, *numbers])
        return f"{where} {self.record}".strip() if self.record else where

    @property
    def message(self) -> str:
        """``found; expected ...; nearest: ...``."""
        parts = [self.found]
        parts += [f"expected {self.expected}"] if self.expected else []
        parts += [f"nearest: {self.nearest}"] if self.nearest else []
        return printable("; ".join(parts))

    def __str__(self) -> str:
        """One line, control characters visible: ``place: rule: found; expected ...; nearest: ...``."""
        return printable(f"{self.place}: {self.rule}: {self.message}")


class CorpusError(Exception):
    """The data has problems; ``findings`` lists all of them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(findings, key=lambda f: (f.path, f.line, f.column))
        super().__init__("\n".join(str(finding) for finding in self.findings))


class UsageError(Exception):
    """The call cannot be carried out as asked: wrong arguments, or input that cannot be read."""


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The candidate most like a word, whatever its case, quoted; empty when none is like it."""
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    return next((quoted(by_lower[match]) for match in get_close_matches(word.lower(), by_lower, 1, 0.6)), "")


def quoted(text: str, limit: int = 60) -> str:
    """A text in quotation marks for a message: control characters visible, the middle of a long one left out."""
    if len(text) > limit:
        text = f"{text[: limit - 20]}...{text[-17:]}"
    return f'"{printable(text)}"'


def printable(text: str) -> str:
    """A text with all that a terminal would not print as it stands (control characters, lone surrogates) as escapes."""
    return "".join([c if c.isprintable() else c.encode("unicode_escape").decode() for c in text])


def listed(items: Sequence[str], limit: int = 5) -> str:
    """Items joined by commas; past the limit their number instead."""
    shown = ", ".join(items[:limit])
    return shown if len(items) <= limit else f"{shown} and {len(items) - limit} more"
