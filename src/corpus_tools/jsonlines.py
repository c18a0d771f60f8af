"""What a line of JSON holds: its value, keys that stand in it twice, and whether strings match the patterns of their fields."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import UNSET

_KNOWN_VALUES = 10_000
Path = tuple[str, ...]
Values = Callable[[Iterable[Any]], list[Any]]


class NotJson(ValueError):
    """A line that holds no JSON: what was found, and what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found, self.expected = found, expected


def parse_line(raw: bytes) -> tuple[Any, list[str]]:
    """Parse one line with the standard library, which tells what is wrong with it: its value, and keys that an object in it has twice.

    Raises:
        NotJson: it is no JSON in UTF-8.
    """
    twice: list[str] = []
    try:
        return json.loads(raw.decode(), object_pairs_hook=lambda pairs: _noting_twice(pairs, twice)), twice
    except UnicodeDecodeError as error:
        raise NotJson(f"byte 0x{raw[error.start]:02x} at byte {error.start + 1} of the line", "UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise NotJson(f"no JSON ({error})", "one JSON object a line") from None


def _noting_twice(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    twice += sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    return dict(pairs)


class Patterns:
    """Whether the string values of records match the patterns of their fields. Values that did are remembered."""

    def __init__(self, patterns: Iterable[tuple[Path, str]], values: Mapping[Path, Values]) -> None:
        """Takes patterns with their paths, as `derive.patterns` gives them, and what gives the values at the paths of records."""
        known: dict[str, set[Any]] = {}
        self._checks = [(path, re.compile(p).search, known.setdefault(p, {None, UNSET})) for path, p in patterns]
        self._values = values

    def fit(self, records: Sequence[Any]) -> bool:
        """Whether all values of all records match."""
        return self.fit_columns(lambda path: self._values[path](records))

    def fit_columns(self, values_at: Callable[[Path], Collection[Any]]) -> bool:
        """Whether all values of columns match: ``values_at`` gives those at a path."""
        for path, matches, known in self._checks:
            values = values_at(path)
            if not known.issuperset(values):
                new = set(values) - known
                if not all(map(matches, new)):
                    return False
                if len(known) < _KNOWN_VALUES:
                    known |= new
        return True
