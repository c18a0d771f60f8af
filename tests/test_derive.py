"""What derives from the schemas: a field that is added to a schema shows up everywhere."""

import copy
import json
import sys
from pathlib import Path
from types import ModuleType

import datasets
import jsonschema
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_tools import derive, fieldtables, generating, records, seedschemas
from corpus_tools.schemas import TABLES, Validator, inlined, shipped
from corpus_tools.yamlfile import read_yaml

TOP = Path(__file__).parents[1]
FRAGMENT = {"$ref": "common.schema.json#/$defs/fragment"}

NEW = {
    "claims": {
        "certainty": {
            "description": "How certain the source is | says to be.",
            "type": "string",
            "enum": ["high", "low"],
            "default": "high",
            "x-seed": {"as": "value"},
        },
        "hedge": {
            "description": "Words that hedge.",
            "type": "array",
            "items": FRAGMENT,
            "x-seed": {"as": "quotes", "name": "hedged_by"},
        },
        "weight": {
            "description": "A number that no person writes.",
            "anyOf": [{"type": "integer", "minimum": 0, "maximum": 9}, {"type": "null"}],
        },
        "notes": {
            "description": "Remarks.",
            "anyOf": [
                {
                    "type": "array",
                    "maxItems": 3,
                    "items": {
                        "title": "Note",
                        "description": "A remark.",
                        "type": "object",
                        "properties": {
                            "by": {"type": "string", "description": "Who."},
                            "at": {"description": "Where.", "anyOf": [FRAGMENT, {"type": "null"}]},
                        },
                        "required": ["by", "at"],
                        "additionalProperties": False,
                    },
                },
                {"type": "null"},
            ],
        },
    },
    "documents": {
        "section": {
            "description": "Section of the paper.",
            "type": ["string", "null"],
            "minLength": 1,
            "x-seed": {"as": "value", "name": "column"},
        },
        "page": {"description": "Page.", "type": "integer", "minimum": 1, "x-seed": {"as": "value", "required": True}},
        "online": {"description": "Whether it is online.", "type": "boolean", "default": False, "x-seed": {"as": "value"}},
    },
}


@pytest.fixture(scope="module")
def more() -> dict:
    """A copy of the schemas with more fields."""
    schemas = copy.deepcopy(dict(shipped()))
    for table, fields in NEW.items():
        schemas[table]["properties"] |= fields
        schemas[table]["required"] += list(fields)
    return schemas


@pytest.fixture(scope="module")
def module(more) -> ModuleType:
    """The record classes of that copy, as a module."""
    result = ModuleType("records_with_more")
    sys.modules[result.__name__] = result
    exec(derive.record_classes(more), result.__dict__)
    return result


# --------------------------------------------------------------------------------------------------- a field that is new


def test_a_new_field_is_in_the_source_of_the_record_classes(more):
    source = derive.record_classes(more)
    assert '    certainty: Literal["high", "low"]\n' in source
    assert "    hedge: list[Fragment]\n" in source
    assert "    weight: Annotated[int, Meta(ge=0, le=9)] | None\n" in source
    assert "    notes: Annotated[list[Note], Meta(max_length=3)] | None\n" in source
    assert 'class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):\n    """A remark."""\n' in source
    assert "    at: Fragment | None\n" in source
    assert "    section: Annotated[str, Meta(min_length=1)] | None\n" in source
    assert "    page: Annotated[int, Meta(ge=1)]\n" in source
    assert "    online: bool\n" in source
    assert source.count("class Fragment(") == 1


def claim(**more_fields) -> dict:
    line = (TOP / "corpus" / "jsonl" / "claims.jsonl").read_text("utf-8").splitlines()[0]
    fragment = {"start": 0, "end": 1, "text": "a"}
    new = {
        "certainty": "low",
        "hedge": [fragment],
        "weight": None,
        "notes": [{"by": "me", "at": None}, {"by": "me", "at": fragment}],
    }
    return json.loads(line) | new | more_fields


def test_the_record_classes_take_the_new_field(module):
    value = claim()
    assert msgspec.to_builtins(msgspec.convert(value, module.Claim)) == value


@pytest.mark.parametrize(
    "wrong",
    [
        {"certainty": "middling"},
        {"hedge": None},
        {"weight": 10},
        {"notes": [{"by": "me"}]},
        {"notes": [{"by": "", "at": None}] * 4},
    ],
)
def test_the_record_classes_refuse_what_the_schema_of_the_new_field_refuses(module, more, wrong):
    assert Validator(inlined(more, more["claims"])).problems(claim(**wrong))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(claim(**wrong), module.Claim)


def test_a_new_field_is_in_the_arrow_schema_and_holds_its_values(more):
    schema = derive.arrow_schema("claims", more)
    fragment = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("text", pa.string())])
    note = pa.struct([("by", pa.string()), ("at", fragment)])
    assert schema.names[-4:] == ["certainty", "hedge", "weight", "notes"]
    assert schema.field("certainty").type == pa.string()
    assert schema.field("hedge").type == pa.list_(pa.field("element", fragment))
    assert schema.field("hedge").type.value_field.name == "element"  # as Parquet calls it
    assert schema.field("weight").type == pa.int64()
    assert schema.field("notes").type == pa.list_(pa.field("element", note))
    assert pa.Table.from_pylist([claim()], schema).to_pylist() == [claim()]
    assert derive.arrow_schema("documents", more).field("online").type == pa.bool_()


def test_a_new_field_is_in_the_features_and_these_are_in_the_arrow_schema(more):
    features = derive.features("claims", more)
    fragment = {"start": datasets.Value("int64"), "end": datasets.Value("int64"), "text": datasets.Value("string")}
    assert features["certainty"] == datasets.Value("string")
    assert features["hedge"] == datasets.List(fragment)
    assert features["weight"] == datasets.Value("int64")
    assert features["notes"] == datasets.List({"by": datasets.Value("string"), "at": fragment})
    assert datasets.Features.from_arrow_schema(derive.arrow_schema("claims", more)) == features


def test_a_new_field_of_claims_is_in_the_schema_of_annotations(more):
    schema = seedschemas.annotations_schema(more)
    jsonschema.Draft202012Validator.check_schema(schema)
    written = schema["properties"]["paragraphs"]["additionalProperties"]["anyOf"][0]["properties"]["claims"]["items"]["properties"]
    assert written["certainty"] == {key: value for key, value in NEW["claims"]["certainty"].items() if key != "x-seed"}
    assert written["hedged_by"]["description"] == "Words that hedge."
    assert not {"hedge", "weight", "notes"} & set(written)
    text = "document: d\nannotator: a\nparagraphs:\n  p1:\n    claims:\n"
    text += "      - {content: x, certainty: low, hedged_by: [y, {quote: z, nth: 2}]}\n"
    file, findings = read_yaml(text.encode(), "f.yaml", Validator(schema))
    assert not findings
    assert file.value["paragraphs"]["p1"]["claims"][0]["hedged_by"][1] == {"quote": "z", "nth": 2}
    _, findings = read_yaml(text.replace("low", "lo").encode(), "f.yaml", Validator(schema))
    assert [f.nearest for f in findings] == ['"low"']


def test_a_new_field_of_documents_is_in_the_schema_of_the_metadata(more):
    schema = seedschemas.metadata_schema(more)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert {"column", "page", "online"} <= set(schema["properties"])
    assert "section" not in schema["properties"]
    assert "page" in schema["required"]
    text = "title: T\nlanguage: en\nrights: r\nsha256: " + "0" * 64 + "\ncolumn: null\npage: 12\nonline: true\n"
    file, findings = read_yaml(text.encode(), "f.yaml", Validator(schema))
    assert not findings
    assert (file.value["column"], file.value["page"], file.value["online"]) == (None, 12, True)


def test_a_new_field_is_in_the_field_table(more):
    rows = fieldtables.field_table("claims", more).splitlines()
    assert "| `certainty` | one of `high`, `low` | How certain the source is \\| says to be. |" in rows
    assert "| `hedge` | list of Fragment | Words that hedge. |" in rows
    assert "| `weight` | integer or null | A number that no person writes. |" in rows
    assert "| `notes` | list of Note or null | Remarks. |" in rows
    assert "| `notes[].at` | Fragment or null | Where. |" in rows
    assert "| `section` | string or null | Section of the paper. |" in fieldtables.field_table("documents", more).splitlines()


def test_a_new_field_is_no_code_but_the_generated_file(more):
    changed = generating.generated_files(more)
    assert [path for path, content in generating.generated_files().items() if changed[path] != content] == list(changed)
    forms = {f"schema/{form}.schema.json" for form in ("annotations", "machine", "metadata")}
    assert set(changed) == {"src/corpus_tools/records.py", *forms}


# ----------------------------------------------------------------------------------------------------- fields that are there


@pytest.mark.parametrize("path", generating.generated_files())
def test_the_committed_files_are_what_the_schemas_give(path):
    assert (TOP / path).read_text("utf-8") == generating.generated_files()[path], "run `make generate`"


def test_generating_twice_gives_the_same():
    assert generating.generated_files(copy.deepcopy(dict(shipped()))) == generating.generated_files()


@pytest.mark.parametrize("table", TABLES)
def test_classes_arrow_features_and_tables_have_the_columns_of_the_schema(table):
    columns = list(shipped()[table]["properties"])
    assert [field.name for field in msgspec.structs.fields(records.TABLE_CLASSES[table])] == columns
    assert derive.arrow_schema(table).names == columns
    assert list(derive.features(table)) == columns
    rows = [line.split("`")[1] for line in fieldtables.field_table(table).splitlines()[2:]]
    assert [name for name in rows if "." not in name] == columns


@pytest.mark.parametrize("table", TABLES)
def test_the_shipped_parquet_files_have_the_derived_schema(table):
    for path in (TOP / "corpus" / "data" / table).glob("*.parquet"):
        schema = pq.read_schema(path)
        assert schema.equals(derive.arrow_schema(table), check_metadata=False)
        assert json.loads(schema.metadata[b"huggingface"]) == {"info": {"features": derive.features(table).to_dict()}}


def test_patterns_lead_to_the_strings_that_have_them():
    patterns = dict(derive.patterns("claims"))
    assert ("relations", "[]", "target_id") in patterns
    assert ("parent_id",) in patterns  # inside an alternative
    assert ("quotation",) not in patterns
    assert ("source", "sha256") in dict(derive.patterns("documents"))


@pytest.mark.parametrize(
    ("field", "kind", "nullable", "name"),
    [
        ({"type": "string"}, "string", False, "string"),
        ({"type": ["null", "integer"]}, "integer", True, "integer or null"),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, "boolean", True, "boolean or null"),
        ({"anyOf": [{"type": "string"}]}, "string", False, "string"),
        ({"type": ["string", "null"], "enum": ["a", None]}, "string", True, "one of `a` or null"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "array", False, "list of string or null"),
    ],
)
def test_the_type_of_a_field(field, kind, nullable, name):
    assert (derive.kind(field), derive.nullable(field), fieldtables.type_name(field)) == (kind, nullable, name)


def test_what_a_person_writes_for_a_mention_is_told_by_the_schema():
    written = {name: column for name, (column, _) in seedschemas.seed_fields("mentions").items()}
    assert written == {"id": "mention_id", "entity": "entity_id", "level": "level", "metonymic": "metonymic", "quote": "fragments"}


@pytest.mark.parametrize("table", TABLES)
def test_features_are_written_as_datasets_writes_them(table):
    assert derive.feature_dict(table) == derive.features(table).to_dict()
