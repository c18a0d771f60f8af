"""load, and `datasets.load_dataset` on the folder: every table, offline, in fresh processes, never rows of an older build."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import TOP, one_mention, write_config, write_document

import corpus_tools
from corpus_tools import UsageError, build
from corpus_tools.schemas import TABLES

FILLED = [table for table in TABLES if (TOP / "corpus" / "jsonl" / f"{table}.jsonl").stat().st_size]


def fresh(code: str, folder: Path, home: Path) -> Any:
    """What a new Python process without a network prints as JSON, started in a folder, with its own cache."""
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HOME": str(home),
        "PYTHONPATH": str(TOP / "src"),
    }
    result = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def rows_of(corpus: Path, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (corpus / "jsonl" / f"{table}.jsonl").read_bytes().splitlines()]


def corpus_in(folder: Path, text: str = "Ada went.", name: str = "corpus", title: str = "A tiny corpus", **splits: str) -> Path:
    """A corpus of one document, or of one in each split."""
    seeds = write_config(folder / f"{name}-seeds", title=title)
    for doc_id, split in (splits or {"doc": "train"}).items():
        write_document(seeds, doc_id, text, one_mention(), split=split)
    build(seeds, folder / name)
    return folder / name


ALL = """
import json
from datasets import load_dataset
tables = {tables}
print(json.dumps({{
    "whole": {{t: load_dataset("./corpus", t, split="train").to_list() for t in tables}},
    "streamed": {{t: list(load_dataset("./corpus", t, split="train", streaming=True)) for t in tables}},
    "default": load_dataset("./corpus", split="train").column_names,
    "columns": load_dataset("./corpus", "claims", split="train", columns=["claim_id", "content"]).to_list(),
    "filtered": load_dataset("./corpus", "mentions", split="train", filters=[("paragraph_id", "==", "p3")]).to_list(),
    "both": load_dataset("./corpus", "entities", split="train", columns=["entity_id"], filters=[("type", "in", ["LAW"])]).to_list(),
}}))
"""


def test_load_dataset_gives_the_rows_of_the_json_lines(tmp_path):
    found = fresh(ALL.format(tables=FILLED), TOP, tmp_path)
    expected = {table: rows_of(TOP / "corpus", table) for table in FILLED}
    for table in FILLED:
        assert found["whole"][table] == expected[table], table
        assert found["streamed"][table] == expected[table], table
    assert found["default"] == list(expected["documents"][0])
    assert found["columns"] == [{"claim_id": c["claim_id"], "content": c["content"]} for c in expected["claims"]]
    assert found["filtered"] == [m for m in expected["mentions"] if m["paragraph_id"] == "p3"]
    assert found["both"] == [{"entity_id": e["entity_id"]} for e in expected["entities"] if e["type"] == "LAW"]


def test_features_are_those_of_the_schema_with_rows_and_without(tmp_path):
    code = """
import corpus_tools, json
from corpus_tools.derive import features
from corpus_tools.schemas import TABLES
print(json.dumps([corpus_tools.load(t).features == features(t) for t in TABLES]))
"""
    assert fresh(code, TOP, tmp_path) == [True] * len(TABLES)


TITLES = """
import json, sys
from datasets import load_dataset
print(json.dumps([load_dataset(f"./{name}", "paragraphs", split="train")["text"][:] for name in NAMES]))
"""


def test_rebuilt_corpus_gives_its_new_rows_from_the_same_cache(tmp_path):
    code = TITLES.replace("NAMES", "['corpus']")
    corpus_in(tmp_path, "Ada went.")
    assert fresh(code, tmp_path, tmp_path / "home") == [["Ada went."]]
    corpus_in(tmp_path, "Ada left.")
    assert fresh(code, tmp_path, tmp_path / "home") == [["Ada left."]]
    corpus_in(tmp_path, "Ada went.")
    assert fresh(code, tmp_path, tmp_path / "home") == [["Ada went."]]


def test_corpus_of_the_same_name_in_another_folder_has_its_own_rows(tmp_path):
    corpus_in(tmp_path / "a", "Ada went.")
    corpus_in(tmp_path / "b", "Ada left.")
    assert fresh(TITLES.replace("NAMES", "['a/corpus', 'b/corpus']"), tmp_path, tmp_path / "home") == [["Ada went."], ["Ada left."]]


def test_splits_and_shards_load_without_files_that_are_empty(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus_tools.building.DOCUMENTS_PER_SHARD", 1)
    corpus = corpus_in(tmp_path, d1="train", d2="test", d3="train", d4="validation", d5="my_own_split")
    code = """
import json
from datasets import load_dataset
tables = {t: load_dataset("./corpus", t) for t in TABLES}
print(json.dumps({t: {s: rows.to_list() for s, rows in splits.items()} for t, splits in tables.items()}))
"""
    found = fresh(code.replace("TABLES", str(FILLED)), tmp_path, tmp_path / "home")
    split_of = {row["doc_id"]: row["split"] for row in rows_of(corpus, "documents")}
    for table in FILLED:
        assert list(found[table]) == ["train", "validation", "test", "my_own_split"]
        for split, rows in found[table].items():
            assert sorted(rows, key=str) == sorted((r for r in rows_of(corpus, table) if split_of[r["doc_id"]] == split), key=str)


@pytest.mark.parametrize("name", ["text", "json", "my corpus (1)", "korpus-ä😀"])
def test_folder_of_any_name_loads(tmp_path, name):
    corpus_in(tmp_path, name=name, title='a: "b"\n---\n# c \u2028 é 😀 \x07')
    code = f"import json, corpus_tools\nprint(json.dumps(corpus_tools.load('claims', {name!r}).to_list()))"
    assert fresh(code, tmp_path, tmp_path / "home") == rows_of(tmp_path / name, "claims")


def test_load_gives_the_shipped_corpus_a_split_all_splits_or_a_stream(tmp_path):
    code = """
import json, corpus_tools
print(json.dumps([
    corpus_tools.load("claims").num_rows,
    corpus_tools.load("mentions", "corpus", "test").to_list(),
    {split: rows.num_rows for split, rows in corpus_tools.load("documents", "corpus", None).items()},
    corpus_tools.load("documents", "corpus", "train[:1]").num_rows,
    next(iter(corpus_tools.load("documents", "corpus", streaming=True)))["doc_id"],
    type(corpus_tools.load("documents", "corpus", streaming=True)).__name__,
]))
"""
    corpus = corpus_in(tmp_path, d1="train", d2="train", d3="test")
    mentions = [row for row in rows_of(corpus, "mentions") if row["doc_id"] == "d3"]
    shipped = len(rows_of(TOP / "corpus", "claims"))
    expected = [shipped, mentions, {"train": 2, "test": 1}, 1, "d1", "IterableDataset"]
    assert fresh(code, tmp_path, tmp_path / "home") == expected


def test_what_is_not_there_is_named_with_what_is(tmp_path):
    corpus = corpus_in(tmp_path, d1="train", d2="test")
    with pytest.raises(UsageError, match="no table claim; there are documents, paragraphs, entities, mentions, claims, foreign"):
        corpus_tools.load("claim", corpus)
    with pytest.raises(UsageError, match="no split dev; there are train, test"):
        corpus_tools.load("claims", corpus, "dev")
    with pytest.raises(UsageError, match=r"manifest\.json: not found; a corpus is a folder that corpus-tools build made"):
        corpus_tools.load("claims", tmp_path)
    patterned = corpus_in(tmp_path, name="my [corpus]")
    with pytest.raises(UsageError, match=r"my \[corpus\]: datasets takes \*, \? and \[ in the path of a folder for a pattern"):
        corpus_tools.load("claims", patterned)


def test_tables_without_a_row_load(tmp_path):
    seeds = write_config(tmp_path / "seeds")
    write_document(seeds, "d1", "Nobody.")
    write_document(seeds, "d2", "", split="test")
    build(seeds, tmp_path / "corpus")
    code = """
import json, corpus_tools
print(json.dumps({t: {s: rows.to_list() for s, rows in corpus_tools.load(t, "corpus", None).items()} for t in TABLES}))
"""
    found = fresh(code.replace("TABLES", str(list(TABLES))), tmp_path, tmp_path / "home")
    assert found["claims"] == {"train": [], "test": []}
    names = "import json, datasets\nprint(json.dumps(datasets.get_dataset_config_names('./corpus')))"
    assert fresh(names, tmp_path, tmp_path / "home") == ["documents", "paragraphs"]
    plain = "import json, datasets\nprint(json.dumps({s: r.to_list() for s, r in datasets.load_dataset('./corpus', 'paragraphs').items()}))"
    assert fresh(plain, tmp_path, tmp_path / "home") == {"train": found["paragraphs"]["train"]}
    assert [row["text"] for row in found["paragraphs"]["train"]] == ["Nobody."]
    assert found["paragraphs"]["test"] == []
