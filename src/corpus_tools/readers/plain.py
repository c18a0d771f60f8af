"""Plain text: blocks are runs of lines that are not blank.

A line ends with LF, CRLF or CR; each becomes LF in the text. A line of white space alone is blank. Everything else stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_tools.readers import Piece, Reading, assemble
from corpus_tools.text import BOM, decode

MEDIA_TYPE = "text/plain"
SUFFIXES = (".txt", ".text")

_LINE = re.compile(rb"[^\r\n]*(\r\n|\r|\n|\Z)")


def read(source: bytes) -> Reading:
    """Read plain text.

    Raises:
        NotUtf8: the bytes are not UTF-8.
    """
    decode(source)
    return assemble(source, _pieces(source))


def _pieces(source: bytes) -> Iterator[Piece]:
    block, line_end, in_block = 0, (0, 0), False
    position = len(BOM.encode()) if source.startswith(BOM.encode()) else 0
    while position < len(source):
        match = _LINE.match(source, position)
        assert match is not None
        start, end = match.span()
        text = source[start : match.start(1)].decode()
        if not text or text.isspace():
            in_block = False
        else:
            if in_block:
                yield Piece(*line_end, "\n", block, "paragraph")
            else:
                block += 1
            yield Piece(start, match.start(1), text, block, "paragraph")
            in_block, line_end = True, match.span(1)
        position = end
