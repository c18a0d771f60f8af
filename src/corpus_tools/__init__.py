"""Stand-off annotated corpora, every span proven against the text and the source bytes.

The public functions are those of the command line, with the same names and arguments. They are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus_tools.checking import check
    from corpus_tools.corpus import build, load, show
    from corpus_tools.findings import CorpusError, Finding, UsageError

# No module may have the name of a function here: once imported it would stand in the function's place.
_PUBLIC = {
    "build": "corpus",
    "check": "checking",
    "load": "corpus",
    "show": "corpus",
    "CorpusError": "findings",
    "Finding": "findings",
    "UsageError": "findings",
}

__all__ = ["CorpusError", "Finding", "UsageError", "build", "check", "load", "show"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return __all__
