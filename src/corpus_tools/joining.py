"""Finished shards -> a corpus in a folder of its own: its tables, its pages and, last, the manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from corpus_tools.executors import completed
from corpus_tools.files import Manifest, file_figures, seal
from corpus_tools.journal import Entry, inputs_file, shard_folder
from corpus_tools.merging import Merge, merge, merged_lines
from corpus_tools.schemas import TABLES, schema_digest
from corpus_tools.seeds import CONFIG, Config, digest_of_inputs, input_line
from corpus_tools.sharding import Made
from corpus_tools.swap import link
from corpus_tools.tables import (
    FORMAT,
    arrow_schema_of,
    json_file,
    parquet_file,
    split_order,
    write_parquet,
)

TOOL = "corpus-tools"


class Place(NamedTuple):
    """The folders of a build."""

    seeds: Path
    corpus: Path
    staging: Path
    state: Path


def join(place: Place, config: Config, made: Sequence[Made], pool: Executor | None) -> Manifest:
    """Make a corpus of finished shards in the staging folder: its tables, its pages and, last, the manifest."""
    entries = [m.entry for m in made if m.entry]
    shards, inputs = len(made), _inputs(place, entries)
    rows = {table: _rows(table, entries) for table in TABLES}
    splits = {split: rows["documents"][split] for split in sorted(rows["documents"], key=split_order)}
    files = _joined_lines(place, made, pool) | _joined_parquet(place, made, splits)
    tables = {
        table: {
            "rows": sum(rows[table].values()),
            "split_rows": {split: rows[table].get(split, 0) for split in splits},
            "sha256": files[json_file(table)]["sha256"],
            "files": {split: [parquet_file(table, split, n, shards) for n in range(shards)] for split in splits},
        }
        for table in TABLES
    }
    manifest: Manifest = {
        "format": FORMAT,
        "corpus": config,
        "tool": {"name": TOOL, "version": version(TOOL)},
        "schema": {"sha256": schema_digest()},
        "shards": shards,
        "splits": splits,
        "languages": sorted({language for entry in entries for language in entry.languages}),
        "tables": tables,
        "inputs": inputs,
    }
    return seal(place.staging, manifest, files)


def _rows(table: str, entries: Sequence[Entry]) -> dict[str, int]:
    """The rows of a table by split."""
    rows: dict[str, int] = {}
    for entry in entries:
        for split, number in entry.rows[table].items():
            rows[split] = rows.get(split, 0) + number
    return rows


def _inputs(place: Place, entries: Sequence[Entry]) -> dict[str, Any]:
    """What the manifest says of the seeds; with several shards, what each was made of too, for the next build."""
    own = place.state / "inputs" / CONFIG
    own.write_bytes(input_line(place.seeds, CONFIG))
    paths = [own, *(inputs_file(place.state, n) for n in range(len(entries)))]
    inputs = digest_of_inputs(merged_lines(paths, key=_name))
    return inputs | ({"shards": [entry.inputs for entry in entries]} if len(entries) > 1 else {})


def _name(line: bytes) -> bytes:
    return line.partition(b"  ")[2]


def _joined_lines(place: Place, made: Sequence[Made], pool: Executor | None) -> dict[str, Mapping[str, Any]]:
    """Write the JSON lines of all tables; returns the figures of the files."""
    (place.staging / "jsonl").mkdir()
    folders = [shard_folder(place.state, m.shard, len(made)) for m in made if not m.kept]
    kept = frozenset(m.shard for m in made if m.kept)
    names = [json_file(table) for table in TABLES]
    tasks = [Merge(place.staging / n, [f / n for f in folders], place.corpus / n, kept, len(made)) for n in names]
    return {path.relative_to(place.staging).as_posix(): figures for path, figures in completed(pool, merge, tasks)}


def _joined_parquet(place: Place, made: Sequence[Made], splits: Mapping[str, int]) -> dict[str, Mapping[str, Any]]:
    """Give the Parquet files of all shards their places, and write those without a row; returns the figures of the files."""
    files: dict[str, Mapping[str, Any]] = {}
    for table in TABLES:
        (place.staging / "data" / table).mkdir(parents=True)
    for shard, entry, kept, _ in made:
        folder = place.corpus if kept else shard_folder(place.state, shard, len(made))
        for name, figures in (entry.files if entry else {}).items():
            link(folder / name, place.staging / name)
            files[name] = {"bytes": figures.bytes, "sha256": figures.sha256}
    for name, table in _all_parquet_files(splits, len(made)):
        if name not in files:
            write_parquet(place.staging / name, arrow_schema_of(table).empty_table())
            files[name] = file_figures(place.staging / name)
    return files


def _all_parquet_files(splits: Mapping[str, int], shards: int) -> Iterator[tuple[str, str]]:
    for table in TABLES:
        for split in splits:
            yield from ((parquet_file(table, split, n, shards), table) for n in range(shards))
