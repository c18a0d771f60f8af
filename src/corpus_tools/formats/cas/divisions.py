"""Sentences, paragraphs, title and language: what elements say of the text as a whole, as metadata of the document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from corpus_tools.derive import fields
from corpus_tools.findings import printable
from corpus_tools.formats import UNKNOWN_LANGUAGE
from corpus_tools.formats.cas.names import METADATA, PARAGRAPH, PLACE, SENTENCE
from corpus_tools.formats.cas.names import UNKNOWN_LANGUAGE as UNSPECIFIED
from corpus_tools.formats.cas.xmi import Element
from corpus_tools.placing import Span, ToText
from corpus_tools.quotes import Miss, locate_in_order, occurrences
from corpus_tools.readers import Block
from corpus_tools.records import Document, Fragment
from corpus_tools.sentences import cut, split

_WIDTH = 60  # characters of the quote that a sentence begins with
_LANGUAGE = re.compile(fields("documents")["language"]["pattern"])


def metadata_of(elements: Iterable[Element]) -> dict[str, Any]:
    """The title and language of a document."""
    found: dict[str, Any] = {}
    for element in elements:
        if element.type == METADATA and not found:
            title, language = (element.features.get(key, "") for key in ("documentTitle", "language"))
            found |= {"title": printable(title)} if title.strip() else {}
            is_known = _LANGUAGE.search(language) and len(language) <= 35 and language != UNSPECIFIED
            found |= {"language": language} if is_known else {}
    return found


def metadata_features(document: Document, end: int) -> dict[str, str]:
    """The features of the element that says title and language; ``end`` is the length of the text."""
    language = UNSPECIFIED if document.language == UNKNOWN_LANGUAGE else document.language
    return {"begin": "0", "end": str(end), "documentTitle": document.title or "", "language": language}


def is_plain_metadata(element: Element, end: int) -> bool:
    """Whether an element has just what an export writes, of a text that ends there."""
    said = metadata_of([element])
    known = {"title": element.features.get("documentTitle"), "language": element.features.get("language")}
    known = {key: value for key, value in known.items() if value != UNSPECIFIED}
    place = (element.features.get("begin"), element.features.get("end"))
    return element.features.keys() == {*PLACE, "documentTitle", "language"} and known == said and place == ("0", str(end))


class Divisions:
    """Which sentences and paragraphs of a file are those of the text, and what metadata makes them so."""

    def __init__(self, elements: Sequence[Element], spans: Mapping[int, Span], target: ToText, language: str) -> None:
        self.target, self.language = target, language
        self.metadata: dict[str, Any] = {}
        self.outcomes: dict[int, str] = {}
        elements = [element for element in elements if element.id in spans]
        self._paragraphs([e for e in elements if e.type == PARAGRAPH and not e.features.keys() - {*PLACE, "divType"}], spans)
        self._sentences([e for e in elements if e.type == SENTENCE and not e.features.keys() - {*PLACE}], spans)

    def _exact(self, span: Span) -> Span | None:
        """A span of the file as one of the text, where it can be written again from that."""
        placed = self.target.span(*span)
        return placed if placed[0] < placed[1] and self.target.source_span(*placed) == span else None

    def _paragraphs(self, elements: Iterable[Element], spans: Mapping[int, Span]) -> None:
        blocks = {(block.start, block.end): f"p{number}" for number, block in enumerate(self.target.blocks, 1)}
        roles: dict[str, str] = {}
        for element in elements:
            name = blocks.pop(self._exact(spans[element.id]) or (0, 0), None)
            role = element.features.get("divType", "body")  # written where it is another
            if name is not None and role in fields("paragraphs")["role"]["enum"] and element.features.get("divType") != "body":
                roles |= {name: role} if role != "body" else {}
                self.outcomes[element.id] = "paragraph"
        self.metadata |= {"roles": roles} if roles else {}

    def _sentences(self, elements: Iterable[Element], spans: Mapping[int, Span]) -> None:
        by_block: dict[int, dict[Span, int]] = {}
        for element in elements:
            span = self._exact(spans[element.id])
            home = self.target.paragraph([Fragment(*span, "")]) if span else None
            if span is not None and home is not None:
                by_block.setdefault(int(home[1:]) - 1, {}).setdefault(span, element.id)
        starts: dict[str, list[Any]] = {}
        for index, own in by_block.items():
            block = self.target.blocks[index]
            quotes = self._starts(block, sorted(own))
            if quotes is None:
                continue
            starts |= {f"p{index + 1}": quotes} if quotes else {}
            self.outcomes |= dict.fromkeys(own.values(), "sentence")
        self.metadata |= {"sentence_starts": starts} if starts else {}

    def _starts(self, block: Block, sentences: Sequence[Span]) -> list[Any] | None:
        """The quotes that make these the sentences of a block; none where they are so anyway, None where nothing makes them so."""
        inner = self.target.text[block.start : block.end]
        spans = [(start - block.start, end - block.start) for start, end in sentences]
        if spans == split(inner, self.language):
            return []
        if spans != cut(inner, [start for start, _ in spans]):
            return None
        quotes = [_quote(inner, *span) for span in spans]
        found = [place for _, place in locate_in_order(inner, quotes, 0, len(inner))]
        places = [place[0] for place in found if not isinstance(place, Miss)]
        return quotes if places == [start for start, _ in spans] else None


def _quote(text: str, start: int, end: int) -> Any:
    """A quote that begins where a sentence does."""
    words = text[start:end]
    if len(words) > _WIDTH:
        head = words[:_WIDTH].rsplit(None, 1)[0]
        words = head if head.strip() else words
    places = [place[0] for place in occurrences(text, words, 0, len(text))]
    if len(places) == 1 or start not in places:
        return words
    return {"quote": words, "nth": places.index(start) + 1}
