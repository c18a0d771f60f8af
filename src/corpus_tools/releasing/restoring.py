"""One document with its words again, from a reader's own copy of the source. Pure: nothing is read or written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec

from corpus_tools.derive import constraints, fields
from corpus_tools.derived import mention_text, words_of
from corpus_tools.hydrationfile import Note
from corpus_tools.readers import readers
from corpus_tools.records import Document, Edit, Paragraph
from corpus_tools.releasing.spelling import read
from corpus_tools.releasing.withholding import as_bundle, digest, name_in
from corpus_tools.rules import Bundle, tables_of
from corpus_tools.schemas import Schema
from corpus_tools.text import apply_edits

Words = Callable[[int, int], str | None]


class Restored(NamedTuple):
    """A document with the words that a copy gave, and the paragraphs that it did not give."""

    bundle: Bundle
    missing: list[str]


def is_source(copy: bytes, document: Document) -> bool:
    """Whether a copy is, byte for byte, the source."""
    return len(copy) == document.source.bytes and hashlib.sha256(copy).hexdigest() == document.source.sha256


def restore(bundle: Bundle, note: Note, copy: bytes) -> Restored:
    """Put the words of a copy into a document: all of them if it is the source, else the paragraphs that are in it.

    Raises:
        ValueError: the copy is not UTF-8, or the note does not fit the source.
    """
    if is_source(copy, bundle.document):
        edits = _edits(note, copy)
        text = apply_edits(copy, edits)
        if digest(text) != bundle.document.text_sha256:
            raise ValueError("the source and the edits of hydration.jsonl do not give the text")
        document = msgspec.structs.replace(bundle.document, text=text, text_status="included", edits=edits)
        return Restored(_filled(replace(bundle, document=document), note, lambda start, end: text[start:end]), [])
    paragraphs = [
        msgspec.structs.replace(p, text=p.text if t is None else t)
        for p, t in zip(bundle.paragraphs, _found(bundle, note, copy), strict=True)
    ]
    there = any(paragraph.text is not None for paragraph in paragraphs)
    document = msgspec.structs.replace(bundle.document, text_status="partial" if there else "withheld")
    missing = [paragraph.paragraph_id for paragraph in paragraphs if paragraph.text is None]
    return Restored(_filled(replace(bundle, document=document), note, words_of(paragraphs)) if there else bundle, missing)


def _edits(note: Note, source: bytes) -> list[Edit]:
    characters = source.decode()
    edits = []
    for edit in note["edits"]:
        start, end = edit["source_start"], edit["source_end"]
        new = read(edit["text"], lambda a, b: characters[a:b]) or ""
        edits.append(Edit(start, end, source[start:end].decode(), new, edit["reason"]))
    return edits


def _found(bundle: Bundle, note: Note, copy: bytes) -> Iterator[str | None]:
    """The text of each paragraph, if a block of the copy gives it, by its digest, with the paragraph's corrections made."""
    media_type = bundle.document.source.media_type
    if media_type not in readers():
        raise ValueError(f"another file than the source, and no reader of {media_type} to find paragraphs in it")
    reading = readers()[media_type].read(copy)
    blocks = [reading.text[block.start : block.end] for block in reading.blocks]
    by_digest = {digest(block): block for block in blocks}
    for index, (paragraph, wanted) in enumerate(zip(bundle.paragraphs, note["paragraphs"], strict=True)):
        changes = [change for change in note["corrections"] if change["paragraph"] == index]
        corrected = (_corrected(block, changes) for block in blocks) if changes else ()
        fits = (text for text in corrected if len(text) == _length(paragraph) and digest(text) == wanted)
        yield next(fits, None) if changes else by_digest.get(wanted)


def _length(paragraph: Paragraph) -> int:
    return paragraph.end - paragraph.start


def _corrected(block: str, changes: list[Note]) -> str:
    parts, position = [], 0
    for change in changes:
        parts += [block[position : change["start"]], read(change["text"], lambda a, b: block[a:b]) or ""]
        position = change["end"]
    return "".join([*parts, block[position:]])


# -------------------------------------------------------------------------------------------------------------- rows


def _filled(bundle: Bundle, note: Note, words: Words) -> Bundle:
    written = {(value["table"], value["record"], value["column"]): value["json"] for value in note["values"]}
    rows = {table: [_row(table, record, written, words) for record in records] for table, records in tables_of(bundle).items()}
    filled = as_bundle(rows)
    return replace(filled, mentions=[msgspec.structs.replace(m, text=mention_text(m.fragments)) for m in filled.mentions])


def _row(table: str, record: Any, written: dict[tuple[str, str, str], Any], words: Words) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(record)
    for column, field in fields(table).items():
        pieces = written.get((table, name_in(table, row), column))
        value = read(pieces, words) if pieces is not None else None
        row[column] = json.loads(value) if value is not None else _with_words(field, row[column], words)
    return row | ({"text": words(row["start"], row["end"])} if table == "paragraphs" else {})


def _with_words(field: Schema, value: Any, words: Words) -> Any:
    """A value with the words of every fragment inside."""
    inner = constraints(field)
    if isinstance(value, list):
        return [_with_words(inner["items"], item, words) for item in value]
    if isinstance(value, dict):
        filled = {name: _with_words(inner["properties"][name], item, words) for name, item in value.items()}
        return filled | ({"text": words(value["start"], value["end"])} if inner["title"] == "Fragment" else {})
    return value
