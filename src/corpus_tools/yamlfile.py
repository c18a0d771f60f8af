"""YAML as plain data with places: safe, bounded, and strings stay strings.

A scalar becomes true, null or a number only where the schema asks for one: `NO`, `2017-11-21` and `1984` stay the text they are.
Anchors and aliases are refused (a few lines of them can explode), and so are tags, equal keys in one mapping and deep nesting.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from corpus_tools.findings import Finding, quoted
from corpus_tools.schemas import Schema, Validator
from corpus_tools.text import BOM

MAX_DEPTH = 50

Path = tuple[str | int, ...]
Place = tuple[int, int]
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class YamlFile(NamedTuple):
    """A parsed file: its value, and for every path into it the line and column (from 1) where that stands."""

    path: str
    value: Any
    places: dict[Path, Place]

    def place(self, path: Path) -> Place:
        """The place of a path, or of the nearest path above it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def finding(self, path: Path, rule: str, found: str, expected: str = "", nearest: str = "") -> Finding:
        """A finding at the place of a path, or of the nearest path above it."""
        line, column = self.place(path)
        return Finding(rule=rule, path=self.path, line=line, column=column, found=found, expected=expected, nearest=nearest)


class _Node(NamedTuple):
    kind: str  # scalar, sequence, mapping, alias
    value: Any
    plain: bool
    place: Place


def read_yaml(data: bytes, path: str, validator: Validator) -> tuple[YamlFile, list[Finding]]:
    """Parse a file and validate it; its value may be used only when there are no findings, which stand in the order of the file."""
    try:
        notes = _Notes(data.decode().lstrip(BOM), path)
    except UnicodeDecodeError as error:
        notes = _Notes(data[: error.start].decode().lstrip(BOM), path)
        found = f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8"
        notes.add("yaml-syntax", notes.place(len(notes.text)), found, "UTF-8")
        return YamlFile(path, None, {}), notes.in_order()
    root, whole = _parse(notes)
    if not whole:
        return YamlFile(path, None, {}), notes.in_order()
    places: dict[Path, Place] = {}
    unread: set[Path] = set()
    value = _value(root, validator.schema, (), places, unread) if root else None
    file = YamlFile(path, value, places)
    for p in validator.problems(value):
        if not any(p.path[: len(above)] == above for above in unread):
            notes.findings.append(file.finding(p.path, "schema", place_in_words(p.path) + p.found, p.expected, p.nearest))
    return file, notes.in_order()


def place_in_words(path: Path) -> str:
    """How a message names a place inside a value: "content.0.start: ", nothing for the value itself."""
    return f"{'.'.join(_part_in_words(str(part)) for part in path)}: " if path else ""


def _part_in_words(part: str) -> str:
    return part if part.isprintable() and 0 < len(part) <= 60 else quoted(part)


class _Notes:
    """Findings on one text, by offsets into it. Only CR, LF and CRLF end a line, as in an editor: YAML counts more characters."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path
        self.findings: list[Finding] = []
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n?|\n", text))]

    def place(self, offset: int) -> Place:
        """Line and column of an offset, from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def add(self, rule: str, place: Place, found: str, expected: str) -> None:
        line, column = place
        self.findings.append(Finding(rule=rule, path=self.path, line=line, column=column, found=found, expected=expected))

    def in_order(self) -> list[Finding]:
        return sorted(self.findings, key=lambda finding: (finding.line, finding.column))


# ------------------------------------------------------------------------------------------------- text -> tree

# What the parser says, and what helps. The first phrase that it uses counts.
_ADVICE = {
    "nesting": f"at most {MAX_DEPTH} levels",
    "mapping values are not allowed": 'fields that stand in line, and quotation marks around a text that holds ": "',
    "tab character": "spaces for indentation",
    "that cannot start any token": "spaces for indentation, and quotation marks around a text that begins with @, ` or %",
    "',' or": "a comma or the closing bracket",
    "end of stream": "the closing quotation mark",
    "expected key": "fields that stand in line, and single quotes around a text that begins with a quotation mark",
    "<block end>": "fields that stand in line, and single quotes around a text that begins with a quotation mark",
    "expected ':'": 'a key and ":"',
    "expected '-'": "items that stand in line",
}
# What YAML does not allow in a file as it stands.
_FORBIDDEN = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _parse(notes: _Notes) -> tuple[_Node | None, bool]:
    """The tree of the first document, and whether the file could be read as far as that."""
    forbidden = {match[0]: match.start() for match in reversed(list(_FORBIDDEN.finditer(notes.text)))}
    for character, offset in forbidden.items():
        found = f"the character U+{ord(character):04X}"
        notes.add("yaml-syntax", notes.place(offset), found, "none, or its escape in double quotes")
    if forbidden:
        return None, False
    try:
        root = _tree(yaml.parse(notes.text, Loader=_Loader), notes)
    except yaml.YAMLError as error:
        _note_syntax(error, notes)
        return None, False
    _check_keys(root, notes)
    return root, True


def _note_syntax(error: Any, notes: _Notes) -> None:
    found = getattr(error, "problem", None) or str(error).splitlines()[0]
    expected = next((advice for phrase, advice in _ADVICE.items() if phrase in found), "YAML")
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    place = notes.place(mark.index) if mark else (1, 1)
    begin = notes.place(context.index) if context else place
    if begin[0] < place[0]:
        found += f", {error.context} that begins in line {begin[0]}"
    notes.add("yaml-depth" if "nesting" in found else "yaml-syntax", place, found, expected)


def _tree(events: Iterator[Any], notes: _Notes) -> _Node | None:
    """Build the tree of the first document without recursion."""
    root: _Node | None = None
    stack: list[_Node] = []
    for event in events:
        mark: Any = event.start_mark
        place = notes.place(mark.index)
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and root:
            notes.add("yaml-syntax", place, "a second YAML document", "one document a file")
            break
        elif isinstance(event, yaml.NodeEvent):
            _note_refused(event, place, notes)
            node = _node(event, place)
            if stack:
                stack[-1].value.append(node)
            else:
                root = node
            if isinstance(event, yaml.CollectionStartEvent):
                stack.append(node)
            if len(stack) > MAX_DEPTH:
                problem = f"more than {MAX_DEPTH} levels of nesting"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
    return root


def _node(event: Any, place: Place) -> _Node:
    if isinstance(event, yaml.ScalarEvent):
        return _Node("scalar", event.value, event.implicit[0], place)
    if isinstance(event, yaml.AliasEvent):
        return _Node("alias", "", False, place)
    return _Node("mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence", [], False, place)


def _note_refused(event: Any, place: Place, notes: _Notes) -> None:
    if isinstance(event, yaml.AliasEvent):
        notes.add("yaml-alias", place, f"the alias *{event.anchor}", "the value itself")
    elif event.anchor:
        notes.add("yaml-alias", place, f"the anchor &{event.anchor}", "the value without it")
    if getattr(event, "tag", None):
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        notes.add("yaml-alias", place, f"the tag {quoted(tag)}", "the value without it; quotation marks make it a text")
    if isinstance(event, yaml.ScalarEvent) and re.search("[\ud800-\udfff]", event.value):  # the parser in Python lets it pass
        notes.add("yaml-syntax", place, "the escape of half a character", "the whole one")


def _check_keys(root: _Node | None, notes: _Notes) -> None:
    todo = [root] if root else []
    while todo:
        node = todo.pop()
        if node.kind not in ("mapping", "sequence"):
            continue
        todo += node.value
        seen: dict[str, Place] = {}
        for key in node.value[::2] if node.kind == "mapping" else ():
            if key.kind == "scalar":
                if key.value in seen:
                    expected = f"it once (line {seen[key.value][0]} has it)"
                    notes.add("yaml-duplicate-key", key.place, f"the key {quoted(key.value)} again", expected)
                seen.setdefault(key.value, key.place)
            elif key.kind != "alias":
                notes.add("yaml-syntax", key.place, f"a {key.kind} as a key", "a word")


# ------------------------------------------------------------------------------------------------- tree -> value


def _value(node: _Node, schema: Schema, path: Path, places: dict[Path, Place], unread: set[Path]) -> Any:
    """The value of a tree as its schema wants it. ``unread`` gets the paths of what has been refused already."""
    places.setdefault(path, node.place)
    choices = _choices(schema)
    if node.kind == "alias":
        unread.add(path)
        return None
    if node.kind == "scalar":
        return _scalar(node, {t for c in choices for t in _types(c)})
    if node.kind == "sequence":
        items: Schema = next((c["items"] for c in choices if "items" in c), {})
        return [_value(item, items, (*path, i), places, unread) for i, item in enumerate(node.value)]
    result = {}
    for key, value in zip(node.value[::2], node.value[1::2], strict=True):
        if key.kind != "scalar":
            unread.add((*path, ""))
        name = key.value if key.kind == "scalar" else ""
        places[(*path, name)] = key.place
        result[name] = _value(value, _inner(choices, name), (*path, name), places, unread)
    return result


def _inner(choices: list[Schema], name: str) -> Schema:
    """The schema of a field of a mapping; that of any value when nothing is said of it."""
    own = [choice for choice in choices if "object" in _types(choice)]
    named = (choice["properties"][name] for choice in own if name in choice.get("properties", {}))
    others = (choice["additionalProperties"] for choice in own if isinstance(choice.get("additionalProperties"), dict))
    return next(named, None) or next(others, {})


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
