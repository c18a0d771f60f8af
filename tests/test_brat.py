"""brat stand-off: its lines, its habits, and that nothing of it is lost."""

from __future__ import annotations

import dataclasses
import re
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from corpora import CONFIG, bundles_of, compiled, fragment, seed
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_tools
from corpus_tools.exporting import _Losses
from corpus_tools.findings import CorpusError
from corpus_tools.formats import format_named
from corpus_tools.formats.brat.folder import Assigned, event_types, file_name, owner
from corpus_tools.formats.brat.labels import label_of, one_line, tag_of
from corpus_tools.formats.brat.lines import Line, parse, written
from corpus_tools.importing import ImportReport
from corpus_tools.rules import Bundle

POLNEAR = Path(__file__).parents[2] / "shared" / "data" / "polnear-sample"
BRAT = format_named("brat")


def folder_of(path: Path, text: str | bytes, ann: str | bytes, name: str = "a") -> Path:
    path.mkdir(exist_ok=True)
    for suffix, data in ((".txt", text), (".ann", ann)):
        (path / f"{name}{suffix}").write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def imported(path: Path, text: str | bytes, ann: str | bytes, keep_going: bool = False) -> tuple[ImportReport, Bundle]:
    report = corpus_tools.import_("brat", folder_of(path / "in", text, ann), path / "seeds", keep_going)
    return report, bundles_of(path / "seeds")[0]


def exported(path: Path, bundles: list[Bundle], config: dict[str, Any] = CONFIG) -> Path:
    path.mkdir()
    BRAT.write(_Losses(BRAT).count(iter(bundles)), config, path)
    return path


def trimmed(span: tuple[int, int], text: str) -> tuple[int, int]:
    """A span without white space at its edges."""
    words = text[slice(*span)]
    start = span[0] + (len(words) - len(words.lstrip()) if words.strip() else 0)
    return start, start + len(words.strip())


def content(ann: str, text: str = "") -> Counter[Any]:
    """The lines of a file without their ids: each with the content of what it refers to.

    Where the text is given, white space at the edges of spans does not count.
    """
    lines = [line for line in parse(ann) if isinstance(line, Line)]
    by_id = {line.id: line for line in lines}

    def told(name: str, depth: int = 0) -> Any:
        if name not in by_id or depth > 5:
            return name
        line = by_id[name]
        arguments = sorted((role, told(other, depth + 1)) for role, other in line.arguments)
        spans = tuple(trimmed(span, text) if text else span for span in line.spans)
        return (line.kind, line.label, spans, str(arguments), line.text if line.kind != "T" else "")

    kinds = Counter(
        told(line.id) if line.id not in ("*", "#") else ("*", line.label, str(sorted(line.arguments))) for line in lines
    )
    return Counter({str(key): number for key, number in kinds.items()})


def round_trip(path: Path, text: str | bytes, ann: str) -> str:
    _, bundle = imported(path, text, ann)
    out = exported(path / "out", [bundle], CONFIG | {"claim_types": {}, "relation_types": {}})
    assert (out / "a.txt").read_bytes() == (text.encode() if isinstance(text, str) else text)
    return (out / "a.ann").read_bytes().decode()


# ------------------------------------------------------------------------------------------------------ attributions

TEXT = "Ada said it rains.\nBob denied that.\n\nIt is said that Ada left; “so what”.\n"
ANN = """T1\tSource 0 3\tAda
T2\tCue 4 8\tsaid
T3\tContent 9 17\tit rains
T4\tAttribution 4 8\tsaid
E1\tAttribution:T4 Source:T1 Cue:T2 Content:T3
"""


def test_an_attribution_is_a_claim(tmp_path: Path):
    report, bundle = imported(tmp_path, TEXT, ANN)
    (claim,) = bundle.claims
    assert (claim.claim_id, claim.type, claim.annotator) == ("E1", "Attribution", "unnamed")
    assert [f.text for f in (*claim.source, *claim.cue, *claim.content)] == ["Ada", "said", "it rains"]
    assert (claim.source_kind, claim.source_entity_ids, claim.quotation, claim.stance) == ("unnamed", [], None, None)
    assert not bundle.mentions and not bundle.foreign
    assert report.counts == {
        "E": {"claim": 1},
        "T": {"content of a claim": 1, "cue of a claim": 1, "source of a claim": 1, "trigger of a claim": 1},
    }


def test_who_the_source_is_follows_from_the_roles(tmp_path: Path):
    ann = (
        ANN.replace(" Source:T1", "")
        + "T9\tSource 0 3\tAda\nT5\tPERSON 19 22\tBob\nT6\tCue 23 29\tdenied\nT7\tContent 30 34\tthat\n"
    )
    ann += "T8\tDenial 23 29\tdenied\nE2\tDenial:T8 Source:T5 Cue:T6 Content:T7\nE3\tDenial:T8 Content:T3\n"
    _, bundle = imported(tmp_path, TEXT, ann)
    assert [(c.claim_id, c.source_kind, c.source_entity_ids) for c in bundle.claims] == [
        ("E1", "absent", []),
        ("E3", "author", []),
        ("E2", "named", ["T5.entity"]),
    ]
    assert [(m.mention_id, m.text) for m in bundle.mentions] == [("T5", "Bob")]


def test_numbered_roles_are_one_column(tmp_path: Path):
    ann = ANN.replace("Content:T3", "Content:T3 Content2:T5") + "T5\tContent 30 34\tthat\n"
    _, bundle = imported(tmp_path, TEXT, ann)
    assert [f.text for f in bundle.claims[0].content] == ["it rains", "that"]
    assert content(round_trip(tmp_path / "again", TEXT, ann)) == content(ann)


@pytest.fixture(autouse=True)
def again(tmp_path: Path):
    (tmp_path / "again").mkdir()


def test_fragments_in_any_order_are_sorted_and_their_order_comes_out_again(tmp_path: Path):
    ann = ANN.replace("Content 9 17\tit rains", "Content 30 34;9 17\tthat it rains")
    report, bundle = imported(tmp_path, TEXT, ann)
    assert [f.text for f in bundle.claims[0].content] == ["it rains", "that"]
    assert report.notes["lines in a record, and kept as foreign for their form"] == 5
    assert "T3\tContent 30 34;9 17\tthat it rains\n" in round_trip(tmp_path / "again", TEXT, ann)


def test_fragments_that_touch_are_joined_and_come_out_apart(tmp_path: Path):
    ann = ANN.replace("Content 9 17\tit rains", "Content 9 11;11 17\tit  rains")
    _, bundle = imported(tmp_path, TEXT, ann)
    assert [f.text for f in bundle.claims[0].content] == ["it rains"]
    assert content(round_trip(tmp_path / "again", TEXT, ann)) == content(ann)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("E1\tAttribution:T4 Source:T1 Cue:T2 Content:T3", "E1\tAttribution:T4 "), "foreign (no content)"),
        (("Content 9 17\tit rains", "Content 9 17;48 56\tit rains that Ada"), "foreign (in several paragraphs)"),
        (("Content:T3", "Content:T3 Place:T1"), "foreign (with roles that a claim has not)"),
        (("E1\t", "E2\tAttribution:T4 Source:T1 Cue:T2 Content:T3\nE1\t"), "foreign (the claim of another line again)"),
    ],
)
def test_an_event_that_no_claim_can_hold_is_foreign_and_comes_out_again(tmp_path: Path, change: tuple[str, str], why: str):
    ann = ANN.replace(*change)
    report, _ = imported(tmp_path, TEXT, ann)
    assert report.counts["E"][why] == 1
    assert content(round_trip(tmp_path / "again", TEXT, ann)) == content(ann)


def test_what_a_note_refers_to_keeps_its_id(tmp_path: Path):
    ann = ANN + "#1\tAnnotatorNotes T3\tis\tthis all?\n#2\tAnnotatorNotes E1\tyes\n"
    report, _ = imported(tmp_path, TEXT, ann)
    assert report.counts["#"] == {"foreign": 2}
    out = round_trip(tmp_path / "again", TEXT, ann)
    assert content(out) == content(ann)
    assert {line for line in ann.splitlines() if line[0] == "#" or line[:2] == "T3"} <= set(out.splitlines())
    assert re.search("^E1\t.* Content:T3$", out, re.MULTILINE)


def test_a_claim_that_was_changed_is_written_as_it_is_now(tmp_path: Path):
    _, bundle = imported(tmp_path, TEXT, ANN.replace("Content 9 17\tit rains", "Content 30 34;9 17\tthat it rains"))
    claim = bundle.claims[0]
    changed = [type(claim)(**{f: getattr(claim, f) for f in claim.__struct_fields__} | {"content": claim.content[:1]})]
    out = exported(tmp_path / "out", [dataclasses.replace(bundle, claims=changed)])
    assert content((out / "a.ann").read_text("utf-8")) == content(ANN)


# ---------------------------------------------------------------------------------------- entities, chains, attributes

ENTITIES = """T1\tPERSON 0 3\tAda
T2\tPERSON 19 22\tBob
T3\tPERSON 53 56\tAda
"""


def test_a_text_bound_annotation_is_a_mention_with_an_entity(tmp_path: Path):
    _, bundle = imported(tmp_path, TEXT, ENTITIES)
    assert [(m.mention_id, m.text, m.level, m.entity_id) for m in bundle.mentions] == [
        ("T1", "Ada", None, "T1.entity"),
        ("T2", "Bob", None, "T2.entity"),
        ("T3", "Ada", None, "T3.entity"),
    ]
    assert {e.type for e in bundle.entities} == {"PERSON"} and not bundle.foreign


@pytest.mark.parametrize(
    "chain", ["*\tEquiv T3 T1", "*\tSynonym-of T1 T3", "R1\tCoreference Arg1:T3 Arg2:T1", "R1\tCoref Arg1:T1 Arg2:T3"]
)
def test_chains_join_mentions_to_entities(tmp_path: Path, chain: str):
    report, bundle = imported(tmp_path, TEXT, ENTITIES + chain + "\n")
    assert [m.entity_id for m in bundle.mentions] == ["T1.entity", "T2.entity", "T1.entity"]
    assert len(bundle.entities) == 2 and report.counts[chain[0]] == {"coreference": 1}
    assert content(round_trip(tmp_path / "again", TEXT, ENTITIES + chain + "\n")) == content(ENTITIES + chain + "\n")


def test_attributes_and_notes_that_have_a_column_go_there_and_others_stay_foreign(tmp_path: Path):
    ann = ENTITIES + ANN.replace("T", "T1").replace("T1ADA", "").replace("AT1", "AT")
    ann += "A1\tLevel T1 nominal\nA2\tMetonymic T1\nA3\tLevel T2 unheard\nA4\tNegation T2\nA5\tAttitude E1 denies\n"
    ann += "#1\tEntityName T2\tBob B.\nN1\tReference T1 Wikipedia:534\tAda L.\nM1\tNegation E1\nR7\tKnows Arg1:T1 Arg2:T2\n"
    report, bundle = imported(tmp_path, TEXT, ann)
    ada, bob, _ = bundle.mentions
    assert (ada.level, ada.metonymic, bob.level) == ("nominal", True, None)
    assert [e.name for e in bundle.entities] == [None, "Bob B.", None]
    assert bundle.claims[0].attitude == "denies"
    assert report.counts["A"] == {"attitude of a claim": 1, "foreign": 2, "level of a mention": 1, "metonymic of a mention": 1}
    assert report.counts["N"] == report.counts["M"] == report.counts["R"] == {"foreign": 1}
    assert content(round_trip(tmp_path / "again", TEXT, ann)) == content(ann)


def test_a_normalisation_may_name_its_argument(tmp_path: Path):
    ann = ENTITIES + "N1\tOntoBiotope Annotation:T2 Referent:OBT:000061\n"
    report, _ = imported(tmp_path, TEXT, ann)
    assert report.counts["N"] == {"foreign": 1}
    assert content(round_trip(tmp_path / "again", TEXT, ann)) == content(ann)


def test_relations_of_claims(tmp_path: Path):
    ann = ANN + "T5\tContent 30 34\tthat\nT6\tDenial 30 34\tthat\nE2\tDenial:T6 Cue:T2 Content:T5\n"
    ann += "R1\tsupports Arg1:E1 Arg2:E2\nR2\tParent Arg1:E2 Arg2:E1\nR3\tParent Arg1:E1 Arg2:E2\n"
    report, bundle = imported(tmp_path, TEXT, ann)
    first, second = bundle.claims
    assert [(r.type, r.target_id) for r in first.relations] == [("supports", "E2")]
    assert (first.parent_id, second.parent_id) == (None, "E1")
    assert report.counts["R"] == {"foreign": 1, "parent of a claim": 1, "relation of claims": 1}  # no claim inside itself
    assert content(round_trip(tmp_path / "again", TEXT, ann)) == content(ann)


# ------------------------------------------------------------------------------------------------------------ texts


def test_offsets_count_line_ends_and_byte_order_mark_as_the_file_has_them(tmp_path: Path):
    source = "\ufeffAda 👍 said\r\n\r\n\r\nBob\r\nleft\r\n"
    ann = "T1\tX 1 4\tAda\nT2\tX 5 6\t👍\nT3\tX 17 26\tBob  left\nT4\tX 0 4\t\ufeffAda\n"
    report, bundle = imported(tmp_path, source, ann)
    assert [m.text for m in bundle.mentions] == ["Ada", "Ada", "👍", "Bob\nleft"]
    assert report.notes["spans with an edge in white space that our text does not have"] == 1
    out = round_trip(tmp_path / "again", source, ann)
    assert [line.split("\t")[1:] for line in out.splitlines()] == [
        ["X 1 4", "Ada"],
        ["X 5 6", "👍"],
        ["X 17 26", "Bob  left"],
        ["X 1 4", "Ada"],  # without the byte order mark
    ]


def test_quotes_run_over_lines_and_have_spaces_at_their_edges(tmp_path: Path):
    text = "one two \nthree\n\nfour\n"
    ann = "T1\tX 0 14\tone two \nthree\nT2\tX 4 9\ttwo \nT3\tY 9 20\tthree\n\nfour\n\nT4\tX 0 3\tone\t\nT5\tX 4 7\n"
    report, bundle = imported(tmp_path, text, ann)
    assert [m.text for m in bundle.mentions] == ["one two \nthree", "one", "two \n", "two"]
    assert [(f.id, f.fragments[0].text) for f in bundle.foreign] == [("brat.T3", "three\n\nfour")]
    assert sum(report.counts["T"].values()) == 5 and "other" not in report.counts


def test_a_span_without_text_of_ours_keeps_its_offsets(tmp_path: Path):
    text, ann = "one\n\n\n \n\ntwo\n", "T1\tX 5 7\t\nT2\tX 3 3\t\nT3\tX 9 12\ttwo\n"
    report, _ = imported(tmp_path, text, ann)
    assert report.counts["T"] == {"foreign (on no text of ours)": 2, "mention": 1}
    assert [line.split("\t")[1] for line in round_trip(tmp_path / "again", text, ann).splitlines()] == ["X 5 7", "X 3 3", "X 9 12"]


def test_an_empty_file_of_a_named_annotator_says_that_there_was_nothing(tmp_path: Path):
    folder = folder_of(tmp_path / "in", "text", "")
    (folder / "a_bob.ann").write_text("")
    corpus_tools.import_("brat", folder, tmp_path / "seeds")
    (bundle,) = bundles_of(tmp_path / "seeds")
    assert [(f.annotator, f.id) for f in bundle.foreign] == [("bob", "brat.empty")]
    assert sorted(p.name for p in exported(tmp_path / "out", [bundle]).iterdir()) == ["a.txt", "a_bob.ann", "annotation.conf"]


# ---------------------------------------------------------------------------------------------------- folders, labels


def test_annotations_find_their_text():
    texts = [Path("t/a.txt"), Path("t/a_b.txt"), Path("u/a.txt"), Path("u/c.txt")]
    files = [
        "t/a.ann",
        "t/a_b.ann",
        "t/a_b_x1.ann",
        "t/a_x.ann",
        "u/a.ann",
        "v/c.ann",
        "v/c_x.ann",
        "w/c.ann",
        "v/a.ann",
        "v/q.ann",
        "t/a/_x.ann",
    ]
    found = {str(a.files[0]): (str(a.text), a.annotator) for a in Assigned(texts, list(map(Path, files)))}
    assert found == {
        "t/a.ann": ("t/a.txt", "unnamed"),
        "t/a_b.ann": ("t/a_b.txt", "unnamed"),
        "t/a_b_x1.ann": ("t/a_b.txt", "x1"),
        "t/a_x.ann": ("t/a.txt", "x"),
        "u/a.ann": ("u/a.txt", "unnamed"),
        "v/c.ann": ("u/c.txt", "unnamed"),
        "v/c_x.ann": ("u/c.txt", "x"),
        "w/c.ann": ("u/c.txt", "w"),  # a folder for each annotator
        "v/a.ann": ("None", "unnamed"),  # two texts have the name
        "v/q.ann": ("None", "unnamed"),
        "t/a/_x.ann": ("None", "unnamed"),  # t/a.txt is no text of the folder t/a
    }


@given(st.lists(st.from_regex(r"[a-c][._-]?[a-c]?", fullmatch=True), min_size=1, max_size=6, unique=True), st.data())
def test_names_of_files_lead_back_to_document_and_annotator(doc_ids: list[str], data: st.DataObject):
    annotator = st.from_regex(r"[a-c]([_-][a-c])?", fullmatch=True) | st.just("unnamed")
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(doc_ids), annotator), unique=True, max_size=6))
    names = {pair: file_name(*pair, {doc_id: doc_id for doc_id in doc_ids}.get) for pair in pairs}
    assert len(set(names.values())) == len(pairs)
    texts = {doc_id: Path(doc_id) for doc_id in doc_ids}
    assert all(owner(name, texts.get) == (Path(doc_id), annotator) for (doc_id, annotator), name in names.items())


@given(st.text(min_size=1), st.sets(st.text(min_size=1, max_size=2)))
def test_tags_as_labels_lead_back(tag: str, reserved: set[str]):
    label = label_of(tag, reserved, unfit=":")
    assert tag_of(label) == tag and label not in reserved and not any(c.isspace() or c == ":" for c in label)
    assert "\n" not in one_line(tag) and tag_of(one_line(tag)) == tag


def test_annotation_conf_says_what_is_an_event():
    events = "!Abstract\n\tAttribution\tSource:PERSON\n<X>=a|b\n-----\n# no\n"
    conf = f"[entities]\nPERSON\n\n[ events ]\n{events}\n[relations]\nFoo Arg1:<ANY>\n"
    assert event_types(conf) == {"Abstract", "Attribution"}


def test_an_orphan_trigger_is_no_entity(tmp_path: Path):
    folder = folder_of(tmp_path / "in", TEXT, "T1\tAttribution 4 8\tsaid\nT2\tCue 4 8\tsaid\n")
    (folder / "annotation.conf").write_text("[events]\nAttribution\n")
    report = corpus_tools.import_("brat", folder, tmp_path / "seeds")
    assert report.counts["T"] == {"foreign (part of no event)": 2}


# --------------------------------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("T5\tX -1 3\tAda", r"a.ann:6: import-span: code point offset -1 is negative"),
        ("T5\tX 3 1\tAda", r"a.ann:6: import-span: the span 3-1 ends before it starts"),
        ("T5\tX 0 999999999999\tAda", r"a.ann:6: import-span: code point offset 999999999999 is past the end of the text \(74\)"),
        ("T5\tX 0 99999999999999999999\tAda", r"a.ann:6: import-line: .*expected T1, tab, label and offsets"),
        ("T5\tX 1 4\tAda", r'a.ann:6: import-span: "da " at 1-4; expected "Ada"; nearest: "Ada" at 0-3'),
        ("T5\tX 0 3;4 8\tAda sang", r'a.ann:6: import-span: "Ada said" at 0-3;4-8; expected "Ada sang"'),
        ("T1\tX 0 3\tAda", r"a.ann:6: import-line: the id T1 again; expected an id of its own \(line 1 has it\)"),
        ("E5\tX:T99", r"a.ann:6: import-reference: T99, which is not there or refused"),
        ("E5\tX:E1", r"a.ann:6: import-reference: the trigger E1; expected the id of a T line"),
        ("A1\tX E9 1", r"a.ann:6: import-reference: E9, which is not there"),
        ("R1\tX E1 T1", r"a.ann:6: import-line: .*expected R1, tab, type and Arg1:ID Arg2:ID"),
        ("E2\tX:T1\tmore", r"a.ann:6: import-line: .*and nothing more"),
        ("what is this", r'a.ann:6: import-line: "what is this"; expected T1, E1, R1'),
    ],
)
def test_a_line_that_is_not_sound_is_refused_with_its_place(tmp_path: Path, line: str, finding: str):
    with pytest.raises(CorpusError, match=finding) as caught:
        imported(tmp_path, TEXT, ANN + line + "\n")
    assert len(caught.value.findings) == 1 and not (tmp_path / "seeds").exists()
    report, bundle = imported(tmp_path, TEXT, ANN + line + "\n", keep_going=True)
    assert len(report.findings) == 1 and len(bundle.claims) == 1
    outcomes = [outcome for outcomes in report.counts.values() for outcome in outcomes]
    assert sum(outcome.startswith("refused") for outcome in outcomes) == 1


def test_what_refers_to_a_refused_line_is_refused_with_it(tmp_path: Path):
    ann = ANN.replace("Content 9 17\tit rains", "Content 9 17\tit pours") + "#1\tAnnotatorNotes E1\tso\nT9\tX 0 3\tAda\n"
    report, bundle = imported(tmp_path, TEXT, ann, keep_going=True)
    assert [(f.line, f.rule) for f in report.findings] == [(3, "import-span"), (5, "import-reference"), (6, "import-reference")]
    assert [m.text for m in bundle.mentions] == ["Ada"] and not bundle.claims
    assert {kind: sum(outcomes.values()) for kind, outcomes in report.counts.items()} == {"#": 1, "E": 1, "T": 5}


def test_files_that_cannot_be_read_are_refused_and_the_others_imported(tmp_path: Path):
    folder = folder_of(tmp_path / "in", TEXT, ANN, "good")
    folder_of(folder, b"Ada\n\xff", ANN, "text")
    folder_of(folder, TEXT, b"T1\tX 0 3\tAda\nT2\tX \xff", "ann")
    (folder / "alone.ann").write_text(ANN)
    report = corpus_tools.import_("brat", folder, tmp_path / "seeds", keep_going=True)
    places = {(Path(f.path).name, f.line, f.rule) for f in report.findings}
    assert places == {("text.txt", 2, "source-utf8"), ("ann.ann", 2, "import-line"), ("alone.ann", 1, "import-file")}
    assert report.documents == 2 and report.records == {"claims": 1}
    assert sum(report.counts["T"].values()) == 4 + 4 + 2 + 4 and sum(report.counts["E"].values()) == 3


def test_an_a2_file_goes_on_with_its_a1_file(tmp_path: Path):
    whole = folder_of(tmp_path / "whole", TEXT, ENTITIES + ANN.replace("T", "T1").replace("T1ADA", "").replace("AT1", "AT"))
    lines = (whole / "a.ann").read_text().splitlines(keepends=True)
    for number, end in enumerate(("", "\n")):
        parts = tmp_path / f"parts{number}"
        parts.mkdir()
        (parts / "a.txt").write_text(TEXT)
        (parts / "a.a1").write_text("".join(lines[:3]) + end)
        (parts / "a.a2").write_text("".join(lines[3:]))
        assert corpus_tools.doctor(parts).clean
        one, two = (corpus_tools.import_("brat", path, path / "seeds") for path in (whole, parts))
        assert (one.counts, one.records) == (two.counts, two.records) and one.records["claims"] == 1
        assert (whole / "seeds/a.unnamed.jsonl").read_bytes() == (parts / "seeds/a.unnamed.jsonl").read_bytes()
        shutil.rmtree(whole / "seeds")


def test_a_finding_in_an_a2_file_has_its_line_there(tmp_path: Path):
    folder = folder_of(tmp_path / "in", TEXT, "")
    (folder / "a.ann").unlink()
    (folder / "a.a1").write_text("T1\tX 0 3\tAda\nT2\tX 0 3\tBob\n")
    (folder / "a.a2").write_text("R1\tKnows Arg1:T1 Arg2:T1\nR2\tKnows Arg1:T1 Arg2:T9\n")
    report = corpus_tools.import_("brat", folder, tmp_path / "seeds", keep_going=True)
    assert [(Path(f.path).name, f.line, f.rule) for f in report.findings] == [
        ("a.a1", 2, "import-span"),
        ("a.a2", 2, "import-reference"),
    ]
    (folder / "a.a1").write_bytes(b"T1\tX 0 3\tAda\xff\n")
    report = corpus_tools.import_("brat", folder, tmp_path / "seeds2", keep_going=True)
    assert [(Path(f.path).name, f.line, f.rule) for f in report.findings] == [("a.a1", 1, "import-line")]
    assert report.counts == {"T": {"refused with its file": 1}, "R": {"refused with its file": 2}}


# -------------------------------------------------------------------------------------------------------- any .ann file

_LABELS = ["PERSON", "Source", "Cue", "Content", "Content2", "Attribution", "Untyped", "50%", "%53ource", "é"]


@st.composite
def ann_files(draw: st.DrawFn) -> tuple[str, str]:
    """A text and sound annotations of it, with every habit of brat and some more."""
    text = draw(
        st.lists(st.sampled_from(["Ada", " ", "\n", "\n\n", "\r\n", "\n \n\n", "👍", "e\u0301", "“x”"]), max_size=12).map("".join)
    )
    lines = []
    for number in range(draw(st.integers(0, 6))):
        borders = draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6))
        pairs = [tuple(sorted(pair)) for pair in zip(borders[::2], borders[1::2], strict=False)]
        words = " ".join(text[a:b] for a, b in pairs)
        words = words if draw(st.booleans()) else " ".join(words.split())
        spans = ";".join(f"{a} {b}" for a, b in pairs)
        lines.append(f"T{number + 1}\t{draw(st.sampled_from(_LABELS))} {spans}\t{words}")
    texts = [f"T{number + 1}" for number in range(len(lines))]
    events = [f"E{number + 1}" for number in range(draw(st.integers(0, 4)) if texts else 0)]
    roles = st.sampled_from(["Source", "Cue", "Content", "Content2", "Theme"])
    for event in events:
        arguments = draw(st.lists(st.tuples(roles, st.sampled_from(texts * 4 + events)), max_size=4))
        lines.append(
            f"{event}\t{draw(st.sampled_from(_LABELS))}:{draw(st.sampled_from(texts))} " + " ".join(map(":".join, arguments))
        )
    anything = st.sampled_from(texts + events) if texts else st.nothing()
    relations = st.sampled_from(["Parent", "SourceEntity", "Coreference", "supports", "a%20b"])
    for number in range(draw(st.integers(0, 4)) if texts else 0):
        lines.append(f"R{number + 1}\t{draw(relations)} Arg1:{draw(anything)} Arg2:{draw(anything)}")
    attributes = st.sampled_from(["Level {} nominal", "Metonymic {}", "Attitude {} affirms", "Stance {} neutral", "Negation {}"])
    for number in range(draw(st.integers(0, 3)) if texts else 0):
        lines.append(f"A{number + 1}\t{draw(attributes).format(draw(anything))}")
    for number in range(draw(st.integers(0, 2)) if texts else 0):
        kind, note = draw(st.sampled_from(["EntityName", "AnnotatorNotes"])), draw(st.sampled_from(["x", "5%", "a%0Ab"]))
        lines.append(f"#{number + 1}\t{kind} {draw(anything)}\t{note}")
    for _ in range(draw(st.integers(0, 2)) if texts else 0):
        lines.append("*\tEquiv " + " ".join(draw(st.lists(st.sampled_from(texts), min_size=1, max_size=3))))
    return text, "".join(f"{line}\n" for line in draw(st.permutations(lines)))


@settings(max_examples=150, deadline=None)
@given(ann_files())
def test_any_sound_file_is_accounted_for_and_comes_out_again(files: tuple[str, str]):
    text, ann = files
    with tempfile.TemporaryDirectory() as folder:
        report, bundle = imported(Path(folder), text, ann)
        counted = Counter({kind: sum(outcomes.values()) for kind, outcomes in report.counts.items()})
        assert counted == Counter(line.kind for line in parse(ann) if isinstance(line, Line)) and not report.findings
        out = exported(Path(folder, "out"), [bundle], {"claim_types": {}, "relation_types": {}})
        assert content((out / "a.ann").read_bytes().decode(), text) == content(ann, text)


@settings(max_examples=100, deadline=None)
@given(ann_files(), st.data())
def test_any_damaged_file_gives_documents_and_findings(files: tuple[str, str], data: st.DataObject):
    text, ann = files
    damaged = list(ann)
    for at in data.draw(st.lists(st.integers(0, max(0, len(ann) - 1)), max_size=4)):
        damaged[at : at + 1] = data.draw(st.sampled_from(["", "\n", "\t", "-", "9", ":", "T", " ", "\r", "\x85", "\u2028"]))
    with tempfile.TemporaryDirectory() as folder:
        report, _ = imported(Path(folder), text, "".join(damaged), keep_going=True)
        refused = [number for outcomes in report.counts.values() for o, number in outcomes.items() if o.startswith("refused")]
        assert sum(refused) == len(report.findings)


@given(st.text(alphabet=st.sampled_from("TREAMN#*19 \t\n:;-ab")))
def test_any_text_is_lines_or_malformed(text: str):
    for line in parse(text):
        assert line.number >= 1
        if isinstance(line, Line) and line.kind != "T":
            assert parse(written(line)) == [line._replace(number=1)]


# -------------------------------------------------------------------------------------------------------------- export


def test_an_import_of_an_export_keeps_the_ids_that_brat_has(tmp_path: Path):
    text = "Ada met Bob."
    records = [
        {"table": "entities", "entity_id": "e", "type": "WORK OF ART", "name": "50%\nof"},
        {"table": "mentions", "mention_id": "T7", "entity_id": "e", "fragments": [fragment(text, "Ada")]},
        {"table": "mentions", "mention_id": "m", "entity_id": "e", "fragments": [fragment(text, "Bob")]},
        {"table": "claims", "claim_id": "E3", "content": [fragment(text, "met")], "type": "Source"},
    ]
    config = CONFIG | {"entity_types": {"WORK OF ART": ""}, "claim_types": {"Source": ""}}
    (bundle,) = compiled([seed("d", text.encode(), {"ann": records})], config)
    out = exported(tmp_path / "out", [bundle], config)
    assert (out / "d_ann.ann").read_text("utf-8") == (
        "T7\tWORK%20OF%20ART 0 3\tAda\nT8\tWORK%20OF%20ART 8 11\tBob\nT9\t%53ource 4 7\tmet\nT10\tContent 4 7\tmet\n"
        "E3\t%53ource:T9 Content:T10\nA1\tLevel T7 name\nA2\tLevel T8 name\n*\tEquiv T7 T8\n#1\tEntityName T7\t50%25%0Aof\n"
    )
    corpus_tools.import_("brat", out, tmp_path / "seeds")
    (back,) = bundles_of(tmp_path / "seeds")
    assert [(e.type, e.name) for e in back.entities] == [("WORK OF ART", "50%\nof")]
    assert [c.type for c in back.claims] == ["Source"] and not back.foreign
    assert "WORK%20OF%20ART\n" in (out / "annotation.conf").read_text("utf-8")


# ------------------------------------------------------------------------------------------------------------- PolNeAR


@pytest.mark.skipif(not POLNEAR.is_dir(), reason="the PolNeAR sample is not beside the checkout")
def test_every_line_of_the_polnear_sample_is_accounted_for_and_comes_out_again(tmp_path: Path):
    files = sorted((POLNEAR / "attributions").glob("*.ann"))
    report = corpus_tools.import_("brat", POLNEAR, tmp_path / "seeds")
    lines = Counter(line[0] for file in files for line in file.read_text("utf-8").split("\n") if line)
    assert {kind: sum(outcomes.values()) for kind, outcomes in report.counts.items()} == lines
    assert report.documents == 24 and not report.findings
    assert report.counts["E"]["claim"] == report.records["claims"]
    bundles = bundles_of(tmp_path / "seeds")
    out = exported(tmp_path / "out", bundles)
    for file in files:
        assert content((out / file.name).read_text("utf-8")) == content(file.read_text("utf-8")), file.name
    for text in (POLNEAR / "text").iterdir():
        assert (out / text.name).read_bytes() == text.read_bytes()
