"""Record classes, one a table. Generated from schema/ by `make generate`: do not edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The source file that the text was read from."""

    file: Annotated[str, Meta(max_length=255)]
    media_type: str
    bytes: Annotated[int, Meta(ge=0, le=9007199254740991)]
    sha256: str


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A place where text and source differ."""

    source_start: Annotated[int, Meta(ge=0, le=9007199254740991)]
    source_end: Annotated[int, Meta(ge=0, le=9007199254740991)]
    source_text: str
    text: str
    reason: Annotated[str, Meta(max_length=64)]


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One source document: its metadata, its text, and the edits that lead from the source bytes to the text."""

    doc_id: Annotated[str, Meta(max_length=200)]
    title: Annotated[str, Meta(min_length=1)] | None
    authors: list[Annotated[str, Meta(min_length=1)]]
    publisher: Annotated[str, Meta(min_length=1)] | None
    published: str | None
    language: Annotated[str, Meta(max_length=35)]
    url: str | None
    rights: Annotated[str, Meta(min_length=1)]
    split: Annotated[str, Meta(max_length=64)]
    source: Source
    text: str | None
    text_status: Literal["included", "withheld", "partial"]
    text_sha256: str
    edits: list[Edit] | None


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A sentence."""

    start: Annotated[int, Meta(ge=0, le=9007199254740991)]
    end: Annotated[int, Meta(ge=0, le=9007199254740991)]


class Paragraph(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One block of a document. Paragraphs and the blank lines between them cover the text."""

    doc_id: Annotated[str, Meta(max_length=200)]
    paragraph_id: Annotated[str, Meta(max_length=200)]
    index: Annotated[int, Meta(ge=0, le=9007199254740991)]
    kind: Literal["heading", "paragraph", "list_item", "quote", "code", "table_cell", "caption", "other"]
    role: Literal["title", "byline", "body", "boilerplate"]
    start: Annotated[int, Meta(ge=0, le=9007199254740991)]
    end: Annotated[int, Meta(ge=0, le=9007199254740991)]
    text: Annotated[str, Meta(min_length=1)] | None
    sentences: list[Sentence]


class Entity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One real-world referent in one document, by one annotator."""

    doc_id: Annotated[str, Meta(max_length=200)]
    annotator: Annotated[str, Meta(max_length=200)]
    entity_id: Annotated[str, Meta(max_length=200)]
    type: Annotated[str, Meta(min_length=1)]
    name: Annotated[str, Meta(min_length=1)] | None


class Fragment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A stretch of the document's text."""

    start: Annotated[int, Meta(ge=0, le=9007199254740991)]
    end: Annotated[int, Meta(ge=0, le=9007199254740991)]
    text: Annotated[str, Meta(min_length=1)] | None


class Mention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A span of the text that refers to an entity."""

    doc_id: Annotated[str, Meta(max_length=200)]
    annotator: Annotated[str, Meta(max_length=200)]
    mention_id: Annotated[str, Meta(max_length=200)]
    entity_id: Annotated[str, Meta(max_length=200)]
    paragraph_id: Annotated[str, Meta(max_length=200)]
    level: Literal["name", "nominal", "pronoun"] | None
    metonymic: bool
    start: Annotated[int, Meta(ge=0, le=9007199254740991)]
    end: Annotated[int, Meta(ge=0, le=9007199254740991)]
    text: Annotated[str, Meta(min_length=1)] | None
    fragments: Annotated[list[Fragment], Meta(min_length=1)]


class Relation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A relation to another claim of the same document and annotator."""

    type: Annotated[str, Meta(min_length=1)]
    target_id: Annotated[str, Meta(max_length=200)]


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One proposition that somebody puts forward: what is said, by whom, with which words."""

    doc_id: Annotated[str, Meta(max_length=200)]
    annotator: Annotated[str, Meta(max_length=200)]
    claim_id: Annotated[str, Meta(max_length=200)]
    paragraph_id: Annotated[str, Meta(max_length=200)]
    content: Annotated[list[Fragment], Meta(min_length=1)]
    source_kind: Literal["author", "named", "unnamed", "absent"]
    source: list[Fragment]
    source_entity_ids: list[Annotated[str, Meta(max_length=200)]]
    cue: list[Fragment]
    quotation: Literal["direct", "mixed", "indirect"] | None
    type: Annotated[str, Meta(min_length=1)] | None
    attitude: Literal["affirms", "denies", "doubts"]
    stance: Literal["endorses", "neutral", "disputes"] | None
    scare_quotes: list[Fragment]
    parent_id: Annotated[str, Meta(max_length=200)] | None
    relations: list[Relation]
    entity_ids: list[Annotated[str, Meta(max_length=200)]]


class Foreign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What came with an import and no column of another table can hold; an export to the same format writes it again."""

    doc_id: Annotated[str, Meta(max_length=200)]
    annotator: Annotated[str, Meta(max_length=200)]
    id: Annotated[str, Meta(max_length=200)]
    format: Annotated[str, Meta(max_length=64)]
    label: str
    fragments: list[Fragment]
    attributes: str | None


TABLE_CLASSES: dict[str, Any] = {
    "documents": Document,
    "paragraphs": Paragraph,
    "entities": Entity,
    "mentions": Mention,
    "claims": Claim,
    "foreign": Foreign,
}

# The values of strings that have a pattern, by table and path. Written out, since a loop over attributes by name takes twice as long.
PATTERN_VALUES: dict[str, dict[tuple[str, ...], Callable[[Iterable[Any]], list[Any]]]] = {
    "documents": {
        ("doc_id",): lambda rows: [row.doc_id for row in rows],
        ("published",): lambda rows: [row.published for row in rows],
        ("language",): lambda rows: [row.language for row in rows],
        ("url",): lambda rows: [row.url for row in rows],
        ("split",): lambda rows: [row.split for row in rows],
        ("source", "file"): lambda rows: [row.source.file for row in rows if row.source],
        ("source", "media_type"): lambda rows: [row.source.media_type for row in rows if row.source],
        ("source", "sha256"): lambda rows: [row.source.sha256 for row in rows if row.source],
        ("text_sha256",): lambda rows: [row.text_sha256 for row in rows],
        ("edits", "[]", "reason"): lambda rows: [item.reason for row in rows for item in row.edits or () if item],
    },
    "paragraphs": {
        ("doc_id",): lambda rows: [row.doc_id for row in rows],
        ("paragraph_id",): lambda rows: [row.paragraph_id for row in rows],
    },
    "entities": {
        ("doc_id",): lambda rows: [row.doc_id for row in rows],
        ("annotator",): lambda rows: [row.annotator for row in rows],
        ("entity_id",): lambda rows: [row.entity_id for row in rows],
    },
    "mentions": {
        ("doc_id",): lambda rows: [row.doc_id for row in rows],
        ("annotator",): lambda rows: [row.annotator for row in rows],
        ("mention_id",): lambda rows: [row.mention_id for row in rows],
        ("entity_id",): lambda rows: [row.entity_id for row in rows],
        ("paragraph_id",): lambda rows: [row.paragraph_id for row in rows],
    },
    "claims": {
        ("doc_id",): lambda rows: [row.doc_id for row in rows],
        ("annotator",): lambda rows: [row.annotator for row in rows],
        ("claim_id",): lambda rows: [row.claim_id for row in rows],
        ("paragraph_id",): lambda rows: [row.paragraph_id for row in rows],
        ("source_entity_ids", "[]"): lambda rows: [item for row in rows for item in row.source_entity_ids or ()],
        ("parent_id",): lambda rows: [row.parent_id for row in rows],
        ("relations", "[]", "target_id"): lambda rows: [item.target_id for row in rows for item in row.relations or () if item],
        ("entity_ids", "[]"): lambda rows: [item for row in rows for item in row.entity_ids or ()],
    },
    "foreign": {
        ("doc_id",): lambda rows: [row.doc_id for row in rows],
        ("annotator",): lambda rows: [row.annotator for row in rows],
        ("id",): lambda rows: [row.id for row in rows],
        ("format",): lambda rows: [row.format for row in rows],
    },
}
