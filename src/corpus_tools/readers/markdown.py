"""Markdown: CommonMark with tables, strikethrough, task lists, footnotes and YAML front matter, read by `pyromark` (pulldown-cmark).

The parser gives every event with its byte range in the source; this module only says which of them are seen, and how:

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
| inline HTML tag | nothing: the words between the tags stay |
| HTML block | a block of kind other: its words without tags, comments, scripts and styles; a tag that is not inline parts words |
| front matter, link reference definition, thematic break | nothing |
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
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
# Blocks whose text is read, and the containers that give a paragraph its kind.
_LEAVES = {"Paragraph": "paragraph", "Heading": "heading", "CodeBlock": "code", "TableCell": "table_cell", "HtmlBlock": "other"}
_CONTAINERS = {"Item": "list_item", "BlockQuote": "quote", "FootnoteDefinition": "other"}
_UNSEEN = {"Image", "MetadataBlock"}
_SEEN = {"Text", "Code", "Html", "InlineHtml", "SoftBreak", "HardBreak"}
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read(source: bytes) -> Reading:
    """Read Markdown.

    Raises:
        NotUtf8: the bytes are not UTF-8.
    """
    text = decode(source)
    skip = len(BOM.encode()) if text.startswith(BOM) else 0
    words = _words(pyromark.events_with_range(text[1:] if skip else text, options=_OPTIONS))
    shifted = (w._replace(start=w.start + skip, end=w.end + skip) for w in words)
    return assemble(source, _pieces(source, shifted))


class _Words(NamedTuple):
    """Characters that an event shows, in the block of that number and kind."""

    start: int
    end: int
    text: str
    block: int
    kind: str
    is_break: bool = False


def _words(events: Iterable[tuple[Any, Any]]) -> Iterator[_Words]:
    """What is seen, by block. The text of a tight list item has no paragraph event of its own: it is a block too."""
    open_tags: list[str] = []
    block, fresh, unseen = 0, True, 0
    html_block: list[_Words] = []
    for event, span in events:
        content: Any
        name, content = next(iter(event.items())) if isinstance(event, dict) else (event, None)
        if name in ("Start", "End"):
            tag = content if isinstance(content, str) else next(iter(content))
            unseen += (tag in _UNSEEN) * (1 if name == "Start" else -1)
            fresh = fresh or tag in _LEAVES or tag in _CONTAINERS or tag == "List"
            if name == "Start":
                open_tags.append(tag)
                continue
            open_tags.pop()
            yield from _html_words(html_block)
            html_block = []
        elif not unseen and name in _SEEN:
            block += fresh
            fresh = False
            is_break = name == "HardBreak" or (name == "InlineHtml" and bool(_BREAK.fullmatch(content)))
            text = "\n" if content is None or is_break else "" if name == "InlineHtml" else content
            words = _Words(span["start"], span["end"], text, block, _kind(open_tags), is_break)
            if name == "Html":
                html_block.append(words)
            else:
                yield words


def _kind(open_tags: list[str]) -> str:
    leaf = next((tag for tag in reversed(open_tags) if tag in _LEAVES), "Paragraph")
    if leaf != "Paragraph":
        return _LEAVES[leaf]
    return next((_CONTAINERS[tag] for tag in reversed(open_tags) if tag in _CONTAINERS), "paragraph")


# ------------------------------------------------------------------------------------------------------ HTML blocks

_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|template|noscript|title)\b.*?(?:</\1\s*>|\Z)"
    r"|</?(?P<tag>[a-z][^\s<>/]*)(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*'|[\"'])*>"
    r"|<[!?][^<>]*>"
    r"|(?P<entity>&\#?\w+;)",
    re.DOTALL | re.IGNORECASE,
)
# Tags that stand inside a word or a sentence; every other tag parts the words before and behind it.
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong "
    "sub sup time tt u var wbr".split()
)


def _html_words(lines: list[_Words]) -> Iterator[_Words]:
    """The words of an HTML block, whose source comes line by line; a tag may run over several lines."""
    joined = "".join(line.text for line in lines)
    seen_parts: list[tuple[int, int, str | None]] = []  # start, end, text where it is not what stands there
    position = 0
    for match in _MARKUP.finditer(joined):
        seen_parts.append((position, match.start(), None))
        seen = html.unescape(match[0]) if match["entity"] else "" if (match["tag"] or "").lower() in _INLINE else " "
        seen_parts.append((*match.span(), seen))
        position = match.end()
    seen_parts.append((position, len(joined), None))
    offset = 0
    for line in lines:
        line_end = offset + len(line.text)
        while seen_parts and seen_parts[0][0] < line_end:
            start, end, text = seen_parts.pop(0)
            if end > line_end:  # goes on in the next line
                seen_parts.insert(0, (line_end, end, text and ""))
            yield _part(line, start - offset, min(end, line_end) - offset, text)
        offset = line_end


def _part(words: _Words, low: int, high: int, text: str | None) -> _Words:
    start = words.start + len(words.text[:low].encode())
    part = words.text[low:high]
    return words._replace(start=start, end=start + len(part.encode()), text=part if text is None else text)


# ------------------------------------------------------------------------------------------------------ white space

_WHITE = re.compile(r"[ \t\n\f\r]+")


def _pieces(source: bytes, words: Iterable[_Words]) -> Iterator[Piece]:
    position = 0
    for _, group in groupby(words, key=lambda w: w.block):
        items = list(group)
        atoms: list[_Words] = []
        for item in items:
            if item.end > position or not item.text:  # never back: what a parser shows twice is shown where it first stands
                atoms += _atoms(source, item._replace(start=max(item.start, position)))
                position = max(position, item.end)
        for atom in _trimmed(atoms) if items[0].kind == "code" else _folded(atoms):
            yield Piece(atom.start, atom.end, atom.text, atom.block, atom.kind)


def _atoms(source: bytes, words: _Words) -> Iterator[_Words]:
    """Cut words into white space and the rest, each with its own bytes; what the source spells otherwise is not cut."""
    spelled = source[words.start : words.end]
    shown = words.text.encode()
    at = spelled.find(shown, len(spelled) - len(spelled.lstrip(b"`")) if spelled.endswith(b"`") else 0)
    if words.is_break or at < 0:
        core = words.text.strip(" \t\n\f\r")
        if not core:
            yield words
            return
        head = words.text.index(core)
        yield words._replace(end=words.start, text=words.text[:head])
        yield words._replace(text=core if words.kind == "code" else _WHITE.sub(" ", core))
        yield words._replace(start=words.end, text=words.text[head + len(core) :])
        return
    start, last = words.start + at, 0
    for match in _CUTS[words.kind == "code"].finditer(words.text):
        for part in (words.text[last : match.start()], match[0]):
            yield words._replace(start=start, end=start + len(part.encode()), text=part)
            start += len(part.encode())
        last = match.end()
    yield words._replace(start=start, end=start + len(words.text[last:].encode()), text=words.text[last:])


# Single spaces between words need no cut; in code only line ends are of interest.
_CUTS = {False: re.compile(r"^[ \t\n\f\r]+|[ \t\n\f\r]+$|[ \t\n\f\r]{2,}|[\t\n\f\r]"), True: re.compile(r"\r\n|\r|\n")}


def _folded(atoms: Iterable[_Words]) -> Iterator[_Words]:
    """White space as a page shows it: one space or line break between words, nothing at the edges."""
    pending: _Words | None = None
    begun = False
    for atom in atoms:
        if not atom.text:
            continue
        if not _WHITE.fullmatch(atom.text):
            if pending and begun:
                yield pending._replace(text="\n" if pending.is_break else " ")
            yield atom
            pending, begun = None, True
        elif pending is None or (atom.is_break and not pending.is_break):
            pending = atom


def _trimmed(atoms: Iterable[_Words]) -> list[_Words]:
    """The lines of a code block without blank ones at its edges."""
    lines = [atom._replace(text="\n") if atom.text in ("\r\n", "\r") else atom for atom in atoms if atom.text]
    while lines and not lines[-1].text.strip():
        lines.pop()
    first = next((i for i, atom in enumerate(lines) if atom.text.strip()), 0)
    while first and lines[first - 1].text != "\n":
        first -= 1
    return lines[first:]
