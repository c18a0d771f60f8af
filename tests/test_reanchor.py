"""Re-anchoring: annotations move with their source, and nothing vanishes silently."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_tools
from corpus_tools.findings import UsageError
from corpus_tools.moving.alignment import align, carry_span
from corpus_tools.moving.reanchoring import Reanchored

SEEDS = Path(__file__).parents[1] / "seeds"
DOC = "000_7638b35d37ae38e0"
SOURCE = (SEEDS / f"{DOC}.txt").read_text("utf-8")


def moved(tmp_path: Path, source: str) -> Reanchored:
    (tmp_path / "new.txt").write_text(source, "utf-8", newline="\n")
    return corpus_tools.reanchor(SEEDS, DOC, tmp_path / "new.txt", tmp_path / "out")


def statuses(report: Reanchored) -> set[str]:
    return {quote.status for quote in report.quotes}


def test_the_same_source_gives_the_same_seeds(tmp_path: Path) -> None:
    assert moved(tmp_path, SOURCE).clean
    for path in SEEDS.iterdir():
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()


def test_a_paragraph_put_in_moves_all_that_follows(tmp_path: Path) -> None:
    parts = SOURCE.split("\n\n")
    report = moved(tmp_path, "\n\n".join([*parts[:3], "ISIS and Syria stand here too.", *parts[3:]]))
    assert report.clean
    corpus_tools.build(tmp_path / "out", tmp_path / "corpus")
    assert corpus_tools.check(tmp_path / "corpus") == []
    old, new = corpus_tools.show(DOC, SEEDS.parent / "corpus"), corpus_tools.show(DOC, tmp_path / "corpus")
    for table in ("mentions", "claims"):
        texts = [[[f["text"] for f in r["fragments" if table == "mentions" else "content"]] for r in v[table]] for v in (old, new)]
        assert texts[0] == texts[1]


def test_a_paragraph_taken_out_is_listed_and_the_rest_compiles(tmp_path: Path) -> None:
    parts = SOURCE.split("\n\n")
    report = moved(tmp_path, "\n\n".join(parts[:5] + parts[6:]))
    gone = [quote for quote in report.quotes if not quote.kept]
    assert gone
    assert {quote.status for quote in gone} <= {"lost", "ambiguous"}
    assert all(quote.old in parts[5] or "Iranian-backed" in quote.old for quote in gone)
    assert not report.clean
    assert report.problems == []
    corpus_tools.build(tmp_path / "out", tmp_path / "corpus")


def test_a_paragraph_that_was_split_takes_its_items_along(tmp_path: Path) -> None:
    parts = SOURCE.split("\n\n")
    assert ". The group" in parts[4]
    parts[4] = parts[4].replace(". The group", ".\n\nThe group")
    report = moved(tmp_path, "\n\n".join(parts))
    assert report.problems == []
    assert statuses(report) <= {"exact", "lost"}
    corpus_tools.build(tmp_path / "out", tmp_path / "corpus")


def test_paragraphs_that_were_merged_keep_their_items(tmp_path: Path) -> None:
    parts = SOURCE.split("\n\n")
    report = moved(tmp_path, "\n\n".join([*parts[:4], parts[4] + " " + parts[5], *parts[6:]]))
    assert statuses(report) == {"exact"}
    assert report.problems == []


def test_words_that_changed_are_given_in_both_versions(tmp_path: Path) -> None:
    report = moved(tmp_path, SOURCE.replace("Euphrates River town", "Euphrates Rivers town"))
    edited = [quote for quote in report.quotes if quote.status == "edited"]
    assert ("Euphrates River", "Euphrates Rivers") in {(quote.old, quote.new) for quote in edited} or any(
        "Euphrates Rivers" in quote.new for quote in edited
    )
    assert not report.clean
    assert report.problems == []


def test_a_short_word_that_changed_is_flagged_though_it_stands_elsewhere_too(tmp_path: Path) -> None:
    at = SOURCE.index("Albu Kamal")
    assert SOURCE.count("Albu Kamal") > 1
    report = moved(tmp_path, SOURCE[:at] + "Albu Kemal" + SOURCE[at + 10 :])
    changed = {(quote.status, quote.old, quote.new) for quote in report.quotes if quote.status != "exact"}
    assert ("edited", "Albu Kamal", "Albu Kemal") in changed
    assert {status for status, _, _ in changed} == {"edited"}
    assert report.dropped == []


def test_wrong_use_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no document 000"):
        corpus_tools.reanchor(SEEDS, "000", SEEDS / f"{DOC}.txt", tmp_path / "out")
    with pytest.raises(UsageError, match="not found"):
        corpus_tools.reanchor(SEEDS, DOC, tmp_path / "none.txt", tmp_path / "out")


@st.composite
def edited_text(draw: st.DrawFn) -> tuple[str, str, list[tuple[tuple[int, int], tuple[int, int]]]]:
    """A text of words that stand once, an edited version, and for each word left alone its place in both."""
    count = draw(st.integers(1, 60))
    edits = draw(st.lists(st.sampled_from("====+-~"), min_size=count, max_size=count))
    old, new, places = "", "", []
    for number, edit in enumerate(edits):
        word = f"word{number:03d}ä"
        start = len(old)
        old += word + " "
        new += f"fresh{number:03d}x " if edit in "+~" else ""
        if edit in "=+":
            places.append(((start, start + len(word)), (len(new), len(new) + len(word))))
            new += word + " "
    return old, new, places


@settings(max_examples=150, deadline=None)
@given(edited_text())
def test_a_span_that_no_edit_touches_is_found_where_it_went(
    case: tuple[str, str, list[tuple[tuple[int, int], tuple[int, int]]]],
) -> None:
    old, new, places = case
    blocks = align(old, new)
    assert all(old[b.a : b.a + b.size] == new[b.b : b.b + b.size] for b in blocks)
    starts = [block.a for block in blocks]
    for here, there in places:
        carried = carry_span(blocks, starts, *here, len(new))
        assert carried == (*there, True)


@settings(max_examples=100, deadline=None)
@given(st.text("ab .\n", max_size=60), st.text("ab .\n", max_size=60))
def test_blocks_are_the_same_in_both_texts_and_ascend(old: str, new: str) -> None:
    a = b = 0
    for block in align(old, new):
        assert old[block.a : block.a + block.size] == new[block.b : block.b + block.size]
        assert block.size > 0
        assert block.a >= a
        assert block.b >= b
        a, b = block.a + block.size, block.b + block.size


def test_a_text_of_a_megabyte_is_aligned() -> None:
    rng = random.Random(1)
    words = [rng.choice(["the", "of", "a"]) if rng.random() < 0.5 else f"w{rng.randrange(20000)}" for _ in range(200_000)]
    changed = [word + "x" if rng.random() < 0.01 else word for word in words]
    old, new = " ".join(words), " ".join(changed)
    assert sum(block.size for block in align(old, new)) > 0.98 * len(old)
