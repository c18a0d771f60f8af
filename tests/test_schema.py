"""The schemas as people and programs ask for them."""

import json
import re

import jsonschema
import pytest

import corpus_tools
from corpus_tools import UsageError, cli
from corpus_tools.derive import field_rows
from corpus_tools.schemas import TABLES

NAMES = [*TABLES, "annotations", "corpus", "manifest", "metadata"]


def printed(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        cli.main(["schema", *arguments])
    assert end.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_complete_in_itself(name):
    schema = corpus_tools.schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "$ref" not in json.dumps(schema)


def test_without_a_name_it_gives_all_of_them():
    assert corpus_tools.schema() == {name: corpus_tools.schema(name) for name in NAMES}


def test_an_unknown_name_is_wrong_use():
    for name in ("claim", "common", "../claims"):
        with pytest.raises(UsageError, match=f'no schema "{re.escape(name)}"; there are documents, paragraphs'):
            corpus_tools.schema(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_terminal_shows_every_field(name, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    shown = printed(capsys, name)
    for path, _, _ in field_rows(corpus_tools.schema(name)["properties"]):
        assert f" {path} " in shown


def test_fields_inside_lists_and_mappings_have_a_path():
    paths = [path for path, _, _ in field_rows(corpus_tools.schema("annotations")["properties"])]
    assert {
        "entities.*.type",
        "paragraphs.*.begins",
        "paragraphs.*.mentions[].quote",
        "paragraphs.*.claims[].relations[].type",
    } < set(paths)


def test_json_is_the_json_schema(capsys):
    assert json.loads(printed(capsys, "claims", "--json")) == corpus_tools.schema("claims")
    assert json.loads(printed(capsys, "--json")) == corpus_tools.schema()
