"""The blocks of a page of HTML as a browser shows them, taken from its tree: what the Markdown reader is compared with."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

KINDS = {f"h{n}": "heading" for n in range(1, 7)} | {"pre": "code", "th": "table_cell", "td": "table_cell"}
KINDS |= {"li": "list_item", "blockquote": "quote", "div": "other", "section": "other"}
BLOCKS = {*KINDS, "p", "ul", "ol", "hr", "table", "thead", "tbody", "tr", "article", "aside", "figure", "figcaption"}
UNSEEN = {"-comment", "img", "input", "script", "style", "template", "iframe", "noscript", "title"}
FOOTNOTE_MARKS = {"footnote-reference", "footnote-definition-label"}


class Token(NamedTuple):
    """Text in a block of that kind, a line break there (None), or, without a kind, the border of a block."""

    kind: str
    text: str | None


def blocks_of(page: str) -> list[tuple[str, str]]:
    """Kind and text of every block that is not blank. A ``<section>`` is one block, whatever is in it."""
    body = LexborHTMLParser(f"<!DOCTYPE html><body>{page}").body
    assert body is not None
    groups = [list(group) for inside, group in groupby(_tokens(body, "paragraph", False), lambda token: bool(token.kind)) if inside]
    blocks = [(tokens[0].kind, _code(tokens) if tokens[0].kind == "code" else _folded(tokens)) for tokens in groups]
    return [(kind, text) for kind, text in blocks if text and not text.isspace()]


def _tokens(node: LexborNode, kind: str, in_section: bool) -> Iterator[Token]:
    for child in node.iter(include_text=True):
        tag, inner = child.tag or "", kind
        if tag in UNSEEN or child.attributes.get("class") in FOOTNOTE_MARKS:
            continue
        if tag == "-text":
            yield Token(kind, child.text_content)
        elif tag == "br":
            yield Token(kind, None)
        elif tag in BLOCKS:
            border = Token(kind, " ") if in_section else Token("", None)
            inner = kind if in_section else KINDS.get(tag, kind)
            yield border
            yield from _tokens(child, inner, in_section or tag == "section")
            yield border
        else:
            yield from _tokens(child, kind, in_section)


def _folded(tokens: list[Token]) -> str:
    lines = [[]]
    for token in tokens:
        if token.text is None:
            lines.append([])
        else:
            lines[-1].append(token.text)
    folded = (re.sub("[ \t\n\f\r]+", " ", "".join(line)).strip(" ") for line in lines)
    return "\n".join(line for line in folded if line)


def _code(tokens: list[Token]) -> str:
    lines = re.split("\r\n|\r|\n", "".join(token.text or "\n" for token in tokens))
    seen = [i for i, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[seen[0] : seen[-1] + 1]) if seen else ""
