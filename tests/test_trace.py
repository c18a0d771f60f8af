"""From a record to the line where it is written and to its source bytes."""

import hashlib
import json
from pathlib import Path

import pytest
from small_corpus import write_seeds

import corpus_tools
from corpus_tools import CorpusError, UsageError, cli

TOP = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trace")
    corpus_tools.build(write_seeds(folder / "seeds"), folder / "corpus")
    return folder


@pytest.fixture
def trace(built, monkeypatch):
    monkeypatch.chdir(built)
    return corpus_tools.trace


def line_of(place):
    return Path(place["path"]).read_bytes().decode("utf-8-sig").splitlines()[place["line"] - 1]


# ------------------------------------------------------------------------------------------------- what it leads to


def test_a_claim_leads_to_its_line_and_to_the_bytes_of_all_its_parts(trace):
    traced = trace("bridge/a1/c3")
    assert (traced["id"], traced["table"]) == ("bridge/a1/c3", "claims")
    assert traced["record"]["attitude"] == "denies"
    assert (
        line_of(traced["annotation"])
        == '      - {id: c3, content: it is old, source: "Ada Stone & her aides", source_entity_ids: [ada], cue: deny, attitude: denies}'
    )
    assert traced["annotation"]["column"] == 9
    assert [(span["field"], span["text"], span["source_text"]) for span in traced["spans"]] == [
        ("content", "it is old", "it is old"),
        ("source", "Ada Stone & her aides", "Ada Stone &amp; her aides"),
        ("cue", "deny", "deny"),
    ]
    assert traced["spans"][1] == {
        "field": "source",
        "start": 67,
        "end": 88,
        "text": "Ada Stone & her aides",
        "path": "seeds/bridge.md",
        "line": 5,
        "column": 1,
        "source_start": 71,
        "source_end": 96,
        "source_text": "Ada Stone &amp; her aides",
    }


def test_lines_and_columns_are_those_of_an_editor(trace):
    """Behind a byte order mark, two-byte characters and CRLF."""
    title = trace("fluss/p1")["spans"][0]
    assert (title["line"], title["column"], title["source_start"], title["source_text"]) == (1, 1, 3, "Der Rhein")
    content, cue = trace("fluss/a1/c1")["spans"]
    assert (content["line"], content["column"]) == (3, 1)
    assert (cue["line"], cue["column"]) == (4, 1)
    koeln = trace("fluss/a1/koeln")["spans"][0]
    assert (koeln["line"], koeln["column"], koeln["source_text"]) == (3, 24, "Köln")
    assert line_of(koeln)[koeln["column"] - 1 :].startswith("Köln")


def test_an_entity_leads_to_its_line_and_to_all_its_mentions(trace):
    traced = trace("a1/ada")
    assert line_of(traced["annotation"]) == "  ada: {type: PERSON, name: Ada Stone}"
    assert [(span["field"], span["text"]) for span in traced["spans"]] == [
        ("p2.m1", "Ada Stone"),
        ("p3.m1", "Ada Stone"),
        ("p3.m2", "her"),
    ]


def test_a_paragraph_leads_to_its_source_and_a_document_to_its_metadata(trace):
    paragraph = trace("bridge/p1")
    assert paragraph["annotation"] is None
    assert [(s["text"], s["source_text"], s["line"], s["column"]) for s in paragraph["spans"]] == [
        ("The bridge", "The *bridge", 1, 3)
    ]
    document = trace("fluss")
    assert document["annotation"] == {"path": "seeds/fluss.meta.yaml", "line": 1, "column": 1}
    assert document["spans"][0]["source_text"] == "Der Rhein\r\n\r\nDer Fluss fließt durch Köln,\r\nsagt man."


@pytest.mark.parametrize("corpus", ["small", "shipped"])
def test_every_record_leads_to_bytes_that_are_there_and_to_a_line_that_quotes_them(corpus, built):
    seeds, corpus = (built / "seeds", built / "corpus") if corpus == "small" else (TOP / "seeds", TOP / "corpus")
    ids = {
        "/".join(record[key] for key in ("doc_id", "annotator", "mention_id"))
        for record in map(json.loads, (corpus / "jsonl" / "mentions.jsonl").read_text("utf-8").splitlines())
    }
    assert len(ids) > 5
    for name in sorted(ids)[:: max(1, len(ids) // 25)]:
        traced = corpus_tools.trace(name, corpus, seeds)
        for span in traced["spans"]:
            source = Path(span["path"]).read_bytes()
            assert source[span["source_start"] : span["source_end"]].decode() == span["source_text"]
            assert line_of(span)[span["column"] - 1 :].startswith(span["source_text"].splitlines()[0])
        assert traced["spans"][0]["text"] in line_of(traced["annotation"])


def test_the_terminal_shows_places_that_an_editor_opens(trace, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["trace", "bridge/a1/c3"])
    assert end.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "bridge/a1/c3  claims"
    assert lines[1] == "written at seeds/bridge.a1.yaml:21:9"
    assert lines[4:6] == [
        'source 67-88  "Ada Stone & her aides"',
        '  seeds/bridge.md:5:1  bytes 71-96  "Ada Stone &amp; her aides"',
    ]


# ----------------------------------------------------------------------------------------------- which record is meant


def test_as_much_of_the_end_of_an_id_as_only_one_record_has_is_enough(trace):
    assert trace("city")["id"] == trace("a1/city")["id"] == "bridge/a1/city"
    assert trace("a2/c1")["id"] == "bridge/a2/c1"
    with pytest.raises(UsageError, match='no record "ity"'):
        trace("ity")


def test_an_id_that_several_records_have_is_answered_with_all_of_them(trace):
    with pytest.raises(UsageError) as error:
        trace("c1")
    assert str(error.value) == '"c1" may be bridge/a1/c1, bridge/a2/c1, fluss/a1/c1'


def test_a_whole_id_is_never_ambiguous(tmp_path, monkeypatch):
    seeds = write_seeds(tmp_path / "seeds")
    annotations = (seeds / "bridge.a1.yaml").read_text("utf-8")
    (seeds / "bridge.a1.yaml").write_text(annotations.replace("id: city", "id: market"), "utf-8")
    corpus_tools.build(seeds, tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    assert corpus_tools.trace("market")["table"] == "documents"
    assert corpus_tools.trace("a1/market")["table"] == "mentions"


def test_an_unknown_id_is_answered_with_the_nearest(trace):
    with pytest.raises(UsageError, match='no record "bridge/a1/ad"; nearest: "bridge/a1/ada"'):
        trace("bridge/a1/ad")
    with pytest.raises(UsageError, match='no record "zzzz"; nearest: bridge, bridge/p1, bridge/p2 and'):
        trace("zzzz")


# ------------------------------------------------------------------------------------------------------ stale seeds


@pytest.fixture
def stale(tmp_path, monkeypatch):
    """Seeds and corpus of its own, in the current folder."""
    corpus_tools.build(write_seeds(tmp_path / "seeds"), tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "seeds"


def change(path, old, new):
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


def refused(name):
    with pytest.raises(CorpusError) as error:
        corpus_tools.trace(name)
    return str(error.value)


def test_a_record_that_is_written_otherwise_by_now_is_reported_with_its_line(stale):
    change(stale / "bridge.a1.yaml", "cue: deny", "cue: deny that")
    assert refused("a1/c3").startswith("seeds/bridge.a1.yaml:21 bridge/a1/c3: against-seeds: this record, otherwise; expected what")
    assert corpus_tools.trace("a1/c4")["id"] == "bridge/a1/c4"


def test_a_record_that_is_gone_by_now_is_reported(stale):
    change(stale / "bridge.a1.yaml", "id: c4, ", "")
    assert "against-seeds: no such record" in refused("a1/c4")
    (stale / "bridge.a2.yaml").unlink()
    assert "against-seeds: no annotations by a2" in refused("a2/c1")


def test_another_source_is_reported(stale):
    (stale / "bridge.md").write_text("# Another\n", "utf-8")
    assert "source-digest" in refused("a1/c4")
    corpus_tools.build(write_seeds(stale.parent / "other"), stale.parent / "corpus")
    change(stale / "market.md", "open", "shut")
    digest = hashlib.sha256((stale / "market.md").read_bytes()).hexdigest()
    text = (stale / "market.meta.yaml").read_text("utf-8")
    (stale / "market.meta.yaml").write_text(text.partition("sha256")[0] + f"sha256: {digest}\n", "utf-8")
    assert "against-seeds: another source than the corpus was built from" in refused("market/p1")


def test_seeds_that_are_not_there_are_wrong_use(stale):
    with pytest.raises(UsageError, match="nowhere: not a folder of seeds"):
        corpus_tools.trace("a1/c4", seeds="nowhere")
    for path in stale.glob("market*"):
        path.unlink()
    with pytest.raises(UsageError, match="seeds: no document market"):
        corpus_tools.trace("market")


def test_a_file_of_the_corpus_that_is_not_there_is_wrong_use(stale):
    (stale.parent / "corpus" / "jsonl" / "mentions.jsonl").unlink()
    with pytest.raises(CorpusError, match=r"mentions\.jsonl: file-readable"):
        corpus_tools.trace("market")


def test_a_corpus_with_a_wrong_span_is_no_traceback(stale):
    path = stale.parent / "corpus" / "jsonl" / "paragraphs.jsonl"
    change(
        path,
        '"paragraph_id":"p3","index":2,"kind":"paragraph","role":"body","start":67,"end":',
        '"paragraph_id":"p3","index":2,"kind":"paragraph","role":"body","start":67,"end":99',
    )
    with pytest.raises(UsageError, match=r"bridge/p3: code point offset .* is past the end.*corpus-tools check says what is wrong"):
        corpus_tools.trace("bridge/p3")
