"""Integrity rules across the records of one document.

A rule is a function ``(bundle, config) -> findings``, registered by `rule`: its name, with dashes, is the rule's name, and the
first line of its docstring stands in the published table. Findings name an annotation as ``annotator/id``, a paragraph by its id.
Every module of this folder is loaded; a rule is added by writing it in the one where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from itertools import pairwise
from operator import le
from pkgutil import iter_modules
from typing import Any

from corpus_tools.findings import Finding
from corpus_tools.records import Claim, Document, Entity, Foreign, Fragment, Mention, Paragraph
from corpus_tools.schemas import TABLES

Annotation = Entity | Mention | Claim | Foreign


@dataclass(frozen=True, eq=False)
class Bundle:
    """All records of one document, and lists of them that many rules look at."""

    document: Document
    paragraphs: list[Paragraph]
    entities: list[Entity]
    mentions: list[Mention]
    claims: list[Claim]
    foreign: list[Foreign]

    @cached_property
    def layers(self) -> tuple[Sequence[Annotation], ...]:
        """The annotations by layer."""
        return self.entities, self.mentions, self.claims, self.foreign

    @cached_property
    def fragment_lists(self) -> list[tuple[Mention | Claim, list[Fragment]]]:
        """All lists of fragments inside a paragraph that hold any, each with its record."""
        lists: list[tuple[Mention | Claim, list[Fragment]]] = [(m, m.fragments) for m in self.mentions]
        lists += [(c, part) for c in self.claims for part in (c.content, c.source, c.cue, c.scare_quotes) if part]
        return lists

    @cached_property
    def are_in_order(self) -> list[bool]:
        """Of each layer, whether its annotations stand in the order of their places."""
        return [_stand_in_order(layer) for layer in self.layers]

    @cached_property
    def mentioned(self) -> set[tuple[str, str]]:
        """The entities that have a mention, each as annotator and id."""
        return {(m.annotator, m.entity_id) for m in self.mentions}


def tables_of(bundle: Bundle) -> dict[str, list[Any]]:
    """The records of a document by table."""
    return {"documents": [bundle.document], **{table: getattr(bundle, table) for table in TABLES[1:]}}


Rule = Callable[[Bundle, dict[str, Any]], Iterator[Finding]]
_registered: dict[str, Rule] = {}
_needing_text: list[str] = []


def rule(function: Rule) -> Rule:
    """Register a rule."""
    _registered[function.__name__.replace("_", "-")] = function
    return function


def text_rule(function: Rule) -> Rule:
    """Register a rule that reads the text: it says nothing on a document whose text is not there."""
    _needing_text.append(function.__name__.replace("_", "-"))
    return rule(function)


def rules_on_text() -> list[str]:
    """The names of the rules that read the text."""
    rules()
    return sorted(_needing_text)


@cache
def rules() -> dict[str, Rule]:
    """All rules on a document, by name."""
    for info in iter_modules(__path__):
        import_module(f"{__name__}.{info.name}")
    return dict(_registered)


def check_bundle(bundle: Bundle, config: dict[str, Any], proven: Sequence[str] = ()) -> list[Finding]:
    """All findings of all rules on one document. ``config`` is the corpus's corpus.yaml; ``proven``: rules that are known to hold."""
    skipped = proven if bundle.document.text_status == "included" else [*proven, *rules_on_text()]
    return [finding for name, function in rules().items() if name not in skipped for finding in function(bundle, config)]


def found_in(bundle: Bundle, rule: str, record: str, found: str, expected: str, nearest: str = "") -> Finding:
    """A finding on a record of a document."""
    return Finding(rule=rule, document=bundle.document.doc_id, record=record, found=found, expected=expected, nearest=nearest)


def id_of(record: Annotation) -> str:
    """The id of an annotation, by itself."""
    if isinstance(record, Mention):
        return record.mention_id
    if isinstance(record, Claim):
        return record.claim_id
    return record.entity_id if isinstance(record, Entity) else record.id


def name_of(record: Annotation) -> str:
    """How findings name an annotation."""
    return f"{record.annotator}/{id_of(record)}"


def _foreign_place(record: Foreign) -> tuple[str, int, int, str]:
    start, end = (record.fragments[0].start, record.fragments[-1].end) if record.fragments else (0, 0)
    return record.annotator, start, -end, record.id


# What the annotations of each layer are ordered by, for a list of them.
_ORDER: dict[type, Callable[[Any], list[tuple[str, int, int, str]]]] = {
    Entity: lambda entities: [(e.annotator, 0, 0, e.entity_id) for e in entities],
    Mention: lambda mentions: [(m.annotator, m.start, -m.end, m.mention_id) for m in mentions],
    Claim: lambda claims: [(c.annotator, c.content[0].start, -c.content[-1].end, c.claim_id) for c in claims],
    Foreign: lambda records: [_foreign_place(r) for r in records],
}


def places_of(layer: Sequence[Annotation]) -> list[tuple[str, int, int, str]]:
    """What the annotations of a layer are ordered by."""
    return _ORDER[type(layer[0])](layer) if layer else []


def _stand_in_order(layer: Sequence[Annotation]) -> bool:
    """Whether annotations stand in the order of their places. Of mentions, by far the most, most begin behind the one before."""
    if layer and isinstance(layer[0], Mention):
        neighbours: Any = pairwise(layer)
        pairs = [(a, b) for a, b in neighbours if a.start >= b.start or a.annotator != b.annotator]
        return all(map(le, places_of([a for a, _ in pairs]), places_of([b for _, b in pairs])))
    places = places_of(layer)
    return all(map(le, places, places[1:]))


def place_of(record: Annotation) -> tuple[str, int, int, str]:
    """What annotations are ordered by."""
    return places_of([record])[0]
