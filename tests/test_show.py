"""show: a document as records, and as a person sees it on a terminal, through a pipe, with and without colour."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import ARTICLE, TOP, write_config, write_document
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import UsageError, build, show
from corpus_tools.cli.terminal import visible

TEXT = """Ada of the old town spoke.

[bold]Bob[/] said: "Ada\x1b[31m :smile: \\[x] left\x07, it is told, at \u202e noon".
"""
ANNOTATIONS = {
    "entities": {"ada": {"type": "PERSON", "name": "Ada"}, "town": {"type": "GPE", "name": "old town"}, "bob": {"type": "PERSON"}},
    "paragraphs": {
        "p1": {
            "mentions": [
                {"quote": "Ada of the old town", "entity": "ada", "level": "nominal"},
                {"quote": "Ada", "entity": "ada"},
                {"quote": "old", "entity": "ada", "level": "nominal"},
                {"quote": "old town", "entity": "town"},
            ]
        },
        "p2": {
            "mentions": [{"quote": "Bob", "entity": "bob"}, {"quote": ["Ada", "it"], "entity": "ada", "level": "pronoun"}],
            "claims": [
                {
                    "id": "c1",
                    "content": ["Ada", "left"],
                    "source": "Bob",
                    "source_entity_ids": ["bob"],
                    "cue": "said",
                    "type": "assertion",
                }
            ],
        },
    },
}
SHOWN = """A [b]title[/] :smile:␛
doc  An [i]author  1984-01

p1
[[Ada]PERSON of the [[old]PERSON town]GPE]PERSON spoke.

p2
[bold][Bob]PERSON[/] said: "[Ada]PERSON␛[31m :smile: \\[x] left␇, [it]PERSON is told, at \u202e noon".
    c1 named  Bob  said  Ada ... left  (assertion, indirect, neutral)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("show")
    seeds = write_config(folder / "seeds")
    metadata = {"title": "A [b]title[/] :smile:\x1b", "authors": ["An [i]author"], "published": "1984-01"}
    write_document(seeds, "doc", TEXT, ANNOTATIONS, **metadata)
    write_document(seeds, "dog", "Ada.", {"paragraphs": None})
    claim = {"mentions": [{"quote": "Ada", "entity": "ada"}], "claims": [{"id": "c1", "content": "Ada"}]}
    for annotator in ("ann", "bob"):
        entities = {"ada": {"type": "PERSON", "name": "Ada"}}
        write_document(seeds, "two", "Ada.", {"annotator": annotator, "entities": entities, "paragraphs": {"p1": claim}})
    write_document(seeds, "none", "")
    build(seeds, folder / "corpus")
    return folder


def process(place: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """show in a process of its own, its output a pipe."""
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")}
    return subprocess.run(
        [sys.executable, "-m", "corpus_tools", "show", *arguments],
        cwd=place,
        env=clean | {"PYTHONPATH": str(TOP / "src"), "PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        encoding="utf-8",
    )


def on_terminal(place: Path, *arguments: str, **environment: str) -> str:
    """What show writes to a terminal of 60 columns."""
    master, slave = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    settings = {"PYTHONPATH": str(TOP / "src"), "TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "60"} | environment
    command = [sys.executable, "-m", "corpus_tools", "show", *arguments]
    with subprocess.Popen(command, cwd=place, env=clean | settings, stdin=slave, stdout=slave, stderr=slave) as child:
        os.close(slave)
        written = b""
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:  # how Linux says that nobody has the terminal open any more
                break
            if not data:
                break
            written += data
    os.close(master)
    assert child.returncode == 0, written.decode()
    return written.decode().replace("\r\n", "\n")


def styles_of(written: str) -> list[tuple[str, str]]:
    """The runs of a terminal's output: style as it was set, and text."""
    runs, style = [], ""
    for code, text in re.findall(r"(?:\x1b\[([\d;]*)m)?([^\x1b]*)", written):
        style = code if code and code != "0" else ("" if code == "0" else style)
        if text:
            runs.append((style, text))
    return runs


# --------------------------------------------------------------------------------------------------------- records


def test_records_are_those_of_the_corpus(place):
    records = show("doc", place / "corpus")
    for table, rows in records.items():
        lines = (place / "corpus" / "jsonl" / f"{table}.jsonl").read_bytes().splitlines()
        assert rows == [row for row in map(json.loads, lines) if row["doc_id"] == "doc"]
    assert {table: len(rows) for table, rows in records.items()} == {
        "documents": 1,
        "paragraphs": 2,
        "entities": 3,
        "mentions": 6,
        "claims": 1,
        "foreign": 0,
    }


def test_id_that_begins_another_is_not_taken_for_it(place):
    with pytest.raises(UsageError):
        show("do", place / "corpus")


def test_layer_leaves_out_the_other(place):
    assert "claims" not in show("doc", place / "corpus", "mentions")
    assert "mentions" not in show("doc", place / "corpus", "claims")
    assert show("doc", place / "corpus", "claims")["claims"] == show("doc", place / "corpus")["claims"]


def test_paragraph_leaves_out_the_others(place):
    records = show("doc", place / "corpus", paragraph="p1")
    assert [row["paragraph_id"] for row in records["paragraphs"]] == ["p1"]
    assert {row["paragraph_id"] for row in records["mentions"]} == {"p1"}
    assert records["claims"] == []
    assert len(records["documents"]) == 1


def test_what_is_not_there_is_named_with_what_is(place):
    with pytest.raises(UsageError, match=r'no document dop; nearest: "do[cg]"'):
        show("dop", place / "corpus")
    with pytest.raises(UsageError, match="no document xyzzy; nearest: doc, dog, none"):
        show("xyzzy", place / "corpus")
    with pytest.raises(UsageError, match="no paragraph p3; there are p1 to p2"):
        show("doc", place / "corpus", paragraph="p3")
    with pytest.raises(UsageError, match="the document has no paragraphs"):
        show("none", place / "corpus", paragraph="p1")


# ------------------------------------------------------------------------------------------------------------ pipe


def test_pipe_gets_brackets_and_a_line_for_each_paragraph_and_claim(place):
    result = process(place, "doc")
    assert result.stdout == SHOWN
    assert (result.returncode, result.stderr) == (0, "")


def test_long_lines_are_not_wrapped_in_a_pipe():
    result = process(TOP, ARTICLE, "--layer", "mentions")
    plain = re.sub(r"\[|\](PERSON|NORP|ORG|GPE|LOC|FAC|EVENT|LAW|WORK_OF_ART|PRODUCT)", "", result.stdout)
    for paragraph in show(ARTICLE, TOP / "corpus")["paragraphs"]:
        assert f"\n{paragraph['text']}\n" in plain


def test_options_choose_layer_and_paragraph(place):
    assert process(place, "doc", "--layer", "claims", "--paragraph", "p2").stdout.splitlines()[3:] == [
        "p2",
        visible('[bold]Bob[/] said: "Ada\x1b[31m :smile: \\[x] left\x07, it is told, at \u202e noon".'),
        "    c1 named  Bob  said  Ada ... left  (assertion, indirect, neutral)",
    ]
    mentions = process(place, "doc", "--layer", "mentions", "--paragraph", "p1").stdout
    assert mentions.endswith("p1\n[[Ada]PERSON of the [[old]PERSON town]GPE]PERSON spoke.\n")


def test_claims_of_several_annotators_are_told_apart(place):
    shown = process(place, "two", "--layer", "claims").stdout
    assert re.findall(r"^    (\S+) author  Ada", shown, re.MULTILINE) == ["ann/c1", "bob/c1"]


def test_document_without_text_is_shown(place):
    assert process(place, "none").stdout == "none\nnone\n"


def test_json_is_the_records(place):
    result = process(place, "doc", "--json")
    assert json.loads(result.stdout) == show("doc", place / "corpus")
    assert "\\u202e" not in result.stdout


def test_json_is_utf_8_whatever_the_terminal_is(place):
    code = "from corpus_tools.cli import main; main(['show', 'doc', '--json'])"
    environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "PYTHONIOENCODING": "latin-1"}
    result = subprocess.run([sys.executable, "-c", code], cwd=place, env=environment, capture_output=True)
    assert json.loads(result.stdout.decode("utf-8")) == show("doc", place / "corpus")


def test_characters_that_an_output_cannot_hold_are_escaped(place):
    result = process(place, "doc", PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert "left\\u2407" in result.stdout


# -------------------------------------------------------------------------------------------------------- terminal


def test_terminal_gets_colours_by_type_and_nested_mentions_lie_inside(place):
    runs = styles_of(on_terminal(place, "doc", "--paragraph", "p1"))
    legend = {text: style for style, text in runs if text in ("PERSON", "GPE")}
    assert len(set(legend.values())) == 2
    at = next(i for i, (_, text) in enumerate(runs) if "Ada" in text)
    ada, of_the, old, town, spoke = runs[at : at + 5]
    assert [text.strip() for _, text in (ada, of_the, old, town, spoke)] == ["Ada", "of the", "old", "town", "spoke."]
    person, place_colour = legend["PERSON"].split(";", 1)[1], legend["GPE"].split(";", 1)[1]
    assert all(style.endswith(person) for style, _ in (ada, of_the, old))
    assert town[0].endswith(place_colour)
    assert spoke[0] == ""
    assert "4" in of_the[0].split(";")  # nominal: underlined


def test_terminal_marks_every_fragment_of_a_discontinuous_mention(place):
    runs = styles_of(on_terminal(place, "doc", "--paragraph", "p2", "--layer", "mentions"))
    styles = {text: style for style, text in runs}
    assert styles["Ada"] == styles["it"] != ""
    assert {"3", "4"} <= set(styles["it"].split(";"))  # a pronoun: italic and underlined
    assert styles["Bob"] != styles["it"]


def test_text_cannot_give_orders_to_the_terminal(place):
    written = on_terminal(place, "doc")
    assert "\x1b[31m" not in written
    assert "\x07" not in written
    plain = " ".join("".join(text for _, text in styles_of(written)).split())
    assert '[bold]Bob[/] said: "Ada␛[31m :smile: \\[x] left␇, it is told, at' in plain


def test_terminal_wraps_at_its_width(place):
    lines = "".join(text for _, text in styles_of(on_terminal(TOP, ARTICLE, "--paragraph", "p3"))).splitlines()
    assert max(map(len, lines)) <= 60
    assert len([line for line in lines if line.startswith("    ")]) > 2


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_terminal_without_colour_gets_brackets(place, environment):
    written = on_terminal(place, "doc", "--paragraph", "p1", **environment)
    assert "[[Ada]PERSON of the [[old]PERSON town]GPE]PERSON spoke." in written
    assert not re.search(r"\x1b\[[\d;]*3[0-9]", written)


# ---------------------------------------------------------------------------------------------------------- broken


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ("documents", b'{"doc_id":"doc","title":1}\n', "documents.jsonl:1: not a row of documents"),
        ("mentions", b'{"doc_id":"doc",\xff\n', "mentions.jsonl:1: not a row of mentions"),
        ("claims", b'{"doc_id":"doc",' + b'"x":[' * 5_000, "claims.jsonl:1: not a row of claims"),
    ],
)
def test_broken_row_is_named_with_its_line(tmp_path, place, table, line, said):
    copied = tmp_path / "corpus"
    subprocess.run(["cp", "-r", place / "corpus", copied], check=True)
    path = copied / "jsonl" / f"{table}.jsonl"
    path.write_bytes(line + path.read_bytes())
    with pytest.raises(UsageError, match=said):
        show("doc", copied)


def test_mention_of_an_entity_that_is_not_there_is_shown_all_the_same(tmp_path, place):
    copied = tmp_path / "corpus"
    subprocess.run(["cp", "-r", place / "corpus", copied], check=True)
    (copied / "jsonl" / "entities.jsonl").write_bytes(b"")
    assert "[[Ada]? of the [[old]? town]?]? spoke." in process(tmp_path, "doc").stdout


@given(st.text())
def test_visible_text_has_its_length_and_no_control_character(text):
    shown = visible(text)
    assert len(shown) == len(text)
    assert all(c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160) for c in shown)
    assert all(a == b for a, b in zip(text, shown, strict=True) if a.isprintable())


def spans(records: dict[str, Any]) -> list[tuple[int, int]]:
    return [(f["start"], f["end"]) for m in records["mentions"] for f in m["fragments"]]


def test_brackets_stand_at_the_spans_of_the_mentions():
    """Without its brackets the shown text is the text, and there is one pair for each fragment."""
    records = show(ARTICLE, TOP / "corpus")
    result = process(TOP, ARTICLE, "--layer", "mentions")
    assert result.stdout.count("]") == len(spans(records))
    assert result.stdout.count("[") == len(spans(records))
