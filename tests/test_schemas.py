"""The schemas: valid, complete, and the same for an editor as for us."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from referencing import Registry, Resource

from corpus_tools.derive import fields
from corpus_tools.schemas import TABLES, Problem, Validator, inlined, shipped, validator
from corpus_tools.seedschemas import seed_fields
from corpus_tools.yamlfile import read_yaml

TOP = Path(__file__).parents[1]
SCHEMAS = shipped()
SEEDS = {"annotations": "*.gold.yaml", "metadata": "*.meta.yaml", "corpus": "corpus.yaml"}


def parts(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict]]:
    """Every mapping of a schema with its path."""
    if isinstance(schema, dict):
        yield path, schema
        for key, inner in schema.items():
            yield from parts(inner, (*path, key))
    elif isinstance(schema, list):
        for index, inner in enumerate(schema):
            yield from parts(inner, (*path, str(index)))


def test_the_schema_set_is_the_folder():
    assert set(TABLES) | {"annotations", "common", "corpus", "hydration", "machine", "manifest", "metadata"} == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_schema_of_the_draft_that_it_names(name):
    schema = SCHEMAS[name]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{name}.schema.json"
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator.check_schema(inlined(SCHEMAS, schema))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_uses_no_keyword_that_is_misspelt(name):
    own = {"x-seed", "x-tags", "x-key", "x-form", "x-withheld", "x-null"}
    known = {"$schema", "$id", "$ref", "$defs", "$comment", "title", "description", "type", "properties", "required", "items"}
    known |= {"additionalProperties", "propertyNames", "anyOf", "enum", "const", "default", "pattern", "minLength", "maxLength"}
    known |= {"minimum", "maximum", "minItems", "maxItems", "uniqueItems", "minProperties"}
    for path, part in parts(SCHEMAS[name]):
        if path[-1:] not in (("properties",), ("$defs",)) and "x-seed" not in path:
            assert set(part) <= known | own, path


@pytest.mark.parametrize("name", sorted(set(SCHEMAS) - {"common"}))
def test_every_field_is_described(name):
    for path, part in parts(inlined(SCHEMAS, SCHEMAS[name])):
        if path[-2:-1] == ("properties",) or not path:
            assert part.get("description", "").strip(), path


@pytest.mark.parametrize("name", sorted(set(SCHEMAS) - {"common"}))
def test_no_object_takes_unknown_fields(name):
    for path, part in parts(inlined(SCHEMAS, SCHEMAS[name])):
        if "properties" in part and path[-1:] != ("properties",):
            assert part["additionalProperties"] is False, path
            assert set(part.get("required", ())) <= set(part["properties"]), path


@pytest.mark.parametrize("table", TABLES)
def test_every_field_of_a_table_is_there_in_every_record(table):
    for path, part in parts(inlined(SCHEMAS, SCHEMAS[table])):
        if "properties" in part and path[-1:] != ("properties",):
            assert part["required"] == list(part["properties"]), path
            assert part["title"], path


def test_objects_of_one_title_have_the_same_fields():
    shapes: dict[str, list[str]] = {}
    for table in TABLES:
        for path, part in parts(inlined(SCHEMAS, SCHEMAS[table])):
            if "title" in part and path[-1:] != ("properties",):
                assert shapes.setdefault(part["title"], list(part["properties"])) == list(part["properties"]), path


@pytest.mark.parametrize("table", TABLES)
def test_what_a_person_need_not_write_has_a_value_all_the_same(table):
    for name, (_, field) in seed_fields(table).items():
        seed = field["x-seed"]
        if seed["as"] == "value" and not seed.get("required") and "default" not in field:
            types = [field.get("type"), *(choice.get("type") for choice in field.get("anyOf", ()))]
            assert any("null" in (t or ()) or t == "array" for t in types), name
        if seed["as"] == "quotes":
            assert field["items"]["title"] == "Fragment", name


@pytest.mark.parametrize("table", TABLES)
def test_the_key_of_a_table_is_made_of_its_columns(table):
    assert set(SCHEMAS[table]["x-key"]) <= set(SCHEMAS[table]["properties"])


def test_tag_sets_that_columns_name_are_in_the_corpus_schema():
    named = {
        part[key] for t in TABLES for _, part in parts(SCHEMAS[t]) for key in ("tags", "x-tags") if isinstance(part.get(key), str)
    }
    assert named == {"entity_types", "claim_types", "relation_types"}
    assert named <= set(SCHEMAS["corpus"]["properties"])


def test_every_shared_definition_is_used():
    used = {part["$ref"] for schema in SCHEMAS.values() for _, part in parts(schema) if "$ref" in part}
    assert {f"common.schema.json#/$defs/{name}" for name in SCHEMAS["common"]["$defs"]} <= used


def test_every_seed_file_names_its_schema_for_the_editor():
    for name, pattern in SEEDS.items():
        for path in (TOP / "seeds").glob(pattern):
            first = path.read_text("utf-8").splitlines()[0]
            assert first == f"# yaml-language-server: $schema=../schema/{name}.schema.json"
            assert (path.parent / first.partition("=")[2]).is_file()


# ---------------------------------------------------------------------------------- an editor's verdict and ours are one

RESOURCES = Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()])
EDITORS = {name: jsonschema.Draft202012Validator(schema, registry=RESOURCES) for name, schema in SCHEMAS.items()}


FOREIGN = {
    "doc_id": "doc",
    "annotator": "ann",
    "id": "R1",
    "format": "brat",
    "label": "near",
    "fragments": [{"start": 0, "end": 3, "text": "Ann"}],
    "attributes": '{"Arg1":"T1","Arg2":"T2"}',
}

HYDRATION = {
    "doc_id": "doc",
    "paragraphs": ["ba124af4ef2abf7f766052b800261cfefa3b8fe11b766193247ed83cef5786d4"],
    "edits": [{"source_start": 0, "source_end": 2, "text": [], "reason": "markup"}],
    "corrections": [{"paragraph": 0, "start": 3, "end": 3, "text": ["-", [0, 2]]}],
    "values": [{"table": "entities", "record": "ann/a", "column": "name", "json": [[5, 6], "x"]}],
}


def examples(name: str) -> list[Any]:
    if name == "foreign":  # the corpus in the checkout was not imported
        return [FOREIGN]
    if name in TABLES:
        lines = (TOP / "corpus" / "jsonl" / f"{name}.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines[:: max(1, len(lines) // 10)]]
    if name == "manifest":
        return [json.loads((TOP / "corpus" / "manifest.json").read_text("utf-8"))]
    if name == "hydration":
        return [HYDRATION]
    if name == "machine":
        return [{"table": "entities", "entity_id": "ann", "type": "PERSON", "name": "Ann"}]
    (path,) = (TOP / "seeds").glob(SEEDS[name])
    value = read_yaml(path.read_bytes(), path.name, validator(name))[0].value
    if name == "annotations":  # a tenth of it: the reference takes long
        value["entities"] = dict(list(value["entities"].items())[:4])
        value["paragraphs"] = {p: value["paragraphs"][p] for p in ("p1", "p10", "p28")}
    return [value]


EXAMPLES = {name: examples(name) for name in sorted(set(SCHEMAS) - {"common"})}
JUNK = [
    None,
    True,
    0,
    -1,
    1.0,
    1.5,
    2**53,
    "",
    " ",
    "a",
    "a\n",
    "p1",
    "p1\n",
    "2017-11-21",
    "A b",
    [],
    [""],
    ["a", "a"],
    {},
    {"quote": "a"},
]
JUNK += [
    {"quote": ""},
    {"quote": "a", "nth": 0},
    {"quote": "a", "nth": 1.0},
    [[]],
    [{}],
    "é",
    "\u2028",
    "\ufeff",
    "0" * 64,
    "A" * 300,
]

junk = st.sampled_from(JUNK).map(copy.deepcopy)


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, Any]:
    """A record or file with one to three changes: a value replaced, a field removed or added."""
    name = draw(st.sampled_from(sorted(EXAMPLES)))
    value = copy.deepcopy(draw(st.sampled_from(EXAMPLES[name])))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(value))))
        if not path:
            continue
        above = value
        for key in path[:-1]:
            above = above[key]
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "replace":
            above[path[-1]] = draw(junk)
        elif change == "remove":
            del above[path[-1]]
        elif isinstance(above, dict):
            above[draw(st.sampled_from(["x", "", "text", "nth", "p0", "p1\n", "p007"]))] = draw(junk)
        else:
            above.append(draw(junk))
    return name, value


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_in_the_checkout_is_valid_for_all(name):
    for value in EXAMPLES[name]:
        assert validator(name).problems(value) == []
        assert EDITORS[name].is_valid(value)


@given(damaged())
def test_schemas_with_references_and_without_give_one_verdict(case):
    name, value = case
    assert EDITORS[name].is_valid(value) == validator(name).is_valid(value) == (not validator(name).problems(value))


@given(damaged())
def test_every_problem_leads_to_a_place_in_the_value_and_says_what_is_there(case):
    name, value = case
    for problem in validator(name).problems(value):
        assert problem.found
        assert problem.expected
        assert problem.found.isprintable()
        assert not re.search(r"anyOf|oneOf|additionalProperties", problem.expected)
        inner = value
        for key in problem.path:
            inner = inner[key]  # IndexError or KeyError where it leads nowhere


# ------------------------------------------------------------------------------------------------------------ problems

SAMPLE = Validator(
    {
        "type": "object",
        "properties": {
            "count": {"type": "integer", "minimum": 1, "maximum": 3},
            "words": {"type": "array", "items": {"type": "string", "minLength": 2, "maxLength": 3}, "minItems": 1, "maxItems": 2},
            "kind": {"enum": ["one", "two", None]},
            "code": {"type": "string", "pattern": "^[a-z]$", "description": "Not this.", "x-form": "one lower-case letter"},
            "date": {"type": "string", "pattern": "^[0-9]+$", "description": "A number of digits."},
            "bare": {"type": "string", "pattern": "^x$"},
            "format": {"const": 1},
            "either": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "unique": {"uniqueItems": True},
        },
        "propertyNames": {"maxLength": 8},
        "required": ["count"],
        "additionalProperties": False,
    }
)


@pytest.mark.parametrize(
    ("value", "path", "found", "expected", "nearest"),
    [
        ({"count": 0}, "count", "0", "1 or more", ""),
        ({"count": 4}, "count", "4", "3 or less", ""),
        ({"count": True}, "count", "true", "an integer", ""),
        ({"count": "1"}, "count", '"1"', "an integer", ""),
        ({"count": 10**60}, "count", "1" + "0" * 39 + "...", "3 or less", ""),
        ({}, "", 'no field "count"', "one, as it is required", ""),
        ({"count": 1, "words": []}, "words", "an empty list", "at least 1 item", ""),
        ({"count": 1, "words": ["aa"] * 3}, "words", "a list of 3", "at most 2 items", ""),
        ({"count": 1, "words": ["aa", "a"]}, "words.1", '"a"', "at least 2 characters", ""),
        ({"count": 1, "words": ["aaaa"]}, "words.0", '"aaaa"', "at most 3 characters", ""),
        ({"count": 1, "words": "aa"}, "words", '"aa"', "a list", ""),
        ({"count": 1, "words": {}}, "words", "a mapping", "a list", ""),
        ({"count": 1, "kind": "tow"}, "kind", '"tow"', "one of one, two, null", '"two"'),
        ({"count": 1, "kind": 7}, "kind", "7", "one of one, two, null", ""),
        ({"count": 1, "code": "A"}, "code", '"A"', "one lower-case letter", ""),
        ({"count": 1, "date": "x"}, "date", '"x"', "A number of digits", ""),
        ({"count": 1, "bare": "y"}, "bare", '"y"', "what matches ^x$", ""),
        ({"count": 1, "format": 2}, "format", "2", "1", ""),
        ({"count": 1, "either": 1}, "either", "1", "a string or nothing (null)", ""),
        ({"count": 1, "unique": [1, 1]}, "unique", "a list of 2", "what uniqueItems true allows", ""),
        (
            {"count": 1, "kimd": 1},
            "kimd",
            "an unknown field",
            "one of count, words, kind, code, date, bare, format, either, unique",
            '"kind"',
        ),
        ({"count": None}, "count", "nothing (null)", "an integer", ""),
        ({"count": ""}, "count", "an empty string", "an integer", ""),
        ([], "", "an empty list", "a mapping", ""),
    ],
)
def test_a_problem_is_explained(value, path, found, expected, nearest):
    assert SAMPLE.problems(value) == [
        Problem(tuple(int(p) if p.isdigit() else p for p in path.split(".") if p), found, expected, nearest)
    ]


def test_a_name_that_is_not_allowed_is_told_at_its_place():
    problems = SAMPLE.problems({"count": 1, "muchtoolong": 1})
    assert Problem(("muchtoolong",), 'the name "muchtoolong"', "at most 8 characters", "") in problems


def test_all_problems_of_a_value_are_told_in_the_order_of_its_places():
    value = {"words": ["a", 1], "count": 9, "kimd": 1}
    assert [".".join(map(str, problem.path)) for problem in SAMPLE.problems(value)] == ["count", "kimd", "words.0", "words.1"]


def test_a_misspelt_required_field_is_one_problem():
    assert [(problem.found, problem.nearest) for problem in SAMPLE.problems({"cuont": 1})] == [("an unknown field", '"count"')]


@pytest.mark.parametrize("value", [float("nan"), 10**400, "\ud800", object()])
def test_a_value_that_is_no_json_is_a_problem_or_none_but_no_traceback(value):
    for name in ("claims", "metadata"):
        assert validator(name).problems(value)
        validator(name).problems({"title": value})


def test_inlining_keeps_what_stands_beside_a_reference():
    field = fields("claims")["doc_id"]
    assert field["description"].startswith("Identifier of the document")
    assert field["pattern"] == SCHEMAS["common"]["$defs"]["id"]["pattern"]
