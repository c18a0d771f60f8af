"""A value written as spans of a text, so that who has the text can read it and nobody else.

A *piece* is a span ``[start, end]`` of the text, in code points, or a string. Strings are only what holds no letter or digit, and
characters that the text does not have: so pieces never hold words of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

Piece = str | list[int]

_WORD_CHARACTER = re.compile(r"[^\W_]")
_WORDS = re.compile(r"[^\W_]+")
SEQUENCE = 4  # so many words of a text in a row are taken for a quotation


def spell(value: str, text: str) -> list[Piece]:
    """The pieces of a value, each as long as it can be."""
    if not _WORD_CHARACTER.search(value):
        return [value] if value else []
    pieces: list[Piece] = []
    at = 0
    while at < len(value):
        length = _longest(value, at, text)
        if length:
            start = text.index(value[at : at + length])
            pieces.append([start, start + length])
        elif pieces and isinstance(pieces[-1], str):
            pieces[-1] += value[at]
        else:
            pieces.append(value[at])
        at += max(length, 1)
    return pieces


def _longest(value: str, at: int, text: str) -> int:
    """The length of the longest stretch of a value from a place on that stands in the text."""
    low, high = 0, 1
    while high <= len(value) - at and value[at : at + high] in text:
        low, high = high, high * 2
    high = min(high, len(value) - at + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if value[at : at + middle] in text else (low, middle)
    return low


def read(pieces: Iterable[Piece], words: Callable[[int, int], str | None]) -> str | None:
    """The value of pieces; None where a part of the text that they need is not there."""
    parts = [piece if isinstance(piece, str) else words(*piece) for piece in pieces]
    there = [part for part in parts if part is not None]
    return "".join(there) if len(there) == len(parts) else None


def sequences(text: str) -> set[tuple[str, ...]]:
    """All runs of `SEQUENCE` words in a text, whatever their case and what stands between them; runs of numbers alone are none."""
    words = [word.casefold() for word in _WORDS.findall(text)]
    runs = zip(*(words[n:] for n in range(SEQUENCE)), strict=False)
    return {run for run in runs if not all(word.isdecimal() for word in run)}
