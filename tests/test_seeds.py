"""The seed folder: which documents there are, and their files as plain data."""

import os
from pathlib import Path

import pytest
from small_seeds import CONFIG, metadata_text

from corpus_tools.findings import UsageError
from corpus_tools.seeds import Seed, SeedFiles, read_config, read_seed, scan

SOURCE = b"Ada went.\n"
NAMES = "ASCII letters, digits, dot, dash and underscore, a letter or digit first"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one document, ``d``, without annotations."""
    write(tmp_path, "corpus.yaml", CONFIG)
    write(tmp_path, "d.txt", SOURCE)
    write(tmp_path, "d.meta.yaml", metadata_text(SOURCE))
    return tmp_path


def write(folder: Path, name: str, content: str | bytes = "") -> None:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def scanned(folder: Path) -> tuple[list[str], list[str]]:
    """Documents and problems of a folder."""
    seeds, findings = scan(folder)
    return [files.doc_id for files in seeds], sorted(str(finding).replace(f"{folder}/", "") for finding in findings)


def read(folder: Path) -> tuple[Seed | None, list[str]]:
    """The document ``d`` as it is read, and its problems."""
    (files,) = (files for files in scan(folder)[0] if files.doc_id == "d")
    seed, findings = read_seed(files)
    return seed, [str(finding).replace(f"{folder}/", "") for finding in findings]


# ------------------------------------------------------------------------------------------------------------- scan


def test_a_folder_without_problems_gives_its_documents_by_id(folder):
    for name in ("b.md", "b.gold.yaml", "b.other.yaml", "a.b.txt", "a.b.x.yaml", ".hidden", "B2.txt"):
        write(folder, name)
    for doc_id in ("b", "a.b", "B2"):
        write(folder, f"{doc_id}.meta.yaml")
    (folder / "notes").mkdir()
    seeds, findings = scan(folder)
    assert not findings
    assert seeds == [
        SeedFiles("B2", folder / "B2.txt", folder / "B2.meta.yaml", ()),
        SeedFiles("a.b", folder / "a.b.txt", folder / "a.b.meta.yaml", (folder / "a.b.x.yaml",)),
        SeedFiles("b", folder / "b.md", folder / "b.meta.yaml", (folder / "b.gold.yaml", folder / "b.other.yaml")),
        SeedFiles("d", folder / "d.txt", folder / "d.meta.yaml", ()),
    ]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("e.txt", "e.txt: seed-files: a file of no document; expected e.meta.yaml beside it"),
        ("d2.txt", 'd2.txt: seed-files: a file of no document; expected d2.meta.yaml beside it; nearest: "d"'),
        ("README", "README: seed-files: a file of no document; expected the name <doc_id>.<suffix> or <doc_id>.<annotator>.yaml"),
        ("d.yaml", "d.yaml: seed-files: a file of no document; expected the name <doc_id>.<suffix> or <doc_id>.<annotator>.yaml"),
        ("d.a.yml", "d.a.yml: seed-files: a file of no document; expected d.a.yaml: YAML files have that suffix here"),
        ("d.a.b.yaml", "d.a.b.yaml: seed-files: a file of no document; expected d.a.meta.yaml beside it; nearest: "),
        ("d.txt~", f'd.txt~: seed-files: the file name "d.txt~"; expected {NAMES}'),
        ("-e.txt", f'-e.txt: seed-files: the file name "-e.txt"; expected {NAMES}'),
        ("é.txt", f'é.txt: seed-files: the file name "é.txt"; expected {NAMES}'),
        ("a\nb.txt", f'a\\nb.txt: seed-files: the file name "a\\nb.txt"; expected {NAMES}'),
        ("e.meta.yaml", "e.meta.yaml: seed-files: no source file; expected one e.<suffix>"),
        (
            "x" * 201 + ".meta.yaml",
            "x" * 201 + ".meta.yaml: seed-files: a document id of 201 characters; expected at most 200",
        ),
    ],
)
def test_a_file_that_is_out_of_place_is_told_and_the_rest_is_there(folder, name, problem):
    write(folder, name)
    documents, problems = scanned(folder)
    assert documents == ["d"]
    assert len(problems) == 1
    assert problems[0].startswith(problem.removesuffix("; nearest: "))


def test_a_name_that_is_no_text_is_told_in_escapes(folder):
    write(folder, os.fsdecode(b"\xff.txt"))
    assert scanned(folder)[1] == ["\\udcff.txt: seed-files: a name that is not UTF-8; expected a name in UTF-8"]


def test_two_sources_of_one_document_are_told(folder):
    write(folder, "d.md")
    assert scanned(folder) == ([], ["d.meta.yaml: seed-files: sources d.md, d.txt; expected one d.<suffix>"])


def test_a_source_without_metadata_is_told_with_the_files_beside_it(folder):
    (folder / "d.meta.yaml").unlink()
    write(folder, "d.a.yaml")
    assert scanned(folder) == (
        [],
        [
            "d.a.yaml: seed-files: a file of no document; expected d.meta.yaml beside it",
            "d.txt: seed-files: a file of no document; expected d.meta.yaml beside it",
        ],
    )


def test_ids_that_differ_in_case_alone_are_told(folder):
    write(folder, "D.txt")
    write(folder, "D.meta.yaml")
    assert scanned(folder)[1] == [
        "d.meta.yaml: seed-files: the ids D and d, which differ in case alone; expected ids that any file system tells apart"
    ]


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("{outside}", "a link that leads out of the folder"),
        ("/dev/null", "a link that leads to no file"),
        ("..", "a link that leads to no file"),
        ("nowhere", "a link that leads to no file"),
        ("e.txt", "a link that leads to no file"),
    ],
)
def test_a_link_that_leads_elsewhere_is_told_and_not_followed(folder, tmp_path_factory, target, problem):
    outside = tmp_path_factory.mktemp("outside") / "secret.txt"
    outside.write_text("secret")
    (folder / "e.txt").symlink_to(target.format(outside=outside))
    write(folder, "e.meta.yaml")
    documents, problems = scanned(folder)
    assert documents == ["d"]
    assert f"e.txt: seed-files: {problem}; expected a file in the folder" in problems


def test_a_link_inside_the_folder_is_a_file(folder):
    (folder / "e.txt").symlink_to("d.txt")
    write(folder, "e.meta.yaml", metadata_text(SOURCE))
    assert scanned(folder) == (["d", "e"], [])


def test_an_empty_folder_has_no_documents(tmp_path):
    assert scan(tmp_path) == ([], [])


# ----------------------------------------------------------------------------------------------------------- config


def test_the_config_is_read(folder):
    file, findings = read_config(folder)
    assert not findings
    assert file.value["entity_types"] == {"PERSON": "people", "PLACE": "places"}
    assert file.value["version"] == "1.0.0"


@pytest.mark.parametrize("kind", ["missing", "folder", "link"])
def test_a_config_that_is_not_there_is_wrong_use(folder, kind):
    (folder / "corpus.yaml").unlink()
    if kind == "folder":
        (folder / "corpus.yaml").mkdir()
    if kind == "link":
        (folder / "corpus.yaml").symlink_to("/dev/null")
    with pytest.raises(UsageError, match=r"corpus\.yaml: (not found|a link)"):
        read_config(folder)


def test_all_problems_of_the_config_are_told(folder):
    text = (
        CONFIG.replace("1.0.0", "1.0").replace("{PERSON: people, PLACE: places}", "[PERSON]").replace("{a: one,", "{a b: one, c: ,")
    )
    write(folder, "corpus.yaml", text + "licence: x\n")
    assert [str(finding).replace(f"{folder}/", "").partition("; expected one of")[0] for finding in read_config(folder)[1]] == [
        'corpus.yaml:3:1: schema: version: "1.0"; expected Version of the corpus: MAJOR.MINOR.PATCH',
        f'corpus.yaml:7:14: schema: annotators.a b: the name "a b"; expected {NAMES}',
        "corpus.yaml:7:24: schema: annotators.c: nothing (null); expected a string",
        "corpus.yaml:8:1: schema: entity_types: a list of 1; expected a mapping",
        "corpus.yaml:11:1: schema: licence: an unknown field",
    ]


# ----------------------------------------------------------------------------------------------------------- one seed


def test_a_seed_holds_its_files_as_they_are(folder):
    write(folder, "d.a.yaml", "document: d\nannotator: a\nparagraphs:\n")
    seed, findings = read(folder)
    assert not findings
    assert (seed.doc_id, seed.source_file, seed.source, seed.media_type) == ("d", "d.txt", SOURCE, "text/plain")
    assert seed.source_path == str(folder / "d.txt")
    assert [file.value for file in seed.annotations] == [{"document": "d", "annotator": "a", "paragraphs": None}]


@pytest.mark.parametrize(
    ("name", "more", "media_type"),
    [
        ("d.txt", "", "text/plain"),
        ("d.TXT", "", "text/plain"),
        ("d.md", "", "text/markdown"),
        ("d.txt", "media_type: text/markdown\n", "text/markdown"),
        ("d.xyz", "media_type: text/plain\n", "text/plain"),
    ],
)
def test_the_media_type_is_what_the_metadata_says_or_else_the_suffix(folder, name, more, media_type):
    (folder / "d.txt").rename(folder / name)
    write(folder, "d.meta.yaml", metadata_text(SOURCE, more))
    seed, findings = read(folder)
    assert not findings
    assert seed.media_type == media_type


@pytest.mark.parametrize(
    ("name", "more", "problem"),
    [
        ("d.xyz", "", 'd.meta.yaml:1:1: media-type: no reader for ".xyz"'),
        ("d.txt", "media_type: text/pdf\n", 'd.meta.yaml:5:1: media-type: no reader for "text/pdf"'),
    ],
)
def test_a_media_type_without_a_reader_is_told(folder, name, more, problem):
    (folder / "d.txt").rename(folder / name)
    write(folder, "d.meta.yaml", metadata_text(SOURCE, more))
    assert read(folder) == (None, [f"{problem}; expected media_type: one of text/markdown, text/plain"])


def test_a_source_that_has_changed_is_told_with_both_digests(folder):
    digest = metadata_text(SOURCE).split()[-1]
    write(folder, "d.txt", b"Ada came.\n")
    seed, (problem,) = read(folder)
    assert seed is not None  # what else is wrong is told too
    now = metadata_text(b"Ada came.\n").split()[-1]
    assert problem == f"d.meta.yaml:4:1: source-digest: {digest}; expected the digest of d.txt: {now}"


def test_a_digest_of_digits_alone_stays_a_text(folder):
    write(folder, "d.meta.yaml", "title: T\nlanguage: en\nrights: r\nsha256: " + "1" * 64 + "\n")
    assert [problem.split(";")[0] for problem in read(folder)[1]] == ["d.meta.yaml:4:1: source-digest: " + "1" * 64]


def test_problems_of_metadata_and_of_every_annotation_file_are_told_together(folder):
    write(folder, "d.meta.yaml", metadata_text(SOURCE, "foo: 1\n"))
    write(folder, "d.a.yaml", "")
    write(folder, "d.b.yaml", "document: d\nannotator: b\nparagraphs: [\n")
    write(folder, "d.c.yaml", "document: d\nannotator: c\nparagraphs:\n")
    seed, problems = read(folder)
    assert seed is None
    assert [problem.split("; ")[0].partition(",")[0] for problem in problems] == [
        "d.meta.yaml:5:1: schema: foo: an unknown field",
        "d.a.yaml:1:1: schema: nothing (null)",
        "d.b.yaml:4:1: yaml-syntax: did not find expected node content",
    ]


def test_an_annotation_file_is_what_its_name_says(folder):
    write(folder, "d.a.yaml", "document: e\nannotator: b\nparagraphs:\n")
    seed, problems = read(folder)
    assert seed is not None
    assert seed.annotations == ()
    assert problems == [
        'd.a.yaml:1:1: seed-files: the document "e"; expected "d", as the file\'s name says',
        'd.a.yaml:2:1: seed-files: the annotator "b"; expected "a", as the file\'s name says',
    ]
