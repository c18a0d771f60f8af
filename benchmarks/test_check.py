"""What checking costs, against parsing the same lines with orjson. Every limit is a ratio within one run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import orjson

from corpus_tools.bundles import bundle_of
from corpus_tools.reading import DocumentRows, by_document, json_rows, parquet_rows
from corpus_tools.rules.spans import span_text
from corpus_tools.schemas import TABLES, inlined, shipped
from corpus_tools.verdicts import check_document, paused_gc

Ratio = Callable[..., float]


def from_json(folder: Path) -> Iterator[DocumentRows]:
    return by_document({table: json_rows(folder, table) for table in TABLES}, print)


def from_parquet(folder: Path) -> Iterator[DocumentRows]:
    return by_document({table: parquet_rows(folder, table, [f"{table}.parquet"]) for table in TABLES}, print)


def schema_and_spans(documents: Iterator[DocumentRows], config: dict[str, Any]) -> None:
    with paused_gc():
        for document in documents:
            assert not list(span_text(bundle_of(document), config))


def all_rules(documents: Iterator[DocumentRows], config: dict[str, Any]) -> None:
    with paused_gc():
        for document in documents:
            assert not check_document(document, config)[1]


def parse(folder: Path) -> None:
    for table in TABLES:
        with (folder / "jsonl" / f"{table}.jsonl").open("rb") as file:
            for line in file:
                orjson.loads(line)


def test_schema_and_spans_from_json_lines(ratio: Ratio, grown: Path, config: dict[str, Any]) -> None:
    """Schema and spans, from JSON lines."""
    ratio(lambda: schema_and_spans(from_json(grown), config), lambda: parse(grown), "orjson.loads alone", at_most=2.3)


def test_all_rules_from_json_lines(ratio: Ratio, grown: Path, config: dict[str, Any]) -> None:
    """Schema and all rules on documents, from JSON lines."""
    ratio(lambda: all_rules(from_json(grown), config), lambda: parse(grown), "orjson.loads alone", at_most=4)


def test_schema_and_spans_from_parquet(ratio: Ratio, grown: Path, config: dict[str, Any]) -> None:
    """Schema and spans, from Parquet."""
    subject, baseline = (
        (lambda: schema_and_spans(from_parquet(grown), config)),
        (lambda: schema_and_spans(from_json(grown), config)),
    )
    ratio(subject, baseline, "the same from JSON lines", at_most=1)


def test_all_rules_from_parquet(ratio: Ratio, grown: Path, config: dict[str, Any]) -> None:
    """Schema and all rules on documents, from Parquet."""
    subject, baseline = (lambda: all_rules(from_parquet(grown), config)), (lambda: all_rules(from_json(grown), config))
    ratio(subject, baseline, "the same from JSON lines", at_most=1)


def test_jsonschema_and_a_plain_loop(ratio: Ratio, grown: Path, tmp_path: Path, config: dict[str, Any]) -> None:
    """`jsonschema` and a loop over the spans."""
    (tmp_path / "jsonl").mkdir()
    for table in TABLES:
        lines = (grown / "jsonl" / f"{table}.jsonl").read_bytes().splitlines(keepends=True)
        few = [line for line in lines if json.loads(line)["doc_id"] < "doc_00000010"]
        (tmp_path / "jsonl" / f"{table}.jsonl").write_bytes(b"".join(few))
    validators = {table: jsonschema.Draft202012Validator(inlined(shipped(), shipped()[table])) for table in TABLES}

    def peer() -> None:
        texts: dict[str, str] = {}
        for table in TABLES:
            for line in (tmp_path / "jsonl" / f"{table}.jsonl").read_bytes().splitlines():
                record = json.loads(line)
                validators[table].validate(record)
                texts.setdefault(record["doc_id"], record.get("text", ""))
                for name in ("fragments", "content", "source", "cue", "scare_quotes"):
                    for span in record.get(name, ()) if table != "documents" else ():
                        assert texts[record["doc_id"]][span["start"] : span["end"]] == span["text"]

    ratio(peer, lambda: schema_and_spans(from_json(tmp_path), config), "schema and spans here", at_least=30, on={"documents": 10})
