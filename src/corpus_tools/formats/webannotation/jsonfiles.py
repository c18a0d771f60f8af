"""JSON of others -> objects that know their line.

What Python reads and JSON has not (a key twice, NaN, half a character) is found by `flaw`, so that only what holds it is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any, NamedTuple

from corpus_tools.findings import listed, quoted

DEEPEST = 100
_LONGEST_NUMBER = 18  # digits: what fits into 64 bits
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]\n]')


class Object(dict[str, Any]):
    """A JSON object, the line that it begins in, and the keys that it has twice."""

    line: int = 0
    twice: tuple[str, ...] = ()


class Flaw(str):
    """A number that JSON or this project has not: its text."""


class Broken(NamedTuple):
    """Text that is no JSON: where, and what is wrong."""

    line: int
    found: str
    expected: str


def parse(data: bytes, lines: bool) -> Iterator[Any | Broken]:
    """The values of a file: one, or with ``lines`` one a line. A file of several values is taken as lines whatever it is called."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Broken(data[: error.start].count(b"\n") + 1, f"byte 0x{data[error.start]:02x} at offset {error.start}", "UTF-8")
        return
    value = None if lines else _value(text, 1)
    if value is not None and not (isinstance(value, Broken) and value.found.startswith("no JSON (Extra data")):
        yield value
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _value(line, number)


def _value(text: str, first: int) -> Any | Broken:
    """The value of a text that begins in a line."""
    starts = _object_lines(text, first)
    if isinstance(starts, Broken):
        return starts
    ends = iter(starts)

    def located(pairs: list[tuple[str, Any]]) -> Object:
        found = Object(pairs)
        found.line = next(ends, first)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            found.twice = tuple(sorted({key for key in keys if keys.count(key) > 1}))
        return found

    try:
        return json.loads(text, object_pairs_hook=located, parse_constant=Flaw, parse_float=_float, parse_int=_int)
    except json.JSONDecodeError as error:
        return Broken(first + error.lineno - 1, f"no JSON ({error})", "JSON")
    except RecursionError:
        return Broken(first, "JSON that is nested too deep", f"{DEEPEST} levels or less")


def _object_lines(text: str, first: int) -> list[int] | Broken:
    """The lines in which objects begin, in the order in which they end: that in which the parser gives them."""
    line, depth = first, 0
    begun: list[int] = []
    ended: list[int] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "\n":
            line += 1
        elif token in "{[":
            depth += 1
            if depth > DEEPEST:
                return Broken(line, "JSON that is nested too deep", f"{DEEPEST} levels or less")
            begun += [line] if token == "{" else []
        elif token in "}]":
            depth -= 1
            ended += [begun.pop()] if token == "}" and begun else []
    return ended


def _float(text: str) -> float | Flaw:
    return float(text) if isfinite(float(text)) else Flaw(text)


def _int(text: str) -> int | Flaw:
    return int(text) if len(text) <= _LONGEST_NUMBER else Flaw(text)


def flaw(value: Any) -> tuple[str, str] | None:
    """What is wrong inside a value, and what would be right; None where nothing is."""
    todo = [value]
    while todo:
        inner = todo.pop()
        if isinstance(inner, Flaw):
            return f"the number {inner[:30]}", "a finite number of 64 bits"
        if isinstance(inner, str) and not _is_text(inner):
            return f"half a character in {quoted(inner)}", "text"
        if isinstance(inner, Object) and inner.twice:
            return f"the key {listed([quoted(key) for key in inner.twice])} again", "it once in an object"
        todo += [*inner, *inner.values()] if isinstance(inner, dict) else inner if isinstance(inner, list) else []
    return None


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
