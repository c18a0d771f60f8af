"""Stand-off annotated corpora, every span proven against the text and the source bytes.

The public functions are those of the command line, with the same names and arguments. They are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus_tools.building import build, reshard
    from corpus_tools.checking import check
    from corpus_tools.comparing.revisions import diff
    from corpus_tools.corpus import load, show
    from corpus_tools.counts import stats
    from corpus_tools.exporting import export
    from corpus_tools.findings import CorpusError, Finding, UsageError
    from corpus_tools.importing import import_
    from corpus_tools.labels import mention_spans, token_labels
    from corpus_tools.mending.doctoring import doctor
    from corpus_tools.moving.reanchoring import reanchor
    from corpus_tools.releasing.hydration import hydrate
    from corpus_tools.releasing.packing import release
    from corpus_tools.releasing.verifying import verify_release
    from corpus_tools.schemas import schema
    from corpus_tools.scoring.agreeing import agreement
    from corpus_tools.scoring.golden import score
    from corpus_tools.skeleton import new
    from corpus_tools.sql import query
    from corpus_tools.tracing import trace
    from corpus_tools.viewing.site import view

# No module may have the name of a function here: once imported it would stand in the function's place.
_PUBLIC = {
    "agreement": "scoring.agreeing",
    "build": "building",
    "check": "checking",
    "export": "exporting",
    "import_": "importing",
    "diff": "comparing.revisions",
    "doctor": "mending.doctoring",
    "hydrate": "releasing.hydration",
    "load": "corpus",
    "mention_spans": "labels",
    "new": "skeleton",
    "query": "sql",
    "reanchor": "moving.reanchoring",
    "release": "releasing.packing",
    "reshard": "building",
    "schema": "schemas",
    "score": "scoring.golden",
    "show": "corpus",
    "stats": "counts",
    "token_labels": "labels",
    "trace": "tracing",
    "verify_release": "releasing.verifying",
    "view": "viewing.site",
    "CorpusError": "findings",
    "Finding": "findings",
    "UsageError": "findings",
}

__all__ = [
    "CorpusError",
    "Finding",
    "UsageError",
    "agreement",
    "build",
    "check",
    "diff",
    "doctor",
    "export",
    "hydrate",
    "import_",
    "load",
    "mention_spans",
    "new",
    "query",
    "reanchor",
    "release",
    "reshard",
    "schema",
    "score",
    "show",
    "stats",
    "token_labels",
    "trace",
    "verify_release",
    "view",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return __all__
