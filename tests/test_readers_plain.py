"""The reader of plain text."""

import re
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_laws import shown

from corpus_tools.readers import plain

sources = st.lists(
    st.sampled_from(
        [
            "a",
            "é b",
            "שלום",
            "中文",
            "😀",
            " ",
            "\t",
            "\n",
            "\n",
            "\r\n",
            "\r",
            "\u2028",
            "\x85",
            "\x0b",
            "\0",
            "\ufeff",
            "# *a*",
            "<b>",
        ]
    )
).map("".join)


def paragraphs_of(source: str) -> list[str]:
    """Runs of lines that are not blank."""
    lines = re.split("\r\n|\r|\n", source.removeprefix("\ufeff"))
    return ["\n".join(run) for blank, run in groupby(lines, lambda line: not line.strip()) if not blank]


@given(sources | st.text(max_size=40))
def test_paragraphs_are_runs_of_lines_that_are_not_blank(source: str) -> None:
    assert shown(plain.read(source.encode())) == [("paragraph", text) for text in paragraphs_of(source)]


@pytest.mark.parametrize(
    ("source", "paragraphs", "edits"),
    [
        ("a\n\nb", ["a", "b"], []),
        ("a\nb", ["a\nb"], []),
        ("a\nb\n", ["a\nb"], [("\n", "", "whitespace")]),
        ("a\r\nb\rc", ["a\nb\nc"], [("\r\n", "\n", "whitespace"), ("\r", "\n", "whitespace")]),
        ("a\r\n\r\nb", ["a", "b"], [("\r\n\r\n", "\n\n", "whitespace")]),
        ("a\n \n\nb", ["a", "b"], [("\n ", "", "whitespace")]),
        ("a\n\n\n\nb", ["a", "b"], [("\n\n", "", "whitespace")]),
        ("\n\n  a ", ["  a "], [("\n\n", "", "whitespace")]),
        ("\ufeffa\ufeff", ["a\ufeff"], [("\ufeff", "", "encoding")]),
        ("\ufeff\n\na", ["a"], [("\ufeff", "", "encoding"), ("\n\n", "", "whitespace")]),
        ("# *a* &amp; <b>", ["# *a* &amp; <b>"], []),
    ],
)
def test_only_line_ends_and_blank_lines_are_edited(source: str, paragraphs: list[str], edits: list[tuple[str, str, str]]) -> None:
    reading = plain.read(source.encode())
    assert [text for _, text in shown(reading)] == paragraphs
    assert [(edit.source_text, edit.text, edit.reason) for edit in reading.edits] == edits
