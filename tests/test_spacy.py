"""spaCy's DocBin: files that spaCy wrote, and files that nobody should trust."""

from __future__ import annotations

import tempfile
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import spacy
from corpora import CONFIG, bundles_of, compiled, fragment, rich_corpus, seed
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span, SpanGroup
from spacy.vocab import Vocab

import corpus_tools
from corpus_tools.findings import CorpusError
from corpus_tools.formats import format_named
from corpus_tools.formats.spacy import docbin
from corpus_tools.formats.spacy.docbin import BadDocBin, pack, unpack
from corpus_tools.rules import Bundle

TEXT = "Ada Lovelace met Bob in Paris.\n\nShe said  that Ada left Paris 👩\u200d🚀."


def annotated(text: str = TEXT) -> Doc:
    """A Doc with something everywhere."""
    doc = spacy.blank("en")(text)
    doc.set_ents([Span(doc, 0, 2, "PERSON", kb_id="Q7259"), Span(doc, 3, 4, "PERSON"), Span(doc, 5, 6, "GPE", span_id="place")])
    doc.spans["sc"] = [
        Span(doc, 0, 1, "FIRST"),
        Span(doc, 0, 2, "PERSON", kb_id="Q7259"),
        Span(doc, 12, 13, "PERSON", kb_id="Q7259"),
    ]
    doc.spans["over"] = SpanGroup(doc, name="other name", attrs={"by": "me"}, spans=[Span(doc, 5, 9, "X"), doc[2:2], doc[9:11]])
    doc.spans["coref_clusters_1"] = [doc[3:4], doc[5:6]]
    for token in doc:
        token.tag_, token.lemma_ = f"T{token.i % 3}", token.lower_
    doc[0].is_sent_start = doc[8].is_sent_start = True
    doc.cats = {"news": 0.75}
    doc.user_data["ours"] = {"a": (1, b"\x00")}
    return doc


def written(path: Path, *docs: Doc) -> Path:
    path.mkdir(exist_ok=True)
    DocBin(store_user_data=True, docs=docs).to_disk(path / "train.spacy")
    return path


def docs_in(path: Path) -> list[Doc]:
    vocab = Vocab()
    return [doc for file in sorted(path.glob("*.spacy")) for doc in DocBin().from_disk(file).get_docs(vocab)]


def spans_of(doc: Doc) -> dict[str, Any]:
    shown = {key: [(s.start_char, s.end_char, s.label_, s.kb_id_, s.id_) for s in group] for key, group in doc.spans.items()}
    groups = {key: (group.name, group.attrs) for key, group in doc.spans.items()}
    return {"ents": [(e.start_char, e.end_char, e.label_, e.kb_id_, e.id_) for e in doc.ents], "spans": shown, "groups": groups}


def imported(path: Path, seeds: Path) -> list[Bundle]:
    corpus_tools.import_("spacy", path, seeds)
    return bundles_of(seeds)


# ------------------------------------------------------------------------------------------------------- Docs of others


def test_what_spacy_wrote_is_read_as_spacy_reads_it() -> None:
    doc = annotated()
    (packed,) = unpack(DocBin(store_user_data=True, docs=[doc]).to_bytes())
    assert packed.text == doc.text == TEXT
    assert packed.words == [token.text for token in doc]
    assert packed.columns["TAG"] == [token.tag_ for token in doc]
    assert packed.columns["LEMMA"] == [token.lemma_ for token in doc]
    assert [tuple(ent) for ent in packed.ents] == spans_of(doc)["ents"]
    assert {group.key: [tuple(span) for span in group.spans] for group in packed.groups} == spans_of(doc)["spans"]
    assert packed.user_data == {"ours": {"a": [1, b"\x00"]}}


def test_entities_and_spans_become_mentions_and_all_comes_out_again(tmp_path: Path) -> None:
    doc = annotated()
    report = corpus_tools.import_("spacy", written(tmp_path / "in", doc), tmp_path / "seeds")
    assert report.counts == {
        "Doc": {"document": 1},
        "entity": {"mention": 3},
        "span of a group": {"foreign": 3, "mention": 5},  # over a paragraph's border, without words, without a label
    }
    (bundle,) = bundles_of(tmp_path / "seeds")
    assert bundle.document.text == TEXT
    names = {(m.text, m.entity_id) for m in bundle.mentions}
    assert {entity for text, entity in names if text in ("Ada Lovelace", "Ada")} == {"Q7259", "e4"}  # FIRST is another label
    assert len({entity for text, entity in names if text in ("Bob", "Paris")}) == 2  # a cluster joins what has one label
    corpus_tools.build(tmp_path / "seeds", tmp_path / "corpus")
    assert corpus_tools.check(tmp_path / "corpus") == []
    corpus_tools.export("spacy", tmp_path / "corpus", tmp_path / "out")
    (again,) = docs_in(tmp_path / "out")
    assert spans_of(again) == spans_of(doc)
    assert [(t.text, t.whitespace_, t.tag_, t.lemma_, t.is_sent_start) for t in again] == [
        (t.text, t.whitespace_, t.tag_, t.lemma_, t.is_sent_start) for t in doc
    ]
    assert (again.cats, again.user_data["ours"]) == (doc.cats, {"a": (1, b"\x00")})


def test_tokens_without_attributes_come_out_again(tmp_path: Path) -> None:
    """They are kept, though nothing but their borders is."""
    doc = Doc(Vocab(), words=["anti", "war", ".", " "], spaces=[False, False, False, False])
    (tmp_path / "in").mkdir()
    DocBin(attrs=[], docs=[doc]).to_disk(tmp_path / "in" / "train.spacy")
    report = corpus_tools.import_("spacy", tmp_path / "in", tmp_path / "seeds")
    assert report.counts == {"Doc": {"document": 1}}
    lost = format_named("spacy").write(bundles_of(tmp_path / "seeds"), CONFIG, tmp_path)
    assert "documents with other tokens than those that are kept of them" not in +lost
    assert [token.text for token in docs_in(tmp_path)[0]] == ["anti", "war", ".", " "]


def test_a_span_that_was_added_in_spacy_is_there_and_the_old_ones_too(tmp_path: Path) -> None:
    corpus_tools.import_("spacy", written(tmp_path / "in", annotated()), tmp_path / "seeds")
    corpus_tools.build(tmp_path / "seeds", tmp_path / "corpus")
    corpus_tools.export("spacy", tmp_path / "corpus", tmp_path / "out")
    (doc,) = docs_in(tmp_path / "out")
    doc.set_ents([*doc.ents, Span(doc, 8, 9, "PERSON")])
    report = corpus_tools.import_("spacy", written(tmp_path / "edited", doc), tmp_path / "seeds2")
    assert report.counts["entity"] == {"mention": 4}
    assert [note for note in report.notes if "the spans are taken" in note]
    (bundle,) = bundles_of(tmp_path / "seeds2")
    assert "She" in {mention.text for mention in bundle.mentions}


def test_words_without_known_spaces_are_joined_by_spaces(tmp_path: Path) -> None:
    doc = Doc(Vocab(), words=["Ada", "left", "."], ents=["B-PERSON", "O", "O"])
    (bundle,) = imported(written(tmp_path / "in", doc), tmp_path / "seeds")
    assert doc.text == "Ada left . "
    assert [mention.text for mention in bundle.mentions] == ["Ada"]
    assert bundle.document.source.bytes == len(doc.text)


# ------------------------------------------------------------------------------------------------------------ our Docs


def test_what_falls_inside_a_token_is_counted_and_comes_back(tmp_path: Path) -> None:
    text = "The antiwar-minded met."
    mention = {"table": "mentions", "mention_id": "m1", "entity_id": "e", "fragments": [fragment(text, "war")]}
    whole = {"table": "mentions", "mention_id": "m2", "entity_id": "e", "fragments": [fragment(text, "met")]}
    (bundle,) = compiled(
        [seed("a", text.encode(), {"ann": [{"table": "entities", "entity_id": "e", "type": "GPE"}, mention, whole]})]
    )
    lost = format_named("spacy").write([bundle], CONFIG, tmp_path)
    assert "documents with other tokens than those that are kept of them" not in +lost
    assert lost["mentions that begin or end inside a token, in doc.user_data alone"] == 1
    (doc,) = docs_in(tmp_path)
    assert [(ent.text, ent.label_, ent.kb_id_) for ent in doc.ents] == [("met", "GPE", "e")]
    (back,) = imported(tmp_path, tmp_path / "seeds")
    assert back.mentions == bundle.mentions


def test_an_export_shows_mentions_claims_and_clusters(tmp_path: Path) -> None:
    format_named("spacy").write(rich_corpus(), CONFIG, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test.spacy", "train.spacy"]
    first = docs_in(tmp_path)[0]
    shown = {key: {span.text for span in group} for key, group in first.spans.items()}
    assert {"Bob Smith", "Paris", "her", "friend"} <= shown["mentions"]
    assert shown["claims.content"] >= {"Ada is here", "Paris is big"}
    assert shown["claims.cue"] >= {"said", "It is said"}
    assert any(key.startswith("coref_clusters_") for key in shown)
    assert {ent.label_ for ent in first.ents} == {"PERSON", "GPE"}


# ----------------------------------------------------------------------------------------------------------- hostile


@cache
def message() -> dict[str, Any]:
    """What is in a file."""
    return msgspec.msgpack.decode(zlib.decompress(DocBin(store_user_data=True, docs=[annotated()]).to_bytes()))


def changed(**parts: Any) -> bytes:
    """A file with some parts of its message replaced."""
    return zlib.compress(msgspec.msgpack.encode(message() | parts))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"garbage", "incorrect header"),
        (zlib.compress(b"garbage"), "no DocBin"),
        (zlib.compress(b"x" * 100)[:-9], "its end is missing"),
        (zlib.compress(msgspec.msgpack.encode({"attrs": [65]})), "missing"),
        (changed(lengths=b"\xff\xff\xff\xff"), "do not agree"),
        (changed(lengths=b"\xff\xff\xff\x7f"), "do not agree"),
        (changed(strings=[]), "is missing"),
        (changed(attrs=[65, 65]), "attributes twice"),
        (changed(attrs=[]), "attributes twice, or none"),
        (changed(cats=[{"a": float("nan")}]), "without a number"),
        (changed(cats=[{}, {}]), "not every document"),
        (changed(span_groups=[b"\x91\x93"]), "no DocBin"),
        (changed(user_data=[b"\xc1"]), "no DocBin"),
        (changed(user_data=[b"\x91" * 100_000 + b"\x90"]), "no DocBin"),
    ],
)
def test_a_faulty_file_is_refused_with_its_fault(data: bytes, found: str) -> None:
    with pytest.raises(BadDocBin, match=found):
        list(unpack(data))


def test_a_span_past_the_end_is_refused() -> None:
    span = docbin._SPAN.pack(0, 0, 0, 0, 2_000_000_000, 0, 0)
    group = msgspec.msgpack.encode({"name": "g", "attrs": {}, "spans": [span]})
    with pytest.raises(BadDocBin, match="a span of the tokens 0 to 2000000000"):
        list(unpack(changed(span_groups=[msgspec.msgpack.encode({group: ["g"]})])))


def test_bombs_are_refused_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docbin, "MAX_UNPACKED", 10_000)
    with pytest.raises(BadDocBin, match="more than 10000 bytes when unpacked"):
        list(unpack(zlib.compress(bytes(1_000_000))))
    doc = Doc(Vocab(), words=["x" * 999] * 50)
    with pytest.raises(BadDocBin, match="texts of more than 10000 characters"):
        list(unpack(DocBin(attrs=["ORTH"], docs=[doc]).to_bytes()))
    doc = Doc(Vocab(), words=["x"] * 50)
    doc.spans["g"] = [Span(doc, 0, 1, "L" * 999)] * 50
    with pytest.raises(BadDocBin, match="texts of more than 10000 characters"):
        list(unpack(DocBin(attrs=["ORTH"], docs=[doc]).to_bytes()))
    monkeypatch.setattr(docbin, "_MAX_PART", 100)
    with pytest.raises(BadDocBin, match="more than 100 bytes of strings"):
        list(unpack(DocBin(attrs=["ORTH"], docs=[Doc(Vocab(), words=["y" * 200])]).to_bytes()))


def test_the_documents_before_a_fault_are_imported(tmp_path: Path) -> None:
    two = msgspec.msgpack.decode(zlib.decompress(DocBin(store_user_data=True, docs=[annotated(), annotated()]).to_bytes()))
    two["user_data"][1] = b"\xc1"
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.spacy").write_bytes(zlib.compress(msgspec.msgpack.encode(two)))
    with pytest.raises(CorpusError, match=r"a\.spacy:1: import-file: no DocBin"):
        corpus_tools.import_("spacy", tmp_path / "in", tmp_path / "seeds")
    report = corpus_tools.import_("spacy", tmp_path / "in", tmp_path / "seeds", keep_going=True)
    assert (report.documents, len(report.findings)) == (1, 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3), lambda x: st.lists(x, max_size=3), max_leaves=5
)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["attrs", "tokens", "spaces", "lengths", "strings", "cats", "flags", "span_groups", "user_data"]),
    JSON | st.binary(max_size=40),
)
def test_any_part_may_be_anything(name: str, value: Any) -> None:
    try:
        for packed in unpack(changed(**{name: value})):
            assert isinstance(packed.text, str)
    except BadDocBin as error:
        assert str(error)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["doc_id", "annotator", "metadata", "records"]), JSON | st.just([{"table": "mentions"}])) | JSON
)
def test_any_records_in_the_user_data_give_a_document_or_a_finding(about: Any) -> None:
    user_data = msgspec.msgpack.encode({"corpus_tools": msgspec.json.encode(about).decode()})
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in").mkdir()
        Path(folder, "in/a.spacy").write_bytes(changed(user_data=[user_data]))
        report = corpus_tools.import_("spacy", Path(folder, "in"), Path(folder, "seeds"), keep_going=True)
        assert report.documents + bool(report.findings) >= 1


def test_nothing_is_unpickled() -> None:
    assert b"pickle" not in Path(docbin.__file__).read_bytes()
    doc = annotated()
    (packed,) = unpack(DocBin(docs=[doc]).to_bytes())
    assert list(unpack(pack([packed]))) == [packed]
