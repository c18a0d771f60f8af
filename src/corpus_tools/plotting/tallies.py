"""What the plots of a corpus show, as tables of numbers. One document is in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from corpus_tools.records import Claim
from corpus_tools.rules import Bundle

SOURCES, ENTITIES, TYPES, BINS, DOCUMENTS = 20, 16, 8, 20, 24  # as many are shown; the parts of a document; documents one by one
STANCES = ("endorses", "neutral", "disputes", "not said")
LAYERS = ("paragraphs", "sentences", "entities", "mentions", "claims")
QUANTILES = {"least": 0.0, "lower quarter": 0.25, "median": 0.5, "upper quarter": 0.75, "most": 1.0}


class Tally(NamedTuple):
    """A table that is plotted: its name, what it shows, and the first line with those below it. The first cell of a line is its label."""

    name: str
    words: str
    head: list[str]
    lines: list[list[Any]]


class _Counts(NamedTuple):
    """What is counted in one walk through a corpus."""

    sources: Counter[tuple[str, str]]  # by source and stance
    own: Counter[str]  # claims of the authors
    entities: Counter[str]  # paragraphs that mention an entity of that name
    mentions: Counter[tuple[str, int]]  # by type and part of the document
    characters: Counter[str]  # once for each annotator of a document
    documents: list[tuple[str, list[int]]]  # the rows of the layers


def tallies(bundles: Callable[[], Iterable[Bundle]]) -> list[Tally]:
    """The tables of a corpus. ``bundles`` gives its documents anew whenever it is called, which happens twice."""
    counts = _Counts(Counter(), Counter(), Counter(), Counter(), Counter(), [])
    for bundle in bundles():
        _count(bundle, counts)
    most = [name for name, _ in _first(counts.entities, ENTITIES)]
    pairs: Counter[tuple[str, str]] = Counter()
    for bundle in bundles():
        for names in _paragraphs(bundle):
            pairs.update(combinations([name for name in most if name in names], 2))
    return [_sources(counts), _together(counts.entities, most, pairs), _density(counts), _layers(counts.documents)]


def _count(bundle: Bundle, counts: _Counts) -> None:
    for claim in bundle.claims:
        if claim.source_kind == "author":
            counts.own["claims"] += 1
        counts.sources.update((source, claim.stance or STANCES[-1]) for source in _sources_of(claim, bundle))
    for names in _paragraphs(bundle):
        counts.entities.update(names)
    length = max((paragraph.end for paragraph in bundle.paragraphs), default=0)
    types = {(entity.annotator, entity.entity_id): entity.type for entity in bundle.entities}
    for mention in bundle.mentions:
        counts.mentions[types[mention.annotator, mention.entity_id], mention.start * BINS // length] += 1
    counts.characters["all"] += length * len({mention.annotator for mention in bundle.mentions})
    sentences = sum(len(paragraph.sentences) for paragraph in bundle.paragraphs)
    rows = [len(bundle.paragraphs), sentences, len(bundle.entities), len(bundle.mentions), len(bundle.claims)]
    counts.documents.append((bundle.document.title or bundle.document.doc_id, rows))


def _sources_of(claim: Claim, bundle: Bundle) -> list[str]:
    """The names of the sources of a claim that is not the author's."""
    names = {(entity.annotator, entity.entity_id): entity.name for entity in bundle.entities}
    named = [names.get((claim.annotator, entity)) or entity for entity in claim.source_entity_ids]
    return named or {"author": [], "absent": ["(nobody named)"]}.get(claim.source_kind, ["(somebody unnamed)"])


def _paragraphs(bundle: Bundle) -> Iterator[set[str]]:
    """The names of the entities in each paragraph, whoever annotated them."""
    names = {(entity.annotator, entity.entity_id): entity.name or entity.entity_id for entity in bundle.entities}
    found: dict[str, set[str]] = {}
    for mention in bundle.mentions:
        found.setdefault(mention.paragraph_id, set()).add(names[mention.annotator, mention.entity_id])
    yield from found.values()


def _first(counts: Counter[str], number: int) -> list[tuple[str, int]]:
    """The most frequent ones; those of the same number by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:number]


def _sources(counts: _Counts) -> Tally:
    totals: Counter[str] = Counter()
    for (source, _), number in counts.sources.items():
        totals[source] += number
    stances = [stance for stance in STANCES if any(key[1] == stance for key in counts.sources)]
    lines = [[source, *(counts.sources[source, stance] for stance in stances)] for source, _ in _first(totals, SOURCES)]
    words = f"Sources by their number of claims, and how the author stands to these. {_some(len(lines), len(totals), 'sources')}"
    return Tally("sources", f"{words} The authors' own {counts.own['claims']} claims are not shown.", ["source", *stances], lines)


def _some(shown: int, there: int, what: str) -> str:
    return f"All {there} {what}." if shown == there else f"The first {shown} of {there} {what}."


def _together(entities: Counter[str], most: Sequence[str], pairs: Counter[tuple[str, str]]) -> Tally:
    def number(a: str, b: str) -> int:
        return entities[a] if a == b else pairs[a, b] + pairs[b, a]

    lines = [[a, *(number(a, b) for b in most)] for a in most]
    words = "Paragraphs in which two entities are mentioned together; on the diagonal those that mention the one."
    return Tally("co-occurrence", f"{words} {_some(len(most), len(entities), 'entities')}", ["entity", *most], lines)


def _density(counts: _Counts) -> Tally:
    totals: Counter[str] = Counter()
    for (name, _), number in counts.mentions.items():
        totals[name] += number
    types = [name for name, _ in _first(totals, TYPES)]
    share = counts.characters["all"] / BINS / 1000
    lines = [
        [f"{part * 100 // BINS}-{(part + 1) * 100 // BINS} %", *(round(counts.mentions[name, part] / share, 2) for name in types)]
        for part in range(BINS if totals else 0)
    ]
    words = "Mentions per 1,000 characters along the document, from its beginning (0 %) to its end, by type."
    return Tally("density", f"{words} {_some(len(types), len(totals), 'types')}", ["part", *types], lines)


def _layers(documents: Sequence[tuple[str, list[int]]]) -> Tally:
    if len(documents) <= DOCUMENTS:
        lines = [[title, *rows] for title, rows in documents]
        return Tally("layers", "What each document holds in every layer.", ["document", *LAYERS], lines)
    columns = [sorted(column) for column in zip(*(rows for _, rows in documents), strict=True)]
    lines = [[name, *(column[round(at * (len(column) - 1))] for column in columns)] for name, at in QUANTILES.items()]
    return Tally("layers", f"What one of the {len(documents)} documents holds in every layer.", ["document", *LAYERS], lines)
