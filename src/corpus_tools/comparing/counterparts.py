"""Which record of the old version is which of the new one: by what it says first, by its id only then.

Ids may be numbers that every insertion shifts, so an id alone says little. Spans of old records are where the new text has them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from corpus_tools.scoring.spans import Spans, common, likeness, overlaps

_ALIKE = 0.5  # Dice: spans less alike are no versions of the same annotation


class Item(NamedTuple):
    """A record with its id, its main span (places in the new text), and what else tells it from others."""

    id: str
    spans: Spans
    facts: Hashable
    row: dict[str, Any]


Pair = tuple[Item, Item]


class Counterparts(NamedTuple):
    """Pairs of old and new records; those removed; those added."""

    pairs: list[Pair]
    removed: list[Item]
    added: list[Item]


def counterparts(old: Sequence[Item], new: Sequence[Item]) -> Counterparts:
    """Match records: the same span and facts, the same span, the same id on a span that overlaps, the most alike spans."""
    pairs: list[Pair] = []
    left, right = list(old), list(new)
    stages: list[Callable[[Item], Hashable]] = [
        lambda item: (item.spans, item.facts),
        lambda item: item.spans or None,
        lambda item: item.id if not item.spans else None,
    ]
    for stage in stages:
        pairs += _by_key(left, right, stage)
    pairs += _by_id(left, right)
    pairs += _most_alike(left, right)
    return Counterparts(pairs, left, right)


def _by_key(left: list[Item], right: list[Item], key: Callable[[Item], Hashable]) -> Iterator[Pair]:
    """Pairs with the same key, of several those with the same id; what is paired is taken out of both lists."""
    groups: dict[Hashable, list[Item]] = {}
    for item in right:
        if key(item) is not None:
            groups.setdefault(key(item), []).append(item)
    same_id = [(item, twin) for item in left for twin in groups.get(key(item), ()) if twin.id == item.id]
    for item, twin in same_id:
        groups[key(item)].remove(twin)
    done = {id(item) for item, _ in same_id}
    pairs = same_id
    for item in left:
        if id(item) not in done and groups.get(key(item)):
            pairs.append((item, groups[key(item)].pop(0)))
    _take(left, right, pairs)
    yield from pairs


def _by_id(left: list[Item], right: list[Item]) -> list[Pair]:
    by_id = {item.id: item for item in right}
    pairs = [(item, by_id[item.id]) for item in left if item.id in by_id and _related(item, by_id[item.id])]
    _take(left, right, pairs)
    return pairs


def _related(old: Item, new: Item) -> bool:
    """Whether two records with the same id are versions of one: on spans that overlap, or alike where the old words are gone."""
    return common(old.spans, new.spans) > 0 or (not old.spans and old.facts == new.facts)


def _most_alike(left: list[Item], right: list[Item]) -> list[Pair]:
    edges = [
        (-likeness(left[i].spans, right[j].spans), i, j) for i, j in overlaps([a.spans for a in left], [b.spans for b in right])
    ]
    ours: dict[int, int] = {}
    theirs: set[int] = set()
    for weight, i, j in sorted(edges):
        if -weight >= _ALIKE and i not in ours and j not in theirs:
            ours[i] = j
            theirs.add(j)
    found = [(left[i], right[j]) for i, j in ours.items()]
    _take(left, right, found)
    return found


def _take(left: list[Item], right: list[Item], pairs: Sequence[Pair]) -> None:
    ours, theirs = {id(one) for one, _ in pairs}, {id(two) for _, two in pairs}
    left[:] = [item for item in left if id(item) not in ours]
    right[:] = [item for item in right if id(item) not in theirs]
