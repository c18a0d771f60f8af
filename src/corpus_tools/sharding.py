"""One shard of a corpus: the seed files of its documents -> its rows as files. What a build gives to a worker."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from corpus_tools.compiler import compile_document
from corpus_tools.files import Manifest, is_own_file
from corpus_tools.findings import Finding, UsageError
from corpus_tools.journal import Entry, FileFigures, commit, inputs_file, journalled, names_file, shard_folder, unfinished
from corpus_tools.rules import Bundle, tables_of
from corpus_tools.schemas import TABLES, shipped, validator
from corpus_tools.seeds import Config, SeedFiles, documents_of, input_line, read_seed
from corpus_tools.tables import TableWriter, file_digest, json_lines

# Libraries whose versions a shard depends on.
_LIBRARIES = ("msgspec", "pyarrow", "pyromark", "pyyaml", "ruamel.yaml", "sentencex")


class FormerShard(NamedTuple):
    """A shard of the former corpus: what it was made of, and its Parquet files by table and split."""

    folder: Path
    inputs: str
    files: dict[str, dict[str, tuple[str, FileFigures]]]


class Task(NamedTuple):
    """A shard to be made. ``program`` is the digest of what makes it."""

    seeds: Path
    config: Config
    program: str
    state: Path
    shard: int
    shards: int
    former: FormerShard | None


class Made(NamedTuple):
    """What became of a shard. Without an entry it has findings. ``kept``: its files are those of the former corpus."""

    shard: int
    entry: Entry | None
    kept: bool
    findings: list[Finding]


@cache
def program_digest() -> str:
    """SHA-256 of the modules of this package, its schemas, and the versions of libraries that rows depend on."""
    digest = hashlib.sha256(json.dumps(shipped(), sort_keys=True).encode())
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(f"{file_digest(path)}  {path.relative_to(package).as_posix()}\n".encode())
    for library in _LIBRARIES:
        digest.update(f"{library} {_version(library)}\n".encode())
    return digest.hexdigest()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "unknown"


def former_shard(folder: Path, manifest: Manifest, shard: int) -> FormerShard | None:
    """A shard of a corpus, if its manifest says what it was made of."""
    digests = manifest["inputs"].get("shards")
    if digests is None:
        return None
    files = {}
    for table, entry in manifest["tables"].items():
        names = {split: paths[shard] for split, paths in entry["files"].items()}
        figures = {split: manifest["files"].get(name) for split, name in names.items()}
        files[table] = {s: (names[s], FileFigures(f["bytes"], f["sha256"])) for s, f in figures.items() if f}
    return FormerShard(folder, digests[shard], files)


# ------------------------------------------------------------------------------------------------------------ work


def make_shard(task: Task) -> Made:
    """Make a shard, unless it is there: finished in the state of the build, or whole in the former corpus.

    Raises:
        UsageError: this worker is not of the program that the build is of.
    """
    if task.program != program_digest():
        raise UsageError("a worker has another version of corpus-tools, or of a library that it needs, than the build")
    names = names_file(task.state, task.shard).read_text("utf-8").split()
    lines = [input_line(task.seeds, name) for name in names]
    inputs_file(task.state, task.shard).write_bytes(b"".join(lines))
    inputs = _digest(task, lines)
    folder = shard_folder(task.state, task.shard, task.shards)
    entry = journalled(folder, inputs)
    if entry:
        return Made(task.shard, entry, False, [])
    entry = _taken_over(task.former) if task.former and task.former.inputs == inputs else None
    if entry:
        return Made(task.shard, entry, True, [])
    documents, findings = documents_of(task.seeds, names)
    with unfinished(folder) as path:
        entry, problems = _write(documents, task, path, inputs)
        findings += problems
        if not findings:
            commit(path, folder, entry)
    return Made(task.shard, None if findings else entry, False, findings)


def _digest(task: Task, lines: Sequence[bytes]) -> str:
    """What a shard depends on: the program, corpus.yaml, its place, and the files of its documents."""
    place = json.dumps([task.program, task.config, task.shard, task.shards], sort_keys=True)
    return hashlib.sha256(b"".join([place.encode(), b"\n", *lines])).hexdigest()


def _taken_over(former: FormerShard) -> Entry | None:
    """The entry of a shard of the former corpus, if each of its files is what the manifest says."""
    import pyarrow.parquet as pq

    entry = Entry(former.inputs, {table: {} for table in TABLES}, [], {})
    for table, files in former.files.items():
        for split, (name, figures) in files.items():
            path = former.folder / name
            if not is_own_file(former.folder, name) or FileFigures(path.stat().st_size, file_digest(path)) != figures:
                return None
            rows = pq.read_metadata(path).num_rows
            if rows:
                entry.rows[table][split] = rows
                entry.files[name] = figures
                if table == "documents":
                    entry.languages += pq.read_table(path, columns=["language"])["language"].unique().to_pylist()
    entry.languages = sorted(set(entry.languages))
    return entry


def _write(documents: Sequence[SeedFiles], task: Task, folder: Path, inputs: str) -> tuple[Entry, list[Finding]]:
    """Compile documents and write their rows to a folder. After a finding there are no rows, but all other findings."""
    languages: set[str] = set()
    findings: list[Finding] = []
    writers = {table: TableWriter(folder, table, task.shard, task.shards) for table in TABLES}
    for bundle in _compiled(documents, task.config, findings):
        languages.add(bundle.document.language)
        for table, records in tables_of(bundle).items():
            writers[table].add(bundle.document.split, json_lines(records))
    names = [name for writer in writers.values() for name in writer.close()]
    figures = {name: FileFigures((folder / name).stat().st_size, file_digest(folder / name)) for name in names}
    rows = {table: {split: number for split, number in writer.rows.items() if number} for table, writer in writers.items()}
    return Entry(inputs, rows, sorted(languages), figures), findings


def _compiled(documents: Sequence[SeedFiles], config: Config, findings: list[Finding]) -> Iterator[Bundle]:
    """The records of sound documents; findings on all others are added, and after the first no document is given any more."""
    for files in documents:
        seed, problems = read_seed(files)
        compiled = compile_document(seed, config) if seed else None
        problems += compiled.findings if compiled else []
        problems += _schema_findings(compiled.bundle, files) if compiled and compiled.bundle and not problems else []
        findings.extend(problems)
        if compiled and compiled.bundle and not findings:
            yield compiled.bundle


def _schema_findings(bundle: Bundle, files: SeedFiles) -> Iterator[Finding]:
    for table, records in tables_of(bundle).items():
        for value in json.loads(b"[" + b",".join(json_lines(records).splitlines()) + b"]"):
            for problem in validator(table).problems(value):
                place = ".".join(str(part) for part in problem.path)
                found = f"{table}: {place}: {problem.found}"
                yield Finding(
                    rule="schema", path=str(files.metadata), document=files.doc_id, found=found, expected=problem.expected
                )
