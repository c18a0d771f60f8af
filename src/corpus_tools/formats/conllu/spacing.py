"""The text of a document: words and what stands between them.

A word is followed by its ``SpacesAfter``, by nothing where it has ``SpaceAfter=No``, else by a space; by a blank line before a
new paragraph and by a line end behind the last word. ``SpacesBefore`` and ``SpacesInToken`` are read too. In these \\s is a space, \\t a
tab, \\r and \\n line ends, \\p a |.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from corpus_tools.formats.conllu.lines import Row, Sentence, misc_of
from corpus_tools.placing import Span
from corpus_tools.text import BOM

PARAGRAPH, LAST = "\n\n", "\n"  # what stands behind the last word of a paragraph and of the document, unless it is said

BLANK_LINE = re.compile(r"(?>\r\n|\r|\n)[^\S\r\n]*(?>\r\n|\r|\n)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_EDGE = re.compile(r"\A\s*\n\s*|\s*\n\s*\Z")
_ESCAPES = {"s": " ", "t": "\t", "r": "\r", "n": "\n", "p": "|", "\\": "\\"}
_NAMES = {character: f"\\{name}" for name, character in _ESCAPES.items()}


def unescaped(value: str) -> str:
    """The characters that a value of SpacesAfter stands for."""
    return re.sub(r"\\([strnp\\])", lambda match: _ESCAPES[match[1]], value)


def escaped(spaces: str) -> str:
    """Characters as a value of SpacesAfter."""
    return "".join(_NAMES.get(character, character) for character in spaces)


class Node(NamedTuple):
    """A word or an empty node: sentence and row, from 0, and its place in the text, in code points; none for an empty node."""

    sentence: int
    row: int
    span: Span | None


class Laid(NamedTuple):
    """A document as text: the text, its nodes in order, where its sentences begin and end, and what was changed for it.

    A sentence is (start, end, whether a paragraph begins with it); one without words has none. ``multiword`` has the places of multiword
    tokens by sentence and row.
    """

    source: str
    nodes: list[Node]
    multiword: dict[tuple[int, int], Span]
    sentences: list[tuple[int, int, bool]]
    notes: Counter[str]


def lay_out(sentences: Sequence[Sentence]) -> Laid:
    """Make the text of sentences."""
    layout = _Layout(any(sentence.begins_paragraph for sentence in sentences))
    for index, sentence in enumerate(sentences):
        layout.sentence(index, sentence)
    source = "".join([*layout.parts, layout.end()])
    return Laid(source, layout.nodes, layout.multiword, list(_visible(source, layout.sentences)), layout.notes)


def _visible(source: str, sentences: Sequence[tuple[int, int, bool]]) -> Iterator[tuple[int, int, bool]]:
    """Sentences without white space at their edges, as words may have; what is nothing else is none."""
    begins = False
    for start, end, own in sentences:
        words = source[start:end]
        begins = begins or own
        if words.strip():
            yield start + len(words) - len(words.lstrip()), start + len(words.rstrip()), begins
            begins = False


class _Layout:
    """Writes the words one behind the other."""

    def __init__(self, has_paragraphs: bool) -> None:
        self.has_paragraphs = has_paragraphs  # else blank lines tell
        self.parts: list[str] = []
        self.size = 0
        self.nodes: list[Node] = []
        self.multiword: dict[tuple[int, int], Span] = {}
        self.sentences: list[tuple[int, int, bool]] = []
        self.after: str | None = None  # what was said to stand behind the last word
        self.notes: Counter[str] = Counter()
        self.paragraph = True  # the next sentence with words begins one

    def sentence(self, index: int, sentence: Sentence) -> None:
        """Write a sentence."""
        self.paragraph = self.paragraph or sentence.begins_paragraph
        first: int | None = None
        begins, covered = False, 0
        within: dict[int, Span] = {}
        for number, row in enumerate(sentence.rows):
            if row.kind == "empty node":
                self.nodes.append(Node(index, number, None))
            elif row.kind == "word" and int(row.columns[0]) <= covered:
                self.nodes.append(Node(index, number, within[number]))
            else:
                gap = self._token(row, is_first=first is None)
                token = (self.size - len(self.parts[-1]), self.size)
                if first is None:
                    first, begins = token[0], token[0] == len(gap) or bool(BLANK_LINE.search(gap))
                if row.kind == "word":
                    self.nodes.append(Node(index, number, token))
                else:
                    self.multiword[index, number] = token
                    covered, within = row.last, self._within(sentence.rows, number, token)
        if first is not None:
            self.sentences.append((first, self.size, begins))

    def _within(self, rows: Sequence[Row], number: int, token: Span) -> dict[int, Span]:
        """The words of a multiword token: each its own stretch where they spell it together, else all of them the whole."""
        last, words = rows[number].last, {}
        for index in range(number + 1, len(rows)):
            if rows[index].kind == "word":
                if int(rows[index].columns[0]) > last:
                    break
                words[index] = rows[index].columns[1]
        if "".join(words.values()) != self.parts[-1]:
            self.notes["multiword tokens whose words do not spell them: each word stands for the whole"] += 1
            return dict.fromkeys(words, token)
        ends = list(accumulate((len(form) for form in words.values()), initial=token[0]))
        return dict(zip(words, pairwise(ends), strict=True))

    def _token(self, row: Row, is_first: bool) -> str:
        """Write a token; what stands before it."""
        misc = misc_of(row.columns[9])
        gap = self._gap(_white(misc.get("SpacesBefore"), bom=not self.parts) or "", is_first)
        form = _seen(unescaped(misc["SpacesInToken"]) if misc.get("SpacesInToken") else row.columns[1])
        if form.isspace() and not BLANK_LINE.search(gap):  # alone on a line it would make a blank one
            gap = _LINE_END.sub(" ", gap)
        self.parts += [gap, form]
        self.size += len(gap) + len(form)
        self.after = "" if misc.get("SpaceAfter") == "No" else None
        written = _white(misc.get("SpacesAfter"))
        self.after = self.after if written is None else written
        return gap

    def _gap(self, before: str, is_first: bool) -> str:
        """What stands between the last token and the next."""
        begins, self.paragraph = self.paragraph, False
        if not self.parts:
            return before
        if begins:
            gap = (self.after or "") + before
            return gap if BLANK_LINE.search(gap) else PARAGRAPH
        gap = (" " if self.after is None else self.after) + before
        if BLANK_LINE.search(gap) and (self.has_paragraphs or not is_first):
            self.notes["blank lines inside a paragraph that became one line end"] += 1
            return "\n"
        return gap

    def end(self) -> str:
        """What stands behind the last token."""
        return "" if not self.parts else LAST if self.after is None else self.after


def _seen(form: str) -> str:
    """A form as it stands in the text: no line end at its edges, and no blank line inside."""
    return _EDGE.sub(" ", BLANK_LINE.sub("\n", form.replace("\r", " ")))


def _white(value: str | None, bom: bool = False) -> str | None:
    """The white space of a value of SpacesAfter or SpacesBefore; None where there is no value, or it has anything else."""
    spaces = unescaped(value) if value else None
    inner = spaces.removeprefix(BOM) if spaces and bom else spaces
    return None if spaces is None or (inner and not inner.isspace()) else spaces


def space_items(gap: str, usual: str) -> Mapping[str, str]:
    """How MISC says what stands behind a token, where it is not what usually does."""
    if gap == usual:
        return {}
    return {"SpacesAfter": escaped(gap)} if gap else {"SpaceAfter": "No"}
