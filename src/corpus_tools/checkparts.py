"""Parts of a check that workers do: a range of the JSON lines, a shard's Parquet files, and whether the two hold the same.

Rows are compared by digest: for each range of documents, that of the lines which belong in a Parquet file must be that of the file's own
rows. Only where they differ does `shadow` look at the rows to say how.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from corpus_tools.against import FreshSeeds, Part
from corpus_tools.cutting import Range
from corpus_tools.findings import CorpusError, Finding
from corpus_tools.reading import PARQUET_ERRORS, DocumentRows, by_document, file_rows, json_rows, parquet_rows
from corpus_tools.records import Document
from corpus_tools.tables import shard_of
from corpus_tools.tallying import Tally
from corpus_tools.verdicts import check_document, paused_gc

Content = tuple[str, str, int]  # table, split and shard: what one Parquet file holds
EMPTY = hashlib.sha256().digest()


class Checked(NamedTuple):
    """What a part of a check found.

    ``against``: how documents differ from what the seeds give, ``lacking``: what is wrong with the names of seeds, and documents that the
    part should have. ``digests`` are those of the lines that belong in each Parquet file. ``strays``: documents stand where they should
    not. With ``unreadable`` the rest is not to be had.
    """

    findings: list[Finding]
    against: list[Finding]
    lacking: list[Finding]
    tally: Tally
    digests: Mapping[Content, bytes]
    strays: bool
    unreadable: list[Finding]


class LinesTask(NamedTuple):
    """A range of the JSON lines of a corpus to check, against seeds where there are some; and whether there must be digests of it."""

    folder: Path
    config: dict[str, Any]
    shards: int
    range: Range
    seeds: Part | None
    with_digests: bool


def check_lines(task: LinesTask) -> Checked:
    """Check a range of the JSON lines; lines are counted from the start of the range."""
    tables = {table: json_rows(task.folder, table, *ends) for table, ends in task.range.slices.items()}
    digests: defaultdict[Content, Any] = defaultdict(hashlib.sha256)
    outside = []

    def digest(rows: DocumentRows, document: Document | None) -> None:
        outside.extend([] if task.range.holds(rows.doc_id) else [rows.doc_id])
        shard = shard_of(rows.doc_id, task.shards)
        for table, own in rows.rows.items() if document and task.with_digests else ():
            if own.records:
                digests[table, document.split, shard].update(own.content())  # type: ignore[union-attr]

    found = _check(tables, task.config, task.seeds, digest)
    strays = bool(outside) or any(finding.rule == "document-order" for finding in found.findings)
    return found._replace(digests={content: value.digest() for content, value in digests.items()}, strays=strays)


class ShardTask(NamedTuple):
    """The Parquet files of a shard to check, by table, against seeds where there are some.

    ``spill`` is where their rows go as JSON lines, a file a table.
    """

    folder: Path
    config: dict[str, Any]
    files: Mapping[str, list[str]]
    spill: Mapping[str, Path]
    seeds: Part | None = None


def check_shard(task: ShardTask) -> Checked:
    """Check the rows of a shard's Parquet files."""
    tables = {table: parquet_rows(task.folder, table, names) for table, names in task.files.items()}
    files = {table: path.open("wb") for table, path in task.spill.items()}
    try:
        return _check(
            tables,
            task.config,
            task.seeds,
            lambda rows, _: [files[t].write(own.content()) for t, own in rows.rows.items()],
        )
    finally:
        for file in files.values():
            file.close()


def _check(tables: Mapping[str, Iterator[Any]], config: dict[str, Any], seeds: Part | None, use: Any) -> Checked:
    result = Checked([], [], [], Tally(), {}, False, [])
    fresh = FreshSeeds(seeds) if seeds else None
    try:
        with paused_gc() if not fresh else nullcontext():  # what compiles makes cycles
            for rows in by_document(tables, result.findings.append):
                document, problems = check_document(rows, config)
                result.findings.extend(problems)
                result.tally.add(rows, document)
                use(rows, document)
                result.against.extend(fresh.compare(rows) if fresh else ())
    except CorpusError as error:
        return result._replace(unreadable=error.findings)
    result.lacking.extend(fresh.finish() if fresh else ())
    return result


class DigestTask(NamedTuple):
    """Parquet files of a shard, and the documents at which ranges begin."""

    folder: Path
    shard: int
    files: Mapping[tuple[str, str], str]
    bounds: list[str]


def parquet_digests(task: DigestTask) -> dict[Content, list[bytes]]:
    """The digests of the rows of Parquet files in each range; none of a file that cannot be read."""
    found = {}
    for (table, split), name in task.files.items():
        digests = [hashlib.sha256() for _ in range(len(task.bounds) + 1)]
        try:
            for rows in file_rows(task.folder / name, table):
                digests[bisect_right(task.bounds, rows.doc_id)].update(rows.content())
        except (CorpusError, *PARQUET_ERRORS):
            digests = []
        found[table, split, task.shard] = [digest.digest() for digest in digests]
    return found


def different(parquet: Iterable[Mapping[Content, list[bytes]]], lines: list[Mapping[Content, bytes]]) -> list[Content]:
    """The Parquet files whose rows are not those of the lines."""
    return sorted(
        content
        for found in parquet
        for content, digests in found.items()
        if digests != [part.get(content, EMPTY) for part in lines]
    )
