"""The lines of a CoNLL-U file: syntax alone, one document after the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from corpus_tools.findings import quoted
from corpus_tools.text import BOM

COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
EMPTY = "_"
LINKS = ("Bridge", "SplitAnte")  # keys of MISC that link entities

_ID = re.compile(r"([1-9][0-9]{0,8})|([1-9][0-9]{0,8})-([1-9][0-9]{0,8})|(0|[1-9][0-9]{0,8})\.([1-9][0-9]{0,8})")
_NEWDOC = re.compile(r"#\s*newdoc(?:\s+id\s*=\s*(.*?))?\s*")
_NEWPAR = re.compile(r"#\s*newpar(?:\s.*)?")
_FIELD = re.compile(r"#\s*([^=]*?)\s*=\s*(.*?)\s*")


class Row(NamedTuple):
    """A word, a multiword token or an empty node: the number of its line, from 1, and its ten columns."""

    number: int
    columns: Sequence[str]

    @property
    def kind(self) -> str:
        """What it is: "word", "multiword token" or "empty node"."""
        return "multiword token" if "-" in self.columns[0] else "empty node" if "." in self.columns[0] else "word"

    @property
    def last(self) -> int:
        """The number of the last word of a multiword token."""
        return int(self.columns[0].partition("-")[2])


class Sentence(NamedTuple):
    """A sentence: the comments before it, as they are, its rows, and how many blank lines end it."""

    number: int
    comments: Sequence[str]
    rows: Sequence[Row]
    blank: int

    @property
    def begins_paragraph(self) -> bool:
        """Whether a comment says that a paragraph begins here."""
        return any(map(_NEWPAR.fullmatch, self.comments))


class Problem(NamedTuple):
    """A line that is none of CoNLL-U, or what it says cannot be."""

    number: int
    found: str
    expected: str
    rule: str = "import-line"


class Parsed(NamedTuple):
    """A document: its name if it has one, its sentences, what is wrong with its lines, and the form of the file.

    ``crlf`` says that lines end with CR LF, ``bom`` that a byte order mark stands before, ``leading`` how many blank lines do. ``mixed``
    counts lines that end otherwise than the first.
    """

    name: str | None
    sentences: list[Sentence]
    problems: list[Problem]
    crlf: bool = False
    bom: bool = False
    leading: int = 0
    mixed: int = 0


def parse(data: bytes) -> Iterator[Parsed]:
    """The documents of a file. One without ``# newdoc`` is the whole file."""
    bom = data.startswith(BOM.encode())
    groups = _groups(_physical(data[len(BOM.encode()) :] if bom else data))
    current: Parsed | None = None
    leading, odd = 0, []
    for group in groups:
        odd += [Problem(line.number, quoted(line.text), "an empty line between sentences") for line in group.spaced]
        if not group.lines:
            leading = group.blank
            continue
        sentence, problems = _sentence(group)
        if current is None or any(map(is_newdoc, sentence.comments)):
            if current is not None:
                yield current
            current = Parsed(name_of(sentence), [], [], group.lines[0].crlf, bom, leading)
            bom, leading = False, 0
        current.sentences.append(sentence)
        current.problems.extend([*problems, *odd])
        odd = []
        current = current._replace(mixed=current.mixed + sum(line.crlf != current.crlf for line in group.lines))
    if current is not None:
        yield current


class _Physical(NamedTuple):
    number: int
    text: str
    crlf: bool
    sound: bool


class _Group(NamedTuple):
    """Lines up to a blank one, how many blank ones follow, and those of them that have white space."""

    lines: list[_Physical]
    blank: int
    spaced: list[_Physical]


def _physical(data: bytes) -> Iterator[_Physical]:
    start, number = 0, 1
    while start < len(data):
        end = data.find(b"\n", start)
        end = end if end >= 0 else len(data)
        line = data[start:end]
        crlf = line.endswith(b"\r")
        line = line[:-1] if crlf else line
        try:
            yield _Physical(number, line.decode(), crlf, True)
        except UnicodeDecodeError:
            yield _Physical(number, line.decode("utf-8", "replace"), crlf, False)
        start, number = end + 1, number + 1


def _groups(lines: Iterable[_Physical]) -> Iterator[_Group]:
    group = _Group([], 0, [])
    for line in lines:
        if line.text.strip():
            if group.blank:
                yield group
                group = _Group([], 0, [])
            group.lines.append(line)
        else:
            group = group._replace(blank=group.blank + 1)
            group.spaced.extend([line] if line.text else [])
    if group.lines or group.blank:
        yield group


def _sentence(group: _Group) -> tuple[Sentence, list[Problem]]:
    comments: list[str] = []
    rows: list[Row] = []
    problems: list[Problem] = []
    order = _Order()
    for line in group.lines:
        if not line.sound:
            problems.append(Problem(line.number, quoted(line.text), "UTF-8"))
        elif line.text.startswith("#") and not rows:
            comments.append(line.text)
        else:
            columns = line.text.split("\t")
            expected = _form_problem(columns) or order.problem(columns[0])
            if expected:
                problems.append(Problem(line.number, quoted(line.text), expected))
            else:
                rows.append(Row(line.number, columns))
    if order.covered > order.word:
        problems.append(Problem(rows[-1].number, f"{order.word} words", f"the words of a multiword token, up to {order.covered}"))
    return Sentence(group.lines[0].number, comments, rows, group.blank), problems


def _form_problem(columns: Sequence[str]) -> str:
    """What is expected of a line instead; nothing where it is well formed."""
    if len(columns) != len(COLUMNS):
        return f"ten columns with a tab between them, or a comment before the words ({len(columns)} columns)"
    if not _ID.fullmatch(columns[0]):
        return "an ID: 1, 1-2 or 1.1"
    return "" if columns[1] else "a FORM"


class _Order:
    """Whether IDs stand in their order: words from 1, a multiword token before its words, empty nodes behind a word."""

    def __init__(self) -> None:
        self.word = self.covered = self.empty = 0

    def problem(self, name: str) -> str:
        """What is expected instead of an ID; nothing where it fits."""
        match = _ID.fullmatch(name)
        assert match is not None
        if match[1]:
            fits = int(match[1]) == self.word + 1
            self.word, self.empty = (self.word + 1, 0) if fits else (self.word, self.empty)
            return "" if fits else f"the ID {self.word + 1}"
        if match[2]:
            fits = int(match[2]) == self.word + 1 > self.covered and int(match[3]) > self.word
            self.covered = int(match[3]) if fits else self.covered
            return "" if fits else f"a multiword token that begins with {self.word + 1}, and none inside another"
        fits = int(match[4]) == self.word and int(match[5]) == self.empty + 1
        self.empty += fits
        return "" if fits else f"the ID {self.word}.{self.empty + 1}, or a word"


def field_of(comment: str) -> tuple[str, str] | None:
    """Name and value of a comment ``# name = value``; None where it is none."""
    match = _FIELD.fullmatch(comment)
    return (match[1], match[2]) if match else None


def name_of(sentence: Sentence) -> str | None:
    """The name of the document that begins with a sentence; None where it has none."""
    return next((match[1] for match in map(_NEWDOC.fullmatch, sentence.comments) if match), None)


def is_newdoc(comment: str) -> bool:
    """Whether a comment says that a document begins."""
    return bool(_NEWDOC.fullmatch(comment))


def written(sentences: Iterable[Sentence]) -> Iterator[str]:
    """The lines of sentences, without line ends."""
    for sentence in sentences:
        yield from sentence.comments
        for row in sentence.rows:
            yield "\t".join(row.columns)
        yield from [""] * sentence.blank


def misc_of(value: str) -> dict[str, str]:
    """The column MISC: of each key the value, of one that is there twice the first."""
    pairs = (item.partition("=") for item in value.split("|")) if value != EMPTY else ()
    found: dict[str, str] = {}
    for key, _, own in pairs:
        found.setdefault(key, own)
    return found
