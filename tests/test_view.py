"""The site of a corpus: what its pages hold. tests/test_view_browser.py opens them."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from corpora import CONFIG, rich_corpus
from helpers import ARTICLE, TOP, contents, one_mention, write_config, write_document
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser
from small_corpus import write_seeds
from viewer_seeds import HOSTILE, SCRIPT, data_of, write_hostile, write_spans

import corpus_tools
from corpus_tools import CorpusError, UsageError
from corpus_tools.reading import json_rows
from corpus_tools.records import Foreign, Fragment
from corpus_tools.rules import Bundle
from corpus_tools.schemas import TABLES
from corpus_tools.viewing.differences import differences
from corpus_tools.viewing.linked import corpus_description
from corpus_tools.viewing.pages import document_page
from corpus_tools.viewing.rendering import render
from corpus_tools.viewing.segments import Span, harmless, marked, seen


def built(tmp_path: Path, seeds: Path) -> Path:
    corpus_tools.build(seeds, tmp_path / "corpus")
    corpus_tools.view(tmp_path / "corpus", tmp_path / "site")
    return tmp_path / "site"


def page_of(site: Path, document: str) -> str:
    return (site / "documents" / f"{document}.html").read_text("utf-8")


def parsed(page: str) -> LexborHTMLParser:
    return LexborHTMLParser(page)


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("article") / "site"
    corpus_tools.view(TOP / "corpus", out)
    return page_of(out, ARTICLE)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    return built(folder, write_seeds(folder / "seeds"))


# ------------------------------------------------------------------------------------------------------------ spans

TEXTS = st.text(st.sampled_from("ab <&>\"'\n\t\u202e\u202c\u0301👍\r\u0007ا"), min_size=1, max_size=30)


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(TEXTS)
    spans = []
    for number in range(draw(st.integers(0, 6))):
        borders = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=4)))
        kind = draw(st.sampled_from(["m", "c"]))
        for order, (start, end) in enumerate(zip(borders[::2], borders[1::2], strict=False)):
            spans.append(Span(start, end, draw(st.integers(0, 4)), kind, f"a/{number}", kind, order == 0))
    return text, spans


def places(node: Any, position: int, found: dict[str, list[int]]) -> int:
    """Note, for every record, the characters that its elements hold; returns the position behind the node."""
    start = position
    for child in node.iter(include_text=True):
        position = position + len(child.text_content) if child.tag == "-text" else places(child, position, found)
    if "data-r" in node.attributes:
        found.setdefault(node.attributes["data-r"], []).extend(range(start, position))
    return position


@given(texts_with_spans())
def test_elements_hold_the_text_and_each_span_its_own_characters(case):
    text, spans = case
    body = parsed(f"<!DOCTYPE html><body><p>{marked(text, spans)}</p>").css_first("p")
    assert body.text() == text
    found: dict[str, list[int]] = {}
    places(body, 0, found)
    expected: dict[str, list[int]] = {}
    for span in spans:
        expected.setdefault(span.record, []).extend(range(span.start, span.end))
    assert {name: sorted(at) for name, at in found.items()} == {name: sorted(at) for name, at in expected.items()}


@given(texts_with_spans())
def test_no_element_is_empty_and_no_link_is_inside_another(case):
    text, spans = case
    tree = parsed(f"<!DOCTYPE html><body><p>{marked(text, spans)}</p>")
    assert all(node.text() for node in tree.css("[data-r]"))
    assert not tree.css("a a")
    assert len(tree.css("[id]")) == len({span.record for span in spans if span.kind == "m"})


def test_nested_spans_are_whole_and_crossing_ones_are_cut_once():
    spans = [Span(0, 10, 0, "m", "a/1", "", True), Span(2, 4, 0, "m", "a/2", "", True), Span(8, 14, 0, "m", "a/3", "", True)]
    tree = parsed(f"<p>{marked('0123456789abcdef', spans)}</p>")
    assert [node.text() for node in tree.css("[data-r='a/1']")] == ["0123456789"]
    assert [node.text() for node in tree.css("[data-r='a/2']")] == ["23"]
    assert [node.text() for node in tree.css("[data-r='a/3']")] == ["89", "abcd"]
    assert [(a.attributes["href"], a.text()) for a in tree.css("a")] == [
        ("#a/1", "01"),
        ("#a/2", "23"),
        ("#a/1", "4567"),
        ("#a/3", "89"),
        ("#a/3", "abcd"),
    ]


def test_the_longer_of_spans_that_begin_together_is_outside_and_whole():
    spans = [Span(0, 2, 0, "c", "a/1", "", True), Span(0, 5, 3, "m", "a/2", "", True), Span(0, 5, 1, "c", "a/3", "", True)]
    tree = parsed(f"<p>{marked('0123456', spans)}</p>")
    assert [node.attributes["data-r"] for node in tree.css("[data-r]")] == ["a/3", "a/2", "a/1"]
    assert [node.text() for node in tree.css("[data-r]")] == ["01234", "01234", "01"]


def test_what_a_browser_obeys_is_shown_by_its_number():
    shown = str(seen("a\u202eb\u0000c\rd"))
    assert shown.count('<bdi class="control" data-code="U+') == 3
    assert all(code in shown for code in ("U+202E", "U+0000", "U+000D"))
    assert harmless("a\u202eb") == "a\ufffdb"


def records(table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (TOP / f"corpus/jsonl/{table}.jsonl").read_text("utf-8").splitlines()]


def test_every_span_of_the_article_is_marked_in_its_paragraph(article):
    tree = parsed(article)
    starts = {paragraph["paragraph_id"]: paragraph["start"] for paragraph in records("paragraphs")}
    found: dict[str, dict[str, list[int]]] = {}
    for paragraph, start in starts.items():
        places(tree.css_first(f"#{paragraph} .words"), start, found.setdefault(paragraph, {}))
    for mention in records("mentions"):
        characters = [n for f in mention["fragments"] for n in range(f["start"], f["end"])]
        assert found[mention["paragraph_id"]][f"gold/{mention['mention_id']}"] == characters
    for claim in records("claims"):
        parts = [claim[part] for part in ("content", "source", "cue", "scare_quotes")]
        characters = {n for part in parts for f in part for n in range(f["start"], f["end"])}
        assert set(found[claim["paragraph_id"]][f"gold/{claim['claim_id']}"]) == characters


# ------------------------------------------------------------------------------------------------------------ pages


def test_the_text_of_the_page_is_the_text_of_the_document(article):
    shown = "\n\n".join(node.text() for node in parsed(article).css(".side:not([hidden]) .words"))
    assert shown == records("documents")[0]["text"]


def test_blocks_are_what_they_are_in_the_article():
    kinds = ["heading", "paragraph", "list_item", "quote", "code", "table_cell", "caption", "other"]
    tags = {"heading": "h2", "paragraph": "p", "quote": "blockquote", "code": "pre"}
    bundle = next(bundle for bundle in rich_corpus() if bundle.document.doc_id == "untouched")
    paragraph = bundle.paragraphs[0]
    for kind in kinds:
        other = msgspec.structs.replace(paragraph, kind=kind)
        tree = parsed(render("document.html", document_page(replace(bundle, paragraphs=[other]), CONFIG)))
        assert tree.css_first(".words").tag == tags.get(kind, "div")
        assert tree.css_first(".words").text() == paragraph.text


def test_a_page_is_whole_in_one_file_and_its_policy_lets_nothing_else_run(article, small):
    for page in (article, *(path.read_text("utf-8") for path in small.rglob("*.html"))):
        tree = parsed(page)
        assert not tree.css("link, script[src], img:not([src^='data:']), iframe, object, [style], [onclick]")
        policy = tree.css_first("meta[http-equiv]").attributes["content"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        style, script = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1], page.rsplit("<script>", 1)[1].split("</script>")[0]
        for text in (style, script):
            assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
        assert not re.search(r"https?:", style + script)


def test_claims_and_mentions_have_addresses_that_a_rebuild_keeps(tmp_path):
    seeds = write_seeds(tmp_path / "seeds")
    before = parsed(page_of(built(tmp_path, seeds), "bridge"))
    source = (seeds / "bridge.md").read_text("utf-8").replace("Ada Stone said", "Well: Ada Stone said")
    (seeds / "bridge.md").write_text(source, "utf-8")
    metadata = (seeds / "bridge.meta.yaml").read_text("utf-8")
    digest = hashlib.sha256(source.encode()).hexdigest()
    (seeds / "bridge.meta.yaml").write_text(re.sub("sha256: .*", f"sha256: {digest}", metadata), "utf-8")
    annotations = (
        (seeds / "bridge.a1.yaml")
        .read_text("utf-8")
        .replace("begins: Ada", "begins: 'Well: Ada")
        .replace("Ada Stone said\n", "Ada Stone said'\n")
    )
    (seeds / "bridge.a1.yaml").write_text(annotations, "utf-8")
    after = parsed(page_of(built(tmp_path, seeds), "bridge"))
    assert "Well: " in after.text()
    ids = [{node.attributes["id"] for node in tree.css("[id*='/']")} for tree in (before, after)]
    assert ids[0] == ids[1] >= {"a1/c1", "a1/c2", "a1/city", "a2/c1", "a1/p2.m1"}


def test_a_claim_within_another_is_inside_its_note_and_relations_lead_both_ways(article):
    tree = parsed(article)
    outer = tree.css_first("[id='gold/c15']")
    assert [node.attributes["id"] for node in outer.css("ul.inner > .note")] == ["gold/c16"]
    own = tree.css("[id='gold/c15'] > .links a")
    assert [(a.attributes["href"], a.text()) for a in own] == [("#gold/c16", "contradicts c16")]
    inner = tree.css_first("[id='gold/c16'] > .links")
    assert [a.text() for a in inner.css("a")] == ["c15 contradicts this", "c17 contradicts this"]


def test_source_bytes_in_the_page_are_those_that_trace_gives(article):
    data = data_of(article)
    for name in ("c15", "c4", "p10.m5", "p3.m2"):
        traced = corpus_tools.trace(f"gold/{name}", TOP / "corpus", TOP / "seeds")
        record = data["claims" if name[0] == "c" else "mentions"][f"gold/{name}"]
        found = sorted(tuple(place) for fragments in record["bytes"].values() for place in fragments)
        assert found == sorted((s["source_start"], s["source_end"], s["source_text"]) for s in traced["spans"])


def test_a_page_describes_itself_as_linked_data(article, small):
    found = json.loads(parsed(article).css_first("script[type='application/ld+json']").text())
    document = records("documents")[0]
    assert found["@context"] == "https://schema.org"
    assert (found["@type"], found["name"], found["datePublished"]) == ("CreativeWork", document["title"], document["published"])
    assert found["author"] == [{"@type": "Person", "name": "Bill Van Auken"}]
    assert "url" not in found  # nobody knows it
    manifest = json.loads((TOP / "corpus/manifest.json").read_text("utf-8"))
    whole = corpus_description(manifest)
    assert (whole["@type"], whole["license"]) == ("Dataset", "https://spdx.org/licenses/CC-BY-4.0")
    assert json.loads(parsed((small / "index.html").read_text("utf-8")).css_first("script").text())["name"] == "Small"


def test_a_document_without_annotations_and_one_without_a_word_have_pages():
    for bundle in rich_corpus():
        tree = parsed(render("document.html", document_page(bundle, CONFIG)))
        assert len(tree.css(".row")) == len(bundle.paragraphs)
        assert len(tree.css("h1")) == 1 if bundle.document.doc_id != "page.v2" else tree.css("h1")


def test_what_is_foreign_is_listed_by_its_kind():
    bundle = next(bundle for bundle in rich_corpus() if bundle.document.doc_id == "page.v2")
    tree = parsed(render("document.html", document_page(bundle, CONFIG)))
    assert tree.css_first(".foreign > summary").text() == "What no other table can hold (1)"
    assert [node.text().strip() for node in tree.css(".foreign tbody tr > *")] == ["ann/x1", "", '{"a": 1}']
    hostile = Foreign("page.v2", "ann", "x", "other", SCRIPT, [Fragment(0, 1, SCRIPT)], SCRIPT)
    page = render("document.html", document_page(replace(bundle, foreign=[hostile] * 103), CONFIG))
    assert len(parsed(page).css(".foreign tbody tr")) == 100
    assert "And 3 more in the table foreign." in page
    assert {node.text() for node in parsed(page).css(".foreign td")} == {SCRIPT}
    without = render("document.html", document_page(replace(bundle, foreign=[]), CONFIG))
    assert not parsed(without).css(".foreign")


def test_a_withheld_text_is_said_to_be():
    bundle = next(iter(rich_corpus()))
    document = msgspec.structs.replace(bundle.document, text=None, edits=None, text_status="withheld")
    page = render("document.html", document_page(replace(bundle, document=document), CONFIG))
    assert "The text is withheld" in page
    assert all(not place for m in data_of(page)["mentions"].values() for place in m["bytes"].values())


# -------------------------------------------------------------------------------------------------- texts not trusted


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    return built(folder, write_hostile(folder / "seeds"))


def test_texts_that_are_code_stand_as_text(hostile):
    for page in (page_of(hostile, "hostile"), (hostile / "index.html").read_text("utf-8")):
        tree = parsed(page)
        assert len(tree.css("script")) == 3  # the description, the data, ours
        assert not tree.css("img:not([src^='data:image/svg'])")
        assert not [a for a in tree.css("[href]") if a.attributes["href"].lower().startswith("javascript")]
        assert all(not name.startswith("on") for node in tree.css("*") for name in node.attributes)
        assert SCRIPT in tree.css_first("body").text()
    shown = [node.text() for node in parsed(page_of(hostile, "hostile")).css(".words")]
    assert shown == HOSTILE
    assert [entity["name"] for entity in data_of(page_of(hostile, "hostile"))["entities"].values()] == HOSTILE


def test_a_direction_that_is_turned_ends_in_its_mark(hostile):
    tree = parsed(page_of(hostile, "hostile"))
    marks = [node.attributes["data-code"] for node in tree.css(".words .control")]
    assert marks == ["U+202E", "U+202C", "U+0007", "U+009B"]
    assert "\u202e" not in tree.css_first("title").text()


# ------------------------------------------------------------------------------------------------------- differences


def bundle_of(corpus: Path, document: str) -> Bundle:
    rows = {table: [r for run in json_rows(corpus, table) for r in run.records if r.doc_id == document] for table in TABLES}
    return Bundle(rows["documents"][0], *(rows[table] for table in TABLES[1:]))


def test_two_annotators_agree_differ_or_stand_alone(tmp_path):
    corpus_tools.build(write_spans(tmp_path / "seeds"), tmp_path / "corpus")
    found = differences(bundle_of(tmp_path / "corpus", "spans"), "ann", "bob")
    assert found["ann/whole"] == ("same", "bob/m1", [])
    assert found["bob/m2"] == ("differs", "ann/later", ["level"])
    assert found["ann/town"] == found["bob/m3"] == ("only", None, [])
    assert found["ann/within"] == ("differs", "bob/c1", ["stance"])
    assert found["ann/outer"] == ("only", None, [])
    assert found["ann/cross"] == found["ann/same"] == ("only", None, [])  # two in one place


def test_every_mention_and_claim_is_compared_and_both_ways_alike(tmp_path):
    corpus_tools.build(write_spans(tmp_path / "seeds"), tmp_path / "corpus")
    bundle = bundle_of(tmp_path / "corpus", "spans")
    found = differences(bundle, "ann", "bob")
    assert found == differences(bundle, "bob", "ann")
    names = [f"{r.annotator}/{getattr(r, 'mention_id', '') or r.claim_id}" for r in (*bundle.mentions, *bundle.claims)]
    assert sorted(found) == sorted(names)


def test_claims_are_paired_by_what_they_share(tmp_path):
    corpus_tools.build(write_seeds(tmp_path / "seeds"), tmp_path / "corpus")
    found = differences(bundle_of(tmp_path / "corpus", "bridge"), "a1", "a2")
    assert found["a1/c1"] == ("differs", "a2/c1", ["type", "stance"])
    assert found["a2/c1"] == ("differs", "a1/c1", ["type", "stance"])
    assert found["a1/c2"] == ("only", None, [])
    assert found["a1/p2.m1"] == ("same", "a2/p2.m1", [])


def test_an_annotator_agrees_with_a_copy_of_himself():
    for bundle in rich_corpus():
        copies = [r for table in (bundle.entities, bundle.mentions, bundle.claims) for r in table if r.annotator == "ann"]
        names = {f"ann/{getattr(r, 'mention_id', None) or r.claim_id}" for r in copies if not hasattr(r, "name")}

        def twice(rows: list[Any]) -> list[Any]:
            own = [r for r in rows if r.annotator == "ann"]
            return own + [msgspec.structs.replace(r, annotator="zoe") for r in own]

        both = replace(bundle, entities=twice(bundle.entities), mentions=twice(bundle.mentions), claims=twice(bundle.claims))
        found = differences(both, "ann", "zoe")
        assert {name for name in found if name.startswith("ann/")} == names
        assert all(difference.state == "same" for difference in found.values())


# -------------------------------------------------------------------------------------------------------------- site


def test_the_index_lists_all_documents(small):
    tree = parsed((small / "index.html").read_text("utf-8"))
    assert [a.attributes["href"] for a in tree.css("tbody a")] == [f"documents/{d}.html" for d in ("bridge", "fluss", "market")]
    assert all((small / a.attributes["href"]).is_file() for a in tree.css("tbody a"))
    rows = data_of((small / "index.html").read_text("utf-8"))["documents"]
    assert rows[0] == ["bridge", "bridge.md", "", "", "en", 126, 3, 5, 5]


def test_the_site_is_made_anew_and_the_same(tmp_path):
    site = built(tmp_path, write_seeds(tmp_path / "seeds"))
    before = contents(site)
    (site / "notes.txt").write_text("mine", "utf-8")
    (site / "documents" / "gone.html").write_text("of an earlier corpus", "utf-8")
    corpus_tools.view(tmp_path / "corpus", site)
    assert {name: value for name, value in contents(site).items() if name != "notes.txt"} == before
    assert (site / "notes.txt").read_text("utf-8") == "mine"


def test_a_link_to_the_folder_stays_a_link(small, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for _ in range(2):
        corpus_tools.view(small.parent / "corpus", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "index.html").is_file()


def test_a_folder_that_is_no_site_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "index.html").write_text("<h1>Mine</h1>", "utf-8")
    with pytest.raises(UsageError, match="not the site of a corpus; nothing there was touched"):
        corpus_tools.view(TOP / "corpus", tmp_path / "mine")
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(UsageError, match="not a folder"):
        corpus_tools.view(TOP / "corpus", tmp_path / "file")
    assert (tmp_path / "mine" / "index.html").read_text("utf-8") == "<h1>Mine</h1>"


def test_a_corpus_with_problems_gives_no_site_and_all_problems(tmp_path):
    site = built(tmp_path, write_seeds(tmp_path / "seeds"))
    before = contents(site)
    for table, old, new in (("mentions", '"entity_id":"ada"', '"entity_id":"eve"'), ("claims", '"fluss"', '"fluss "')):
        path = tmp_path / "corpus" / "jsonl" / f"{table}.jsonl"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(CorpusError) as error:
        corpus_tools.view(tmp_path / "corpus", site)
    rules = {finding.rule for finding in error.value.findings}
    assert {"reference-resolves", "schema"} <= rules
    assert contents(site) == before


@pytest.mark.slow
def test_one_document_at_a_time_is_in_memory(tmp_path):
    def peak(documents: int) -> int:
        folder = tmp_path / str(documents)
        seeds = write_config(folder / "seeds")
        for number in range(documents):
            write_document(seeds, f"d{number:02}", f"Ada {number} " + "rain " * 40_000, one_mention("Ada"))
        corpus_tools.build(seeds, folder / "corpus")
        corpus_tools.view(folder / "corpus", folder / "first")  # loads what it needs
        tracemalloc.start()
        corpus_tools.view(folder / "corpus", folder / "site")
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    assert peak(18) < peak(3) + 1_000_000  # 15 texts of 200,000 characters more


WITHOUT = """
import sys
import corpus_tools
print(corpus_tools.view("corpus", "first").plots)
for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
    del sys.modules[name]
sys.path[:] = [path for path in sys.path if "site-packages" not in path]
print(corpus_tools.view("corpus", "second").plots)
try:
    corpus_tools.stats("corpus", "plots")
except corpus_tools.UsageError as error:
    print(error)
"""


def test_without_matplotlib_the_site_has_no_plots_and_stats_says_what_to_install(tmp_path):
    corpus_tools.build(write_seeds(tmp_path / "seeds"), tmp_path / "corpus")
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    first, second, message = done.stdout.splitlines()
    assert (first, second) == ("['sources', 'co-occurrence', 'density', 'layers']", "[]")
    assert message == "plots need matplotlib, which is not installed: pip install 'corpus-tools[plots]'"
    assert "<img" not in (tmp_path / "second" / "index.html").read_text("utf-8")
    assert not (tmp_path / "plots").exists()


def test_a_corpus_without_its_texts_is_no_site(tmp_path: Path) -> None:
    corpus_tools.release(TOP / "corpus", tmp_path / "release", without_text=True)
    with pytest.raises(UsageError, match="withheld"):
        corpus_tools.view(tmp_path / "release" / "corpus", tmp_path / "site")
    assert not (tmp_path / "site").exists()
