"""Markdown: CommonMark with tables, strikethrough, task lists, footnotes and YAML front matter, read by `pyromark` (pulldown-cmark).

The parser gives every event with its byte range in the source; this module only says which of them are seen, and how. docs/markdown.md
has an example of every line of this table:

| construct | in the text |
|---|---|
| paragraph, heading, table cell, code block | one block of its kind; a block with no visible text is left out |
| paragraph in a list item, quote, footnote | a block of kind list_item, quote, other (of the innermost that holds it) |
| emphasis, strong, strikethrough, link, code span | the words inside |
| entity, escape | the character meant |
| white space in a block, also across marks | one space; none at the edges of a block or a line |
| hard line break, `<br>` | a line feed, several as one |
| code block | its lines as they are, without blank ones at its edges |
| image | nothing: its alternative text is not seen |
| task list box, footnote mark | nothing |
| inline HTML tag | nothing, or a space where it would part words on a page; the words between the tags stay |
| HTML block | one block of kind other: its words, a tag that parts words as one space, white space folded in `<pre>` too |
| HTML that a page does not show | nothing: comments, declarations, CDATA, scripts, styles, templates, titles, `<iframe>`, `<noscript>` |
| front matter, link reference definition | nothing |
| thematic break | nothing, but a block ends there |
| byte order mark | nothing |
| control character | itself, U+0000 too, which a page drops; a lone CR ends a line like LF and CRLF |
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import pyromark

from corpus_tools.readers import Piece, Reading, assemble
from corpus_tools.text import BOM, decode

MEDIA_TYPE = "text/markdown"
SUFFIXES = (".md", ".markdown")

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_YAML_STYLE_METADATA_BLOCKS
)
# Tags that give the text in them its kind, the innermost first; a paragraph has none of its own.
_KINDS = {
    "Heading": "heading",
    "CodeBlock": "code",
    "TableCell": "table_cell",
    "HtmlBlock": "other",
    "Item": "list_item",
    "BlockQuote": "quote",
    "FootnoteDefinition": "other",
}
_PARTING = {*_KINDS, "Paragraph"}  # a block ends where one of them starts or ends
_UNSEEN = {"Image", "MetadataBlock"}
_SEEN = {"Text", "Code", "Html", "InlineHtml", "SoftBreak", "HardBreak"}


def read(source: bytes) -> Reading:
    """Read Markdown.

    Raises:
        NotUtf8: the bytes are not UTF-8.
    """
    text = _LONE_CR.sub("\n", decode(source))  # of the same length, so that every range is one of the source
    skip = len(BOM.encode()) if text.startswith(BOM) else 0
    words = _words(pyromark.events_with_range(text[1:] if skip else text, options=_OPTIONS))
    shifted = (w._replace(start=w.start + skip, end=w.end + skip) for w in words)
    return assemble(source, _pieces(text.encode(), shifted))


_LONE_CR = re.compile(r"\r(?!\n)")  # ends a line in Markdown, but the parser overlooks it in HTML blocks


class _Words(NamedTuple):
    """Characters that an event shows, in the block of that number and kind."""

    start: int
    end: int
    text: str
    block: int
    kind: str
    event: str


def _words(events: Iterable[tuple[Any, Any]]) -> Iterator[_Words]:
    """What is seen, by block. The text of a tight list item has no paragraph event of its own: it is a block too."""
    kinds = ["paragraph"]
    block = unseen = 0
    for event, span in events:
        name, value = next(iter(event.items())) if isinstance(event, dict) else (event, "\n")
        if name in ("Start", "End"):
            tag = value if isinstance(value, str) else next(iter(value))
            block += tag in _PARTING
            if name == "Start":
                kinds.append(_KINDS.get(tag, kinds[-1]))
                unseen += tag in _UNSEEN
            else:
                kinds.pop()
                unseen -= tag in _UNSEEN
        elif name in _SEEN and not unseen:
            yield _Words(span["start"], span["end"], value, block, kinds[-1], name)
        block += name == "Rule"


# ------------------------------------------------------------------------------------------------------ HTML

# Tags, comments and entities as a browser cuts them (HTML, 13.2.5); instructions and CDATA as Markdown does. What nothing closes
# goes to the end of the block, so that no place is looked at twice.
_MARKUP = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<(?P<unseen>iframe|noscript|script|style|template|title)(?=[\s/>]).*?(?:</(?P=unseen)(?=[\s/>])[^>]*+(?:>|\Z)|\Z)"
    r"|</?(?P<tag>[a-z][^\s/>]*+)(?:=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+)|[^>=])*+(?:>|\Z)"
    r"|<[!/][^>]*+(?:>|\Z)"
    r"|(?P<entity>&\#?\w{1,32};?)",
    re.DOTALL | re.IGNORECASE,
)
# Tags that part the words before and behind them (HTML, 15.3: what is shown as a block, a list item or a part of a table).
_PARTING_HTML = frozenset(
    "address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li listing main menu nav ol optgroup option p plaintext pre "
    "search section summary table tbody td tfoot th thead tr ul xmp".split()
)


def _html_block(lines: Sequence[_Words]) -> Iterator[_Words]:
    """The words of an HTML block, whose source comes line by line. A tag of several lines shows its white space in each of them."""
    source = "".join(line.text for line in lines)
    parts = _html_parts(source)
    done = part_end = line_end = 0
    text, event = None, ""
    for line in lines:
        start, line_end = line.start, line_end + len(line.text)
        while done < line_end:
            if done == part_end:
                part_end, text, event = next(parts)
            spelled = source[done : min(part_end, line_end)]
            end = start + len(spelled.encode())
            yield line._replace(start=start, end=end, text=spelled if text is None else text, event=event)
            start, done = end, done + len(spelled)


def _html_parts(source: str) -> Iterator[tuple[int, str | None, str]]:
    """Cut HTML into words and markup: the end of each part, what is seen of it (None: itself), and the event that it is like."""
    done = 0
    for match in _MARKUP.finditer(source):
        if done < match.start():
            yield match.start(), None, "Text"
        yield (match.end(), *_seen_html(match))
        done = match.end()
    if done < len(source):
        yield len(source), None, "Text"


def _seen_html(match: re.Match[str]) -> tuple[str, str]:
    if match["entity"]:
        return html.unescape(match[0]), "Text"
    tag = (match["tag"] or "").lower()
    return ("\n", "HardBreak") if tag == "br" else (" " if tag in _PARTING_HTML else "", "Html")


def _inline(items: Iterable[_Words]) -> Iterator[_Words]:
    """The words of any other block. Tags in it come one by one."""
    hidden = ""
    for item in items:
        match = _MARKUP.match(item.text) if item.event == "InlineHtml" else None
        if match is None:
            if not hidden:
                yield item
        elif not hidden:
            hidden = (match["unseen"] or "").lower()
            text, event = _seen_html(match)
            yield item._replace(text=text, event=event)
        elif (match["tag"] or "").lower() == hidden:
            hidden = ""


# ------------------------------------------------------------------------------------------------------ white space

_WHITE = re.compile(r"[ \t\n\f\r]+")


def _pieces(source: bytes, words: Iterable[_Words]) -> Iterator[Piece]:
    for _, group in groupby(words, key=lambda w: w.block):
        items = list(group)
        lines = [item for item in items if item.event == "Html"]  # an HTML block; its indentation comes as Text
        shown = _html_block(lines) if lines else _inline(items)
        atoms = (atom for item in shown for atom in _atoms(source, item))
        for atom in _trimmed(atoms) if items[0].kind == "code" else _folded(atoms):
            yield Piece(atom.start, atom.end, atom.text, atom.block, atom.kind)


def _atoms(source: bytes, words: _Words) -> Iterator[_Words]:
    """Cut words into white space and the rest, each with its own bytes; what the source spells otherwise is not cut."""
    spelled, shown = source[words.start : words.end], words.text.encode()
    marks = len(spelled) - len(spelled.lstrip(b"`")) if words.event == "Code" else 0
    at = spelled.find(shown, marks) if marks or spelled == shown else -1
    return _uncut(words) if at < 0 else _cut(words._replace(start=words.start + at))


def _uncut(words: _Words) -> Iterator[_Words]:
    core = words.text.strip(" \t\n\f\r")
    if not core:
        yield words
        return
    head = words.text.index(core)
    yield words._replace(end=words.start, text=words.text[:head])
    yield words._replace(text=_WHITE.sub(" ", core))
    yield words._replace(start=words.end, text=words.text[head + len(core) :])


# Single spaces between words need no cut; in code only line ends are of interest.
_CUTS = {False: re.compile(r"^[ \t\n\f\r]+|[ \t\n\f\r]+$|[ \t\n\f\r]{2,}|[\t\n\f\r]"), True: re.compile(r"\n")}


def _cut(words: _Words) -> Iterator[_Words]:
    start, last = words.start, 0
    for match in _CUTS[words.kind == "code"].finditer(words.text):
        for part in (words.text[last : match.start()], match[0]):
            yield words._replace(start=start, end=start + len(part.encode()), text=part)
            start += len(part.encode())
        last = match.end()
    yield words._replace(start=start, end=start + len(words.text[last:].encode()), text=words.text[last:])


def _folded(atoms: Iterable[_Words]) -> Iterator[_Words]:
    """White space as a page shows it: one space or line break between words, nothing at the edges."""
    pending: _Words | None = None
    begun = False
    for atom in atoms:
        if not atom.text:
            continue
        if not _WHITE.fullmatch(atom.text):
            if pending and begun:
                yield pending._replace(text="\n" if pending.event == "HardBreak" else " ")
            yield atom
            pending, begun = None, True
        elif pending is None or (atom.event == "HardBreak" and pending.event != "HardBreak"):
            pending = atom


def _trimmed(atoms: Iterable[_Words]) -> list[_Words]:
    """The lines of a code block without blank ones at its edges."""
    lines = [atom for atom in atoms if atom.text]
    while lines and not lines[-1].text.strip():
        lines.pop()
    first = next((i for i, atom in enumerate(lines) if atom.text.strip()), 0)
    while first and lines[first - 1].text != "\n":
        first -= 1
    return lines[first:]
