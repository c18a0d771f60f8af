"""Check a corpus: its files against the manifest, every line against its schema, every document against all rules.

Streams: workers check ranges of the JSON lines or single shards, and hold one document in memory at a time. Nothing is repaired, nothing is
trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import msgspec

from corpus_tools.against import RULE, Seeds
from corpus_tools.checkparts import (
    Checked,
    DigestTask,
    LinesTask,
    ShardTask,
    check_lines,
    check_shard,
    different,
    parquet_digests,
)
from corpus_tools.cutting import Range, cut, whole
from corpus_tools.executors import executor_for, in_order
from corpus_tools.files import (
    Manifest,
    check_card,
    check_figures,
    check_files,
    check_license,
    check_manifest,
    check_schemas,
    find_corpus,
    is_own_file,
)
from corpus_tools.findings import Finding
from corpus_tools.hydrationfile import Notes, is_without_texts
from corpus_tools.merging import merged_digest
from corpus_tools.progress import note
from corpus_tools.reading import all_rows, by_document, parquet_names, table_files
from corpus_tools.remote import at_address, brought_here
from corpus_tools.schemas import TABLES
from corpus_tools.seeds import with_nearest
from corpus_tools.shadow import compare_files, own_parquet_files
from corpus_tools.tables import file_digest, json_file
from corpus_tools.tallying import Tally
from corpus_tools.verdicts import CONSEQUENCES

Form = Literal["jsonl", "parquet"]
RANGE_BYTES = 1 << 20  # of the largest table, at least; more where there are many ranges anyway
MANY_RANGES = 64
DIGESTS = 1 << 18  # how many digests of ranges and Parquet files may be in memory


def check(
    corpus: Path | str | None = None,
    against: Path | str | None = None,
    read: Form | None = None,
    workers: int | None = None,
    executor: Executor | str | None = None,
) -> list[Finding]:
    """All problems of a corpus; an empty list when there are none.

    Args:
        corpus: the folder of the corpus; None for ./corpus, or where that is none, the one that comes with the package.
        against: a folder of seeds; the corpus is compared with a fresh resolution of it.
        read: check the rows of this form alone; None checks the JSON lines and that the Parquet files hold the same.
        workers: how many processes check; None for as many as there are cores. A small corpus is checked in this process.
        executor: as in `build`.

    Raises:
        UsageError: there is no such folder, no manifest in it, or no such executor.
    """
    folder = find_corpus(corpus)
    if executor is not None:  # whose workers may be at work in another folder
        folder = folder.absolute()
    seeds = brought_here(against) if against is not None else None
    findings = at_address(_check(folder, seeds, read, workers, executor), corpus or "", folder)
    return at_address(findings, against, seeds) if against is not None and seeds else findings


def _check(
    folder: Path, against: Path | None, read: Form | None, workers: int | None, executor: Executor | str | None
) -> list[Finding]:
    seeds = Seeds(against) if against is not None else None
    manifest, findings = check_manifest(folder)
    if manifest is None:
        return findings
    findings += seeds.compare_manifest(folder, manifest) if seeds else []
    findings += check_files(folder, manifest, read)
    findings += check_card(folder, manifest)
    findings += check_license(folder, manifest)
    findings += check_schemas(folder, manifest)
    if not all(is_own_file(folder, name) for name in table_files(manifest, read or "jsonl")):
        return findings  # without a table all the others would look wrong
    found, sound = (
        _check_parquet(folder, manifest, seeds, workers, executor)
        if read == "parquet"
        else _check_lines(folder, manifest, seeds, read is None, workers, executor)
    )
    findings += found
    if is_without_texts(manifest) and sound == "yes":
        findings += _check_notes(folder, manifest, read)
    return findings


Sound = Literal["yes", "strays", "no"]  # all can be read; some documents stand where they should not; something cannot be read


def _with_seeds(
    findings: list[Finding], against: list[Finding], parts: Iterable[Checked], seeds: Seeds | None, sound: Sound
) -> list[Finding]:
    """Findings, then how documents differ from the seeds, then what is wrong with these and what of them the corpus lacks."""
    if seeds is None or sound == "no":
        return findings
    lacking = sorted((f for part in parts for f in part.lacking), key=lambda f: (f.rule == RULE, f.path))  # whatever the parts
    against += [*seeds.findings, *lacking] if sound == "yes" else []
    return findings + with_nearest(against, seeds.folder)


def _check_notes(folder: Path, manifest: Manifest, read: Form | None) -> Iterator[Finding]:
    """What puts texts back has a sound line for every document."""
    notes = Notes(folder)
    for rows in by_document(all_rows(folder, manifest, read or "jsonl"), lambda _: None):
        notes.of(rows)
    yield from notes.finish()


# ------------------------------------------------------------------------------------------------------- JSON lines


def _range_bytes(seeds: Seeds | None) -> int:
    return RANGE_BYTES // 4 if seeds else RANGE_BYTES  # to compile documents takes so much longer than to check them


def _check_lines(
    folder: Path, manifest: Manifest, seeds: Seeds | None, with_parquet: bool, workers: int | None, executor: Executor | str | None
) -> tuple[list[Finding], Sound]:
    """Check the JSON lines and, with them, that the Parquet files hold the same."""
    try:
        files = sum(len(names) for table in manifest["tables"].values() for names in table["files"].values())
        largest = max((folder / json_file(table)).stat().st_size for table in TABLES)
        size = _range_bytes(seeds) if seeds else max(RANGE_BYTES, min(4 * RANGE_BYTES, largest // MANY_RANGES))
        ranges = cut(folder, size, max(1, DIGESTS // max(1, files)))
    except OSError:  # whoever reads it will say so
        ranges = [whole(folder)]

    def task(part: Range) -> LinesTask:
        return LinesTask(
            folder,
            manifest["corpus"],
            manifest["shards"],
            part,
            seeds.between(part.low, part.high) if seeds else None,
            with_parquet,
        )

    with executor_for(executor, workers, len(ranges)) as pool:
        parts = _noted("ranges", in_order(pool, check_lines, [task(part) for part in ranges]), len(ranges))
        if len(ranges) > 1 and any(part.strays or part.unreadable for part in parts):
            ranges = [whole(folder)]
            parts = [check_lines(task(ranges[0]))]
        findings, against = _at_their_lines(folder, parts)
        if parts[0].unreadable:
            return findings + parts[0].unreadable, "no"
        if parts[0].strays:
            return _with_seeds(_without_consequences(findings), against, parts, seeds, "strays"), "strays"
        digests = dict(zip(TABLES, in_order(pool, file_digest, [folder / json_file(table) for table in TABLES]), strict=True))
        findings += check_figures(folder, manifest, _total(parts).figures(digests))
        findings += _compare(folder, manifest, ranges, parts, pool) if with_parquet else []
    return _with_seeds(findings, against, parts, seeds, "yes"), "yes"


def _noted(what: str, parts: Iterable[Checked], total: int) -> list[Checked]:
    result: list[Checked] = []
    for part in parts:
        result.append(part)
        note(what, len(result), total)
    return result


def _at_their_lines(folder: Path, parts: Iterable[Checked]) -> tuple[list[Finding], list[Finding]]:
    """The findings of all ranges, and those against the seeds, their lines counted from the start of the file."""
    before = {str(folder / json_file(table)): 0 for table in TABLES}

    def moved(found: Iterable[Finding]) -> Iterator[Finding]:
        return (msgspec.structs.replace(f, line=f.line + before[f.path]) if f.line and f.path in before else f for f in found)

    findings: list[Finding] = []
    against: list[Finding] = []
    for part in parts:
        findings += moved(part.findings)
        against += moved(part.against)
        for table, rows in part.tally.rows.items():
            before[str(folder / json_file(table))] += rows
    return findings, against


def _without_consequences(findings: list[Finding]) -> list[Finding]:
    """The findings without those that only follow from rows which stand in the wrong place, and were left out."""
    strays = {finding.document for finding in findings if finding.rule == "document-order"}
    return [f for f in findings if f.document not in strays or f.rule not in CONSEQUENCES]


def _total(parts: Iterable[Checked]) -> Tally:
    total = Tally()
    for part in parts:
        total.extend(part.tally)
    return total


def _compare(folder: Path, manifest: Manifest, ranges: list[Range], parts: list[Checked], pool: Executor | None) -> list[Finding]:
    """Whether the Parquet files hold the same rows as the JSON lines."""
    bounds = [part.low for part in ranges[1:]]
    tasks = [DigestTask(folder, n, own_parquet_files(folder, manifest, n), bounds) for n in range(manifest["shards"])]
    return compare_files(folder, manifest, different(in_order(pool, parquet_digests, tasks), [part.digests for part in parts]))


# ---------------------------------------------------------------------------------------------------------- Parquet


def _check_parquet(
    folder: Path, manifest: Manifest, seeds: Seeds | None, workers: int | None, executor: Executor | str | None
) -> tuple[list[Finding], Sound]:
    """Check the Parquet files alone, shard by shard. Their content digest is that of all rows in order, which are written down for it."""
    shards = manifest["shards"]
    size = sum(entry["bytes"] for entry in manifest["files"].values())
    with TemporaryDirectory() as spill, executor_for(executor, workers, min(shards, size // _range_bytes(seeds))) as pool:
        places = [{table: Path(spill, f"{table}-{n}") for table in TABLES} for n in range(shards)]
        fresh = seeds.by_shard(shards) if seeds else repeat(None)
        tasks = [
            ShardTask(folder, manifest["corpus"], parquet_names(manifest, n), places[n], part)
            for n, part in zip(range(shards), fresh, strict=False)
        ]
        parts = _noted("shards", in_order(pool, check_shard, tasks), shards)
        findings = [finding for part in parts for finding in part.findings]
        against = [finding for part in parts for finding in part.against]
        unreadable = [finding for part in parts for finding in part.unreadable]
        if unreadable:
            return findings + unreadable, "no"
        if any(finding.rule == "document-order" for finding in findings):
            return _with_seeds(_without_consequences(findings), against, parts, seeds, "strays"), "strays"
        spilt = [[place[table] for place in places] for table in TABLES]
        digests = dict(zip(TABLES, in_order(pool, merged_digest, spilt), strict=True))
    findings += check_figures(folder, manifest, _total(parts).figures(digests))
    return _with_seeds(findings, against, parts, seeds, "yes"), "yes"
