"""Text, source bytes and the edits between them.

A document's text differs from its source only by *edits*: a byte range of the source, the characters that stand there, and what stands
in the text instead. Everything outside the edits is the same on both sides, so either side can be rebuilt from the other, and any
span of one maps to a span of the other.

Units: ``CodePoint`` offsets index a ``str``; ``Utf8Byte`` offsets index its UTF-8 form; ``Utf16Unit`` offsets index its UTF-16 form
(JavaScript, Java, UIMA). All spans are half open.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from corpus_tools.records import Edit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]

Unit = Literal["code_point", "utf8_byte", "utf16_unit"]
CodePoint = int
Utf8Byte = int
Utf16Unit = int

BOM = "\ufeff"


class NotUtf8(ValueError):
    """The source is not UTF-8; ``offset`` is the byte offset of the first byte that cannot be decoded."""

    def __init__(self, offset: Utf8Byte, byte: int) -> None:
        super().__init__(f"byte 0x{byte:02x} at offset {offset} is not UTF-8")
        self.offset = offset
        self.byte = byte


def decode(source: bytes) -> str:
    """Decode UTF-8 strictly. A byte order mark stays, as U+FEFF.

    Raises:
        NotUtf8: with the offset of the first bad byte.
    """
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotUtf8(error.start, source[error.start]) from None


def apply_edits(source: bytes, edits: Iterable[Edit]) -> str:
    """Make the text from the source bytes."""
    return _spliced(source, 0, len(source), edits).decode()


def _spliced(source: bytes, start: Utf8Byte, end: Utf8Byte, edits: Iterable[Edit]) -> bytes:
    """The bytes from start to end with the edits made; all of them lie between."""
    parts, position = [], start
    for edit in edits:
        parts += [source[position : edit.source_start], edit.text.encode()]
        position = edit.source_end
    return b"".join([*parts, source[position:end]])


def undo_edits(text: str, edits: Iterable[Edit]) -> bytes:
    """Make the source bytes from the text: the inverse of `apply_edits`.

    Raises:
        ValueError: an edit does not fit the text.
    """
    target = text.encode()
    parts: list[bytes] = []
    source_position = text_position = 0
    for edit in edits:
        gap_end = text_position + edit.source_start - source_position
        removed, inserted = edit.source_text.encode(), edit.text.encode()
        fits = text_position <= gap_end <= len(target) and target[gap_end : gap_end + len(inserted)] == inserted
        if not fits or edit.source_end - edit.source_start != len(removed):
            raise ValueError(f"the edit of source bytes {edit.source_start}-{edit.source_end} does not fit the text")
        parts += [target[text_position:gap_end], removed]
        text_position = gap_end + len(inserted)
        source_position = edit.source_end
    return b"".join([*parts, target[text_position:]])


def replace(text: str, changes: Iterable[tuple[CodePoint, CodePoint, str, str]]) -> list[Edit]:
    """Turn replacements in a text into edits of it.

    Args:
        text: what is changed.
        changes: ``(start, end, replacement, reason)`` in code points, in order, disjoint.

    What a replacement leaves as it was at its borders is no part of the edit, so that "Iranianbacked" -> "Iranian-backed" is the
    insertion of a hyphen and both words keep their exact source bytes.
    """
    edits: list[Edit] = []
    position = offset = 0
    for start, end, new, reason in changes:
        old = text[start:end]
        head = _common_prefix(old, new)
        tail = _common_prefix(old[head:][::-1], new[head:][::-1])
        old, new = old[head : len(old) - tail], new[head : len(new) - tail]
        offset += len(text[position : start + head].encode())
        position = start + head
        add_edit(edits, Edit(offset, offset + len(old.encode()), old, new, reason))
    return edits


def _common_prefix(a: str, b: str) -> int:
    length = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        length += 1
    return length


def compose(source: bytes, first: Iterable[Edit], second: Iterable[Edit]) -> list[Edit]:
    """Join the edits source -> middle with the edits middle -> text into edits source -> text.

    Edits that overlap in the middle text become one, and so do insertions at one place; with the reason of the second.
    """
    placed = _placed(first)
    middle = apply_edits(source, [p.edit for p in placed]).encode()
    members = [_Member(p.text_start, p.text_end, 0, p.edit) for p in placed]
    members += [_Member(edit.source_start, edit.source_end, 1, edit) for edit in second]
    result: list[Edit] = []
    shift = 0  # from a place in the middle text to that in the source
    for cluster in _overlapping(sorted(members, key=lambda member: member[:3])):
        low, high = cluster[0].start, max(member.end for member in cluster)
        start = low + shift
        shift += sum(m.edit.source_end - m.edit.source_start - (m.end - m.start) for m in cluster if m.layer == 0)
        later = [member.edit for member in cluster if member.layer == 1]
        text = _spliced(middle, low, high, later).decode()
        if not later and result and result[-1].source_start == start == high + shift:
            later = result[-1:]
        reason = later[-1].reason if later else cluster[0].edit.reason
        add_edit(result, Edit(start, high + shift, source[start : high + shift].decode(), text, reason))
    return result


class _Member(NamedTuple):
    """An edit of the first (0) or the second (1) layer with its UTF-8 bytes in the text between them."""

    start: Utf8Byte
    end: Utf8Byte
    layer: int
    edit: Edit


def _overlapping(members: Iterable[_Member]) -> Iterator[list[_Member]]:
    """Group members, which come in order, that overlap; those that only touch stay apart."""
    cluster: list[_Member] = []
    end = 0
    for member in members:
        if cluster and member.start >= end:
            yield cluster
            cluster = []
        cluster.append(member)
        end = max(end, member.end)
    if cluster:
        yield cluster


def add_edit(edits: list[Edit], edit: Edit) -> None:
    """Add an edit behind the others. None that changes nothing; an insertion at the place of another joins it, with its own reason."""
    if edit.source_text == edit.text:
        return
    if edits and edits[-1].source_start == edit.source_end:
        edit = Edit(edit.source_start, edit.source_end, "", edits.pop().text + edit.text, edit.reason)
    edits.append(edit)


class Placed(NamedTuple):
    """An edit with its place on both sides, all in UTF-8 bytes."""

    text_start: Utf8Byte
    text_end: Utf8Byte
    source_start: Utf8Byte
    source_end: Utf8Byte
    edit: Edit


def _placed(edits: Iterable[Edit]) -> list[Placed]:
    result, shift = [], 0
    for edit in edits:
        start = edit.source_start + shift
        end = start + len(edit.text.encode())
        result.append(Placed(start, end, edit.source_start, edit.source_end, edit))
        shift = end - edit.source_end
    return result


class SourceMap:
    """Maps spans of a text to bytes of its source and back.

    A border that falls inside an edit is rounded outward; every other border is exact both ways. At a border the span holds as
    little as it can: a mark deleted just before a word is no part of the word's bytes, nor is a hyphen inserted behind it part of
    the word. So there and back again gives a span that holds the first, and the first itself where no border is inside an edit; only
    what is inserted at a border is lost on the way, since it stands for no bytes. An empty span stays empty.
    """

    def __init__(self, text: str, edits: Sequence[Edit]) -> None:
        placed = _placed(edits)
        self._units = Units(text)
        self._text = ([p.text_start for p in placed], [p.text_end for p in placed])
        self._source = ([p.source_start for p in placed], [p.source_end for p in placed])

    def to_source(self, start: CodePoint, end: CodePoint) -> tuple[Utf8Byte, Utf8Byte]:
        """The source bytes of a span of the text.

        Raises:
            ValueError: the span is not inside the text.
        """
        a, b = self._units.convert((start, end), "code_point", "utf8_byte")
        return carry(self._text, self._source, a, b)

    def to_text(self, start: Utf8Byte, end: Utf8Byte) -> tuple[CodePoint, CodePoint]:
        """The span of the text that stands for source bytes.

        Raises:
            ValueError: the span is not inside the source, or a border is inside a character that is part of no edit.
        """
        borders = carry(self._source, self._text, start, end)
        try:
            a, b = self._units.convert(borders, "utf8_byte", "code_point")
        except ValueError:
            raise ValueError(f"source bytes {start}-{end}: a border is outside the source or inside a character") from None
        return a, b

    def all_to_text(self, spans: Sequence[tuple[Utf8Byte, Utf8Byte]]) -> list[tuple[CodePoint, CodePoint]]:
        """The spans of the text that stand for spans of source bytes, as `to_text` gives them, at once.

        Raises:
            ValueError: a span is none that `to_text` takes.
        """
        borders = [border for start, end in spans for border in carry(self._source, self._text, start, end)]
        flat = self._units.convert(borders, "utf8_byte", "code_point")
        return list(zip(flat[::2], flat[1::2], strict=True))


def carry(here: tuple[list[int], list[int]], there: tuple[list[int], list[int]], start: int, end: int) -> tuple[int, int]:
    """Carry a span from one side of edits to the other; each side is (starts, ends) of the edits there, in one unit."""
    if end < start:
        raise ValueError(f"the span {start}-{end} ends before it starts")
    i = bisect_right(here[1], start)  # edits that end at or before the start
    inside = i < len(here[0]) and here[0][i] < start
    new_start = there[0][i] if inside else start + (there[1][i - 1] - here[1][i - 1] if i else 0)
    if end == start:
        return new_start, new_start
    j = bisect_left(here[0], end)  # edits that start before the end
    inside = j > 0 and here[1][j - 1] > end
    new_end = there[1][j - 1] if inside else end + (there[1][j - 1] - here[1][j - 1] if j else 0)
    return new_start, new_end


class Units:
    """Converts offsets into one text between code points, UTF-8 bytes and UTF-16 units."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _tables(self) -> dict[Unit, IntArray] | None:
        """For each unit the offset of every character and of the end; None where all units are the same."""
        if self.text.isascii():
            return None
        import numpy as np

        characters = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        size = {"utf8_byte": 1 + sum((characters >= limit).astype(np.int64) for limit in (0x80, 0x800, 0x10000))}
        size["utf16_unit"] = 1 + (characters >= 0x10000).astype(np.int64)
        tables: dict[Unit, IntArray] = {"code_point": np.arange(len(characters) + 1)}
        for unit in ("utf8_byte", "utf16_unit"):
            tables[unit] = np.concatenate([[0], np.cumsum(size[unit])])
        return tables

    def convert(self, offsets: Sequence[int], source: Unit, target: Unit) -> list[int]:
        """Convert offsets.

        Raises:
            ValueError: an offset is negative, past the end, or inside a character.
        """
        length = len(self.text) if self._tables is None else int(self._tables[source][-1])
        for offset in offsets:
            if not 0 <= offset <= length:
                raise ValueError(_bad_offset(offset, length, source))
        if self._tables is None:
            return list(offsets)
        import numpy as np

        here, there = self._tables[source], self._tables[target]
        wanted = np.asarray(offsets, dtype=np.int64)
        index = np.searchsorted(here, wanted)
        bad = np.flatnonzero(here[index] != wanted)
        if len(bad):
            raise ValueError(_bad_offset(int(wanted[bad[0]]), length, source))
        converted: list[int] = there[index].tolist()
        return converted


def _bad_offset(offset: int, length: int, unit: Unit) -> str:
    name = unit.replace("_", " ")
    if offset < 0:
        return f"{name} offset {offset} is negative"
    if offset > length:
        return f"{name} offset {offset} is past the end of the text ({length})"
    return f"{name} offset {offset} is inside a character"
