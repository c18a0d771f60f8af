"""Readers: source bytes -> blocks, text and edits.

A reader is a module of this folder with ``MEDIA_TYPE``, ``SUFFIXES`` and ``read(source: bytes) -> Reading``. It is found by being here.
A reader says what of the source is seen, as `Piece`s in the order of the source; `assemble` makes the text and the edits of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from itertools import groupby
from pkgutil import iter_modules
from typing import NamedTuple

from corpus_tools.records import Edit
from corpus_tools.text import BOM, CodePoint, Utf8Byte, add_edit

SEPARATOR = "\n\n"


class Block(NamedTuple):
    """One block of a document; ``start`` and ``end`` are code points in the text."""

    kind: str
    start: CodePoint
    end: CodePoint


class Reading(NamedTuple):
    """What a reader gives."""

    text: str
    blocks: list[Block]
    edits: list[Edit]


class Piece(NamedTuple):
    """A stretch of the source and the characters that a reader sees there; ``block`` numbers the block, ``kind`` is its kind."""

    start: Utf8Byte
    end: Utf8Byte
    text: str
    block: int
    kind: str


class Reader(NamedTuple):
    """A registered reader."""

    media_type: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes], Reading]


@cache
def readers() -> dict[str, Reader]:
    """All readers by media type."""
    modules = [import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__)]
    return {m.MEDIA_TYPE: Reader(m.MEDIA_TYPE, m.SUFFIXES, m.read) for m in modules}


def media_type_of(suffix: str) -> str | None:
    """The media type that a file suffix (".md") tells; None when no reader claims it."""
    return next((r.media_type for r in readers().values() if suffix.lower() in r.suffixes), None)


def assemble(source: bytes, pieces: Iterable[Piece]) -> Reading:
    """Make text, blocks and edits of the pieces of a source.

    The source between two pieces is an edit; between blocks as much of it as is a blank line already stays as it is. Blocks are joined by
    one blank line; one of white space alone is left out. A piece whose text is what its bytes say is no edit.
    """
    joints = _Joints(source)
    blocks: list[Block] = []
    size = 0
    for _, group in groupby(pieces, key=lambda piece: piece.block):
        block = [piece for piece in group if piece.text]
        text = "".join(piece.text for piece in block)
        if not text or text.isspace():
            continue
        joints.gap(block[0].start, SEPARATOR if blocks else "")
        size += len(SEPARATOR) if blocks else 0
        blocks.append(Block(block[0].kind, size, size + len(text)))
        size += len(text)
        for piece in block:
            joints.gap(piece.start, "")
            joints.piece(piece)
    joints.gap(len(source), "")
    return Reading("".join(joints.text), blocks, joints.edits)


class _Joints:
    """Writes text and edits while it walks along the source."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.text: list[str] = []
        self.edits: list[Edit] = []
        self.position = 0

    def piece(self, piece: Piece) -> None:
        self._edit(piece.end, piece.text)

    def gap(self, end: Utf8Byte, text: str) -> None:
        """What stands between two pieces: nothing of it is seen but, between blocks, a blank line."""
        if self.position == 0 and self.source.startswith(BOM.encode()) and end >= len(BOM.encode()):
            self._edit(len(BOM.encode()), "")
        blank = self.source.find(text.encode(), self.position, end) if text else -1
        if blank >= 0:
            self._edit(blank, "")
            self._edit(blank + len(text), text)
            text = ""
        self._edit(end, text)

    def _edit(self, end: Utf8Byte, text: str) -> None:
        old = self.source[self.position : end].decode()
        self.text.append(text)
        add_edit(self.edits, Edit(self.position, end, old, text, _reason(old, text)))
        self.position = end


def _reason(old: str, text: str) -> str:
    if old == BOM:
        return "encoding"
    return "whitespace" if not old.strip() and not text.strip() else "markup"
