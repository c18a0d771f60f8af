"""Two annotations of one document, compared: what is scored, and the places where they differ.

Scores are made with the matching that is best for each. One alignment of each layer tells which annotations are set against each other
where they differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from math import fsum
from typing import Any, NamedTuple

from corpus_tools.records import Claim, Mention
from corpus_tools.scoring.clusters import aligned_clusters, coreference_tallies
from corpus_tools.scoring.layers import CLAIM_ATTRIBUTES, MENTION_ATTRIBUTES, ClaimUnit, Layers, MentionUnit
from corpus_tools.scoring.matching import Edge, Weights, best_matching
from corpus_tools.scoring.spans import Spans, common, likeness, overlaps, size
from corpus_tools.scoring.tallies import Measure, Tally

PARTS = ("content", "source", "cue")
NONE = "-"


class Difference(NamedTuple):
    """One place where two annotations of a document differ: ``what``, and both records, None where one side has none."""

    layer: str
    what: str
    gold: Mention | Claim | None
    other: Mention | Claim | None
    gold_value: str = ""
    other_value: str = ""


class Comparison(NamedTuple):
    """Of one document: tallies by layer and name, differences, and how often which value stands against which."""

    tallies: dict[Measure, Tally]
    differences: list[Difference]
    confusions: Counter[tuple[str, str, str, str]]


def compare(gold: Layers, other: Layers) -> Comparison:
    """Compare two annotations of one document."""
    comparison = Comparison({}, [], Counter())
    _compare_mentions(gold, other, comparison)
    _compare_claims(gold.claims, other.claims, comparison)
    return comparison


def _shared(gold: Iterable[Hashable], other: Iterable[Hashable]) -> Tally:
    """A tally of what both have, each as often as both have it."""
    ours, theirs = Counter(gold), Counter(other)
    found = (ours & theirs).total()
    return Tally(found, ours.total(), found, theirs.total())


# -------------------------------------------------------------------------------------------------------- mentions


def _compare_mentions(gold: Layers, other: Layers, comparison: Comparison) -> None:
    ours, theirs = gold.mentions, other.mentions
    sizes = len(ours), len(theirs)
    pairs = list(overlaps([unit.spans for unit in ours], [unit.spans for unit in theirs]))
    aligned = best_matching({edge: _mention_weights(ours[edge[0]], theirs[edge[1]]) for edge in pairs})
    credit = sum(1 if ours[i].spans == theirs[j].spans else 0.5 for i, j in aligned)
    same_type = len(best_matching({(i, j): (1.0, 0.0, 0.0) for i, j in pairs if ours[i].type == theirs[j].type}))
    comparison.tallies.update(
        {
            ("mentions", "strict"): _shared([(u.spans, u.type) for u in ours], [(u.spans, u.type) for u in theirs]),
            ("mentions", "exact"): _shared([u.spans for u in ours], [u.spans for u in theirs]),
            ("mentions", "partial"): Tally(credit, sizes[0], credit, sizes[1]),
            ("mentions", "type"): Tally(same_type, sizes[0], same_type, sizes[1]),
        }
    )
    for name in sorted({unit.type for unit in (*ours, *theirs)}):
        of_type = ([u.spans for u in units if u.type == name] for units in (ours, theirs))
        comparison.tallies["types", name] = _shared(*of_type)
    for name, tally in coreference_tallies(gold.clusters, other.clusters).items():
        comparison.tallies["coreference", name] = tally
    comparison.differences.extend(_mention_differences(ours, theirs, aligned))
    exact = [(ours[i], theirs[j]) for i, j in aligned if ours[i].spans == theirs[j].spans]
    comparison.differences.extend(_entity_differences(gold, other, exact))
    _compare_attributes("mentions", MENTION_ATTRIBUTES, [(a.record, b.record) for a, b in exact], comparison)
    _confuse_types(ours, theirs, aligned, comparison.confusions)


def _mention_weights(gold: MentionUnit, other: MentionUnit) -> Weights:
    return (1.0 if gold.spans == other.spans else 0.5), float(gold.type == other.type), likeness(gold.spans, other.spans)


def _mention_differences(ours: Sequence[MentionUnit], theirs: Sequence[MentionUnit], aligned: list[Edge]) -> Iterator[Difference]:
    for unit, twin in _sides(ours, theirs, aligned):
        records = (unit and unit.record, twin and twin.record)
        if not unit or not twin:
            yield Difference("mentions", _alone(unit), *records, unit.type if unit else "", twin.type if twin else "")
            continue
        if unit.spans != twin.spans:
            yield Difference("mentions", "boundary", *records)
        if unit.type != twin.type:
            yield Difference("mentions", "type", *records, unit.type, twin.type)


def _confuse_types(
    ours: Sequence[MentionUnit], theirs: Sequence[MentionUnit], aligned: list[Edge], confusions: Counter[Any]
) -> None:
    for unit, twin in _sides(ours, theirs, aligned):
        confusions["mentions", "type", unit.type if unit else NONE, twin.type if twin else NONE] += 1


def _entity_differences(gold: Layers, other: Layers, exact: list[tuple[MentionUnit, MentionUnit]]) -> Iterator[Difference]:
    """Mentions on the same span whose entities are not the same, as far as entities can be aligned."""
    aligned = {(i, j) for i, j, _ in aligned_clusters(gold.clusters, other.clusters)}
    for unit, twin in exact:
        if (unit.entity, twin.entity) not in aligned:
            names = gold.names[unit.entity], other.names[twin.entity]
            yield Difference("coreference", "entity", unit.record, twin.record, *names)


# ---------------------------------------------------------------------------------------------------------- claims


def _compare_claims(ours: Sequence[ClaimUnit], theirs: Sequence[ClaimUnit], comparison: Comparison) -> None:
    pairs = overlaps([unit.content for unit in ours], [unit.content for unit in theirs])
    aligned = best_matching({(i, j): _claim_weights(ours[i], theirs[j]) for i, j in pairs})
    matched = [(ours[i], theirs[j]) for i, j in aligned]
    for number, part in enumerate(PARTS):
        sizes = [sum(bool(unit.spans[number]) for unit in units) for units in (ours, theirs)]
        spans = [(a.spans[number], b.spans[number]) for a, b in matched]
        same = sum(bool(a) and a == b for a, b in spans)
        comparison.tallies["claims", f"{part} exact"] = Tally(same, sizes[0], same, sizes[1])
        comparison.tallies["claims", f"{part} overlap"] = _overlap(spans, *sizes)
    for name, fits in (("attribution exact", _equal), ("attribution overlap", _touch)):
        right = sum(all(map(fits, a.spans, b.spans)) for a, b in matched)
        comparison.tallies["claims", name] = Tally(right, len(ours), right, len(theirs))
    _compare_links(ours, theirs, matched, comparison)
    comparison.differences.extend(_claim_differences(ours, theirs, aligned))
    _compare_attributes("claims", CLAIM_ATTRIBUTES, [(a.record, b.record) for a, b in matched], comparison)


def _claim_weights(gold: ClaimUnit, other: ClaimUnit) -> Weights:
    frame = (likeness(gold.source, other.source) + likeness(gold.cue, other.cue)) / 2
    same = sum(getattr(gold.record, name) == getattr(other.record, name) for name in CLAIM_ATTRIBUTES)
    return likeness(gold.content, other.content), frame, same / len(CLAIM_ATTRIBUTES)


def _overlap(spans: list[tuple[Spans, Spans]], gold: int, other: int) -> Tally:
    """How much of each span of the one side is in its match on the other, summed over spans."""
    both = [(common(a, b), size(a), size(b)) for a, b in spans if a and b]
    return Tally(fsum(shared / a for shared, a, _ in both), gold, fsum(shared / b for shared, _, b in both), other)


def _equal(gold: Spans, other: Spans) -> bool:
    return gold == other


def _touch(gold: Spans, other: Spans) -> bool:
    return common(gold, other) > 0 or gold == other == ()


def _compare_links(
    ours: Sequence[ClaimUnit], theirs: Sequence[ClaimUnit], matched: list[tuple[ClaimUnit, ClaimUnit]], comparison: Comparison
) -> None:
    """Parents and relations: a link is right when both its claims are matched and the other side has it between their matches."""
    counterpart = {a.record.claim_id: b.record.claim_id for a, b in matched}
    for name, links in (("parent", _parents), ("relations", _relations)):
        mapped = [(counterpart.get(start), kind, counterpart.get(end)) for start, kind, end in links(ours)]
        found = len(set(mapped) & set(links(theirs)))
        comparison.tallies["claims", name] = Tally(found, len(mapped), found, len(links(theirs)))


def _parents(claims: Sequence[ClaimUnit]) -> list[tuple[str, str, str]]:
    return [(c.record.claim_id, "parent", c.record.parent_id) for c in claims if c.record.parent_id is not None]


def _relations(claims: Sequence[ClaimUnit]) -> list[tuple[str, str, str]]:
    return [(c.record.claim_id, relation.type, relation.target_id) for c in claims for relation in c.record.relations]


def _claim_differences(ours: Sequence[ClaimUnit], theirs: Sequence[ClaimUnit], aligned: list[Edge]) -> Iterator[Difference]:
    for unit, twin in _sides(ours, theirs, aligned):
        records = (unit and unit.record, twin and twin.record)
        if not unit or not twin:
            yield Difference("claims", _alone(unit), *records)
            continue
        for number, part in enumerate(PARTS):
            if unit.spans[number] != twin.spans[number]:
                yield Difference("claims", part, *records, *(_words(getattr(r, part)) for r in (unit.record, twin.record)))


# ------------------------------------------------------------------------------------------------------------ both


def _compare_attributes(layer: str, names: Sequence[str], matched: list[tuple[Any, Any]], comparison: Comparison) -> None:
    """The share of matched records with the same value; null is a value."""
    for name in names:
        same = 0
        for a, b in matched:
            values = _value(getattr(a, name)), _value(getattr(b, name))
            comparison.confusions[layer, name, *values] += 1
            if values[0] == values[1]:
                same += 1
            else:
                comparison.differences.append(Difference(layer, name, a, b, *values))
        comparison.tallies[f"{layer} attributes", name] = Tally(same, len(matched), same, len(matched))


def _value(value: Any) -> str:
    return NONE if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _words(fragments: Sequence[Any]) -> str:
    """The words of a span; the places where they are withheld."""
    return " ... ".join(fragment.text or f"{fragment.start}-{fragment.end}" for fragment in fragments)


def _sides(ours: Sequence[Any], theirs: Sequence[Any], aligned: list[Edge]) -> Iterator[tuple[Any, Any]]:
    """Aligned units together, the others alone."""
    yield from ((ours[i], theirs[j]) for i, j in aligned)
    yield from ((ours[i], None) for i in sorted(set(range(len(ours))) - {i for i, _ in aligned}))
    yield from ((None, theirs[j]) for j in sorted(set(range(len(theirs))) - {j for _, j in aligned}))


def _alone(gold: Any) -> str:
    return "missed" if gold else "spurious"
