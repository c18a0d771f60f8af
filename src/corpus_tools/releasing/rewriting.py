"""A corpus written again from its documents, with other words in their rows: same rows, same order, same files."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from corpus_tools.bundles import bundle_of
from corpus_tools.checking import check
from corpus_tools.files import Manifest
from corpus_tools.findings import CorpusError, Finding, UsageError
from corpus_tools.reading import DocumentRows, all_rows, by_document
from corpus_tools.rules import Bundle, tables_of
from corpus_tools.schemas import TABLES
from corpus_tools.tables import arrow_table, json_lines, shard_file, shard_of, write_parquet


def must_be_sound(corpus: Path) -> None:
    """Check a corpus.

    Raises:
        CorpusError: it has problems.
    """
    findings = check(corpus)
    if findings:
        raise CorpusError(findings)


def must_be_new(out: Path) -> None:
    """Raise unless a folder is not there yet, or is empty."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: not an empty folder; a new one is made")


def documents_of(corpus: Path, manifest: Manifest) -> Iterator[tuple[DocumentRows, Bundle]]:
    """The documents of a corpus that was checked, in its order."""
    findings: list[Finding] = []
    for rows in by_document(all_rows(corpus, manifest, "jsonl"), findings.append):
        yield rows, bundle_of(rows)


def write_tables(folder: Path, manifest: Manifest, documents: Iterable[Bundle]) -> dict[str, Any]:
    """Write the tables of a corpus into a folder: these documents, in the splits and shards of the manifest.

    Returns what the manifest says of the tables, with their new digests.
    """
    parts, shards = folder / "parts", manifest["shards"]
    digests = {table: hashlib.sha256() for table in TABLES}
    (folder / "jsonl").mkdir(parents=True)
    with ExitStack() as stack:
        files = {table: stack.enter_context((folder / "jsonl" / f"{table}.jsonl").open("wb")) for table in TABLES}
        for bundle in documents:
            document = bundle.document
            name = shard_file(document.split, shard_of(document.doc_id, shards), shards)
            for table, records in tables_of(bundle).items():
                lines = json_lines(records)
                files[table].write(lines)
                digests[table].update(lines)
                _append(parts / table / name, lines)
    for table, entry in manifest["tables"].items():
        for path in (folder / name for names in entry["files"].values() for name in names):
            path.parent.mkdir(parents=True, exist_ok=True)
            part = parts / table / path.name
            write_parquet(path, arrow_table(table, part.read_bytes() if part.exists() else b""))
    shutil.rmtree(parts, ignore_errors=True)
    return {table: entry | {"sha256": digests[table].hexdigest()} for table, entry in manifest["tables"].items()}


def _append(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(data)
