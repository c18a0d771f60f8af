"""Record classes, one a table. Generated from schema/ by `make generate`: do not edit."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The source file that the text was read from."""

    file: str
    media_type: str
    bytes: int
    sha256: str


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A place where text and source differ."""

    source_start: int
    source_end: int
    source_text: str
    text: str
    reason: str


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One source document: its metadata, its text, and the edits that lead from the source bytes to the text."""

    doc_id: str
    title: str
    authors: list[str]
    publisher: str | None
    published: str | None
    language: str
    url: str | None
    rights: str
    split: str
    source: Source
    text: str | None
    text_status: Literal["included", "withheld"]
    text_sha256: str
    edits: list[Edit] | None


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A sentence."""

    start: int
    end: int


class Paragraph(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One block of a document. Paragraphs and the blank lines between them cover the text."""

    doc_id: str
    paragraph_id: str
    index: int
    kind: Literal["heading", "paragraph", "list_item", "quote", "code", "table_cell", "caption", "other"]
    role: Literal["title", "byline", "body", "boilerplate"]
    start: int
    end: int
    text: str
    sentences: list[Sentence]


class Entity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One real-world referent in one document, by one annotator."""

    doc_id: str
    annotator: str
    entity_id: str
    type: str
    name: str | None


class Fragment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A stretch of the document's text."""

    start: int
    end: int
    text: str


class Mention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A span of the text that refers to an entity."""

    doc_id: str
    annotator: str
    mention_id: str
    entity_id: str
    paragraph_id: str
    level: Literal["name", "nominal", "pronoun"] | None
    metonymic: bool
    start: int
    end: int
    text: str
    fragments: list[Fragment]


class Relation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A relation to another claim of the same document and annotator."""

    type: str
    target_id: str


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One proposition that somebody puts forward: what is said, by whom, with which words."""

    doc_id: str
    annotator: str
    claim_id: str
    paragraph_id: str
    content: list[Fragment]
    source_kind: Literal["author", "named", "unnamed", "absent"]
    source: list[Fragment]
    source_entity_ids: list[str]
    cue: list[Fragment]
    quotation: Literal["direct", "mixed", "indirect"] | None
    type: str | None
    attitude: Literal["affirms", "denies", "doubts"]
    stance: Literal["endorses", "neutral", "disputes"] | None
    scare_quotes: list[Fragment]
    parent_id: str | None
    relations: list[Relation]
    entity_ids: list[str]


TABLE_CLASSES: dict[str, Any] = {
    "documents": Document,
    "paragraphs": Paragraph,
    "entities": Entity,
    "mentions": Mention,
    "claims": Claim,
}
