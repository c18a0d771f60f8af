"""The table of all kinds of corruption, filled by the modules that define them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

from .corpora import Corpus, Doc, Files, Sign, sign_all, sign_files

AGAINST = "against-seeds"
OnDocument = Callable[[Doc, Corpus], Iterator[Doc]]
OnFiles = Callable[[Corpus], Iterator[Files]]


class Kind(NamedTuple):
    """A kind of corruption.

    ``rules`` are those of which one must report it once it is re-signed; without any it is tried as is alone. Where the rule is `AGAINST`,
    no rule on the corpus alone can see every case, and ``why`` says why. ``sign`` is how the tracks of a change to files are covered.
    """

    name: str
    about: str
    rules: tuple[str, ...]
    why: str
    on_document: OnDocument | None
    on_files: OnFiles | None
    sign: Sign


KINDS: dict[str, Kind] = {}


def document_kind(*rules: str, why: str = "") -> Callable[[OnDocument], OnDocument]:
    """Register a kind that corrupts the records of one document."""

    def register(make: OnDocument) -> OnDocument:
        _add(Kind(_name(make), _about(make), rules, why, make, None, sign_all))
        return make

    return register


def files_kind(*rules: str, why: str = "", sign: Sign = sign_files) -> Callable[[OnFiles], OnFiles]:
    """Register a kind that corrupts the files of a corpus."""

    def register(make: OnFiles) -> OnFiles:
        _add(Kind(_name(make), _about(make), rules, why, None, make, sign))
        return make

    return register


def _add(kind: Kind) -> None:
    assert kind.name not in KINDS, kind.name
    assert (AGAINST in kind.rules) == bool(kind.why), kind.name
    KINDS[kind.name] = kind


def _name(make: Callable[..., object]) -> str:
    return make.__name__.replace("_", "-")


def _about(make: Callable[..., object]) -> str:
    return (make.__doc__ or "").splitlines()[0].rstrip(".")


def all_kinds() -> dict[str, Kind]:
    """All kinds by name, in the order of their modules."""
    for module in ("spans", "documents", "annotations", "claims", "values", "lines", "tables", "parquet", "pages"):
        import_module(f"{__package__}.{module}")
    return KINDS
