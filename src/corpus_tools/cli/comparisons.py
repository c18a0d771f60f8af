"""Verbs that compare: annotations with a gold standard, annotators with each other, a corpus with its former version."""

from __future__ import annotations

from pathlib import Path

import corpus_tools
from corpus_tools.cli.app import Json, app
from corpus_tools.cli.console import Terminal, print_json
from corpus_tools.findings import CorpusError


@app.command
def score(
    gold: Path,
    other: Path,
    *,
    annotator: str | None = None,
    other_annotator: str | None = None,
    seeds: Path | None = None,
    other_seeds: Path | None = None,
    page: Path | None = None,
    details: bool = False,
    json: Json = False,
) -> None:
    """Score the annotations of a corpus against a gold standard: mentions, coreference, claims. docs/scoring.md says how.

    Example: corpus-tools score corpus corpus

    Parameters
    ----------
    gold
        The folder of the corpus that is taken for right.
    other
        The folder of the corpus that is scored; with --annotator and --other-annotator it may be the same.
    annotator
        Whose annotations are the gold; by default the only annotator, or all when both corpora have the same ones.
    other_annotator
        Whose annotations are scored, likewise.
    seeds
        The seeds of the gold corpus: places are then lines of its annotation files.
    other_seeds
        The seeds of the other corpus, likewise.
    page
        An HTML file to write: the tables, what is confused, and every place where the two differ, with its words in context.
    details
        Print every place where the two differ.
    """
    with Terminal(stderr=True).status("comparing"):
        scores = corpus_tools.score(gold, other, annotator, other_annotator, seeds, other_seeds, page)
    if json:
        return print_json(scores)
    from corpus_tools.cli.scorecards import print_scores

    print_scores(Terminal(), scores, details)
    return _print_page(page)


@app.command
def agreement(corpus: Path | None = None, *, json: Json = False) -> None:
    """Measure how far the annotators of a corpus agree. docs/scoring.md says how.

    Example: corpus-tools agreement corpus

    Parameters
    ----------
    corpus
        The folder of the corpus; by default ./corpus, or where that is none, the one that comes with the package.
    """
    with Terminal(stderr=True).status("measuring"):
        measured = corpus_tools.agreement(corpus)
    if json:
        return print_json(measured)
    from corpus_tools.cli.scorecards import print_agreement

    return print_agreement(Terminal(), measured)


@app.command
def diff(old: Path, new: Path, *, page: Path | None = None, details: bool = False, json: Json = False) -> None:
    """Tell what changed from one version of a corpus to another, and which part of the version must rise (docs/versions.md).

    Exit status 1 when something changed and the version did not rise enough.

    Example: corpus-tools diff corpus corpus

    Parameters
    ----------
    old
        The folder of the former version.
    new
        The folder of the new version.
    page
        An HTML file to write: all changes, old and new words side by side, and what the version must be.
    details
        Print every change, those of ids alone and of spans that moved with the text too; otherwise the first of each document.
    """
    with Terminal(stderr=True).status("comparing"):
        found = corpus_tools.diff(old, new, page)
    if json:
        print_json(found)
    else:
        from corpus_tools.cli.diffs import print_diff

        print_diff(Terminal(), found, details)
        _print_page(page)
    if not found.risen:
        raise CorpusError([])


def _print_page(page: Path | None) -> None:
    if page is not None:
        from corpus_tools.cli.terminal import print_line

        print_line(Terminal(), f"Next: open {page} in a browser")
