"""Lines that try to get past the schema: the libraries and the reader give one verdict, or differ for a reason in docs/validation.md.

Four verdicts on a line: `jsonschema` on the schema with its references, as an editor sees it; `jsonschema` on the schema with the
references replaced; `jsonschema_rs`, the fast one; and the reader, which makes a record of the line or refuses it.
"""

import copy
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource
from signing import tiny_corpus

from corpus_tools.reading import Rows, explain, read_record
from corpus_tools.schemas import TABLES, inlined, shipped, validator

DOC = (Path(__file__).parents[1] / "docs" / "validation.md").read_text("utf-8")

# The tiny corpus has no row of this table.
FOREIGN = (
    '{"doc_id":"a","annotator":"gold","id":"x1","format":"other","label":"whatever","fragments":[{"start":0,"end":4,"text":"Rain"}],'
    '"attributes":"{}"}'
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound record of every table."""
    corpus = tiny_corpus(tmp_path_factory.mktemp("tiny"))
    lines = {table: (corpus / "jsonl" / f"{table}.jsonl").read_bytes().splitlines() for table in TABLES}
    return {table: json.loads(rows[0]) if (rows := lines[table]) else json.loads(FOREIGN) for table in TABLES}


# ------------------------------------------------------------------------------------------------------ verdicts


@cache
def with_references(table):
    registry = Registry().with_resources((f"{name}.schema.json", Resource.from_contents(s)) for name, s in shipped().items())
    return jsonschema.Draft202012Validator(shipped()[table], registry=registry)


@cache
def without_references(table):
    return jsonschema.Draft202012Validator(inlined(shipped(), shipped()[table]))


def fast(table, value):
    try:
        return validator(table).is_valid(value)
    except (ValueError, OverflowError, RecursionError):
        return False


def verdicts(table, line):
    """What the three validators say of a line, as a set; a line that is no JSON is not valid."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {False}
    return {with_references(table).is_valid(value), without_references(table).is_valid(value), fast(table, value)}


def rules_that_explain(table, line):
    rows = Rows("a", "claims.jsonl", 1, [None], [line])
    return {finding.rule for finding in explain(table, rows, 0)}


# --------------------------------------------------------------------------------------------------------- places

# Where a record of each table has a value of each kind.
_PLACES = """
documents   id doc_id, words title, integer source.bytes, list authors, object source, enumeration text_status, date published
documents   url url, language language, null publisher, digest text_sha256, split split
paragraphs  id paragraph_id, words text, integer sentences.0.start, list sentences, object sentences.0, enumeration kind
entities    id entity_id, text type, null name
mentions    id mention_id, words text, integer start, full-list fragments, object fragments.0, null level, choice-or-null level
mentions    boolean metonymic
claims      id claim_id, id-or-null parent_id, words content.0.text, integer content.0.end, list entity_ids, full-list content
foreign     id id, words fragments.0.text, integer fragments.0.end, list fragments, object fragments.0
claims      object content.0, enumeration attitude, null stance, choice-or-null stance
"""


def places():
    """``{table: {kind: path}}``."""
    result = {table: {} for table in TABLES}
    for table, pairs in (line.split(maxsplit=1) for line in _PLACES.strip().splitlines()):
        for kind, path in (pair.split() for pair in pairs.split(", ")):
            result[table][kind] = [int(part) if part.isdigit() else part for part in path.split(".")]
    return result


PLACES = places()


class Value(NamedTuple):
    """A JSON text for the value at a place: whether the schema allows it, and why the reader refuses it nevertheless."""

    kind: str
    text: str
    valid: bool
    but: str = ""


def js(value):
    return json.dumps(value, ensure_ascii=False)


NO_STRING = ["5", "true", "null", '["a"]', "{}"]
IDS = [js(word) for word in ("a\n", "a\r", "a\u2028", "\ta", "", " a", "ä", "１", "-a", ".a", "a/b", "a\x00", "a" * 201, "а")]
VALUES = [
    *(Value("id", text, False) for text in NO_STRING + IDS),
    *(Value("id", js(word), True) for word in ("a", "A.b-c_d", "0", "a" * 200)),
    *(Value("id-or-null", text, False) for text in ["5", "false", *IDS]),
    *(Value("id-or-null", text, True) for text in ["null", '"a"']),
    *(Value("text", text, False) for text in [*NO_STRING, '""']),
    *(Value("text", js(text), True) for text in (" ", "\n", "\x00", "\x7f", "\ufeff", "\ufffe", "e\u0301", "😀", "x" * (1 << 20))),
    Value("text", r'"\u0041"', True, "written otherwise"),
    Value("text", r'"\u000a"', True, "written otherwise"),
    Value("text", r'"\/"', True, "written otherwise"),
    *(Value("text", text, True, "lone surrogate") for text in (r'"\ud800"', r'"a\udfff"', r'"\udc00\ud800"')),
    Value("id", r'"\ud800"', False),
    Value("url", r'"http://\ud800"', True, "lone surrogate"),
    Value("text", r'"\ud83d\ude00"', True, "written otherwise"),
    *(Value("text", text, False) for text in ('"\t"', '"a\nb"', '"\x00"', r'"\x41"', r'"\u12"', "'a'")),  # no JSON
    *(Value("integer", text, False) for text in ("true", "false", "null", '"3"', "[3]", "3.5", "-1", "-1.0", "1e-1")),
    *(Value("integer", str(n), False) for n in (2**53, 2**63, 2**64, 2**70, -(2**63), -(2**70), 10**400)),
    *(Value("integer", text, False) for text in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999")),
    *(Value("integer", text, False) for text in ("03", "+3", "0x10", "3.", ".3", "1_000", "３", "9" * 5000, "")),  # no JSON
    *(Value("integer", text, True) for text in ("0", "3", str(2**53 - 1))),
    *(Value("integer", text, True, "number with a point or exponent") for text in ("3.0", "1e2", "-0.0", "1E0")),
    Value("integer", "-0", True, "written otherwise"),
    *(Value("list", text, False) for text in ("null", "{}", '"a"', "5", "[null]", "[[]]", "[5]", "[true]", "[{}]")),
    Value("list", "[]", True),
    *(Value("full-list", text, False) for text in ("null", "{}", '"a"', "5", "[null]", "[[]]", "[5]", "[]", "[{}]")),
    *(
        Value("object", text, False)
        for text in ("null", "[]", '"a"', "5", "{}", '{"start":0}', '{"start":0,"end":1,"text":"a","x":1}')
    ),
    *(Value("enumeration", text, False) for text in ('""', '"Body"', '"included "', '"included\\n"', "null", "true", "0")),
    *(Value("choice-or-null", text, False) for text in ('""', '"Name"', '"name "', '"null"', "false", "0", "[]")),
    Value("choice-or-null", "null", True),
    Value("null", "null", True),
    *(Value("null", text, False) for text in ("false", "0", "[]", "{}", '""')),
    *(Value("boolean", text, False) for text in ("0", "1", "0.0", '"true"', "null", "[]", "True")),
    *(Value("boolean", text, True) for text in ("true", "false")),
    *(
        Value("date", js(d), False)
        for d in ("", "20", "2020-13", "2020-00", "2020-1-1", "2020-01-32", "20200101", "2020-01-01T00:00")
    ),
    *(Value("date", js(d), False) for d in ("２０２０", "٢٠٢٠", "2020\n", "2020-01\n", "-2020", "2020-01-01 ", "2020–01–01")),
    *(Value("date", js(d), True) for d in ("2020", "2020-12", "2020-02-30", "0000")),  # 2020-02-30 is for the rule date-real
    *(
        Value("url", js(f"http://a{c}b"), False)
        for c in " \t\n\r\x0b\x0c\x00\x1c\x1f\x7f\x85\xa0\u1680\u2000\u2028\u202f\u3000\ufeff"
    ),
    *(Value("url", js(u), False) for u in ("", "http://", "ftp://a", "HTTP://a", "//a", "http://a\n", " http://a", "javascript:a")),
    *(Value("url", js(u), True) for u in ("http://a", "https://ä.de/ü?q=1#x", "https://例え.jp/😀")),
    *(
        Value("language", js(t), False)
        for t in ("", "e", "en_GB", "en-", "-en", "en--GB", "en\n", "en ", "x", "ｅｎ", "en-" + "a" * 9)
    ),
    *(Value("language", js(t), True) for t in ("en", "zh-Hans-CN", "de-CH-1996", "x-private", "en-x-y", "sl-rozaj-biske-1994")),
    *(Value("digest", js(d), False) for d in ("", "0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n", "٠" * 64, "0" * 63 + "g")),
    *(Value("split", js(s), False) for s in ("", "a-b", "a\n", "_a", "ä", "a" * 65, "a.b")),
]
# What is null where a text is withheld.
VALUES += [value._replace(kind="words") for value in VALUES if value.kind == "text" and value.text != "null"]
VALUES += [Value("words", "null", True)]


def spelled(record, path, text):
    """The line of a record with a JSON text at a place."""
    record = copy.deepcopy(record)
    holder = record
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = "@@"
    return (
        json.dumps(record, ensure_ascii=False, separators=(",", ":")).replace('"@@"', text).encode("utf-8", "surrogatepass") + b"\n"
    )


CASES = [
    pytest.param(
        table, PLACES[table][value.kind], value, id=f"{table}-{'.'.join(map(str, PLACES[table][value.kind]))}-{value.text[:20]!r}"
    )
    for value in VALUES
    for table in TABLES
    if value.kind in PLACES[table]
]


@pytest.mark.parametrize("table, path, value", CASES)
def test_all_give_the_same_verdict_on_a_value(sound, table, path, value):
    line = spelled(sound[table], path, value.text)
    agreed = verdicts(table, line)
    if value.kind == "url" and value.but == "lone surrogate":
        assert agreed == {True, False}, "the fast validator cannot match it with a pattern"
    else:
        assert agreed == {value.valid}
    assert_reader(table, line, value.valid, value.but)


def assert_reader(table, line, valid, but):
    """The reader takes a line that is valid unless there is a reason, which the documents give, and says what is wrong otherwise."""
    assert (read_record(table, line) is not None) == (valid and not but)
    if but:
        assert f"| {but} |" in DOC
        assert rules_that_explain(table, line) == {"json-canonical"}
    elif not valid:
        assert rules_that_explain(table, line) & {"schema", "json-syntax"}


# ---------------------------------------------------------------------------------------------------------- lines


def written(record):
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


LINES = {
    "the line itself": (lambda r: written(r) + b"\n", True, ""),
    "an unknown field": (lambda r: written({**r, "x": 1}) + b"\n", False, ""),
    "an unknown field of null": (lambda r: written({**r, "x": None}) + b"\n", False, ""),
    "a field of another spelling": (lambda r: written({**r, "Doc_id": "a"}) + b"\n", False, ""),
    "an unknown deep field": (lambda r: written(r)[:-1] + b',"x":' + b"[" * 100 + b"]" * 100 + b"}\n", False, ""),
    "a very deep field": (lambda r: written(r)[:-1] + b',"x":' + b"[" * 900 + b"]" * 900 + b"}\n", False, ""),
    "a very deep known field": (lambda r: b'{"doc_id":' + b"[" * 900 + b"]" * 900 + b"," + written(r)[1:] + b"\n", None, ""),
    "a very deep line": (lambda r: b"[" * 100_000 + b"\n", False, ""),
    "a very deep object": (lambda r: b'{"doc_id":' * 100_000 + b"\n", False, ""),
    "no doc_id": (lambda r: written({k: v for k, v in r.items() if k != "doc_id"}) + b"\n", False, ""),
    "the last field missing": (lambda r: written({k: r[k] for k in list(r)[:-1]}) + b"\n", False, ""),
    "no field": (lambda r: b"{}\n", False, ""),
    "a list": (lambda r: b"[" + written(r) + b"]\n", False, ""),
    "null": (lambda r: b"null\n", False, ""),
    "a number": (lambda r: b"1\n", False, ""),
    "a string": (lambda r: b'"a"\n', False, ""),
    "an empty line": (lambda r: b"\n", False, ""),
    "nothing": (lambda r: b"", False, ""),
    "two records": (lambda r: written(r) * 2 + b"\n", False, ""),
    "a record and a word": (lambda r: written(r) + b" x\n", False, ""),
    "a comma at the end": (lambda r: written(r)[:-1] + b",}\n", False, ""),
    "a comment": (lambda r: written(r) + b"// x\n", False, ""),
    "a cut line": (lambda r: written(r)[:-2] + b"\n", False, ""),
    "a byte that is no UTF-8": (lambda r: written(r)[:-1] + b',"\xff":1}\n', False, ""),
    "an overlong byte sequence": (lambda r: written(r).replace(b'"doc_id":"a"', b'"doc_id":"\xc1\xa1"') + b"\n", False, ""),
    "an encoded surrogate": (lambda r: written(r).replace(b'"doc_id":"a"', b'"doc_id":"\xed\xa0\x80"') + b"\n", False, ""),
    "UTF-16": (lambda r: written(r).decode().encode("utf-16"), None, ""),
    "a byte order mark": (lambda r: b"\xef\xbb\xbf" + written(r) + b"\n", False, ""),
    "a NUL at the end": (lambda r: written(r) + b"\x00\n", False, ""),
    "the same field twice, equal": (lambda r: b'{"doc_id":"a",' + written(r)[1:] + b"\n", True, "equal keys"),
    "the same field twice, the first wrong": (lambda r: b'{"doc_id":5,' + written(r)[1:] + b"\n", True, "equal keys"),
    "the same field twice, escaped": (lambda r: b'{"\\u0064oc_id":"b",' + written(r)[1:] + b"\n", True, "equal keys"),
    "the same field twice, the last wrong": (lambda r: written(r)[:-1] + b',"doc_id":5}\n', False, ""),
    "an escaped field name": (lambda r: written(r).replace(b'"doc_id"', b'"\\u0064oc_id"') + b"\n", True, "written otherwise"),
    "fields in another order": (lambda r: written(dict(reversed(r.items()))) + b"\n", True, "written otherwise"),
    "spaces behind commas": (lambda r: json.dumps(r, ensure_ascii=False).encode() + b"\n", True, "written otherwise"),
    "a space before": (lambda r: b" " + written(r) + b"\n", True, "written otherwise"),
    "a space behind": (lambda r: written(r) + b" \n", True, "written otherwise"),
    "CR LF": (lambda r: written(r) + b"\r\n", True, "written otherwise"),
    "no line feed": (lambda r: written(r), True, "written otherwise"),
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", LINES)
def test_all_give_the_same_verdict_on_a_line(sound, table, name):
    spell, valid, but = LINES[name]
    line = spell(sound[table])
    if valid is None:  # only that nobody takes it, or falls over it
        assert read_record(table, line) is None
        assert rules_that_explain(table, line)
        return
    if name != "a byte order mark":  # json.loads refuses it in a string and takes it away from bytes
        assert verdicts(table, line) == {valid}
    assert_reader(table, line, valid, but)


def test_nested_equal_keys_are_seen(sound):
    line = written(sound["claims"]).replace(b'"content":[{', b'"content":[{"start":0,') + b"\n"
    assert verdicts("claims", line) == {True}
    assert_reader("claims", line, True, "equal keys")


def test_a_block_of_lines_has_the_verdict_of_its_lines(sound):
    from corpus_tools.reading import read_block

    lines = [written(sound["claims"]) + b"\n", b"{}\n", written(sound["claims"]) + b" \n", written(sound["claims"]) + b"\n"]
    assert [record is not None for record in read_block("claims", lines)] == [True, False, False, True]


# ------------------------------------------------------------------------------------------------------- mutation

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2**64)
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["a", "p1", "body", "2020"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["start", "end", "text", "x"]), inner, max_size=3),
    max_leaves=4,
)


def paths_in(value, path=()):
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths_in(inner, (*path, key))


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_all_give_the_same_verdict_on_a_record_changed_anywhere(sound, table, data):
    record = copy.deepcopy(sound[table])
    for _ in range(data.draw(st.integers(1, 2))):
        *above, last = data.draw(st.sampled_from(list(paths_in(record))))
        holder = record
        for part in above:
            holder = holder[part]
        match data.draw(st.sampled_from(["set", "set", "drop", "add", "double"])):
            case "set":
                holder[last] = data.draw(json_values)
            case "drop":
                del holder[last]
            case "double" if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[last]))
            case _ if isinstance(holder, dict):
                holder[data.draw(st.sampled_from(["x", "start", "doc_id"]))] = data.draw(json_values)
        if not record:
            break
    line = written(record) + b"\n"
    agreed = verdicts(table, line)
    assert len(agreed) == 1
    in_order = list(record) == list(sound[table]) and not has_float(record) and same_order(record)
    assert (read_record(table, line) is not None) == (agreed == {True} and in_order)
    if read_record(table, line) is None:
        assert rules_that_explain(table, line)


def has_float(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, float) or any(map(has_float, inner))


def same_order(record):
    """Whether the fields of fragments and the like stand in their order."""
    from corpus_tools.records import Edit, Fragment, Relation, Sentence, Source

    orders = [list(record_class.__struct_fields__) for record_class in (Fragment, Sentence, Source, Edit, Relation)]
    inner = [v for value in record.values() for v in (value if isinstance(value, list) else [value]) if isinstance(v, dict)]
    return all(list(value) in orders for value in inner)
