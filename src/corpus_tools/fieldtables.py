"""The fields of a table for a reader, as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator

from corpus_tools.derive import constraints, fields, kind, nullable
from corpus_tools.schemas import Schema, SchemaSet


def field_table(table: str, schemas: SchemaSet | None = None) -> str:
    """The fields of a table as a Markdown table: name, type, meaning."""
    rows = [
        f"| `{name}` | {type_name} | {description.replace('|', chr(92) + '|')} |"
        for name, type_name, description in field_rows(fields(table, schemas))
    ]
    return "\n".join(["| field | type | meaning |", "|---|---|---|", *rows])


def field_rows(properties: dict[str, Schema], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Fields and those inside them as (path, type, meaning): ``edits[].reason``, ``paragraphs.*.begins`` (under any key)."""
    for name, field in properties.items():
        meaning = [field.get("description", ""), _WITHHELD.get(field.get("x-withheld", ""), "")]
        yield prefix + name, type_name(field), " ".join(filter(None, meaning))
        yield from _rows_inside(prefix + name, constraints(field))


_WITHHELD = {
    "always": "Null where the text is withheld.",
    "quoting": "Left out where the text is withheld and this spells out words of it.",
}


def _rows_inside(path: str, field: Schema) -> Iterator[tuple[str, str, str]]:
    if kind(field) == "array":
        yield from _rows_inside(f"{path}[]", constraints(field["items"]))
    elif "additionalProperties" in field and isinstance(field["additionalProperties"], dict):
        yield from _rows_inside(f"{path}.*", constraints(field["additionalProperties"]))
    elif "properties" in field and field.get("title") != "Fragment":
        yield from field_rows(field["properties"], f"{path}.")


def type_name(field: Schema) -> str:
    """The type of a field for a reader: "string", "list of Fragment", "one of a, b", "string or null"."""
    choices = [choice for choice in field.get("anyOf", [field]) if choice.get("type") != "null"]
    text = " or ".join(_one_type_name(choice) for choice in choices)
    return f"{text} or null" if nullable(field) else text


def _one_type_name(field: Schema) -> str:
    match kind(field):
        case "array":
            return f"list of {type_name(field['items'])}"
        case "object":
            return str(field.get("title", "mapping"))
        case "string" if "enum" in field:
            return "one of " + ", ".join(f"`{value}`" for value in field["enum"] if value is not None)
        case simple:
            return simple
