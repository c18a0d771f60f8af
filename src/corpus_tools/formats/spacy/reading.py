"""Docs -> the records of a document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from corpus_tools.chains import joined
from corpus_tools.formats.spacy.docbin import Group, Marked, Packed, borders
from corpus_tools.formats.spacy.kept import Shown, doc_record, group_record, kept_of
from corpus_tools.formats.spacy.views import view_of
from corpus_tools.formats.spacy.writing import KEY, about_of, fragment_columns
from corpus_tools.placing import Misplaced, ToText

UNNAMED = "spacy"
CLUSTER = "coref_clusters_"

Records = list[dict[str, Any]]


class Layer(NamedTuple):
    """What one Doc gives: whose annotations they are (None where there are none), what is known of the document, and its records."""

    doc_id: str | None
    annotator: str | None
    metadata: Mapping[str, Any]
    records: Records
    counts: Counter[tuple[str, str]]
    notes: Counter[str]


def layer_of(packed: Packed, target: ToText) -> Layer:
    """The records of a Doc: those in its user data, where it still shows just these; else those of its entities and groups of spans."""
    about = _about(packed)
    notes: Counter[str] = Counter()
    spans = [("entity", own) for own in packed.ents] + [("span of a group", own) for group in packed.groups for own in group.spans]
    if about is not None and _shows(about["records"], packed):
        try:
            records = [_placed(record, target) for record in about["records"]]
        except (Misplaced, TypeError, ValueError, KeyError):
            notes["documents whose records in doc.user_data cannot be used"] += 1
        else:
            counts = Counter((kind, "records") for kind, _ in spans)
            return Layer(about["doc_id"], about["annotator"], about["metadata"], records, counts, notes)
    elif KEY in packed.user_data:
        notes["documents whose spans are not those of the records in doc.user_data: the spans are taken"] += 1
    user_data = {key: value for key, value in packed.user_data.items() if key != KEY}
    reading = _Reading(target)
    reading.read(packed._replace(user_data=user_data))
    known = about or {"doc_id": None, "annotator": None, "metadata": {}}
    return Layer(known["doc_id"], known["annotator"] or UNNAMED, known["metadata"], reading.records(), reading.counts, notes)


def _about(packed: Packed) -> Mapping[str, Any] | None:
    """What an export put into the user data; None where that is not there or not of the right shape."""
    try:
        about = about_of(packed.user_data)
        return None if about is None else msgspec.convert(about, _About).plain()
    except (msgspec.MsgspecError, RecursionError):
        return None


class _About(msgspec.Struct):
    doc_id: str
    annotator: str | None
    metadata: dict[str, str | list[str] | None]
    records: list[dict[str, Any]]

    def plain(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__struct_fields__}


def _shows(records: Records, packed: Packed) -> bool:
    try:
        kept = kept_of(record for record in records if record["table"] == "foreign")[0]
        view = view_of(records, kept, *borders(packed.words, packed.spaces))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return False
    return sorted(packed.ents) == view.ents and _by_key(packed.groups) == _by_key(view.groups)


def _by_key(groups: Iterable[Group]) -> dict[str, Group]:
    return {group.key: group for group in groups}


def _placed(record: Mapping[str, Any], target: ToText) -> dict[str, Any]:
    """A record with its fragments in our text."""
    place = target.as_written if record["table"] == "foreign" else target.fragments
    return {**record} | {name: place(record[name]) for name in fragment_columns(record["table"])}


class _Reading:
    """Takes a Doc: entities and labelled spans in one paragraph are mentions, all else is kept as foreign."""

    def __init__(self, target: ToText) -> None:
        self.target = target
        self.counts: Counter[tuple[str, str]] = Counter()
        self.mentions: dict[tuple[int, int, str], dict[str, Any]] = {}
        self.by_place: dict[tuple[int, int], str] = {}  # the first mention there
        self.labels: dict[str, str] = {}  # of the mentions
        self.chains: list[list[str]] = []  # mentions of one entity
        self.by_knowledge: dict[tuple[str, str], list[str]] = {}
        self.foreign: Records = []

    def read(self, packed: Packed) -> None:
        """Take a Doc."""
        ents = [self._shown(own, "entity") for own in packed.ents]
        self.foreign.append(doc_record(packed, ents))
        for number, group in enumerate(packed.groups, 1):
            entries = [self._shown(own, "span of a group") for own in group.spans]
            if group.key.startswith(CLUSTER):
                self._join([mention for mention, _ in entries if mention is not None])
            fragments = self.target.as_written((own.start, own.end) for own in group.spans)
            self.foreign.append(group_record(number, group, entries, fragments))

    def _shown(self, marked: Marked, kind: str) -> Shown:
        mention = self._mention(marked)
        self.counts[kind, "mention" if mention else "foreign"] += 1
        return mention, marked

    def _mention(self, marked: Marked) -> str | None:
        """The mention of a span, a new one where there is none; of a span without a label, one that is there."""
        place = (marked.start, marked.end)
        if not marked.label:
            return self.by_place.get(place)
        there = self.mentions.get((*place, marked.label))
        if there is None:
            fragments = self.target.as_written([place])
            if not fragments or self.target.paragraph(fragments) is None or fragments != self.target.fragments([place]):
                return None
            name = f"m{len(self.mentions) + 1}"
            there = {"table": "mentions", "mention_id": name, "level": None, "fragments": fragments}
            self.mentions[*place, marked.label] = there
            self.labels[name] = marked.label
            self.by_place.setdefault(place, name)
            if marked.kb_id:
                self.by_knowledge.setdefault((marked.kb_id, marked.label), []).append(name)
        return str(there["mention_id"])

    def _join(self, mentions: list[str]) -> None:
        """Make the mentions of a cluster one entity, as far as they have one label."""
        by_label: dict[str, list[str]] = {}
        for name in mentions:
            by_label.setdefault(self.labels[name], []).append(name)
        self.chains += by_label.values()

    def records(self) -> Records:
        """All records."""
        first = joined(list(self.labels), [*self.chains, *self.by_knowledge.values()])
        ids = self._entity_ids(first)
        entities = [{"table": "entities", "entity_id": id, "type": self.labels[name]} for name, id in ids.items()]
        mentions = [own | {"entity_id": ids[first[own["mention_id"]]]} for own in self.mentions.values()]
        return [*entities, *mentions, *self.foreign]

    def _entity_ids(self, first: Mapping[str, str]) -> dict[str, str]:
        """The id of each entity, by its first mention: that of the knowledge base where it can be one and is no other's."""
        known = {first[names[0]]: kb_id for (kb_id, _), names in reversed(self.by_knowledge.items())}
        ids: dict[str, str] = {}
        taken: set[str] = set()
        for name in dict.fromkeys(first.values()):
            wanted = known.get(name, "")
            fits = re.fullmatch("(?!e[0-9])[A-Za-z0-9][A-Za-z0-9._-]{0,99}", wanted) and wanted not in taken
            ids[name] = wanted if fits else f"e{len(ids) + 1}"
            taken.add(ids[name])
        return ids
