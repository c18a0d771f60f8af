"""What changed between two versions of a corpus: by meaning, not by line; and which part of the version must rise."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_corpus import BRIDGE, BRIDGE_A1, CORPUS, write_seeds

import corpus_tools
from corpus_tools import CorpusError, UsageError, cli
from corpus_tools.comparing.carried import Hunk, hunks, texts_of
from corpus_tools.comparing.changes import changes
from corpus_tools.comparing.counterparts import Item, counterparts
from corpus_tools.comparing.policy import required_version

TOP = Path(__file__).parents[1]


def built(folder, files=(), sources=()):
    """A corpus of the small seeds, with other texts in some of its files ({name: text}, None for none), and other sources."""
    seeds = write_seeds(folder / "seeds")
    for name, text in dict(files).items():
        (seeds / name).unlink() if text is None else (seeds / name).write_text(text, "utf-8")
    for name, text in dict(sources).items():
        metadata, old = (seeds / name).with_suffix(".meta.yaml"), hashlib.sha256((seeds / name).read_bytes()).hexdigest()
        (seeds / name).write_bytes(text.encode())
        metadata.write_text(metadata.read_text("utf-8").replace(old, hashlib.sha256(text.encode()).hexdigest()), "utf-8")
    corpus_tools.build(seeds, folder / "corpus")
    return folder / "corpus"


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    return built(tmp_path_factory.mktemp("old"))


def annotated(*replacements):
    """The annotations of the bridge with some words replaced."""
    text = BRIDGE_A1
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after)
    return {"bridge.a1.yaml": text}


def told(found):
    """What is said of the records of the one document that changed: (kind, table, record, old record, [field way])."""
    (document,) = found.documents
    return [(c.kind, c.table, c.record, c.old_record, [f"{f.field} {f.way}".strip() for f in c.fields]) for c in document.changes]


def why(found):
    return {(reason.part, reason.what): reason.number for reason in found.reasons}


# --------------------------------------------------------------------------------------------------------- records


def test_nothing_changed(old):
    for corpus in (old, TOP / "corpus"):
        found = corpus_tools.diff(corpus, corpus)
        assert (found.part, found.reasons, found.documents, found.columns, found.corpus) == ("none", [], [], [], [])
        assert (found.required, found.risen) == (found.old, True)
    assert corpus_tools.diff(old, old).unchanged == 3


def test_a_changed_field_is_named(old, tmp_path):
    new = built(
        tmp_path, annotated(("attitude: doubts", "attitude: denies, stance: disputes"), ("level: pronoun", "level: nominal"))
    )
    found = corpus_tools.diff(old, new)
    assert told(found) == [
        ("changed", "mentions", "a1/p3.m2", "", ["level"]),
        ("changed", "claims", "a1/c2", "", ["attitude", "stance"]),
    ]
    level = found.documents[0].changes[0].fields[0]
    assert (level.old, level.new) == ("pronoun", "nominal")
    assert why(found) == {("minor", "mentions changed"): 1, ("minor", "claims changed"): 1}
    assert (found.part, found.required, found.risen, found.unchanged) == ("minor", "1.1.0", False, 2)


def test_an_inserted_mention_is_added_and_those_that_it_shifts_are_only_renumbered(old, tmp_path):
    new = built(
        tmp_path,
        annotated(("      - {quote: her,", "      - {quote: her aides, entity: ada, level: nominal}\n      - {quote: her,")),
    )
    found = corpus_tools.diff(old, new)
    assert told(found) == [
        ("added", "mentions", "a1/p3.m2", "", []),
        ("renumbered", "mentions", "a1/p3.m3", "a1/p3.m2", []),
    ]
    back = corpus_tools.diff(new, old)
    assert [(kind, name) for kind, _, name, *_ in told(back)] == [("removed", "a1/p3.m2"), ("renumbered", "a1/p3.m2")]


def test_an_entity_with_a_new_id_changes_no_record_that_refers_to_it(old, tmp_path):
    new = built(tmp_path, annotated(("  ada: {", "  stone: {"), ("entity: ada", "entity: stone"), ("[ada]", "[stone]")))
    assert told(corpus_tools.diff(old, new)) == [("renumbered", "entities", "a1/stone", "a1/ada", [])]


def test_claims_with_new_ids_keep_their_relations(old, tmp_path):
    new = built(tmp_path, annotated(("id: c2", "id: doubt"), ("id: c1", "id: hold"), ("target_id: hold", "target_id: hold")))
    assert [(kind, name, was) for kind, _, name, was, _ in told(corpus_tools.diff(old, new))] == [
        ("renumbered", "a1/hold", "a1/c1"),
        ("renumbered", "a1/doubt", "a1/c2"),
    ]


def test_ids_that_changed_places_are_renumbered_and_not_changed(old, tmp_path):
    new = built(tmp_path, annotated(("id: c3", "id: cx"), ("id: c4", "id: c3"), ("id: cx", "id: c4")))
    assert {(kind, name, was) for kind, _, name, was, _ in told(corpus_tools.diff(old, new))} == {
        ("renumbered", "a1/c4", "a1/c3"),
        ("renumbered", "a1/c3", "a1/c4"),
    }


def test_a_mention_of_another_entity_and_a_renamed_entity(old, tmp_path):
    new = built(
        tmp_path,
        annotated(
            ("name: Ada Stone", "name: A. Stone"),
            ("{id: city, quote: Köln, entity: koeln}", "{id: city, quote: Köln, entity: ada}"),
            ("  koeln: {type: GPE, name: Köln}\n", ""),
        ),
    )
    assert told(corpus_tools.diff(old, new)) == [
        ("changed", "entities", "a1/ada", "", ["name"]),
        ("removed", "entities", "a1/koeln", "", []),
        ("changed", "mentions", "a1/city", "", ["entity_id"]),
    ]


def test_a_span_that_was_drawn_otherwise_is_re_annotated_whatever_its_id(old, tmp_path):
    new = built(tmp_path, annotated(("content: It is in Köln", "content: in Köln"), ("id: c4", "id: c9"), ("source: Locals, ", "")))
    found = corpus_tools.diff(old, new)
    assert told(found) == [
        ("changed", "claims", "a1/c2", "", ["source_kind", "source re-annotated"]),
        ("changed", "claims", "a1/c9", "a1/c4", ["content re-annotated"]),
    ]
    content = found.documents[0].changes[1].fields[0]
    assert (content.old[0]["text"], content.new[0]["text"]) == ("It is in Köln", "in Köln")


def test_what_stands_elsewhere_under_the_same_id_is_another_record(old, tmp_path):
    new = built(tmp_path, annotated(("content: It is in Köln", "content: Ada Stone & her aides")))
    assert [(kind, name) for kind, _, name, *_ in told(corpus_tools.diff(old, new))] == [("added", "a1/c4"), ("removed", "a1/c4")]


def test_an_annotator_that_came_and_one_that_went(old, tmp_path):
    files = {
        "bridge.a2.yaml": None,
        "market.a2.yaml": "document: market\nannotator: a2\nentities: {m: {type: PERSON}}\n"
        "paragraphs: {p2: {mentions: [{quote: The market, entity: m}]}}\n",
    }
    found = corpus_tools.diff(old, built(tmp_path, files))
    assert [(d.document, d.counts) for d in found.documents] == [
        ("bridge", {"entities": {"removed": 1}, "mentions": {"removed": 1}, "claims": {"removed": 1}}),
        ("market", {"entities": {"added": 1}, "mentions": {"added": 1}}),
    ]


def item(name, *spans, facts=None):
    return Item(name, spans, facts, {})


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        (
            [item("m1", (0, 4), facts="x"), item("m2", (0, 4), facts="y")],
            [item("m1", (0, 4), facts="y"), item("m2", (0, 4), facts="x")],
            "m1-m2 m2-m1",
        ),
        ([item("m1", (0, 4), facts="x"), item("m2", (0, 4), facts="y")], [item("m2", (0, 4)), item("m1", (0, 4))], "m1-m1 m2-m2"),
        ([item("m1", (0, 4))], [item("m9", (0, 4))], "m1-m9"),
        ([item("m1", (0, 4))], [item("m1", (0, 40))], "m1-m1"),
        ([item("m1", (0, 4))], [item("m9", (0, 40))], ""),
        ([item("m1", (0, 4))], [item("m9", (0, 5))], "m1-m9"),
        ([item("m1", (0, 4))], [item("m1", (4, 8))], ""),
        ([item("m1", facts="x")], [item("m1", (4, 8), facts="x")], "m1-m1"),
        ([item("m1", facts="x")], [item("m1", (4, 8), facts="y")], ""),
        ([item("e1"), item("e2")], [item("e2"), item("e3")], "e1-e3 e2-e2"),
    ],
    ids=[
        "facts",
        "id of equals",
        "span",
        "id on an overlap",
        "too little",
        "alike",
        "elsewhere",
        "lost words",
        "lost for another",
        "no span",
    ],
)
def test_which_record_is_which(old, new, pairs):
    found = counterparts(old, new)
    assert " ".join(sorted(f"{one.id}-{two.id}" for one, two in found.pairs)) == pairs
    assert len(found.removed) == len(old) - len(found.pairs)
    assert len(found.added) == len(new) - len(found.pairs)


# ----------------------------------------------------------------------------------------------------------- texts


def test_spans_that_move_with_the_text_are_told_apart_from_those_that_were_drawn_otherwise(old, tmp_path):
    source = BRIDGE.replace("Ada Stone said", "Early on Monday Ada Stone said")
    found = corpus_tools.diff(
        old,
        built(
            tmp_path,
            annotated(("begins: Ada Stone said", "begins: Early"), ("content: it is old", "content: is old")),
            {"bridge.md": source},
        ),
    )
    (document,) = found.documents
    assert document.hunks == [Hunk(12, 12, "", "Early on Monday ")]
    assert document.counts == {
        "paragraphs": {"edited": 1, "moved": 1},
        "mentions": {"moved": 5},  # that of the other annotator too
        "claims": {"moved": 4, "changed": 1},
    }
    assert [kind for kind, *_ in told(found) if kind != "moved"] == ["edited", "changed"]
    (changed,) = [c for c in document.changes if c.kind == "changed"]
    assert [(f.field, f.way) for f in changed.fields] == [("content", "re-annotated")]
    assert why(found)["major", "text of documents changed"] == 1
    assert ("minor", "mentions moved") not in why(found)


def test_reanchored_annotations_are_moved_or_edited_and_nothing_else(old, tmp_path):
    source = tmp_path / "bridge.md"
    source.write_text(
        BRIDGE.replace("the bridge will hold", "the old bridge will hold").replace("Locals doubt", "And locals doubt"), "utf-8"
    )
    seeds = shutil.copytree(old.parent / "seeds", tmp_path / "seeds")
    assert corpus_tools.reanchor(seeds, "bridge", source, tmp_path / "moved")
    for path in (tmp_path / "moved").iterdir():
        shutil.copy(path, seeds)
    corpus_tools.build(seeds, tmp_path / "corpus")
    found = corpus_tools.diff(old, tmp_path / "corpus")
    (document,) = found.documents
    assert {c.kind for c in document.changes} == {"moved", "edited"}
    edited = [(c.table, c.record, [f.field for f in c.fields]) for c in document.changes if c.kind == "edited"]
    assert ("claims", "a1/c1", ["content"]) in edited
    assert {reason.part for reason in found.reasons} == {"major", "patch"}  # the text; the digest of the source


def test_a_text_that_is_withheld_is_compared_by_its_digest(old, tmp_path):
    new = shutil.copytree(old, tmp_path / "corpus")
    path = new / "jsonl" / "documents.jsonl"
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for record in records:
        record |= {"text": None, "text_status": "withheld", "edits": None}
    path.write_text("".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n" for r in records), "utf-8")
    found = corpus_tools.diff(old, new)
    assert [[f.field for f in d.fields] for d in found.documents] == [["text_status", "edits"]] * 3
    assert not any(d.changes or d.hunks for d in found.documents)
    assert found.part == "major"
    assert corpus_tools.diff(new, old).part == "minor"


# ------------------------------------------------------------------------------------- documents, corpus.yaml, schema


def test_documents_that_came_went_or_changed_their_metadata(old, tmp_path):
    seeds = write_seeds(tmp_path / "seeds")
    for path in seeds.glob("fluss.*"):
        path.unlink()
    for path in list(seeds.glob("market.*")):
        shutil.copy(path, path.with_name(path.name.replace("market", "shop")))
    metadata = seeds / "market.meta.yaml"
    metadata.write_text(
        metadata.read_text("utf-8").replace("split: test", "split: train").replace("title: market.md", "title: Market"), "utf-8"
    )
    (seeds / "corpus.yaml").write_text(CORPUS.replace("version: 1.0.0", "version: 2.0.0"), "utf-8")
    corpus_tools.build(seeds, tmp_path / "corpus")
    found = corpus_tools.diff(old, tmp_path / "corpus")
    assert [(d.document, d.kind) for d in found.documents] == [("fluss", "removed"), ("market", "changed"), ("shop", "added")]
    assert found.documents[0].counts["mentions"] == {"removed": 1}
    assert [(f.field, f.old, f.new) for f in found.documents[1].fields] == [
        ("title", "market.md", "Market"),
        ("split", "test", "train"),
    ]
    assert why(found) == {
        ("major", "documents removed"): 1,
        ("major", "split of documents changed"): 1,
        ("minor", "documents added"): 1,
        ("patch", "title of documents changed"): 1,
    }
    assert (found.old, found.new, found.required, found.risen) == ("1.0.0", "2.0.0", "2.0.0", True)


@pytest.mark.parametrize(
    ("before", "after", "field", "part"),
    [
        ("title: Small", "title: Little", "title", "patch"),
        ("license: CC0-1.0", "license: CC-BY-4.0", "license", "major"),
        ("name: small", "name: little", "name", "major"),
        ("GPE: places", "GPE: places, ORG: groups", "entity_types.ORG", "minor"),
        ("prediction: something will be so", "prediction: of the future", "claim_types.prediction", "patch"),
        (", a2: the second annotator", ", a2: another", "annotators", "patch"),
    ],
)
def test_what_changed_in_corpus_yaml(old, tmp_path, before, after, field, part):
    assert before in CORPUS
    found = corpus_tools.diff(old, built(tmp_path, {"corpus.yaml": CORPUS.replace(before, after)}))
    assert [change.field for change in found.corpus] == [field]
    assert (found.part, found.documents, found.unchanged) == (part, [], 3)


def test_a_tag_that_is_gone_is_a_major_change(old, tmp_path):
    more = built(tmp_path, {"corpus.yaml": CORPUS.replace("GPE: places", "GPE: places, ORG: groups")})
    assert corpus_tools.diff(more, old).part == "major"


def with_column(corpus, target, table, column):
    """A copy of a corpus as another version of the schema would have it: with one more column of strings in a table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    shutil.copytree(corpus, target)
    path = target / "jsonl" / f"{table}.jsonl"
    lines = [json.loads(line) | {column: "x"} for line in path.read_text("utf-8").splitlines()]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    for file in (target / "data" / table).glob("*.parquet"):
        rows = pq.read_table(file)
        pq.write_table(rows.append_column(column, pa.array(["x"] * len(rows), pa.string())), file)
    return target


def test_versions_with_other_columns_can_be_compared(old, tmp_path):
    new = with_column(old, tmp_path / "new", "claims", "certainty")
    found = corpus_tools.diff(old, new)
    assert [(c.field, c.old, c.new) for c in found.columns] == [("claims.certainty", None, "string or null")]
    assert (found.part, found.documents) == ("minor", [])  # rows are compared by the columns that both have
    back = corpus_tools.diff(new, old)
    assert (back.part, why(back)) == ("major", {("major", "columns or tables removed or of another type"): 1})


@pytest.mark.parametrize(
    ("version", "part", "required"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", "none", "1.2.3"),
        ("0.2.3", "major", "0.3.0"),
        ("0.2.3", "minor", "0.3.0"),
        ("0.2.3", "patch", "0.2.4"),
    ],
)
def test_the_version_that_is_required(version, part, required):
    assert required_version(version, part) == required


def test_the_policy_in_the_document_is_that_of_the_code():
    """Every reason of docs/versions.md is one that a test here provokes, or names a field of the code's tables."""
    text = (TOP / "docs" / "versions.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| (major|minor|patch) \| (.*) \|", text, re.MULTILINE))
    assert set(rows) == {"major", "minor", "patch"}
    assert all(word in rows["major"] for word in ("column", "tag", "document", "text", "split", "licence", "withheld"))
    assert all(word in rows["minor"] for word in ("column", "tag", "document", "annotation", "language"))
    assert all(word in rows["patch"] for word in ("metadata", "corpus.yaml"))


# --------------------------------------------------------------------------------------------------------- bad input


def test_what_cannot_be_read_is_named_and_never_a_traceback(old, tmp_path):
    for table, before, after, said in (
        (
            "mentions",
            b'"fragments":[{"start":',
            b'"fragments":["x",{"start":',
            r"mentions\.jsonl:1: schema: .*expected a row of mentions",
        ),
        ("mentions", b'{"doc_id"', b'"doc_id"', r"mentions\.jsonl:1: json-syntax: no JSON"),
        ("claims", b'{"doc_id":"bridge"', b'{"doc":"bridge"', r"claims\.jsonl:1: json-syntax: a value without a doc_id"),
        (
            "claims",
            b'{"doc_id":"bridge"',
            b'{"doc_id":"zoo"',
            r"claims\.jsonl:2: document-order: rows of bridge behind those of zoo",
        ),
    ):
        new = shutil.copytree(old, tmp_path / hashlib.sha256(after).hexdigest()[:8])
        path = new / "jsonl" / f"{table}.jsonl"
        assert before in path.read_bytes()
        path.write_bytes(path.read_bytes().replace(before, after, 1))
        with pytest.raises(CorpusError, match=said):
            corpus_tools.diff(old, new)
    (new / "jsonl" / "claims.jsonl").unlink()
    with pytest.raises(CorpusError, match=r"claims\.jsonl: file-readable: No such file"):
        corpus_tools.diff(old, new)
    for path in (new / "data" / "claims").iterdir():
        path.write_bytes(b"x")
    with pytest.raises(CorpusError, match="parquet-readable"):
        corpus_tools.diff(old, new)
    with pytest.raises(UsageError, match=r"manifest\.json: not found"):
        corpus_tools.diff(old, tmp_path)


# ------------------------------------------------------------------------------------------------------------ laws

WORDS = st.lists(st.sampled_from("the river rises and nobody knows why it should 😀 so".split()), min_size=3, max_size=12).map(
    " ".join
)


@given(WORDS, WORDS)
def test_hunks_lead_from_the_old_text_to_the_new_one(old, new):
    text, shift = old, 0
    for hunk in hunks(texts_of(old, new)):
        at = hunk.old_start + shift
        assert text[at : at + len(hunk.old)] == hunk.old
        assert at == hunk.new_start
        text = text[:at] + hunk.new + text[at + len(hunk.old) :]
        shift += len(hunk.new) - len(hunk.old)
    assert text == new


SPAN = st.tuples(st.integers(0, 40), st.integers(1, 8)).map(
    lambda pair: {"start": pair[0], "end": sum(pair), "text": "x" * pair[1]}
)


@st.composite
def rows(draw):
    """Entities and mentions of a document, no two mentions the same."""
    spans = draw(st.lists(st.tuples(SPAN, st.integers(0, 2)), max_size=8, unique_by=lambda m: (m[0]["start"], m[0]["end"], m[1])))
    mentions = [
        {
            "annotator": "a",
            "mention_id": f"m{n}",
            "entity_id": f"e{entity}",
            "paragraph_id": "p1",
            "level": None,
            "fragments": [span],
        }
        for n, (span, entity) in enumerate(spans)
    ]
    entities = [
        {"annotator": "a", "entity_id": f"e{n}", "type": "T", "name": f"E{n}"} for n in sorted({entity for _, entity in spans})
    ]
    return {"entities": entities, "mentions": mentions}


COLUMNS = {"entities": {"entity_id", "type", "name"}, "mentions": {"mention_id", "entity_id", "level", "fragments"}}
SAME = texts_of("same", "same")


@settings(deadline=None, max_examples=50)
@given(rows(), st.randoms(use_true_random=False))
def test_new_ids_and_another_order_are_never_more_than_renumbered(document, chance):
    names = {f"e{n}": f"e{m}" for n, m in enumerate(chance.sample(range(3), 3))}
    numbers = chance.sample(range(len(document["mentions"])), len(document["mentions"]))
    mentions = [
        m | {"mention_id": f"m{n}", "entity_id": names[m["entity_id"]]} for m, n in zip(document["mentions"], numbers, strict=True)
    ]
    entities = [e | {"entity_id": names[e["entity_id"]]} for e in document["entities"]]
    chance.shuffle(mentions)
    found = list(changes(SAME, document, {"entities": entities, "mentions": mentions}, COLUMNS))
    assert {change.kind for change in found} <= {"renumbered"}
    assert all(change.old_record != change.record for change in found)


@settings(deadline=None, max_examples=50)
@given(rows(), rows())
def test_every_record_of_both_versions_is_accounted_for(old, new):
    found = list(changes(SAME, old, new, COLUMNS))
    for table, key in (("entities", "entity_id"), ("mentions", "mention_id")):
        gone = [c.record for c in found if c.table == table and c.kind == "removed"]
        came = [c.record for c in found if c.table == table and c.kind == "added"]
        assert len(old[table]) - len(gone) == len(new[table]) - len(came) >= 0
        assert set(gone) <= {f"a/{row[key]}" for row in old[table]}
        assert set(came) <= {f"a/{row[key]}" for row in new[table]}
    assert list(changes(SAME, old, old, COLUMNS)) == []


# --------------------------------------------------------------------------------------------------------- printed


def printed(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        cli.main([str(argument) for argument in arguments])
    return end.value.code, capsys.readouterr().out


def test_the_terminal_shows_what_changed_and_what_must_rise(old, tmp_path, capsys):
    new = built(
        tmp_path,
        annotated(
            ("begins: Ada Stone said", "begins: Once"),
            ("attitude: doubts", "attitude: denies"),
            ("content: It is in", "content: is in"),
        ),
        {"bridge.md": BRIDGE.replace("Ada Stone said", "Once Ada Stone said")},
    )
    status, out = printed(capsys, "diff", old, new)
    assert status == 1
    assert out.splitlines() == [
        "~ bridge  paragraphs 1 edited, 1 moved; mentions 5 moved; claims 3 moved, 2 changed",
        "    source.bytes: 139 → 144",
        f"    source.sha256: {hashlib.sha256(BRIDGE.encode()).hexdigest()[:12]}... → "
        f"{hashlib.sha256(BRIDGE.replace('Ada Stone said', 'Once Ada Stone said').encode()).hexdigest()[:12]}...",
        '    text 12: "" → "Once "',
        '    ~ claims a1/c2  "it"',
        '        attitude: "doubts" → "denies"',
        '    ~ claims a1/c4  "is in Köln"',
        '        content re-annotated: "It is in Köln" → "is in Köln"',
        "documents: 1 changed, 2 unchanged",
        "major  text of documents changed: 1",
        "minor  claims changed: 2",
        "patch  source of documents changed: 1",
        "The version must rise from 1.0.0 to 2.0.0 or above (major); it is 1.0.0.",
    ]
    assert (
        '    > claims a1/c1  "the bridge will hold"  moved with the text'
        in printed(capsys, "diff", old, new, "--details")[1].splitlines()
    )
    assert printed(capsys, "diff", old, old) == (0, "Nothing changed in 3 documents, version 1.0.0.\n")


def test_json_holds_all_of_it_and_the_status_is_the_same(old, tmp_path, capsys):
    new = built(tmp_path, annotated(("attitude: doubts", "attitude: denies")) | {"corpus.yaml": CORPUS.replace("1.0.0", "1.1.0")})
    status, out = printed(capsys, "diff", old, new, "--json")
    found = json.loads(out)
    assert (status, found["part"], found["risen"]) == (0, "minor", True)
    assert found["documents"][0]["changes"] == [
        {
            "kind": "changed",
            "table": "claims",
            "record": "a1/c2",
            "paragraph": "p2",
            "text": "it",
            "fields": [{"field": "attitude", "old": "doubts", "new": "denies"}],
        }
    ]
    assert "The version rose from 1.0.0 to 1.1.0; 1.1.0 or above was needed (minor)." in printed(capsys, "diff", old, new)[1]
