"""A corpus -> the files of a static site."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from corpus_tools.bundles import sound_bundles
from corpus_tools.files import read_manifest
from corpus_tools.findings import UsageError
from corpus_tools.hydrationfile import is_without_texts
from corpus_tools.plotting.drawing import installed
from corpus_tools.plotting.plotfiles import corpus_tallies
from corpus_tools.remote import brought_here
from corpus_tools.rules import Bundle
from corpus_tools.swap import put_in_place, staging_for
from corpus_tools.viewing.overview import drawn, overview_page
from corpus_tools.viewing.pages import document_page
from corpus_tools.viewing.rendering import GENERATOR, render

INDEX, PAGES = "index.html", "documents"


class Site(msgspec.Struct):
    """What was written: the page to open first, the number of documents, and the names of the plots on it."""

    index: str
    documents: int
    plots: list[str]


def view(corpus: Path | str, out: Path | str) -> Site:
    """Write a corpus as a static site: ``index.html``, and one page a document in ``documents/``.

    Each page is whole in one file and needs no network and no server. The address of a record is ``documents/DOC.html#ANNOTATOR/ID``,
    which stays the same when the site is made anew. One document is in memory at a time. The index has plots where matplotlib is
    installed (the extra ``plots``).

    Args:
        corpus: the folder of the corpus.
        out: the folder that is made: a new or empty one, or that of an earlier site, whose pages go.

    Raises:
        CorpusError: the corpus is not sound; all problems are listed, and nothing was written.
        UsageError: no such corpus, or one without its texts; the folder holds something else, or cannot be written.
    """
    corpus, shown, out = brought_here(corpus), Path(out), Path(os.path.realpath(out))
    manifest = read_manifest(corpus)
    if is_without_texts(manifest):
        raise UsageError(f"{corpus}: its texts are withheld, so there is nothing to view; corpus-tools hydrate brings them back")
    _must_be_ours(out)
    try:
        with staging_for(out) as staging:
            (staging / PAGES).mkdir()
            rows = []
            for bundle in sound_bundles(corpus, manifest):
                page = render("document.html", document_page(bundle, manifest["corpus"]))
                _write(staging / PAGES / f"{bundle.document.doc_id}.html", page)
                rows.append(_row(bundle))
            plots = drawn(corpus_tallies(corpus, manifest)) if installed() else []
            _write(staging / INDEX, render("index.html", overview_page(manifest, rows, plots)))
            put_in_place(staging, out, (INDEX, PAGES))
    except OSError as error:
        raise UsageError(f"{error.filename or out}: {error.strerror or error}; the former site is as it was") from error
    return Site(str(shown / INDEX), len(rows), [plot["name"] for plot in plots])


def _must_be_ours(out: Path) -> None:
    """Raise unless there is nothing yet, an empty folder, or a site of ours."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: not a folder")
    if not out.is_dir() or not any(out.iterdir()):
        return
    index = out / INDEX
    if not index.is_file() or GENERATOR not in index.read_text("utf-8", "replace")[:1000]:
        raise UsageError(f"{out}: holds files, but not the site of a corpus; nothing there was touched")


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")


def _row(bundle: Bundle) -> Mapping[str, Any]:
    """A document in the list of all."""
    document = bundle.document
    return {
        "id": document.doc_id,
        "title": document.title,
        "published": document.published or "",
        "publisher": document.publisher or "",
        "language": document.language,
        "characters": bundle.paragraphs[-1].end if bundle.paragraphs else 0,
        "entities": len(bundle.entities),
        "mentions": len(bundle.mentions),
        "claims": len(bundle.claims),
    }
