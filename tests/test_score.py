"""Scores of corpora: who is compared with whom, what is missing, where the differences stand, and what is printed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_corpus import BRIDGE_A1, write_seeds

import corpus_tools
from corpus_tools import CorpusError, UsageError, cli

TOP = Path(__file__).parents[1]


def built(folder, **files):
    """A corpus of the small seeds with other files in it: {"bridge.a1.yaml": text}, None for none."""
    seeds = write_seeds(folder / "seeds")
    for name, text in files.items():
        path = seeds / name.replace("__", ".")
        path.write_text(text, "utf-8") if text is not None else path.unlink()
    corpus_tools.build(seeds, folder / "corpus")
    return folder / "corpus"


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    return built(tmp_path_factory.mktemp("gold"))


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rich")
    corpus_tools.build(TOP / "tests/data/rich", folder / "corpus")
    return folder / "corpus"


def f1(scores, layer, name):
    return scores.scores[layer][name].f1


def all_are_1(scores):
    return {score.f1 for named in scores.scores.values() for score in named.values()} <= {1.0, None}


def test_a_corpus_scores_1_against_itself(gold, rich):
    for corpus in (gold, rich, TOP / "corpus"):
        scores = corpus_tools.score(corpus, corpus)
        assert all_are_1(scores)
        assert (scores.missing, scores.without_gold, scores.disagreements) == ([], [], [])
    assert [scores.scores[layer][name].f1 for layer, name in (("coreference", "conll"), ("claims", "relations"))] == [1.0, 1.0]
    assert scores.scores["mentions"]["exact"].interval is None  # one document


def test_annotators_of_the_same_name_are_compared_and_their_counts_added_up(gold):
    scores = corpus_tools.score(gold, gold)
    assert scores.annotators == [("a1", "a1"), ("a2", "a2")]
    assert scores.documents == 2  # nobody annotated the third
    assert scores.scores["claims"]["content exact"].gold == 6
    assert scores.scores["mentions"]["exact"].interval == (1.0, 1.0)


def test_what_another_corpus_has_wrong_is_counted(gold, tmp_path):
    changed = BRIDGE_A1.replace("source: Locals", "source: Locals, stance: disputes").replace("content: It is in", "content: is in")
    changed = changed.replace("      - {quote: her, entity: ada, level: pronoun}\n", "")
    other = built(tmp_path, bridge__a1__yaml=changed)
    scores = corpus_tools.score(gold, other, "a1")
    exact = scores.scores["mentions"]["exact"]
    assert (exact.recall, exact.precision, exact.gold, exact.other) == (4 / 5, 1, 5, 4)
    assert f1(scores, "claims", "content exact") == 4 / 5
    assert f1(scores, "claims attributes", "stance") == 4 / 5
    assert [(d.layer, d.what, d.gold_text, d.gold_value, d.other_value) for d in scores.disagreements] == [
        ("claims", "stance", "it", "neutral", "disputes"),
        ("mentions", "missed", "her", "PERSON", ""),
        ("claims", "content", "It is in Köln", "It is in Köln", "is in Köln"),
    ]
    assert scores.confusions["claims"]["stance"]["neutral"] == {"disputes": 1, "neutral": 3}


def test_differences_stand_where_they_are_written(gold, tmp_path):
    changed = BRIDGE_A1.replace("{quote: her, entity: ada, level: pronoun}", "{quote: her, entity: ada}")
    other = built(tmp_path, bridge__a1__yaml=changed)
    gold_seeds, other_seeds = gold.parent / "seeds", tmp_path / "seeds"
    (found,) = corpus_tools.score(gold, other, "a1", seeds=gold_seeds, other_seeds=other_seeds).disagreements
    assert (found.what, found.gold, found.gold_value, found.other_value) == ("level", "a1/p3.m2", "pronoun", "name")
    line = BRIDGE_A1.splitlines().index("      - {quote: her, entity: ada, level: pronoun}") + 1
    assert found.gold_place == f"{gold_seeds / 'bridge.a1.yaml'}:{line}"
    assert found.other_place == f"{other_seeds / 'bridge.a1.yaml'}:{line}"
    (found,) = corpus_tools.score(gold, other, "a1").disagreements
    path, number = found.other_place.rsplit(":", 1)
    record = json.loads(Path(path).read_text("utf-8").splitlines()[int(number) - 1])
    assert (record["mention_id"], record["text"]) == ("p3.m2", "her")


def test_seeds_that_do_not_give_the_record_any_more_are_not_taken_for_its_place(gold, tmp_path):
    changed = BRIDGE_A1.replace("level: pronoun", "level: nominal")
    other = built(tmp_path, bridge__a1__yaml=changed)
    (tmp_path / "seeds" / "bridge.a1.yaml").write_text(BRIDGE_A1, "utf-8")  # after the build
    (found,) = corpus_tools.score(gold, other, "a1", other_seeds=tmp_path / "seeds").disagreements
    assert found.other_place.startswith(f"{other / 'jsonl' / 'mentions.jsonl'}:")
    with pytest.raises(UsageError, match="not a folder of seeds"):
        corpus_tools.score(gold, other, "a1", seeds=tmp_path / "nowhere")


def test_two_annotators_of_one_corpus(rich):
    scores = corpus_tools.score(rich, rich, "ann", "bob")
    assert scores.annotators == [("ann", "bob")]
    assert (scores.documents, scores.missing, scores.without_gold) == (2, ["rio"], ["news"])
    assert scores.scores["mentions"]["exact"].gold == 15
    assert scores.scores["mentions"]["exact"].recall == 1 / 15
    assert (
        sum(d.document == "rio" for d in scores.disagreements)
        == sum(d.document == "rio" and d.what == "missed" for d in scores.disagreements)
        > 0
    )
    back = corpus_tools.score(rich, rich, "bob", "ann")
    assert (back.documents, back.missing, back.without_gold) == (2, ["news"], ["rio"])


def test_a_document_that_the_other_corpus_does_not_have_is_missed(gold, tmp_path):
    seeds = write_seeds(tmp_path / "seeds")
    for path in seeds.glob("fluss.*"):
        path.unlink()
    corpus_tools.build(seeds, tmp_path / "corpus")
    scores = corpus_tools.score(gold, tmp_path / "corpus", "a1")
    assert scores.missing == ["fluss"]
    assert scores.scores["mentions"]["exact"].recall == 4 / 5
    back = corpus_tools.score(tmp_path / "corpus", gold, "a1")
    assert (back.without_gold, f1(back, "mentions", "exact")) == (["fluss"], 1.0)


def test_who_is_meant_must_be_plain(gold, rich):
    for arguments, said in (
        ((gold, rich), "annotators a1, a2: --annotator says who is meant"),
        ((gold, rich, "a1"), "annotators ann, bob: --other-annotator says who is meant"),
        ((gold, gold, "a3"), "no annotator a3; nearest: a1, a2"),
        ((gold, gold, "a1", "xyz"), "no annotator xyz; nearest: a1, a2"),
    ):
        with pytest.raises(UsageError) as error:
            corpus_tools.score(*arguments)
        assert str(error.value) == said
    assert corpus_tools.score(gold, gold, "a1").annotators == [("a1", "a1")]
    assert corpus_tools.score(gold, gold, other_annotator="a2").annotators == [("a2", "a2")]


def test_other_texts_cannot_be_scored_and_all_are_named(gold, tmp_path):
    seeds = write_seeds(tmp_path / "seeds")
    import hashlib

    for name, old, new in (("bridge.md", b"Locals", b"People"), ("fluss.txt", b"sagt man", b"sagt wer")):
        source = (seeds / name).read_bytes()
        metadata = (seeds / name).with_suffix(".meta.yaml")
        changed = source.replace(old, new)
        metadata.write_text(
            metadata.read_text("utf-8").replace(hashlib.sha256(source).hexdigest(), hashlib.sha256(changed).hexdigest()), "utf-8"
        )
        (seeds / name).write_bytes(changed)
    (seeds / "bridge.a1.yaml").write_text(BRIDGE_A1.replace("Locals", "People"), "utf-8")
    corpus_tools.build(seeds, tmp_path / "corpus")
    with pytest.raises(CorpusError) as error:
        corpus_tools.score(gold, tmp_path / "corpus")
    assert [(finding.rule, finding.document) for finding in error.value.findings] == [
        ("score-text", "bridge"),
        ("score-text", "fluss"),
    ]


def test_a_corpus_without_annotations_is_scored_as_empty_but_is_no_gold(gold, tmp_path):
    nothing = {f"{name}__yaml": None for name in ("bridge__a1", "bridge__a2", "fluss__a1")}
    other = built(tmp_path, **nothing)
    scores = corpus_tools.score(gold, other)
    exact = scores.scores["mentions"]["exact"]
    assert (exact.precision, exact.recall, exact.f1, exact.other) == (None, 0, 0, 0)
    assert scores.missing == ["bridge", "fluss"]
    assert scores.scores["claims attributes"]["type"].f1 is None
    with pytest.raises(UsageError, match="nothing by a1, a2, so there is nothing to score against"):
        corpus_tools.score(other, gold)


def test_a_damaged_line_is_named(gold, tmp_path):
    other = built(tmp_path)
    path = other / "jsonl" / "mentions.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"level":"name"', b'"level":"nme"', 1))
    with pytest.raises(CorpusError, match=r"mentions\.jsonl:1.*schema: level"):
        corpus_tools.score(gold, other)


def test_without_scipy_it_is_said_what_to_install(gold, rich):
    code = "import sys; sys.modules['scipy'] = sys.modules['scipy.optimize'] = None; from corpus_tools import cli; cli.main(sys.argv[1:])"
    arguments = ["score", str(rich), str(rich), "--annotator", "ann", "--other-annotator", "bob"]
    process = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | {"PYTHONPATH": str(TOP / "src")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert process.returncode == 2
    assert process.stderr == "corpus-tools: scores need scipy, which is not installed: pip install 'corpus-tools[score]'\n"


# --------------------------------------------------------------------------------------------------------- printed


def printed(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        cli.main([str(argument) for argument in arguments])
    assert end.value.code == 0
    return capsys.readouterr().out


def test_the_terminal_shows_scores_confusions_and_every_difference(rich, capsys):
    seeds = TOP / "tests/data/rich"
    options = ["--annotator", "ann", "--other-annotator", "bob", "--seeds", seeds, "--other-seeds", seeds]
    out = printed(capsys, "score", rich, rich, *options, "--details")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "gold ann, other bob"
    assert "nothing by the other annotator, so all of it missed: rio" in lines
    assert "nothing by the gold annotator, so not scored: news" in lines
    assert "mentions strict 0.500 0.067 0.118 0.000–0.143 15 2" in lines
    assert "CoNLL average – – 0.040 0.000–0.051 – –" in lines
    assert "mentions type: PERSON → none 10, GPE → none 2, ORG → none 1" in lines
    at = lines.index("flood p2 mentions: boundary")
    assert lines[at + 1] == f'- "Ada Babbage" ann/p2.m3 {seeds}/flood.ann.yaml:18'
    assert lines[at + 2] == f'+ "Ada" bob/p2.m1 {seeds}/flood.bob.yaml:9'
    assert lines[-1].startswith("26 disagreements: 13 missed (mentions), 9 missed (claims), ")
    assert printed(capsys, "score", rich, rich, *options).endswith("; --details lists them\n")


def test_json_holds_the_same_as_the_function(rich, capsysbinary):
    with pytest.raises(SystemExit):
        cli.main(["score", str(rich), str(rich), "--annotator", "ann", "--other-annotator", "bob", "--json"])
    found = json.loads(capsysbinary.readouterr().out)
    scores = corpus_tools.score(rich, rich, "ann", "bob")
    assert found["scores"]["mentions"]["exact"]["recall"] == scores.scores["mentions"]["exact"].recall
    assert found["scores"]["coreference"]["muc"] == {
        "precision": None,
        "recall": 0.0,
        "f1": 0.0,
        "interval": [0.0, 0.0],
        "gold": 8,
        "other": 0,
    }
    assert len(found["disagreements"]) == 26
    assert found["confusions"]["mentions"]["type"]["GPE"] == {"-": 2}
