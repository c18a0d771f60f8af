"""Corruptions of the Parquet files."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_tools.tables import MANIFEST

from .corpora import Corpus, Files, in_turn, parquet_bytes
from .kinds import files_kind
from .tables import bits_flipped


def _names(corpus: Corpus) -> list[str]:
    """The Parquet files; of many every fourth, all when thorough."""
    names = [name for name in corpus.files if name.endswith(".parquet")]
    return names if corpus.thorough or len(names) < 10 else names[::4]


def _tables(corpus: Corpus) -> Iterator[tuple[str, pa.Table]]:
    """Every Parquet file that has rows."""
    for name in _names(corpus):
        table = _read(corpus.files[name])
        if table.num_rows:
            yield name, table


def _read(data: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(data))


def _rewritten(corpus: Corpus, change: Callable[[pa.Table], pa.Table | None]) -> Iterator[Files]:
    for name, table in _tables(corpus):
        changed = change(table)
        if changed is not None:
            yield corpus.files | {name: parquet_bytes(changed)}


def _each(corpus: Corpus, change: Callable[[bytes], bytes]) -> Iterator[Files]:
    for name in _names(corpus):
        yield corpus.files | {name: change(corpus.files[name])}


# --------------------------------------------------------------------------------------------------------------- bytes


def _footer(data: bytes) -> int:
    """The length of the footer with what is behind it."""
    return int.from_bytes(data[-8:-4], "little") + 8


def _column_chunks(data: bytes) -> list[tuple[int, int]]:
    """Where the pages of every column are: (start, end)."""
    metadata = pq.ParquetFile(pa.BufferReader(data)).metadata
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    columns = [group.column(i) for group in groups for i in range(group.num_columns)]
    starts = [c.dictionary_page_offset if c.has_dictionary_page else c.data_page_offset for c in columns]
    return [(start, start + c.total_compressed_size) for start, c in zip(starts, columns, strict=True)]


def _says_otherwise(sound: bytes, damaged: bytes) -> bool:
    """Whether a reader that does not look at checksums gets other rows or another schema, or cannot read the file at all."""
    try:
        a, b = _read(sound), _read(damaged)
        return not (a.equals(b) and a.schema.equals(b.schema, check_metadata=True))
    except (OSError, ValueError, NotImplementedError):
        return True


@files_kind("parquet-readable", "parquet-checksum", "parquet-rows")
def bit_flipped_in_a_page(corpus: Corpus) -> Iterator[Files]:
    """A bit flipped in the pages of a column, at places drawn with a fixed seed; those that change what is read."""
    chance = random.Random(5)
    for name, _ in _tables(corpus):
        data = corpus.files[name]
        for start, end in _column_chunks(data):
            for _ in range(30 if corpus.thorough else 2):
                at = chance.randrange(start, end)
                flipped = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
                if _says_otherwise(data, flipped):
                    yield corpus.files | {name: flipped}


@files_kind("parquet-readable", "parquet-schema", "parquet-rows", "parquet-checksum")
def bit_flipped_in_the_footer(corpus: Corpus) -> Iterator[Files]:
    """A bit flipped in the footer, at places drawn with a fixed seed; those that change what is read."""
    for name in _names(corpus):
        for changed in bits_flipped(corpus, [name], 300 if corpus.thorough else 15, -_footer(corpus.files[name])):
            if _says_otherwise(corpus.files[name], changed[name]):  # type: ignore[arg-type]
                yield changed


@files_kind()
def bit_flipped_anywhere(corpus: Corpus) -> Iterator[Files]:
    """A bit flipped in any file but the manifest, at places drawn with a fixed seed, whatever it changes."""
    yield from bits_flipped(corpus, [name for name in corpus.files if name != MANIFEST], 60 if corpus.thorough else 4)


@files_kind("parquet-readable")
def parquet_truncated(corpus: Corpus) -> Iterator[Files]:
    """A Parquet file cut: its last byte, its footer, its second half, all of it."""
    for cut in (lambda d: d[:-1], lambda d: d[: -_footer(d)], lambda d: d[: len(d) // 2], lambda d: d[:4], lambda d: b""):
        yield from _each(corpus, cut)


@files_kind("parquet-checksum", "parquet-readable")
def page_cut_out(corpus: Corpus) -> Iterator[Files]:
    """The pages of a column cut out of a Parquet file."""
    for name, _ in _tables(corpus):
        data = corpus.files[name]
        for start, end in _column_chunks(data)[:2]:
            yield corpus.files | {name: data[:start] + data[end:]}


@files_kind("parquet-readable")
def no_parquet(corpus: Corpus) -> Iterator[Files]:
    """Something else in the place of a Parquet file: CSV, zeros, another magic number."""
    for other in (lambda d: b"doc_id\nx\n", lambda d: bytes(len(d)), lambda d: b"PARE" + d[4:-4] + b"PARE", lambda d: d + b"\n"):
        yield from _each(corpus, other)


# --------------------------------------------------------------------------------------------------------------- files


@files_kind("file-missing", "manifest")
def shard_missing(corpus: Corpus) -> Iterator[Files]:
    """A shard missing, a folder or a link in its place."""
    for name in _names(corpus):
        rest = {other: data for other, data in corpus.files.items() if other != name}
        yield rest
        yield rest | {name: None}
        yield rest | {name: Path("/dev/null")}


@files_kind("parquet-rows", "parquet-schema")
def shards_swapped(corpus: Corpus) -> Iterator[Files]:
    """Two Parquet files swapped: of shards, splits, or tables."""
    names = _names(corpus)
    for a, b in pairwise(names):
        if _read(corpus.files[a]) != _read(corpus.files[b]):
            yield corpus.files | {a: corpus.files[b], b: corpus.files[a]}


@files_kind("parquet-rows")
def shard_emptied(corpus: Corpus) -> Iterator[Files]:
    """A Parquet file without rows."""
    return _rewritten(corpus, lambda table: table.slice(0, 0))


# ---------------------------------------------------------------------------------------------------------------- rows


@files_kind("parquet-rows")
def row_left_out_of_parquet(corpus: Corpus) -> Iterator[Files]:
    """A row of a Parquet file left out."""
    for name, table in _tables(corpus):
        for row in _some_rows(corpus, table):
            yield corpus.files | {name: parquet_bytes(pa.concat_tables([table.slice(0, row), table.slice(row + 1)]))}


@files_kind("parquet-rows")
def row_twice_in_parquet(corpus: Corpus) -> Iterator[Files]:
    """A row of a Parquet file twice."""
    for name, table in _tables(corpus):
        for row in _some_rows(corpus, table):
            yield corpus.files | {name: parquet_bytes(pa.concat_tables([table.slice(0, row + 1), table.slice(row)]))}


@files_kind("parquet-rows")
def rows_of_parquet_reordered(corpus: Corpus) -> Iterator[Files]:
    """The rows of a Parquet file in another order."""
    return _rewritten(corpus, lambda t: t.take(list(reversed(range(t.num_rows)))) if t.num_rows > 1 else None)


def _some_rows(corpus: Corpus, table: pa.Table) -> range:
    return range(0, table.num_rows, 1 if corpus.thorough else max(1, table.num_rows // 3))


@files_kind("parquet-rows")
def value_changed_in_parquet(corpus: Corpus) -> Iterator[Files]:
    """A value of every column of every Parquet file changed, in a row drawn with a fixed seed."""
    chance = random.Random(3)
    for name, table in _tables(corpus):
        rows = table.to_pylist()
        for column in table.column_names:
            at = chance.randrange(len(rows))
            changed = [*rows[:at], rows[at] | {column: _other(rows[at][column])}, *rows[at + 1 :]]
            if changed[at] != rows[at]:
                yield corpus.files | {name: parquet_bytes(pa.Table.from_pylist(changed, schema=table.schema))}


def _other(value: Any) -> Any:
    """A value of the same type that is another."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value + "x"
        case list():
            return value[:-1] if value else value
        case dict():
            return {key: _other(item) for key, item in value.items()}
        case _:
            return "x"


# -------------------------------------------------------------------------------------------------------------- schema


@files_kind("parquet-schema")
def column_left_out(corpus: Corpus) -> Iterator[Files]:
    """A Parquet file without one of its columns."""
    for name, table in _tables(corpus):
        for column in table.column_names:
            yield corpus.files | {name: parquet_bytes(table.drop_columns([column]))}


@files_kind("parquet-schema")
def column_too_many(corpus: Corpus) -> Iterator[Files]:
    """A Parquet file with one more column."""
    return _rewritten(corpus, lambda table: table.append_column("note", pa.array(["smuggled"] * table.num_rows)))


@files_kind("parquet-schema")
def columns_reordered(corpus: Corpus) -> Iterator[Files]:
    """A Parquet file with its columns in another order, or one of them renamed."""
    yield from _rewritten(corpus, lambda table: table.select(table.column_names[::-1]))
    yield from _rewritten(corpus, lambda table: table.rename_columns([*table.column_names[:-1], "other"]))


@files_kind("parquet-schema")
def other_types(corpus: Corpus) -> Iterator[Files]:
    """A Parquet file with other types of columns: long strings, dictionaries, bytes, short numbers."""
    for name, table in _tables(corpus):
        for i, field in enumerate(table.schema):
            others = {
                "string": [pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.binary()],
                "int64": [pa.int32(), pa.float64()],
            }
            for other in in_turn(corpus, i, others.get(str(field.type), [])):
                column = table.column(i).cast(other) if not pa.types.is_dictionary(other) else table.column(i).dictionary_encode()
                yield corpus.files | {name: parquet_bytes(table.set_column(i, pa.field(field.name, other), column))}


@files_kind("parquet-schema")
def features_left_out(corpus: Corpus) -> Iterator[Files]:
    """A Parquet file without the features that `datasets` reads, or with others."""
    yield from _rewritten(corpus, lambda table: table.replace_schema_metadata(None))
    yield from _rewritten(corpus, lambda table: table.replace_schema_metadata({b"huggingface": b'{"info":{"features":{}}}'}))


def _written(table: pa.Table, **options: Any) -> bytes:
    usual = {"compression": "zstd", "write_page_index": True, "write_page_checksum": True}
    sink = io.BytesIO()
    pq.write_table(table, sink, **(usual | options))
    return sink.getvalue()


@files_kind("parquet-checksum")
def no_page_checksums(corpus: Corpus) -> Iterator[Files]:
    """A Parquet file with the same rows written without page checksums."""
    for name, table in _tables(corpus):
        yield corpus.files | {name: _written(table, write_page_checksum=False)}
