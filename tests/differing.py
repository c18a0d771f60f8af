"""Pairs of corpora that differ, for the pages of `diff` and `score`."""

from __future__ import annotations

import json
from pathlib import Path

from helpers import write_document
from small_corpus import write_seeds
from viewer_seeds import HOSTILE, write_hostile

import corpus_tools

ADA = "      - {quote: Ada Stone, entity: ada}\n    claims"
REPLACED = [
    ("name: Köln", "name: Cologne"),
    ("ada: {type: PERSON", "ada: {type: GPE"),
    ("      - {quote: her, entity: ada, level: pronoun}\n", ""),
    (ADA, ADA.replace("Ada Stone", "Ada")),
    ("source: Locals, cue: doubt, attitude: doubts", "source: Locals, attitude: denies"),
    ("id: c4", "id: c5"),
]
GONE = {"e0", "m0", "c0", "e3", "m3", "c3"}


def small_pair(folder: Path) -> tuple[Path, Path]:
    """The small corpus, and with other annotations of the bridge."""
    for name in ("old", "new"):
        write_seeds(folder / name)
    path = folder / "new" / "bridge.a1.yaml"
    text = path.read_text("utf-8")
    for old, new in REPLACED:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return built(folder)


def hostile_pair(folder: Path, more: str = "") -> tuple[Path, Path]:
    """The corpus whose texts are code, and one in which annotations, values and, with ``more``, the text are others."""
    for name in ("old", "new"):
        write_hostile(folder / name)
    path = folder / "new" / "hostile.ann.jsonl"
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    kept = [changed(record) for record in records if not GONE & set(map(str, record.values()))]
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in kept), "utf-8")
    if more:
        write_document(folder / "new", "hostile", "\n\n".join([*HOSTILE, more]), title=more)
    return built(folder)


def changed(record: dict[str, object]) -> dict[str, object]:
    """A record with another name, or with another attitude and no cue."""
    if record.get("table") == "entities":
        return record | {"name": f"{record['name']} <b>"}
    return record | {"attitude": "denies", "cue": []} if record.get("table") == "claims" else record


def built(folder: Path) -> tuple[Path, Path]:
    """The corpora of the seeds in ``old`` and ``new``."""
    for name in ("old", "new"):
        corpus_tools.build(folder / name, folder / f"{name}-corpus")
    return folder / "old-corpus", folder / "new-corpus"
