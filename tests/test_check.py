"""Checking corpora: several documents, shards, splits and annotators; other forms; seeds; and input that is no corpus at all."""

import json
import os
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from signing import change, sign, tiny_corpus

import corpus_tools
from corpus_tools import UsageError, check
from corpus_tools.cutting import cut
from corpus_tools.findings import Finding
from corpus_tools.sarif import sarif
from corpus_tools.schemas import TABLES

COPIES = 5


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A corpus of several documents, shards, splits and annotators, and its seeds."""
    folder = tmp_path_factory.mktemp("large")
    tiny_corpus(folder)
    seeds = folder / "seeds"
    for path in sorted(seeds.glob("[ab].*")):
        for number in range(COPIES):
            text = path.read_text("utf-8").replace(f"document: {path.name[0]}\n", f"document: {path.name[0]}{number}\n")
            (seeds / f"{path.name[0]}{number}{path.name[1:]}").write_text(text, "utf-8", newline="")
    for path in sorted(seeds.glob("a[01].gold.yaml")):
        text = path.read_text("utf-8").replace("annotator: gold", "annotator: silver")
        path.with_name(path.name.replace("gold", "silver")).write_text(text, "utf-8", newline="")
    corpus_tools.reshard(4, seeds, folder / "corpus")
    return folder


@pytest.fixture
def corpus(large, tmp_path, monkeypatch):
    """A copy of the large corpus, in the current folder; its seeds are ../seeds of the original."""
    shutil.copytree(large / "corpus", tmp_path / "corpus")
    shutil.copytree(large / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "corpus"


def texts(findings):
    return [str(finding) for finding in findings]


def rules(findings):
    return {finding.rule for finding in findings}


# --------------------------------------------------------------------------------------------------- sound and not


def test_the_large_corpus_has_shards_splits_and_annotators(corpus):
    manifest = json.loads((corpus / "manifest.json").read_bytes())
    assert manifest["shards"] == 4
    assert manifest["splits"] == {"train": COPIES + 1, "test": COPIES + 1}
    assert b'"doc_id":"a0","annotator":"silver"' in (corpus / "jsonl" / "claims.jsonl").read_bytes()


@pytest.mark.parametrize("read", [None, "jsonl", "parquet"])
@pytest.mark.parametrize("against", [None, "seeds"])
def test_a_sound_corpus_gives_no_finding(corpus, read, against):
    assert check("corpus", against, read) == []


def test_all_problems_are_found_each_at_its_line(corpus):
    path = corpus / "jsonl" / "mentions.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = {2: (b'"level":"name"', b'"level":"word"'), 17: (b'"text":', b'"text": '), 30: (b'"entity_id":"', b'"entity_id":"x')}
    for number, (old, new) in damaged.items():
        assert old in lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)
    path.write_bytes(b"".join(lines))
    sign(corpus, "figures")
    found = {(f.path, f.line, f.rule) for f in check("corpus", read="jsonl")}
    assert {(path, 2, "schema"), (path, 17, "json-canonical"), (path, 30, "reference-resolves")} == {
        (corpus.parent / p, line, rule) for p, line, rule in found if rule not in ("entity-mentioned", "derived-column")
    }


def test_a_problem_of_one_annotator_is_not_one_of_the_other(corpus):
    path = corpus / "jsonl" / "claims.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if b'"doc_id":"a1","annotator":"silver","claim_id":"c4"' in line)
    lines[at] = lines[at].replace(b'"parent_id":"c3"', b'"parent_id":"c9"')
    path.write_bytes(b"".join(lines))
    sign(corpus)
    expected = 'the claim "c9", which is not there; expected the id of a claim of this document'
    assert texts(check("corpus")) == [f"corpus/jsonl/claims.jsonl:{at + 1} silver/c4: reference-resolves: {expected}"]


@pytest.mark.parametrize("read, there", [("jsonl", "jsonl"), ("parquet", "data")])
def test_one_form_is_checked_without_the_other(corpus, read, there):
    shutil.rmtree(corpus / ("data" if there == "jsonl" else "jsonl"))
    assert check("corpus", read=read) == []
    assert rules(check("corpus", read="parquet" if read == "jsonl" else "jsonl")) == {"file-missing"}


def test_a_problem_in_parquet_is_found_with_file_and_record(corpus):
    path = corpus / "jsonl" / "mentions.jsonl"
    path.write_bytes(
        path.read_bytes().replace(b'"start":16,"end":19,"text":"Ulm","frag', b'"start":16,"end":18,"text":"Ulm","frag', 1)
    )
    sign(corpus)
    (finding,) = check("corpus", read="parquet")
    assert str(finding).startswith("corpus/data/mentions/test-0000")
    assert finding.record == "silver/m1"
    assert finding.message == '16-18 "Ulm"; expected 16-19 "Ulm", as its fragments say'


@pytest.mark.parametrize("table", [table for table in TABLES if table != "foreign"])
def test_every_row_that_parquet_lacks_has_too_much_or_has_otherwise_is_found(corpus, table):
    import pyarrow.parquet as pq

    from corpus_tools.tables import write_parquet

    path = next(p for p in sorted((corpus / "data" / table).iterdir()) if pq.read_metadata(p).num_rows > 1)
    whole = pq.read_table(path)
    for rows in (whole.slice(1), whole.take([0, *range(whole.num_rows)]), whole.take([*reversed(range(whole.num_rows))])):
        write_parquet(path, rows)
        sign(corpus, "digests")
        (finding,) = check("corpus")
        assert (finding.rule, finding.path) == ("parquet-rows", str(path.relative_to(corpus.parent)))


# ------------------------------------------------------------------------------------------------------- against


def test_against_seeds_finds_documents_too_many_and_too_few(corpus):
    for path in (corpus.parent / "seeds").glob("a3.*"):
        path.rename(path.with_name(path.name.replace("a3", "c3")))
    gold = corpus.parent / "seeds" / "c3.gold.yaml"
    gold.write_text(gold.read_text("utf-8").replace("document: a3", "document: c3"), "utf-8", newline="")
    found = texts(check("corpus", "seeds"))
    assert (
        "corpus/jsonl/documents.jsonl:5: against-seeds: the document a3, which the seeds do not have; expected a document of the seeds"
        in [line.partition("; nearest")[0] for line in found]
    )
    assert "seeds/c3.meta.yaml:1: against-seeds: a document that the corpus does not have; expected it in the corpus" in found
    assert any("manifest.json: against-seeds: inputs" in line for line in found)
    assert len(found) == 3


def test_against_seeds_finds_what_was_changed_and_signed(corpus):
    change(corpus, "manifest.json", replace='"license": "CC0-1.0"', by='"license": "MIT"')
    path = corpus / "jsonl" / "entities.jsonl"
    path.write_bytes(
        path.read_bytes().replace(
            b'"doc_id":"a2","annotator":"gold","entity_id":"bob","type":"PERSON","name":null',
            b'"doc_id":"a2","annotator":"gold","entity_id":"bob","type":"PERSON","name":"Bob"',
        )
    )
    sign(corpus)
    assert check("corpus") == []
    assert texts(check("corpus", "seeds")) == [
        'corpus/manifest.json: against-seeds: corpus.license "MIT"; expected "CC0-1.0", as corpus.yaml has it',
        'corpus/jsonl/entities.jsonl:12 gold/bob: against-seeds: name "Bob"; expected null, as the seeds give it',
    ]


def test_against_seeds_that_are_broken_reports_the_seeds(corpus):
    config = corpus.parent / "seeds" / "corpus.yaml"
    config.write_text("name: [", "utf-8")
    assert rules(check("corpus", "seeds")) == {"yaml-syntax", "against-seeds"}  # the digest of the seeds is another too
    config.unlink()
    with pytest.raises(UsageError, match=r"corpus\.yaml: not found"):
        check("corpus", "seeds")


def test_against_another_corpus_of_seeds_that_has_a_broken_document(corpus):
    change(corpus.parent / "seeds", "a2.gold.yaml", replace="quote: her,", by="quote: his,")
    assert rules(check("corpus", "seeds")) == {"quote-missing", "against-seeds"}


# ------------------------------------------------------------------------------------------------ what is no corpus


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"NaN",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": NaN}',
        b'{"format": 1}',
        b'"\\ud800"',
        b"1" * 5000,
    ],
)
def test_a_manifest_that_is_none_is_a_finding(corpus, data):
    (corpus / "manifest.json").write_bytes(data)
    findings = check("corpus")
    assert rules(findings) == {"manifest"}
    assert all(len(line) < 1000 for line in texts(findings))


@pytest.mark.parametrize(
    "old, new",
    [
        ('"shards": 4', '"shards": 9007199254740991'),
        ('"shards": 4', '"shards": 4.5'),
        ('"shards": 4', '"shards": NaN'),
        ('"shards": 4', '"shards": true'),
        ('"splits": {', '"splits": {"dev": 1, '),
        ('"data/claims/train-00000-of-00004.parquet"', '"../claims/train-00000-of-00004.parquet"'),
        ('"jsonl/claims.jsonl": {', '"/etc/passwd": {"bytes": 1, "sha256": "x"}, "jsonl/claims.jsonl": {'),
        ('"jsonl/claims.jsonl": {', '"a/../../b": {"bytes": 1, "sha256": "x"}, "jsonl/claims.jsonl": {'),
        ('"title": "Two', '"\\ud800": "\\u001b[31m", "title": "Two'),
    ],
)
def test_a_manifest_with_a_wrong_value_is_a_finding(corpus, old, new):
    path = corpus / "manifest.json"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1).replace('"bytes": 1, "sha256": "x"', f'"bytes": 1, "sha256": "{"0" * 64}"'), "utf-8")
    findings = check("corpus")
    assert rules(findings) == {"manifest"}
    assert all(line.isprintable() for line in texts(findings))


def test_a_folder_that_is_no_corpus_is_a_wrong_use(corpus, tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "nowhere", "corpus/manifest.json"):
        with pytest.raises(UsageError, match="not found"):
            check(folder)


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_one_finding(corpus, table):
    (corpus / "jsonl" / f"{table}.jsonl").unlink()
    assert texts(check("corpus")) == [f"corpus/jsonl/{table}.jsonl: file-missing: no such file; expected the file"]


def test_an_empty_table_and_an_empty_parquet_file_are_findings(corpus):
    (corpus / "jsonl" / "claims.jsonl").write_bytes(b"")
    path = next((corpus / "data" / "claims").iterdir())
    path.write_bytes(b"")
    assert {("file-digest", "claims.jsonl"), ("parquet-readable", path.name), ("figures", "manifest.json")} <= {
        (f.rule, f.path.rpartition("/")[2]) for f in check("corpus")
    }


@pytest.mark.parametrize("name", ["jsonl/claims.jsonl", "data/claims/train-00000-of-00004.parquet", "README.md"])
@pytest.mark.parametrize("read", [None, "jsonl", "parquet"])
def test_nothing_is_read_through_a_link(corpus, tmp_path, name, read):
    target = tmp_path / "outside"
    (corpus / name).rename(target)
    target.write_bytes(b"secret words\n")
    (corpus / name).symlink_to(target)
    found = texts(check("corpus", read=read))
    assert not any("secret" in line for line in found)
    if read is None or name == "README.md" or name.startswith("jsonl") == (read == "jsonl"):
        assert found == [f"corpus/{name}: file-missing: a link or a folder; expected a file of the corpus"]


def test_folders_and_pipes_and_devices_in_place_of_files_are_findings(corpus):
    for name in ("jsonl/claims.jsonl", "jsonl/mentions.jsonl", "jsonl/entities.jsonl"):
        (corpus / name).unlink()
    (corpus / "jsonl/claims.jsonl").mkdir()
    os.mkfifo(corpus / "jsonl/mentions.jsonl")
    (corpus / "jsonl/entities.jsonl").symlink_to("/dev/zero")
    assert {(f.rule, f.found) for f in check("corpus")} == {("file-missing", "a link or a folder")}


def test_a_link_to_a_folder_does_not_hide_the_files_in_it(corpus, tmp_path):
    (corpus / "data").rename(tmp_path / "elsewhere")
    (corpus / "data").symlink_to(tmp_path / "elsewhere")
    assert rules(check("corpus")) == {"file-missing"}


def test_a_long_line_is_read_and_named_shortly(corpus):
    size = 2_000_000
    path = corpus / "jsonl" / "entities.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b'"name":', b'"name":"' + b"x" * size + b'","nam":')
    lines[6] = b"[" * size + b"\n"
    path.write_bytes(b"".join(lines))
    found = check("corpus", read="jsonl")
    assert {("schema", 5), ("json-syntax", 7)} <= {(f.rule, f.line) for f in found}
    assert all(len(line) < 1000 for line in texts(found))


def test_a_byte_that_is_no_utf8_does_not_break_the_comparison_with_parquet(corpus):
    """Arrow reads such bytes from JSON and falls over them when they are shown."""
    change(corpus, "jsonl/paragraphs.jsonl", replace='"doc_id":"a2","paragraph_id":"p2"', by='"doc_id":"a2","paragraph_id":"p§"')
    path = corpus / "jsonl" / "paragraphs.jsonl"
    path.write_bytes(path.read_bytes().replace("§".encode(), b"\xff", 1))
    sign(corpus, "figures")
    assert rules(check("corpus")) == {"json-syntax", "reference-resolves", "derived-column"} - {
        "reference-resolves",
        "derived-column",
    }


def test_memory_does_not_grow_with_the_number_of_documents(tmp_path):
    few, many = (_peak(tmp_path / str(copies), copies) for copies in (100, 500))
    assert many < 1.5 * few


def _peak(folder, copies):
    corpus = tiny_corpus(folder)
    for table in TABLES:
        path = corpus / "jsonl" / f"{table}.jsonl"
        own = [line for line in path.read_bytes().splitlines(keepends=True) if line.startswith(b'{"doc_id":"a"')]
        with path.open("wb") as file:
            for number in range(copies):
                name = b"a%05d" % number
                file.writelines(line.replace(b'"doc_id":"a"', b'"doc_id":"' + name + b'"') for line in own)
    sound = json.loads((corpus / "manifest.json").read_bytes())
    sound["splits"], sound["languages"] = {"train": copies, "test": 1}, ["en-GB"]
    (corpus / "manifest.json").write_text(json.dumps(sound), "utf-8")
    check(corpus, read="jsonl")
    tracemalloc.start()
    findings = check(corpus, read="jsonl")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "span-text" not in rules(findings)
    return peak


# ---------------------------------------------------------------------------------------------------- any bytes


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    tiny_corpus(folder)
    return folder


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_changed_bytes_are_found_and_never_break_the_check(small, data):
    corpus = small / "damaged"
    shutil.rmtree(corpus, ignore_errors=True)
    shutil.copytree(small / "corpus", corpus)
    path = data.draw(st.sampled_from(sorted(p for p in corpus.rglob("*") if p.is_file() and p.stat().st_size)))
    old = path.read_bytes()
    at = data.draw(st.integers(0, len(old) - 1))
    length = data.draw(st.sampled_from([0, 1, 1, 5, 1000]))
    new = data.draw(st.sampled_from([b"", b"\x00", b"\xff", b"{", b'"', b"\n", b"9", b"\xe2\x80", b"NaN", b"[" * 2000]))
    path.write_bytes(old[:at] + new + old[at + length :])
    signed = path.name != "manifest.json" and data.draw(st.booleans())
    if signed:
        sign(corpus, "digests")
    read = data.draw(st.sampled_from([None, "jsonl", "parquet"]))
    findings = check(corpus, small / "seeds", read)
    if path.read_bytes() != old and not signed and read is None and path.name != "manifest.json":
        assert findings
    sarif(findings)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_ranges_and_workers_do_not_show(large, data):
    """Whatever is damaged, several ranges of documents give the findings that one gives."""
    corpus = large / "damaged"
    shutil.rmtree(corpus, ignore_errors=True)
    shutil.copytree(large / "corpus", corpus)
    for _ in range(data.draw(st.integers(0, 2))):
        path = corpus / "jsonl" / f"{data.draw(st.sampled_from(TABLES[:5]))}.jsonl"
        lines = path.read_bytes().splitlines(keepends=True)
        a, b = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match data.draw(st.sampled_from(["swap", "twice", "less", "other", "bytes"])):
            case "swap":
                lines[a], lines[b] = lines[b], lines[a]
            case "twice":
                lines.insert(a, lines[b])
            case "less":
                del lines[a]
            case "other":
                lines[a] = lines[a].replace(
                    b'"doc_id":"a', data.draw(st.sampled_from([b'"doc_id":"b', b'"doc_id":"', b'"doc":"a']))
                )
            case "bytes":
                lines[a] = data.draw(
                    st.sampled_from([b"\n", b"\xff\n", b"{}\n", lines[a][: len(lines[a]) // 2], b"[" * 3000 + b"\n"])
                )
        path.write_bytes(b"".join(lines))
    against = data.draw(st.sampled_from([None, large / "other seeds"]))
    if against:
        other_seeds(large / "seeds", against, data)
    read = data.draw(st.sampled_from([None, "jsonl", "parquet"]))
    whole = check(corpus, against, read)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus_tools.checking.RANGE_BYTES", data.draw(st.sampled_from([300, 2_000, 10_000])))
        assert check(corpus, against, read, data.draw(st.sampled_from([1, 1, 1, 2]))) == whole


def other_seeds(seeds, folder, data):
    """A copy of seeds in which something may be otherwise."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(seeds, folder)
    for change_ in data.draw(st.sets(st.sampled_from(["words", "gone", "new", "stray", "config"]))):
        match change_:
            case "words":
                change(folder, "a2.gold.yaml", replace="quote: her,", by="quote: his,")
            case "gone":
                for path in folder.glob("b1.*"):
                    path.unlink()
            case "new":
                for path in folder.glob("a1.*"):
                    text = path.read_text("utf-8").replace("document: a1", "document: a11")
                    path.with_name(path.name.replace("a1", "a11", 1)).write_text(text, "utf-8", newline="")
            case "stray":
                (folder / "a22.gold.yaml").write_text("nothing", "utf-8")
            case "config":
                change(folder, "corpus.yaml", replace="license: CC0-1.0", by="license: MIT")


@pytest.mark.parametrize("against", [None, "seeds"])
def test_a_sound_corpus_in_many_ranges_and_by_several_workers(corpus, monkeypatch, against):
    monkeypatch.setattr("corpus_tools.checking.RANGE_BYTES", 3_000)
    monkeypatch.setattr("corpus_tools.checking.whole", None)  # is for corpora that are not sound
    assert len(cut(corpus, 3_000, 1_000)) > 3
    assert len(cut(corpus, 3_000, 2)) == 2
    for read in (None, "jsonl", "parquet"):
        assert check("corpus", against, read, workers=2) == []


# ------------------------------------------------------------------------------------------------- command line

SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": {"type": "object", "required": ["text"]},
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"type": "object", "required": ["text"]},
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "additionalProperties": False,
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "properties": {
                                                    "artifactLocation": {
                                                        "type": "object",
                                                        "properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}},
                                                    },
                                                    "region": {
                                                        "type": "object",
                                                        "additionalProperties": False,
                                                        "properties": {
                                                            "startLine": {"type": "integer", "minimum": 1},
                                                            "startColumn": {"type": "integer", "minimum": 1},
                                                        },
                                                    },
                                                },
                                            },
                                            "logicalLocations": {"type": "array", "minItems": 1},
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def run(*arguments):
    command = [sys.executable, "-m", "corpus_tools", "check", *arguments]
    environment = os.environ | {"PYTHONPATH": str(Path(corpus_tools.__file__).parents[1])}
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)


def damage(corpus):
    """Two problems that a message must say: a character beyond ASCII, and a file name that is no UTF-8 and has a space."""
    change(
        corpus,
        "jsonl/entities.jsonl",
        replace='"doc_id":"b2","annotator":"silver","entity_id":"ulm","type":"PLACE"',
        by='"doc_id":"b2","annotator":"silver","entity_id":"ulm","type":"Plätze"',
    )
    sign(corpus)
    (corpus / "data" / os.fsdecode(b"old \xff.parquet")).touch()


def test_the_process_says_what_is_wrong_and_exits_with_1(corpus):
    damage(corpus)
    done = run("corpus")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "corpus/data/old \\udcff.parquet: file-unlisted: a file that the manifest gives to no table; expected only files of this build",
        'corpus/jsonl/entities.jsonl:20 silver/ulm: type-in-tag-set: the type "Plätze"; expected one of entity_types: PERSON, PLACE',
        "2 problems",
    ]


def test_json_has_every_finding(corpus):
    damage(corpus)
    done = run("corpus", "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    findings = [Finding(**finding) for finding in json.loads(done.stdout)]
    assert findings == check("corpus")
    assert rules(findings) == {"file-unlisted", "type-in-tag-set"}


def test_sarif_has_every_finding(corpus):
    damage(corpus)
    done = run("corpus", "--format", "sarif")
    assert (done.returncode, done.stderr) == (1, "")
    log = json.loads(done.stdout)
    jsonschema.validate(log, SARIF)
    (sarif_run,) = log["runs"]
    assert [rule["id"] for rule in sarif_run["tool"]["driver"]["rules"]] == ["file-unlisted", "type-in-tag-set"]
    first, second = sarif_run["results"]
    assert first["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "corpus/data/old%20%ED%B3%BF.parquet"}}
    assert second["locations"][0] == {
        "physicalLocation": {"artifactLocation": {"uri": "corpus/jsonl/entities.jsonl"}, "region": {"startLine": 20}},
        "logicalLocations": [{"fullyQualifiedName": "b2/silver/ulm"}],
    }


def test_a_sound_corpus_exits_with_0_in_every_format(corpus):
    done = [run("corpus"), run("corpus", "--format", "json", "--against", "seeds")]
    assert [(d.returncode, d.stdout) for d in done] == [(0, "corpus: no problems\n"), (0, "[]\n")]


def test_wrong_use_exits_with_2(corpus):
    assert [
        run(*arguments).returncode for arguments in (["nowhere"], ["corpus", "--against", "no"], ["corpus", "--read", "csv"])
    ] == [2] * 3
    done = run(os.fsdecode(b"no\xff"))
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)


def test_sarif_is_valid_for_every_rule():
    findings = [
        Finding(rule="span-text", path="a b/ü#.jsonl", line=3, column=2, document="d", record="x/m1", found="a", expected="b")
    ]
    findings += [Finding(rule="manifest", path="\ud800", found="\x1b"), Finding(rule="card", document="d", found="a")]
    log = sarif(findings)
    jsonschema.validate(log, SARIF)
    assert [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in log["runs"][0]["results"]] == [
        "a%20b/%C3%BC%23.jsonl",
        "%ED%A0%80",
        "d",
    ]
    assert [r["message"]["text"] for r in log["runs"][0]["results"]] == ["a; expected b", "\\x1b", "a"]
