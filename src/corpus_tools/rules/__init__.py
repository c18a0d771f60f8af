"""Integrity rules across the records of one document.

A rule is a function ``(bundle, config) -> findings``, registered by `rule`: its name, with dashes, is the rule's name, and the
first line of its docstring stands in the published table. Findings name an annotation as ``annotator/id``, a paragraph by its id.
Every module of this folder is loaded; a rule is added by writing it in the one where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple

from corpus_tools.findings import Finding
from corpus_tools.records import Claim, Document, Entity, Fragment, Mention, Paragraph
from corpus_tools.schemas import TABLES


class Bundle(NamedTuple):
    """All records of one document."""

    document: Document
    paragraphs: list[Paragraph]
    entities: list[Entity]
    mentions: list[Mention]
    claims: list[Claim]


def tables_of(bundle: Bundle) -> dict[str, list[Any]]:
    """The records of a document by table."""
    return {"documents": [bundle.document], **{table: getattr(bundle, table) for table in TABLES[1:]}}


Rule = Callable[[Bundle, dict[str, Any]], Iterator[Finding]]
_registered: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    """Register a rule."""
    _registered[function.__name__.replace("_", "-")] = function
    return function


@cache
def rules() -> dict[str, Rule]:
    """All rules on a document, by name."""
    for info in iter_modules(__path__):
        import_module(f"{__name__}.{info.name}")
    return dict(_registered)


def check_bundle(bundle: Bundle, config: dict[str, Any]) -> list[Finding]:
    """All findings of all rules on one document. ``config`` is the corpus's corpus.yaml."""
    return [finding for function in rules().values() for finding in function(bundle, config)]


def found_in(bundle: Bundle, rule: str, record: str, found: str, expected: str, nearest: str = "") -> Finding:
    """A finding on a record of a document."""
    return Finding(rule=rule, document=bundle.document.doc_id, record=record, found=found, expected=expected, nearest=nearest)


def name_of(record: Entity | Mention | Claim) -> str:
    """How findings name an annotation."""
    if isinstance(record, Mention):
        return f"{record.annotator}/{record.mention_id}"
    return f"{record.annotator}/{record.entity_id if isinstance(record, Entity) else record.claim_id}"


def place_of(record: Entity | Mention | Claim) -> tuple[str, int, int, str]:
    """What annotations are ordered by."""
    if isinstance(record, Mention):
        return record.annotator, record.start, -record.end, record.mention_id
    if isinstance(record, Entity):
        return record.annotator, 0, 0, record.entity_id
    return record.annotator, record.content[0].start, -record.content[-1].end, record.claim_id


def fragment_lists(bundle: Bundle) -> list[tuple[Mention | Claim, list[Fragment]]]:
    """All lists of fragments that hold any, each with its record."""
    lists: list[tuple[Mention | Claim, list[Fragment]]] = [(m, m.fragments) for m in bundle.mentions]
    lists += [(c, part) for c in bundle.claims for part in (c.content, c.source, c.cue, c.scare_quotes) if part]
    return lists
