"""Seeds that a viewer must not fail on: texts that are code, that turn their direction, that are huge; spans in every position."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpora import fragment
from helpers import write_config, write_document

from corpus_tools.machine import machine_lines
from corpus_tools.readers import plain

SCRIPT = "<script>document.title = 'run'</script>"
PICTURE = "<img src=x onerror=\"document.title = 'run'\">"
LINK = "javascript:document.title='run'"
TURNED = "\u202egnp.exe\u202c"
HOSTILE = [
    SCRIPT,
    PICTURE,
    LINK,
    TURNED,
    "]]></script><!--",
    "a\u0301\u0323 👩\u200d🚀 ﷽",
    "&lt;b&gt; &amp;amp;",
    "\u0007 \x9b31m",
    "ا ب ج",
]
HUGE = 1_000_000


def write_hostile(folder: Path) -> Path:
    """Seeds of a document in plain text whose paragraphs, names, titles and labels are all of that kind."""
    write_config(folder, title=f"{SCRIPT} {TURNED}", description=PICTURE, annotators={"ann": SCRIPT, "bob": TURNED}, rights=SCRIPT)
    source = "\n\n".join(HOSTILE)
    write_document(folder, "hostile", source, title=f"</title>{SCRIPT}", authors=[PICTURE], publisher=SCRIPT, rights=LINK)
    reading = plain.read(source.encode())
    records: list[dict[str, Any]] = []
    for number, words in enumerate(HOSTILE):
        records.append({"table": "entities", "entity_id": f"e{number}", "type": "PERSON", "name": words})
        at = fragment(reading.text, words)
        records.append({"table": "mentions", "mention_id": f"m{number}", "entity_id": f"e{number}", "fragments": [at]})
        parts = {"content": [at], "source": [at], "source_entity_ids": [f"e{number}"], "cue": [at]}
        records.append({"table": "claims", "claim_id": f"c{number}", **parts})
        kept = {
            "id": f"x{number}",
            "format": "other",
            "label": words,
            "fragments": [at],
            "attributes": json.dumps({"words": words}),
        }
        records.append({"table": "foreign", **kept})
    (folder / "hostile.ann.jsonl").write_bytes(machine_lines(records))
    return folder


def write_spans(folder: Path) -> Path:
    """Seeds of a document in which spans nest, cross, touch, coincide and are discontinuous, by two annotators."""
    write_config(folder)
    source = "Ada Stone of Rome met Bob Reed, her old friend, there.\n\nBob said that Ada, he thought, denied that it rained.\n"
    write_document(folder, "spans", source)
    text = plain.read(source.encode()).text

    def at(words: str, nth: int = 1) -> dict[str, Any]:
        return fragment(text, words, nth)

    def mention(name: str, entity: str, *fragments: dict[str, Any], **columns: Any) -> dict[str, Any]:
        return {"table": "mentions", "mention_id": name, "entity_id": entity, "fragments": list(fragments)} | columns

    entities = [
        {"table": "entities", "entity_id": name, "type": kind}
        for name, kind in [("ada", "PERSON"), ("bob", "PERSON"), ("rome", "GPE")]
    ]
    ann = [
        *entities,
        mention("whole", "ada", at("Ada Stone of Rome")),
        mention("town", "rome", at("Rome")),  # inside the first
        mention("cross", "bob", at("Rome met Bob")),  # across the first
        mention("same", "ada", at("Rome met Bob")),  # where another stands
        mention("pieces", "bob", at("her"), at("friend"), level="nominal"),
        mention("inner", "ada", at("old")),  # between the pieces
        mention("later", "ada", at("Ada", 2)),
        mention("reed", "bob", at("Bob", 2)),
        {"table": "claims", "claim_id": "outer", "content": [at("Ada", 2), at("denied that it rained")], "source": [at("Bob", 2)]}
        | {"source_entity_ids": ["bob"], "cue": [at("said")], "stance": "neutral", "quotation": "indirect"},
        {"table": "claims", "claim_id": "within", "content": [at("it rained")], "source": [at("Ada", 2)], "cue": [at("denied")]}
        | {"source_entity_ids": ["ada"], "attitude": "denies", "parent_id": "outer", "stance": "disputes", "quotation": "indirect"}
        | {"relations": [{"type": "supports", "target_id": "outer"}]},
    ]
    bob = [
        *entities[:2],
        mention("m1", "ada", at("Ada Stone of Rome")),
        mention("m2", "ada", at("Ada", 2), level="nominal"),
        mention("m3", "bob", at("Bob Reed")),
        {"table": "claims", "claim_id": "c1", "content": [at("it rained")], "source": [at("Ada", 2)], "cue": [at("denied")]}
        | {"source_entity_ids": ["ada"], "attitude": "denies", "stance": "neutral", "quotation": "indirect"},
    ]
    for name, records in (("ann", ann), ("bob", bob)):
        (folder / f"spans.{name}.jsonl").write_bytes(machine_lines(records))
    return folder


def write_huge(folder: Path) -> Path:
    """Seeds of a document with one paragraph of a megabyte, thousands of mentions in it."""
    write_config(folder)
    words = "Ada met Bob in the rain and said so. "
    source = words * (HUGE // len(words))
    write_document(folder, "huge", source)
    text = plain.read(source.encode()).text
    records: list[dict[str, Any]] = [{"table": "entities", "entity_id": "ada", "type": "PERSON"}]
    for number, start in enumerate(range(0, len(text) - len(words), len(words) * 10)):
        at = [{"start": start, "end": start + 3, "text": text[start : start + 3]}]
        records.append({"table": "mentions", "mention_id": f"m{number}", "entity_id": "ada", "fragments": at})
    (folder / "huge.ann.jsonl").write_bytes(machine_lines(records))
    return folder


def data_of(page: str) -> dict[str, Any]:
    """The data in a page."""
    block = page.split('<script type="application/json" id="data">')[1].split("</script>")[0]
    found: dict[str, Any] = json.loads(block)
    return found
