"""How a mention refers, by the part of speech of its head: PROPN a name, NOUN a nominal, PRON a pronoun; others are unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_LEVELS = {"PROPN": "name", "NOUN": "nominal", "PRON": "pronoun"}
_HEADS = ("minspan", "MIN", "head")


def level_of(words: Sequence[Sequence[str]], values: Mapping[str, str]) -> str | None:
    """The level of a mention.

    Args:
        words: the columns of its words.
        values: the fields of its bracket. ``minspan`` or ``head`` numbers the words that the head is among; else it is among all.
    """
    named = next((values[field] for field in _HEADS if values.get(field)), "")
    numbers = [int(part) for part in named.split(",") if part.isascii() and part.isdigit() and len(part) < 5]
    chosen = [words[number - 1] for number in numbers if 0 < number <= len(words)] or list(words)
    ids = {columns[0] for columns in chosen}
    head = next((columns for columns in chosen if columns[6] not in ids), None)
    return _LEVELS.get(head[3]) if head else None
