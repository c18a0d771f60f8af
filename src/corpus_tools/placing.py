"""Between the offsets of somebody else's plain text and those of ours; the bytes of the source are the pivot."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from corpus_tools.readers import Block, plain
from corpus_tools.records import Document, Fragment
from corpus_tools.text import CodePoint, SourceMap, Unit, Units, decode, undo_edits

Span = tuple[int, int]


class Misplaced(ValueError):
    """Offsets that are no span of the text: reversed, negative, past the end, inside a character."""


class ToText:
    """Carries spans of a plain text source to the text that the compiler reads from it.

    Our text lacks what the reader of plain text leaves out: a byte order mark, carriage returns before line feeds, blank lines after the
    first. An edge there is moved, and counted in ``notes`` as are fragments that had to be sorted, joined or trimmed.
    """

    def __init__(self, source: bytes, unit: Unit) -> None:
        """Takes a source in UTF-8 and the unit that offsets into it are counted in.

        Raises:
            NotUtf8: the source is not UTF-8.
        """
        self.source = decode(source)
        self.unit: Unit = unit
        self.text, self.blocks, edits = plain.read(source)
        self.notes: Counter[str] = Counter()
        self._units = Units(self.source)
        self._map = SourceMap(self.text, edits)

    def span(self, start: int, end: int) -> tuple[CodePoint, CodePoint]:
        """A span of the source as a span of the text; empty where nothing of it is in the text.

        Raises:
            Misplaced: it is no span of the source.
        """
        if end < start:
            raise Misplaced(f"the span {start}-{end} ends before it starts")
        try:
            first, last = self._units.convert((start, end), self.unit, "utf8_byte")
        except (ValueError, OverflowError) as error:
            raise Misplaced(str(error)) from None
        a, b = self._map.to_text(first, last)
        if start < end and self._map.to_source(a, b) != (first, last):
            self.notes["spans with an edge in white space that our text does not have"] += 1
        return a, b

    def spans(self, spans: Sequence[Span]) -> list[Span]:
        """Many spans that `span` would take, at once; nothing is counted."""
        flat = self._units.convert([offset for span in spans for offset in span], self.unit, "utf8_byte")
        return self._map.all_to_text(list(zip(flat[::2], flat[1::2], strict=True)))

    def source_span(self, start: CodePoint, end: CodePoint) -> Span:
        """A span of the text as a span of the source: the other way of `span`."""
        first, last = self._units.convert(self._map.to_source(start, end), "utf8_byte", self.unit)
        return first, last

    def source_text(self, start: int, end: int) -> str:
        """What stands in the source at a span that `span` takes."""
        a, b = self._units.convert((start, end), self.unit, "code_point")
        return self.source[a:b]

    def as_written(self, spans: Iterable[Span]) -> list[Fragment]:
        """Fragments for the table foreign: in the order of the spans, wherever they stand; without those that are empty.

        Raises:
            Misplaced: one is no span of the source.
        """
        placed = [self.span(*span) for span in spans]
        return [Fragment(a, b, self.text[a:b]) for a, b in placed if a < b]

    def fragments(self, spans: Iterable[Span]) -> list[Fragment]:
        """Fragments for all other tables: `settled` ones.

        Raises:
            Misplaced: one is no span of the source.
        """
        placed = [self.span(*span) for span in spans]
        fragments = settled(self.text, self.blocks, placed)
        for note in _changes(placed, fragments):
            self.notes[note] += 1
        return fragments

    def paragraph(self, fragments: Iterable[Fragment]) -> str | None:
        """The id of the paragraph that holds all fragments; None where they lie in several."""
        return home(self.blocks, fragments)


def settled(text: str, blocks: Sequence[Block], spans: Iterable[Span]) -> list[Fragment]:
    """Spans as fragments in the order of the text: what touches or overlaps joined, edges that lie between paragraphs cut off."""
    joined: list[Span] = []
    for a, b in sorted(_inside(blocks, *span) for span in spans):
        if joined and a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        elif a < b:
            joined.append((a, b))
    return [Fragment(a, b, text[a:b]) for a, b in joined]


def _inside(blocks: Sequence[Block], start: CodePoint, end: CodePoint) -> Span:
    if start >= end:
        return start, start
    first = bisect_right(blocks, start, key=_start) - 1
    last = bisect_right(blocks, end - 1, key=_start) - 1
    a = start if start < blocks[first].end else blocks[first + 1].start
    return a, max(a, min(end, blocks[last].end))


def _start(block: Block) -> CodePoint:
    return block.start


def home(blocks: Sequence[Block], fragments: Iterable[Fragment]) -> str | None:
    """The id of the paragraph that holds all fragments; None where there are none, or they lie in several."""
    homes = {bisect_right(blocks, fragment.start, key=_start) for fragment in fragments}
    if len(homes) != 1:
        return None
    number = homes.pop()
    return f"p{number}" if all(fragment.end <= blocks[number - 1].end for fragment in fragments) else None


def _changes(placed: list[Span], fragments: list[Fragment]) -> Iterator[str]:
    there = [span for span in placed if span[0] < span[1]]
    if there != sorted(there):
        yield "lists of fragments put into the order of the text"
    if len(fragments) < len(there):
        yield "lists of fragments of which some touched, overlapped, or lay between paragraphs"
    elif sum(f.end - f.start for f in fragments) < sum(b - a for a, b in there):
        yield "lists of fragments trimmed to their paragraphs"


class ToSource:
    """The plain text file of a document for an export, and offsets into it.

    A document that was read from plain text gives its source again, byte for byte; any other gives its text.
    """

    def __init__(self, document: Document, unit: Unit) -> None:
        """Takes a document whose text is included, and the unit of the offsets."""
        text, edits = document.text or "", document.edits or []
        self.is_source = document.source.media_type == plain.MEDIA_TYPE
        self.source = undo_edits(text, edits) if self.is_source else text.encode()
        self.source_text = decode(self.source)
        self.unit: Unit = unit
        self._map = SourceMap(text, edits if self.is_source else [])
        self._units = Units(self.source_text)

    def span(self, start: CodePoint, end: CodePoint) -> Span:
        """A span of the document's text as a span of the file, in the unit."""
        a, b = self._map.to_source(start, end)
        first, last = self._units.convert((a, b), "utf8_byte", self.unit)
        return first, last

    def holds(self, span: Span) -> bool:
        """Whether a span is one of the file."""
        try:
            self._units.convert(span, self.unit, "code_point")
        except (ValueError, OverflowError):
            return False
        return span[0] <= span[1]

    def quote(self, span: Span) -> str:
        """What stands in the file at a span of it."""
        a, b = self._units.convert(span, self.unit, "code_point")
        return self.source_text[a:b]
