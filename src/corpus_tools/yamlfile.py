"""YAML as plain data with places: safe, bounded, and strings stay strings.

A scalar becomes true, null or a number only where the schema asks for one: `NO`, `2017-11-21` and `1984` stay the text they are.
Anchors and aliases are refused (a few lines of them can explode), and so are equal keys in one mapping and deep nesting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from corpus_tools.findings import Finding
from corpus_tools.schemas import Schema, Validator

MAX_DEPTH = 50

Path = tuple[str | int, ...]
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class YamlFile(NamedTuple):
    """A parsed file: its value, and for every path into it the line and column (from 1) where that stands."""

    path: str
    value: Any
    places: dict[Path, tuple[int, int]]

    def finding(self, path: Path, rule: str, found: str, expected: str = "", nearest: str = "") -> Finding:
        """A finding at the place of a path, or of the nearest path above it."""
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return Finding(rule=rule, path=self.path, line=line, column=column, found=found, expected=expected, nearest=nearest)


class _Node(NamedTuple):
    kind: str  # scalar, sequence, mapping
    value: Any
    plain: bool
    place: tuple[int, int]


def read_yaml(data: bytes, path: str, validator: Validator) -> tuple[YamlFile, list[Finding]]:
    """Parse a file and validate it; its value may be used only when there are no findings."""
    findings: list[Finding] = []
    try:
        root = _parse(data.decode("utf-8-sig"), path, findings)
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8"
        return YamlFile(path, None, {}), [Finding(rule="yaml-syntax", path=path, line=1, found=found, expected="UTF-8")]
    except yaml.YAMLError as error:
        return YamlFile(path, None, {}), [*findings, _syntax(error, path)]
    places: dict[Path, tuple[int, int]] = {}
    value = _value(root, validator.schema, (), places) if root else None
    file = YamlFile(path, value, places)
    if not findings:
        findings += [
            file.finding(p.path, "schema", place_in_words(p.path) + p.found, p.expected, p.nearest)
            for p in validator.problems(value)
        ]
    return file, findings


def place_in_words(path: Path) -> str:
    """How a message names a place inside a value: "content.0.start: ", nothing for the value itself."""
    return f"{'.'.join(str(part) for part in path)}: " if path else ""


def _syntax(error: yaml.YAMLError, path: str) -> Finding:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    found = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Finding(rule="yaml-syntax", path=path, line=line, column=column, found=found, expected="YAML")


def _parse(text: str, path: str, findings: list[Finding]) -> _Node | None:
    """Build the tree of the first document without recursion."""
    root: _Node | None = None
    stack: list[_Node] = []

    def note(rule: str, place: tuple[int, int], found: str, expected: str) -> None:
        findings.append(Finding(rule=rule, path=path, line=place[0], column=place[1], found=found, expected=expected))

    events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
    for event in events:
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            note("yaml-alias", place, f"an anchor or alias ({event.anchor})", "the value itself")
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            note("yaml-syntax", place, "a second YAML document", "one a file")
            return root
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            continue
        if isinstance(event, yaml.ScalarEvent):
            node = _Node("scalar", event.value, event.implicit[0], place)
        elif isinstance(event, yaml.AliasEvent):
            node = _Node("scalar", "", False, place)
        elif isinstance(event, yaml.CollectionStartEvent):
            node = _Node("mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence", [], False, place)
        else:
            continue
        if stack:
            stack[-1].value.append(node)
        else:
            root = node
        if node.kind != "scalar":
            stack.append(node)
        if len(stack) > MAX_DEPTH:
            note("yaml-depth", place, f"more than {MAX_DEPTH} levels of nesting", "less")
            return None
    _check_keys(root, note)
    return root


def _check_keys(root: _Node | None, note: Any) -> None:
    todo = [root] if root else []
    while todo:
        node = todo.pop()
        if node.kind == "scalar":
            continue
        todo += node.value
        if node.kind == "mapping":
            seen: dict[str, tuple[int, int]] = {}
            for key in node.value[::2]:
                name = key.value if key.kind == "scalar" else ""
                if key.kind != "scalar":
                    note("yaml-syntax", key.place, "a key that is a list or mapping", "a word")
                elif name in seen:
                    note("yaml-duplicate-key", key.place, f"the key {name} again", f"it once (line {seen[name][0]})")
                seen[name] = key.place


def _value(node: _Node, schema: Schema, path: Path, places: dict[Path, tuple[int, int]]) -> Any:
    places.setdefault(path, node.place)
    choices = _choices(schema)
    if node.kind == "scalar":
        return _scalar(node, {t for c in choices for t in _types(c)})
    if node.kind == "sequence":
        items: Schema = next((c["items"] for c in choices if "items" in c), {})
        return [_value(item, items, (*path, i), places) for i, item in enumerate(node.value)]
    own = [c for c in choices if "object" in _types(c)]
    result = {}
    for key, value in zip(node.value[::2], node.value[1::2], strict=True):
        name = key.value if key.kind == "scalar" else ""
        inner = next((c["properties"][name] for c in own if name in c.get("properties", {})), None)
        if inner is None:
            inner = next((c["additionalProperties"] for c in own if isinstance(c.get("additionalProperties"), dict)), {})
        places[(*path, name)] = key.place
        result[name] = _value(value, inner, (*path, name), places)
    return result


def _choices(schema: Schema) -> list[Schema]:
    return [inner for choice in schema["anyOf"] for inner in _choices(choice)] if "anyOf" in schema else [schema]


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else types


_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")


def _scalar(node: _Node, types: set[str]) -> Any:
    text = str(node.value)
    if not node.plain:
        return text
    if not text or (text in ("null", "~") and "null" in types):
        return None
    if text in ("true", "false") and "boolean" in types:
        return text == "true"
    if "integer" in types and _INTEGER.fullmatch(text):
        return int(text)
    return text
