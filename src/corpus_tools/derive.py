"""What derives from the schemas: record classes, Arrow schemas, `datasets` features, seed schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from corpus_tools.schemas import TABLES, Schema, SchemaSet, inlined, shipped

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
    values = "\n".join(f'    "{table}": {{\n{_values(table, schemas)}    }},' for table in TABLES)
    return _RECORDS.format(classes="\n\n".join(written.values()), tables=tables, values=values)


_RECORDS = '''"""Record classes, one a table. Generated from schema/ by `make generate`: do not edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta


{classes}

TABLE_CLASSES: dict[str, Any] = {{
{tables}
}}

# The values of strings that have a pattern, by table and path. Written out, since a loop over attributes by name takes twice as long.
PATTERN_VALUES: dict[str, dict[tuple[str, ...], Callable[[Iterable[Any]], list[Any]]]] = {{
{values}
}}
'''


def _values(table: str, schemas: SchemaSet) -> str:
    """The source of what gives the values of a table's strings that have a pattern, by their paths."""
    lines = ""
    for path, _ in patterns(table, schemas):
        value, loops = "row", "for row in rows"
        for name in path:
            if name == "[]":
                value, loops = "item", f"{loops} for item in {value} or ()"
            else:
                loops += f" if {value}" if value != "row" else ""
                value += f".{name}"
        key = str(path).replace("'", '"')
        lines += f"        {key}: lambda rows: [{value} {loops}],\n"
    return lines


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
