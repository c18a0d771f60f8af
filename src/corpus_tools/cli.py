"""The command line: parses, calls one public function, and renders what it gives.

Exit status: 0 clean, 1 problems found in the data, 2 wrong use or unreadable input.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

import corpus_tools
from corpus_tools.console import Terminal, bound_memory, data_out, print_json, run, say
from corpus_tools.findings import CorpusError

app = App(
    name="corpus-tools", help="Build, check and use stand-off annotated corpora.", help_format="plaintext", console=Terminal()
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
        return print_json(manifest)
    rows = ", ".join(f"{table['rows']} {name}" for name, table in manifest["tables"].items())
    return say(f"{corpus}: {rows}. Next: corpus-tools show DOCUMENT")


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

        print_json(sarif(findings))
    elif format == "json":
        print_json(findings)
    elif not findings:
        say(f"{corpus or 'corpus'}: no problems")
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
    from corpus_tools.terminal import print_document

    return print_document(Terminal(), records)


@app.command
def doctor(path: Path, *, apply: Path | None = None, details: bool = False, json: Json = False) -> None:
    """Find spans whose text does not match, and say why, for each file as a whole.

    Exit status 1 when there are any.

    Example: corpus-tools doctor corpus

    Parameters
    ----------
    path
        A brat folder or file, a folder of seeds, or a corpus.
    apply
        Write a mended copy to this new folder. Only spans whose place is sure are changed.
    details
        Print the evidence for every file and every span, as a diff.
    """
    report = corpus_tools.doctor(path, apply)
    if json:
        print_json(report)
    else:
        from corpus_tools.reports import print_report

        print_report(Terminal(), report, details)
    if not report.clean:
        raise CorpusError([] if json else report.unread)


@app.command
def reanchor(seeds: Path, doc: str, new_source: Path, out: Path, *, json: Json = False) -> None:
    """Move the annotations of a document to a new version of its source.

    Exit status 1 when words of annotations changed or are gone; all such are listed.

    Example: corpus-tools reanchor seeds 000_7638b35d37ae38e0 seeds/000_7638b35d37ae38e0.txt moved

    Parameters
    ----------
    seeds
        The folder of seeds.
    doc
        The document's id.
    new_source
        The file that takes the source's place.
    out
        A new folder for the seeds of this document.
    """
    report = corpus_tools.reanchor(seeds, doc, new_source, out)
    if json:
        print_json(report)
    else:
        from corpus_tools.reports import print_reanchored

        print_reanchored(Terminal(), report)
    if not report.clean:
        raise CorpusError([] if json else report.problems)


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
        return print_json(counts)
    from corpus_tools.terminal import print_stats

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
    from corpus_tools import rows

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
    from corpus_tools.terminal import print_fields

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
    from corpus_tools.terminal import print_new

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
    from corpus_tools.terminal import print_trace

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
    from corpus_tools import rows

    for dataset in loaded.values() if isinstance(loaded, dict) else [loaded]:
        rows.write_json_lines(data_out(), dataset)
    return None


@app.command(name="import")
def import_(format: str, path: Path, seeds: Path, *, keep_going: bool = False, json: Json = False) -> None:
    """Import somebody else's corpus into a new or empty folder of seeds, which build takes like any other.

    All or nothing: with any problem nothing is written. Exit status 1 when there are problems.

    Example: corpus-tools import brat annotated seeds

    Parameters
    ----------
    format
        The name of the format (docs/formats.md lists them).
    path
        A file or folder of it.
    seeds
        The folder that is made.
    keep_going
        Import what is sound, and say what is not.
    """
    report = corpus_tools.import_(format, path, seeds, keep_going)
    if json:
        print_json(report)
        if report.findings:
            raise CorpusError([])
        return
    from corpus_tools.summaries import import_summary

    for line in import_summary(report, seeds):
        say(line)
    if report.findings:
        raise CorpusError(report.findings)


@app.command
def export(format: str, corpus: Path, out: Path, *, json: Json = False) -> None:
    """Write a corpus in another format, and say what that cannot hold.

    Example: corpus-tools export brat corpus annotated

    Parameters
    ----------
    format
        The name of the format (docs/formats.md lists them).
    corpus
        The folder of the corpus.
    out
        The folder that is made.
    """
    report = corpus_tools.export(format, corpus, out)
    if json:
        return print_json(report)
    from corpus_tools.summaries import export_summary

    for line in export_summary(report, out):
        say(line)
    return None


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    given = sys.argv[1:] if arguments is None else arguments
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    call = lambda: app(given, exit_on_error=False, print_error=False, result_action="return_value")  # noqa: E731
    sys.exit(run(call, "--json" in given))
