"""What holds for every reader on every input."""

from itertools import pairwise

from corpus_tools.readers import SEPARATOR, Reading
from corpus_tools.records import Edit
from corpus_tools.schemas import shipped
from corpus_tools.text import apply_edits, undo_edits

KINDS = shipped()["paragraphs"]["properties"]["kind"]["enum"]


def shown(reading: Reading) -> list[tuple[str, str]]:
    """Kind and text of every block."""
    return [(block.kind, reading.text[block.start : block.end]) for block in reading.blocks]


def assert_laws(source: bytes, reading: Reading) -> None:
    """Text and source rebuild each other; edits are in order and of a reader's reasons; blocks cover the text, none of them blank."""
    assert apply_edits(source, reading.edits) == reading.text
    assert undo_edits(reading.text, reading.edits) == source
    assert_edits_in_order(source, reading.edits)
    assert {edit.reason for edit in reading.edits} <= {"markup", "whitespace", "encoding"}
    position = 0
    for index, block in enumerate(reading.blocks):
        separator = SEPARATOR if index else ""
        assert reading.text[position : block.start] == separator
        assert block.kind in KINDS
        assert reading.text[block.start : block.end].strip()
        position = block.end
    assert position == len(reading.text)


def assert_edits_in_order(source: bytes, edits: list[Edit]) -> None:
    """Edits are ordered, disjoint, true to the source, change something, and are inserted at a place once."""
    for edit in edits:
        assert source[edit.source_start : edit.source_end] == edit.source_text.encode()
        assert edit.source_text != edit.text
    for before, after in pairwise(edits):
        assert before.source_end <= after.source_start
        assert before.source_start < after.source_end, "two insertions at one place"
