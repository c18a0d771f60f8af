"""What `new` writes for a folder of texts, and what it leaves alone."""

import hashlib
import json
import re
import tempfile
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_corpus import CORPUS, write_seeds

import corpus_tools
from corpus_tools import CorpusError, UsageError, cli
from corpus_tools.compiler import compile_document
from corpus_tools.seeds import read_config, read_seed, scan

ARTICLE = """# The bridge: *a story* #1

Ada Stone said the bridge will hold. Nobody else in the Town Council of Riverton, which met on Monday, was as sure of it as she was.

> No.
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "My articles"
    folder.mkdir()
    (folder / "bridge.md").write_text(ARTICLE, "utf-8")
    (folder / "note.txt").write_text("Just a note\n\nof two: paragraphs\n", "utf-8")
    return folder


def lines(findings, folder):
    return [str(finding).replace(f"{folder}/", "") for finding in findings]


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fill_in(folder):
    """What a person does next: write behind every key that was left empty."""
    known = {"language": "en", "rights": "none", "license": "CC0-1.0", "a1": "me"}
    for path in folder.glob("*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(
            re.sub(r"^( *)(\w+):  #.*", lambda m: f"{m[1]}{m[2]}: {known[m[2]]}" if m[2] in known else m[0], text, flags=re.M),
            "utf-8",
        )


# ------------------------------------------------------------------------------------------------------ the files


def test_it_writes_metadata_and_annotations_for_each_source_and_what_the_corpus_needs(folder):
    written = corpus_tools.new(folder)["written"]
    assert [Path(path).relative_to(folder).as_posix() for path in written] == [
        "bridge.meta.yaml",
        "bridge.a1.yaml",
        "note.meta.yaml",
        "note.a1.yaml",
        "corpus.yaml",
        "schema/annotations.schema.json",
        "schema/metadata.schema.json",
        "schema/corpus.schema.json",
    ]
    assert sorted(contents(folder)) == sorted(["bridge.md", "note.txt", *(Path(p).relative_to(folder).as_posix() for p in written)])


def test_the_annotation_file_has_the_paragraphs_to_quote_from(folder):
    corpus_tools.new(folder)
    text = (folder / "bridge.a1.yaml").read_text("utf-8")
    assert text.endswith(
        """
document: bridge
annotator: a1

entities:

paragraphs:

  p1:  # title
    begins: 'The bridge: a story #1'
    # The bridge: a story #1
    mentions:
    claims:

  p2:
    begins: Ada Stone said the bridge will hold.
    # Ada Stone said the bridge will hold. Nobody else in the Town Council of Riverton, which met on
    # Monday, was as sure of it as she was.
    mentions:
    claims:

  p3:  # quote
    begins: No.
    # No.
    mentions:
    claims:
"""
    )


def test_the_metadata_has_title_and_digest_and_leaves_to_the_person_what_only_a_person_knows(folder):
    corpus_tools.new(folder)
    metadata = yaml.safe_load((folder / "bridge.meta.yaml").read_text("utf-8"))
    digest = hashlib.sha256(ARTICLE.encode()).hexdigest()
    assert metadata == {"title": "The bridge: a story #1", "language": None, "rights": None, "sha256": digest}
    assert yaml.safe_load((folder / "note.meta.yaml").read_text("utf-8"))["title"] == "Just a note"


def test_what_is_left_to_fill_in_is_what_the_build_complains_of(folder, tmp_path):
    findings = corpus_tools.new(folder)["findings"]
    assert lines(findings, folder) == [
        "bridge.meta.yaml:3:1: schema: language: nothing (null); expected a string",
        "bridge.meta.yaml:4:1: schema: rights: nothing (null); expected a string",
        "corpus.yaml:6:1: schema: license: nothing (null); expected a string",
        "corpus.yaml:9:3: schema: annotators.a1: nothing (null); expected a string",
        "note.meta.yaml:3:1: schema: language: nothing (null); expected a string",
        "note.meta.yaml:4:1: schema: rights: nothing (null); expected a string",
    ]
    with pytest.raises(CorpusError) as error:
        corpus_tools.build(folder, tmp_path / "corpus")
    assert set(map(str, error.value.findings)) <= set(map(str, findings))


def test_filled_in_it_can_be_built(folder, tmp_path):
    corpus_tools.new(folder)
    fill_in(folder)
    assert corpus_tools.new(folder) == {"written": [], "findings": []}
    manifest = corpus_tools.build(folder, tmp_path / "corpus")
    assert manifest["tables"]["documents"]["rows"] == 2
    assert manifest["corpus"]["name"] == "my-articles"
    assert manifest["corpus"]["title"] == "My articles"
    assert corpus_tools.check(tmp_path / "corpus", folder) == []


def test_language_and_rights_can_be_given_for_all_documents(folder):
    findings = corpus_tools.new(folder, language="de", rights="Public domain:\nsee §1")["findings"]
    assert {Path(finding.path).name for finding in findings} == {"corpus.yaml"}
    metadata = yaml.safe_load((folder / "bridge.meta.yaml").read_text("utf-8"))
    assert (metadata["language"], metadata["rights"]) == ("de", "Public domain:\nsee §1")


def test_the_editor_finds_a_schema_for_every_file(folder):
    corpus_tools.new(folder)
    fill_in(folder)
    for path in folder.glob("*.yaml"):
        first = path.read_text("utf-8").splitlines()[0]
        schema = json.loads((path.parent / re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)[1]).read_text("utf-8"))
        jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), schema)


def test_schemas_beside_the_folder_are_not_copied_into_it(folder):
    (folder.parent / "schema").mkdir()
    (folder.parent / "schema" / "annotations.schema.json").write_text("{}")
    corpus_tools.new(folder)
    assert not (folder / "schema").exists()
    assert (folder / "bridge.a1.yaml").read_text("utf-8").startswith("# yaml-language-server: $schema=../schema/annotations.")


# --------------------------------------------------------------------------------------------- what is there already


def test_nothing_that_is_there_is_changed(folder):
    corpus_tools.new(folder)
    fill_in(folder)
    before = contents(folder)
    (folder / "third.md").write_text("# Third\n", "utf-8")
    written = corpus_tools.new(folder)["written"]
    assert [Path(path).name for path in written] == ["third.meta.yaml", "third.a1.yaml"]
    assert {name: contents(folder)[name] for name in before} == before


def test_a_second_annotator_gets_files_of_their_own_and_a_reminder(folder):
    corpus_tools.new(folder)
    fill_in(folder)
    before = contents(folder)
    result = corpus_tools.new(folder, annotator="a2")
    assert [Path(path).name for path in result["written"]] == ["bridge.a2.yaml", "note.a2.yaml"]
    assert lines(result["findings"], folder) == [
        "corpus.yaml:8:1: annotator-known: annotators without a2; expected who or what this annotator is"
    ]
    assert {name: contents(folder)[name] for name in before} == before


def test_annotations_that_came_by_import_are_annotations(folder):
    (folder / "bridge.a1.jsonl").write_text("")
    written = corpus_tools.new(folder)["written"]
    assert "bridge.a1.yaml" not in [Path(path).name for path in written]


def test_metadata_that_is_there_decides_what_the_paragraphs_are(folder):
    source = b"# Ada\n\nAdaStone\n"
    (folder / "ada.txt").write_bytes(source)
    (folder / "ada.meta.yaml").write_text(
        f"title: Ada\nlanguage: en\nrights: none\nmedia_type: text/markdown\nsha256: {hashlib.sha256(source).hexdigest()}\n"
        "corrections:\n  - {quote: AdaStone, replacement: Ada Stone, reason: lost_space}\n"
    )
    corpus_tools.new(folder)
    text = (folder / "ada.a1.yaml").read_text("utf-8")
    assert "  p1:  # title\n    begins: Ada\n" in text
    assert "    # Ada Stone\n" in text


def test_metadata_with_problems_stops_it_before_anything_is_written(folder):
    (folder / "bridge.meta.yaml").write_text("title: Bridge\n")
    before = contents(folder)
    with pytest.raises(CorpusError, match=r'bridge\.meta\.yaml:1:1: schema: no field "language"'):
        corpus_tools.new(folder)
    assert contents(folder) == before


# -------------------------------------------------------------------------------------------------- what it refuses


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("My article.md", "My-article.md"),
        ("über uns.txt", "uber-uns.txt"),
        ("_draft.md", "draft.md"),
        ("статья.md", "document.md"),
        ("a+b=c?.md", "a-b-c.md"),
    ],
)
def test_a_name_that_no_document_can_have_is_reported_with_one_that_it_can(name, proposed, folder):
    (folder / name).write_text("# A\n", "utf-8")
    before = contents(folder)
    with pytest.raises(CorpusError) as error:
        corpus_tools.new(folder)
    (finding,) = error.value.findings
    assert (finding.rule, finding.path, finding.nearest) == ("seed-files", str(folder / name), proposed)
    assert contents(folder) == before
    (folder / name).rename(folder / proposed)
    assert str(folder / Path(proposed).with_suffix(".meta.yaml")) in corpus_tools.new(folder)["written"]


def test_all_files_that_cannot_be_documents_are_reported_at_once(folder):
    (folder / "paper.pdf").write_bytes(b"%PDF")
    (folder / "bad one.md").write_text("x")
    (folder / "note.md").write_text("x")
    (folder / "latin.txt").write_bytes(b"\xe9t\xe9")
    with pytest.raises(CorpusError) as error:
        corpus_tools.new(folder)
    assert lines(error.value.findings, folder) == [
        'bad one.md: seed-files: the name "bad one.md"; expected a name of ASCII letters, digits, dot, dash and underscore, '
        "a letter or digit first; nearest: bad-one.md",
        "latin.txt: source-utf8: byte 0xe9 at offset 0 is not UTF-8; expected UTF-8",
        "note.txt: seed-files: two sources of one document: note.md and note.txt; expected another name",
        'paper.pdf: media-type: no reader for "paper.pdf"; expected a file that ends in .md, .markdown, .txt, .text',
    ]
    assert not list(folder.glob("*.yaml"))


@pytest.mark.parametrize("annotator", ["meta", "a.b", "a b", "", "../a", "-a"])
def test_a_name_that_no_annotator_can_have_is_wrong_use(annotator, folder):
    with pytest.raises(UsageError, match="no annotator can be named"):
        corpus_tools.new(folder, annotator)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"language": "English language"}, 'language: "English language"; expected'),
        ({"rights": ""}, "rights: an empty string; expected at least"),
    ],
)
def test_a_language_or_rights_that_metadata_cannot_have_is_wrong_use(given, message, folder):
    with pytest.raises(UsageError, match=re.escape(message)):
        corpus_tools.new(folder, **given)
    assert not list(folder.glob("*.yaml"))


def test_a_folder_without_sources_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match=r"no source in it; put files there that end in \.md"):
        corpus_tools.new(tmp_path)
    with pytest.raises(UsageError, match="not a folder"):
        corpus_tools.new(tmp_path / "nowhere")


def test_a_link_that_leads_out_of_the_folder_is_not_read(folder, tmp_path):
    (tmp_path / "secret.md").write_text("# A secret\n")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    findings = corpus_tools.new(folder)["findings"]
    assert "link.md: seed-files: a link that leads out of the folder" in "\n".join(lines(findings, folder))
    assert not any(b"A secret" in content for name, content in contents(folder).items() if name != "link.md")


def test_the_terminal_tells_what_to_do_next(folder, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["new", str(folder)])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert f"wrote {folder / 'bridge.a1.yaml'}\n" in out
    assert f"  {folder / 'bridge.meta.yaml'}:4:1: schema: rights: nothing (null); expected a string\n" in out
    assert out.endswith(f"then corpus-tools build '{folder}'\n")


# ------------------------------------------------------------------------------------------------------- any text

ODD = st.text(st.sampled_from("ab  \n\n\r\t\x0b\x0c\x1c\x85\u2028\ufeff\x00\x07\x7f#:-'\"\\[{&*!|>%@`~é😀\u202e"), max_size=80)


def is_shown(character):
    """Whether a character stands in a comment as it is: no white space, and nothing that YAML refuses."""
    return not character.isspace() and character not in "\ufeff\x00\x07\x7f"


@given(ODD, st.sampled_from([".md", ".txt"]))
@example("\x85\x85a", ".txt")
@example("- a: b\n\n# c\n\n? d", ".txt")
@example("a" * 120 + " b", ".txt")
@settings(max_examples=150)
def test_whatever_the_text_the_files_are_sound_and_fit_it(text, suffix):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "corpus.yaml").write_text(CORPUS, "utf-8")
        (folder / f"doc{suffix}").write_bytes(text.encode())
        result = corpus_tools.new(folder, language="en", rights="none")
        assert result["findings"] == []
        seed, findings = read_seed(scan(folder)[0][0])
        paragraphs = compile_document(seed, read_config(folder)[0].value).bundle.paragraphs
        assert findings == []
        assert list(seed.annotations[0].value["paragraphs"] or {}) == [paragraph.paragraph_id for paragraph in paragraphs]
        skeleton = (folder / "doc.a1.yaml").read_bytes().decode()
        comments = re.sub(r"\\x..|\\u....", "", "".join(re.findall(r"^    # ?(.*)$", skeleton, re.MULTILINE)))
        assert "".join(comments.split()) == "".join(c for p in paragraphs for c in p.text if is_shown(c))


def test_the_small_corpus_needs_nothing(tmp_path):
    seeds = write_seeds(tmp_path / "seeds")
    (seeds / "market.a1.yaml").write_text("document: market\nannotator: a1\nparagraphs:\n", "utf-8")
    assert corpus_tools.new(seeds) == {"written": [], "findings": []}
