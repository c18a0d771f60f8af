"""Links in seeds of others: none leads out of the folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import corpus_tools
from corpus_tools.findings import CorpusError, UsageError

TOP = Path(__file__).parents[1]


@pytest.mark.parametrize("suffix", [".txt", ".meta.yaml", ".gold.yaml"])
def test_a_seed_that_links_out_of_its_folder_is_refused_and_not_read(suffix: str, tmp_path: Path) -> None:
    seeds = shutil.copytree(TOP / "seeds", tmp_path / "seeds")
    (path,) = (p for p in seeds.iterdir() if p.name.partition(".")[2] == suffix[1:])
    path.rename(tmp_path / "outside")
    (tmp_path / "outside").write_text("a: secret: of mine", "utf-8")
    path.symlink_to(tmp_path / "outside")
    with pytest.raises(CorpusError, match="a link that leads out of the folder") as error:
        corpus_tools.build(seeds, tmp_path / "corpus")
    assert "secret" not in str(error.value)


def test_a_corpus_yaml_that_links_out_is_refused_and_not_read(tmp_path: Path) -> None:
    seeds = shutil.copytree(TOP / "seeds", tmp_path / "seeds")
    (seeds / "corpus.yaml").rename(tmp_path / "outside")
    (seeds / "corpus.yaml").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError, match="a link that leads out"):
        corpus_tools.build(seeds, tmp_path / "corpus")


def test_a_link_within_the_folder_and_a_linked_folder_are_read(tmp_path: Path) -> None:
    seeds = shutil.copytree(TOP / "seeds", tmp_path / "seeds")
    (path,) = seeds.glob("*.txt")
    path.rename(seeds / ".kept")
    path.symlink_to(".kept")
    (tmp_path / "linked").symlink_to(seeds)
    assert corpus_tools.build(tmp_path / "linked", tmp_path / "corpus")["tables"]["documents"]["rows"] == 1
