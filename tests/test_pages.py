"""The pages of `diff` and `score`: what they hold. tests/test_view_browser.py opens them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest
from differing import hostile_pair, small_pair
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser
from viewer_seeds import HOSTILE, SCRIPT

import corpus_tools
from corpus_tools import UsageError, cli
from corpus_tools.scoring.scoretables import score_cell
from corpus_tools.viewing.pieces import AROUND, ELLIPSIS, differing, excerpt

TOP = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return small_pair(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def diffed(small):
    page = small[0].parent / "diff.html"
    return corpus_tools.diff(*small, page=page), LexborHTMLParser(page.read_text("utf-8"))


@pytest.fixture(scope="module")
def scored(small):
    page = small[0].parent / "score.html"
    return corpus_tools.score(*small, page=page), LexborHTMLParser(page.read_text("utf-8"))


def texts(tree, selector):
    """The texts of elements, white space folded."""
    return [" ".join(node.text().split()) for node in tree.css(selector)]


def table(node):
    return [texts(row, "th, td") for row in node.css("tbody tr")]


# ------------------------------------------------------------------------------------------------------- what changed


def test_the_page_of_a_diff_says_what_the_version_must_be(diffed):
    found, tree = diffed
    assert texts(tree, ".verdict") == ["The version must rise from 1.0.0 to 1.1.0 or above (minor); it is 1.0.0."]
    assert table(tree.css_first(".reasons")) == [[r.part, r.what, str(r.number)] for r in found.reasons] != []
    assert texts(tree, ".imprint") == ["Documents: 1 changed · 0 added · 0 removed · 2 unchanged"]


def test_the_page_of_a_diff_has_every_change_with_its_old_and_new_words(diffed):
    found, tree = diffed
    (document,) = found.documents
    bodies = tree.css("tbody[data-kind]")
    assert [(body.attributes["data-kind"], body.css_first(".name").text()) for body in bodies] == [
        (change.kind, change.record) for change in document.changes
    ]
    lines = {body.css_first(".name").text(): table(body)[1:] for body in bodies}
    assert lines["a1/koeln"] == [["name", "Köln", "Cologne"]]
    assert lines["a1/p2.m1"] == [["fragments re-annotated", "Ada Stone", "Ada"]]
    assert lines["a1/p3.m2"] == [["text", "her", "none"]]
    assert lines["a1/c5"] == [["id", "a1/c4", "a1/c5"]]
    assert lines["a1/c2"] == [["cue re-annotated", "doubt", "none"], ["attitude", "doubts", "denies"]]
    first = next(body for body in bodies if body.css_first(".name").text() == "a1/p2.m1")
    assert (texts(first, "del"), texts(first, "ins")) == (["Stone"], [])


def test_every_kind_can_be_left_out_and_has_its_number(diffed, scored):
    for _, tree in (diffed, scored):
        labels = tree.css(".kinds label")
        boxes = {label.css_first("input").attributes["value"]: int(label.css_first(".number").text()) for label in labels}
        assert boxes == Counter(node.attributes["data-kind"] for node in tree.css("[data-kind]")) != {}


def test_documents_that_came_or_went_and_an_unchanged_corpus_have_a_page(small, tmp_path):
    corpus_tools.diff(TOP / "corpus", small[0], page=tmp_path / "page.html")
    tree = LexborHTMLParser((tmp_path / "page.html").read_text("utf-8"))
    assert sorted(texts(tree, "summary .way")) == ["added", "added", "added", "removed"]
    names = {row[0]: row[1:] for row in table(tree.css_first("[aria-labelledby=corpus-heading] table"))}
    assert names["title"] == ["Attributed claims in one news article", "Small"]
    corpus_tools.diff(small[0], small[0], page=tmp_path / "page.html")
    tree = LexborHTMLParser((tmp_path / "page.html").read_text("utf-8"))
    assert texts(tree, ".verdict") == ["Nothing changed that a version must rise for."]
    assert not tree.css(".kinds, .reasons, .changes")


# ------------------------------------------------------------------------------------------------------------- scores


def test_the_page_of_scores_has_the_numbers_of_the_data(scored):
    scores, tree = scored
    rows = {}
    for body in tree.css_first("table.scores").css("tbody"):
        layer = body.css_first("[scope=rowgroup]").text()
        rows |= {(layer, row.css_first("[scope=row]").text()): texts(row, "td") for row in body.css("tr")}
    strict = scores.scores["mentions"]["strict"]
    shown = [strict.precision, strict.recall, strict.f1, strict.interval, strict.gold, strict.other]
    assert rows["mentions", "strict"] == list(map(score_cell, shown))
    assert strict.f1 != 1
    own = {
        ("by type" if layer == "types" else layer, score_cell(score.f1))
        for layer, named in scores.scores.items()
        for score in named.values()
        if not layer.endswith("attributes") and (score.gold != 0 or score.other != 0)
    }
    assert {(layer, cells[2]) for (layer, _), cells in rows.items()} == own


def test_the_page_of_scores_has_what_is_confused(scored):
    scores, tree = scored
    matrices = {node.css_first("caption").text(): node for node in tree.css(".matrix")}
    assert set(matrices) == {"claims attitude", "mentions type"}
    for name, matrix in matrices.items():
        layer, field = name.split()
        values = texts(matrix, "thead th")[1:]
        shown = {(row[0], value): cell for row in table(matrix) for value, cell in zip(values, row[1:], strict=True) if cell != "·"}
        counted = scores.confusions[layer][field]
        assert shown == {
            (gold.replace("-", "none"), other.replace("-", "none")): str(number)
            for gold, row in counted.items()
            for other, number in row.items()
        }
    assert texts(matrices["mentions type"], ".confused") == ["1", "2"]


def test_the_page_of_scores_has_every_place_with_its_words_in_context(scored):
    scores, tree = scored
    places = tree.css(".differing > li")
    assert [place.attributes["data-kind"] for place in places] == [f"{d.layer} {d.what}" for d in scores.disagreements]
    by_kind = {place.attributes["data-kind"]: place for place in places}
    boundary = by_kind["mentions boundary"]
    assert texts(boundary, "mark") == ["Ada Stone", "Ada"]
    assert texts(boundary, ".quote") == ["Ada Stone said the bridge will hold. Locals doubt it."] * 2
    assert (texts(by_kind["claims cue"], "mark"), texts(by_kind["claims cue"], ".none")) == (["doubt"], ["none"])
    assert texts(by_kind["claims attitude"], ".value") == ["doubts", "denies"]
    missed = by_kind["mentions missed"]
    assert (texts(missed, "mark"), texts(missed, ".other .none")) == (["her"], ["none"])
    where = [place.rpartition("/")[2] for d in scores.disagreements for place in (d.gold_place, d.other_place) if place]
    assert [line.partition(" · ")[2] for line in texts(tree, ".one .counts") if " · " in line] == where
    assert str(TOP) not in tree.html and "/" not in where[0]


def test_a_corpus_that_equals_the_gold_has_a_page(small, tmp_path):
    corpus_tools.score(small[0], small[0], page=tmp_path / "page.html")
    tree = LexborHTMLParser((tmp_path / "page.html").read_text("utf-8"))
    assert texts(tree, "#places p") == ["None."]
    assert "Nothing is confused." in texts(tree, "main p")


def test_where_texts_are_withheld_the_pages_have_places(small, tmp_path):
    corpora = []
    for name, corpus in zip(("old", "new"), small, strict=True):
        corpus_tools.release(corpus, tmp_path / name, without_text=True)
        corpora.append(tmp_path / name / "corpus")
    scores = corpus_tools.score(*corpora, page=tmp_path / "score.html")
    assert scores.scores == corpus_tools.score(*small).scores
    tree = LexborHTMLParser((tmp_path / "score.html").read_text("utf-8"))
    places = {place.attributes["data-kind"]: place for place in tree.css(".differing > li")}
    assert texts(places["mentions boundary"], ".none") == ["text withheld"] * 2
    assert (texts(places["claims cue"], ".value"), texts(places["claims cue"], ".none")) == (["56-61"], ["none"])
    corpus_tools.diff(*corpora, page=tmp_path / "diff.html")
    lines = texts(LexborHTMLParser((tmp_path / "diff.html").read_text("utf-8")), ".changes tr")
    assert "fragments re-annotated 12–21 12–15" in lines


def test_scores_are_the_same_with_a_page(small, tmp_path):
    assert corpus_tools.score(*small) == corpus_tools.score(*small, page=tmp_path / "page.html")
    assert corpus_tools.diff(*small) == corpus_tools.diff(*small, page=tmp_path / "other.html")


# -------------------------------------------------------------------------------------------------------------- pages


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    pages = {"diff": folder / "diff.html", "score": folder / "score.html"}
    corpus_tools.diff(*hostile_pair(folder / "text", f"{SCRIPT} and more"), page=pages["diff"])
    corpus_tools.score(*hostile_pair(folder / "same"), page=pages["score"])
    return {name: page.read_text("utf-8") for name, page in pages.items()}


@pytest.mark.parametrize("name", ["diff", "score"])
def test_texts_that_are_code_stand_as_text(hostile, name):
    tree = LexborHTMLParser(hostile[name])
    assert len(tree.css("script")) == 2
    assert not tree.css("img, main b b, bdi > b")
    assert not [node for node in tree.css("*") if any(key.startswith("on") for key in node.attributes)]
    assert {SCRIPT, HOSTILE[1]} <= {node.text() for node in tree.css("mark, del, ins, .old bdi, .quote bdi")}
    assert tree.css(".control[data-code='U+202E']")
    assert "\u202e" not in tree.css_first("title").text()


@pytest.mark.parametrize("name", ["diff", "score"])
def test_a_page_is_whole_and_lets_nothing_else_run(hostile, name):
    tree = LexborHTMLParser(hostile[name])
    policy = tree.css_first("meta[http-equiv]").attributes["content"]
    for selector in ("style", "script:not([type])"):
        digest = base64.b64encode(hashlib.sha256(tree.css_first(selector).text().encode()).digest()).decode()
        assert f"sha256-{digest}" in policy
    assert "default-src 'none'" in policy
    assert not tree.css("[src], link, [style], a[href]:not([href^='#'])")
    assert tree.css_first("[name=generator]").attributes["content"] == f"corpus-tools {name}"


def test_no_file_of_others_is_written_over(small, tmp_path):
    other = tmp_path / "notes.html"
    other.write_text("mine", "utf-8")
    for where, said in ((other, "no page of corpus-tools"), (tmp_path, "a folder"), (tmp_path / "no" / "page.html", "no folder")):
        for function in (corpus_tools.diff, corpus_tools.score):
            with pytest.raises(UsageError, match=said):
                function(*small, page=where)
    assert other.read_text("utf-8") == "mine"


def status(arguments):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    return end.value.code


def test_the_command_line_writes_the_page_and_says_where(small, tmp_path, monkeypatch, capsysbinary):
    monkeypatch.setenv("COLUMNS", "20")
    arguments = [*map(str, small), "--page", str(tmp_path / "page.html")]
    assert status(["score", *arguments]) == 0
    assert capsysbinary.readouterr().out.decode().endswith(f"\nNext: open {tmp_path / 'page.html'} in a browser\n")
    assert status(["diff", *arguments, "--json"]) == 1
    assert json.loads(capsysbinary.readouterr().out)["part"] == "minor"
    assert "What changed" in (tmp_path / "page.html").read_text("utf-8")


# ------------------------------------------------------------------------------------------------------------- pieces


@st.composite
def texts_with_spans(draw):
    text = draw(st.text(st.sampled_from("ab  👍\n"), max_size=700))
    borders = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = tuple(zip(borders[::2], borders[1::2], strict=False))
    start, end = draw(st.integers(0, borders[0])) if borders else 0, draw(st.integers(borders[-1], len(text))) if borders else 0
    return text, start, end, spans


@given(texts_with_spans())
def test_an_excerpt_marks_the_spans_in_words_of_the_text(case):
    text, start, end, spans = case
    pieces = excerpt(text, start, end, spans)
    assert [piece.text for piece in pieces if piece.marked] == [text[first:last] for first, last in spans]
    stretches = "".join(piece.text for piece in pieces).split(ELLIPSIS)
    position = start
    for number, stretch in enumerate(stretches):
        words = stretch.removeprefix(" ") if number else stretch
        words = words.removesuffix(" ") if number < len(stretches) - 1 else words
        position = text.index(words, position) + len(words)
        assert position <= end
    marked = sum(last - first for first, last in spans)
    assert len("".join(stretches)) <= marked + (2 * AROUND + 2) * len(spans)


def test_an_excerpt_shows_whole_words_around_each_span_and_leaves_out_the_rest():
    text = "one two three " * 50
    pieces = excerpt(text, 0, len(text), ((140, 143), (420, 423)))
    shown = "".join(piece.text for piece in pieces)
    assert [piece.text for piece in pieces if piece.marked] == ["one", "one"]
    assert shown.count(ELLIPSIS) == 3
    assert set(shown.split()) == {"one", "two", "three", ELLIPSIS}
    assert shown.count("one") == 2 * (2 * (AROUND // 14) + 1)
    assert excerpt(text, 0, 143, ((140, 143),))[-1].text == "one"
    assert excerpt(text, 126, 160, ((140, 143),))[0].text == text[126:140]


@given(st.text(st.sampled_from("ab c👍"), max_size=30), st.text(st.sampled_from("ab c👍"), max_size=30))
def test_what_differs_is_marked_and_all_else_is_the_same(old, new):
    ours, theirs = differing(old, new)
    assert ("".join(p.text for p in ours), "".join(p.text for p in theirs)) == (old, new)
    assert [p.text for p in ours if p.marked and not p.text] == []
    kept = ["".join(piece.text for piece in pieces if not piece.marked) for pieces in (ours, theirs)]
    assert kept[0] == kept[1]
    assert bool(old == new) == (not any(piece.marked for piece in (*ours, *theirs)))
