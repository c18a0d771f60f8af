"""Names that may be millions, kept in a temporary file and not in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter


class OnDisk:
    """Values by keys, both of bytes: keys in their order, the values of each in the order in which they came. It goes with this object."""

    def __init__(self, items: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """``items`` are taken in as `add` does, but faster."""
        self._base = sqlite3.connect("", isolation_level=None)  # SQLite's own temporary file
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("CREATE TABLE held (key BLOB, number INTEGER, value BLOB, PRIMARY KEY (key, number)) WITHOUT ROWID")
        self._added = 0
        self._base.execute("BEGIN")
        for key, value in items:
            self.add(key, value)

    def add(self, key: bytes, value: bytes = b"") -> None:
        """Take in a value of a key behind those that it has."""
        self._base.execute("INSERT INTO held VALUES (?, ?, ?)", (key, self._added, value))
        self._added += 1

    def values(self, key: bytes) -> list[bytes]:
        """The values of a key; none when it is not there."""
        return [value for (value,) in self._base.execute("SELECT value FROM held WHERE key = ? ORDER BY number", (key,))]

    def __contains__(self, key: object) -> bool:
        return self._base.execute("SELECT 1 FROM held WHERE key = ? LIMIT 1", (key,)).fetchone() is not None

    def __iter__(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """Each key with its values."""
        return self.between(b"", b"")

    def between(self, low: bytes, high: bytes) -> Iterator[tuple[bytes, list[bytes]]]:
        """Each key that is at least ``low`` and below ``high`` (empty for no bound), with its values."""
        where = "key >= ? AND key < ?" if high else "key >= ?"
        rows = self._base.execute(f"SELECT key, value FROM held WHERE {where} ORDER BY key, number", (low, high)[: 1 + bool(high)])
        return ((key, [value for _, value in group]) for key, group in groupby(rows, itemgetter(0)))

    def __len__(self) -> int:
        """The number of values."""
        return self._added
