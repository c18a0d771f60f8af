"""W3C Web Annotation: selectors, bodies, containers, and that nothing of an annotation is lost."""

from __future__ import annotations

import copy
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from corpora import CONFIG, bundles_of, comparable, rich_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_tools
from corpus_tools.exporting import _Losses
from corpus_tools.findings import CorpusError
from corpus_tools.formats import format_named
from corpus_tools.formats.webannotation.folder import Texts
from corpus_tools.formats.webannotation.jsonfiles import Object, parse
from corpus_tools.formats.webannotation.selectors import SourceText
from corpus_tools.importing import ImportReport
from corpus_tools.rules import Bundle

TEXT = "Ada 👩‍🚀 said it rains.\nBob  denied that.\n\nIt is said that Ada left; Ada came back.\n"
WEB = format_named("webannotation")
Json = dict[str, Any]


def quote(exact: str, prefix: str = "", suffix: str = "") -> Json:
    words = {"exact": exact, "prefix": prefix, "suffix": suffix}
    return {"type": "TextQuoteSelector"} | {key: value for key, value in words.items() if value}


def position(start: Any, end: Any) -> Json:
    return {"type": "TextPositionSelector", "start": start, "end": end}


def annotation(*selectors: Json, tag: str = "PERSON", source: str = "a.txt", **more: Any) -> Json:
    """As a tool on the web writes one: a tag, and selectors of the same words."""
    body = {"type": "TextualBody", "value": tag, "purpose": "tagging"}
    target = {"source": source, "selector": list(selectors)}
    return {"@context": "http://www.w3.org/ns/anno.jsonld", "type": "Annotation", "body": body, "target": target} | more


def imported(
    path: Path, data: Any, text: str = TEXT, name: str = "a.json", keep_going: bool = False
) -> tuple[ImportReport, Bundle]:
    folder = path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(text.encode())
    (folder / name).write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    report = corpus_tools.import_("webannotation", folder, path / "seeds", keep_going)
    return report, bundles_of(path / "seeds")[0]


def again(path: Path, bundle: Bundle) -> list[Json]:
    """The annotations that an export writes."""
    out = path / "out"
    out.mkdir()
    WEB.write(_Losses(WEB).count(iter([bundle])), CONFIG, out)
    items: list[Json] = json.loads((out / f"{bundle.document.doc_id}.jsonld").read_text("utf-8"))["items"]
    return items


def refused(path: Path, data: Any, name: str = "a.json") -> str:
    with pytest.raises(CorpusError) as error:
        imported(path, data, name=name)
    return str(error.value).replace(f"{path}/in/", "")


# ---------------------------------------------------------------------------------------------------------- selectors


@pytest.mark.parametrize(
    ("selectors", "words"),
    [
        ([position(0, 3)], "Ada"),
        ([position(8, 12), quote("said")], "said"),
        ([quote("rains")], "rains"),
        ([quote("Ada", "said that ")], "Ada"),
        ([quote("Ada", "", " came")], "Ada"),
        ([quote("Bob denied")], "Bob  denied"),  # white space of a page as it is shown
        ([quote("rains. Bob")], "rains.\nBob"),
        ([quote("denied", "rains. Bob ", " that")], "denied"),
        ([{"type": "XPathSelector", "value": "/p[1]", "refinedBy": quote("rains")}], "rains"),
        ([quote("Bob  denied that") | {"refinedBy": position(5, 11)}], "denied"),
        ([position(26, 43) | {"refinedBy": quote("that")}], "that"),
        ([{"type": "Choice", "items": [{"type": "SvgSelector", "value": "<svg/>"}, quote("rains")]}], "rains"),
    ],
)
def test_selectors_give_the_words(tmp_path: Path, selectors: list[Json], words: str):
    report, bundle = imported(tmp_path, annotation(*selectors))
    assert [mention.text for mention in bundle.mentions] == [words]
    assert report.counts == {"annotation": {"mention": 1}} and report.notes.keys() <= {
        "annotations in a record, and kept as foreign for what that does not hold"
    }


def test_positions_in_utf_16_units_are_seen_by_the_quote_and_counted(tmp_path: Path):
    units = len("Ada 👩‍🚀 ".encode("utf-16-le")) // 2
    report, bundle = imported(tmp_path, annotation(position(units, units + 4), quote("said")))
    assert [mention.text for mention in bundle.mentions] == ["said"]
    assert report.notes["positions in UTF-16 units, not in code points"] == 1


def test_positions_may_leave_the_byte_order_mark_out(tmp_path: Path):
    report, bundle = imported(tmp_path, annotation(position(0, 3), quote("Ada")), "\ufeffAda")
    assert [mention.text for mention in bundle.mentions] == ["Ada"]
    assert report.notes["positions that do not count the byte order mark"] == 1


@pytest.mark.parametrize(
    ("selectors", "finding"),
    [
        ([position(0, 999)], "code point offset 999 is past the end of the text"),
        ([position(5, 2)], "a position from 5 to 2"),
        ([position(-1, 2)], "a position from -1 to 2"),
        ([position("0", 2)], "a position from '0' to 2"),
        ([position(True, 2)], "a position from True to 2"),
        ([quote("")], "a quote without words"),
        ([quote("snows")], '"snows" is not in the text'),
        ([position(0, 3), quote("snows")], '"Ada" at 0-3; expected "snows"'),
        ([position(0, 3), quote("rains")], '"Ada" at 0-3; expected "rains"; nearest: "rains" at 16-21'),
        ([quote("rains", "it never ")], '"rains" without the words around it; expected "it never rains"'),
    ],
)
def test_selectors_that_select_nothing_or_do_not_agree_are_findings(tmp_path: Path, selectors: list[Json], finding: str):
    assert refused(tmp_path, annotation(*selectors)).startswith(
        f"a.json:1 annotation: import-span: {finding}".replace(" annotation", "")
    )


def test_where_position_and_quote_do_not_agree_the_quote_wins(tmp_path: Path):
    data = [annotation(position(0, 3), quote("rains")), annotation(quote("Bob"))]
    report, bundle = imported(tmp_path, data, keep_going=True)
    assert [mention.text for mention in bundle.mentions] == ["rains", "Bob"]
    assert [finding.rule for finding in report.findings] == ["import-span"]


def test_a_quote_that_stands_there_more_than_once_is_nobody_s(tmp_path: Path):
    report, bundle = imported(tmp_path, annotation(quote("Ada")))
    assert report.counts == {"annotation": {"foreign (a quote that stands there more than once)": 1}}
    assert again(tmp_path, bundle)[0]["target"]["selector"] == [quote("Ada")]


@settings(max_examples=150, deadline=None)
@given(st.text("ab \n", min_size=1, max_size=30), st.data())
def test_a_quote_with_its_context_is_found_where_it_stands(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    words = text[start:end]
    spaced = " ".join(words.split())
    found = SourceText(text).places(words, 0, len(text))
    assert (start, end) in found or len(found) == 2
    if spaced:
        assert all(text[a:b].split() == words.split() for a, b in SourceText(text).places(spaced, 0, len(text)))


# ------------------------------------------------------------------------------------------------------------- bodies


def test_bodies_that_identify_make_one_entity(tmp_path: Path):
    one = {"type": "SpecificResource", "purpose": "identifying", "source": "http://www.wikidata.org/entity/Q7259"}
    data = [
        annotation(quote("Ada", "", " 👩"), body=[one, {"type": "TextualBody", "purpose": "classifying", "value": "PERSON"}]),
        annotation(quote("Ada", "that "), body=[one, {"type": "TextualBody", "purpose": "classifying", "value": "PERSON"}]),
        annotation(quote("Bob"), body="http://example.org/Bob", motivation="identifying"),
        annotation(quote("Ada", "left; "), body=[one, {"type": "TextualBody", "purpose": "classifying", "value": "GPE"}]),
    ]
    report, bundle = imported(tmp_path, data)
    assert [(e.entity_id, e.type) for e in bundle.entities] == [("Bob", "Untyped"), ("Q7259", "PERSON")]
    assert [(m.text, m.entity_id) for m in bundle.mentions] == [("Ada", "Q7259"), ("Bob", "Bob"), ("Ada", "Q7259")]
    assert report.counts["annotation"] == {"foreign (another type or name of its entity)": 1, "mention": 3}
    plain = [{key: value for key, value in item.items() if key != "@context"} for item in data]
    written = [{key: value for key, value in item.items() if key != "id"} for item in again(tmp_path, bundle)]
    assert sorted(map(json.dumps, written)) == sorted(map(json.dumps, plain))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"body": {"type": "TextualBody", "value": "so it is", "purpose": "commenting"}, "motivation": "commenting"},
            "no type and no entity",
        ),
        ({"body": [{"value": "a", "purpose": "tagging"}, {"value": "b", "purpose": "tagging"}]}, "several types"),
        ({"body": None}, "no type and no entity"),
        ({"target": "a.txt"}, "the whole text"),
        ({"target": {"source": "a.txt", "selector": {"type": "SvgSelector", "value": "<svg/>"}}}, "no selector of text"),
        ({"target": {"source": "a.txt", "selector": position(8, 45)}}, "in several paragraphs"),
        ({"target": {"source": "a.txt", "selector": position(40, 42)}}, "on no text of ours"),
    ],
)
def test_what_no_record_holds_is_foreign_and_comes_out_again(tmp_path: Path, change: Json, why: str):
    data = annotation(quote("Bob"), id="http://example.org/annotations/7", created="2020-01-01T00:00:00Z") | change
    report, bundle = imported(tmp_path, data)
    assert report.counts == {"annotation": {f"foreign ({why})": 1}}
    (written,) = again(tmp_path, bundle)
    assert {"@context": data["@context"], **written} == data


def test_an_annotation_of_hypothesis(tmp_path: Path):
    """The answer of its API: rows, tags and user in the place of items, bodies and creator."""
    selectors = [{"type": "RangeSelector", "startOffset": 0}, position(0, 3), quote("Ada", "", " 👩")]
    row = {"id": "abc", "uri": "https://example.org/a.html", "user": "acct:jo@hypothes.is", "tags": ["PERSON"], "text": ""}
    row |= {"target": [{"source": "https://example.org/a.html", "selector": selectors}]}
    _, bundle = imported(tmp_path, {"total": 1, "rows": [row]})
    assert [(m.annotator, m.mention_id, m.text) for m in bundle.mentions] == [("acct-jo-hypothes-is", "abc", "Ada")]
    assert again(tmp_path, bundle) == [row]


def in_a_set(kind: str, *spans: tuple[int, int]) -> Json:
    """An annotation as CATMA has them: the stretches of its text in a set."""
    source = "http://catma.de/portal/sourcedocument/a"
    items = [{"source": source, "selector": position(*span)} for span in spans]
    return annotation() | {"id": "http://catma.de/portal/annotation/CATMA_1", "target": {"type": kind, "items": items}}


@pytest.mark.parametrize("kind", ["List", "Composite", "Independents"])
def test_a_set_of_targets_is_one_mention(tmp_path: Path, kind: str):
    data = in_a_set(kind, (0, 3), (8, 12))
    report, bundle = imported(tmp_path, data)
    assert [[f.text for f in mention.fragments] for mention in bundle.mentions] == [["Ada", "said"]]
    assert report.counts == {"annotation": {"mention": 1}}
    (written,) = again(tmp_path, bundle)
    assert written == {key: value for key, value in data.items() if key != "@context"}


def test_a_set_of_targets_names_the_text_of_the_export(tmp_path: Path):
    data = in_a_set("List", (0, 3))
    data["target"]["items"][0]["source"] = "folder/a.txt"
    data["body"] = []
    _, bundle = imported(tmp_path, data)
    (written,) = again(tmp_path, replace(bundle, document=msgspec.structs.replace(bundle.document, doc_id="b")))
    assert written["target"] == {"type": "List", "items": [{"source": "b.txt", "selector": position(0, 3)}]}


def test_a_target_that_names_no_text_is_of_the_one_there_is(tmp_path: Path):
    """As RecogitoJS writes annotations."""
    data = annotation(quote("Ada"), position(0, 3)) | {"id": "#1"}
    del data["target"]["source"]
    _, bundle = imported(tmp_path, [data], name="annotations.json")
    assert [mention.text for mention in bundle.mentions] == ["Ada"]
    assert again(tmp_path, bundle) == [{key: value for key, value in data.items() if key != "@context"}]


def test_of_several_texts_a_target_without_name_is_of_the_one_with_the_name_of_its_file():
    texts = Texts([Path("d/a.txt"), Path("d/b.txt")])
    assert texts.beside(Path("d/b.json")) == Path("d/b.txt")
    assert texts.beside(Path("d/c.json")) is None


@pytest.mark.parametrize("target", ["", 5, {}, {"selector": []}, {"type": "Choice", "items": [{"source": "a.txt"}]}])
def test_a_target_that_names_and_selects_nothing_is_refused(tmp_path: Path, target: Any):
    message = refused(tmp_path, annotation() | {"target": [target]})
    assert message == "a.json:1 annotation: import-reference: a target that names no text; expected the name of a text file"


@pytest.mark.parametrize("items", [[], [{"type": "List", "items": []}]])
def test_a_set_without_targets_is_refused(tmp_path: Path, items: list[Json]):
    assert "expected an annotation with a target" in refused(tmp_path, annotation() | {"target": {"type": "List", "items": items}})


def test_a_changed_record_is_written_as_it_is_now(tmp_path: Path):
    data = annotation(quote("Bob"), created="2020-01-01T00:00:00Z", id="http://example.org/7", creator={"name": "Jo B."})
    imported(tmp_path, data)
    seeds = next((tmp_path / "seeds").glob("a.*.jsonl"))
    seeds.write_text(seeds.read_text("utf-8").replace('"type":"PERSON"', '"type":"ORG"', 1), "utf-8")
    (tmp_path / "seeds" / "corpus.yaml").write_text(
        (tmp_path / "seeds" / "corpus.yaml").read_text("utf-8").replace("PERSON:", "ORG:"), "utf-8"
    )
    (written,) = again(tmp_path, bundles_of(tmp_path / "seeds")[0])
    assert (written["created"], written["id"], written["creator"]) == (data["created"], data["id"], data["creator"])
    assert written["body"] == [{"type": "TextualBody", "purpose": "classifying", "value": "ORG"}]
    assert written["target"] == data["target"]


def test_annotations_without_ids_get_those_of_their_records(tmp_path: Path):
    _, bundle = imported(tmp_path, [annotation(quote("Bob"), body=None), annotation(quote("rains"))])
    written = again(tmp_path, bundle)
    assert [item.get("id") for item in written] == ["#unnamed/annotation2", None]
    corpus_tools.import_("webannotation", tmp_path / "out", tmp_path / "seeds2")
    assert [m.mention_id for m in bundles_of(tmp_path / "seeds2")[0].mentions] == ["annotation2"]


def test_an_export_has_types_parts_and_quotes_that_others_read(tmp_path: Path):
    WEB.write(_Losses(WEB).count(iter(rich_corpus())), CONFIG, tmp_path)
    page = json.loads((tmp_path / "news.jsonld").read_text("utf-8"))
    assert (page["@context"], page["type"]) == ("http://www.w3.org/ns/anno.jsonld", "AnnotationPage")
    text = (tmp_path / "news.txt").read_bytes().decode()
    assert {item["creator"]["name"] for item in page["items"]} == {"ann", "bob-2"}
    for target in (target for item in page["items"] for target in item["target"]):
        where, words = target["selector"]
        assert text[where["start"] : where["end"]] == words["exact"] and target["source"] == "news.txt"
        assert text[: where["start"]].endswith(words.get("prefix", "")) and text[where["end"] :].startswith(words.get("suffix", ""))
    claim = next(item for item in page["items"] if item["id"] == "#ann/c2")
    assert [target["styleClass"] for target in claim["target"]] == ["content", "content", "source", "cue", "scare_quotes"]


# --------------------------------------------------------------------------------------------------------- containers


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.json", lambda items: json.dumps(items[0]) if len(items) == 1 else json.dumps(items)),
        ("a.jsonl", lambda items: "".join(f"{json.dumps(item)}\n\n" for item in items)),
        ("a.json", lambda items: "".join(f"{json.dumps(item)}\n" for item in items)),
        ("a.jsonld", lambda items: json.dumps({"type": "AnnotationPage", "items": items})),
        ("a.jsonld", lambda items: json.dumps({"type": "AnnotationCollection", "total": 2, "first": {"items": items}})),
        ("a.jsonld", lambda items: "\ufeff" + json.dumps({"@graph": items})),
    ],
)
def test_containers(tmp_path: Path, name: str, write: Any):
    _, bundle = imported(tmp_path, write([annotation(quote("Bob")), annotation(quote("rains"))]), name=name)
    assert [mention.text for mention in bundle.mentions] == ["rains", "Bob"]


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        ("[\n\n{]", "a.json:3: import-line: no JSON (Expecting property name"),
        ("", "a.json:1: import-line: no JSON"),
        ("{}", "a.json:1 annotation: import-line: "),
        (
            '["http://example.org/1"]',
            'a.json:1 annotation: import-reference: "http://example.org/1", an annotation that is elsewhere',
        ),
        ("[" * 5000, "a.json:1: import-line: JSON that is nested too deep"),
        ('{"a":' * 5000, "a.json:1: import-line: JSON that is nested too deep"),
        ('\n\n{"target": "a.txt", "x": NaN}', "a.json:3 annotation: import-line: the number NaN"),
        ('{"target": "a.txt", "x": 1e999}', "a.json:1 annotation: import-line: the number 1e999"),
        ('{"target": "a.txt", "x": ' + "9" * 5000 + "}", "a.json:1 annotation: import-line: the number 999"),
        ('{"target": "a.txt",\n"x": {"b": 1, "b": 2}}', 'a.json:1 annotation: import-line: the key "b" again'),
        ('{"target": "a.txt", "x": "\\ud800"}', "a.json:1 annotation: import-line: half a character"),
        ('{"target": "b.txt"}', 'a.json:1 annotation: import-reference: "b.txt", which names no text'),
        ('{"target": "../../etc/passwd"}', "a.json:1 annotation: import-reference: "),
    ],
)
def test_what_is_no_annotation_is_refused_with_its_line(tmp_path: Path, data: str, finding: str):
    assert refused(tmp_path, data).startswith(finding)


def test_the_others_of_a_file_are_imported(tmp_path: Path):
    lines = [json.dumps(annotation(quote("Bob"))), "{", json.dumps(annotation(quote("snows"))), "3"]
    report, bundle = imported(tmp_path, "\n".join(lines), name="a.jsonl", keep_going=True)
    assert [mention.text for mention in bundle.mentions] == ["Bob"]
    assert sorted((f.line, f.rule) for f in report.findings) == [(2, "import-line"), (3, "import-span"), (4, "import-line")]
    assert sum(sum(outcomes.values()) for outcomes in report.counts.values()) == 4


def test_claims_that_refer_to_nothing_are_refused_with_those_that_refer_to_them(tmp_path: Path):
    WEB.write(_Losses(WEB).count(iter(rich_corpus())), CONFIG, tmp_path)
    page = tmp_path / "news.jsonld"
    page.write_text(page.read_text("utf-8").replace('\\"parent_id\\":\\"c4\\"', '\\"parent_id\\":\\"c9\\"'), "utf-8")
    report = corpus_tools.import_("webannotation", tmp_path, tmp_path / "seeds", keep_going=True)
    assert [(f.rule, f.found.split(",")[0]) for f in report.findings] == [("import-reference", "c9")]
    assert report.counts["annotation"]["refused (import-reference)"] == 1


def test_texts_are_found_by_path_name_and_stem():
    texts = Texts([Path("d/a.txt"), Path("d/e/a.txt"), Path("d/b.txt"), Path("d/c d.txt")])
    file = Path("d/e/x.json")
    assert texts.of("a.txt", file) == Path("d/e/a.txt")
    assert texts.of("../a.txt", file) == Path("d/a.txt")
    assert texts.of("http://example.org/b.txt?x=1#y", file) == Path("d/b.txt")
    assert texts.of("https://example.org/z/b.html", file) == Path("d/b.txt")
    assert texts.of("file:///c%20d", file) == Path("d/c d.txt")
    assert texts.of("http://example.org/a.txt", file) is None  # there are two
    assert texts.of("", file) is texts.of("http://[", file) is texts.of("http://example.org/", file) is None


@pytest.mark.parametrize(("name", "words"), [("a.txt", ["a"]), ("x.json", ["a"]), ("b.txt", [])])
def test_one_file_is_imported_with_what_belongs_to_it(tmp_path: Path, name: str, words: list[str]):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    (folder / "b.txt").write_text("b")
    (folder / "x.json").write_text(json.dumps(annotation(quote("a"))))
    (folder / "y.json").write_text("broken, but not asked for")
    report = corpus_tools.import_("webannotation", folder / name, tmp_path / "seeds", keep_going=True)
    assert report.documents == 1
    assert [mention.text for mention in bundles_of(tmp_path / "seeds")[0].mentions] == words


# --------------------------------------------------------------------------------------------------------------- fuzz

_LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 60),
    st.text('aA\\"\n{}[]', max_size=4),
    st.floats(allow_nan=False, allow_infinity=False),
)
_JSON = st.recursive(
    _LEAF, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("ab\n{", max_size=2), inner, max_size=3))
)


@settings(max_examples=150, deadline=None)
@given(_JSON, st.sampled_from([None, 1]))
def test_objects_know_their_line(value: Any, indent: int | None):
    text = "\n" + json.dumps(value, indent=indent, ensure_ascii=False)
    (read,) = parse(text.encode(), False) if value is not None else [None]
    assert read == value
    todo = [read]
    while todo:
        inner = todo.pop()
        if isinstance(inner, Object):
            assert text.split("\n")[inner.line - 1].rstrip(",").endswith("{") or indent is None or not inner
        todo += [*inner.values()] if isinstance(inner, dict) else inner if isinstance(inner, list) else []


_GOOD = json.dumps({"items": [annotation(position(0, 3), quote("Ada", "", " 👩")), annotation(quote("Bob"), id="#x/1")]})
_VALUES = [None, 0, -1, 10**30, 1.5, "", "Ada", [], {}, ["a"], {"id": 3}, [[]], True, "#unnamed/1"]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_damaged_file_gives_documents_and_findings(data: st.DataObject):
    value = json.loads(_GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        inner: Any = value
        while isinstance(inner, (dict, list)) and inner:
            key = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
            if data.draw(st.booleans()) or not isinstance(inner[key], (dict, list)):
                inner[key] = copy.deepcopy(data.draw(st.sampled_from(_VALUES)))
                break
            inner = inner[key]
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    cut = data.draw(st.integers(0, len(text)))
    text = (
        text
        if data.draw(st.booleans())
        else text[:cut] + data.draw(st.sampled_from(["", "}", '"', "\\", "\n", "NaN"])) + text[cut:]
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.txt").write_bytes(TEXT.encode())
        Path(folder, "a.json").write_bytes(text.encode("utf-8", "surrogatepass"))
        report = corpus_tools.import_("webannotation", folder, Path(folder, "seeds"), keep_going=True)
        assert report.documents == 1
        assert all(finding.path and finding.line and finding.found for finding in report.findings)
        (bundle,) = bundles_of(Path(folder, "seeds"))
        again(Path(folder), bundle)
        second = corpus_tools.import_("webannotation", Path(folder, "out"), Path(folder, "seeds2"), keep_going=True)
        assert second.findings == [] or report.findings
        if not report.findings:
            assert _annotations(bundles_of(Path(folder, "seeds2"))) == _annotations([bundle])


def _annotations(bundles: list[Bundle]) -> Json:
    """The records that are no foreign ones."""
    return {table: rows for table, rows in comparable(bundles, [], "").items() if table in ("entities", "mentions", "claims")}


def test_a_text_and_a_quote_made_to_be_slow(tmp_path: Path):
    text = "a" * 300_000
    data = [annotation(quote("a" * 150_000 + " b")), annotation(quote("a" * 150_000 + "b"))]
    with pytest.raises(CorpusError, match="not in the text"):
        imported(tmp_path, data, text)
