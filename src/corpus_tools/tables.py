"""Tables as files: canonical JSON lines and Parquet.

A JSON line is exactly what `msgspec` writes for the record. Parquet always has the explicit schema of its table, zstd, a page index and
page checksums: without these a flipped bit reads back as other data.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from corpus_tools.derive import arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MANIFEST = "manifest.json"
FORMAT = 1
ROW_GROUP_ROWS = 50_000
ROW_GROUP_BYTES = 1 << 25  # of JSON lines: as much of a table as a writer holds in memory
BLOCK_BYTES = 1 << 28

_encoder = msgspec.json.Encoder()


def json_lines(records: Iterable[Any]) -> bytes:
    """Records as JSON lines, UTF-8, one line feed after each."""
    return b"".join([_encoder.encode(record) + b"\n" for record in records])


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def arrow_schema_of(table: str) -> pa.Schema:
    """The Arrow schema of a table of the shipped schemas."""
    return arrow_schema(table)


def arrow_table(table: str, lines: bytes) -> pa.Table:
    """JSON lines of a table as an Arrow table."""
    import pyarrow as pa

    schema = arrow_schema_of(table)
    if not lines:
        return schema.empty_table()
    return pa.concat_tables([_arrow_block(block, schema) for block in _blocks(lines)]).replace_schema_metadata(schema.metadata)


def _blocks(lines: bytes) -> Iterator[bytes]:
    """Whole lines, at most `BLOCK_BYTES` of them together unless one alone is longer: Arrow's strings and blocks end at 2 GiB."""
    start = 0
    while start < len(lines):
        end = len(lines)
        if end - start > BLOCK_BYTES:
            end = (lines.rfind(b"\n", start, start + BLOCK_BYTES) + 1) or (lines.index(b"\n", start) + 1)
        yield lines[start:end]
        start = end


def _arrow_block(lines: bytes, schema: pa.Schema) -> pa.Table:
    import pyarrow as pa
    from pyarrow import json

    options = json.ReadOptions(block_size=len(lines) + 1, use_threads=False)  # one block: no line may straddle two
    parse = json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    return json.read_json(pa.BufferReader(lines), read_options=options, parse_options=parse)


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write one Parquet file; without rows it has no row group, since an empty one breaks `datasets`."""
    with parquet_writer(path, table.schema) as writer:
        if table.num_rows:
            writer.write_table(table, row_group_size=ROW_GROUP_ROWS)


def parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of a Parquet file in the form that all files here have."""
    import pyarrow.parquet as pq

    return pq.ParquetWriter(
        path, schema, compression="zstd", write_page_index=True, write_page_checksum=True, use_content_defined_chunking=True
    )


class TableWriter:
    """Writes a table of one shard, document by document: its JSON lines, and a Parquet file for every split that has a row."""

    def __init__(self, folder: Path, table: str, shard: int, shards: int) -> None:
        """Files are written to ``folder``, which must be there; their names are those that they have in a corpus."""
        self.folder, self.table, self.name = folder, table, (shard, shards)
        self.rows: dict[str, int] = {}
        self._waiting: dict[str, list[bytes]] = {}
        self._bytes: dict[str, int] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}
        (folder / "data" / table).mkdir(parents=True, exist_ok=True)
        (folder / "jsonl").mkdir(exist_ok=True)
        self._lines = (folder / json_file(table)).open("wb")

    def add(self, split: str, lines: bytes) -> None:
        """Write the rows of the next document."""
        self._lines.write(lines)
        self.rows[split] = self.rows.get(split, 0) + lines.count(b"\n")
        self._waiting.setdefault(split, []).append(lines)
        self._bytes[split] = self._bytes.get(split, 0) + len(lines)
        if self._bytes[split] >= ROW_GROUP_BYTES:
            self._flush(split)

    def _flush(self, split: str) -> None:
        lines = b"".join(self._waiting[split])
        self._waiting[split], self._bytes[split] = [], 0
        if not lines:
            return
        if split not in self._writers:
            path = self.folder / parquet_file(self.table, split, *self.name)
            self._writers[split] = parquet_writer(path, arrow_schema_of(self.table))
        self._writers[split].write_table(arrow_table(self.table, lines), row_group_size=ROW_GROUP_ROWS)

    def close(self) -> list[str]:
        """Write what is left. Returns the names of the Parquet files."""
        self._lines.close()
        for split in self._waiting:
            self._flush(split)
        for writer in self._writers.values():
            writer.close()
        return [parquet_file(self.table, split, *self.name) for split in self._writers]


def columns_without_checksums(path: Path, metadata: pa.parquet.FileMetaData) -> list[str]:
    """The columns of a Parquet file whose first page has no checksum; pyarrow verifies those that are there, and is silent without."""
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    bare = set()
    with path.open("rb") as file:
        for column in (group.column(i) for group in groups for i in range(group.num_columns)):
            file.seek(column.dictionary_page_offset if column.has_dictionary_page else column.data_page_offset)
            if not _PAGE_WITH_CHECKSUM.match(file.read(32)):
                bare.add(column.path_in_schema)
    return sorted(bare)


# A page header in Thrift's compact protocol begins with type, two sizes and, fourth, the checksum: each 0x15 and a varint.
_PAGE_WITH_CHECKSUM = re.compile(rb"(\x15[\x80-\xff]{0,4}[\x00-\x7f]){4}")


# ---------------------------------------------------------------------------------------------------- shards and splits


def shard_of(doc_id: str, shards: int) -> int:
    """The shard of a document: by a hash of its id, never by its size or place, so that a change touches one shard."""
    return int.from_bytes(hashlib.sha256(doc_id.encode()).digest()[:8], "big") % shards


def json_file(table: str) -> str:
    """The name of a table's JSON lines in a corpus."""
    return f"jsonl/{table}.jsonl"


def parquet_file(table: str, split: str, shard: int, shards: int) -> str:
    """The name of a shard's Parquet file in a corpus."""
    return f"data/{table}/{shard_file(split, shard, shards)}"


def shard_file(split: str, shard: int, shards: int) -> str:
    """The name of a shard's Parquet file."""
    return f"{split}-{shard:05d}-of-{shards:05d}.parquet"


def split_order(split: str) -> tuple[int, str]:
    """What splits are ordered by: train, validation and test first."""
    usual = ("train", "validation", "test")
    return (usual.index(split) if split in usual else len(usual), split)
