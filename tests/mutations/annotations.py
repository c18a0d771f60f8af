"""Corruptions of entities and mentions, of ids, references and the order of records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .corpora import Corpus, Doc, careful, in_turn, with_record
from .kinds import AGAINST, document_kind

ANNOTATIONS = {"entities": "entity_id", "mentions": "mention_id", "claims": "claim_id"}


def change(doc: Doc, table: str, row: int, **changes: Any) -> Doc:
    """A document with some columns of a record changed."""
    return with_record(doc, table, row, doc[table][row] | changes)


# ----------------------------------------------------------------------------------------------------------------- ids


@document_kind("ids-unique")
def record_twice(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A record twice."""
    for table in ANNOTATIONS:
        for row, record in enumerate(doc[table]):
            yield with_record(doc, table, row, record, record)


@document_kind("ids-unique")
def id_of_a_neighbour(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A record with the id of the one before it."""
    for table, key in ANNOTATIONS.items():
        for row in range(1, len(doc[table])):
            if doc[table][row]["annotator"] == doc[table][row - 1]["annotator"]:
                yield careful(change(doc, table, row, **{key: doc[table][row - 1][key]}))


@document_kind("mention-twice", "claim-twice", "entity-mentioned")
def record_twice_with_ids(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A record twice, the second time with an id of its own."""
    for table, key in ANNOTATIONS.items():
        for row, record in enumerate(doc[table]):
            yield careful(with_record(doc, table, row, record, record | {key: "zz.copy"}))


@document_kind("reference-resolves", "entity-mentioned")
def id_renamed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """An entity, or a claim that others refer to, with another id, in homoglyph style (l for 1, O for 0, case)."""
    used = {(c["annotator"], name) for c in doc["claims"] for name in [c["parent_id"], *(r["target_id"] for r in c["relations"])]}
    for row, entity in enumerate(doc["entities"]):
        yield careful(change(doc, "entities", row, entity_id=entity["entity_id"].swapcase()))
    for row, claim in enumerate(doc["claims"]):
        if (claim["annotator"], claim["claim_id"]) in used:
            yield careful(change(doc, "claims", row, claim_id=claim["claim_id"].replace("1", "l").swapcase()))


@document_kind("schema")
def id_malformed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """An id with a line feed behind it, with a space, in Cyrillic letters, or too long."""
    keys = {"paragraphs": "paragraph_id"} | ANNOTATIONS
    for table, key in keys.items():
        for row, record in enumerate(doc[table]):
            bad = (f"{record[key]}\n", f"{record[key]} ", f"{record[key]}а", "x" * 201, f"../{record[key]}")
            yield from (change(doc, table, row, **{key: name}) for name in in_turn(corpus, row, bad))


@document_kind("annotator-known")
def annotator_unknown(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A record by an annotator whom the corpus does not name."""
    for table in ANNOTATIONS:
        for row, record in enumerate(doc[table]):
            yield careful(change(doc, table, row, annotator=record["annotator"] + "x"))


@document_kind("reference-resolves", "entity-mentioned", "ids-unique")
def other_annotator(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """An entity or mention said to be by another annotator of the corpus."""
    for table in ("entities", "mentions"):
        for row, record in enumerate(doc[table]):
            for annotator in corpus.config["annotators"].keys() - {record["annotator"]}:
                own = {e["entity_id"] for e in doc["entities"] if e["annotator"] == annotator}
                if record["entity_id"] not in own:
                    yield careful(change(doc, table, row, annotator=annotator))


# ---------------------------------------------------------------------------------------------------------- references


@document_kind("reference-resolves")
def dangling_reference(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A reference to what is not there."""
    for row in range(len(doc["mentions"])):
        yield change(doc, "mentions", row, entity_id="nobody")
        yield change(doc, "mentions", row, paragraph_id="p999")
    for row, claim in enumerate(doc["claims"]):
        yield change(doc, "claims", row, paragraph_id="p0")
        yield change(doc, "claims", row, parent_id="nothing")
        yield change(doc, "claims", row, source_entity_ids=[*claim["source_entity_ids"], "nobody"], source_kind="named")
        yield change(doc, "claims", row, relations=[{"type": next(iter(corpus.config["relation_types"])), "target_id": "nothing"}])


@document_kind("reference-resolves")
def reference_to_another_document(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A reference to an entity, claim or paragraph that another document has."""
    others = [other for other in corpus.docs.values() if other is not doc]

    def only_there(table: str, key: str) -> list[str]:
        return sorted({r[key] for other in others for r in other[table]} - {r[key] for r in doc[table]})[:1]

    for row in range(len(doc["mentions"])):
        yield from (change(doc, "mentions", row, entity_id=name) for name in only_there("entities", "entity_id"))
        yield from (change(doc, "mentions", row, paragraph_id=name) for name in only_there("paragraphs", "paragraph_id"))
    for row in range(len(doc["claims"])):
        yield from (change(doc, "claims", row, parent_id=name) for name in only_there("claims", "claim_id"))


@document_kind("reference-resolves")
def reference_to_another_annotator(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A reference to an entity or claim that another annotator of the document has."""
    for table, key, column in (("mentions", "entity_id", "entity_id"), ("claims", "claim_id", "parent_id")):
        target = "entities" if table == "mentions" else "claims"
        for row, record in enumerate(doc[table]):
            own = {r[key] for r in doc[target] if r["annotator"] == record["annotator"]}
            for name in sorted({r[key] for r in doc[target]} - own)[:2]:
                yield change(doc, table, row, **{column: name})


@document_kind("reference-resolves")
def reference_of_another_kind(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A reference to a record of another table: an entity for a claim, a claim for an entity."""
    for row, mention in enumerate(doc["mentions"]):
        yield change(doc, "mentions", row, entity_id=mention["mention_id"])
    for row, claim in enumerate(doc["claims"]):
        for entity in [e for e in doc["entities"] if e["annotator"] == claim["annotator"]][:1]:
            yield change(doc, "claims", row, parent_id=entity["entity_id"])


@document_kind("reference-resolves", "entity-mentioned")
def entity_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """An entity left out."""
    for row in range(len(doc["entities"])):
        yield with_record(doc, "entities", row)


@document_kind("entity-mentioned", "reference-resolves")
def mentions_of_an_entity_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """All mentions of an entity left out, and what derives from them."""
    for entity in doc["entities"]:
        gone = entity["annotator"], entity["entity_id"]
        yield careful({**doc, "mentions": [m for m in doc["mentions"] if (m["annotator"], m["entity_id"]) != gone]})


@document_kind(AGAINST, why="nothing says how many annotations there were")
def record_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A mention or claim left out, and what derives from it."""
    for table in ("mentions", "claims"):
        for row in range(len(doc[table])):
            yield careful(with_record(doc, table, row))


@document_kind("record-order")
def records_swapped(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Two neighbouring records swapped."""
    for table in ANNOTATIONS:
        for row in range(len(doc[table]) - 1):
            rows = doc[table]
            yield {**doc, table: [*rows[:row], rows[row + 1], rows[row], *rows[row + 2 :]]}


# --------------------------------------------------------------------------------------------------------------- types


@document_kind("type-in-tag-set", "schema")
def type_outside_the_tag_set(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A type that the corpus does not have: made up, in other case, empty, or of another tag set."""
    for table in ("entities", "claims"):
        for row, record in enumerate(doc[table]):
            other = corpus.config["claim_types" if table == "entities" else "entity_types"]
            for tag in ("unheard-of", (record["type"] or "none").swapcase(), "", next(iter(other))):
                yield change(doc, table, row, type=tag)


@document_kind(AGAINST, why="another type of the tag set is a sound annotation, only not the annotator's")
def retyped(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """An entity or claim of another type that the tag set has; a claim without its type."""
    for table, tags in (("entities", corpus.config["entity_types"]), ("claims", corpus.config["claim_types"])):
        for row, record in enumerate(doc[table]):
            for tag in [tag for tag in [*tags, *([None] if table == "claims" else [])] if tag != record["type"]]:
                yield change(doc, table, row, type=tag)


@document_kind(AGAINST, why="an entity's name is what the annotator gave")
def entity_renamed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Another name of an entity, or none."""
    for row, entity in enumerate(doc["entities"]):
        yield from (change(doc, "entities", row, name=name) for name in ("Another", None) if name != entity["name"])


@document_kind(AGAINST, why="who is meant by a mention is the annotator's to say")
def other_entity(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A mention of another entity of the document, and what derives from it."""
    for row, mention in enumerate(doc["mentions"]):
        own = [e["entity_id"] for e in doc["entities"] if e["annotator"] == mention["annotator"]]
        yield from (careful(change(doc, "mentions", row, entity_id=name)) for name in own[:2] if name != mention["entity_id"])


@document_kind(AGAINST, why="both ids are sound, and which mention has which stands in the seeds")
def ids_swapped(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """The ids of two neighbouring mentions swapped."""
    for row in range(len(doc["mentions"]) - 1):
        a, b = doc["mentions"][row], doc["mentions"][row + 1]
        if a["annotator"] == b["annotator"]:
            swapped = [a | {"mention_id": b["mention_id"]}, b | {"mention_id": a["mention_id"]}]
            yield careful({**doc, "mentions": [*doc["mentions"][:row], *swapped, *doc["mentions"][row + 2 :]]})


@document_kind(AGAINST, why="how an entity is referred to is the annotator's to say")
def level_or_metonymy_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A mention of another level, or metonymic where it was not."""
    for row, mention in enumerate(doc["mentions"]):
        yield change(doc, "mentions", row, metonymic=not mention["metonymic"])
        levels = [level for level in ("name", "nominal", "pronoun", None) if level != mention["level"]]
        yield from (change(doc, "mentions", row, level=level) for level in levels)


@document_kind("derived-column")
def derived_from_nothing(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A mention's start, end or text that is not that of its fragments."""
    for row, m in enumerate(doc["mentions"]):
        longer = {"text": m["text"] + "s"} if len(m["fragments"]) == 1 else {"text": "".join(f["text"] for f in m["fragments"])}
        for changes in ({"start": m["start"] + 1}, {"end": m["end"] - 1}, longer):
            yield change(doc, "mentions", row, **changes)
