"""What derives from the schemas: record classes, Arrow schemas, `datasets` features, seed schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_tools.schemas import TABLES, Schema, SchemaSet, inlined, read_schemas, shipped

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa


def fields(table: str, schemas: SchemaSet | None = None) -> dict[str, Schema]:
    """The columns of a table in order, each with its schema, references resolved."""
    if schemas is None:
        return _shipped_fields(table)
    properties: dict[str, Schema] = inlined(schemas, schemas[table]["properties"])
    return properties


@cache
def _shipped_fields(table: str) -> dict[str, Schema]:
    return fields(table, shipped())


def kind(field: Schema) -> str:
    """The JSON type of a field, null aside."""
    if "anyOf" in field:
        return next(kind(choice) for choice in field["anyOf"] if choice.get("type") != "null")
    types = field["type"]
    return types if isinstance(types, str) else next(t for t in types if t != "null")


def nullable(field: Schema) -> bool:
    """Whether a field may be null."""
    choices = field.get("anyOf", [field])
    return any("null" in ([c["type"]] if isinstance(c["type"], str) else c["type"]) for c in choices)


# ---------------------------------------------------------------------------------------------- Arrow and datasets


def arrow_schema(table: str, schemas: SchemaSet | None = None) -> pa.Schema:
    """The Arrow schema of a table, the `datasets` features in its metadata."""
    import pyarrow as pa

    columns = [pa.field(name, _arrow_type(field)) for name, field in fields(table, schemas).items()]
    info = {"info": {"features": feature_dict(table, schemas)}}
    return pa.schema(columns, metadata={"huggingface": json.dumps(info)})


def _arrow_type(field: Schema) -> pa.DataType:
    import pyarrow as pa

    inner = constraints(field)
    match kind(inner):
        case "array":
            # "element" is what Parquet calls it, and so what comes back.
            return pa.list_(pa.field("element", _arrow_type(inner["items"])))
        case "object":
            return pa.struct([pa.field(name, _arrow_type(child)) for name, child in inner["properties"].items()])
        case simple:
            return {"string": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}[simple]


def features(table: str, schemas: SchemaSet | None = None) -> datasets.Features:
    """The `datasets` features of a table."""
    import datasets

    return datasets.Features.from_dict(feature_dict(table, schemas))


def feature_dict(table: str, schemas: SchemaSet | None = None) -> dict[str, Any]:
    """The features as `datasets` writes them into a file; to import it for this alone would take most of a build."""
    return {name: _feature(field) for name, field in fields(table, schemas).items()}


def _feature(field: Schema) -> Any:
    inner = constraints(field)
    match kind(inner):
        case "array":
            return {"feature": _feature(inner["items"]), "_type": "List"}
        case "object":
            return {name: _feature(child) for name, child in inner["properties"].items()}
        case simple:
            return {"dtype": {"string": "string", "integer": "int64", "boolean": "bool"}[simple], "_type": "Value"}


# ---------------------------------------------------------------------------------------------- record classes


def record_classes(schemas: SchemaSet | None = None) -> str:
    """The source of records.py: one class a table, one for each object inside."""
    schemas = shipped() if schemas is None else schemas
    written: dict[str, str] = {}
    for table in TABLES:
        _write_class(inlined(schemas, schemas[table]), written)
    tables = "\n".join(f'    "{table}": {schemas[table]["title"]},' for table in TABLES)
    return _RECORDS.format(classes="\n\n".join(written.values()), tables=tables)


_RECORDS = '''"""Record classes, one a table. Generated from schema/ by `make generate`: do not edit."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta


{classes}

TABLE_CLASSES: dict[str, Any] = {{
{tables}
}}
'''


def _write_class(schema: Schema, written: dict[str, str]) -> str:
    """Write the class of an object schema and those inside it, if not yet done; return its name."""
    name: str = schema["title"]
    if name not in written:
        lines = [f"    {key}: {_annotation(field, written)}" for key, field in schema["properties"].items()]
        head = (
            f'class {name}(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):\n    """{schema["description"]}"""\n'
        )
        written[name] = "\n".join([head, *lines, ""])
    return name


def _annotation(field: Schema, written: dict[str, str]) -> str:
    inner = constraints(field)
    match kind(inner):
        case "array":
            text = f"list[{_annotation(inner['items'], written)}]"
        case "object":
            text = _write_class(inner, written)
        case "string" if "enum" in inner:
            text = f"Literal[{', '.join(json.dumps(v) for v in inner['enum'] if v is not None)}]"
        case simple:
            text = {"string": "str", "integer": "int", "boolean": "bool"}[simple]
    limits = ", ".join(f"{_LIMITS[key]}={value}" for key, value in inner.items() if key in _LIMITS)
    text = f"Annotated[{text}, Meta({limits})]" if limits else text
    return f"{text} | None" if nullable(field) else text


# Patterns are no part of the classes: as `msgspec` checks them they would cost more than all the rest (see reading.py).
_LIMITS = {"minimum": "ge", "maximum": "le", "minLength": "min_length", "maxLength": "max_length"}
_LIMITS |= {"minItems": "min_length", "maxItems": "max_length"}


def constraints(field: Schema) -> Schema:
    """The part of a field's schema that limits a value that is not null."""
    return next((choice for choice in field.get("anyOf", ()) if choice.get("type") != "null"), field)


def patterns(table: str, schemas: SchemaSet | None = None) -> list[tuple[tuple[str, ...], str]]:
    """The patterns of a table's string fields, each with its path; ``[]`` in a path goes through a list."""
    return list(_patterns((), {"properties": fields(table, schemas)}))


def _patterns(path: tuple[str, ...], field: Schema) -> Iterator[tuple[tuple[str, ...], str]]:
    inner = constraints(field)
    if "pattern" in inner:
        yield path, inner["pattern"]
    if "items" in inner:
        yield from _patterns((*path, "[]"), inner["items"])
    for name, child in inner.get("properties", {}).items():
        yield from _patterns((*path, name), child)


# ---------------------------------------------------------------------------------------------- schemas of the seeds

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


# ---------------------------------------------------------------------------------------------- generated files


def generated_files(schemas: SchemaSet | None = None) -> dict[str, str]:
    """The generated files of the checkout, ``{path from its top: content}``."""
    schemas = shipped() if schemas is None else schemas
    seeds = {
        "annotations": annotations_schema(schemas),
        "machine": machine_schema(schemas),
        "metadata": metadata_schema(schemas),
    }
    files = {f"schema/{name}.schema.json": json.dumps(s, indent=2, ensure_ascii=False) + "\n" for name, s in seeds.items()}
    return {"src/corpus_tools/records.py": record_classes(schemas)} | files


def main() -> None:
    """Write the generated files."""
    top = Path(__file__).parents[2]
    for path, content in generated_files(read_schemas(top / "schema")).items():
        (top / path).write_text(content, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
