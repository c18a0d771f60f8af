"""In which rows the Parquet files of a corpus are not the same as its JSON lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from corpus_tools.files import is_own_file
from corpus_tools.findings import CorpusError, Finding
from corpus_tools.reading import PARQUET_ERRORS, DocumentRows, all_rows, by_document, open_parquet, unreadable
from corpus_tools.tables import arrow_schema_of, arrow_table, shard_of

ROWS_IN_MEMORY = 100_000
FILES_AT_ONCE = 40
Content = tuple[str, str, int]


def own_parquet_files(folder: Path, manifest: Mapping[str, Any], shard: int) -> dict[tuple[str, str], str]:
    """The Parquet files of a shard by table and split, without those that are none of the corpus: `check_files` says so."""
    named = {(table, split): names[shard] for table, e in manifest["tables"].items() for split, names in e["files"].items()}
    return {key: name for key, name in named.items() if is_own_file(folder, name)}


def compare_files(folder: Path, manifest: Mapping[str, Any], contents: Sequence[Content]) -> list[Finding]:
    """How Parquet files, each named by its table, split and shard, differ from the JSON lines, which are read again for every few."""
    findings = []
    for start in range(0, len(contents), FILES_AT_ONCE):
        shadow = _ParquetShadow(folder, manifest, contents[start : start + FILES_AT_ONCE])
        for document in by_document(all_rows(folder, manifest, "jsonl"), lambda _: None):
            known = next((record for record in document.rows["documents"].records if record is not None), None)
            shadow.add(document, known.split if known else None)
        findings += shadow.finish()
    return findings


class _Cursor(NamedTuple):
    """A Parquet file being read, and the lines that its next rows must equal."""

    path: Path
    table: str
    batches: Iterator[Any]
    rest: list[Any]
    lines: list[bytes]
    broken: list[bool]


class _ParquetShadow:
    """Follows the JSON lines document by document and compares every Parquet file with the lines that belong in it."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], contents: Sequence[Content]) -> None:
        self.shards: int = manifest["shards"]
        self.findings: list[Finding] = []
        self.cursors: dict[Content, _Cursor] = {}
        for table, split, shard in contents:
            name = manifest["tables"][table]["files"][split][shard]
            self.cursors[table, split, shard] = self._open(folder / name, table)
        self.limit = max(50, ROWS_IN_MEMORY // max(1, len(self.cursors)))

    def _open(self, path: Path, table: str) -> _Cursor:
        cursor = _Cursor(path, table, iter(()), [], [], [])
        try:
            return cursor._replace(batches=iter(open_parquet(path, table).iter_batches(batch_size=1_000)))
        except CorpusError as error:
            self._break(cursor, *error.findings)
        except PARQUET_ERRORS as error:
            self._break(cursor, unreadable("parquet-readable", path, error))
        return cursor

    def _note(self, cursor: _Cursor, rule: str, found: str, expected: str) -> None:
        self._break(cursor, Finding(rule=rule, path=str(cursor.path), found=found, expected=expected))

    def _break(self, cursor: _Cursor, *findings: Finding) -> None:
        self.findings.extend(findings)
        cursor.broken.append(True)

    def add(self, document: DocumentRows, split: str | None) -> None:
        """Take the rows of a document. Without a split nobody knows to which files they belong: those of its shard are left alone."""
        shard = shard_of(document.doc_id, self.shards)
        if split is None:
            for (_, _, number), other in self.cursors.items():
                other.broken.extend([True] if number == shard else [])
        for table, rows in document.rows.items():
            cursor = self.cursors.get((table, split or "", shard))
            if cursor and not cursor.broken:
                cursor.lines.extend(rows.lines)
                if len(cursor.lines) >= self.limit:
                    self._compare(cursor)

    def finish(self) -> list[Finding]:
        """Compare what is left; all findings."""
        for cursor in self.cursors.values():
            self._compare(cursor, to_the_end=True)
        return self.findings

    def _compare(self, cursor: _Cursor, to_the_end: bool = False) -> None:
        if cursor.broken:
            return
        try:
            expected = arrow_table(cursor.table, b"".join(cursor.lines))
        except PARQUET_ERRORS:  # a line that is reported for itself
            cursor.broken.append(True)
            return
        cursor.lines.clear()
        try:
            found = self._next(cursor, expected.num_rows)
            more = to_the_end and self._next(cursor, 1).num_rows
        except PARQUET_ERRORS as error:
            self._break(cursor, unreadable("parquet-readable", cursor.path, error))
            return
        if found.num_rows < expected.num_rows:
            self._note(cursor, "parquet-rows", "fewer rows than the JSON lines have for it", "the same rows")
        elif not found.equals(expected):
            self._differ(cursor, found, expected)
        elif more:
            self._note(cursor, "parquet-rows", "more rows than the JSON lines have for it", "the same rows")

    def _differ(self, cursor: _Cursor, found: Any, expected: Any) -> None:
        try:
            expected.validate(full=True)
        except ValueError:  # a line that is no UTF-8, which is reported for itself
            cursor.broken.append(True)
            return
        try:
            found.validate(full=True)
        except ValueError as error:
            self._break(cursor, unreadable("parquet-readable", cursor.path, error))
            return
        self._note(cursor, "parquet-rows", *_difference(found, expected))

    def _next(self, cursor: _Cursor, count: int) -> Any:
        """The next rows of a file, as many as there are up to a count."""
        import pyarrow as pa

        have = sum(batch.num_rows for batch in cursor.rest)
        while have < count:
            batch = next(cursor.batches, None)
            if batch is None:
                break
            cursor.rest.append(batch)
            have += batch.num_rows
        table = pa.Table.from_batches(cursor.rest, schema=arrow_schema_of(cursor.table).remove_metadata())
        cursor.rest[:] = table.slice(count).to_batches()
        return table.slice(0, count).replace_schema_metadata(arrow_schema_of(cursor.table).metadata)


def _difference(found: Any, expected: Any) -> tuple[str, str]:
    """The first value in which two Arrow tables of equal length differ: (found, expected)."""
    at = next(i for i in range(len(expected)) if not found.slice(i, 1).equals(expected.slice(i, 1)))
    column = next(name for name in expected.column_names if not found[name][at].equals(expected[name][at]))
    key = [_shown(expected[name][at], str) for name in expected.column_names if name == "doc_id" or name.endswith("_id")]
    return f"{column} {_shown(found[column][at])} for {'/'.join(key)[:80]}", f"{_shown(expected[column][at])}, as in the JSON lines"


def _shown(value: Any, show: Callable[[Any], str] = repr) -> str:
    try:
        return show(value.as_py())[:80]
    except UnicodeDecodeError:  # Arrow does not look at the bytes of its strings
        return "no UTF-8"
