"""Grows the shipped corpus: documents with the same paragraphs in another order, every offset moved along. Deterministic."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from typing import Any

import msgspec

from corpus_tools.corpus import shipped_corpus, show
from corpus_tools.readers import SEPARATOR
from corpus_tools.records import TABLE_CLASSES
from corpus_tools.rules import Bundle, place_of
from corpus_tools.schemas import TABLES

DOC_ID = "000_7638b35d37ae38e0"


def seed_bundle() -> Bundle:
    """The records of the shipped article."""
    rows = show(DOC_ID, shipped_corpus())
    tables = {table: msgspec.convert(rows[table], list[TABLE_CLASSES[table]]) for table in TABLES}
    return Bundle(tables["documents"][0], *(tables[table] for table in TABLES[1:]))


def grow(documents: int, bundle: Bundle | None = None) -> Iterator[Bundle]:
    """That many documents, in the order of their ids."""
    bundle = bundle or seed_bundle()
    for number in range(documents):
        yield _shuffled(bundle, f"doc_{number:08d}", random.Random(number))


def _shuffled(bundle: Bundle, doc_id: str, chance: random.Random) -> Bundle:
    order = list(bundle.paragraphs)
    chance.shuffle(order)
    paragraphs, moves, position = [], {}, 0
    for index, paragraph in enumerate(order):
        name = f"p{index + 1}"
        moves[paragraph.paragraph_id] = (name, position - paragraph.start)
        moved = _moved(msgspec.to_builtins(paragraph), position - paragraph.start)
        paragraphs.append(msgspec.convert(moved | {"doc_id": doc_id, "paragraph_id": name, "index": index}, type(paragraph)))
        position += len(paragraph.text) + len(SEPARATOR)
    text = SEPARATOR.join(paragraph.text for paragraph in paragraphs)
    digest = hashlib.sha256(text.encode()).hexdigest()
    source = {"file": f"{doc_id}.txt", "media_type": "text/plain", "bytes": len(text.encode()), "sha256": digest}
    changes: dict[str, Any] = {"doc_id": doc_id, "source": source, "text": text, "text_sha256": digest, "edits": []}
    document = msgspec.convert(msgspec.to_builtins(bundle.document) | changes, type(bundle.document))
    layers = []
    for records in bundle.layers:
        layer = []
        for record in records:
            value = msgspec.to_builtins(record) | {"doc_id": doc_id}
            if "paragraph_id" in value:
                name, shift = moves[value["paragraph_id"]]
                value = _moved(value, shift) | {"paragraph_id": name}
            layer.append(msgspec.convert(value, type(record)))
        layers.append(sorted(layer, key=place_of))
    return Bundle(document, paragraphs, *layers)


def _moved(value: Any, shift: int) -> Any:
    """A record with all its offsets moved."""
    if isinstance(value, dict):
        return {key: item + shift if key in ("start", "end") else _moved(item, shift) for key, item in value.items()}
    return [_moved(item, shift) for item in value] if isinstance(value, list) else value
