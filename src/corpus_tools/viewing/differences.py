"""Two annotators of one document: which records are the same, which differ and in what, which only one of them has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from corpus_tools.records import Claim, Fragment, Mention
from corpus_tools.rules import Bundle

_CLAIM_FIELDS = ("content", "source", "cue", "source_kind", "type", "quotation", "attitude", "stance", "scare_quotes")
_ENOUGH = 0.5  # of the characters of two contents together, so much must be in both for them to be of one claim


class Difference(NamedTuple):
    """How a record stands to those of the other annotator: ``other`` is the record there, ``fields`` are what differs."""

    state: Literal["same", "differs", "only"]
    other: str | None
    fields: list[str]


Differences = dict[str, Difference]
Place = tuple[tuple[int, int], ...]


def differences(bundle: Bundle, left: str, right: str) -> Differences:
    """How every mention and claim of two annotators stands to those of the other, by ``annotator/id``.

    Mentions are of one place if they have the same fragments; claims if they have the same content, or else those whose contents
    share most, half of their characters at least. Chains are compared by the pairing of entities that share most mentions.
    """
    return _mentions(bundle, left, right) | _claims(bundle, left, right)


def _mentions(bundle: Bundle, left: str, right: str) -> Differences:
    types = {(entity.annotator, entity.entity_id): entity.type for entity in bundle.entities}
    sides: list[dict[Place, list[Mention]]] = [defaultdict(list), defaultdict(list)]
    for mention in sorted(bundle.mentions, key=lambda m: types[_entity(m)]):
        if mention.annotator in (left, right):
            sides[mention.annotator == right][_place(mention.fragments)].append(mention)
    both = [pair for place, mine in sides[0].items() for pair in zip(mine, sides[1].get(place, []), strict=False)]
    partners = _partners((mine.entity_id, theirs.entity_id) for mine, theirs in both)
    result: Differences = {}
    for mine, theirs in both:
        fields = [] if types[_entity(mine)] == types[_entity(theirs)] else ["type"]
        fields += [field for field in ("level", "metonymic") if getattr(mine, field) != getattr(theirs, field)]
        fields += ["entity"] if (mine.entity_id, theirs.entity_id) not in partners else []
        result |= _pair(_mention(mine), _mention(theirs), fields)
    there = [_mention(m) for side in sides for mentions in side.values() for m in mentions]
    return result | {name: Difference("only", None, []) for name in there if name not in result}


def _partners(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Entities of the two that are taken for the same, those with most mentions in common first, each once."""
    result: set[tuple[str, str]] = set()
    taken: tuple[set[str], set[str]] = (set(), set())
    for (mine, theirs), _ in sorted(Counter(pairs).items(), key=lambda item: (-item[1], item[0])):
        if mine not in taken[0] and theirs not in taken[1]:
            result.add((mine, theirs))
            taken[0].add(mine)
            taken[1].add(theirs)
    return result


def _claims(bundle: Bundle, left: str, right: str) -> Differences:
    mine, theirs = ([claim for claim in bundle.claims if claim.annotator == annotator] for annotator in (left, right))
    result: Differences = {}
    for one, other in _claim_pairs(mine, theirs):
        result |= _pair(
            _claim(one), _claim(other), [field for field in _CLAIM_FIELDS if getattr(one, field) != getattr(other, field)]
        )
    return result | {_claim(c): Difference("only", None, []) for c in [*mine, *theirs] if _claim(c) not in result}


def _claim_pairs(mine: Sequence[Claim], theirs: Sequence[Claim]) -> list[tuple[Claim, Claim]]:
    """Claims of the two that are taken for the same, those whose contents share most first."""
    by_paragraph: dict[str, list[Claim]] = {}
    for claim in theirs:
        by_paragraph.setdefault(claim.paragraph_id, []).append(claim)
    shares = []
    for i, one in enumerate(mine):
        for j, other in enumerate(by_paragraph.get(one.paragraph_id, [])):
            shares.append((-_shared(one.content, other.content), -_shared(one.cue, other.cue), i, j, one, other))
    pairs: list[tuple[Claim, Claim]] = []
    taken: set[str] = set()
    for share, _, _, _, one, other in sorted(shares, key=lambda item: item[:4]):
        if -share >= _ENOUGH and not {_claim(one), _claim(other)} & taken:
            pairs.append((one, other))
            taken |= {_claim(one), _claim(other)}
    return pairs


def _shared(one: Sequence[Fragment], other: Sequence[Fragment]) -> float:
    """Of the characters that are in one or the other, the part that is in both."""
    both = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in one for b in other)
    total = sum(f.end - f.start for f in [*one, *other]) - both
    return both / total if total else 0.0


def _pair(mine: str, theirs: str, fields: list[str]) -> Differences:
    state: Literal["same", "differs"] = "differs" if fields else "same"
    return {mine: Difference(state, theirs, fields), theirs: Difference(state, mine, fields)}


def _place(fragments: Sequence[Fragment]) -> Place:
    return tuple((fragment.start, fragment.end) for fragment in fragments)


def _entity(mention: Mention) -> tuple[str, str]:
    return mention.annotator, mention.entity_id


def _mention(mention: Mention) -> str:
    return f"{mention.annotator}/{mention.mention_id}"


def _claim(claim: Claim) -> str:
    return f"{claim.annotator}/{claim.claim_id}"
