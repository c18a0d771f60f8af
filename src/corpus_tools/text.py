"""Text, source bytes and the edits between them.

A document's text differs from its source only by *edits*: a byte range of the source, the characters that stand there, and what stands
in the text instead. Everything outside the edits is the same on both sides, so either side can be rebuilt from the other, and any
span of one maps to a span of the other.

Units: ``CodePoint`` offsets index a ``str``; ``Utf8Byte`` offsets index its UTF-8 form; ``Utf16Unit`` offsets index its UTF-16 form
(JavaScript, Java, UIMA). All spans are half open.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
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
    parts, position = [], 0
    for edit in edits:
        parts += [source[position : edit.source_start], edit.text.encode()]
        position = edit.source_end
    return b"".join([*parts, source[position:]]).decode()


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
        inserted = edit.text.encode()
        if gap_end < text_position or target[gap_end : gap_end + len(inserted)] != inserted:
            raise ValueError(f"the edit of source bytes {edit.source_start}-{edit.source_end} does not fit the text")
        parts += [target[text_position:gap_end], edit.source_text.encode()]
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
    edits, position, offset = [], 0, 0
    for start, end, new, reason in changes:
        old = text[start:end]
        head = _common_prefix(old, new)
        tail = _common_prefix(old[head:][::-1], new[head:][::-1])
        old, new = old[head : len(old) - tail], new[head : len(new) - tail]
        if old == new:
            continue
        offset += len(text[position : start + head].encode())
        position = start + head
        edits.append(Edit(offset, offset + len(old.encode()), old, new, reason))
    return edits


def _common_prefix(a: str, b: str) -> int:
    length = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        length += 1
    return length


def compose(source: bytes, first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """Join the edits source -> middle with the edits middle -> text into edits source -> text.

    Edits that overlap in the middle text become one, with the reason of the second.
    """
    if not second:
        return list(first)
    middle = apply_edits(source, first).encode()
    placed = _placed(first)
    members = [(p.text_start, p.text_end, 0, p) for p in placed]
    members += [(e.source_start, e.source_end, 1, Placed(e.source_start, e.source_end, -1, -1, e)) for e in second]
    members.sort(key=lambda m: m[:3])
    result: list[Edit] = []
    source_position = middle_position = index = 0
    while index < len(members):
        low, high, *_ = members[index]
        cluster = [members[index]]
        index += 1
        while index < len(members) and members[index][0] < high:
            cluster.append(members[index])
            high = max(high, members[index][1])
            index += 1
        start = source_position + low - middle_position
        end, reached = start, low
        text, text_reached, reason = b"", low, cluster[0][3].edit.reason
        for member_low, member_high, layer, member in cluster:
            if layer == 0:
                end, reached = member.source_end, member_high
            else:
                text += middle[text_reached:member_low] + member.edit.text.encode()
                text_reached, reason = member_high, member.edit.reason
        end += high - reached
        text += middle[text_reached:high]
        joined = Edit(start, end, source[start:end].decode(), text.decode(), reason)
        if joined.source_text != joined.text:
            result.append(joined)
        source_position, middle_position = end, high
    return result


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
    little as it can: a mark deleted just before a word is no part of the word's bytes.
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
        return _carry(self._text, self._source, a, b)

    def to_text(self, start: Utf8Byte, end: Utf8Byte) -> tuple[CodePoint, CodePoint]:
        """The span of the text that stands for source bytes.

        Raises:
            ValueError: a border is inside a character, or past the end.
        """
        a, b = _carry(self._source, self._text, start, end)
        a, b = self._units.convert((a, b), "utf8_byte", "code_point")
        return a, b


def _carry(here: tuple[list[int], list[int]], there: tuple[list[int], list[int]], start: int, end: int) -> tuple[int, int]:
    """Carry a span from one side to the other; each side is (starts, ends) of the edits there."""
    i = bisect_right(here[1], start)  # edits that end at or before the start
    inside = i < len(here[0]) and here[0][i] < start
    new_start = there[0][i] if inside else start + (there[1][i - 1] - here[1][i - 1] if i else 0)
    if end <= start:
        return new_start, new_start
    j = bisect_left(here[0], end)  # edits that start before the end
    inside = j > 0 and here[1][j - 1] > end
    new_end = there[1][j - 1] if inside else end + (there[1][j - 1] - here[1][j - 1] if j else 0)
    return new_start, max(new_start, new_end)


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
        if self._tables is None:
            for offset in offsets:
                if not 0 <= offset <= len(self.text):
                    raise ValueError(_bad_offset(offset, len(self.text), source))
            return list(offsets)
        import numpy as np

        here, there = self._tables[source], self._tables[target]
        wanted = np.asarray(offsets, dtype=np.int64)
        index = np.minimum(np.searchsorted(here, wanted), len(here) - 1)
        bad = np.flatnonzero(here[index] != wanted)
        if len(bad):
            raise ValueError(_bad_offset(int(wanted[bad[0]]), int(here[-1]), source))
        return [int(offset) for offset in there[index]]


def _bad_offset(offset: int, length: int, unit: Unit) -> str:
    name = unit.replace("_", " ")
    if offset < 0:
        return f"{name} offset {offset} is negative"
    if offset > length:
        return f"{name} offset {offset} is past the end of the text ({length})"
    return f"{name} offset {offset} is inside a character"
