"""Corpora as folders: load their tables, show a document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from corpus_tools.derive import features
from corpus_tools.files import Manifest, find_corpus, read_manifest
from corpus_tools.findings import UsageError, nearest
from corpus_tools.records import TABLE_CLASSES
from corpus_tools.remote import brought_here
from corpus_tools.schemas import TABLES, package_folder

if TYPE_CHECKING:
    import datasets


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
    folder = shipped_corpus() if path is None else brought_here(path)
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
