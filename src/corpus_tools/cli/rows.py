"""Rows of a query as a table for people, as CSV, as JSON; each is written as the rows come."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TextIO

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from corpus_tools.cli import terminal
from corpus_tools.cli.terminal import visible

Row = Sequence[Any]

TABLE_ROWS = 1_000


def print_table(console: Console, columns: Sequence[str], rows: Iterator[Row]) -> None:
    """Print the first rows as a table, and say so when there are more."""
    table = Table(box=box.SIMPLE)
    for name in columns:
        table.add_column(Text(visible(name, keep="")), overflow="fold")
    for row in islice(rows, TABLE_ROWS):
        table.add_row(*(Text(visible(_cell(value), keep="")) for value in row))
    terminal.print_table(console, table)
    if next(rows, None) is not None:
        console.print(f"These are the first {TABLE_ROWS} rows; --format csv or json prints all.", highlight=False)


def write_csv(out: TextIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows as CSV; null is an empty cell, a list or fragment is JSON."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)


def write_json(out: TextIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows as a JSON array of objects, one a line."""
    before = "[\n"
    for row in rows:
        out.write(before + _json(dict(zip(columns, row, strict=True))))
        before = ",\n"
    out.write("[]\n" if before == "[\n" else "\n]\n")


def write_json_lines(out: TextIO, rows: Iterable[Any]) -> None:
    """Write rows as JSON, one a line."""
    for row in rows:
        out.write(_json(row) + "\n")


def _cell(value: Any) -> str:
    """A value as text; what has no text of its own as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    text = _json(value)
    return msgspec.json.decode(text, type=str) if text.startswith('"') else text


def _json(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()
