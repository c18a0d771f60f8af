"""The page of one document: its records -> what the template shows, and the data that the script works with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from markupsafe import Markup

from corpus_tools.records import Claim, Entity, Fragment, Paragraph
from corpus_tools.rules import Bundle
from corpus_tools.viewing.differences import differences
from corpus_tools.viewing.foreignrows import foreign_kinds
from corpus_tools.viewing.linked import document_description
from corpus_tools.viewing.notes import Note, named_entity, notes, record_name
from corpus_tools.viewing.segments import MENTION, Span, marked
from corpus_tools.viewing.sourcebytes import Placer, placer

Config = Mapping[str, Any]
Json = dict[str, Any]

_PARTS = ("content", "source", "cue", "scare_quotes")  # of a claim, from the outermost to the innermost
_MARKS = 20  # so many the style has
_TAGS = {"quote": "blockquote", "code": "pre", "paragraph": "p"}


class Side(NamedTuple):
    """A paragraph as one annotator has it; ``annotator`` is empty where nobody annotated the document."""

    annotator: str
    text: Markup
    notes: list[Note]


class Row(NamedTuple):
    """A paragraph of the document, once for each annotator."""

    id: str
    kind: str
    role: str
    tag: str
    sides: list[Side]


class ListedEntity(NamedTuple):
    """An entity in the list of all: its record and that of its first mention, its name, how often it is mentioned."""

    record: str
    first: str
    annotator: str
    name: str
    type: str
    mark: int
    mentions: int


class TypeMark(NamedTuple):
    """A type of entities, what it means, and the number of its mark."""

    name: str
    meaning: str
    mark: int


def document_page(bundle: Bundle, config: Config) -> Json:
    """What the template of a document is given."""
    document = bundle.document
    annotators = _annotators(bundle, config)
    entities = {(entity.annotator, entity.entity_id): entity for entity in bundle.entities}
    rows = _rows(bundle, entities, annotators or [""], config)
    return {
        "document": document,
        "corpus": config,
        "rows": rows,
        "titled": any(row.role == "title" for row in rows),
        "annotators": annotators,
        "types": type_marks({entity.type for entity in bundle.entities}, config),
        "entities": list(_listed(bundle, config)),
        "foreign": list(foreign_kinds(bundle.foreign)),
        "linked": document_description(document, config),
        "data": _data(bundle, entities, annotators, placer(document)),
    }


def type_marks(types: set[str], config: Config) -> list[TypeMark]:
    """The types of a document in the order of the tag set."""
    marks = _marks(config)
    return [TypeMark(name, meaning, marks[name]) for name, meaning in config["entity_types"].items() if name in types]


def _marks(config: Config) -> dict[str, int]:
    """The number of each type's mark, by the order of the tag set: the same in all documents."""
    return {name: number % _MARKS for number, name in enumerate(config["entity_types"])}


def _annotators(bundle: Bundle, config: Config) -> list[str]:
    """Who annotated the document, in the order of corpus.yaml."""
    there = {entity.annotator for entity in bundle.entities} | {claim.annotator for claim in bundle.claims}
    return [name for name in config["annotators"] if name in there]


# --------------------------------------------------------------------------------------------------- the paragraphs


def _rows(bundle: Bundle, entities: Mapping[tuple[str, str], Entity], annotators: Sequence[str], config: Config) -> list[Row]:
    marks = _marks(config)
    spans: dict[tuple[str, str], list[Span]] = {}
    starts = {paragraph.paragraph_id: paragraph.start for paragraph in bundle.paragraphs}
    for record in bundle.claims:
        spans.setdefault((record.annotator, record.paragraph_id), []).extend(_claim_spans(record, starts[record.paragraph_id]))
    for mention in bundle.mentions:
        entity = entities[mention.annotator, mention.entity_id]
        classes = " ".join(filter(None, [f"t{marks[entity.type]}", mention.level]))
        name = f"{mention.annotator}/{mention.mention_id}"
        own = spans.setdefault((mention.annotator, mention.paragraph_id), [])
        own += _spans(mention.fragments, starts[mention.paragraph_id], len(_PARTS), MENTION, name, classes)
    by_paragraph = {name: notes([c for c in bundle.claims if c.annotator == name], entities) for name in annotators}

    def side(annotator: str, paragraph: Paragraph) -> Side:
        text = marked(paragraph.text or "", spans.get((annotator, paragraph.paragraph_id), []))
        return Side(annotator, text, by_paragraph[annotator].get(paragraph.paragraph_id, []))

    return [Row(p.paragraph_id, p.kind, p.role, _tag(p), [side(name, p) for name in annotators]) for p in bundle.paragraphs]


def _tag(paragraph: Paragraph) -> str:
    if paragraph.kind == "heading" and paragraph.role != "byline":
        return "h1" if paragraph.role == "title" else "h2"
    return _TAGS.get(paragraph.kind, "div")


def _claim_spans(claim: Claim, offset: int) -> Iterator[Span]:
    whose = "own" if claim.source_kind == "author" else "attributed"
    for rank, part in enumerate(_PARTS):
        yield from _spans(getattr(claim, part), offset, rank, "c", record_name(claim), f"{part} {whose}")


def _spans(fragments: Sequence[Fragment], offset: int, rank: int, kind: str, record: str, classes: str) -> list[Span]:
    return [
        Span(fragment.start - offset, fragment.end - offset, rank, kind, record, classes, number == 0)
        for number, fragment in enumerate(fragments)
    ]


def _listed(bundle: Bundle, config: Config) -> Iterator[ListedEntity]:
    """All entities, those mentioned most often first."""
    mentions: dict[tuple[str, str], list[str]] = {(entity.annotator, entity.entity_id): [] for entity in bundle.entities}
    for mention in bundle.mentions:
        mentions[mention.annotator, mention.entity_id].append(f"{mention.annotator}/{mention.mention_id}")
    marks = _marks(config)
    for entity in sorted(bundle.entities, key=lambda e: -len(mentions[e.annotator, e.entity_id])):
        own = mentions[entity.annotator, entity.entity_id]
        record, name = f"{entity.annotator}/{entity.entity_id}", entity.name or entity.entity_id
        yield ListedEntity(record, own[0], entity.annotator, name, entity.type, marks[entity.type], len(own))


# --------------------------------------------------------------------------------------------------------- the data


def _data(bundle: Bundle, entities: Mapping[tuple[str, str], Entity], annotators: Sequence[str], place: Placer) -> Json:
    """All that the script needs of the records, by ``annotator/id``."""
    found: dict[str, Json] = {
        f"{entity.annotator}/{entity.entity_id}": {
            "name": named_entity(entities, entity.annotator, entity.entity_id),
            "type": entity.type,
            "mentions": [],
            "source": [],
            "about": [],
        }
        for entity in bundle.entities
    }
    for mention in bundle.mentions:
        found[f"{mention.annotator}/{mention.entity_id}"]["mentions"].append(f"{mention.annotator}/{mention.mention_id}")
    for claim in bundle.claims:
        for field, ids in (("source", claim.source_entity_ids), ("about", claim.entity_ids)):
            for entity_id in ids:
                found[f"{claim.annotator}/{entity_id}"][field].append(record_name(claim))
    return {
        "annotators": list(annotators),
        "file": bundle.document.source.file,
        "entities": found,
        "mentions": {
            f"{m.annotator}/{m.mention_id}": {
                "entity": f"{m.annotator}/{m.entity_id}",
                "text": " … ".join(fragment.text or "" for fragment in m.fragments),
                "level": m.level,
                "metonymic": m.metonymic,
                "bytes": {"text": place(m.fragments)},
            }
            for m in bundle.mentions
        },
        "claims": {record_name(claim): _claim_data(claim, place) for claim in bundle.claims},
        "differences": {f"{a} {b}": differences(bundle, a, b) for a, b in combinations(annotators, 2)},
    }


def _claim_data(claim: Claim, place: Placer) -> Json:
    return {
        "kind": claim.source_kind,
        "sources": [f"{claim.annotator}/{entity}" for entity in claim.source_entity_ids],
        "about": [f"{claim.annotator}/{entity}" for entity in claim.entity_ids],
        "bytes": {part: place(getattr(claim, part)) for part in ("source", "cue", "content") if getattr(claim, part)},
    }
