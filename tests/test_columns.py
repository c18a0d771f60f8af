"""Rows of Parquet as columns: their verdict on spans is that of the rule on records, and the findings are those of the JSON lines."""

import copy
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_tools import reading
from corpus_tools.corpus import shipped_corpus
from corpus_tools.reading import by_document, json_rows, parquet_rows
from corpus_tools.schemas import TABLES
from corpus_tools.seeds import read_config
from corpus_tools.tables import arrow_table, json_file, write_parquet
from corpus_tools.verdicts import check_document, spans_stand

TOP = Path(__file__).parents[1]
CONFIG = read_config(TOP / "seeds")[0].value
SPANS = {"mentions": ["fragments"], "claims": ["content", "source", "cue", "scare_quotes"], "foreign": ["fragments"]}


@pytest.fixture(scope="module")
def tables():
    """Two documents as builtins: the shipped article, and the same again with a foreign record."""
    folder = shipped_corpus()
    (document,) = by_document({table: json_rows(folder, table) for table in TABLES}, pytest.fail)
    rows = {table: msgspec.to_builtins(own.records) for table, own in document.rows.items()}
    again = {table: [row | {"doc_id": "again"} for row in own] for table, own in rows.items()}
    again["documents"][0]["source"] = rows["documents"][0]["source"] | {"file": "again.txt"}
    words = rows["documents"][0]["text"][5:9]
    fragments = [{"start": 5, "end": 9, "text": words}]
    foreign = {"doc_id": "again", "annotator": "gold", "id": "f1", "format": "brat", "label": "x", "fragments": fragments}
    again["foreign"] = [foreign | {"attributes": "{}"}]
    return {table: rows[table] + again[table] for table in TABLES}


def written(tables, folder):
    """The rows as JSON lines and as Parquet."""
    (folder / "jsonl").mkdir(exist_ok=True)
    for table, rows in tables.items():
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        (folder / json_file(table)).write_bytes(lines)
        write_parquet(folder / f"{table}.parquet", arrow_table(table, lines))
    return folder


def verdicts(documents):
    """By document whether its spans stand by columns alone, and its findings without their places."""
    found = {}
    for document in documents:
        stand = spans_stand(document)
        findings = {(f.rule, f.record, f.found, f.expected, f.nearest) for f in check_document(document, CONFIG)[1]}
        found[document.doc_id] = stand, findings
    return found


def from_json(folder):
    return by_document({table: json_rows(folder, table) for table in TABLES}, pytest.fail)


def from_parquet(folder):
    return by_document({table: parquet_rows(folder, table, [f"{table}.parquet"]) for table in TABLES}, pytest.fail)


def test_the_spans_of_sound_rows_stand_by_columns_alone(tables, tmp_path):
    folder = written(tables, tmp_path)
    assert verdicts(from_parquet(folder)) == {row["doc_id"]: (True, set()) for row in tables["documents"]}
    assert {stands for stands, _ in verdicts(from_json(folder)).values()} == {False}  # lines are no columns


@st.composite
def damaged(draw, tables):
    """The tables with one span changed: its offsets, its words or both; and the document that it is in."""
    table = draw(st.sampled_from(["paragraphs", *SPANS]))
    number = draw(st.integers(0, len(tables[table]) - 1))
    row = copy.deepcopy(tables[table][number])
    spans = [row] if table == "paragraphs" else [span for name in SPANS[table] for span in row[name]]
    span = draw(st.sampled_from(spans))
    size = len(tables["documents"][0]["text"])
    change = draw(st.sampled_from(["text", "null", "start", "end", "both", "beyond"]))
    if change == "text":
        span["text"] += draw(st.sampled_from(["x", "\0", " "]))
    elif change == "null":
        span["text"] = None
    elif change == "beyond":
        words = tables["documents"][0]["text"][-3:]
        span |= {"start": size - 3, "end": size + draw(st.integers(1, 1 << 40)), "text": words}
    else:
        step = draw(st.sampled_from([1, 2, 50, size]))
        for name in ["start", "end"] if change == "both" else [change]:
            span[name] += step
    return tables | {table: [*tables[table][:number], row, *tables[table][number + 1 :]]}, row["doc_id"]


@pytest.mark.parametrize("rows", [7, 5_000])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_span_that_does_not_stand_is_found_as_in_lines(tables, tmp_path, monkeypatch, rows, data):
    monkeypatch.setattr(reading, "BATCH_ROWS", rows)  # of few rows, a document lies in many batches
    changed, doc_id = data.draw(damaged(tables))
    folder = written(changed, tmp_path)
    columns, lines = verdicts(from_parquet(folder)), verdicts(from_json(folder))
    assert {d: findings for d, (_, findings) in columns.items()} == {d: findings for d, (_, findings) in lines.items()}
    assert {d: stands for d, (stands, _) in columns.items()} == {d: d != doc_id for d in columns}
    assert "span-text" in {rule for rule, *_ in columns[doc_id][1]}


def test_rows_beside_some_that_break_the_schema_are_records_as_in_lines(tables, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BATCH_ROWS", 7)
    number = len(tables["mentions"]) // 3
    wrong = tables["mentions"][number] | {"paragraph_id": "not an id"}
    folder = written(tables | {"mentions": [*tables["mentions"][:number], wrong, *tables["mentions"][number + 1 :]]}, tmp_path)
    columns, lines = verdicts(from_parquet(folder)), verdicts(from_json(folder))
    assert [findings for _, findings in columns.values()] == [findings for _, findings in lines.values()]
    assert [[rule for rule, *_ in findings] for _, findings in columns.values()] == [["schema"], []]
    for own, other in zip(from_parquet(folder), from_json(folder), strict=True):
        assert {table: rows.content() for table, rows in own.rows.items()} == {t: r.content() for t, r in other.rows.items()}
