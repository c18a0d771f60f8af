"""The JSON Schemas in schema/: the only truth about fields.

A *schema set* is ``{file stem: schema}`` as read from the folder ("claims" -> claims.schema.json). Validation uses two libraries:
a fast one for the verdict, and `jsonschema`, the reference, to explain what is wrong.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from corpus_tools.findings import UsageError, nearest, quoted

Schema = dict[str, Any]
SchemaSet = Mapping[str, Schema]

TABLES = ("documents", "paragraphs", "entities", "mentions", "claims", "foreign")


def package_folder(name: str) -> Path:
    """A folder of data that belongs to the package: inside it when installed, at the top of the checkout otherwise."""
    installed = Path(__file__).parent / "data" / name
    return installed if installed.is_dir() else Path(__file__).parents[2] / name


def read_schemas(folder: Path) -> SchemaSet:
    """Read the schema set of a folder, sorted by name."""
    files = sorted(folder.glob("*.schema.json"))
    return {file.name.removesuffix(".schema.json"): json.loads(file.read_text("utf-8")) for file in files}


@cache
def shipped() -> SchemaSet:
    """The schema set that the package ships."""
    return read_schemas(package_folder("schema"))


def schema(table: str | None = None) -> Schema:
    """The JSON Schema of a table, complete in itself; that of a seed file for "annotations", "metadata" or "corpus".

    Args:
        table: the name; None for all, by name.

    Raises:
        UsageError: no schema has that name.
    """
    names = [*TABLES, *(name for name in shipped() if name not in (*TABLES, "common"))]
    if table is None:
        return {name: schema(name) for name in names}
    if table not in names:
        raise UsageError(f"no schema {quoted(table)}; there are {', '.join(names)}")
    found: Schema = inlined(shipped(), shipped()[table])
    return found


@cache
def schema_digest() -> str:
    """SHA-256 of the schemas of the tables, as one canonical JSON text: what a corpus says it follows."""
    text = json.dumps([schema(table) for table in TABLES], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def inlined(schemas: SchemaSet, schema: Any) -> Any:
    """A schema with every ``$ref`` replaced by what it refers to; keywords beside a ``$ref`` win."""
    if isinstance(schema, list):
        return [inlined(schemas, item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: inlined(schemas, value) for key, value in schema.items() if key not in ("$ref", "$defs")}
    if "$ref" not in schema:
        return result
    name, _, path = schema["$ref"].partition("#/")
    target: Any = schemas[name.removesuffix(".schema.json")]
    for part in path.split("/") if path else ():
        target = target[part]
    return inlined(schemas, target) | result


@lru_cache(maxsize=64)
def _shipped_validator(name: str) -> Validator:
    return Validator(inlined(shipped(), shipped()[name]))


def validator(name: str, schemas: SchemaSet | None = None) -> Validator:
    """The validator of a schema, of the shipped set or of another."""
    return _shipped_validator(name) if schemas is None else Validator(inlined(schemas, schemas[name]))


class Problem(NamedTuple):
    """A value that its schema does not allow. ``path`` leads from the top of the value to it."""

    path: tuple[str | int, ...]
    found: str
    expected: str
    nearest: str


class Validator:
    """Validates values against one schema (without references)."""

    def __init__(self, schema: Schema) -> None:
        import jsonschema_rs

        self.schema = schema
        self.is_valid: Callable[[Any], bool] = jsonschema_rs.validator_for(schema).is_valid

    def problems(self, value: Any) -> list[Problem]:
        """All problems of a value, in the order of their places; empty when it is valid."""
        try:
            if self.is_valid(value):
                return []
        except (ValueError, OverflowError, RecursionError):  # not JSON at all: the reference says why
            pass
        import jsonschema

        errors = jsonschema.Draft202012Validator(self.schema).iter_errors(value)
        return sorted((p for error in errors for p in _explain(error)), key=lambda p: [str(part) for part in p.path])


def _explain(error: Any) -> Iterator[Problem]:
    path, value, keyword, limit = tuple(error.absolute_path), error.instance, error.validator, error.validator_value
    if keyword == "additionalProperties":
        known = error.schema.get("properties", {})
        expected = f"one of {', '.join(known)}" if known else "no field"
        for key in sorted(set(value) - set(known), key=str):
            yield Problem((*path, key), "an unknown field", expected, nearest(str(key), known))
    elif keyword == "required":
        missing = [key for key in limit if key not in value]
        name = next(key for key in missing if repr(key) in error.message)
        if not nearest(name, set(value) - set(error.schema.get("properties", {}))):  # else it is there, misspelt
            yield Problem(path, f"no field {quoted(name)}", "one, as it is required", "")
    elif "propertyNames" in list(error.absolute_schema_path)[-2:-1]:
        yield Problem((*path, value), f"the name {quoted(value)}", _expected(keyword, limit, error.schema), "")
    elif keyword in ("anyOf", "oneOf"):
        yield from _explain_choice(error, path, value)
    else:
        yield Problem(path, describe(value), _expected(keyword, limit, error.schema), _near(keyword, value, limit))


def _explain_choice(error: Any, path: tuple[str | int, ...], value: Any) -> Iterator[Problem]:
    """Explain by the alternative that is of the value's own kind, where there is one."""
    own_kind = [e for e in error.context if e.validator != "type" or len(e.absolute_path) > len(path)]
    branches = {e.schema_path[0] for e in own_kind} - {e.schema_path[0] for e in error.context if e not in own_kind}
    if len(branches) == 1:
        for inner in own_kind:
            if inner.schema_path[0] in branches:
                yield from _explain(inner)
    else:
        kinds = " or ".join(_kind_names(alternative) for alternative in error.validator_value)
        yield Problem(path, describe(value), kinds, "")


_ARTICLES = {"string": "a string", "integer": "an integer", "boolean": "true or false", "null": "nothing (null)"}
_ARTICLES |= {"array": "a list", "object": "a mapping", "number": "a number"}


def _kind_names(schema: Schema) -> str:
    types = schema.get("type", [])
    return " or ".join(_ARTICLES[t] for t in ([types] if isinstance(types, str) else types)) or "a value its schema allows"


def _expected(keyword: str, limit: Any, schema: Schema) -> str:
    match keyword:
        case "type":
            return _kind_names(schema)
        case "enum":
            return "one of " + ", ".join("null" if v is None else str(v) for v in limit)
        case "const":
            return str(limit)
        case "pattern":
            return schema.get("x-form") or schema.get("description", "").rstrip(".") or f"what matches {limit}"
        case "minLength" | "minItems":
            return f"at least {limit} {'character' if keyword == 'minLength' else 'item'}{'s' if limit != 1 else ''}"
        case "maxLength" | "maxItems":
            return f"at most {limit} {'characters' if keyword == 'maxLength' else 'items'}"
        case "minimum":
            return f"{limit} or more"
        case "maximum":
            return f"{limit} or less"
        case _:
            return f"what {keyword} {json.dumps(limit)} allows"


def _near(keyword: str, value: Any, limit: Any) -> str:
    return nearest(value, [v for v in limit if v]) if keyword == "enum" and isinstance(value, str) else ""


def describe(value: Any) -> str:
    """A value for a message: its kind and, if short, itself."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value) if value else "an empty string"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, dict):
        return "a mapping"
    return re.sub(r"(?<=^.{40}).*", "...", str(value))
