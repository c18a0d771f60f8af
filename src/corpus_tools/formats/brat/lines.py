"""The lines of an .ann file: syntax alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus_tools.placing import Span


class Tail(NamedTuple):
    """A physical line that begins no annotation: more of a quote, or nothing that brat knows."""

    number: int
    text: str


class Line(NamedTuple):
    """One annotation. ``number`` is its line, from 1.

    ``kind`` is the first character of its id. ``arguments`` are (role, id): an event's first is its trigger, without a role; relations have
    Arg1 and Arg2; what else refers to others has no roles. ``spans`` are those of a T line, in the order of the file. ``text`` is
    what stands behind: the quote, a value, a reference, a note; None where the line ends before it.
    """

    number: int
    kind: str
    id: str
    label: str
    arguments: tuple[tuple[str, str], ...] = ()
    spans: tuple[Span, ...] = ()
    text: str | None = None
    tail: tuple[Tail, ...] = ()


class Malformed(NamedTuple):
    """A line that is none of brat's: what would be one."""

    number: int
    kind: str
    text: str
    expected: str


_HEAD = re.compile(r"(?:([TREAMN])[0-9]{1,18}|(#)[0-9]{0,18}|(\*))\t")
_KINDS = "TERAMN*#"
_SPAN = "-?[0-9]{1,18} +-?[0-9]{1,18}"
_FORMS = {
    "T": (rf"(\S+) +({_SPAN}(?:;{_SPAN})*)", "T1, tab, label and offsets (0 5;8 10), tab, the text there"),
    "E": (r"([^\s:]+):(\S+)((?: +[^\s:]+:\S+)*)", "E1, tab, TYPE:TRIGGER ROLE:ID ..."),
    "R": (r"(\S+)()((?: +[^\s:]+:\S+)+)", "R1, tab, type and Arg1:ID Arg2:ID"),
    "A": (r"(\S+) +(\S+)(?: +(.*))?", "A1, tab, name and ID, or name, ID and value"),
    "M": (r"(\S+) +(\S+)(?: +(.*))?", "M1, tab, name and ID, or name, ID and value"),
    "N": (r"(\S+) +(?:(Annotation):)?(\S+) +(.+)", "N1, tab, Reference ID RESOURCE:ENTRY, tab, name"),
    "*": (r"(\S+)((?: +\S+)+)", "*, tab, Equiv ID ID ..."),
    "#": (r"(\S+) +(\S+)", "#1, tab, type and ID, tab, note"),
}
_PATTERNS = {kind: re.compile(form) for kind, (form, _) in _FORMS.items()}


def parse(text: str) -> list[Line | Malformed]:
    """The annotations of a file; lines that are blank and no more of a quote are passed over."""
    result: list[Line | Malformed] = []
    for head, tail in _groups(text):
        parsed = _parse(head)
        result.append(parsed._replace(tail=tail) if isinstance(parsed, Line) and parsed.kind == "T" else parsed)
        if not isinstance(parsed, Line) or parsed.kind != "T":
            result += [stray(line) for line in tail if line.text.strip()]
    return [item for item in result if not (isinstance(item, Malformed) and not item.text.strip())]


def stray(line: Tail) -> Malformed:
    """A line that begins no annotation and is no more of a quote."""
    return Malformed(line.number, "other", line.text, "T1, E1, R1, A1, M1, N1, * or #1 and a tab")


def _groups(text: str) -> Iterator[tuple[Tail, tuple[Tail, ...]]]:
    """Physical lines, each that begins an annotation with those that follow and begin none."""
    head: Tail | None = None
    tail: list[Tail] = []
    for number, line in enumerate(text.split("\n"), 1):
        if _HEAD.match(line) or head is None:
            if head is not None:
                yield head, _cut(tail)
            head, tail = Tail(number, line.removesuffix("\r")), []
        else:
            tail.append(Tail(number, line.removesuffix("\r")))
    if head is not None:
        yield head, _cut(tail)


def _cut(tail: list[Tail]) -> tuple[Tail, ...]:
    """Lines without those at the end that are blank."""
    while tail and not tail[-1].text.strip():
        tail.pop()
    return tuple(tail)


def _parse(line: Tail) -> Line | Malformed:
    head = _HEAD.match(line.text)
    if not head:
        return stray(line)
    kind = head[1] or head[2] or head[3]
    own, _, rest = line.text.partition("\t")
    body, tab, text = rest.partition("\t")
    match = _PATTERNS[kind].fullmatch(body.rstrip(" "))
    if not match:
        return Malformed(line.number, kind, line.text, _FORMS[kind][1])
    if kind in "ERAM*" and text.strip():
        return Malformed(line.number, kind, line.text, f"{_FORMS[kind][1]}, and nothing more")
    found = Line(line.number, kind, own, match[1])
    behind = text if tab else None
    match kind, match:
        case "T", m:
            return found._replace(spans=tuple(_span(pair) for pair in m[2].split(";")), text=behind)
        case (("E" | "R"), m):
            trigger = [("", m[2])] if m[2] else []
            roles = [tuple(pair.split(":", 1)) for pair in m[3].split()]
            return found._replace(arguments=(*trigger, *roles))
        case (("A" | "M"), m):
            return found._replace(arguments=(("", m[2]),), text=m[3])
        case "N", m:
            return found._replace(arguments=((m[2] or "", m[3]),), text=m[4] + (tab + text if tab else ""))
        case "*", m:
            return found._replace(arguments=tuple(("", name) for name in m[2].split()))
        case _, m:
            return found._replace(arguments=(("", m[2]),), text=behind)


def _span(pair: str) -> Span:
    start, end = pair.split()
    return int(start), int(end)


def written(line: Line) -> str:
    """A line as brat writes it, a line feed at its end."""
    named = " ".join(f"{role}:{name}" if role else name for role, name in line.arguments)
    text = "" if line.text is None else line.text
    match line.kind:
        case "T":
            offsets = ";".join(f"{start} {end}" for start, end in line.spans)
            body = f"{line.label} {offsets}\t{text}"
        case "E":
            body = f"{line.label}:{named}"
        case "A" | "M" | "N":
            body = f"{line.label} {named} {text}".rstrip(" ")
        case "#":
            body = f"{line.label} {named}" + (f"\t{text}" if line.text is not None else "")
        case _:
            body = f"{line.label} {named}"
    return f"{line.id}\t{body}\n"


def in_order(line: Line) -> tuple[int, int, int]:
    """What lines are ordered by: kind and number of the id."""
    return _KINDS.index(line.kind), int(line.id[1:] or 0), line.number


def is_coreference(line: Line) -> bool:
    """Whether a line is a relation of coreference between its two arguments."""
    return line.kind == "R" and line.label.casefold().startswith("coref")
