"""What checking costs, against parsing the same lines with orjson. Every limit is a ratio within one run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest

from corpus_tools import reading
from corpus_tools.bundles import bundle_of
from corpus_tools.checking import DIGESTS, RANGE_BYTES
from corpus_tools.checkparts import LinesTask
from corpus_tools.cutting import cut
from corpus_tools.executors import cores, executor_for, in_order
from corpus_tools.reading import DocumentRows, by_document, json_rows, parquet_rows
from corpus_tools.rules.spans import span_text
from corpus_tools.schemas import TABLES, inlined, shipped
from corpus_tools.verdicts import check_document, paused_gc, spans_stand

Ratio = Callable[..., float]


def from_json(folder: Path) -> Iterator[DocumentRows]:
    return by_document({table: json_rows(folder, table) for table in TABLES}, print)


def from_parquet(folder: Path) -> Iterator[DocumentRows]:
    return by_document({table: parquet_rows(folder, table, [f"{table}.parquet"]) for table in TABLES}, print)


def schema_and_spans(documents: Iterator[DocumentRows], config: dict[str, Any]) -> None:
    with paused_gc():
        for document in documents:
            assert not list(span_text(bundle_of(document), config))


def schema_and_spans_of_columns(documents: Iterator[DocumentRows]) -> None:
    with paused_gc():
        for document in documents:
            assert spans_stand(document)


def all_rules(documents: Iterator[DocumentRows], config: dict[str, Any]) -> None:
    with paused_gc():
        for document in documents:
            assert not check_document(document, config)[1]


def parse(folder: Path) -> None:
    for table in TABLES:
        with (folder / "jsonl" / f"{table}.jsonl").open("rb") as file:
            for line in file:
                orjson.loads(line)


def loads_and_loop(folder: Path) -> None:
    texts: dict[str, str] = {}
    for table in TABLES:
        with (folder / "jsonl" / f"{table}.jsonl").open("rb") as lines:
            for line in lines:
                record = orjson.loads(line)
                if table == "documents":
                    texts[record["doc_id"]] = record["text"]
                    continue
                text = texts[record["doc_id"]]
                for name in ("fragments", "content", "source", "cue", "scare_quotes"):
                    for span in record.get(name, ()):
                        assert text[span["start"] : span["end"]] == span["text"]


def test_schema_and_spans_from_json_lines(ratio: Ratio, grown: Path, config: dict[str, Any]) -> None:
    """Schema and spans, from JSON lines, each compared with what the writer writes."""
    ratio(lambda: schema_and_spans(from_json(grown), config), lambda: parse(grown), "orjson.loads alone", at_most=1.8)


def test_schema_and_spans_without_the_form_of_lines(
    ratio: Ratio, grown: Path, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Schema and spans, from JSON lines, without that comparison."""

    monkeypatch.setattr(reading, "_is_written_so", lambda records, block: True)
    ratio(lambda: schema_and_spans(from_json(grown), config), lambda: parse(grown), "orjson.loads alone", at_most=1.5)


def spans_of_range(task: LinesTask) -> None:
    tables = {table: json_rows(task.folder, table, *ends) for table, ends in task.range.slices.items()}
    schema_and_spans(by_document(tables, print), task.config)


@pytest.mark.skipif(cores() < 2, reason="one core")
def test_schema_and_spans_with_two_workers(ratio: Ratio, grown: Path, config: dict[str, Any]) -> None:
    """Schema and spans, from JSON lines, each compared with what the writer writes; two workers, started and ended too."""

    def subject() -> None:
        tasks = [LinesTask(grown, config, 1, part, None, False) for part in cut(grown, 4 * RANGE_BYTES, DIGESTS)]
        with executor_for(None, 2, len(tasks)) as pool:
            list(in_order(pool, spans_of_range, tasks))

    ratio(subject, lambda: parse(grown), "orjson.loads alone, one process", at_most=1)


def test_all_rules_from_json_lines(ratio: Ratio, grown: Path, config: dict[str, Any]) -> None:
    """Schema and all rules on documents, from JSON lines."""
    ratio(lambda: all_rules(from_json(grown), config), lambda: parse(grown), "orjson.loads alone", at_most=4)


def test_schema_and_spans_from_parquet(ratio: Ratio, grown: Path) -> None:
    """Schema and spans, from Parquet."""
    subject, baseline = (lambda: schema_and_spans_of_columns(from_parquet(grown))), (lambda: loads_and_loop(grown))
    ratio(subject, baseline, "orjson.loads and a loop over the spans, from JSON lines", at_most=0.6)


def test_all_rules_from_parquet(ratio: Ratio, grown: Path, config: dict[str, Any]) -> None:
    """Schema and all rules on documents, from Parquet."""
    subject, baseline = (lambda: all_rules(from_parquet(grown), config)), (lambda: all_rules(from_json(grown), config))
    ratio(subject, baseline, "the same from JSON lines", at_most=1.2)


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
