"""Plots of a corpus: the numbers behind them, and files that are the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from corpora import rich_corpus
from helpers import TOP
from selectolax.lexbor import LexborHTMLParser
from small_corpus import write_seeds

import corpus_tools
from corpus_tools import CorpusError
from corpus_tools.plotting.drawing import picture
from corpus_tools.plotting.tallies import BINS, DOCUMENTS, LAYERS, QUANTILES, STANCES, Tally, tallies

FILES = [f"{name}.{suffix}" for name in ("sources", "co-occurrence", "density", "layers") for suffix in ("svg", "png")]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plots of the shipped corpus."""
    folder = tmp_path_factory.mktemp("plots") / "deep" / "plots"
    assert corpus_tools.stats(TOP / "corpus", folder) == corpus_tools.stats(TOP / "corpus")
    return folder


def test_the_files_are_pictures_with_the_names_in_them(written: Path) -> None:
    assert sorted(path.name for path in written.iterdir()) == sorted(FILES)
    assert all((written / name).read_bytes().startswith(b"\x89PNG") for name in FILES if name.endswith("png"))
    shown = LexborHTMLParser((written / "sources.svg").read_text("utf-8")).css_first("svg").text()
    assert "Kenneth Pollack" in shown
    assert "disputes" in shown


def test_the_same_corpus_gives_the_same_svg_and_no_date(written: Path, tmp_path: Path) -> None:
    code = f"import corpus_tools; corpus_tools.stats({str(TOP / 'corpus')!r}, 'plots')"
    environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    for name in FILES:
        assert (tmp_path / "plots" / name).read_bytes() == (written / name).read_bytes(), name
    assert b"<dc:date>" not in (written / "sources.svg").read_bytes()


@pytest.mark.parametrize("name", ["sources", "co-occurrence", "density", "layers"])
def test_a_picture_in_the_docs_is_that_of_the_corpus(written: Path, name: str) -> None:
    assert (TOP / "docs" / "pictures" / f"{name}.svg").read_bytes() == (written / f"{name}.svg").read_bytes()


def by_name(bundles: list) -> dict[str, Tally]:
    return {tally.name: tally for tally in tallies(lambda: iter(bundles))}


def test_the_numbers_are_those_of_the_records() -> None:
    bundles = rich_corpus()
    found = by_name(bundles)
    assert found["sources"].head == ["source", "endorses", "neutral", "not said"]
    assert found["sources"].lines == [
        ["(nobody named)", 0, 1, 0],
        ["(somebody unnamed)", 0, 0, 1],
        ["Ada L.", 1, 0, 0],
        ["bob", 1, 0, 0],
    ]
    assert found["sources"].words.endswith("The authors' own 2 claims are not shown.")
    together = {line[0]: dict(zip(found["co-occurrence"].head[1:], line[1:], strict=True)) for line in found["co-occurrence"].lines}
    assert together["Ada L."] == {"Ada L.": 2, "paris": 2, "bob": 1, "e": 0}
    assert together["bob"]["paris"] == together["paris"]["bob"] == 1
    assert found["layers"].lines[0] == ["The news", 2, 2, 3, 8, 5]
    assert [line[4] for line in found["layers"].lines] == [8, 1, 0, 0]


def test_density_times_length_is_the_number_of_mentions() -> None:
    bundles = [bundle for bundle in rich_corpus() if bundle.mentions]
    density = by_name(bundles)["density"]
    assert len(density.lines) == BINS
    characters = sum(bundle.paragraphs[-1].end for bundle in bundles)
    assert sum(sum(line[1:]) for line in density.lines) * characters / BINS / 1000 == pytest.approx(9, rel=0.01)


def test_density_has_a_mention_where_it_stands() -> None:
    news = rich_corpus()[:1]
    length = news[0].paragraphs[-1].end
    parts = [number for number, line in enumerate(by_name(news)["density"].lines) if any(line[1:])]
    assert parts == sorted({int(mention.start / length * BINS) for mention in news[0].mentions})
    assert len(parts) > 3


def test_many_documents_are_shown_by_their_quartiles() -> None:
    layers = by_name(rich_corpus() * 10)["layers"]
    assert [line[0] for line in layers.lines] == list(QUANTILES)
    assert [line[4] for line in layers.lines] == [0, 0, 1, 1, 8]
    assert DOCUMENTS < 40
    assert picture(layers, "svg").startswith(b"<?xml")


def test_names_that_are_formulas_or_code_are_drawn_as_they_are() -> None:
    names = ["$x^2$", "\u202egnp", "<script>", "\u0007 \x9b", "多" * 80, r"\frac{"]
    rest = [f"name {number}" for number in range(BINS - len(names))]
    heads = {
        "sources": ["source", *STANCES],
        "co-occurrence": ["entity", *names],
        "density": ["part", *names],
        "layers": ["document", *LAYERS],
    }
    for name, head in heads.items():
        labels = [*names, *rest] if name == "density" else names
        lines = [[label, *range(len(head) - 1)] for label in labels]
        drawn = picture(Tally(name, "", head, lines), "svg").decode()
        assert "<script>" not in drawn
        assert "\u202e" not in drawn
        assert picture(Tally(name, "", head, []), "png").startswith(b"\x89PNG")


def test_a_corpus_with_problems_gives_no_plots(tmp_path: Path) -> None:
    corpus_tools.build(write_seeds(tmp_path / "seeds"), tmp_path / "corpus")
    path = tmp_path / "corpus" / "jsonl" / "mentions.jsonl"
    path.write_text(path.read_text("utf-8").replace('"entity_id":"ada"', '"entity_id":"eve"'), "utf-8")
    with pytest.raises(CorpusError, match="reference-resolves"):
        corpus_tools.stats(tmp_path / "corpus", tmp_path / "plots")
    assert not (tmp_path / "plots").exists()
