"""Spans as annotation files state them, with the place of each in its file, and files with some spans written anew.

Two kinds of files: brat stand-off, and JSON lines whose records hold fragments ``{"start", "end", "text"}`` (those of a corpus, and
annotations in the machine form). Pure: bytes in, bytes out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from corpus_tools.findings import Finding, quoted
from corpus_tools.mending.quoteforms import EXACT, Fragments, Stated, form_of, seen_at

Key = tuple[Any, ...]  # brat: first and last line of the span; JSON lines: the line, then the path in its record; all from 0


class Entry(NamedTuple):
    """A stated span and where it stands."""

    key: Key
    span: Stated


class Mend(NamedTuple):
    """What a span is to be: fragments in code points of the text, and their text."""

    fragments: Fragments
    texts: tuple[str, ...]


# ------------------------------------------------------------------------------------------------------------- brat

_LINE = re.compile(r"(?:\*|#\d*|[A-Za-z]+\d+)\t")
_OFFSETS = r"-?\d{1,15} +-?\d{1,15}(?:;-?\d{1,15} +-?\d{1,15})*"
_SPAN = re.compile(rf"(?P<id>\S+)\t(?P<label>\S[^\t]*?) +(?P<offsets>{_OFFSETS})(?:\t(?P<quote>.*))?", re.DOTALL)


def read_brat(data: bytes, path: str, text: str = "") -> tuple[list[Entry], list[Finding]]:
    """The text-bound annotations of a brat file, in order; lines that are none, and of no other annotation, are findings.

    A quote that runs on over the next lines keeps its line feeds, but lines are no more of a quote that ``text`` has there without them.
    """
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02x} at offset {error.start}"
        return [], [
            Finding(rule="source-utf8", path=path, line=data.count(b"\n", 0, error.start) + 1, found=found, expected="UTF-8")
        ]
    lines = [line.removesuffix("\r") for line in lines]
    entries: list[Entry] = []
    records = [*_records(lines), (len(lines), len(lines))]
    strays = list(range(records[0][0]))
    for (first, last), (following, _) in pairwise(records):
        tail = "\n" * (following - last - 1 - (following == len(lines)))
        whole, alone = (_stated("\n".join(lines[first:end]), tail) for end in (last + 1, first + 1))
        if whole and alone and _is_all(alone, whole, text):
            whole, last = alone._replace(tail=""), first
        if whole:
            entries.append(Entry((first, last), whole))
        strays += range(last + 1 if whole else first + (lines[first][0] != "T"), following)
    expected = "an id, a tab, a label and offsets, a tab, the text"
    strays = [number for number in strays if lines[number].strip()]
    return entries, [Finding(rule="brat-line", path=path, line=n + 1, found=quoted(lines[n]), expected=expected) for n in strays]


def _stated(record: str, tail: str) -> Stated | None:
    match = _SPAN.fullmatch(record)
    if not match:
        return None
    pairs = tuple((int(a), int(b)) for a, b in (pair.split() for pair in match["offsets"].split(";")))
    return Stated(match["id"], pairs, match["quote"] or "", match["label"], tail)


def _is_all(alone: Stated, whole: Stated, text: str) -> bool:
    """Whether the text has the first line of a quote where it says, and not the whole of it."""
    seen = seen_at(text, alone.fragments) if alone.quote != whole.quote else None
    return seen is not None and form_of(seen, alone.quote) == EXACT and form_of(seen, whole.quote) is None


def _records(lines: list[str]) -> Iterator[tuple[int, int]]:
    """First and last line of every record: a line that begins no record goes on with the one before; blank lines at its end do not."""
    starts = [i for i, line in enumerate(lines) if _LINE.match(line)]
    for start, following in zip(starts, [*starts[1:], len(lines)], strict=False):
        last = following - 1
        while last > start and not lines[last].strip():
            last -= 1
        yield start, last


def mend_brat(data: bytes, mends: Mapping[Key, Mend]) -> bytes:
    """A brat file with some spans written anew, each on one line; all other bytes stay."""
    lines = data.split(b"\n")
    for (first, last), mend in sorted(mends.items(), reverse=True):
        end = b"\r" if lines[last].endswith(b"\r") else b""
        head = lines[first].decode()
        match = _SPAN.match(head)
        assert match is not None
        offsets = ";".join(f"{start} {end}" for start, end in mend.fragments)
        quote = " ".join(mend.texts).replace("\r\n", "  ").translate({10: " ", 13: " ", 9: " "})
        lines[first : last + 1] = [f"{head[: match.start('offsets')]}{offsets}\t{quote}".encode() + end]
    return b"\n".join(lines)


# ------------------------------------------------------------------------------------------------------- JSON lines


class JsonEntries(NamedTuple):
    """The spans of some lines that belong to one text and one annotator."""

    doc_id: str
    annotator: str
    entries: list[Entry]


def read_json_lines(data: bytes, path: str) -> tuple[list[JsonEntries], list[Finding]]:
    """The spans of JSON lines by document and annotator, in order."""
    groups: dict[tuple[str, str], JsonEntries] = {}
    findings = []
    for number, line in enumerate(data.splitlines()):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            findings.append(
                Finding(rule="json-syntax", path=path, line=number + 1, found=f"no JSON ({error})", expected="JSON lines")
            )
            continue
        if not isinstance(record, dict):
            continue
        owner = (str(record.get("doc_id", "")), str(record.get("annotator", "")))
        group = groups.setdefault(owner, JsonEntries(*owner, []))
        group.entries.extend(_entries(record, number))
    return list(groups.values()), findings


def _entries(record: dict[str, Any], number: int) -> Iterator[Entry]:
    name = next((str(record[key]) for key in ("mention_id", "claim_id", "id") if key in record), "")
    for column, value in record.items():
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict) and _is_fragment(item):
                span = Stated(name, ((item["start"], item["end"]),), item["text"], column)
                yield Entry((number, column, index), span)


def _is_fragment(item: dict[str, Any]) -> bool:
    return type(item.get("start")) is int and type(item.get("end")) is int and isinstance(item.get("text"), str)


def mend_json_lines(data: bytes, mends: Mapping[Key, Mend]) -> bytes:
    """JSON lines with some fragments written anew, and what derives from them: the envelope of a mention, and its text."""
    by_line: dict[int, dict[Key, Mend]] = {}
    for (number, *place), mend in mends.items():
        by_line.setdefault(number, {})[tuple(place)] = mend
    lines = data.splitlines(keepends=True)
    for number, places in by_line.items():
        record = json.loads(lines[number])
        for (column, index), mend in places.items():
            start, end = mend.fragments[0]
            record[column][index] = record[column][index] | {"start": start, "end": end, "text": mend.texts[0]}
        if "fragments" in record and "start" in record:
            parts = record["fragments"]
            envelope = {"start": parts[0]["start"], "end": parts[-1]["end"]}
            record |= envelope | ({"text": " ".join(part["text"] for part in parts)} if "text" in record else {})
        lines[number] = msgspec.json.encode(record) + b"\n"
    return b"".join(lines)
