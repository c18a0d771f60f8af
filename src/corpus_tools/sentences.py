"""Sentences of a paragraph, by `sentencex`."""

from __future__ import annotations

from collections.abc import Iterable

from corpus_tools.text import CodePoint


def split(text: str, language: str) -> list[tuple[CodePoint, CodePoint]]:
    """The sentences of a text, as spans of it without white space at their edges; they cover all else."""
    import sentencex

    boundaries = sentencex.get_sentence_boundaries(language.partition("-")[0].lower(), text)
    return cut(text, [boundary["start_index"] for boundary in boundaries])


def cut(text: str, starts: Iterable[CodePoint]) -> list[tuple[CodePoint, CodePoint]]:
    """The stretches of a text from each start to the next, the first from 0, without white space at their edges."""
    spans = []
    borders = sorted({0, *starts})
    for start, end in zip(borders, [*borders[1:], len(text)], strict=True):
        inner = text[start:end].strip()
        if inner:
            start = text.index(inner, start)
            spans.append((start, start + len(inner)))
    return spans
