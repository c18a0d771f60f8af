"""What comments say of a document: ``# meta::title = ...`` and the like, as GUM has them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from corpus_tools.formats import UNKNOWN_LANGUAGE
from corpus_tools.formats.conllu.lines import field_of
from corpus_tools.records import Document
from corpus_tools.rules.sources import is_date, is_language_tag
from corpus_tools.schemas import validator

NAME = "conllu"
UNNAMED = "unnamed"  # the annotator, where a file does not say

_FIELDS = {
    "meta::title": "title",
    "meta::author": "authors",  # a line for each
    "meta::publisher": "publisher",
    "meta::dateCreated": "published",
    "meta::language": "language",
    "meta::sourceURL": "url",
    "meta::rights": "rights",
    "meta::split": "split",
}
COLUMNS = tuple(_FIELDS.values())
ANNOTATOR = "meta::annotator"


def known(comments: Iterable[str]) -> dict[str, Any]:
    """What comments say of a document, by the columns of the table documents; without what these do not allow."""
    found: dict[str, Any] = {}
    for name, value in filter(None, map(field_of, comments)):
        column = _FIELDS.get(name)
        if column == "authors":
            found[column] = [*found.get(column, []), _unquoted(value)]
        elif column:
            found.setdefault(column, _unquoted(value))
    return {column: value for column, value in found.items() if _is_allowed(column, value)}


def annotator_of(comments: Iterable[str]) -> str:
    """The annotator whose brackets stand in ``Entity=``."""
    return next((value for name, value in filter(None, map(field_of, comments)) if name == ANNOTATOR and value), UNNAMED)


def is_known(comment: str) -> bool:
    """Whether a comment is one that `comments_of` writes."""
    field = field_of(comment)
    return field is not None and (field[0] in _FIELDS or field[0] == ANNOTATOR)


def _is_allowed(column: str, value: Any) -> bool:
    least = {"title": "t", "language": UNKNOWN_LANGUAGE, "rights": "r", "sha256": "0" * 64}
    if validator("metadata").problems({**least, column: value}):
        return False
    return is_date(value) if column == "published" else is_language_tag(value) if column == "language" else True


def usual(name: str) -> dict[str, Any]:
    """What an import takes where nothing is said."""
    return {
        "title": name,
        "authors": [],
        "publisher": None,
        "published": None,
        "language": UNKNOWN_LANGUAGE,
        "url": None,
        "rights": f"Unknown: {NAME} does not say.",
        "split": "train",
    }


def of_document(document: Document, name: str) -> dict[str, Any]:
    """What is known of a document, where it is not what an import would take anyway."""
    own = {column: getattr(document, column) for column in COLUMNS}
    return {column: value for column, value in own.items() if value != usual(name)[column]}


def comments_of(metadata: Mapping[str, Any], annotator: str) -> Iterator[str]:
    """The comments that say it, and who the annotator is."""
    for name, column in _FIELDS.items():
        value = metadata.get(column) or []
        for text in value if isinstance(value, list) else [value]:
            yield f"# {name} = {_quoted(text)}"
    if annotator != UNNAMED:
        yield f"# {ANNOTATOR} = {annotator}"


def _quoted(text: str) -> str:
    """A text in one line: as a JSON string where it has line breaks, white space at its edges, or would be taken for one."""
    plain = text == text.strip() and not {"\n", "\r"} & set(text) and _unquoted(text) == text
    return text if plain else json.dumps(text, ensure_ascii=False)


def _unquoted(value: str) -> str:
    """What `_quoted` wrote. Words in quotation marks that need none are no JSON but a title, say, in quotation marks."""
    if value[:1] != '"':
        return value
    try:
        text = json.loads(value)
        text.encode()  # no lone surrogates
    except ValueError:
        return value
    return str(text) if "\\" in value or text != text.strip() else value
