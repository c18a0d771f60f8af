"""Spans of a paragraph as nested elements around its text, whichever way they overlap.

The text is cut at every border of a span. Between two borders the same spans stand open, so an element never needs to cross another:
where spans cross, the inner one is closed and opened again. What the elements hold, joined, is the text and nothing else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup, escape

from corpus_tools.text import CodePoint

MENTION = "m"

# What a browser obeys or leaves out instead of showing it: control characters, and what turns the direction of the text around it.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Span(NamedTuple):
    """A fragment of a record, by code points of its paragraph; ``record`` is ``annotator/id``.

    Of spans with the same borders the one of lower ``rank`` is outside. ``first``: the fragment is the first of its field.
    """

    start: CodePoint
    end: CodePoint
    rank: int
    kind: str
    record: str
    classes: str
    first: bool


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """The text of a paragraph as HTML, an element around every span of it.

    The words of a mention are a link to it; where mentions overlap, to the innermost.
    """
    starting: dict[CodePoint, list[Span]] = defaultdict(list)
    borders = {0, len(text)}
    for span in spans:
        starting[span.start].append(span)
        borders |= {span.start, span.end}
    stack: list[Span] = []
    parts: list[str] = []
    cuts = sorted(borders)
    for here, there in pairwise([*cuts, cuts[-1]]):
        keep = next((depth for depth, span in enumerate(stack) if span.end <= here), len(stack))
        parts += ["</span>"] * (len(stack) - keep)
        again = [span for span in stack[keep:] if span.end > here]
        stack[keep:] = sorted([*again, *starting[here]], key=lambda span: (-span.end, span.rank, span.start))
        parts += [_opening(span, again=span in again) for span in stack[keep:]]
        parts.append(_words(text[here:there], stack))
    return Markup("".join(parts))


def _opening(span: Span, again: bool) -> str:
    name = escape(span.record)
    own = f' id="{name}"' if span.kind == MENTION and span.first and not again else ""
    begins = " begins" if span.first and not again else ""
    return f'<span class="{span.kind} {escape(span.classes)}{begins}" data-r="{name}"{own}>'


def _words(text: str, stack: Sequence[Span]) -> str:
    if not text:
        return ""
    mention = next((span for span in reversed(stack) if span.kind == MENTION), None)
    shown = seen(text)
    return f'<a href="#{escape(mention.record)}">{shown}</a>' if mention and not text.isspace() else shown


def seen(text: str) -> Markup:
    """A text as HTML in which every character that a browser would obey is marked with its code point, and is obeyed no longer."""
    parts, position = [], 0
    for match in _CONTROLS.finditer(text):
        code = ord(match[0])
        parts += [escape(text[position : match.start()]), Markup(_CONTROL.format(code=code, shown=_character(code)))]
        position = match.end()
    return Markup("").join([*parts, escape(text[position:])])


_CONTROL = '<bdi class="control" data-code="U+{code:04X}">{shown}</bdi>'


def _character(code: int) -> str:
    """A control character in HTML: a parser changes a carriage return that stands there as it is, and knows no character 0."""
    return {0: "\ufffd", 13: "&#13;"}.get(code, chr(code))


def harmless(text: str) -> str:
    """A text for a place that holds no elements: what a browser would obey is U+FFFD there."""
    return _CONTROLS.sub("\ufffd", text)
