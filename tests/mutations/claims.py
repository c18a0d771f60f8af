"""Corruptions of claims."""

from __future__ import annotations

from collections.abc import Iterator

from corpus_tools.derived import source_kind

from .annotations import change
from .corpora import Corpus, Doc, Record, careful
from .kinds import AGAINST, document_kind


def _claims(doc: Doc) -> Iterator[tuple[int, Record]]:
    yield from enumerate(doc["claims"])


@document_kind("claim-source")
def source_kind_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim of another kind of source."""
    for row, claim in _claims(doc):
        for value in ("author", "named", "unnamed", "absent"):
            if value != claim["source_kind"]:
                yield change(doc, "claims", row, source_kind=value)


@document_kind("claim-source")
def source_or_cue_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim without its source, its cue or its source entities, where that makes another kind of source."""
    for row, claim in _claims(doc):
        for column in ("source", "cue", "source_entity_ids"):
            other = claim | {column: []}
            if claim[column] and source_kind(other["source_entity_ids"], other["source"], other["cue"]) != claim["source_kind"]:
                yield change(doc, "claims", row, **{column: []})


@document_kind(AGAINST, why="a named source needs neither words nor a cue")
def words_of_a_named_source_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim of a named source without the words that name it, or without its cue."""
    for row, claim in _claims(doc):
        for column in ("source", "cue"):
            if claim["source_kind"] == "named" and claim[column]:
                yield change(doc, "claims", row, **{column: []})


@document_kind("claim-source", "derived-column")
def entity_twice_in_a_list(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """An entity twice among the sources of a claim, or among those in its content."""
    for row, claim in _claims(doc):
        for column in ("source_entity_ids", "entity_ids"):
            if claim[column]:
                yield change(doc, "claims", row, **{column: [*claim[column], claim[column][0]]})


@document_kind(AGAINST, why="who a source is, is the annotator's to say")
def other_source_entity(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Another entity as the source of a claim; the sources in another order."""
    for row, claim in _claims(doc):
        own = [e["entity_id"] for e in doc["entities"] if e["annotator"] == claim["annotator"]]
        others = [name for name in own if name not in claim["source_entity_ids"]]
        if claim["source_entity_ids"]:
            yield from (
                change(doc, "claims", row, source_entity_ids=[*claim["source_entity_ids"][1:], name]) for name in others[:2]
            )
        if len(claim["source_entity_ids"]) > 1:
            yield change(doc, "claims", row, source_entity_ids=claim["source_entity_ids"][::-1])


@document_kind("derived-column")
def entity_ids_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """The entities in a claim's content with one left out, one more, or in another order."""
    for row, claim in _claims(doc):
        ids = claim["entity_ids"]
        others = [e["entity_id"] for e in doc["entities"] if e["entity_id"] not in ids]
        for changed in (ids[1:], ids[:-1], ids[::-1], [*ids, *others[:1]]):
            if changed != ids:
                yield change(doc, "claims", row, entity_ids=changed)


# -------------------------------------------------------------------------------------------------- quotation, stance


@document_kind("author-claim")
def author_claim_with_quotation(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim of the author's own with a quotation, a stance or a parent."""
    for row, claim in _claims(doc):
        others = [c["claim_id"] for c in doc["claims"] if c["annotator"] == claim["annotator"] and c is not claim]
        if claim["source_kind"] == "author":
            yield change(doc, "claims", row, quotation="indirect")
            yield change(doc, "claims", row, stance="neutral")
            yield from (change(doc, "claims", row, parent_id=name) for name in others[:1])


@document_kind(AGAINST, why="an imported claim may leave open how it is quoted and how the author stands to it")
def attributed_claim_without_quotation(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim of somebody else without quotation or stance."""
    for row, claim in _claims(doc):
        if claim["source_kind"] != "author":
            yield change(doc, "claims", row, quotation=None)
            yield change(doc, "claims", row, stance=None)


@document_kind("quotation-marks")
def quotation_without_marks(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim direct or mixed whose content has no quotation mark in or around it."""
    marks = set("“”„«»‹›「」『』\"'‘’")
    texts = {p["paragraph_id"]: p["text"] for p in doc["paragraphs"]}
    for row, claim in _claims(doc):
        if claim["quotation"] == "indirect" and not marks & set(texts[claim["paragraph_id"]]):
            yield change(doc, "claims", row, quotation="direct")
            yield change(doc, "claims", row, quotation="mixed")


@document_kind(AGAINST, why="inside a longer quotation all words stand in marks, whatever a claim in it quotes")
def quotation_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim with another quotation."""
    for row, claim in _claims(doc):
        values = [v for v in ("direct", "mixed", "indirect") if claim["quotation"] and v != claim["quotation"]]
        yield from (change(doc, "claims", row, quotation=value) for value in values)


@document_kind(AGAINST, why="how source and author stand to a claim is the annotator's to say")
def stance_or_attitude_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim with another stance or attitude."""
    for row, claim in _claims(doc):
        attitudes = [value for value in ("affirms", "denies", "doubts") if value != claim["attitude"]]
        stances = [value for value in ("endorses", "neutral", "disputes") if claim["stance"] and value != claim["stance"]]
        yield from (change(doc, "claims", row, attitude=value) for value in attitudes)
        yield from (change(doc, "claims", row, stance=value) for value in stances)


# ------------------------------------------------------------------------------------------------------- scare quotes


@document_kind("scare-quote-place")
def scare_quote_outside_content(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A scare quote on words outside the content: the cue's, the source's."""
    for row, claim in _claims(doc):
        for column in ("cue", "source"):
            content = claim["content"]
            outside = [f for f in claim[column] if not any(c["start"] <= f["start"] and f["end"] <= c["end"] for c in content)]
            if outside:
                yield change(doc, "claims", row, scare_quotes=outside[:1])


@document_kind("scare-quote-place")
def scare_quote_without_marks(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A scare quote on words of the content that have no quotation marks."""
    marks = set("“”„«»‹›「」『』\"'‘’")
    texts = {p["paragraph_id"]: p["text"] for p in doc["paragraphs"]}
    for row, claim in _claims(doc):
        if not marks & set(texts[claim["paragraph_id"]]):
            yield change(doc, "claims", row, scare_quotes=claim["content"][:1])


@document_kind(AGAINST, why="whether quoted words are quoted for distance is the annotator's to say")
def scare_quotes_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim without its scare quotes."""
    for row, claim in _claims(doc):
        if claim["scare_quotes"]:
            yield change(doc, "claims", row, scare_quotes=[])


# -------------------------------------------------------------------------------------------------- parents, relations


@document_kind("parent-cycle")
def parent_of_itself(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim as its own parent."""
    for row, claim in _claims(doc):
        yield change(doc, "claims", row, parent_id=claim["claim_id"])


@document_kind("parent-cycle")
def parents_in_a_circle(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Two or three claims, each the parent of the next."""
    for size in (2, 3):
        for row in range(len(doc["claims"]) - size + 1):
            circle = doc["claims"][row : row + size]
            if len({claim["annotator"] for claim in circle}) == 1:
                turned = [c | {"parent_id": circle[(n + 1) % size]["claim_id"]} for n, c in enumerate(circle)]
                yield {**doc, "claims": [*doc["claims"][:row], *turned, *doc["claims"][row + size :]]}


@document_kind(AGAINST, why="which claim reports which is the annotator's to say")
def other_parent(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim with another parent, or without its own."""
    for row, claim in _claims(doc):
        if claim["parent_id"]:
            yield change(doc, "claims", row, parent_id=None)
        others = [c["claim_id"] for c in doc["claims"] if c["annotator"] == claim["annotator"] and c is not claim]
        for name in [name for name in others if name != claim["parent_id"]][:1]:
            if claim["source_kind"] != "author":
                yield change(doc, "claims", row, parent_id=name)


@document_kind("relation-sound")
def relation_to_itself(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A relation of a claim to itself."""
    for row, claim in _claims(doc):
        for tag in corpus.config["relation_types"]:
            yield change(doc, "claims", row, relations=[*claim["relations"], {"type": tag, "target_id": claim["claim_id"]}])


@document_kind("relation-sound")
def relation_twice(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A relation twice."""
    for row, claim in _claims(doc):
        for relation in claim["relations"]:
            yield change(doc, "claims", row, relations=[*claim["relations"], relation])


@document_kind("type-in-tag-set", "schema")
def relation_outside_the_tag_set(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A relation of a type that the corpus does not have."""
    for row, claim in _claims(doc):
        for n, relation in enumerate(claim["relations"]):
            for tag in ("unheard-of", relation["type"].upper(), ""):
                changed = [*claim["relations"][:n], relation | {"type": tag}, *claim["relations"][n + 1 :]]
                yield change(doc, "claims", row, relations=changed)


@document_kind(AGAINST, why="how claims are related is the annotator's to say")
def relation_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A relation of another type, to another claim, or left out."""
    for row, claim in _claims(doc):
        for n, relation in enumerate(claim["relations"]):
            tags = [tag for tag in corpus.config["relation_types"] if tag != relation["type"]]
            others = [c["claim_id"] for c in doc["claims"] if c["annotator"] == claim["annotator"] and c is not claim]
            changes = [relation | {"type": tag} for tag in tags]
            changes += [relation | {"target_id": name} for name in others if name != relation["target_id"]][:2]
            for changed in ([], *([other] for other in changes)):
                yield change(doc, "claims", row, relations=[*claim["relations"][:n], *changed, *claim["relations"][n + 1 :]])


@document_kind(AGAINST, why="which words are content, source and cue is the annotator's to say")
def content_and_source_swapped(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A claim's content as its source, its source as its content."""
    for row, claim in _claims(doc):
        if claim["source"]:
            yield careful(change(doc, "claims", row, content=claim["source"], source=claim["content"]))
