"""Verbs for what comes from elsewhere: other formats, offsets that are off, sources that changed."""

from __future__ import annotations

from pathlib import Path

import corpus_tools
from corpus_tools.cli.app import Json, app
from corpus_tools.cli.console import Terminal, print_json, say
from corpus_tools.findings import CorpusError


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
    from corpus_tools.cli.summaries import import_summary

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
    from corpus_tools.cli.summaries import export_summary

    for line in export_summary(report, out):
        say(line)
    return None


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
        from corpus_tools.cli.reports import print_report

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
        from corpus_tools.cli.reports import print_reanchored

        print_reanchored(Terminal(), report)
    if not report.clean:
        raise CorpusError([] if json else report.problems)
