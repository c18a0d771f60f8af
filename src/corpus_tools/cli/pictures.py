"""Verbs for looking at a corpus."""

from __future__ import annotations

from pathlib import Path

import corpus_tools
from corpus_tools.cli.app import Json, app
from corpus_tools.cli.console import Terminal, print_json, say


@app.command
def view(corpus: Path, out: Path, *, json: Json = False) -> None:
    """Write a corpus as a static site that a browser opens without a server or a network: a page a document, and one for the whole.

    Example: corpus-tools view corpus pages

    Parameters
    ----------
    corpus
        The folder of the corpus.
    out
        The folder that is made; an earlier site there is replaced.
    """
    with Terminal(stderr=True).status("writing the pages"):
        site = corpus_tools.view(corpus, out)
    if json:
        return print_json(site)
    from corpus_tools.cli.summaries import view_summary

    for line in view_summary(site, out):
        say(line)
    return None
