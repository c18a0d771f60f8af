"""The bytes of the source that the fragments of records stand on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from corpus_tools.records import Document, Fragment
from corpus_tools.text import SourceMap, Utf8Byte, undo_edits


class SourceBytes(NamedTuple):
    """A stretch of the source: its borders in bytes, and the characters there."""

    start: Utf8Byte
    end: Utf8Byte
    text: str


Placer = Callable[[Sequence[Fragment]], list[SourceBytes]]


def placer(document: Document) -> Placer:
    """What gives the source bytes of fragments of a document; none where its text is withheld.

    Raises:
        ValueError: the edits do not fit the text, or (when called) a fragment is not inside it.
    """
    if document.text is None or document.edits is None:
        return lambda fragments: []
    source = undo_edits(document.text, document.edits)
    borders = SourceMap(document.text, document.edits)

    def place(fragments: Sequence[Fragment]) -> list[SourceBytes]:
        spans = [borders.to_source(fragment.start, fragment.end) for fragment in fragments]
        return [SourceBytes(start, end, source[start:end].decode()) for start, end in spans]

    return place
