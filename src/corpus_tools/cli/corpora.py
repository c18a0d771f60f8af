"""Verbs that make, check, show and load corpora."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

import corpus_tools
from corpus_tools.cli.app import Json, app
from corpus_tools.cli.console import Terminal, bound_memory, data_out, print_json, progress, say
from corpus_tools.findings import CorpusError


@app.command
def build(
    seeds: Path = Path("seeds"),
    corpus: Path = Path("corpus"),
    *,
    workers: int | None = None,
    executor: str | None = None,
    json: Json = False,
) -> None:
    """Build a corpus from a folder of seeds.

    All or nothing: with any problem the former corpus stays as it was. A build that was stopped goes on where it was.

    Example: corpus-tools build seeds corpus

    Parameters
    ----------
    seeds
        The folder of sources, metadata and annotations.
    corpus
        The folder that is made.
    workers
        How many processes work; by default as many as there are cores.
    executor
        A Dask scheduler, whose workers do it instead: dask://HOST:PORT.
    """
    with progress():
        manifest = corpus_tools.build(seeds, corpus, workers, executor)
    return print_json(manifest) if json else _print_built(corpus, manifest)


def _print_built(corpus: Path, manifest: Mapping[str, Any]) -> None:
    rows = ", ".join(f"{table['rows']} {name}" for name, table in manifest["tables"].items() if table["rows"])
    say(f"{corpus}: {rows}. Next: corpus-tools show DOCUMENT")


@app.command
def reshard(
    shards: int,
    seeds: Path = Path("seeds"),
    corpus: Path = Path("corpus"),
    *,
    workers: int | None = None,
    executor: str | None = None,
    json: Json = False,
) -> None:
    """Build a corpus anew with another number of shards, which later builds keep.

    A first build chooses the number by the size of the seeds; a corpus that grew tenfold since may want more.

    Example: corpus-tools reshard 2 seeds corpus

    Parameters
    ----------
    shards
        How many: a power of two.
    seeds
        The folder of sources, metadata and annotations.
    corpus
        The folder of the corpus.
    workers
        How many processes work; by default as many as there are cores.
    executor
        A Dask scheduler, whose workers do it instead: dask://HOST:PORT.
    """
    with progress():
        manifest = corpus_tools.reshard(shards, seeds, corpus, workers, executor)
    return print_json(manifest) if json else _print_built(corpus, manifest)


@app.command
def check(
    corpus: Path | None = None,
    *,
    against: Path | None = None,
    read: Literal["jsonl", "parquet"] | None = None,
    workers: int | None = None,
    executor: str | None = None,
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
    workers
        How many processes work; by default as many as there are cores.
    executor
        A Dask scheduler, whose workers do it instead: dask://HOST:PORT.
    format
        How to print the problems.
    """
    with progress():
        findings = corpus_tools.check(corpus, against, read, workers, executor)
    if format == "sarif":
        from corpus_tools.sarif import sarif

        print_json(sarif(findings))
    elif format == "json":
        print_json(findings)
    elif not findings:
        from corpus_tools.cli.summaries import unchecked

        say(f"{corpus or 'corpus'}: no problems{unchecked(corpus)}")
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
        return print_json(records)
    from corpus_tools.cli.terminal import print_document

    return print_document(Terminal(), records)


@app.command
def stats(corpus: Path | None = None, *, plots: Path | None = None, json: Json = False) -> None:
    """Count what a corpus holds, by table, split, language, annotator, type, role, source and more.

    Example: corpus-tools stats

    Parameters
    ----------
    corpus
        The folder of the corpus; by default ./corpus, or where that is none, the one that comes with the package.
    plots
        A folder to draw the counts into, as SVG and PNG (with the extra `plots`).
    """
    counts = corpus_tools.stats(corpus, plots)
    if json:
        return print_json(counts)
    from corpus_tools.cli.terminal import print_stats

    return print_stats(Terminal(), counts)


@app.command
def query(sql: str, corpus: Path | None = None, *, format: Literal["table", "csv", "json"] = "table") -> None:
    """Run a SELECT over the tables documents, paragraphs, entities, mentions, claims and "foreign" (in SQL that name is quoted).

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
    bound_memory()
    answer = corpus_tools.query(sql, corpus)
    from corpus_tools.cli import rows

    match format:
        case "table":
            rows.print_table(Terminal(), answer.columns, answer.rows)
        case "csv":
            rows.write_csv(data_out(), answer.columns, answer.rows)
        case "json":
            rows.write_json(data_out(), answer.columns, answer.rows)


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
        return print_json(found)
    from corpus_tools.cli.terminal import print_fields

    return print_fields(Terminal(), {table: found} if table else found)


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
        return print_json(result)
    from corpus_tools.cli.terminal import print_new

    return print_new(Terminal(), folder, result)


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
        return print_json(traced)
    from corpus_tools.cli.terminal import print_trace

    return print_trace(Terminal(), traced)


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
        documents, paragraphs, entities, mentions, claims or foreign.
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
    from corpus_tools.cli import rows

    for dataset in loaded.values() if isinstance(loaded, dict) else [loaded]:
        rows.write_json_lines(data_out(), dataset)
    return None
