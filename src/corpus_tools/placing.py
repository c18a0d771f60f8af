"""Between the offsets of somebody else's plain text and those of ours; the bytes of the source are the pivot."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from corpus_tools.readers import plain
from corpus_tools.records import Document, Fragment
from corpus_tools.text import CodePoint, SourceMap, Unit, Units, decode, undo_edits

Span = tuple[int, int]


class Misplaced(ValueError):
    """Offsets that are no span of the text: reversed, negative, past the end, inside a character."""


class ToText:
    """Carries spans of a plain text source to the text that the compiler reads from it.

    Our text lacks what the reader of plain text leaves out: a byte order mark, carriage returns before line feeds, blank lines after the
    first. A border there is moved, and counted in ``notes`` as are fragments that had to be sorted or joined.
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
        self._starts = [block.start for block in self.blocks]

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
            self.notes["spans trimmed to what our text has"] += 1
        return a, b

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

    def fragments(self, spans: Sequence[Span]) -> list[Fragment]:
        """Fragments for all other tables: in the order of the text, those that touch or overlap joined, none of what is between paragraphs.

        Raises:
            Misplaced: one is no span of the source.
        """
        placed = [self._inside(*self.span(*span)) for span in spans]
        placed = [(a, b) for a, b in placed if a < b]
        if placed != sorted(placed):
            self.notes["lists of fragments put into the order of the text"] += 1
        joined: list[Span] = []
        for a, b in sorted(placed):
            if joined and a <= joined[-1][1]:
                self.notes["fragments joined that touched or overlapped"] += 1
                joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
            else:
                joined.append((a, b))
        return [Fragment(a, b, self.text[a:b]) for a, b in joined]

    def _inside(self, start: CodePoint, end: CodePoint) -> Span:
        """A span without what lies between paragraphs at its edges."""
        if start == end:
            return start, end
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1) - 1
        a = start if start < self.blocks[first].end else self.blocks[first + 1].start
        b = min(end, self.blocks[last].end)
        if (a, b) != (start, end):
            self.notes["spans trimmed to what our text has"] += 1
        return a, max(a, b)

    def paragraph(self, fragments: Iterable[Fragment]) -> str | None:
        """The id of the paragraph that holds all fragments; None where they lie in several."""
        homes = {bisect_right(self._starts, f.start) for f in fragments}
        if len(homes) != 1:
            return None
        home = homes.pop()
        return f"p{home}" if all(f.end <= self.blocks[home - 1].end for f in fragments) else None


class ToSource:
    """The plain text file of a document for an export, and offsets into it.

    A document that was read from plain text gives its source again, byte for byte; any other gives its text.
    """

    def __init__(self, document: Document, unit: Unit) -> None:
        """Takes a document whose text is included, and the unit of the offsets."""
        text, edits = document.text or "", document.edits or []
        is_plain = document.source.media_type == plain.MEDIA_TYPE
        self.source = undo_edits(text, edits) if is_plain else text.encode()
        self.source_text = decode(self.source)
        self.unit: Unit = unit
        self._map = SourceMap(text, edits if is_plain else [])
        self._units = Units(self.source_text)

    def span(self, start: CodePoint, end: CodePoint) -> Span:
        """A span of the document's text as a span of the file, in the unit."""
        a, b = self._map.to_source(start, end)
        first, last = self._units.convert((a, b), "utf8_byte", self.unit)
        return first, last

    def quote(self, span: Span) -> str:
        """What stands in the file at a span of it."""
        a, b = self._units.convert(span, self.unit, "code_point")
        return self.source_text[a:b]
