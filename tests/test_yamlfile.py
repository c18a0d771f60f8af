"""YAML as plain data with places."""

import random
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus_tools.schemas import Validator, validator
from corpus_tools.yamlfile import read_yaml

SEEDS = Path(__file__).parents[1] / "seeds"
GOLD = next(SEEDS.glob("*.gold.yaml")).read_text("utf-8")
TEXTS = Validator({"type": "object", "additionalProperties": {"type": "string"}})
ANYTHING = Validator({})


def said(data: str | bytes, schema: Validator = ANYTHING) -> list[str]:
    """What is wrong, without the file's name."""
    _, findings = read_yaml(data.encode() if isinstance(data, str) else data, "f.yaml", schema)
    return [str(finding).removeprefix("f.yaml:") for finding in findings]


def value(data: str, schema: Validator = ANYTHING):
    file, findings = read_yaml(data.encode(), "f.yaml", schema)
    assert not findings, findings
    return file.value


# ------------------------------------------------------------------------------------------------ strings stay strings


@pytest.mark.parametrize(
    "text",
    ["NO", "yes", "on", "2017-11-21", "1984", "null", "~", "true", "1.0", "0x10", "1e3", ".inf", "1_000", "12:30:45", "=", "<<"],
)
def test_a_plain_scalar_is_the_text_it_is(text):
    assert value(f"a: {text}\n", TEXTS) == {"a": text}
    assert value(f"[{text}]\n") == [text]
    assert value(f"{text}: b\n") == {text: "b"}


def test_a_key_and_a_value_that_are_nothing():
    assert value("a:\nb: ''\n") == {"a": None, "b": ""}
    assert said("a:\n", TEXTS) == ["1:1: schema: a: nothing (null); expected a string"]


@pytest.mark.parametrize(
    ("types", "text", "expected"),
    [
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("boolean", "True", "True"),
        ("boolean", "yes", "yes"),
        ("boolean", "'true'", "true"),
        ("integer", "12", 12),
        ("integer", "-3", -3),
        ("integer", "0", 0),
        ("integer", "007", "007"),
        ("integer", "0x10", "0x10"),
        ("integer", "1_000", "1_000"),
        ("integer", "1.0", "1.0"),
        ("integer", "+1", "+1"),
        ("integer", "9" * 19, "9" * 19),
        ("integer", "'12'", "12"),
        ("integer", "'١'", "١"),
        (["string", "null"], "null", None),
        (["string", "null"], "~", None),
        (["string", "null"], "'null'", "null"),
        (["string", "null"], "Null", "Null"),
        (["integer", "null"], "null", None),
        ("string", "true", "true"),
        ("string", "12", "12"),
        ("string", "null", "null"),
    ],
)
def test_a_scalar_is_no_string_only_where_the_schema_asks(types, text, expected):
    schema = {"properties": {"a": {"type": types}}, "type": "object"}
    file, _ = read_yaml(f"a: {text}\n".encode(), "f.yaml", Validator(schema))
    assert file.value == {"a": expected}
    assert type(file.value["a"]) is type(expected)
    alternatives = {"properties": {"a": {"anyOf": [{"type": "array"}, {"type": types}]}}, "type": "object"}
    assert read_yaml(f"a: {text}\n".encode(), "f.yaml", Validator(alternatives))[0].value == {"a": expected}


def test_a_metadata_file_with_words_that_other_yaml_readers_change():
    text = "title: null\nlanguage: 'no'\nrights: NO\npublished: 2017-11-21\nauthors: [1984, yes, 1.0]\nsha256: " + "0" * 64 + "\n"
    assert value(text, validator("metadata")) == {
        "title": "null",
        "language": "no",
        "rights": "NO",
        "published": "2017-11-21",
        "authors": ["1984", "yes", "1.0"],
        "sha256": "0" * 64,
    }


leaves = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
trees = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(leaves, inner, max_size=3), max_leaves=8)


@given(trees, st.sampled_from([None, '"', "'"]), st.booleans())
@settings(max_examples=100)
def test_what_a_yaml_writer_wrote_is_read_as_it_was(tree, style, flow):
    text = yaml.safe_dump(tree, allow_unicode=True, default_style=style, default_flow_style=flow)
    file, findings = read_yaml(re.sub(r"!!\S+ ", "", text).encode(), "f.yaml", ANYTHING)
    assert not findings
    assert file.value == tree


# ----------------------------------------------------------------------------------------------------------- places


def line_at(text: str, line: int) -> str:
    return re.split(r"\r\n?|\n", text)[line - 1]


def test_every_key_of_the_gold_file_has_its_place():
    file, findings = read_yaml(GOLD.encode(), "f.yaml", validator("annotations"))
    assert not findings
    assert len(file.places) > 1_000
    for path, (line, column) in file.places.items():
        if path and isinstance(path[-1], str):
            assert line_at(GOLD, line)[column - 1 :].startswith(f"{path[-1]}:"), path


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("odd", ["", "\u2028", "\u0085", "\u2029", "\U0001f600", "e\u0301", "\t"])
def test_lines_and_columns_are_those_of_an_editor(newline, odd):
    text = newline.join([f"a: 'x{odd}y'", f"b: {{c: '{odd}', d: e}}", ""])
    file, findings = read_yaml(text.encode(), "f.yaml", ANYTHING)
    assert not findings
    assert file.places["b",] == (2, 1)
    assert file.places["b", "c"] == (2, 5)
    assert file.places["b", "d"] == (2, 12 + len(odd))


@pytest.mark.parametrize("marks", ["\ufeff", "\ufeff\ufeff"])
def test_a_byte_order_mark_is_no_part_of_the_first_key(marks):
    file, findings = read_yaml(f"{marks}a: b\nc: d\n".encode(), "f.yaml", TEXTS)
    assert not findings
    assert file.value == {"a": "b", "c": "d"}
    assert file.places == {(): (1, 1), ("a",): (1, 1), ("c",): (2, 1)}


def test_a_path_that_is_not_in_the_file_has_the_place_of_what_is_above_it():
    file, _ = read_yaml(b"a:\n  b: c\n", "f.yaml", ANYTHING)
    assert file.place(("a", "b", 3, "x")) == (2, 3)
    assert file.place(("x",)) == (1, 1)
    assert str(file.finding(("a", "x"), "rule", "what")) == "f.yaml:1:1: rule: what"


# --------------------------------------------------------------------------------------------------- what is refused

CASES = {
    "an anchor and its alias": (
        "a: &x b\nc: *x\n",
        [
            "1:4: yaml-alias: the anchor &x; expected the value without it",
            "2:4: yaml-alias: the alias *x; expected the value itself",
        ],
    ),
    "an alias of nothing": ("a: *x\n", ["1:4: yaml-alias: the alias *x; expected the value itself"]),
    "an alias as a key": ("*x : b\n", ["1:1: yaml-alias: the alias *x; expected the value itself"]),
    "a tag": (
        "a: !!int 3\n",
        ['1:4: yaml-alias: the tag "!!int"; expected the value without it; quotation marks make it a text'],
    ),
    "a tag that runs code elsewhere": (
        "- !!python/object/apply:os.system [id]\n",
        [
            '1:3: yaml-alias: the tag "!!python/object/apply:os.system"; expected the value without it;'
            " quotation marks make it a text"
        ],
    ),
    "equal keys": (
        "a: b\nc: d\n'a': e\na: f\n",
        [
            '3:1: yaml-duplicate-key: the key "a" again; expected it once (line 1 has it)',
            '4:1: yaml-duplicate-key: the key "a" again; expected it once (line 1 has it)',
        ],
    ),
    "equal keys in braces": (
        "a: {b: c,\n  b: d}\n",
        ['2:3: yaml-duplicate-key: the key "b" again; expected it once (line 1 has it)'],
    ),
    "a list as a key": ("? [a]\n: b\n", ["1:3: yaml-syntax: a sequence as a key; expected a word"]),
    "a second document": ("a: b\n---\nc: d\n", ["2:1: yaml-syntax: a second YAML document; expected one document a file"]),
    "a second document that is empty": ("a: b\n---\n", ["2:1: yaml-syntax: a second YAML document; expected one document a file"]),
    "nesting in brackets": (
        "[" * 51 + "]" * 51,
        ["1:51: yaml-depth: more than 50 levels of nesting; expected at most 50 levels"],
    ),
    "nesting in lines": (
        "\n".join(" " * i + "a:" for i in range(60)),
        ["51:51: yaml-depth: more than 50 levels of nesting; expected at most 50 levels"],
    ),
    "a control character": (
        "a: b\nc: d\x01e\x01\nf: \x7f\n",
        [
            "2:5: yaml-syntax: the character U+0001; expected none, or its escape in double quotes",
            "3:4: yaml-syntax: the character U+007F; expected none, or its escape in double quotes",
        ],
    ),
    "a null byte": ("a\0", ["1:2: yaml-syntax: the character U+0000; expected none, or its escape in double quotes"]),
    "bytes that are no UTF-8": (
        b"a: b\nc: \xc3\xa9\xff\n",
        ["2:5: yaml-syntax: byte 0xff at offset 10 is not UTF-8; expected UTF-8"],
    ),
    "bytes that are no UTF-8 behind a byte order mark": (
        b"\xef\xbb\xbf\xff",
        ["1:1: yaml-syntax: byte 0xff at offset 3 is not UTF-8; expected UTF-8"],
    ),
    "UTF-16": ("\ufeffa: b\n".encode("utf-16-le"), ["1:1: yaml-syntax: byte 0xff at offset 0 is not UTF-8; expected UTF-8"]),
    "a half surrogate": (b"a: \xed\xa0\x80\n", ["1:4: yaml-syntax: byte 0xed at offset 3 is not UTF-8; expected UTF-8"]),
    "a tab for indentation": (
        "a:\n\tb: c\n",
        [
            "2:1: yaml-syntax: found character that cannot start any token; expected spaces for indentation, and quotation marks"
            " around a text that begins with @, ` or %"
        ],
    ),
    "a colon in a text": (
        "a: b\nc: d: e\n",
        [
            "2:5: yaml-syntax: mapping values are not allowed in this context; expected fields that stand in line, and"
            ' quotation marks around a text that holds ": "'
        ],
    ),
    "a text behind its quotation marks": (
        'a: b\nc: "d" e\n',
        [
            "2:8: yaml-syntax: did not find expected key, while parsing a block mapping that begins in line 1; expected fields that"
            " stand in line, and single quotes around a text that begins with a quotation mark"
        ],
    ),
    "an open bracket": (
        "a: b\nc: [d\ne: f\n",
        [
            "3:2: yaml-syntax: did not find expected ',' or ']', while parsing a flow sequence that begins in line 2;"
            " expected a comma or the closing bracket"
        ],
    ),
    "an open quotation mark": (
        "a: b\nc: 'd\ne: f\n",
        [
            "4:1: yaml-syntax: found unexpected end of stream, while scanning a quoted scalar that begins in line 2;"
            " expected the closing quotation mark"
        ],
    ),
    "a word alone": (
        "a: b\nc\n",
        [
            "3:1: yaml-syntax: could not find expected ':', while scanning a simple key that begins in line 2;"
            ' expected a key and ":"'
        ],
    ),
    "a key among items": (
        "- a\nb: c\n",
        [
            "2:1: yaml-syntax: did not find expected '-' indicator, while parsing a block collection that begins in line 1;"
            " expected items that stand in line"
        ],
    ),
    "an escape of a surrogate": (
        'a: "\\ud800"\n',
        ["1:7: yaml-syntax: found invalid Unicode character escape code; expected YAML"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_refused_is_told_with_its_place(name):
    data, expected = CASES[name]
    assert said(data) == expected


def test_what_is_refused_is_no_second_finding_by_the_schema():
    schema = Validator({"properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False})
    assert [problem.split(":")[2] for problem in said("a: *x\n? [b]\n: c\n*y : d\n", schema)] == [
        " yaml-alias",
        " yaml-syntax",
        " yaml-alias",
    ]


def test_nothing_is_left_of_a_file_that_was_not_understood():
    for data, _ in CASES.values():
        file, findings = read_yaml(data.encode() if isinstance(data, str) else data, "f.yaml", ANYTHING)
        assert findings
        assert file.value is None or isinstance(file.value, (dict, list))


def test_a_thousand_open_brackets_are_no_traceback():
    (problem,) = said("[" * 100_000)
    assert "yaml-depth: exceeded maximum nesting depth; expected at most 50 levels" in problem


def test_a_few_lines_of_aliases_do_not_explode():
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    assert len(said("\n".join(lines))) == 40 + 3 * 39


# ------------------------------------------------------------------------------------------ all problems of a file at once


def test_all_problems_of_a_file_are_told_in_the_order_of_its_lines():
    text = (
        "titel: T\n"
        "language: 12\n"
        "rights: &r none\n"
        "url: *r\n"
        "published: 2017-13-01\n"
        "roles: {p1: bodi, 7: body}\n"
        "corrections:\n"
        "  - {quote: , replacement: 1}\n"
        "  - quote\n"
        "roles: {p1: title, px: body}\n"
        "sha256: ABC\n"
    )
    assert [finding.split("; expected")[0] for finding in said(text, validator("metadata"))] == [
        "1:1: schema: titel: an unknown field",
        '2:1: schema: language: "12"',
        "3:9: yaml-alias: the anchor &r",
        "4:6: yaml-alias: the alias *r",
        '5:1: schema: published: "2017-13-01"',
        '8:5: schema: corrections.0: no field "reason"',
        "8:6: schema: corrections.0.quote: nothing (null)",
        '9:5: schema: corrections.1: "quote"',
        '10:1: yaml-duplicate-key: the key "roles" again',
        '10:20: schema: roles.px: the name "px"',
        '11:1: schema: sha256: "ABC"',
    ]


SCHEMA_CASES = {
    "": ["1:1: schema: nothing (null); expected a mapping"],
    "- a\n": ["1:1: schema: a list of 1; expected a mapping"],
    "document: d\n": [
        '1:1: schema: no field "annotator"; expected one, as it is required',
        '1:1: schema: no field "paragraphs"; expected one, as it is required',
    ],
    # A misspelt field is one problem, not two.
    "document: d\nannotatr: a\nparagraphs:\n": [
        '2:1: schema: annotatr: an unknown field; expected one of document, annotator, entities, paragraphs; nearest: "annotator"'
    ],
    "document: a b\nannotator: ''\nparagraphs:\n": [
        '1:1: schema: document: "a b"; expected ASCII letters, digits, dot, dash and underscore, a letter or digit first',
        "2:1: schema: annotator: an empty string; expected ASCII letters, digits, dot, dash and underscore, a letter or digit first",
    ],
    "document: d\nannotator: a\nparagraphs:\n  p0:\n  7:\n  p1: []\n": [
        '4:3: schema: paragraphs.p0: the name "p0"; expected The name of a paragraph: p1, p2 and so on',
        '5:3: schema: paragraphs.7: the name "7"; expected The name of a paragraph: p1, p2 and so on',
        "6:3: schema: paragraphs.p1: an empty list; expected a mapping or nothing (null)",
    ],
    "document: d\nannotator: a\nentities:\n  - x\nparagraphs: p1\n": [
        "3:1: schema: entities: a list of 1; expected a mapping or nothing (null)",
        '5:1: schema: paragraphs: "p1"; expected a mapping or nothing (null)',
    ],
    "document: d\nannotator: a\nentities:\n  a b: {type: X}\n  c: X\n  d:\n  e: {typ: X}\nparagraphs:\n": [
        '4:3: schema: entities.a b: the name "a b"; expected ASCII letters, digits, dot, dash and underscore, a letter or digit first',
        '5:3: schema: entities.c: "X"; expected a mapping',
        "6:3: schema: entities.d: nothing (null); expected a mapping",
        '7:7: schema: entities.e.typ: an unknown field; expected one of type, name; nearest: "type"',
    ],
}


@pytest.mark.parametrize("text", SCHEMA_CASES)
def test_a_value_that_its_schema_does_not_allow_is_told(text):
    assert said(text, validator("annotations")) == SCHEMA_CASES[text]


QUOTE_CASES = {
    "{quote: , entity: a}": ["mentions.0.quote: nothing (null); expected a string or a mapping or a list"],
    "{quote: '', entity: a}": ["mentions.0.quote: an empty string; expected at least 1 character"],
    "{quote: [], entity: a}": ["mentions.0.quote: an empty list; expected at least 1 item"],
    "{quote: [x, ''], entity: a}": ["mentions.0.quote.1: an empty string; expected at least 1 character"],
    "{quote: {quot: x}, entity: a}": ['mentions.0.quote.quot: an unknown field; expected one of quote, in, nth; nearest: "quote"'],
    "{quote: {quote: x, nth: 0}, entity: a}": ["mentions.0.quote.nth: 0; expected 1 or more"],
    "{quote: [{quote: x, nth: '1'}], entity: a}": ['mentions.0.quote.0.nth: "1"; expected an integer'],
    "{quote: [[x]], entity: a}": ["mentions.0.quote.0: a list of 1; expected a string or a mapping"],
    "{quote: x, nth: two, entity: a}": ['mentions.0.nth: "two"; expected an integer'],
    "{quote: x, entity: a, level: nam}": ['mentions.0.level: "nam"; expected one of name, nominal, pronoun, null; nearest: "name"'],
    "{quote: x, entity: a, metonymic: yes}": ['mentions.0.metonymic: "yes"; expected true or false'],
    "{quote: Iraq, Syria, entity: a}": [
        "mentions.0.Syria: an unknown field; expected one of quote, in, nth, id, entity, level, metonymic"
    ],
    "{quote: x}": ['mentions.0: no field "entity"; expected one, as it is required'],
    "x": ['mentions.0: "x"; expected a mapping'],
    "": ["mentions.0: nothing (null); expected a mapping"],
}


@pytest.mark.parametrize("mention", QUOTE_CASES)
def test_a_mention_that_is_written_wrongly_is_told(mention):
    text = f"document: d\nannotator: a\nparagraphs:\n  p1:\n    mentions:\n      - {mention}\n"
    found = said(text, validator("annotations"))
    assert [finding.partition("schema: paragraphs.p1.")[2] for finding in found] == QUOTE_CASES[mention]
    assert all(finding.startswith("6:") for finding in found)


def test_a_short_key_of_control_characters_is_shown_by_escapes():
    (problem,) = said('"\\e": b\n', Validator({"additionalProperties": False}))
    assert problem == '1:1: schema: "\\x1b": an unknown field; expected no field'


def test_a_strange_key_is_shortened_and_shown_by_escapes():
    (problem,) = said('a: b\n"\\e[31m' + "x" * 100 + '": c\n', Validator({"properties": {"a": {}}, "additionalProperties": False}))
    assert problem == '2:1: schema: "\\x1b[31m' + "x" * 35 + "..." + "x" * 17 + '": an unknown field; expected one of a'


# ------------------------------------------------------------------------------------------------------ never a traceback


def check_findings(data: bytes, schema: Validator) -> None:
    file, findings = read_yaml(data, "f.yaml", schema)
    lines = re.split(rb"\r\n?|\n", data)
    for finding in findings:
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        assert str(finding).isprintable()
    assert [(f.line, f.column) for f in findings] == sorted((f.line, f.column) for f in findings)
    if not findings:
        assert not schema.problems(file.value)


MARKS = st.sampled_from([*"{}[],:#&*!|>'\"%@`-?~ \n\t\r\ufeff\u2028\x85", "---", "...", "? ", "- ", ": ", "<<", "\r\n", "a", "é"])


@given(st.lists(MARKS | st.text(max_size=3), max_size=30).map("".join))
@example("&a : *a")
@example("? ? ? a")
@example("- - - !!map {}")
def test_any_text_is_read_or_told(text):
    check_findings(text.encode("utf-8", "replace"), ANYTHING)
    check_findings(text.encode("utf-8", "replace"), validator("metadata"))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_told(data):
    check_findings(data, validator("annotations"))


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_gold_file_is_read_or_told(seed):
    dice = random.Random(seed)
    text = GOLD[: dice.randrange(2_500, 6_000)]
    for _ in range(dice.randrange(1, 4)):
        at, length = dice.randrange(len(text)), dice.choice([0, 1, 2, 8, 200])
        junk = dice.choice(["", "\t", ":", "'", '"', "\n", "- ", "{", "]", "\0", "\u2028", "&a ", "*a", text[at : at + length]])
        text = text[:at] + junk + text[at + length :]
    check_findings(text.encode(), validator("annotations"))


@pytest.mark.parametrize("name", CASES)
def test_without_the_parser_in_c_the_same_is_refused_in_the_same_line(name, monkeypatch):
    monkeypatch.setattr("corpus_tools.yamlfile._Loader", yaml.BaseLoader)
    data, expected = CASES[name]
    found = said(data)
    places = [(problem.split(":")[0], problem.split(": ")[1]) for problem in found]
    assert places == [(problem.split(":")[0], problem.split(": ")[1]) for problem in expected]
