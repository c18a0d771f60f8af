"""The schemas of what people and programs write: annotation files by quotation, the machine form, metadata; derived from the tables'."""

from __future__ import annotations

from corpus_tools.derive import fields, kind
from corpus_tools.schemas import Schema, SchemaSet, inlined, shipped

MACHINE_TABLES = ("entities", "mentions", "claims", "foreign")

_QUOTE: Schema = {
    "description": "A stretch of the paragraph, word for word. A run of white space stands for any other run of white space.",
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "description": "A quote that occurs more than once in the paragraph, with what tells which one is meant.",
            "properties": {
                "quote": {"type": "string", "minLength": 1, "description": "The stretch, word for word."},
                "in": {"type": "string", "minLength": 1, "description": "A longer quote, found once, that holds it once."},
                "nth": {"type": "integer", "minimum": 1, "description": "Which occurrence in the paragraph, from 1."},
            },
            "required": ["quote"],
            "additionalProperties": False,
        },
    ],
}
_QUOTES: Schema = {
    "description": "A quote, or a list of quotes in the order of the text.",
    "anyOf": [*_QUOTE["anyOf"], {"type": "array", "items": _QUOTE, "minItems": 1}],
}

_PARAGRAPH_NAME: Schema = {"description": "The name of a paragraph: p1, p2 and so on.", "pattern": "^p[1-9][0-9]*(?![\\s\\S])"}


def seed_fields(table: str, schemas: SchemaSet | None = None) -> dict[str, tuple[str, Schema]]:
    """What a person writes for a record: ``{name in the seed file: (column, its schema)}``."""
    return {
        field["x-seed"].get("name", column): (column, field)
        for column, field in fields(table, schemas).items()
        if "x-seed" in field
    }


def as_written(field: Schema) -> Schema:
    """The schema of a field in a seed file: there no text is withheld, so what is null for that alone is never null."""
    plain = {key: value for key, value in field.items() if key not in ("x-seed", "x-withheld", "x-null")}
    if field.get("x-null") == "withheld":
        plain["type"] = kind(field)
    if "items" in plain:
        plain["items"] = as_written(plain["items"])
    if "properties" in plain:
        plain["properties"] = {name: as_written(child) for name, child in plain["properties"].items()}
    return plain


def _seed_object(table: str, schemas: SchemaSet | None) -> Schema:
    properties: dict[str, Schema] = {}
    required = []
    for name, (_, field) in seed_fields(table, schemas).items():
        if field["x-seed"]["as"] == "key":
            continue
        plain = as_written(field)
        is_quotes = field["x-seed"]["as"] == "quotes"
        properties[name] = _QUOTES | {"description": field["description"]} if is_quotes else plain
        required += [name] if field["x-seed"].get("required") else []
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def annotations_schema(schemas: SchemaSet | None = None) -> Schema:
    """The schema of an annotation file by quotation, ``<doc_id>.<annotator>.yaml``."""
    schemas = shipped() if schemas is None else schemas
    identifier = inlined(schemas, schemas["common"]["$defs"]["id"])
    mention = _seed_object("mentions", schemas)
    # A mention is one line: the quote's own "in" and "nth" stand beside it.
    extra = _QUOTE["anyOf"][1]["properties"]
    mention["properties"] = {"quote": mention["properties"]["quote"], "in": extra["in"], "nth": extra["nth"]} | mention[
        "properties"
    ]
    paragraph = {
        "type": "object",
        "properties": {
            "begins": {
                "type": "string",
                "minLength": 1,
                "description": "The first words of the paragraph: a guard against a shift.",
            },
            "mentions": {"type": ["array", "null"], "items": mention, "description": "The mentions in the paragraph."},
            "claims": {"type": ["array", "null"], "items": _seed_object("claims", schemas), "description": "The claims in it."},
        },
        "additionalProperties": False,
    }
    properties = {
        "document": {**identifier, "description": "Identifier of the document."},
        "annotator": {**identifier, "description": "Who annotated."},
        "entities": {
            "type": ["object", "null"],
            "description": "The entities of the document by their ids.",
            "propertyNames": identifier,
            "additionalProperties": _seed_object("entities", schemas),
        },
        "paragraphs": {
            "type": ["object", "null"],
            "description": "The annotations by paragraph: p1, p2, ...",
            "propertyNames": _PARAGRAPH_NAME,
            "additionalProperties": {"anyOf": [paragraph, {"type": "null"}]},
        },
    }
    return _seed_file("annotations", "Annotations by quotation", "One annotator's annotations of one document.", properties)


def machine_fields(table: str, schemas: SchemaSet | None = None) -> dict[str, Schema]:
    """The columns of a table that a line of the machine form holds: all but those that follow from others or from the file."""
    return {column: field for column, field in fields(table, schemas).items() if "x-seed" in field}


def is_required(field: Schema) -> bool:
    """Whether a line of the machine form must have a column."""
    return field["x-seed"]["as"] in ("id", "key") or bool(field["x-seed"].get("required"))


def machine_schema(schemas: SchemaSet | None = None) -> Schema:
    """The schema of a line of annotations in the machine form, ``<doc_id>.<annotator>.jsonl``."""
    schemas = shipped() if schemas is None else schemas
    description = "One line: a record of a table, without the columns that follow from others."
    lines = [_machine_line(table, schemas) for table in MACHINE_TABLES]
    return _generated("machine", "Annotations in the machine form", description) | {"anyOf": lines}


def _machine_line(table: str, schemas: SchemaSet) -> Schema:
    columns = machine_fields(table, schemas)
    plain = {name: as_written(field) for name, field in columns.items()}
    return {
        "title": schemas[table]["title"],
        "description": schemas[table]["description"],
        "type": "object",
        "properties": {"table": {"description": "The table of the record.", "type": "string", "const": table}} | plain,
        "required": ["table", *(name for name, field in columns.items() if is_required(field))],
        "additionalProperties": False,
    }


def metadata_schema(schemas: SchemaSet | None = None) -> Schema:
    """The schema of a document's metadata, ``<doc_id>.meta.yaml``."""
    schemas = shipped() if schemas is None else schemas
    source = fields("documents", schemas)["source"]["properties"]
    edit = fields("documents", schemas)["edits"]["items"]["properties"]
    roles = fields("paragraphs", schemas)["role"]
    per_paragraph = {"type": "object", "propertyNames": _PARAGRAPH_NAME}
    written = _seed_object("documents", schemas)
    words, placed = _QUOTE["anyOf"]
    quote = placed["properties"]
    at = {"type": "integer", "minimum": 0, "description": "Where it begins in the paragraph, in code points; written by programs."}
    start = {**_QUOTE, "anyOf": [words, {**placed, "properties": {**quote, "at": at}}]}
    properties = written["properties"] | {
        "media_type": {**source["media_type"], "description": "Media type of the source, where the file's suffix does not tell."},
        "sha256": source["sha256"],
        "roles": {
            **per_paragraph,
            "additionalProperties": roles,
            "description": "Roles of paragraphs that differ from the default.",
        },
        "sentence_starts": {
            **per_paragraph,
            "additionalProperties": {"type": "array", "items": start, "minItems": 1},
            "description": "Where the sentence splitter is wrong: the first words of every sentence of the paragraph.",
        },
        "corrections": {
            "type": "array",
            "description": "Corrections of the text, each recorded as an edit.",
            "items": {
                "type": "object",
                "properties": {
                    "quote": {**quote["quote"], "description": "The wrong words, as the source shows them."},
                    "in": quote["in"],
                    "nth": {**quote["nth"], "description": "Which occurrence in the document, from 1."},
                    "replacement": {"type": "string", "description": "What stands in the text instead."},
                    "reason": edit["reason"],
                },
                "required": ["quote", "replacement", "reason"],
                "additionalProperties": False,
            },
        },
    }
    schema = _seed_file("metadata", "Metadata of a document", "What is known of one source document.", properties)
    return schema | {"required": [*written["required"], "sha256"]}


def _seed_file(name: str, title: str, description: str, properties: dict[str, Schema]) -> Schema:
    return _generated(name, title, description) | {
        "type": "object",
        "properties": properties,
        "required": [key for key in ("document", "annotator", "paragraphs") if key in properties],
        "additionalProperties": False,
    }


def _generated(name: str, title: str, description: str) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{name}.schema.json",
        "$comment": "Generated from the schemas of the tables by `make generate`: do not edit.",
        "title": title,
        "description": description,
    }
