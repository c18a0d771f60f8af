"""CoNLL-U: words, spaces and brackets come in exactly, and every line comes out again."""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections import Counter
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from corpora import CONFIG, bundles_of, compiled, seed
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_tools
from corpus_tools.exporting import _Losses
from corpus_tools.findings import CorpusError
from corpus_tools.formats import format_named
from corpus_tools.formats.conllu.brackets import Marked, Value, bracket_values, can_be_paired, read_brackets, value_of
from corpus_tools.formats.conllu.lines import parse, written
from corpus_tools.formats.conllu.metadata import comments_of, known
from corpus_tools.formats.conllu.reading import read_document
from corpus_tools.formats.conllu.spacing import escaped, unescaped
from corpus_tools.formats.conllu.tokens import word_spans
from corpus_tools.formats.conllu.told import Mark, Told, told_by
from corpus_tools.formats.conllu.writing import fresh_lines
from corpus_tools.importing import ImportReport
from corpus_tools.records import Entity, Fragment, Mention
from corpus_tools.rules import Bundle

GUM = Path(__file__).parents[2] / "shared" / "data" / "gum-sample"
CONLLU = format_named("conllu")


def row(name: str, form: str, misc: str = "_", upos: str = "_", head: str = "_") -> str:
    return "\t".join([name, form, "_", upos, "_", "_", head, "_", "_", misc]) + "\n"


def words(text: str, **miscs: str) -> str:
    """A sentence: words separated by spaces; ``w2`` is the MISC of the second."""
    forms = text.split()
    return "".join(row(str(n), form, miscs.get(f"w{n}", "_")) for n, form in enumerate(forms, 1)) + "\n"


HEAD = "# newdoc id = a\n# global.Entity = eid-etype-head-other\n"


def imported(path: Path, data: str | bytes, keep_going: bool = False) -> tuple[ImportReport, list[Bundle]]:
    folder = path / "in"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.conllu").write_bytes(data.encode() if isinstance(data, str) else data)
    report = corpus_tools.import_("conllu", folder, path / "seeds", keep_going)
    return report, bundles_of(path / "seeds")


def exported(path: Path, bundles: list[Bundle]) -> tuple[str, Counter[str]]:
    """What a file for each document has, and what is lost."""
    path.mkdir()
    losses = _Losses(CONLLU)
    counted = CONLLU.write(losses.count(iter(bundles)), CONFIG, path)
    lost = Counter({key: loss.records for key, loss in losses.report(counted).items()})
    files = [path / f"{bundle.document.doc_id}.conllu" for bundle in bundles]
    return "".join(file.read_bytes().decode() for file in files), lost


def spans(bundle: Bundle) -> list[tuple[str, list[str]]]:
    return [(mention.entity_id, [fragment.text for fragment in mention.fragments]) for mention in bundle.mentions]


def one(path: Path, data: str) -> Bundle:
    """The document of a file; its lines must come out again."""
    _, (bundle,) = imported(path, data)
    text, lost = exported(path / "out", [bundle])
    assert text == data and lost["foreign"] == 0
    return bundle


# ------------------------------------------------------------------------------------------------------------- GUM


def counted(text: str) -> dict[str, int]:
    """What there is in a file of GUM, counted another way."""
    misc = [line.split("\t")[9] for line in text.split("\n") if "\t" in line]
    values = [item[7:] for value in misc for item in value.split("|") if item.startswith("Entity=")]
    opened = [name for value in values for name in re.findall(r"\(([^-()]+)", value)]
    return {
        "words": len(re.findall(r"^[0-9]+\t", text, re.MULTILINE)),
        "sentences": len(re.findall(r"^1\t", text, re.MULTILINE)),
        "paragraphs": len(re.findall(r"^# newpar$", text, re.MULTILINE)),
        "mentions": len(opened),
        "clusters": len(set(opened)),
    }


@pytest.mark.skipif(not GUM.is_dir(), reason=f"no {GUM}")
def test_gum_comes_through_exactly(tmp_path: Path):
    report = corpus_tools.import_("conllu", GUM, tmp_path / "seeds")
    corpus_tools.build(tmp_path / "seeds", tmp_path / "corpus")
    assert corpus_tools.check(tmp_path / "corpus", tmp_path / "seeds") == []
    assert not report.notes and not any(o.startswith("refused") for outcomes in report.counts.values() for o in outcomes)
    for bundle in bundles_of(tmp_path / "seeds"):
        text = (GUM / f"{bundle.document.doc_id}.conllu").read_text("utf-8")
        assert counted(text) == {
            "words": sum(record.label == "word" for record in bundle.foreign),
            "sentences": sum(len(paragraph.sentences) for paragraph in bundle.paragraphs),
            "paragraphs": len(bundle.paragraphs),
            "mentions": len(bundle.mentions),
            "clusters": len(bundle.entities),
        }
        said = re.findall(r"^# text = (.*)$", text, re.MULTILINE)
        assert said == [bundle.document.text[s.start : s.end] for p in bundle.paragraphs for s in p.sentences]
    exported = corpus_tools.export("conllu", tmp_path / "corpus", tmp_path / "out")
    assert set(exported.lost) == {"mentions.mention_id"}
    for file in GUM.glob("*.conllu"):
        assert (tmp_path / "out" / file.name).read_bytes() == file.read_bytes()


# ---------------------------------------------------------------------------------------------------------- brackets


def test_brackets_nest_to_any_depth_and_several_stand_on_one_word(tmp_path: Path):
    data = HEAD + words(
        "a b c d", w1="Entity=(e1-person(e2-place(e1-person", w2="Entity=(e3-place)e1)", w3="Entity=e2)", w4="Entity=e1)"
    )
    bundle = one(tmp_path, data)
    assert spans(bundle) == [("e1", ["a b c d"]), ("e2", ["a b c"]), ("e1", ["a b"]), ("e3", ["b"])]
    assert {e.entity_id: e.type for e in bundle.entities} == {"e1": "person", "e2": "place", "e3": "place"}


def test_a_closing_bracket_closes_the_last_one_of_its_entity(tmp_path: Path):
    data = HEAD + words("a b c d", w1="Entity=(e1-x", w2="Entity=(e1-x", w3="Entity=e1)", w4="Entity=e1)")
    assert spans(one(tmp_path, data)) == [("e1", ["a b c d"]), ("e1", ["b c"])]


def test_entities_may_cross_and_run_over_sentences(tmp_path: Path):
    data = HEAD + words("a b c", w1="Entity=(e1-x", w2="Entity=(e2-x", w3="Entity=e1)") + words("d e", w1="Entity=e2)")
    assert spans(one(tmp_path, data)) == [("e1", ["a b c"]), ("e2", ["b c d"])]


def test_a_discontinuous_mention_is_one(tmp_path: Path):
    data = HEAD + words(
        "a b c d", w1="Entity=(e1[1/3]-x-1-k:v)", w2="Entity=(e1-x)", w3="Entity=(e1[2/3]-x)", w4="Entity=(e1[3/3])"
    )
    bundle = one(tmp_path, data)
    assert spans(bundle) == [("e1", ["a", "c", "d"]), ("e1", ["b"])]
    attributes = [json.loads(r.attributes) for r in bundle.foreign if r.label == "mention"]
    assert attributes[0] == {
        "mention_id": "m1",
        "eid": "e1",
        "etype": "x",
        "head": "1",
        "other": "k:v",
        "words": [["1.1", "1.1"], ["1.3", "1.3"], ["1.4", "1.4"]],
    }


def test_parts_of_two_mentions_go_to_the_one_that_began_last(tmp_path: Path):
    first, second = "Entity=(e1[1/2]-x)", "Entity=(e1[2/2]-x)"
    assert spans(one(tmp_path, HEAD + words("a b c d", w1=first, w2=first, w3=second, w4=second))) == [
        ("e1", ["a", "d"]),
        ("e1", ["b", "c"]),
    ]


def test_percent_escapes_are_read_and_fields_that_are_missing_are_not(tmp_path: Path):
    head = "# newdoc id = a\n# global.Entity = GRP-etype-infstat-identity\n"
    data = head + words("a b c", w1="Entity=(1-a%2Db-new-St._John%28s%29_%2D_X)", w2="Entity=(2%2D3)", w3="Entity=(a%20b-x)")
    bundle = one(tmp_path, data)
    assert [(e.entity_id, e.type, e.name) for e in bundle.entities] == [
        ("1", "a-b", "St. John(s) - X"),
        ("2-3", "untyped", None),
        ("a-b", "x", None),
    ]


def test_type_and_name_are_the_first_that_a_bracket_gives(tmp_path: Path):
    head = "# newdoc id = a\n# global.Entity = eid-etype-identity\n"
    bundle = one(tmp_path, head + words("a b c", w1="Entity=(e1)", w2="Entity=(e1-x)", w3="Entity=(e1-y-N_M)"))
    assert [(e.entity_id, e.type, e.name) for e in bundle.entities] == [("e1", "x", "N M")]


def test_global_entity_is_said_once_for_a_file(tmp_path: Path):
    head = "# newdoc id = a\n# global.Entity = entity-GRP-infstat\n"
    data = (
        head
        + words("a b", w1="Entity=(person-1-new", w2="Entity=person-1)")
        + "# newdoc id = b\n"
        + words("c", w1="Entity=(place-2)")
    )
    _, bundles = imported(tmp_path, data)
    assert [(spans(bundle), bundle.entities[0].type) for bundle in bundles] == [
        ([("1", ["a b"])], "person"),
        ([("2", ["c"])], "place"),
    ]
    text, _ = exported(tmp_path / "out", bundles)
    assert text == data.replace("id = b\n", "id = b\n# global.Entity = entity-GRP-infstat\n")


def test_brackets_of_gum_before_it_had_global_entity(tmp_path: Path):
    """The entity is the number, not the type: two places are two."""
    data = "# newdoc id = a\n" + words(
        "Many of Tulsa s areas", w1="Entity=(place-103", w3="Entity=(place-1)", w4="Entity=(place-1)", w5="Entity=place-103)"
    )
    bundle = one(tmp_path, data)
    assert spans(bundle) == [("103", ["Many of Tulsa s areas"]), ("1", ["Tulsa"]), ("1", ["s"])]
    assert {entity.type for entity in bundle.entities} == {"place"}
    report, _ = imported(tmp_path / "again", data)
    assert report.notes == {"documents without # global.Entity: their brackets are read as entity-GRP-other": 1}


@pytest.mark.parametrize("head", ["# newdoc id = a\n", "# newdoc id = a\n# global.Entity = etype\n"])
def test_brackets_of_types_alone_are_mentions_of_an_entity_each(tmp_path: Path, head: str):
    data = head + words("the area of Tulsa", w1="Entity=(place", w4="Entity=(place)place)")
    bundle = one(tmp_path, data)
    assert [texts for _, texts in spans(bundle)] == [["the area of Tulsa"], ["Tulsa"]]
    assert [entity.type for entity in bundle.entities] == ["place", "place"]
    changed = replace(bundle, mentions=bundle.mentions[1:], entities=bundle.entities[1:])
    text, lost = exported(tmp_path / "changed", [changed])
    assert lost["foreign"] == 0 and text.count("(place") == 1 and "# global.Entity = eid-etype-" in text
    _, (back,) = imported(tmp_path / "back", text)
    assert spans(back) == spans(changed) and back.entities[0].type == "place"


@pytest.mark.parametrize(
    ("upos", "head", "values", "level"),
    [
        (["DET", "PROPN"], ["2", "0"], "", "name"),
        (["PROPN", "NOUN"], ["2", "0"], "", "nominal"),
        (["PROPN", "NOUN"], ["2", "0"], "-1", "name"),
        (["PRON", "NOUN"], ["3", "1"], "", "pronoun"),
        (["DET", "NOUN"], ["3", "1"], "", None),
        (["_", "_"], ["_", "_"], "", None),
        (["PRON", "NOUN"], ["x", "1"], "-99", "pronoun"),
        (["PRON", "NOUN"], ["x", "1"], "-nonsense", "pronoun"),
    ],
)
def test_the_level_is_that_of_the_head(tmp_path: Path, upos, head, values, level):
    data = HEAD + row("1", "a", f"Entity=(e1-x{values}", upos[0], head[0]) + row("2", "b", "Entity=e1)", upos[1], head[1]) + "\n"
    assert [mention.level for mention in one(tmp_path, data).mentions] == [level]


def test_what_has_no_place_in_our_tables_is_foreign_and_counted(tmp_path: Path):
    data = (
        HEAD
        + row("0.1", "_", "Entity=(zero-person)")
        + row("1", "a", "Bridge=e2<e1|Entity=(e1-x(e1-y)|SplitAnte=e3<e1,e4<e1")
        + row("1.1", "_", "Entity=(e1-x)")
        + row("2", "b", "Entity=e1)(e2-x(e3-x)(e4-x)")
        + "\n# newpar\n"
        + words("c", w1="Entity=e2)")
    )
    report, (bundle,) = imported(tmp_path, data)
    assert report.counts["mention"] == {
        "foreign (in several paragraphs)": 1,
        "foreign (on no text)": 2,
        "mention": 4,
    }
    assert (report.counts["Bridge"], report.counts["SplitAnte"]) == ({"foreign": 1}, {"foreign": 2})
    first = next(json.loads(r.attributes) for r in bundle.foreign if r.id == "conllu.m2")
    assert (first["eid"], first["Bridge"], first["SplitAnte"]) == ("e1", ["e2<e1"], ["e3<e1", "e4<e1"])
    assert report.counts["empty node"] == {"foreign": 2} and report.counts["word"] == {"foreign": 3}
    assert spans(bundle) == [("e1", ["a b"]), ("e1", ["a"]), ("e3", ["b"]), ("e4", ["b"])]
    assert [e.type for e in bundle.entities if e.entity_id == "e1"] == ["x"]
    text, _ = exported(tmp_path / "out", [bundle])
    assert text == data


# ---------------------------------------------------------------------------------------------------- words and spaces


def test_the_text_is_made_of_words_and_spaces(tmp_path: Path):
    data = (
        "# newdoc id = a\n# newpar\n"
        + words("Ada said : no . \\", w3="SpaceAfter=No", w5="SpaceAfter=No", w4="SpacesAfter=\\s\\s\\t\\p")
        + words("So what ?", w1="SpacesBefore=\\n", w2="SpaceAfter=No|SpacesAfter=\\r\\n")
        + "# newpar id = 2\n"
        + row("1", "a b", "SpacesInToken=a\\s\\sb|SpaceAfter=No")
        + "\n"
    )
    bundle = one(tmp_path, data)
    assert bundle.document.text == "Ada said :no .\\ \nSo what\n?\n\na  b"
    assert [[bundle.document.text[s.start : s.end] for s in p.sentences] for p in bundle.paragraphs] == [
        ["Ada said :no .\\", "So what\n?"],
        ["a  b"],
    ]


def test_paragraphs_are_those_of_newpar_or_of_blank_lines_where_there_is_none(tmp_path: Path):
    blank = words("a", w1="SpacesAfter=\\n\\n") + words("b c", w1="SpacesAfter=\\n\\s\\n")
    bundle = one(tmp_path, "# newdoc id = a\n" + blank)
    assert [p.text for p in bundle.paragraphs] == ["a", "b\nc"]
    (tmp_path / "2").mkdir()
    bundle = one(tmp_path / "2", "# newdoc id = a\n# newpar\n" + blank + "# newpar\n" + words("d"))
    assert [p.text for p in bundle.paragraphs] == ["a\nb\nc", "d"]
    assert sum(len(p.sentences) for p in bundle.paragraphs) == 3


def test_white_space_in_words_makes_no_blank_lines(tmp_path: Path):
    end = "SpacesAfter=\\n"
    rows = row("1", "a", f"SpacesInToken=a\\n|{end}") + row("2", "b", end) + row("3", "\u00a0", end) + row("4", "c")
    (paragraph,) = one(tmp_path, "# newdoc id = a\n" + rows + "\n").paragraphs
    assert paragraph.text == "a \nb \u00a0\nc" and len(paragraph.sentences) == 1


def test_sentences_are_kept_where_words_repeat_and_no_splitter_would_split(tmp_path: Path):
    bundle = one(tmp_path, HEAD + words("a a") + words("a") + words("a a a") + words("Mr.") + words("a. A?"))
    (paragraph,) = bundle.paragraphs
    assert [bundle.document.text[s.start : s.end] for s in paragraph.sentences] == ["a a", "a", "a a a", "Mr.", "a. A?"]


def test_a_mention_may_end_inside_a_multiword_token(tmp_path: Path):
    data = (
        HEAD
        + row("1-2", "Ada's")
        + row("1", "Ada", "Entity=(e1-x)")
        + row("2", "'s")
        + row("3-4", "du")
        + row("3", "de", "Entity=(e2-x)")
        + row("3.1", "_")
        + row("4", "le", "Entity=(e3-x")
        + row("5", "mal", "Entity=e3)")
        + "\n"
    )
    report, (bundle,) = imported(tmp_path, data)
    assert bundle.document.text == "Ada's du mal"
    assert spans(bundle) == [("e1", ["Ada"]), ("e3", ["du mal"]), ("e2", ["du"])]
    assert report.notes == {
        "mentions with an edge inside a multiword token: moved to the edge of the token": 2,
        "multiword tokens whose words do not spell them: each word stands for the whole": 1,
    }
    assert exported(tmp_path / "out", [bundle])[0] == data


def test_two_mentions_that_the_text_cannot_tell_apart_are_one_and_one_foreign(tmp_path: Path):
    data = HEAD + row("1-2", "du") + row("1", "de", "Entity=(e1-x)") + row("2", "le", "Entity=(e1-x)") + "\n"
    report, (bundle,) = imported(tmp_path, data)
    assert report.counts["mention"] == {"foreign (span and entity of another)": 1, "mention": 1}
    assert exported(tmp_path / "out", [bundle])[0] == data


def test_sentences_move_along_when_the_source_changes(tmp_path: Path):
    imported(tmp_path, "# newdoc id = a\n" + words("It is so.") + words("No.") + words("No.") + "# newpar\n" + words("Yes."))
    (tmp_path / "new.txt").write_text("It really is so. No. No.\n\nYes.\n")
    report = corpus_tools.reanchor(tmp_path / "seeds", "a", tmp_path / "new.txt", tmp_path / "again")
    assert report.dropped == ["sentence_starts.p1"]  # its first words are others
    (tmp_path / "new.txt").write_text("It is so. But really no! No. No.\n\nYes.\n")
    report = corpus_tools.reanchor(tmp_path / "seeds", "a", tmp_path / "new.txt", tmp_path / "third")
    (bundle,) = bundles_of(tmp_path / "third")
    assert not report.dropped
    assert [s.start for p in bundle.paragraphs for s in p.sentences] == [0, 25, 29, 34]


@pytest.mark.parametrize(
    "data",
    [
        words("no comments at all"),
        "# newdoc id = a\n\n",
        HEAD + words("a") + "\n\n" + words("b"),
        "\n\n" + HEAD + words("a")[:-1],
        "\ufeff" + HEAD + words("a"),
        (HEAD + words("a b", w1="Entity=(e1-x)") + words("c")).replace("\n", "\r\n"),
        HEAD
        + "# odd\n#\n#x=y=z\n# sent_id=1\n"
        + words("👩\u200d🚀 \u00a0 e\u0301 _ # a|b", w1="Entity=(e1-x)", w2="A|B=|=C|Entity="),
        HEAD + row("1", "\u00a0", "SpacesAfter=\\n") + row("2", "\u2028", "SpacesAfter=\\n") + row("3", "\x85x\x0b") + "\n",
        HEAD + words("a", w1="SpacesAfter=xyz|SpacesBefore=\\q"),
    ],
)
def test_any_form_of_a_file_comes_out_again(tmp_path: Path, data: str):
    one(tmp_path, data)


def test_a_file_may_have_several_documents_and_they_come_out_in_their_order(tmp_path: Path):
    data = "".join(f"# newdoc id = d{n}\n" + words("a b", w1="Entity=(e1-x)") for n in range(3))
    _, bundles = imported(tmp_path, words("before") + data)
    assert [bundle.document.doc_id for bundle in bundles] == ["a", "d0", "d1", "d2"]
    assert exported(tmp_path / "out", bundles)[0] == words("before") + data


def test_what_looks_wrong_is_noted(tmp_path: Path):
    data = (
        "# newdoc id = a\n# text = Ada  met\n"
        + words("Ada met")
        + "# text = Bob.\n"
        + words("Bob .")
        + "# newdoc id = b\n"
        + words("_ ___")
        + "# newdoc id = c\n"
        + words(
            "La peregrina és aquí",
            w2="ClusterId=c1|ClusterType=Gen|MentionSpan=1-2",
            w3="ClusterId[1]=c2|X=ClusterId",
            w4="ClusterIds=1",
        )
    )
    report, _ = imported(tmp_path, data)
    assert report.notes == {
        "words with ClusterId, as CorefUD had it before Entity: their mentions are not read": 2,
        "sentences whose # text is not what words and spaces give": 1,
        "documents whose words are all _, as where a text is withheld": 1,
    }


def test_comments_become_metadata(tmp_path: Path):
    data = HEAD + (
        "# meta::title = \"A\" and 'B'\n# meta::author = Ada L.\n# meta::author = Bob\n# meta::dateCreated = 2017-02-30\n"
        "# meta::sourceURL = https://example.org/a%2Cb\n# meta::language = English\n# meta::split =\n"
    )
    document = one(tmp_path, data + words("a")).document
    assert (document.title, document.authors, document.url) == ("\"A\" and 'B'", ["Ada L.", "Bob"], "https://example.org/a%2Cb")
    assert (document.published, document.language, document.split) == (None, "und", "train")


# ------------------------------------------------------------------------------------------------- export after changes


CHANGED = (
    "# newdoc id = a\n# global.Entity = GRP-etype-infstat-link\n# meta::title = T\n# x = y\n"
    + row("1", "Ada", "Bridge=1<2|Entity=(1-person-new-coref(zero-x|XML=<a>", "PROPN", "0")
    + row("2", "saw", "A=b", "VERB", "1")
    + row("2.1", "_", "Entity=zero)(no-x)")
    + row("3", "Paris", "Entity=1)(2-place-new-sgl)", "PROPN", "2")
    + "\n"
)


def changed(bundle: Bundle, **columns: Any) -> str:
    with tempfile.TemporaryDirectory() as folder:
        text, lost = exported(Path(folder, "out"), [replace(bundle, **columns)])
        assert lost["foreign"] == 0
    return text


def test_changed_mentions_are_written_into_the_lines_that_are_kept(tmp_path: Path):
    bundle = one(tmp_path, CHANGED)
    city = msgspec.structs.replace(bundle.entities[1], type="city")
    text = changed(bundle, entities=[*(e for e in bundle.entities if e.entity_id != city.entity_id), city])
    assert "# global.Entity = GRP-etype-infstat-link-level-metonymic-identity\n# meta::title = T\n# x = y\n" in text
    assert f"({city.entity_id}-city-" in text and "Bridge=1<2|" in text and "|XML=<a>" in text and "(no-x)" in text
    _, (again,) = imported(tmp_path / "again", text)
    assert {e.entity_id: e.type for e in again.entities} == {"1": "person", "2": "place", "zero": "x"} | {city.entity_id: "city"}
    assert spans(again) == spans(bundle) and [m.level for m in again.mentions] == [m.level for m in bundle.mentions]
    assert "-new-coref-" in text and "-new-sgl-" in text


def test_mentions_that_are_gone_new_or_inside_a_word_come_out(tmp_path: Path):
    bundle = one(tmp_path, CHANGED)
    mention, *_ = (m for m in bundle.mentions if m.entity_id == "2")
    inside = {"start": mention.start, "end": mention.start + 3, "text": "Par"}
    inside |= {"fragments": [Fragment(mention.start, mention.start + 3, "Par")]}
    text = changed(bundle, mentions=[m if m is not mention else msgspec.structs.replace(m, **inside) for m in bundle.mentions])
    assert "(2-place" not in text and '# corpus-tools::mention = {"annotator": "unnamed", "entity_id": "2"' in text
    _, (again,) = imported(tmp_path / "again", text)
    assert spans(again)[-1] == ("2", ["Par"]) and len(again.mentions) == len(bundle.mentions)


def test_brackets_inside_a_multiword_token_stay_there_and_a_twin_goes_with_its_mention(tmp_path: Path):
    rows = row("1-2", "du") + row("1", "de", "Entity=(e1-x)(e2-x)") + row("2", "le", "Entity=(e1-x)")
    _, (bundle,) = imported(tmp_path, HEAD + rows + "\n")
    assert "\tEntity=(e1-x---name)(e2-x---name)\n" in changed(
        bundle, mentions=[msgspec.structs.replace(m, level="name") for m in bundle.mentions]
    )
    text = changed(
        bundle,
        mentions=[m for m in bundle.mentions if m.entity_id == "e2"],
        entities=[e for e in bundle.entities if e.entity_id == "e2"],
    )
    assert "e1" not in text and text.count("Entity=(e2") == 1


def test_annotators_whose_names_are_no_ids_keep_their_lines(tmp_path: Path):
    data = (
        CHANGED.replace("# x = y", "# meta::annotator = Ada L.")
        .replace("A=b", "A=b|Entity[bob]=(1-x-a-b)")
        .replace("(no-x)", "(a%28-x)")
    )
    bundle = one(tmp_path, data)
    assert {m.annotator: m.text for m in bundle.mentions} == {"Ada-L": "Paris", "bob": "saw"}
    text = changed(
        bundle,
        mentions=[m for m in bundle.mentions if m.annotator != "bob"],
        entities=[e for e in bundle.entities if e.annotator != "bob"],
    )
    assert "Entity[" not in text and "(a%28-x)" in text and "# meta::annotator = Ada-L\n" in text


def test_changed_metadata_are_written(tmp_path: Path):
    bundle = one(tmp_path, CHANGED)
    text = changed(bundle, document=msgspec.structs.replace(bundle.document, title="New\n", language="en"))
    assert '# meta::title = "New\\n"\n# meta::language = en\n' in text and "= T\n" not in text
    _, (again,) = imported(tmp_path / "again", text)
    assert (again.document.title, again.document.language) == ("New\n", "en")


def test_lines_of_another_text_are_not_written_but_counted_as_lost(tmp_path: Path):
    bundle = one(tmp_path, CHANGED)
    foreign = [r for r in bundle.foreign if r.id != "conllu.1.2"]
    text, lost = exported(tmp_path / "again", [replace(bundle, foreign=foreign)])
    assert lost["foreign"] == len(foreign) and "XML" not in text and "Paris" in text
    hostile = [
        "[]",
        '{"id":"1-x"}',
        '{"id":"1","lemma":"a\\tb"}',
        '{"blank":1000000000000}',
        '{"comments":["1"]}',
        '{"id":"\\ud800"}',
    ]
    for number, attributes in enumerate(hostile):
        changed = [
            msgspec.structs.replace(r, attributes=attributes if r.id in ("conllu.1", "conllu.1.1") else r.attributes)
            for r in bundle.foreign
        ]
        text, lost = exported(tmp_path / str(number), [replace(bundle, foreign=changed)])
        assert lost["foreign"] == len(changed) and "XML" not in text
    half = [msgspec.structs.replace(r, attributes='{"id":"3-9"}') if r.id == "conllu.1.4" else r for r in bundle.foreign]
    assert exported(tmp_path / "half", [replace(bundle, foreign=half)])[1]["foreign"] == len(half)
    broken = [msgspec.structs.replace(r, attributes="[]") for r in bundle.foreign]
    assert exported(tmp_path / "broken", [replace(bundle, foreign=broken)])[1]["foreign"] == len(broken)


# --------------------------------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("2\tb\t_", r'a.conllu:4: import-line: "2\\tb\\t_"; expected ten columns .*\(3 columns\)'),
        (row("3", "b"), r"a.conllu:4: import-line: .*expected the ID 2"),
        (row("x", "b"), r"a.conllu:4: import-line: .*expected an ID: 1, 1-2 or 1.1"),
        (row("1-2", "b"), r"a.conllu:4: import-line: .*expected a multiword token that begins with 2"),
        (row("2-3", "b") + row("2", "b"), r"a.conllu:5: import-line: 2 words; expected the words of a multiword token, up to 3"),
        (
            row("2-4", "b") + row("2", "b") + row("3-4", "c") + row("3", "c") + row("4", "d"),
            r"a.conllu:6: import-line: .*none inside another",
        ),
        (row("1.2", "b"), r"a.conllu:4: import-line: .*expected the ID 1.1, or a word"),
        (row("2", ""), r"a.conllu:4: import-line: .*expected a FORM"),
        ("# late", r'a.conllu:4: import-line: "# late"; expected ten columns .*or a comment before the words'),
        (" ", r'a.conllu:4: import-line: " "; expected an empty line between sentences'),
        ("\t\t\n# sent_id = 2\n" + row("1", "c"), r"a.conllu:4: import-line: .*expected an empty line between sentences"),
    ],
)
def test_a_document_with_a_line_that_is_not_sound_is_refused(tmp_path: Path, line: str, finding: str):
    data = HEAD + row("1", "a") + line.rstrip("\n") + "\n\n# newdoc id = b\n" + words("good")
    with pytest.raises(CorpusError, match=finding) as caught:
        imported(tmp_path, data)
    assert len(caught.value.findings) == 1 and not (tmp_path / "seeds").exists()
    report, (bundle,) = imported(tmp_path, data, keep_going=True)
    assert bundle.document.doc_id == "b" and report.counts["line"] == {"refused": 1}
    assert report.counts["word"]["refused with its document"] >= 1


def test_bytes_that_are_not_utf8_are_refused_with_their_line(tmp_path: Path):
    data = (HEAD + row("1", "a")).encode() + b"2\t\xff\n\n" + ("# newdoc id = b\n" + words("good")).encode()
    with pytest.raises(CorpusError, match=r"a.conllu:4: import-line: .*expected UTF-8"):
        imported(tmp_path, data)
    _, (bundle,) = imported(tmp_path, data, keep_going=True)
    assert bundle.document.doc_id == "b"


@pytest.mark.parametrize(
    ("value", "finding"),
    [
        ("e9)", r'a.conllu:3: import-reference: "e9\)"; expected \(e9 before it'),
        ("(e9-x", r'a.conllu:3: import-reference: "\(e9"; expected e9\) behind it'),
        ("(e9[1/2]-x)", r'a.conllu:3: import-reference: 1 of 2 parts of a mention of "e9"; expected all of them'),
        ("(e9[2/2]-x)", r'a.conllu:3: import-reference: "\(e9\[2/2\]"; expected part 1 of 2 before it'),
        ("(e9[3/2]-x)", r'a.conllu:3: import-reference: "\(e9\[3/2\]"; expected part 2 of 2 before it'),
        ("(e9-a-b-c-d)", r'a.conllu:3: import-line: "\(e9-a-b-c-d\)"; expected a bracket with eid-etype-head-other'),
        ("(-x)", r'a.conllu:3: import-line: "\(-x\)"; expected a bracket'),
        ("e9", r'a.conllu:3: import-line: "e9"; expected brackets'),
    ],
)
def test_a_bracket_that_fits_no_other_is_refused_and_the_others_imported(tmp_path: Path, value: str, finding: str):
    data = HEAD + words("a b", w1=f"Entity=(e1-x){value}", w2="Entity=(e2-x)")
    with pytest.raises(CorpusError, match=finding) as caught:
        imported(tmp_path, data)
    assert len(caught.value.findings) == 1
    report, (bundle,) = imported(tmp_path, data, keep_going=True)
    assert spans(bundle) == [("e1", ["a"]), ("e2", ["b"])]
    refused = sum(number for outcome, number in report.counts["mention"].items() if outcome.startswith("refused"))
    assert report.counts["mention"]["mention"] == 2 and refused == 1
    assert exported(tmp_path / "out", [bundle])[0] == data


def test_an_empty_file_is_told(tmp_path: Path):
    with pytest.raises(CorpusError, match=r"a.conllu:1: import-file: no line; expected words or comments"):
        imported(tmp_path, "")


@pytest.mark.parametrize("value", ["[]", "{", '{"annotator": "a"}', "[" * 5000])
def test_a_mention_in_a_comment_that_is_not_sound_is_refused(tmp_path: Path, value: str):
    with pytest.raises(CorpusError, match=r"a.conllu:3: import-line: .*expected # corpus-tools::mention = JSON"):
        imported(tmp_path, HEAD + f"# corpus-tools::mention = {value}\n" + words("a"))


# ------------------------------------------------------------------------------------------------------------ any file

_MISC = [
    "_",
    "SpaceAfter=No",
    "SpacesAfter=\\n\\n",
    "SpacesAfter=\\r\\n",
    "SpacesBefore=\\s",
    "Entity=(e1-x",
    "Entity=e1)",
    "Entity=(e1)",
]
_MISC += [
    "Entity=(e2-y(e1-x",
    "Entity=e1)e2)",
    "Entity=(e1[1/2]-x)",
    "Entity=(e1[2/2]-x)",
    "Entity[b]=(e1-x)",
    "X=1|Entity=(e%2D1-%28)",
]
_MISC += ["SpacesInToken=a\\n\\nb", "SpacesAfter=\\t\\p"]
_FORMS = ["Ada", ".", "👍🏽", "e\u0301", "\u00a0", "a b", "_", "x\ry", "\u2028", "中文", "#"]
_COMMENTS = [
    "# newpar",
    "# sent_id = 1",
    "# newdoc id = a",
    "# newdoc",
    "# meta::title = T",
    "# meta::annotator = ann",
    "# global.Entity = GRP-etype-level",
]


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """A sentence of any words, with multiword tokens, empty nodes and brackets that may not pair."""
    lines = [f"{comment}\n" for comment in draw(st.lists(st.sampled_from(_COMMENTS), max_size=3))]
    number = 0
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["word", "word", "multiword", "empty"]))
        if kind == "empty":
            if not lines or "." not in lines[-1].split("\t")[0]:
                lines.append(row(f"{number}.1", "_", draw(st.sampled_from(_MISC))))
            continue
        if kind == "multiword":
            lines.append(row(f"{number + 1}-{number + 2}", draw(st.sampled_from(["Ada.", "du"])), draw(st.sampled_from(_MISC[:5]))))
            lines += [row(str(number + n), form, draw(st.sampled_from(_MISC))) for n, form in ((1, "Ada"), (2, "."))]
            number += 2
            continue
        number += 1
        upos, head = draw(st.sampled_from(["NOUN", "PRON", "_"])), draw(st.sampled_from(["0", "1", "_"]))
        lines.append(row(str(number), draw(st.sampled_from(_FORMS)), draw(st.sampled_from(_MISC)), upos, head))
    return "".join(lines) + "\n" * draw(st.integers(1, 2)) if lines else ""


@settings(max_examples=40, deadline=None)
@given(st.lists(sentences(), min_size=1, max_size=5).map("".join), st.booleans())
def test_any_file_comes_out_again_line_for_line(data: str, crlf: bool):
    numbers = count()
    data = re.sub("newdoc( id = a)?", lambda _: f"newdoc id = d{next(numbers)}", data)  # ids that are alike get numbers
    data = data.replace("\n", "\r\n") if crlf else data
    with tempfile.TemporaryDirectory() as folder:
        try:
            report, bundles = imported(Path(folder), data, keep_going=True)
        except CorpusError as error:
            assert all(finding.rule == "import-file" for finding in error.findings)
            return
        assert all(finding.rule == "import-reference" or "bracket" in finding.expected for finding in report.findings)
        assert sum(report.counts.get("sentence", {}).values()) == len([s for d in parse(data.encode()) for s in d.sentences])
        text, lost = exported(Path(folder, "out"), bundles)
        assert lost["foreign"] == 0
        again = Counter(re.sub(r"# global.Entity = .*\r?\n", "", text).splitlines())
        assert again == Counter(re.sub(r"# global.Entity = .*\r?\n", "", data).splitlines())


def altered(bundle: Bundle, draws: st.DataObject) -> Bundle:
    """The document with some mentions gone, some types and levels changed, and a new mention anywhere."""
    mentions = [m for m in bundle.mentions if draws.draw(st.booleans())]
    level = st.sampled_from(["name", "pronoun", None])
    mentions = [msgspec.structs.replace(m, level=draws.draw(level), metonymic=draws.draw(st.booleans())) for m in mentions]
    if bundle.paragraphs:
        home = draws.draw(st.sampled_from(bundle.paragraphs))
        borders = sorted(draws.draw(st.sets(st.integers(home.start, home.end), min_size=2, max_size=4)))
        pairs = list(zip(borders[::2], borders[1::2], strict=False))
        fragments = [Fragment(a, b, bundle.document.text[a:b]) for a, b in pairs]
        place = {"paragraph_id": home.paragraph_id, "level": None, "metonymic": False, "fragments": fragments}
        place |= {"start": pairs[0][0], "end": pairs[-1][1], "text": " ".join(f.text for f in fragments)}
        who = {"doc_id": bundle.document.doc_id, "annotator": bundle.foreign[0].annotator if bundle.foreign else "unnamed"}
        entity = draws.draw(st.sampled_from(["e1", "new"]))
        spans_there = [(m.annotator, m.entity_id, m.fragments) for m in mentions]
        if (who["annotator"], entity, fragments) not in spans_there:
            mentions.append(Mention(mention_id="mnew", entity_id=entity, **who, **place))
    there = {(e.annotator, e.entity_id): e for e in bundle.entities}
    keys = sorted({(m.annotator, m.entity_id) for m in mentions})
    entities = [there.get(key) or Entity(bundle.document.doc_id, *key, "t", None) for key in keys]
    entities = [msgspec.structs.replace(e, type=draws.draw(st.sampled_from([e.type, "a-b"]))) for e in entities]
    return replace(bundle, entities=entities, mentions=mentions)


@settings(max_examples=40, deadline=None)
@given(st.lists(sentences(), min_size=1, max_size=4).map("".join), st.data())
def test_changed_records_of_any_file_come_back(data: str, draws: st.DataObject):
    numbers = count()
    data = re.sub("newdoc( id = a)?", lambda _: f"newdoc id = d{next(numbers)}", data)
    with tempfile.TemporaryDirectory() as folder:
        try:
            bundles = imported(Path(folder), data, keep_going=True)[1]
        except CorpusError:
            return
        bundles = [altered(bundle, draws) for bundle in bundles]
        text, lost = exported(Path(folder, "out"), bundles)
        assert lost["foreign"] == 0
        corpus_tools.import_("conllu", Path(folder, "out"), Path(folder, "again"), keep_going=True)
        again = {bundle.document.doc_id: bundle for bundle in bundles_of(Path(folder, "again"))}
        for bundle in bundles:
            assert told_by(again[bundle.document.doc_id], "x").layers == told_by(bundle, "x").layers
        uncounted = re.compile(r"# (global.Entity|corpus-tools::mention|meta::annotator) = .*\n|Entity(\[b\])?=[^|\n]*[|]?")
        assert Counter(line.strip("|_") for line in uncounted.sub("", text).split("\n")) == Counter(
            line.strip("|_") for line in uncounted.sub("", data).split("\n")
        )


@settings(max_examples=40, deadline=None)
@given(st.lists(sentences(), min_size=1, max_size=4).map("".join), st.data())
def test_no_mutation_of_a_file_gives_a_traceback(data: str, draws: st.DataObject):
    changed = bytearray(data.encode())
    for _ in range(draws.draw(st.integers(1, 4))):
        at = draws.draw(st.integers(0, len(changed)))
        changed[at : at + draws.draw(st.integers(0, 3))] = draws.draw(
            st.sampled_from([b"\t", b"\n", b"(", b")", b"-", b"\xff", b"9", b"\\n", b"="])
        )
    with tempfile.TemporaryDirectory() as folder:
        try:
            report, bundles = imported(Path(folder), bytes(changed), keep_going=True)
        except CorpusError as error:
            assert all(finding.path and finding.line and finding.found for finding in error.findings)
            return
        assert all(finding.path and finding.line for finding in report.findings)
        assert exported(Path(folder, "out"), bundles)[1]["foreign"] == 0


# ------------------------------------------------------------------------------------------------------------ the parts

_TEXT = st.text(st.sampled_from('ab -_()[]|%=<>,:\n\t\\"é👍\u00a0'), min_size=1)


@given(_TEXT)
def test_a_value_in_a_bracket_leads_back(text: str):
    written_as = value_of(text)
    assert not set(written_as) & set(" -()[]|=<>,:\n\t")
    mentions, problems = read_brackets([Value(0, 1, f"({written_as}-{written_as})")], ("eid", "etype"))
    assert not problems and corpus_tools.formats.conllu.brackets.type_of(mentions[0].values) == text


@given(st.text(st.sampled_from(" \t\r\n|\\spn\u3000")))
def test_spaces_lead_back(spaces: str):
    assert unescaped(escaped(spaces)) == spaces and not {"\t", "\n", "|"} & set(escaped(spaces))


@given(
    st.dictionaries(st.sampled_from(["title", "publisher", "rights"]), st.text(min_size=1)),
    st.lists(st.text(min_size=1), max_size=2),
)
def test_metadata_lead_back(metadata: dict[str, Any], authors: list[str]):
    metadata |= {"authors": authors} if authors else {}
    lines = list(comments_of(metadata, "unnamed"))
    assert known(lines) == metadata and not any(c in line for line in lines for c in "\n\r")


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b"]), st.lists(st.integers(0, 7), min_size=2, max_size=6, unique=True)), max_size=6)
)
def test_brackets_that_can_be_paired_lead_back(drawn):
    mentions = []
    for name, nodes in drawn:
        nodes = sorted(nodes)
        ranges = [(first, last) for first, last in zip(nodes[::2], nodes[1::2], strict=False)]
        if (name, ranges) not in [(m.eid, m.ranges) for m in mentions]:
            mentions.append(Marked(name, [], ["t"], ranges))
    told = [mention for mention, fits in zip(mentions, can_be_paired(mentions), strict=True) if fits]
    values = [Value(node, 1, value) for node, value in sorted(bracket_values(told).items())]
    found, problems = read_brackets(values, ("eid", "etype"))
    assert not problems
    assert sorted((m.eid, list(m.ranges)) for m in found) == sorted((m.eid, list(m.ranges)) for m in told)
    assert not mentions or told  # the first one of an entity always can be


def test_words_are_runs_of_letters_with_their_marks():
    text = "It's e\u0301crit 👩\u200d🚀👍🏽, a_b “中文” 3.5% \u0301x"
    assert [text[a:b] for a, b in word_spans(text, 0, len(text))] == [
        *(
            "It",
            "'",
            "s",
            "e\u0301crit",
            "👩\u200d🚀",
            "👍🏽",
            ",",
            "a",
            "_",
            "b",
            "“",
            "中文",
            "”",
            "3",
            ".",
            "5",
            "%",
            "\u0301",
            "x",
        )
    ]
    assert word_spans("abc d", 0, 5, [0, 1, 3, 4]) == [(0, 1), (1, 3), (4, 5)]


def test_a_corpus_from_elsewhere_is_written_as_simple_conllu():
    mention = Mark("ada", "PERSON", "Ada (L.)", "name", False, ((0, 3),))
    group = Mark("x-1", "ORG", None, None, True, ((0, 3), (9, 12)))
    told = Told(
        "Ada met. Bob?\n\nNo.\n", [(0, 8, True), (9, 13, False), (15, 18, True)], {"gold": [group, mention]}, {"title": "T"}
    )
    assert "\n".join(fresh_lines("d", told)) + "\n" == (
        "# newdoc id = d\n# global.Entity = eid-etype-level-metonymic-identity\n# meta::title = T\n# meta::annotator = gold\n"
        "# newpar\n# sent_id = d-1\n# text = Ada met.\n"
        + row("1", "Ada", "Entity=(ada-PERSON-name--Ada_%28L.%29)(x%2D1[1/2]-ORG--yes)")
        + row("2", "met", "SpaceAfter=No")
        + row("3", ".")
        + "\n# sent_id = d-2\n# text = Bob?\n"
        + row("1", "Bob", "Entity=(x%2D1[2/2]-ORG--yes)|SpaceAfter=No")
        + row("2", "?")
        + "\n# newpar\n# sent_id = d-3\n# text = No.\n"
        + row("1", "No", "SpaceAfter=No")
        + row("2", ".")
        + "\n"
    )


def test_a_blank_line_in_code_is_one_between_paragraphs(tmp_path: Path):
    bundles = compiled([seed("a", b"```\none;\n\ntwo; three;\n```\n", {}, ".md")])
    text, _ = exported(tmp_path / "out", bundles)
    _, (again,) = imported(tmp_path / "again", text)
    assert len(bundles[0].paragraphs) == 1 and [p.text for p in again.paragraphs] == ["one;", "two; three;"]


def test_what_is_written_is_read_as_the_same(tmp_path: Path):
    for bundle in bundles_of(Path(__file__).parents[1] / "seeds"):
        told = told_by(bundle, "d")
        (parsed,) = parse("".join(f"{line}\n" for line in fresh_lines("d", told)).encode())
        assert list(written(parsed.sentences)) == fresh_lines("d", told)
        assert read_document(parsed, "d", ()).told == told


def test_a_long_document_takes_linear_time(tmp_path: Path):
    sentence = words("a b c d e", w1="Entity=(e1-x", w2="Entity=(e2-x)e1)")
    started = time.process_time()
    imported_words = imported(tmp_path, HEAD + sentence * 2500)[0].counts["word"]
    assert imported_words == {"foreign": 12_500} and time.process_time() - started < 15
