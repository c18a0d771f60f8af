"""Small corpora for tests of formats: one with all that the tables can hold, and any number of generated ones; and how two are compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml
from hypothesis import strategies as st

from corpus_tools.compiler import compile_document
from corpus_tools.machine import machine_lines, read_machine
from corpus_tools.readers import Reading, plain, readers
from corpus_tools.rules import Bundle, tables_of
from corpus_tools.schemas import TABLES, validator
from corpus_tools.seeds import Seed, read_config, read_seed, scan
from corpus_tools.yamlfile import read_yaml

CONFIG: dict[str, Any] = {
    "name": "rich",
    "title": "A corpus with something in every column",
    "version": "1.0.0",
    "description": "For tests.",
    "license": "CC0-1.0",
    "rights": "None.",
    "annotators": {"ann": "One.", "bob-2": "Another."},
    "entity_types": {"PERSON": "people", "GPE": "places"},
    "claim_types": {"assertion": "so it is", "denial": "so it is not"},
    "relation_types": {"supports": "gives a reason"},
}

Records = list[dict[str, Any]]

NEWS = (
    "\ufeffAda 👩\u200d🚀 met Bob Smith, her old friend, in Paris.\r\n\r\n \t\r\n\r\n"
    "“Ada is here,” said Bob Smith in a “land\r\nbridge”. She e\u0301crit: Paris is big. It is said that it rained.\r\n\r\n"
)
PAGE = "# Ada & Bob\n\nAda *met* Bob.\n\n- Bob left.\n"


def fragment(text: str, words: str, nth: int = 1) -> dict[str, Any]:
    """A fragment by its words."""
    start = -1
    for _ in range(nth):
        start = text.index(words, start + 1)
    return {"start": start, "end": start + len(words), "text": words}


def seed(doc_id: str, source: bytes, layers: Mapping[str, Records], suffix: str = ".txt", **metadata: Any) -> Seed:
    """The seed of a document."""
    digest = hashlib.sha256(source).hexdigest()
    known = {"title": doc_id, "language": "und", "rights": "none", "sha256": digest} | metadata
    file, findings = read_yaml(yaml.safe_dump(known).encode(), f"{doc_id}.meta.yaml", validator("metadata"))
    files = [read_machine(machine_lines(records), f"{doc_id}.{name}.jsonl", name) for name, records in layers.items()]
    assert not findings + [finding for _, problems in files for finding in problems]
    media_type = "text/markdown" if suffix == ".md" else "text/plain"
    return Seed(doc_id, f"{doc_id}{suffix}", f"{doc_id}{suffix}", source, media_type, file, tuple(file for file, _ in files))


def compiled(seeds: Iterable[Seed], config: Mapping[str, Any] = CONFIG) -> list[Bundle]:
    """The records of seeds, which must be sound."""
    results = [compile_document(seed, dict(config)) for seed in seeds]
    problems = "\n".join(str(finding) for result in results for finding in result.findings)
    assert not problems, problems
    return [result.bundle for result in results if result.bundle]


def bundles_of(folder: Path) -> list[Bundle]:
    """The records of a folder of seeds, which must be sound."""
    config, findings = read_config(folder)
    documents, problems = scan(folder)
    seeds = [read_seed(files) for files in documents]
    assert not [str(f) for f in [*findings, *problems, *(f for _, found in seeds for f in found)]]
    return compiled([seed for seed, _ in seeds if seed], config.value)


def rich_corpus() -> list[Bundle]:
    """Documents with something in every column: BOM, CRLF, emoji; discontinuous, nested, crossing spans; two annotators; no text."""
    news = NEWS.encode()
    page = readers()["text/markdown"].read(PAGE.encode())
    first, second = _first_annotator(plain.read(news)), _second_annotator(plain.read(news))
    other = {"table": "foreign", "id": "x1", "format": "other", "label": "whatever", "attributes": '{"a": 1}'}
    known = {"authors": ["A. Writer"], "publisher": "P", "published": "2017-11", "url": "https://example.org/a", "split": "test"}
    return compiled(
        [
            seed(
                "news",
                news,
                {"ann": first, "bob-2": second},
                title="The news",
                language="en",
                sentence_starts={"p2": ["“Ada"]},
                **known,
            ),
            seed("page.v2", PAGE.encode(), {"ann": [*_on_page(page.text), other]}, ".md", language="en", roles={"p2": "byline"}),
            seed("empty", b"", {"ann": []}),
            seed("untouched", b"No annotations\nhere.", {}),
        ]
    )


def _first_annotator(reading: Reading) -> Records:
    def at(words: str, nth: int = 1) -> dict[str, Any]:
        return fragment(reading.text, words, nth)

    def mention(name: str, entity: str, *fragments: dict[str, Any], **columns: Any) -> dict[str, Any]:
        return {"table": "mentions", "mention_id": name, "entity_id": entity, "fragments": list(fragments)} | columns

    return [
        {"table": "entities", "entity_id": "ada", "type": "PERSON", "name": "Ada L."},
        {"table": "entities", "entity_id": "bob", "type": "PERSON"},
        {"table": "entities", "entity_id": "paris", "type": "GPE"},
        mention("m1", "ada", at("Ada 👩\u200d🚀")),
        mention("m2", "bob", at("Bob Smith")),
        mention("m3", "bob", at("Smith"), level=None),  # inside m2
        mention("m4", "paris", at("Smith, her old friend, in Paris"), metonymic=True),  # across m2
        mention("m5", "bob", at("her"), at("friend"), level="nominal"),  # in two pieces
        mention("m6", "ada", at("Ada", 2)),
        mention("m7", "ada", at("She"), level="pronoun"),
        mention("m8", "paris", at("Paris", 2)),
        {
            "table": "claims",
            "claim_id": "c1",
            "content": [at("Ada is here")],
            "source": [at("Bob Smith", 2)],
            "source_entity_ids": ["bob", "ada"],
            "cue": [at("said")],
            "quotation": "direct",
            "stance": "endorses",
            "type": None,
        },
        {
            "table": "claims",
            "claim_id": "c2",
            "content": [at("Ada", 2), at("in a “land\nbridge”")],
            "source": [at("She")],
            "cue": [at("e\u0301crit")],
            "quotation": None,
            "stance": None,
            "attitude": "denies",
            "parent_id": "c4",
            "scare_quotes": [at("land\nbridge")],
            "relations": [{"type": "supports", "target_id": "c1"}],
            "type": "denial",
        },
        {"table": "claims", "claim_id": "c3", "content": [at("Paris is big")]},
        {"table": "claims", "claim_id": "c4", "content": [at("it rained")], "cue": [at("It is said")], "quotation": "indirect"},
    ]


def _second_annotator(reading: Reading) -> Records:
    content = fragment(reading.text, "Paris is big. It is said that it rained")
    return [{"table": "claims", "claim_id": "c1", "content": [content]}]


def _on_page(text: str) -> Records:
    mention = {"table": "mentions", "mention_id": "m1", "entity_id": "e", "fragments": [fragment(text, "Bob.")]}
    return [{"table": "entities", "entity_id": "e", "type": "PERSON"}, mention]


# ------------------------------------------------------------------------------------------------------- generated

_WORDS = ["Ada", "said", "“so”", "👍🏽", "e\u0301", "中文", "a\u00a0b", "it's", "x  y", "&amp;", "<b>", "T1", "\\n", '"', "ﬁ"]


@st.composite
def sources(draw: st.DrawFn) -> bytes:
    """Plain text with all sorts of line ends, blank lines, and with or without a byte order mark."""
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    line = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map(" ".join)
    lines = draw(st.lists(st.one_of(line, line, st.sampled_from(["", " ", "\t"])), max_size=6))
    text = draw(st.sampled_from(["", "\ufeff"])) + newline.join(lines) + draw(st.sampled_from(["", newline]))
    return text.encode()


@st.composite
def documents(draw: st.DrawFn) -> Seed:
    """A document in plain text with the mentions and claims of one or two annotators."""
    source = draw(sources())
    reading = plain.read(source)
    layers = {name: draw(_layer(reading)) for name in draw(st.sampled_from([[], ["ann"], ["ann", "bob-2"]]))}
    return seed(draw(st.sampled_from(["a", "a_b", "A.b-c"])), source, layers)


@st.composite
def _layer(draw: st.DrawFn, reading: Reading) -> Records:
    if not reading.blocks:
        return []
    numbers = range(draw(st.integers(0, 3)))
    mentions = [draw(_mention(reading, number)) for number in numbers]
    mentions = list({str(m["fragments"]): m for m in mentions}.values())
    used = sorted({m["entity_id"] for m in mentions})
    entities = [{"table": "entities", "entity_id": e, "type": draw(st.sampled_from(["PERSON", "GPE"]))} for e in used]
    claims = [draw(_claim(reading, used, number)) for number in range(draw(st.integers(0, 3)))]
    unique = {str([c["content"], c.get("source"), c.get("cue")]): c for c in claims}
    return [*entities, *mentions, *unique.values()]


@st.composite
def _fragments(draw: st.DrawFn, reading: Reading, block: Any) -> Records:
    borders = sorted(draw(st.sets(st.integers(block.start, block.end), min_size=2, max_size=6)))
    pairs = list(zip(borders[::2], borders[1::2], strict=False))
    return [{"start": a, "end": b, "text": reading.text[a:b]} for a, b in pairs]


@st.composite
def _mention(draw: st.DrawFn, reading: Reading, number: int) -> dict[str, Any]:
    fragments = draw(_fragments(reading, draw(st.sampled_from(reading.blocks))))
    return {
        "table": "mentions",
        "mention_id": f"m{number}",
        "entity_id": draw(st.sampled_from(["e1", "e2"])),
        "fragments": fragments,
        "level": draw(st.sampled_from(["name", "nominal", "pronoun", None])),
        "metonymic": draw(st.booleans()),
    }


@st.composite
def _claim(draw: st.DrawFn, reading: Reading, entities: Sequence[str], number: int) -> dict[str, Any]:
    block = draw(st.sampled_from(reading.blocks))
    claim: dict[str, Any] = {"table": "claims", "claim_id": f"c{number}", "content": draw(_fragments(reading, block))}
    claim["type"] = draw(st.sampled_from([None, "assertion", "denial"]))
    claim["attitude"] = draw(st.sampled_from(["affirms", "denies", "doubts"]))
    for column in draw(st.sampled_from([[], ["cue"], ["cue", "source"], ["source"]])):
        claim[column] = draw(_fragments(reading, block))
    if "source" in claim and entities:
        claim["source_entity_ids"] = draw(st.lists(st.sampled_from(entities), unique=True))
    if "cue" in claim or "source" in claim:
        claim["stance"] = draw(st.sampled_from([None, "endorses", "neutral", "disputes"]))
        claim["quotation"] = claim["stance"] and "indirect"
    return claim


# -------------------------------------------------------------------------------------------------------- compared

_IDS = {"entities": "entity_id", "mentions": "mention_id", "claims": "claim_id"}


def comparable(bundles: Iterable[Bundle], loses: Iterable[str], name: str) -> dict[str, list[str]]:
    """The rows of all tables as JSON, without what a format loses and what is foreign to it; ids that it loses are numbered anew."""
    tables: dict[str, list[str]] = {table: [] for table in TABLES if table not in loses}
    for bundle in bundles:
        rows: dict[str, Records] = {table: msgspec.to_builtins(records) for table, records in tables_of(bundle).items()}
        rows["foreign"] = [row for row in rows["foreign"] if row["format"] == name]
        for table, column in _IDS.items():
            if f"{table}.{column}" in loses:
                _renumber(rows, table, column)
        for table, lines in tables.items():
            lost = {key.partition(".")[2] for key in loses if key.startswith(f"{table}.")} - {_IDS.get(table)}
            lines += [json.dumps({k: v for k, v in row.items() if k not in lost}, ensure_ascii=False) for row in rows[table]]
    return {table: sorted(lines) for table, lines in tables.items()}


def _renumber(rows: dict[str, Records], table: str, column: str) -> None:
    """Give the records of a table ids by their annotator, type and place, wherever they stand."""

    def place(row: dict[str, Any]) -> str:
        own = [m["fragments"] for m in rows["mentions"] if table == "entities" and _same(m, row, "entity_id")]
        return json.dumps([row["annotator"], row.get("type"), sorted(map(str, own)), *(row.get(c) for c in _PLACES)])

    names: dict[tuple[str, str | None], str] = {}
    for number, row in enumerate(sorted(rows[table], key=place)):
        names[row["annotator"], row[column]] = f"{table}-{number}"
    for row in [*rows["entities"], *rows["mentions"], *rows["claims"]]:
        _rename(row, table, column, names)


_PLACES = ("fragments", "content", "source", "cue")


def _same(row: dict[str, Any], other: dict[str, Any], column: str) -> bool:
    return bool(row["annotator"] == other["annotator"] and row[column] == other[column])


def _rename(row: dict[str, Any], table: str, column: str, names: Mapping[tuple[str, str | None], str]) -> None:
    who = row["annotator"]
    if column in row:
        row[column] = names[who, row[column]]
    if table == "entities" and "content" in row:
        row |= {key: sorted(names[who, name] for name in row[key]) for key in ("source_entity_ids", "entity_ids")}
    if table == "claims" and "content" in row:
        row["parent_id"] = names.get((who, row["parent_id"]))
        row["relations"] = [relation | {"target_id": names[who, relation["target_id"]]} for relation in row["relations"]]
