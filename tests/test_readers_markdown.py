"""The Markdown reader: the table of constructs in docs/markdown.md, and the page that the parser's own renderer makes."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pyromark
import pytest
from html_view import blocks_of
from hypothesis import assume, given
from markdown_sources import documents, hostile, line_ends
from reading_laws import assert_laws, shown

from corpus_tools.readers import markdown

TOP = Path(__file__).parents[1]
OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_YAML_STYLE_METADATA_BLOCKS
)


# ------------------------------------------------------------------------------------------------------ the table of constructs


def table_rows(page: str) -> Iterator[list[list[tuple[str, str]]]]:
    """The rows of a page's tables; a cell is what it shows, as ("Text" or "Code", characters)."""
    row: list[list[tuple[str, str]]] = []
    for event in pyromark.events(page, options=OPTIONS):
        name, value = next(iter(event.items())) if isinstance(event, dict) else (event, None)
        if (name, value) in (("Start", "TableRow"), ("Start", "TableHead")):
            row = []
        elif (name, value) == ("Start", "TableCell"):
            row.append([])
        elif (name, value) == ("End", "TableRow"):
            yield row
            row = []
        elif row and name == "Text" and row[-1] and row[-1][-1][0] == "Text":
            row[-1][-1] = ("Text", row[-1][-1][1] + value)
        elif row and name in ("Text", "Code"):
            row[-1].append((name, value))


def words(cell: list[tuple[str, str]]) -> str:
    return "".join(f"`{value}`" if name == "Code" else value for name, value in cell)


SIGNS = str.maketrans({"⏎": "\n", "␣": " ", "⇥": "\t", "☐": "\ufeff", "␀": "\0"})
PAGE = list(table_rows((TOP / "docs/markdown.md").read_text("utf-8")))


def examples() -> Iterator[Any]:
    construct = ""
    for first, _, source, read_as in PAGE:
        construct = words(first) or construct
        kinds = [value.strip(" ,") for name, value in read_as if name == "Text"]
        texts = [value.translate(SIGNS) for name, value in read_as if name == "Code"]
        expected = [] if kinds == ["nothing"] else list(zip(kinds, texts, strict=True))
        ((_, example),) = source
        yield pytest.param(example.translate(SIGNS), expected, id=f"{construct}: {example}")


@pytest.mark.parametrize(("source", "expected"), list(examples()))
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_example_of_the_page_is_read_as_it_says(source: str, expected: list[tuple[str, str]], line_end: str) -> None:
    source = source.replace("\n", line_end)
    reading = markdown.read(source.encode())
    assert shown(reading) == expected
    assert_laws(source.encode(), reading)


def test_the_page_has_the_constructs_that_the_module_tells() -> None:
    told = [(words(construct), words(text)) for construct, text in table_rows(markdown.__doc__ or "")]
    assert [(words(row[0]), words(row[1])) for row in PAGE if row[0]] == told
    assert len(told) > 10


# ------------------------------------------------------------------------------------------------------ the rendered page


def page(source: str) -> list[tuple[str, str]]:
    """What the renderer's page shows. A byte order mark is no part of the Markdown, a lone CR ends a line in HTML too, and for U+0000,
    which a browser drops, another character stands in."""
    lines = re.sub("\r(?!\n)", "\n", source.removeprefix("\ufeff")).replace("\0", "\ue000")
    blocks = blocks_of(pyromark.html(lines, options=OPTIONS))
    return [(kind, text.replace("\ue000", "\0")) for kind, text in blocks]


def has_html(source: str) -> bool:
    events = pyromark.events(source.removeprefix("\ufeff"), options=OPTIONS)
    return any("Html" in event or "InlineHtml" in event for event in events)


@given(hostile)
def test_what_is_read_is_what_the_rendered_page_shows(source: str) -> None:
    assume(not has_html(source))
    assert shown(markdown.read(source.encode())) == page(source)


@given(documents, line_ends)
def test_what_is_read_of_a_well_formed_document_is_what_the_rendered_page_shows(source: str, line_end: str) -> None:
    source = source.replace("\n", line_end)
    reading = markdown.read(source.encode())
    assert_laws(source.encode(), reading)
    assert shown(reading) == page(source)


# ------------------------------------------------------------------------------------------------------ edits


@pytest.mark.parametrize(
    ("source", "edits"),
    [
        ("a\n\nb", []),
        ("a\n\n\n\nb\n", [("\n\n", "", "whitespace"), ("\n", "", "whitespace")]),
        ("a\r\n\r\nb", [("\r\n\r\n", "\n\n", "whitespace")]),
        ("a\nb", [("\n", " ", "whitespace")]),
        ("\ufeff# a", [("\ufeff", "", "encoding"), ("# ", "", "markup")]),
        ("*a*b", [("*", "", "markup"), ("*", "", "markup")]),
        ("x &amp; y", [("&amp;", "&", "markup")]),
        (r"\*a", [("\\", "", "markup")]),
        ("`` ` ``", [("`` ", "", "markup"), (" ``", "", "markup")]),
        ("`` `a` ``", [("`` ", "", "markup"), (" ``", "", "markup")]),
        ("x`  é\nb  `", [("", " ", "whitespace"), ("`  é\nb  `", "é b", "markup")]),
        ("`a  \n\tb`", [("`a  \n\tb`", "a b", "markup")]),
        ("a\rb\r\rc", [("\r", " ", "whitespace"), ("\r\r", "\n\n", "whitespace")]),
        ("    a\r    b", [("    ", "", "whitespace"), ("\r", "\n", "whitespace"), ("    ", "", "whitespace")]),
        (">\t\ta", [(">\t\t", "", "markup"), ("", "  ", "whitespace")]),
        ("> a\n>\n> b", [("> ", "", "markup"), ("\n>\n> ", "\n\n", "markup")]),
        ("<div class='a b'>c<p>d</div>", [("<div class='a b'>", "", "markup"), ("<p>", " ", "markup"), ("</div>", "", "markup")]),
        ("<div>\ra b\rc", [("<div>\r", "", "markup"), ("\r", " ", "whitespace")]),
        ("<p>&lt;é\n>", [("<p>", "", "markup"), ("&lt;", "<", "markup"), ("\n", " ", "whitespace")]),
    ],
)
def test_an_edit_is_as_small_as_what_it_replaces(source: str, edits: list[tuple[str, str, str]]) -> None:
    reading = markdown.read(source.encode())
    assert [(edit.source_text, edit.text, edit.reason) for edit in reading.edits] == edits


@pytest.mark.parametrize(
    "rest", ["<b c", '<b c="d>', "<b c='d>", "<!-- b", "<!b", "<?b", "</b", "<script>b", "<script>b</script", "<b\nc"]
)
def test_what_html_leaves_open_is_not_shown_to_the_end_of_its_block(rest: str) -> None:
    reading = markdown.read(f"<div>a{rest}\n\nz".encode())
    assert shown(reading) == [("other", "a"), ("paragraph", "z")]


def test_an_entity_of_any_length_is_read() -> None:
    source = f"<p>&#{'9' * 5000};"
    assert shown(markdown.read(source.encode()))[0][0] == "other"
    assert_laws(source.encode(), markdown.read(source.encode()))


def test_the_seed_article_has_28_blocks_and_6_edits() -> None:
    source = (TOP / "seeds/000_7638b35d37ae38e0.txt").read_bytes()
    reading = markdown.read(source)
    assert [block.kind for block in reading.blocks] == ["heading"] * 2 + ["paragraph"] * 26
    assert [(edit.source_start, edit.source_text, edit.text, edit.reason) for edit in reading.edits] == [
        (0, "## **", "", "markup"),
        (75, "**", "", "markup"),
        (79, "## ", "", "markup"),
        (6260, "*", "", "markup"),
        (6280, "*", "", "markup"),
        (7882, "\n\n", "", "whitespace"),
    ]
    texts = [text for _, text in shown(reading)]
    assert texts[0] == "Defeat of ISIS in last stronghold signals new stage of US war in Syria"
    assert texts[1] == "Bill Van Auken 21 November 2017"
    assert texts[-1] == "wsws.org/contact"


# ------------------------------------------------------------------------------------------------------ linear time

HOSTILE = {
    "unclosed tag": lambda n: '<div>\n<a "' + '"' * n,
    "unclosed tags": lambda n: "<div>\n" + '<a x="' * n,
    "unclosed attributes": lambda n: "<div>\n<a " + "='\"" * n,
    "unclosed comments": lambda n: "<div>\n" + "<!--" * n,
    "unclosed scripts": lambda n: "<div>\n" + "<script></scrip" * n,
    "tags": lambda n: "<div>\n" + "<b>é</b>" * n,
    "lines of tags": lambda n: "<div>\n" + "<b>\n" * n,
    "tag of many lines": lambda n: "<div>\n<a\n" + "x\n" * n,
    "ampersands": lambda n: "<div>\n" + "&" * n + "&#" + "9" * n,
    "inline tags": lambda n: "a <b>" * n,
    "inline scripts": lambda n: "a <script>" * n,
    "brackets": lambda n: "[" * n,
    "images": lambda n: "![a" * n,
    "stars": lambda n: "*a " * n,
    "backticks": lambda n: "`a" * n,
    "code spans": lambda n: "`a` " * n,
    "deep quote": lambda n: "> " * n + "a\n" * n,
    "deep quote of many marks": lambda n: "> " * n + "*a* " * n,
    "deep list": lambda n: "- " * n + "a",
    "items": lambda n: "- a\n" * n,
    "lines of code": lambda n: "    a\n" * n,
    "blank lines of code": lambda n: "```\n" + " \n" * n + "a\n" + " \n" * n,
    "spaces": lambda n: "a" + " " * n + "b",
    "line ends": lambda n: "a" + "\r" * n + "b",
    "wide table": lambda n: "|a" * n + "\n" + "|-" * n + "\n" + "|`b`" * n,
    "entities": lambda n: "&nbsp;&lt;" * n,
}


def lines_run(source: bytes) -> int:
    """How many lines of the package's own code run to read a source."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace if "corpus_tools" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        markdown.read(source)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("make", list(HOSTILE.values()), ids=list(HOSTILE))
def test_the_work_grows_no_faster_than_the_source(make: Callable[[int], str]) -> None:
    source = make(10_000).encode()
    assert_laws(source, markdown.read(source))  # would not end if a pattern stepped back
    assert lines_run(make(400).encode()) < 2.2 * lines_run(make(200).encode())
