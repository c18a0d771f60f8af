"""What of an annotator's records spaCy shows: doc.ents and the groups of doc.spans. The records themselves are in doc.user_data.

``ents``
    Mentions in one piece, the longer first where they overlap: label the type, kb_id the entity, id the mention.
``mentions``
    All mentions, one span for each fragment.
``claims.content``, ``claims.source``, ``claims.cue``, ``claims.scare_quotes``
    The parts of claims: label the type, id the claim.
``coref_clusters_1``, ...
    The mentions of an entity that has several, as spaCy's models of coreference name them.

Only what begins and ends where tokens do can be shown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from corpus_tools.formats.spacy.docbin import Group, Marked
from corpus_tools.formats.spacy.kept import Kept, Shown

CLAIM_PARTS = ("content", "source", "cue", "scare_quotes")
Records = Sequence[Mapping[str, Any]]  # of the machine form, fragments as (start, end) in characters of doc.text


class View(NamedTuple):
    """What spaCy shows, and how many annotations of each kind it cannot show."""

    ents: list[Marked]
    groups: list[Group]
    hidden: Counter[str]


def view_of(records: Records, kept: Kept, starts: Sequence[int], ends: Sequence[int]) -> View:
    """What is shown of an annotator's records where tokens start and end at some places; what was kept of a Doc first, as it was."""
    first, last = set(starts), set(ends)
    points = {*starts, *ends[-1:]}  # where a span without tokens may be
    whole = View([], [], Counter())

    def is_shown(marked: Marked) -> bool:
        return marked.start in points if marked.start == marked.end else marked.start in first and marked.end in last

    mentions = _mentions(records)
    single = {name: own[0] for name, own in mentions.items() if len(own) == 1}
    whole.ents.extend(_as_kept(kept.ents, single, is_shown, whole.hidden))
    for group, entries in kept.groups:
        spans = list(_as_kept(entries, single, is_shown, whole.hidden))
        whole.groups.append(group._replace(spans=spans))
    more = {name: own for name, own in mentions.items() if name not in kept.mentions}
    taken = {group.key for group in whole.groups}
    for name, items in _own_groups(records, more).items():
        shown = [own for own in items if all(map(is_shown, own))]
        if not name.startswith("coref"):  # their spans are those of mentions
            whole.hidden[name] += len(items) - len(shown)
        if shown and name not in taken:
            whole.groups.append(Group(name, name, {}, sorted(marked for own in shown for marked in own)))
    own_ents = [own[0] for own in more.values() if len(own) == 1 and is_shown(own[0])]
    whole.ents.extend(without_overlaps(own_ents, whole.ents))
    return whole._replace(ents=sorted(whole.ents))


def _as_kept(
    entries: Iterable[Shown], mentions: Mapping[str, Marked], is_shown: Callable[[Marked], bool], hidden: Counter[str]
) -> Iterator[Marked]:
    """Spans as they were, where the mention that they show stands now; without those whose mention is gone."""
    for mention, marked in entries:
        now = marked if mention is None else mentions.get(mention)
        if now is not None and is_shown(now):
            yield now._replace(label=marked.label and now.label, kb_id=marked.kb_id, id=marked.id)
        elif now is not None:
            hidden["spans"] += 1


def _mentions(records: Records) -> dict[str, list[Marked]]:
    types = {record["entity_id"]: record["type"] for record in records if record["table"] == "entities"}
    return {
        r["mention_id"]: [Marked(a, b, types[r["entity_id"]], r["entity_id"], r["mention_id"]) for a, b in r["fragments"]]
        for r in records
        if r["table"] == "mentions"
    }


def _own_groups(records: Records, mentions: Mapping[str, list[Marked]]) -> dict[str, list[list[Marked]]]:
    """The groups of records: for each annotation its spans."""
    groups = {"mentions": list(mentions.values())}
    for part in CLAIM_PARTS:
        claims = [record for record in records if record["table"] == "claims" and record.get(part)]
        groups[f"claims.{part}"] = [[Marked(a, b, c.get("type") or "", "", c["claim_id"]) for a, b in c[part]] for c in claims]
    by_entity: dict[str, list[list[Marked]]] = {}
    for own in mentions.values():
        by_entity.setdefault(own[0].kb_id, []).append(own)
    clusters = [own for own in by_entity.values() if len(own) > 1]
    return groups | {f"coref_clusters_{number}": own for number, own in enumerate(clusters, 1)}


def without_overlaps(spans: Iterable[Marked], taken: Iterable[Marked] = ()) -> Iterator[Marked]:
    """Spans of which none overlaps another or one that is taken; the longer win, then those that start first."""
    there = sorted((marked.start, marked.end) for marked in taken)
    for marked in sorted(spans, key=lambda own: (own.start - own.end, own)):
        at = bisect_left(there, (marked.start, marked.end))
        if (at == 0 or there[at - 1][1] <= marked.start) and (at == len(there) or marked.end <= there[at][0]):
            there.insert(at, (marked.start, marked.end))
            yield marked
