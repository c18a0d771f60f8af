"""Whether a corpus is what its seeds give: record by record against a fresh resolution."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from corpus_tools.compiler import compile_document
from corpus_tools.findings import Finding, nearest
from corpus_tools.ondisk import OnDisk
from corpus_tools.reading import DocumentRows, Rows
from corpus_tools.rules import tables_of
from corpus_tools.schemas import shipped
from corpus_tools.seeds import (
    CONFIG,
    METADATA,
    UNKNOWN,
    Config,
    SeedFiles,
    all_alike,
    document_named,
    documents_of,
    id_hash,
    inputs_digest,
    read_config,
    read_seed,
    seed_names,
)
from corpus_tools.tables import MANIFEST, json_lines, shard_of

RULE = "against-seeds"


class Part(NamedTuple):
    """Seeds of some documents: the folder, its corpus.yaml if that is sound, and the names of all files of the documents, a line each."""

    folder: Path
    config: Config | None
    names: bytes


class Seeds:
    """A folder of seeds. The names of its files are not in memory."""

    def __init__(self, folder: Path) -> None:
        """``findings`` are those on corpus.yaml and on names."""
        self.folder = folder
        self.config, self.findings = read_config(folder)
        self.sound = not self.findings
        self._names, hashes = OnDisk(), array("Q")
        for name in seed_names(folder, self.findings):
            self._names.add(document_named(name).encode(), name.encode())
            if name.endswith(METADATA):
                hashes.append(id_hash(document_named(name)))
        self.findings += all_alike(folder, hashes)

    def between(self, low: str, high: str) -> Part:
        """The documents whose ids are at least ``low`` and below ``high`` ("" for no bound)."""
        return self._part(name for _, names in self._names.between(low.encode(), high.encode()) for name in names)

    def by_shard(self, shards: int) -> Iterator[Part]:
        """The documents of each shard."""
        found = OnDisk((b"%d" % shard_of(key.decode(), shards), name) for key, names in self._names for name in names)
        return (self._part(found.values(b"%d" % n)) for n in range(shards))

    def _part(self, names: Iterable[bytes]) -> Part:
        return Part(self.folder, self.config.value if self.sound else None, b"\n".join(sorted(names)))

    def compare_manifest(self, folder: Path, manifest: Mapping[str, Any]) -> Iterator[Finding]:
        """How corpus.yaml and the digest of the seeds, as the manifest has them, differ from the seeds."""
        path, config = str(folder / MANIFEST), manifest["corpus"]
        if self.sound:
            for name in sorted(self.config.value.keys() | config.keys()):
                old, new = config.get(name), self.config.value.get(name)
                if old != new:
                    expected = f"{_short(new)}, as {CONFIG} has it"
                    yield Finding(rule=RULE, path=path, found=f"corpus.{name} {_short(old)}", expected=expected)
        inputs = inputs_digest(self.folder)
        built_from = {name: manifest["inputs"][name] for name in inputs}
        if built_from != inputs:
            found = f"inputs {_short(built_from)}"
            yield Finding(rule=RULE, path=path, found=found, expected=f"{_short(inputs)}, the digest of the seeds")


class FreshSeeds:
    """The documents of a part of the seeds, each resolved when its turn comes."""

    def __init__(self, part: Part) -> None:
        self._config = part.config
        documents, self._findings = documents_of(part.folder, part.names.decode().splitlines())
        self._waiting: dict[str, SeedFiles] = {files.doc_id: files for files in documents}

    def compare(self, document: DocumentRows) -> Iterator[Finding]:
        """How a document of the corpus differs from what its seeds give."""
        files = self._waiting.pop(document.doc_id, None)
        if files is None:
            rows = next(rows for rows in document.rows.values() if rows.lines)
            yield rows.finding(0, RULE, f"the document {document.doc_id}, {UNKNOWN}", "a document of the seeds")
            return
        if self._config is None:
            return  # without a sound corpus.yaml nothing can be compiled
        seed, findings = read_seed(files)
        compiled = compile_document(seed, self._config) if seed else None
        findings += compiled.findings if compiled else []
        yield from findings
        if compiled and compiled.bundle and not findings:
            fresh = {table: json_lines(records).splitlines(keepends=True) for table, records in tables_of(compiled.bundle).items()}
            yield from compare_rows(document, fresh)

    def finish(self) -> Iterator[Finding]:
        """What is wrong with the names of the files, and which of the documents the corpus lacks."""
        yield from self._findings
        for files in self._waiting.values():
            found = "a document that the corpus does not have"
            yield Finding(
                rule=RULE, path=str(files.metadata), line=1, document=files.doc_id, found=found, expected="it in the corpus"
            )


def compare_rows(document: DocumentRows, fresh: Mapping[str, list[bytes]]) -> Iterator[Finding]:
    """How the rows of a document differ from the lines of a fresh resolution."""
    for table, lines in fresh.items():
        yield from _compare_table(table, document.rows[table], lines)


def _compare_table(table: str, rows: Rows, fresh: list[bytes]) -> Iterator[Finding]:
    if rows.lines == fresh:
        return
    expected = {_key(table, line): line for line in fresh}
    seen = set()
    for index, line in enumerate(rows.lines):
        key = _key(table, line)
        seen.add(key)
        if key not in expected:
            found = f"the {table} row {key}, which the seeds do not give"
            yield rows.finding(index, RULE, found, "no such row", nearest(key, expected))
        else:
            for found, wanted in _differences(line, expected[key]):
                yield rows.finding(index, RULE, found, wanted, record=key)
    for key in expected.keys() - seen:
        path = rows.path or f"jsonl/{table}.jsonl"
        yield Finding(rule=RULE, path=path, record=key, found=f"no {table} row {key}", expected="it: the seeds give it")
    if not expected.keys() ^ seen and len(rows.lines) == len(fresh) and sorted(rows.lines) == sorted(fresh):
        yield rows.finding(0, RULE, f"the {table} rows in another order", "the order in which the seeds give them")


def _differences(line: bytes, fresh: bytes) -> Iterator[tuple[str, str]]:
    """The fields in which a row differs from what the seeds give: (found, expected)."""
    try:
        old = json.loads(line)
    except (ValueError, RecursionError):
        return  # the line is reported for itself
    for name, value in json.loads(fresh).items():
        if old.get(name) != value:
            yield f"{name} {_short(old.get(name))}", f"{_short(value)}, as the seeds give it"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:100] + "..." + text[-15:]


def _key(table: str, raw: bytes) -> str:
    try:
        value = json.loads(raw)
        return "/".join(str(value[name]) for name in shipped()[table]["x-key"][1:]) or str(value["doc_id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
