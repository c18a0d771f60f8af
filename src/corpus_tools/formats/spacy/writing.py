"""The records of a document -> Docs, one for each annotator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from corpus_tools.formats.spacy.docbin import Packed, borders
from corpus_tools.formats.spacy.kept import Kept, kept_of
from corpus_tools.formats.spacy.views import view_of
from corpus_tools.placing import ToSource
from corpus_tools.rules import Bundle, tables_of
from corpus_tools.seedschemas import machine_fields
from corpus_tools.text import Unit

OFFSET_UNIT: Unit = "code_point"
KEY = "corpus_tools"  # of doc.user_data: all that a Doc has no place for, as JSON
METADATA = ("title", "authors", "publisher", "published", "language", "url", "rights", "split")

_BOM = "\ufeff"


def docs_of(bundle: Bundle, notes: Counter[str]) -> Iterator[Packed]:
    """The Docs of a document; ``notes`` counts what they cannot show, and records of the table foreign that are of no use."""
    document = bundle.document
    source = ToSource(document, OFFSET_UNIT)
    metadata = {name: getattr(document, name) for name in METADATA if getattr(document, name) not in (None, [])}
    for annotator, records in (_records(bundle, source) or {None: []}).items():
        about = {"doc_id": document.doc_id, "annotator": annotator, "metadata": metadata, "records": records}
        kept, unread = kept_of(record for record in records if record["table"] == "foreign")
        notes["foreign"] += unread
        own = _kept_tokens(source.source_text, kept)
        notes["documents with other tokens than those that are kept of them"] += kept.doc is not None and own is None
        base = own or _tokens(source.source_text, document.language, kept.doc or Packed([], [], {}, [], [], {}, {}))
        view = view_of(records, kept, *borders(base.words, base.spaces))
        for name, count in view.hidden.items():
            notes[f"{name} that begin or end inside a token, in doc.user_data alone"] += count
        user_data = base.user_data | {KEY: msgspec.json.encode(about).decode()}
        yield base._replace(ents=view.ents, groups=view.groups, user_data=user_data)


def _records(bundle: Bundle, source: ToSource) -> dict[str | None, list[dict[str, Any]]]:
    """The records of each annotator in the machine form, fragments as spans of the file."""
    layers: dict[str | None, list[dict[str, Any]]] = {}
    for table, records in tables_of(bundle).items():
        for record in records if table not in ("documents", "paragraphs") else ():
            columns = {name: getattr(record, name) for name in machine_fields(table)}
            for name in fragment_columns(table):
                columns[name] = [source.span(fragment.start, fragment.end) for fragment in columns[name]]
            layers.setdefault(record.annotator, []).append({"table": table} | columns)
    return msgspec.to_builtins(layers)  # type: ignore[no-any-return]


def fragment_columns(table: str) -> list[str]:
    """The columns of a table that are lists of fragments."""
    return [name for name, field in machine_fields(table).items() if field["x-seed"]["as"] == "quotes"]


# ----------------------------------------------------------------------------------------------------------- tokens


def _kept_tokens(text: str, kept: Kept) -> Packed | None:
    """A Doc of the text alone, with the tokens that are kept of it; None where there are none, or they do not fit."""
    if kept.doc is None:
        return None
    doc = kept.doc._replace(words=list(_words(text, kept.lengths, kept.doc.spaces)))
    return doc if doc.text == text else None


def _tokens(text: str, language: str, doc: Packed) -> Packed:
    """A Doc with the tokens of the language of its text."""
    bom, rest = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    for tokenizer in (_tokenizer(language.partition("-")[0].lower()), _tokenizer("xx")):
        tokens = tokenizer(rest)
        if tokens.text == rest:
            break
    words, spaces = [token.text for token in tokens], [bool(token.whitespace_) for token in tokens]
    return doc._replace(
        words=[bom, *words] if bom else words, spaces=[False, *spaces] if bom else spaces, columns={}, unknown_spaces=False
    )


def _words(text: str, lengths: Sequence[int], spaces: Sequence[bool]) -> Iterator[str]:
    at = 0
    for length, space in zip(lengths, spaces, strict=True):
        yield text[at : at + length]
        at += length + space


@cache
def _tokenizer(language: str) -> Callable[[str], Any]:
    """spaCy's tokenizer of a language; that of no language in particular where spaCy has none, or needs another library for it."""
    import spacy

    try:
        return spacy.blank(language).tokenizer
    except (ImportError, OSError):
        return spacy.blank("xx").tokenizer


def about_of(user_data: Mapping[Any, Any]) -> Mapping[str, Any] | None:
    """What an export put into doc.user_data; None where there is no such thing.

    Raises:
        msgspec.MsgspecError: it is not what an export writes.
    """
    return msgspec.json.decode(user_data[KEY], type=dict[str, Any]) if isinstance(user_data.get(KEY), str) else None
