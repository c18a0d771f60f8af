"""Arrow columns -> records, or spans alone: the way back from Parquet, column by column.

`to_pylist` makes a dict for every row and every fragment; here a column becomes one list, and the record classes are mapped over the
lists. They do not validate when they are called, so `columns_fit` looks at the columns first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus_tools import records
from corpus_tools.derive import constraints, fields, kind, nullable
from corpus_tools.schemas import Schema

if TYPE_CHECKING:
    import pyarrow as pa


def string_columns(table: str) -> list[str]:
    """The columns that are strings and no longer than a few words, which Parquet keeps as dictionaries."""
    return [name for name, field in fields(table).items() if kind(field) == "string" and name != "text"]


class Spans(NamedTuple):
    """Columns of spans; those of row ``i`` are from ``offsets[i]`` to ``offsets[i + 1]``."""

    offsets: Sequence[int]
    starts: list[int]
    ends: list[int]
    texts: list[str | None]

    def stand_in(self, text: str, first: int, end: int) -> bool:
        """Whether the words of all spans from row ``first`` to row ``end`` are what stands at their offsets."""
        own = slice(self.offsets[first], self.offsets[end])
        starts, ends = self.starts[own], self.ends[own]
        words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        return words == self.texts[own] and max(ends, default=0) <= len(text)


class Batch:
    """The rows of a batch that has the Arrow schema of its table and fits it."""

    def __init__(self, table: str, batch: pa.RecordBatch) -> None:
        self._table, self._batch = table, batch

    @cached_property
    def records(self) -> list[Any]:
        """A record for each row."""
        columns = [_values(field, self._batch.column(name)) for name, field in fields(self._table).items()]
        return list(map(records.TABLE_CLASSES[self._table], *columns))

    @cached_property
    def spans(self) -> list[Spans]:
        """The spans in each column that holds some; those of paragraphs are the paragraphs themselves."""
        if self._table == "paragraphs":
            own = fields(self._table)
            return [Spans(range(len(self._batch) + 1), *(_values(own[name], self._batch.column(name)) for name in _SPAN))]
        columns = [
            (self._batch.column(name), field["items"]) for name, field in fields(self._table).items() if kind(field) == "array"
        ]
        return [_spans(array, item["properties"]) for array, item in columns if item.get("title") == "Fragment"]

    def runs(self) -> Iterator[tuple[str, int, int]]:
        """The document of neighbouring rows, with the number of the first and that behind the last."""
        ids = self._batch.column("doc_id")
        if not len(ids):
            return
        numbers = ids.indices.to_numpy()
        starts = [0, *((numbers[1:] != numbers[:-1]).nonzero()[0] + 1).tolist()]
        yield from zip(ids.dictionary.take(ids.indices.take(starts)).to_pylist(), starts, [*starts[1:], len(ids)], strict=True)


_SPAN = ("start", "end", "text")


def _spans(array: pa.ListArray, item: Mapping[str, Schema]) -> Spans:
    offsets, inner = array.offsets.to_numpy(), array.flatten()
    return Spans((offsets - offsets[0]).tolist(), *(_values(item[name], inner.field(name)) for name in _SPAN))


def _values(field: Schema, array: pa.Array) -> list[Any]:
    match kind(field):
        case "array":
            offsets = array.offsets.to_pylist()
            inner = _values(field["items"], array.values.slice(offsets[0], offsets[-1] - offsets[0]))
            lists = [inner[a - offsets[0] : b - offsets[0]] for a, b in pairwise(offsets)]
            return (
                lists
                if not array.null_count
                else [v if ok else None for v, ok in zip(lists, array.is_valid().to_pylist(), strict=True)]
            )
        case "object":
            parts = [_values(inner, array.field(name)) for name, inner in field["properties"].items()]
            return list(map(getattr(records, field["title"]), *parts))
        case "integer" if not array.null_count:
            numbers: list[Any] = array.to_numpy().tolist()
            return numbers
        case "string" if hasattr(array, "dictionary") and not array.null_count:
            words: list[Any] = array.dictionary.to_numpy(zero_copy_only=False)[array.indices.to_numpy()].tolist()
            return words
        case _:
            values: list[Any] = array.to_numpy(zero_copy_only=False).tolist()
            return values


def distinct_values(batch: pa.RecordBatch, path: Sequence[str]) -> set[Any]:
    """The distinct values of strings at a path of columns; ``[]`` in it goes through a list."""
    array = batch.column(path[0])
    for name in path[1:]:
        array = array.flatten() if name == "[]" else array.field(name)
    return set((array.dictionary if hasattr(array, "dictionary") else array.unique()).to_pylist())


def columns_fit(table: str, batch: pa.RecordBatch) -> bool:
    """Whether the columns of a batch are what the schema of the table allows, patterns aside."""
    return all(_fits(field, batch.column(name)) for name, field in fields(table).items())


def _fits(field: Schema, array: pa.Array) -> bool:
    import pyarrow.compute as pc

    if array.null_count and not nullable(field):
        return False
    limits = constraints(field)
    array = array.dictionary if hasattr(array, "dictionary") else array
    match kind(field):
        case "array":
            offsets = array.offsets
            values = array.values.slice(offsets[0].as_py(), offsets[-1].as_py() - offsets[0].as_py())
            return _within(pc.list_value_length(array), limits.get("minItems"), None) and _fits(field["items"], values)
        case "object":
            return all(_fits(inner, array.field(name)) for name, inner in field["properties"].items())
        case "integer":
            return _within(array, limits.get("minimum"), limits.get("maximum"))
        case "string" if "enum" in field:
            return set(array.unique().to_pylist()) <= set(field["enum"])
        case "string" if "minLength" in limits or "maxLength" in limits:
            return _within(pc.utf8_length(array), limits.get("minLength"), limits.get("maxLength"))
        case _:
            return True


def _within(numbers: pa.Array, low: int | None, high: int | None) -> bool:
    import pyarrow.compute as pc

    if not len(numbers) or (low is None and high is None):
        return True
    found = pc.min_max(numbers).as_py()
    return found["min"] is None or ((low is None or low <= found["min"]) and (high is None or found["max"] <= high))
