"""The command line: parses, calls one public function, and renders what it gives.

Exit status: 0 clean, 1 problems found in the data, 2 wrong use or unreadable input.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, Literal, TextIO

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console

import corpus_tools
from corpus_tools.findings import CorpusError, UsageError


class _Console(Console):
    """A console that prints what it is given, without markup; and leaves a closed pipe to `_run`, where rich would exit with 1."""

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def on_broken_pipe(self) -> None:
        raise


app = App(
    name="corpus-tools", help="Build, check and use stand-off annotated corpora.", help_format="plaintext", console=_Console()
)
Json = Annotated[bool, Parameter(name="--json", negative=(), help="Print JSON.")]


@app.command
def build(seeds: Path = Path("seeds"), corpus: Path = Path("corpus"), *, json: Json = False) -> None:
    """Build a corpus from a folder of seeds.

    All or nothing: with any problem the former corpus stays as it was.

    Example: corpus-tools build seeds corpus

    Parameters
    ----------
    seeds
        The folder of sources, metadata and annotations.
    corpus
        The folder that is made.
    """
    manifest = corpus_tools.build(seeds, corpus)
    if json:
        return _print_json(manifest)
    rows = ", ".join(f"{table['rows']} {name}" for name, table in manifest["tables"].items())
    return _say(f"{corpus}: {rows}. Next: corpus-tools show DOCUMENT")


@app.command
def check(
    corpus: Path | None = None,
    *,
    against: Path | None = None,
    read: Literal["jsonl", "parquet"] | None = None,
    format: Literal["text", "json", "sarif"] = "text",
) -> None:
    """Check a corpus: its files, every line, every document, and that Parquet and JSON lines agree.

    Exit status 1 when there are problems.

    Example: corpus-tools check corpus --against seeds

    Parameters
    ----------
    corpus
        The folder of the corpus; by default ./corpus, or where that is none, the one that comes with the package.
    against
        A folder of seeds: compare the corpus with what they give now.
    read
        Check the rows of this form alone.
    format
        How to print the problems.
    """
    findings = corpus_tools.check(corpus, against, read)
    if format == "sarif":
        from corpus_tools.sarif import sarif

        _print_json(sarif(findings))
    elif format == "json":
        _print_json(findings)
    elif not findings:
        _say(f"{corpus or 'corpus'}: no problems")
    if findings:
        raise CorpusError(findings if format == "text" else [])


@app.command
def show(
    document: str,
    corpus: Path | None = None,
    *,
    layer: Literal["mentions", "claims"] | None = None,
    paragraph: str | None = None,
    json: Json = False,
) -> None:
    """Print a document with its annotations.

    Example: corpus-tools show 000_7638b35d37ae38e0 --paragraph p3

    Parameters
    ----------
    document
        The document's id.
    corpus
        The folder of the corpus; by default ./corpus, or where that is none, the one that comes with the package.
    layer
        Only this layer.
    paragraph
        Only this paragraph: p3.
    """
    records = corpus_tools.show(document, corpus, layer, paragraph)
    if json:
        return _print_json(records)
    from corpus_tools.terminal import print_document

    return print_document(_Console(), records)


@app.command
def stats(corpus: Path | None = None, *, json: Json = False) -> None:
    """Count what a corpus holds, by table, split, language, annotator, type, role, source and more.

    Example: corpus-tools stats

    Parameters
    ----------
    corpus
        The folder of the corpus; by default ./corpus, or where that is none, the one that comes with the package.
    """
    counts = corpus_tools.stats(corpus)
    if json:
        return _print_json(counts)
    from corpus_tools.terminal import print_stats

    return print_stats(_Console(), counts)


@app.command
def query(sql: str, corpus: Path | None = None, *, format: Literal["table", "csv", "json"] = "table") -> None:
    """Run a SELECT over the tables documents, paragraphs, entities, mentions and claims.

    The SQL is DuckDB's; it can read these tables and nothing else. DESCRIBE claims lists the columns.

    Example: corpus-tools query "SELECT type, count(*) AS claims FROM claims GROUP BY type"

    Parameters
    ----------
    sql
        The query.
    corpus
        The folder of the corpus; by default ./corpus, or where that is none, the one that comes with the package.
    format
        How to print the rows: a table shows the first thousand, csv and json (an array of objects) all.
    """
    _bound_memory()
    answer = corpus_tools.query(sql, corpus)
    from corpus_tools import rows

    match format:
        case "table":
            rows.print_table(_Console(), answer.columns, answer.rows)
        case "csv":
            rows.write_csv(_data_out(), answer.columns, answer.rows)
        case "json":
            rows.write_json(_data_out(), answer.columns, answer.rows)


@app.command
def schema(table: str | None = None, *, json: Json = False) -> None:
    """Print the fields of a table, or of a seed file: annotations, metadata, corpus.

    Example: corpus-tools schema claims

    Parameters
    ----------
    table
        The table or seed file; by default all.
    json
        Print the JSON Schema.
    """
    found = corpus_tools.schema(table)
    if json:
        return _print_json(found)
    from corpus_tools.terminal import print_fields

    return print_fields(_Console(), {table: found} if table else found)


@app.command
def new(folder: Path, *, annotator: str = "a1", language: str | None = None, rights: str | None = None, json: Json = False) -> None:
    """Write what a folder of Markdown and text files lacks to be built: metadata, annotation files to fill in, corpus.yaml.

    Nothing that is there is changed. What only you can know is left empty, and listed with file and line.

    Example: corpus-tools new articles --language en

    Parameters
    ----------
    folder
        The folder; each source in it is a document.
    annotator
        Whose annotation files are written.
    language
        Language of the new documents: en, de, pt-BR.
    rights
        What holds for the texts of the new documents.
    """
    result = corpus_tools.new(folder, annotator, language, rights)
    if json:
        return _print_json(result)
    from corpus_tools.terminal import print_new

    return print_new(_Console(), folder, result)


@app.command
def trace(id: str, corpus: Path | None = None, *, seeds: Path = Path("seeds"), json: Json = False) -> None:
    """Lead from a record to the line of its annotation file and to the bytes of its source.

    Example: corpus-tools trace gold/c12

    Parameters
    ----------
    id
        The record: document/annotator/record, document/paragraph, document, or as much of the end as only one record has.
    corpus
        The folder of the corpus; by default ./corpus, or where that is none, the one that comes with the package.
    seeds
        The folder of seeds that the corpus was built from.
    """
    traced = corpus_tools.trace(id, corpus, seeds)
    if json:
        return _print_json(traced)
    from corpus_tools.terminal import print_trace

    return print_trace(_Console(), traced)


@app.command
def load(
    table: str,
    path: Path | None = None,
    *,
    split: Annotated[str | None, Parameter(negative_none="no-")] = "train",
    streaming: bool = False,
    json: Json = False,
) -> None:
    """Load a table with `datasets` and print what it holds.

    Example: corpus-tools load claims

    Parameters
    ----------
    table
        documents, paragraphs, entities, mentions or claims.
    path
        The folder of a corpus; by default the one that comes with the package.
    split
        The split; --no-split loads all of them.
    streaming
        Read as the rows are asked for.
    json
        Print the rows, one JSON object a line.
    """
    loaded = corpus_tools.load(table, path, split, streaming)
    if not json:
        return print(loaded)
    from corpus_tools import rows

    for dataset in loaded.values() if isinstance(loaded, dict) else [loaded]:
        rows.write_json_lines(_data_out(), dataset)
    return None


_QUERY_MEMORY = 4 << 30


def _bound_memory() -> None:
    """Bound the memory of this process: DuckDB bounds its own, but does not count the long strings that a query makes up."""
    try:
        import resource
    except ImportError:  # not on this system
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    within_hard = hard == resource.RLIM_INFINITY or hard > _QUERY_MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (_QUERY_MEMORY if within_hard else hard, hard))


def _data_out() -> TextIO:
    """Standard output for data: UTF-8 whatever the terminal's encoding."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    return sys.stdout


def _print_json(value: Any) -> None:
    import json

    import msgspec

    text = json.dumps(msgspec.to_builtins(value), indent=1, ensure_ascii=False)
    # UTF-8 whatever the terminal's encoding. File names that are not UTF-8 have surrogates; their escapes are those of JSON.
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    given = sys.argv[1:] if arguments is None else arguments
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    call = lambda: app(given, exit_on_error=False, print_error=False, result_action="return_value")  # noqa: E731
    sys.exit(_run(call, "--json" in given))


def _run(command: Callable[[], Any], json: bool) -> int:
    """Run a command to its last byte of output. Returns the exit status; 141 when nobody reads the output, as shells have it."""
    try:
        status = _status(command, json)
        sys.stdout.flush()
        return status
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is flushed at the very end must have somewhere to go
        if isinstance(error, BrokenPipeError):
            return 141
        _complain(f"{error.filename or 'output'}: {error.strerror or error}")
        return 2


def _status(command: Callable[[], Any], json: bool) -> int:
    """Run a command; say what went wrong on stderr (or, with --json, findings on stdout)."""
    try:
        command()
    except CorpusError as error:
        if not error.findings:  # printed already
            return 1
        if json:
            _print_json(error.findings)
        else:
            from corpus_tools.terminal import print_findings

            print_findings(_Console(stderr=True), error.findings)
        return 1
    except (UsageError, CycloptsError) as error:
        _complain(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _say(message: str) -> None:
    from corpus_tools.terminal import visible

    _Console().print(visible(message), soft_wrap=True)


def _complain(message: str) -> None:
    from corpus_tools.terminal import visible

    _Console(stderr=True).print(f"corpus-tools: {visible(message)}", style="red", soft_wrap=True)
