"""What a document says, apart from the form of its lines: as a file tells it and as a corpus does, to be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from corpus_tools.formats.conllu.metadata import of_document
from corpus_tools.formats.conllu.spacing import BLANK_LINE
from corpus_tools.placing import Span, ToSource
from corpus_tools.rules import Bundle


class Mark(NamedTuple):
    """A mention with what is known of its entity. ``spans`` are in order and do not touch."""

    entity_id: str
    type: str
    name: str | None
    level: str | None
    metonymic: bool
    spans: tuple[Span, ...]


class Told(NamedTuple):
    """A document. Offsets are code points of ``source``, the text file.

    ``sentences`` are (start, end, whether a paragraph begins there), ``layers`` the mentions of each annotator who has some, sorted;
    ``metadata`` is what is not as an import would have it anyway.
    """

    source: str
    sentences: Sequence[tuple[int, int, bool]]
    layers: Mapping[str, Sequence[Mark]]
    metadata: Mapping[str, Any]


def told_by(bundle: Bundle, name: str) -> Told:
    """What the records of a document say; ``name`` is what its lines call it."""
    source = ToSource(bundle.document, "code_point")
    text = source.source_text
    placed = [source.span(sentence.start, sentence.end) for paragraph in bundle.paragraphs for sentence in paragraph.sentences]
    pieces = [(a, b) for span in placed for a, b in _pieces(text, span) if a < b]
    ends = [0, *(end for _, end in pieces)]
    sentences = [(a, b, n == 0 or bool(BLANK_LINE.search(text[ends[n] : a]))) for n, (a, b) in enumerate(pieces)]
    entities = {(entity.annotator, entity.entity_id): entity for entity in bundle.entities}
    layers: dict[str, list[Mark]] = {}
    for m in bundle.mentions:
        entity = entities[m.annotator, m.entity_id]
        spans = tuple(source.span(fragment.start, fragment.end) for fragment in m.fragments)
        mark = Mark(m.entity_id, entity.type, entity.name, m.level, m.metonymic, spans)
        layers.setdefault(m.annotator, []).append(mark)
    in_order = {name: sorted(layers[name], key=order) for name in sorted(layers)}
    return Told(text, sentences, in_order, of_document(bundle.document, name))


def order(mark: Mark) -> tuple[int, int, str, str]:
    """What mentions are ordered by: where they begin, the longer first."""
    return mark.spans[0][0], -mark.spans[-1][1], mark.entity_id, str(mark.spans)


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """A sentence; one with blank lines inside, as code may have, is several in plain text."""
    start = span[0]
    for match in re.finditer(BLANK_LINE, text[slice(*span)]):
        yield _stripped(text, start, span[0] + match.start())
        start = span[0] + match.end()
    yield _stripped(text, start, span[1])


def _stripped(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), start + len(words.rstrip())
