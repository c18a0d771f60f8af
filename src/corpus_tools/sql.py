"""SQL over the tables of a corpus, in an embedded DuckDB that can reach nothing else.

DuckDB gets the tables as Arrow datasets, not as files: so it needs no access to files at all, and none is left to it. Arrow reads the
rows as they are asked for and verifies the checksum of every page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus_tools.files import Manifest, find_corpus, read_manifest
from corpus_tools.findings import UsageError

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "1GB"
_ROWS_AT_ONCE = 1_000

# In this order. Without external access there are no files, no network, no extensions, and no variables of the caller as tables.
_SETTINGS = (
    f"SET memory_limit = '{MEMORY_LIMIT}'",
    "SET temp_directory = ''",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


class Answer(NamedTuple):
    """What a query gives. The rows are read as they are asked for; a list is a list there, a fragment a dict."""

    columns: list[str]
    rows: Iterator[tuple[Any, ...]]


def query(sql: str, corpus: Path | str | None = None) -> Answer:
    """Run a SELECT over the tables documents, paragraphs, entities, mentions, claims and "foreign" (in SQL that name is quoted).

    The query can read these tables and nothing else: no files, no network, no settings, no variables of the caller. DuckDB's memory is
    bounded, but DuckDB does not count the characters of a long string that the query itself makes up.

    Args:
        sql: one SELECT in DuckDB's SQL (DESCRIBE, SUMMARIZE and SHOW TABLES are of that kind too).
        corpus: the folder of the corpus; None for ./corpus, or where that is none, the one that comes with the package.

    Raises:
        UsageError: the query is wrong, wants too much memory, or is no SELECT; no corpus there; DuckDB is not installed. What goes
            wrong when rows are read is raised by `Answer.rows`.
    """
    try:
        import duckdb
    except ImportError:
        raise UsageError("query needs DuckDB, which is not installed: pip install 'corpus-tools[query]'") from None
    folder = find_corpus(corpus)
    connection = _closed_connection(folder, read_manifest(folder))
    try:
        _must_be_select(connection, sql)
        result = connection.execute(sql)
    except duckdb.Error as error:
        raise UsageError(_message(error)) from None
    return Answer(_distinct([column[0] for column in result.description or ()]), _rows(result))


def _closed_connection(folder: Path, manifest: Manifest) -> duckdb.DuckDBPyConnection:
    """A database in memory with the tables and without any way out of it."""
    import duckdb
    import pyarrow.dataset

    options = pyarrow.dataset.ParquetFragmentScanOptions(page_checksum_verification=True)
    parquet = pyarrow.dataset.ParquetFileFormat(default_fragment_scan_options=options)
    connection = duckdb.connect(":memory:")
    for table, entry in manifest["tables"].items():
        paths = [_own_file(folder, name) for names in entry["files"].values() for name in names]
        try:
            connection.register(table, pyarrow.dataset.dataset(paths, format=parquet))
        except (OSError, ValueError) as error:  # Arrow's errors are of both kinds
            raise UsageError(f"{folder}: the table {table} cannot be read: {error}") from None
    for setting in _SETTINGS:
        connection.execute(setting)
    return connection


def _own_file(folder: Path, name: str) -> str:
    """A file of the corpus; a link must not lead out of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise UsageError(f"{folder / name}: leads out of the corpus")
    return str(path)


def _must_be_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    if not sql.isascii() and sql != sql.encode(errors="replace").decode():
        raise UsageError("the query is not Unicode text")
    kinds = [statement.type.name for statement in connection.extract_statements(sql)]
    if kinds != ["SELECT"]:
        found = ", ".join("PIVOT without IN (...)" if kind == "MULTI" else kind for kind in kinds) or "no statement"
        raise UsageError(f"query takes one SELECT; this is {found}")


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    import duckdb

    try:
        while rows := result.fetchmany(_ROWS_AT_ONCE):
            yield from rows
    except (duckdb.Error, OverflowError, ValueError) as error:  # the latter two: a value that Python cannot hold
        raise UsageError(_message(error)) from None


def _distinct(names: list[str]) -> list[str]:
    """Names of columns; the second "doc_id" of a join is "doc_id_2"."""
    result: list[str] = []
    for name in names:
        numbered = (f"{name}_{number}" for number in count(2))
        result.append(name if name not in result else next(n for n in numbered if n not in result and n not in names))
    return result


def _message(error: Exception) -> str:
    """What DuckDB says, without advice to change settings, which are locked."""
    text = str(error)
    if text.startswith("Out of Memory"):
        return "the query wants more memory than it may have"
    return re.sub(r"\n\n+", "\n", text).strip()
