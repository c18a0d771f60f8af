"""croissant.json: valid, the same on every build, and its records are the rows that `load_dataset` gives."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from helpers import TOP
from small_corpus import write_seeds

import corpus_tools
from corpus_tools.croissant import CROISSANT, croissant
from corpus_tools.files import read_manifest
from corpus_tools.releasing.textless import write_without_text
from corpus_tools.schemas import TABLES


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of several splits and shards."""
    folder = tmp_path_factory.mktemp("croissant")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus_tools.building.DOCUMENTS_PER_SHARD", 1)
        corpus_tools.build(write_seeds(folder / "seeds"), folder / "small")
    return folder / "small"


def plain(value: Any) -> Any:
    """What mlcroissant gives, as JSON would have it: strings for bytes, keys without the names of what they are in."""
    if isinstance(value, dict):
        return {key.rpartition("/")[2]: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if hasattr(value, "item") else value


def null_lists(value: Any) -> Any:
    """A null list of structs comes from mlcroissant as a list of one struct of nulls."""
    if isinstance(value, dict):
        return {key: null_lists(item) for key, item in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict) and set(value[0].values()) == {None}:
        return None
    return [null_lists(item) for item in value] if isinstance(value, list) else value


def records(corpus: Path, table: str) -> list[dict[str, Any]]:
    import mlcroissant

    dataset = mlcroissant.Dataset(str(corpus / CROISSANT))
    if not any(record_set.id == table for record_set in dataset.metadata.record_sets):
        return []
    return [null_lists(plain(record)) for record in dataset.records(table)]


def rows(corpus: Path, table: str) -> list[dict[str, Any]]:
    return [row for split in corpus_tools.load(table, corpus, None).values() for row in split]


def ordered(found: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in found)


@pytest.mark.parametrize("table", TABLES)
def test_records_are_the_rows_of_the_table(table: str, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    for corpus in (TOP / "corpus", small):
        assert ordered(records(corpus, table)) == ordered(rows(corpus, table))


def test_records_of_a_corpus_without_its_texts_are_its_rows_too(small: Path, tmp_path: Path) -> None:
    write_without_text(small, read_manifest(small), tmp_path / "bare")
    for table in TABLES:
        assert ordered(records(tmp_path / "bare", table)) == ordered(rows(tmp_path / "bare", table))


def test_a_row_that_is_not_there_would_be_seen(small: Path, tmp_path: Path) -> None:
    corpus = shutil.copytree(small, tmp_path / "small")
    described = json.loads((corpus / CROISSANT).read_text("utf-8"))
    files = next(item for item in described["distribution"] if item["@id"] == "paragraphs-parquet")
    files["includes"] = files["includes"][:1]
    (corpus / CROISSANT).write_text(json.dumps(described), "utf-8")
    assert len(records(corpus, "paragraphs")) < len(rows(corpus, "paragraphs"))


def test_it_is_valid_and_its_only_warning_is_the_date_that_nobody_knows() -> None:
    import mlcroissant

    metadata = mlcroissant.Dataset(str(TOP / "corpus" / CROISSANT)).metadata
    assert metadata.ctx.issues.errors == set()
    assert [warning for warning in metadata.ctx.issues.warnings if "datePublished" not in warning] == []
    assert str(metadata.conforms_to[0]) == "http://mlcommons.org/croissant/1.1"
    config = read_manifest(TOP / "corpus")["corpus"]
    assert metadata.data_limitations == config["limits"]
    assert metadata.data_annotation_protocol == [config["annotation_process"]]


def test_it_follows_from_the_manifest() -> None:
    assert croissant(read_manifest(TOP / "corpus")) == (TOP / "corpus" / CROISSANT).read_text("utf-8")


def test_every_file_has_its_digest(small: Path) -> None:
    described, listed = json.loads((small / CROISSANT).read_text("utf-8")), read_manifest(small)["files"]
    files = {item["@id"]: item for item in described["distribution"] if item["@type"] == "cr:FileObject"}
    included = {name for item in described["distribution"] if item["@type"] == "cr:FileSet" for name in item["includes"]}
    assert included < set(files)
    assert all(listed[name]["sha256"] == item["sha256"] for name, item in files.items())


def test_what_is_stale_or_missing_is_found(small: Path, tmp_path: Path) -> None:
    corpus = shutil.copytree(small, tmp_path / "small")
    text = (corpus / CROISSANT).read_text("utf-8")
    (corpus / CROISSANT).write_text(text.replace('"1.0.0"', '"1.0.1"'), "utf-8")
    assert {finding.rule for finding in corpus_tools.check(corpus)} == {"card", "file-digest"}
    (corpus / CROISSANT).unlink()
    assert {finding.rule for finding in corpus_tools.check(corpus)} == {"file-missing"}
