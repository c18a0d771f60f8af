"""Corruptions of single values: other types, numbers out of range, keys. One field of every record in turn; all fields when thorough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .corpora import Corpus, Doc, Record, encode, in_turn, with_record
from .kinds import document_kind
from .spans import HOMOGLYPHS

Path = tuple[str | int, ...]


def _places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value in a record with the path to it, the record itself left out."""
    if path:
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*path, key))


def _with_value(record: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(record)
    inner = _with_value(record[path[0]], path[1:], change)
    if isinstance(record, dict):
        return record | {path[0]: inner}
    return [inner if n == path[0] else item for n, item in enumerate(record)]


def _each(doc: Doc, corpus: Corpus, fits: Callable[[Any], bool], *changes: Callable[[Any], Any]) -> Iterator[Doc]:
    for table, rows in doc.items():
        for row, record in enumerate(rows):
            for path in in_turn(corpus, row, [path for path, value in _places(record) if fits(value)]):
                for change in in_turn(corpus, row, changes):
                    yield with_record(doc, table, row, _with_value(record, path, change))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _literal(doc: Doc, corpus: Corpus, fits: Callable[[Any], bool], write: Callable[[Any], list[str]]) -> Iterator[Doc]:
    """Every fitting value written as a literal that no writer of records would write."""
    mark = "\u2400literal"
    for table, rows in doc.items():
        for row, record in enumerate(rows):
            for path, value in in_turn(corpus, row, [(path, value) for path, value in _places(record) if fits(value)]):
                line = encode([_with_value(record, path, lambda _: mark)])
                for literal in in_turn(corpus, row, write(value)):
                    yield with_record(doc, table, row, line.replace(f'"{mark}"'.encode(), literal.encode()))


@document_kind("schema")
def number_as_string(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A number as a string."""
    return _each(doc, corpus, _is_number, str)


@document_kind("json-canonical")
def number_as_float(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A whole number as 3.0."""
    return _literal(doc, corpus, _is_number, lambda value: [f"{value}.0"])


@document_kind("json-canonical")
def number_with_exponent(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A whole number as 3e0."""
    return _literal(doc, corpus, _is_number, lambda value: [f"{value}e0"])


@document_kind("schema", "json-syntax")
def number_out_of_range(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A number negative, or 2 to the power of 53 or 70."""
    return _each(doc, corpus, _is_number, lambda value: -value - 1, lambda _: 1 << 53, lambda _: (1 << 64) - 1)


@document_kind("schema", "json-syntax", "json-canonical")
def number_no_number(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A number NaN, infinite, too large, a fraction, with a zero before it, or hexadecimal."""
    literals = ["NaN", "Infinity", "-Infinity", "1e400", "1.5", "007", "0x1F", "-0", "1_000", str(1 << 70), "9" * 5_000]
    return _literal(doc, corpus, _is_number, lambda _: literals)


@document_kind("schema")
def number_as_boolean(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A number as true or false."""
    return _each(doc, corpus, _is_number, bool)


@document_kind("schema")
def boolean_as_number(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """True or false as 1 or 0, or as a string."""
    return _each(doc, corpus, lambda value: isinstance(value, bool), int, lambda value: str(value).lower(), lambda _: None)


@document_kind("schema")
def string_as_number(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A string as a number, a list, a mapping, or true."""
    others: list[Callable[[Any], Any]] = [lambda _: 1, lambda value: [value], lambda value: {"text": value}, lambda _: True]
    return _each(doc, corpus, lambda value: isinstance(value, str), *others)


@document_kind("schema")
def number_or_list_as_null(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A number or list as null."""
    return _each(doc, corpus, lambda v: _is_number(v) or (isinstance(v, list) and _is_own_list(v)), lambda _: None)


def _is_own_list(value: list[Any]) -> bool:
    return not (value and isinstance(value[0], dict) and "source_start" in value[0])  # edits may be null: text-digest


@document_kind("span-text", "derived-column", "withheld-words", "text-digest")
def words_as_null(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A text, title or attributes null, as where a text is withheld."""
    for table, rows in doc.items():
        for row, record in enumerate(rows):
            paths = [
                path for path, value in _places(record) if path[-1] in _WORDS and isinstance(value, str) and path[0] != "edits"
            ]
            for path in in_turn(corpus, row, paths):
                yield with_record(doc, table, row, _with_value(record, path, lambda _: None))


_WORDS = ("text", "title", "attributes")


@document_kind("schema")
def list_as_its_item(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A list as its first item, or as a mapping."""
    yield from _each(doc, corpus, lambda v: isinstance(v, list) and bool(v), lambda v: v[0], lambda v: dict(enumerate(v)))


@document_kind("schema")
def null_as_word(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Null as an empty string or an empty list."""
    return _each(doc, corpus, lambda value: value is None, lambda _: "", lambda _: [])


@document_kind("schema", "json-syntax", "json-canonical")
def lone_surrogate(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A string with half of a surrogate pair behind it."""
    return _literal(doc, corpus, lambda v: isinstance(v, str) and '"' not in v and "\\" not in v, lambda v: [f'"{v}\\ud83d"'])


# ---------------------------------------------------------------------------------------------------------------- keys


def _objects(doc: Doc, corpus: Corpus, *changes: Callable[[Record], Any]) -> Iterator[Doc]:
    """Every record, and in turn every mapping in it, changed."""
    for table, rows in doc.items():
        for row, record in enumerate(rows):
            inner = [path for path, value in _places(record) if isinstance(value, dict)]
            for path in [(), *in_turn(corpus, row, inner)]:
                for change in in_turn(corpus, row, changes):
                    yield with_record(doc, table, row, _with_value(record, path, change))


@document_kind("schema")
def key_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A record or fragment without one of its keys."""
    return _objects(doc, corpus, *(partial(_without_key, number) for number in range(3)))


def _without_key(number: int, record: Record) -> Record:
    gone = list(record)[-1 - number % len(record)]
    return {key: value for key, value in record.items() if key != gone}


@document_kind("schema")
def key_too_many(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A record or fragment with one more key."""
    return _objects(doc, corpus, lambda record: record | {"note": "smuggled"})


@document_kind("schema")
def key_respelled(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A key in other case, with a space behind it, or in homoglyphs."""
    spellings: list[Callable[[str], str]] = [str.upper, lambda key: key + " ", lambda key: key.translate(HOMOGLYPHS)]
    return _objects(doc, corpus, *(partial(_respelled, spelling) for spelling in spellings))


def _respelled(spelling: Callable[[str], str], record: Record) -> Record:
    last = list(record)[-1]
    return {spelling(key) if key == last else key: value for key, value in record.items()}


@document_kind("json-canonical")
def keys_reordered(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """The keys of a record or fragment in another order."""
    return _objects(doc, corpus, lambda record: dict(reversed(record.items())))
