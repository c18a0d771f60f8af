"""Released versions: their content never changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_tools
from corpus_tools.findings import UsageError
from corpus_tools.versions import add_version, content_digests, read_versions, version_problem

TOP = Path(__file__).parents[1]


def seeds_of(folder: Path, version: str) -> Path:
    """A copy of the shipped seeds with another version."""
    if not folder.exists():
        shutil.copytree(TOP / "seeds", folder)
    path = folder / "corpus.yaml"
    path.write_text("".join(f"version: {version}\n" if line.startswith("version:") else line for line in path.open()), "utf-8")
    return folder


def change_a_mention(seeds: Path) -> None:
    (path,) = seeds.glob("*.gold.yaml")
    text = path.read_text("utf-8")
    assert "level: nominal" in text
    path.write_text(text.replace("level: nominal", "level: pronoun", 1), "utf-8")


def manifest(version: str, digest: str = "0") -> dict[str, Any]:
    return {"corpus": {"version": version}, "tables": {"claims": {"sha256": digest}}}


def test_the_corpus_is_a_released_version_as_it_was_released_or_newer_than_all() -> None:
    shipped = json.loads((TOP / "corpus/manifest.json").read_text("utf-8"))
    assert version_problem(shipped, read_versions(TOP / "VERSIONS.json")) == ""


def test_a_corpus_that_changed_under_a_released_version_is_refused(tmp_path: Path) -> None:
    seeds, corpus, versions = seeds_of(tmp_path / "seeds", "1.0.0"), tmp_path / "corpus", tmp_path / "VERSIONS.json"
    corpus_tools.build(seeds, corpus)
    assert add_version(corpus, versions) == "1.0.0"
    change_a_mention(seeds)
    changed = corpus_tools.build(seeds, corpus)
    said = "version 1.0.0 is released, but mentions changed since: raise the version"
    assert version_problem(changed, read_versions(versions)) == said
    before = versions.read_bytes()
    with pytest.raises(UsageError, match=said):
        add_version(corpus, versions)
    assert versions.read_bytes() == before
    changed = corpus_tools.build(seeds_of(seeds, "1.0.1"), corpus)
    assert version_problem(changed, read_versions(versions)) == ""
    assert add_version(corpus, versions) == "1.0.1"
    assert list(read_versions(versions)) == ["1.0.0", "1.0.1"]
    assert read_versions(versions)["1.0.1"] == content_digests(changed)


def test_adding_a_version_again_changes_nothing(tmp_path: Path) -> None:
    versions = tmp_path / "VERSIONS.json"
    add_version(TOP / "corpus", versions)
    before = versions.read_bytes()
    add_version(TOP / "corpus", versions)
    assert versions.read_bytes() == before


@given(st.lists(st.tuples(*[st.integers(0, 30)] * 3), min_size=1, max_size=5), st.tuples(*[st.integers(0, 30)] * 3))
def test_a_version_that_is_not_released_must_be_newer_than_all(
    released: list[tuple[int, int, int]], new: tuple[int, int, int]
) -> None:
    def text(version: tuple[int, int, int]) -> str:
        return ".".join(map(str, version))

    problem = version_problem(manifest(text(new)), {text(version): {"claims": "0"} for version in released})
    assert bool(problem) == (new not in released and new < max(released))
    assert not problem or f"older than {text(max(released))}" in problem


@pytest.mark.parametrize("released", [{"claims": "1"}, {}, {"claims": "0", "mentions": "0"}])
def test_a_table_that_changed_came_or_went_is_a_change(released: dict[str, str]) -> None:
    assert "changed since" in version_problem(manifest("1.0.0"), {"1.0.0": released})


def test_without_a_file_nothing_is_released(tmp_path: Path) -> None:
    assert read_versions(tmp_path / "VERSIONS.json") == {}


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b'{"1.x": {}}', b'{"1.0.0": 3}', b'{"1.0.0": "abc"}', b"\xff"])
def test_a_file_that_is_no_file_of_versions_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "VERSIONS.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"VERSIONS\.json: no file of versions"):
        read_versions(path)


def test_the_command_of_make_version_adds_or_says_why_not(tmp_path: Path) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
        command = [sys.executable, "-m", "corpus_tools.versions"]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert "-m corpus_tools.versions" in (TOP / "Makefile").read_text("utf-8").partition("\nversion:")[2].partition("\n\n")[0]
    shutil.copytree(TOP / "corpus", tmp_path / "corpus")
    assert run().returncode == 0
    versions = tmp_path / "VERSIONS.json"
    versions.write_text(versions.read_text("utf-8").replace('"claims": "', '"claims": "0'), "utf-8")
    refused = run()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("VERSIONS.json: version ") and "claims changed since" in refused.stderr
