"""JSON lines and Parquet: whatever a record holds comes back from both as it was."""

from __future__ import annotations

import json
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_tools import tables
from corpus_tools.derive import fields, kind, nullable
from corpus_tools.records import TABLE_CLASSES
from corpus_tools.tables import arrow_table, json_lines, shard_of, split_order, write_parquet

TEXTS = st.text() | st.sampled_from(
    ["\x00", "\u2028\u2029\x85", "\r\n\t", "\ufeff", "\U0001f600", "2020-01-01", "null", "1", "\x7f\x1b[0m"]
)


def values(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values for a column, of the kind that its schema says; texts are any text."""
    match kind(field):
        case "array":
            plain: st.SearchStrategy[Any] = st.lists(values(field["items"]), max_size=3)
        case "object":
            plain = st.fixed_dictionaries({name: values(inner) for name, inner in field["properties"].items()})
        case "string":
            plain = st.sampled_from([v for v in field["enum"] if v]) if "enum" in field else TEXTS
        case "integer":
            plain = st.integers(-(2**63), 2**63 - 1)
        case _:
            plain = st.booleans()
    return st.none() | plain if nullable(field) else plain


ROWS = {
    table: st.lists(st.fixed_dictionaries({name: values(field) for name, field in fields(table).items()}), max_size=4)
    for table in TABLE_CLASSES
}


@pytest.mark.parametrize("table", TABLE_CLASSES)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_rows_come_back_from_json_lines_and_parquet(table, data, tmp_path):
    rows = data.draw(ROWS[table])
    lines = json_lines(rows)
    assert [json.loads(line) for line in lines.decode().split("\n")[:-1]] == rows
    write_parquet(tmp_path / "x.parquet", arrow_table(table, lines))
    assert pq.ParquetFile(tmp_path / "x.parquet", page_checksum_verification=True).read().to_pylist() == rows


@pytest.mark.parametrize("limit", [1, 300, 1_000, 5_000])
def test_lines_that_do_not_fit_into_one_block_give_the_same_table(limit, monkeypatch):
    rows = [{"doc_id": "d", "annotator": "a", "entity_id": f"e{n}", "type": "T", "name": "x" * (n * 37 % 900)} for n in range(60)]
    lines = json_lines(rows)
    whole = arrow_table("entities", lines)
    monkeypatch.setattr(tables, "BLOCK_BYTES", limit)
    parts = arrow_table("entities", lines)
    assert parts.column(0).num_chunks > 1
    assert parts.equals(whole, check_metadata=True)
    assert parts.to_pylist() == rows


def test_every_bit_of_a_page_is_guarded(tmp_path):
    """A flipped bit in the data is an error, never other data."""
    path = tmp_path / "x.parquet"
    row = {"doc_id": "d", "annotator": "a", "entity_id": "e", "type": "T", "name": "a name to be found in the page"}
    write_parquet(path, arrow_table("entities", json_lines([row])))
    clean = path.read_bytes()
    column = pq.ParquetFile(path).metadata.row_group(0).column(4)
    start = column.dictionary_page_offset or column.data_page_offset
    assert b"huggingface" in pq.ParquetFile(path).schema_arrow.metadata
    refused = 0
    for position in range(start, start + column.total_compressed_size, 3):
        data = bytearray(clean)
        data[position] ^= 1 << position % 8
        path.write_bytes(data)
        try:
            assert pq.ParquetFile(path, page_checksum_verification=True).read().to_pylist() == [row]
        except (OSError, ValueError, NotImplementedError):
            refused += 1
    assert refused > 10


@given(st.text(max_size=20), st.integers(0, 10))
def test_shard_of_a_document_is_one_of_them_and_splits_in_two_when_they_double(doc_id, power):
    small, large = shard_of(doc_id, 2**power), shard_of(doc_id, 2 ** (power + 1))
    assert 0 <= small < 2**power
    assert large in (small, small + 2**power)


def test_splits_are_ordered_as_usual():
    assert sorted(["b", "test", "a", "train", "validation"], key=split_order) == ["train", "validation", "test", "a", "b"]


def test_lines_of_another_table_are_no_table():
    with pytest.raises(ValueError, match="unexpected field"):
        arrow_table("entities", b'{"doc_id":"d","other":1}\n')
