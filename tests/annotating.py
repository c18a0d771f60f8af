"""Annotations of a made-up document, written as short as can be, for tests of scores."""

import random

from msgspec.structs import replace

from corpus_tools.reading import DocumentRows, Rows
from corpus_tools.records import Claim, Document, Entity, Fragment, Mention, Relation, Source
from corpus_tools.schemas import TABLES

TEXT = "".join(chr(ord("a") + number % 26) for number in range(400))


def fragments(*spans):
    return [Fragment(start, end, TEXT[start:end]) for start, end in spans]


def mention(number, spans, entity, level="name", annotator="a"):
    parts = fragments(*spans)
    text = " ".join(part.text for part in parts)
    return Mention("d", annotator, f"m{number}", entity, "p1", level, False, parts[0].start, parts[-1].end, text, parts)


def entity(entity_id, type_name, annotator="a"):
    return Entity("d", annotator, entity_id, type_name, None)


def claim(number, content, source=(), cue=(), annotator="a", parent=None, relations=(), **values):
    values = {"type": "assertion", "stance": "neutral", "quotation": "indirect", "attitude": "affirms"} | values
    kind = "unnamed" if source else "absent" if cue else "author"
    return Claim(
        doc_id="d",
        annotator=annotator,
        claim_id=f"c{number}",
        paragraph_id="p1",
        content=fragments(*content),
        source_kind=kind,
        source=fragments(*source),
        source_entity_ids=[],
        cue=fragments(*cue),
        scare_quotes=[],
        parent_id=parent,
        relations=[Relation(*relation) for relation in relations],
        entity_ids=[],
        **values,
    )


def document(entities=(), mentions=(), claims=(), doc_id="d"):
    """Rows of a document; what stands where is as the reader gives it."""
    own = Document(
        doc_id, doc_id, [], None, None, "en", None, "none", "train", Source("d.txt", "text/plain", 0, ""), TEXT, "included", "", []
    )
    records = {"documents": [own], "entities": list(entities), "mentions": list(mentions), "claims": list(claims)}
    return DocumentRows(doc_id, {table: Rows(doc_id, f"{table}.jsonl", 1, records.get(table, []), None) for table in TABLES})


def shuffled(rows, seed):
    """The same annotations in another order and with other ids."""
    chance = random.Random(seed)
    entities, mentions, claims = (list(rows.rows[table].records) for table in ("entities", "mentions", "claims"))
    names = {e.entity_id: f"x{n}" for n, e in enumerate(chance.sample(entities, len(entities)))}
    claim_names = {c.claim_id: f"y{n}" for n, c in enumerate(chance.sample(claims, len(claims)))}
    entities = [replace(e, entity_id=names[e.entity_id]) for e in entities]
    mentions = [replace(m, entity_id=names[m.entity_id], mention_id=f"z{chance.random()}") for m in mentions]
    claims = [
        replace(
            c,
            claim_id=claim_names[c.claim_id],
            parent_id=claim_names.get(c.parent_id),
            relations=[Relation(r.type, claim_names[r.target_id]) for r in c.relations],
        )
        for c in claims
    ]
    for records in (entities, mentions, claims):
        chance.shuffle(records)
    return document(entities, mentions, claims)
