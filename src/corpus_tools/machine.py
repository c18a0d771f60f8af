"""Annotations in the machine form, ``<doc_id>.<annotator>.jsonl``: a record a line, offsets and quote together.

A line is ``{"table": "mentions", ...}`` with those columns of the table that do not follow from others or from the file. A column that is
left out has its default; a quotation or stance that is left out follows from the source, one that is null is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, reduce
from operator import or_
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from corpus_tools.derive import kind, patterns
from corpus_tools.findings import Finding, nearest, quoted
from corpus_tools.jsonlines import NotJson, Patterns, parse_line
from corpus_tools.records import PATTERN_VALUES, TABLE_CLASSES
from corpus_tools.schemas import Schema, Validator, describe, shipped
from corpus_tools.seedschemas import MACHINE_TABLES, is_required, machine_fields
from corpus_tools.yamlfile import place_in_words

_encoder = msgspec.json.Encoder()


class MachineFile(NamedTuple):
    """A file in the machine form: its lines as records of `line_classes`, and the number of each line, from 1."""

    path: str
    annotator: str
    records: list[Any]
    numbers: Sequence[int]

    def place(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """Line and column of a path: its first part is the line."""
        return (path[0], 0) if path and isinstance(path[0], int) else (1, 0)


@cache
def line_classes() -> dict[str, type[msgspec.Struct]]:
    """The class of a line of each table; its ``table`` is the tag."""
    return {table: _line_class(table) for table in MACHINE_TABLES}


def _line_class(table: str) -> type[msgspec.Struct]:
    types = {field.name: field.type for field in msgspec.structs.fields(TABLE_CLASSES[table])}
    return msgspec.defstruct(
        f"{shipped()[table]['title']}Line",
        [_column(name, types[name], field) for name, field in machine_fields(table).items()],
        tag_field="table",
        tag=table,
        frozen=True,
        kw_only=True,
        gc=False,
        forbid_unknown_fields=True,
        omit_defaults=True,
    )


def _column(name: str, typed: Any, field: Schema) -> Any:
    """A column as `defstruct` takes it: name, type and, where it may be left out, what it holds then."""
    if is_required(field):
        return name, typed
    if "default" in field:
        return name, typed, field["default"]
    if kind(field) == "array":
        return name, typed, msgspec.field(default_factory=list)
    return name, typed | UnsetType, UNSET


# --------------------------------------------------------------------------------------------------------- reading


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(reduce(or_, line_classes().values()))


@cache
def _patterns() -> Mapping[type, Patterns]:
    return {
        cls: Patterns([at for at in patterns(table) if at[0][0] in machine_fields(table)], PATTERN_VALUES[table])
        for table, cls in line_classes().items()
    }


def read_machine(data: bytes, path: str, annotator: str) -> tuple[MachineFile, list[Finding]]:
    """Read a file in the machine form; the lines that are not sound are left out and reported."""
    lines = data.split(b"\n")
    lines = lines if lines[-1] else lines[:-1]
    records = _read_lines(data, lines)
    if None not in records:
        return MachineFile(path, annotator, records, range(1, len(lines) + 1)), []
    bad = [number for number, record in enumerate(records, 1) if record is None]
    findings = [finding for number in bad for finding in _explain(path, number, lines[number - 1])]
    sound = [(record, number) for number, record in enumerate(records, 1) if record is not None]
    return MachineFile(path, annotator, [record for record, _ in sound], [number for _, number in sound]), findings


def _read_lines(data: bytes, lines: list[bytes]) -> list[Any]:
    """The records of lines, None for those that are not sound. As `msgspec` drops a key that stands twice, lines that are not as it
    writes them are looked at a second time."""
    try:
        records = _decoder().decode_lines(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        records = []
    if len(records) != len(lines):
        records = [_read_line(line) for line in lines]
    elif data == _encoder.encode_lines(records):
        return records if _fit(records) else [record if _fit([record]) else None for record in records]
    sound = _fit([record for record in records if record is not None])
    return [
        record if record is not None and (sound or _fit([record])) and not _twice(line, record) else None
        for line, record in zip(lines, records, strict=True)
    ]


def _read_line(line: bytes) -> Any | None:
    try:
        return _decoder().decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _fit(records: list[Any]) -> bool:
    by_class: dict[type, list[Any]] = {}
    for record in records:
        by_class.setdefault(type(record), []).append(record)
    return all(_patterns()[cls].fit(own) for cls, own in by_class.items())


def _twice(line: bytes, record: Any) -> bool:
    return line != _encoder.encode(record) and bool(parse_line(line)[1])


def _refusal(raw: bytes) -> str:
    try:
        _decoder().decode(raw)
    except (msgspec.MsgspecError, ValueError) as error:
        return f"a value that cannot be read ({error})"
    return "a value that is no text"


@cache
def _validators() -> dict[str, Validator]:
    return {line["properties"]["table"]["const"]: Validator(line) for line in shipped()["machine"]["anyOf"]}


def _explain(path: str, number: int, raw: bytes) -> Iterator[Finding]:
    """What is wrong with a line that gives no record."""

    def note(rule: str, found: str, expected: str, near: str = "") -> Finding:
        return Finding(rule=rule, path=path, line=number, found=found, expected=expected, nearest=near)

    try:
        value, twice = parse_line(raw)
    except NotJson as error:
        yield note("json-syntax", error.found, error.expected)
        return
    yield from (note("json-duplicate-key", f"the key {quoted(key)} again", "it once in an object") for key in twice)
    table = value.get("table") if isinstance(value, dict) else None
    if not isinstance(table, str) or table not in _validators():
        found = f"the table {describe(table)}" if isinstance(value, dict) else describe(value)
        near = nearest(table, _validators()) if isinstance(table, str) else ""
        yield note("schema", found, f'an object with "table": one of {", ".join(_validators())}', near)
        return
    problems = _validators()[table].problems(value)
    for problem in problems:
        yield note("schema", place_in_words(problem.path) + problem.found, problem.expected, problem.nearest)
    if not problems and not twice:  # what JSON Schema allows and the record class does not: 1.0 for 1
        yield note("schema", _refusal(raw), "a line of the machine form")


# --------------------------------------------------------------------------------------------------------- writing


def machine_lines(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Records ``{"table": ..., columns}`` as lines, in their canonical form.

    Raises:
        msgspec.ValidationError: a record is not what the machine form allows.
    """
    return _encoder.encode_lines([msgspec.convert(record, line_classes()[record["table"]]) for record in records])
