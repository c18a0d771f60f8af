"""The brackets of ``Entity=``: mentions by the words where they open and close."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote, unquote

from corpus_tools.findings import quoted
from corpus_tools.formats.conllu.lines import Problem

Range = tuple[int, int]

COREFUD_FIELDS = ("eid", "etype", "head", "other")
_GUM = ("entity", "GRP", "other")  # before it had global.Entity: (person-1
_TYPES = ("etype",)  # no entities: (person
_ENTITY = ("eid", "GRP")
_TYPE = ("etype", "entity")

_CHUNK = re.compile(r"\(([^()]*)\)|\(([^()]*)|([^()]*)\)|[^()]+")
_IN_GUM = re.compile(r"[^\W\d]+-[0-9]+(\[[0-9]+/[0-9]+\])?(-[^-]*)?")
_IN_TYPES = re.compile(r"[^\W\d]+")
_PART = re.compile(r"(.+)\[([1-9][0-9]{0,8})/([1-9][0-9]{0,8})\]", re.DOTALL)


class Bracketed(NamedTuple):
    """A mention: the line where it opens, its entity, the other fields as they are, and its stretches as first and last node."""

    number: int
    eid: str
    values: Mapping[str, str]
    ranges: Sequence[Range]


class Value(NamedTuple):
    """``Entity=`` of a node: which node, its line, and the brackets."""

    node: int
    number: int
    brackets: str


class _Open(NamedTuple):
    node: int
    number: int
    eid: str
    values: Mapping[str, str]


def usual_fields(values: Iterable[str]) -> Sequence[str]:
    """The fields of the brackets of a document where global.Entity does not say: those that fit all of them, or else those of CorefUD."""
    chunks = (chunk for value in values for chunk in _CHUNK.finditer(value))
    bodies = {chunk[1] or chunk[2] or "" for chunk in chunks if chunk[3] is None}
    for fields, form in ((_GUM, _IN_GUM), (_TYPES, _IN_TYPES)):
        if bodies and all(map(form.fullmatch, bodies)):
            return fields
    return COREFUD_FIELDS


def read_brackets(values: Iterable[Value], fields: Sequence[str]) -> tuple[list[Bracketed], list[Problem]]:
    """The mentions of a document, in the order in which they open, and the brackets that fit no other.

    Args:
        values: in the order of the text.
        fields: what stands between the dashes of an opening bracket, as global.Entity says. Where none is the entity, each mention
            has one of its own.
    """
    reading = _Reading(fields)
    for value in values:
        reading.take(value)
    reading.end()
    done = sorted(reading.done, key=lambda pair: pair[0])
    return [mention for _, mention in done], sorted(reading.problems)


class _Reading:
    """Pairs brackets: a closing one with the last of its name that is open."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = fields
        self.place = _place(fields)
        self.has_entities = names_entities(fields)
        self.open: dict[str, list[tuple[int, _Open]]] = {}
        # By entity, number of parts, and how many of them are there.
        self.parts: dict[tuple[str, str, int], list[tuple[int, _Open, list[Range]]]] = {}
        self.done: list[tuple[int, Bracketed]] = []
        self.problems: list[Problem] = []
        self.opened = 0

    def take(self, value: Value) -> None:
        for chunk in _CHUNK.finditer(value.brackets):
            whole, opening, closing = chunk.groups()
            if whole is not None or opening is not None:
                named = self._opened(value, whole if whole is not None else opening)
                if not named:
                    self._refuse(value.number, quoted(chunk[0]), f"a bracket with {'-'.join(self.fields)}")
                    continue
                name, entry = named
                self.opened += 1
                self.open.setdefault(name, []).append((self.opened, entry))
                if whole is not None:
                    self._close(value, name)
            elif closing is not None:
                parts = closing.split("-")
                self._close(value, parts[min(self.place, len(parts) - 1)])
            else:
                self._refuse(value.number, quoted(chunk[0]), "brackets: (e1-person, (e1-person) or e1)")

    def _opened(self, value: Value, body: str) -> tuple[str, _Open] | None:
        """The name that closes a bracket, and what it opens."""
        values = dict(zip(self.fields, body.split("-"), strict=False))
        if body.count("-") >= len(self.fields) or not values.get(self.fields[self.place]):
            return None
        name = values[self.fields[self.place]]
        if not self.has_entities:
            return name, _Open(value.node, value.number, f"{name}.{self.opened + 1}", {k: v for k, v in values.items() if v})
        del values[self.fields[self.place]]
        part = _PART.fullmatch(name)
        return name, _Open(value.node, value.number, part[1] if part else name, {k: v for k, v in values.items() if v})

    def _close(self, value: Value, name: str) -> None:
        if not self.open.get(name):
            self._refuse(value.number, quoted(f"{name})"), f"({name} before it", "import-reference")
            return
        order, entry = self.open[name].pop()
        stretch = (entry.node, value.node)
        part = _PART.fullmatch(name) if self.has_entities else None
        if part is None:
            self.done.append((order, Bracketed(entry.number, entry.eid, entry.values, [stretch])))
        else:
            self._add_part(order, entry, stretch, int(part[2]), part[3])

    def _add_part(self, order: int, entry: _Open, stretch: Range, nth: int, total: str) -> None:
        opened: tuple[int, _Open, list[Range]] | None = (order, entry, [])
        if nth > 1:
            waiting = self.parts.get((entry.eid, total, nth - 1))
            opened = waiting.pop() if waiting else None
        if opened is None or nth > int(total):
            found, expected = f"({entry.eid}[{nth}/{total}]", f"part {max(1, nth - 1)} of {total} before it"
            self._refuse(entry.number, quoted(found), expected, "import-reference")
            return
        first, beginning, ranges = opened
        ranges.append(stretch)
        if nth == int(total):
            self.done.append((first, Bracketed(beginning.number, beginning.eid, beginning.values, ranges)))
        else:
            self.parts.setdefault((entry.eid, total, nth), []).append(opened)

    def end(self) -> None:
        for name, entries in self.open.items():
            for _, entry in entries:
                self._refuse(entry.number, quoted(f"({name}"), f"{name}) behind it", "import-reference")
        for (eid, total, there), mentions in self.parts.items():
            for _, entry, _ in mentions:
                found = f"{there} of {total} parts of a mention of {quoted(eid)}"
                self._refuse(entry.number, found, "all of them", "import-reference")

    def _refuse(self, number: int, found: str, expected: str, rule: str = "import-line") -> None:
        self.problems.append(Problem(number, found, expected, rule))


def type_of(values: Mapping[str, str]) -> str:
    """The type that a bracket gives an entity; empty where it gives none."""
    return next((unquote(values[field]) for field in _TYPE if values.get(field)), "")


def value_of(text: str) -> str:
    """A text as a field of a bracket: what brackets, dashes, lists or MISC would take for theirs is written as in URLs."""
    return re.sub(r"[%()\[\]|=<>,:\s\x00-\x20-]", lambda match: quote(match[0], safe="").replace("-", "%2D"), text)


# --------------------------------------------------------------------------------------------------------- writing


class Marked(NamedTuple):
    """A mention to be written: its entity as brackets name it, what stands in a bracket before and behind that, and its stretches.

    A stretch is (first node, last node); a node below 0 is none.
    """

    eid: str
    before: Sequence[str]
    behind: Sequence[str]
    ranges: Sequence[Range]


def bracket(eid: str, values: Sequence[str], fields: Sequence[str], ranges: Sequence[Range]) -> Marked:
    """A mention to be written, with a value for each of the fields; that of the entity's own field does not matter."""
    place = _place(fields)
    return Marked(eid, values[:place], values[place + 1 :], ranges)


def names_entities(fields: Sequence[str]) -> bool:
    """Whether one of the fields names the entity: the first does where none is known, unless it is the type."""
    return fields[0] not in _TYPE or any(field in _ENTITY for field in fields)


def _place(fields: Sequence[str]) -> int:
    """Which of the fields names the entity."""
    return next((index for index, field in enumerate(fields) if field in _ENTITY), 0)


def can_be_paired(mentions: Sequence[Marked]) -> list[bool]:
    """Of each mention, whether brackets tell it from the others of its entity: a closing bracket closes the last one that is open."""
    told = [False] * len(mentions)
    by_entity: dict[str, list[int]] = {}
    for index, mention in enumerate(mentions):
        by_entity.setdefault(mention.eid, []).append(index)
    for indexes in by_entity.values():
        open_until: list[int] = []
        parted_until = -1
        for index in sorted(indexes, key=lambda i: _extent(mentions[i])):
            (start, _), *_, (_, end) = [mentions[index].ranges[0], *mentions[index].ranges]
            if len(mentions[index].ranges) > 1:
                told[index] = start > parted_until
                parted_until = end if told[index] else parted_until
                continue
            while open_until and open_until[-1] < start:
                open_until.pop()
            told[index] = not open_until or end <= open_until[-1]
            if told[index]:
                open_until.append(end)
    return told


def _extent(mention: Marked) -> Range:
    return mention.ranges[0][0], -mention.ranges[-1][1]


def bracket_values(mentions: Iterable[Marked]) -> dict[int, str]:
    """The brackets of each node: closing ones first, those inside before those around; then opening ones, the longest first."""
    opening: dict[int, list[tuple[int, str]]] = {}
    closing: dict[int, list[tuple[int, str]]] = {}
    for name, body, (first, last) in _stretches(mentions):
        opening.setdefault(first, []).append((-last, f"({body}" + (")" if first == last else "")))
        if first != last:
            closing.setdefault(last, []).append((-first, f"{name})"))
    values = {}
    for node in sorted({*opening, *closing}):
        opened, closed = ([text for _, text in sorted(side.get(node, []))] for side in (opening, closing))
        inside = all(text.endswith(")") for text in opened)
        values[node] = "".join([*opened, *closed] if inside else [*closed, *opened])
    return values


def _stretches(mentions: Iterable[Marked]) -> Iterator[tuple[str, str, Range]]:
    """The name, the whole and the place of each bracket."""
    for mention in mentions:
        total = len(mention.ranges)
        for number, stretch in enumerate(mention.ranges, 1):
            name = mention.eid if total == 1 else f"{mention.eid}[{number}/{total}]"
            yield name, "-".join([*mention.before, name, *mention.behind]).rstrip("-"), stretch
