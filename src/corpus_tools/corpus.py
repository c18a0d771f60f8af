"""Corpora as folders: build one from seeds, load its tables, show a document."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from corpus_tools.card import CARD, LICENCE
from corpus_tools.compiler import compile_document
from corpus_tools.croissant import CROISSANT
from corpus_tools.derive import features
from corpus_tools.files import Manifest, find_corpus, read_manifest, seal
from corpus_tools.findings import CorpusError, Finding, UsageError, nearest
from corpus_tools.hydrationfile import HYDRATION
from corpus_tools.records import TABLE_CLASSES
from corpus_tools.rules import Bundle, tables_of
from corpus_tools.schemas import TABLES, package_folder, schema_digest, validator
from corpus_tools.seeds import Config, SeedFiles, inputs_digest, read_config, read_seed, scan
from corpus_tools.swap import put_in_place, staging_for
from corpus_tools.tables import (
    FORMAT,
    MANIFEST,
    arrow_table,
    json_lines,
    shard_file,
    shard_of,
    split_order,
    write_parquet,
)

if TYPE_CHECKING:
    import datasets

TOOL = "corpus-tools"
OWN = (CARD, LICENCE, MANIFEST, CROISSANT, HYDRATION, "data", "jsonl")  # what builds make at the top of a corpus
DOCUMENTS_PER_SHARD = 1_000


# ---------------------------------------------------------------------------------------------------------- build


def build(seeds: Path | str = "seeds", corpus: Path | str = "corpus") -> Manifest:
    """Build a corpus from a folder of seeds and return its manifest.

    All or nothing: with any problem, and whenever it is interrupted, the former corpus stays as it was. What stands at the top of the
    corpus and is not of a build (.git, say) stays in any case.

    Raises:
        CorpusError: the seeds have problems; all are listed.
        UsageError: a folder cannot be read or written, the target holds something that is no corpus, or another build of it is running.
    """
    seeds, corpus = Path(seeds), Path(os.path.realpath(corpus))
    try:
        if not seeds.is_dir():
            raise UsageError(f"{seeds}: not a folder of seeds")
        _must_be_ours(corpus)
        with staging_for(corpus) as staging:
            manifest = _build_in(staging, seeds)
            put_in_place(staging, corpus, OWN)
    except OSError as error:
        raise UsageError(f"{error.filename or corpus}: {error.strerror or error}; the former corpus is as it was") from error
    return manifest


def _build_in(staging: Path, seeds: Path) -> Manifest:
    config, findings = read_config(seeds)
    if findings:
        raise CorpusError(findings)
    documents, findings = scan(seeds)
    shards = shard_count(len(documents))
    reports = [write_shard(files, config.value, staging, n, shards) for n, files in enumerate(in_shards(documents, shards))]
    findings += [finding for report in reports for finding in report.findings]
    if not documents and not findings:
        findings = [Finding(rule="seed-files", path=str(seeds), found="no document", expected="<doc_id>.meta.yaml and its source")]
    if findings:
        raise CorpusError(findings)
    return _finish(staging, config.value, reports, shards, inputs_digest(seeds))


def _must_be_ours(corpus: Path) -> None:
    """Raise unless there is nothing yet, an empty folder, or a corpus of whatever version."""
    if corpus.exists() and not corpus.is_dir():
        raise UsageError(f"{corpus}: not a folder")
    if not corpus.is_dir() or not any(corpus.iterdir()):
        return
    path = corpus / MANIFEST
    if not path.is_file():
        raise UsageError(f"{corpus}: holds files but no {MANIFEST}, so it is no corpus; nothing there was touched")
    try:
        ours = json.loads(path.read_bytes())["tool"]["name"] == TOOL
    except (ValueError, LookupError, TypeError, RecursionError):
        ours = False
    if not ours:
        raise UsageError(f"{path}: not by {TOOL}, or damaged; nothing there was touched (if it is a corpus, remove it first)")


def shard_count(documents: int) -> int:
    """How many shards a new corpus of that many documents gets: a power of two."""
    shards = 1
    while shards * DOCUMENTS_PER_SHARD < documents:
        shards *= 2
    return shards


def in_shards(documents: Sequence[SeedFiles], shards: int) -> list[list[SeedFiles]]:
    """Documents by shard, in the order they have."""
    result: list[list[SeedFiles]] = [[] for _ in range(shards)]
    for files in documents:
        result[shard_of(files.doc_id, shards)].append(files)
    return result


class ShardReport(NamedTuple):
    """What became of a shard: per document its id, split and the length of its lines in each table."""

    documents: list[tuple[str, str, tuple[int, ...]]]
    languages: set[str]
    findings: list[Finding]


def write_shard(documents: Sequence[SeedFiles], config: Config, staging: Path, shard: int, shards: int) -> ShardReport:
    """Compile the documents of a shard and write its Parquet files and its part of the JSON lines."""
    report = ShardReport([], set(), [])
    lines: dict[str, list[bytes]] = {table: [] for table in TABLES}
    by_split: dict[str, dict[str, list[bytes]]] = {}
    for files in documents:
        seed, findings = read_seed(files)
        compiled = compile_document(seed, config) if seed else None
        findings += compiled.findings if compiled else []
        findings += _schema_findings(compiled.bundle, files) if compiled and compiled.bundle and not findings else []
        report.findings.extend(findings)
        if findings or not compiled or not compiled.bundle:
            continue
        encoded = {table: json_lines(records) for table, records in tables_of(compiled.bundle).items()}
        document = compiled.bundle.document
        report.documents.append((document.doc_id, document.split, tuple(len(encoded[table]) for table in TABLES)))
        report.languages.add(document.language)
        for table in TABLES:
            lines[table].append(encoded[table])
            by_split.setdefault(document.split, {t: [] for t in TABLES})[table].append(encoded[table])
    if not report.findings:
        for table in TABLES:
            _write(staging / "parts" / table / f"{shard:05d}.jsonl", b"".join(lines[table]))
            for split, split_lines in by_split.items():
                path = staging / "data" / table / shard_file(split, shard, shards)
                path.parent.mkdir(parents=True, exist_ok=True)
                write_parquet(path, arrow_table(table, b"".join(split_lines[table])))
    return report


def _schema_findings(bundle: Bundle, files: SeedFiles) -> Iterator[Finding]:
    for table, records in tables_of(bundle).items():
        for value in json.loads(b"[" + b",".join(json_lines(records).splitlines()) + b"]"):
            for problem in validator(table).problems(value):
                place = ".".join(str(part) for part in problem.path)
                found = f"{table}: {place}: {problem.found}"
                yield Finding(
                    rule="schema", path=str(files.metadata), document=files.doc_id, found=found, expected=problem.expected
                )


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _finish(staging: Path, config: Config, reports: list[ShardReport], shards: int, inputs: dict[str, Any]) -> Manifest:
    """Join the parts, fill up missing shards, write the pages and, last, the manifest."""
    documents = sorted((doc_id, shard, split, sizes) for shard, r in enumerate(reports) for doc_id, split, sizes in r.documents)
    splits = {split: sum(d[2] == split for d in documents) for split in sorted({d[2] for d in documents}, key=split_order)}
    tables = {}
    for position, table in enumerate(TABLES):
        rows, digest = _join_parts(
            staging, table, [(shard, split, sizes[position]) for _, shard, split, sizes in documents], shards
        )
        files = {split: [f"data/{table}/{shard_file(split, n, shards)}" for n in range(shards)] for split in splits}
        for path in (staging / name for names in files.values() for name in names):
            if not path.exists():
                write_parquet(path, arrow_table(table, b""))
        split_rows = {split: rows[split] for split in splits}
        tables[table] = {"rows": rows.total(), "split_rows": split_rows, "sha256": digest, "files": files}
    shutil.rmtree(staging / "parts")
    manifest: Manifest = {
        "format": FORMAT,
        "corpus": config,
        "tool": {"name": TOOL, "version": version(TOOL)},
        "schema": {"sha256": schema_digest()},
        "shards": shards,
        "splits": splits,
        "languages": sorted({language for report in reports for language in report.languages}),
        "tables": tables,
        "inputs": inputs,
    }
    return seal(staging, manifest)


def _join_parts(staging: Path, table: str, sizes: list[tuple[int, str, int]], shards: int) -> tuple[Counter[str], str]:
    """Write a table's JSON lines in the order of the documents, each given as shard, split and bytes; returns rows by split and digest."""
    target = staging / "jsonl" / f"{table}.jsonl"
    target.parent.mkdir(exist_ok=True)
    digest, rows = hashlib.sha256(), Counter[str]()
    parts = [(staging / "parts" / table / f"{n:05d}.jsonl").open("rb") for n in range(shards)]
    try:
        with target.open("wb") as out:
            for shard, split, size in sizes:
                lines = parts[shard].read(size)
                rows[split] += lines.count(b"\n")
                digest.update(lines)
                out.write(lines)
    finally:
        for part in parts:
            part.close()
    return rows, digest.hexdigest()


# ----------------------------------------------------------------------------------------------------------- read


def shipped_corpus() -> Path:
    """The folder of the corpus that comes with the package."""
    return package_folder("corpus")


def load(table: str, path: Path | str | None = None, split: str | None = "train", streaming: bool = False) -> datasets.Dataset:
    """Load a table of the shipped corpus, or of the one at ``path``, as a `datasets.Dataset`.

    Args:
        table: documents, paragraphs, entities, mentions, claims or foreign.
        path: the folder of a corpus; None for the shipped one.
        split: the split; None for all, as a dict.
        streaming: read as the rows are asked for (an `IterableDataset`).

    Raises:
        UsageError: no such table or split, no corpus there, or a path that `datasets` cannot read.
    """
    folder = shipped_corpus() if path is None else Path(path)
    manifest = read_manifest(folder)
    if table not in manifest["tables"]:
        raise UsageError(f"no table {table}; there are {', '.join(manifest['tables'])}")
    if split is not None and split.partition("[")[0] not in manifest["splits"]:
        raise UsageError(f"no split {split}; there are {', '.join(manifest['splits'])}")
    if any(character in str(folder.resolve()) for character in "*?["):
        raise UsageError(f"{folder.resolve()}: datasets takes *, ? and [ in the path of a folder for a pattern; rename it")
    if split is not None:
        return _load_split(folder, table, split, streaming, manifest)
    import datasets

    parts = {name: _load_split(folder, table, name, streaming, manifest) for name in manifest["splits"]}
    return datasets.IterableDatasetDict(parts) if streaming else datasets.DatasetDict(parts)


def _load_split(folder: Path, table: str, split: str, streaming: bool, manifest: Manifest) -> Any:
    import datasets

    if manifest["tables"][table]["split_rows"][split.partition("[")[0]]:
        # An absolute path: a relative one could be taken for a name on the Hub, or for a packaged module.
        return datasets.load_dataset(str(folder.resolve()), table, split=split, streaming=streaming)
    # `datasets` refuses to load what has no rows.
    columns = features(table)
    empty = datasets.Dataset.from_dict({name: [] for name in columns}, features=columns)
    return empty.to_iterable_dataset() if streaming else empty


Layer = Literal["mentions", "claims"]


def show(
    document: str, corpus: Path | str | None = None, layer: Layer | None = None, paragraph: str | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The records of a document by table, as they stand in the corpus.

    Args:
        document: its id.
        corpus: the folder of the corpus; None for ./corpus, or where that is none, the one that comes with the package.
        layer: only this layer of the annotations (with mentions come their entities).
        paragraph: only this paragraph ("p3") and what is in it.

    Raises:
        UsageError: no such corpus, document or paragraph.
    """
    folder = find_corpus(corpus)
    read_manifest(folder)
    records = {table: _rows_of(folder, table, document) for table in TABLES}
    if not records["documents"]:
        known = [line.removeprefix(_ROW).partition(b'"')[0].decode("utf-8", "replace") for line in _lines(folder, "documents")]
        raise UsageError(f"no document {document}; nearest: {nearest(document, known) or ', '.join(known[:3])}")
    if paragraph is not None:
        ids = [p["paragraph_id"] for p in records["paragraphs"]]
        if paragraph not in ids:
            raise UsageError(
                f"no paragraph {paragraph}; there are {ids[0]} to {ids[-1]}" if ids else "the document has no paragraphs"
            )
        records = {t: [r for r in rows if r.get("paragraph_id", paragraph) == paragraph] for t, rows in records.items()}
    unwanted = {"mentions": ["claims"], "claims": ["mentions"], None: []}[layer]
    return {table: rows for table, rows in records.items() if table not in unwanted}


_ROW = b'{"doc_id":"'


def _rows_of(folder: Path, table: str, document: str) -> list[dict[str, Any]]:
    start = _ROW + document.encode("utf-8", "replace") + b'"'
    rows = []
    for number, line in enumerate(_lines(folder, table), 1):
        if line.startswith(start):
            try:
                rows.append(msgspec.to_builtins(msgspec.json.decode(line, type=TABLE_CLASSES[table])))
            except (ValueError, RecursionError) as error:  # what msgspec raises is a ValueError
                place = f"{folder / 'jsonl' / table}.jsonl:{number}"
                raise UsageError(f"{place}: not a row of {table} ({error}); corpus-tools check tells more") from None
    return rows


def _lines(folder: Path, table: str) -> Iterator[bytes]:
    with (folder / "jsonl" / f"{table}.jsonl").open("rb") as file:
        yield from file
