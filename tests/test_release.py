"""The release command: all that belongs to a release, the same bytes each time, and the proof that it can be made again."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml
from helpers import TOP, contents, one_mention, write_config, write_document
from test_papers import cff_errors

import corpus_tools
from corpus_tools.cli import main
from corpus_tools.files import read_manifest
from corpus_tools.findings import CorpusError, UsageError
from corpus_tools.releasing.citation import citation
from corpus_tools.releasing.packing import write_archive, write_checksums
from corpus_tools.releasing.spelling import sequences
from corpus_tools.tables import file_digest

SEEDS = TOP / "seeds"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "whole"
    corpus_tools.release(TOP / "corpus", folder)
    return folder


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "bare"
    corpus_tools.release(TOP / "corpus", folder, without_text=True)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def members(name: str, data: bytes) -> dict[str, bytes]:
    """A file, or all that is packed inside."""
    inside: dict[str, bytes] = {}
    if name.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(data)) as wheel:
            inside = {member: wheel.read(member) for member in wheel.namelist()}
    elif name.endswith(".tar.gz"):
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            inside = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    whole = {} if inside else {name: data}
    return whole | {f"{name}!{m}": d for member, inner in inside.items() for m, d in members(member, inner).items()}


def test_it_has_all_that_belongs_to_it(whole: Path, bare: Path) -> None:
    own = {"CITATION.cff", "SHA256SUMS", "corpus", "corpus_tools-0.1.0-py3-none-any.whl", "requirements.txt"}
    assert {path.name for path in whole.iterdir()} == own | {"attributed-claims-news-0.1.0.tar.gz"}
    assert {path.name for path in bare.iterdir()} == own | {"attributed-claims-news-0.1.0-without-text.tar.gz"}
    assert files(whole / "corpus") == files(TOP / "corpus")
    assert corpus_tools.check(bare / "corpus") == []


def test_the_same_corpus_gives_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    corpus_tools.release(TOP / "corpus", tmp_path / "again")
    assert files(tmp_path / "again") == files(whole)


def test_the_checksums_are_those_of_all_files(whole: Path) -> None:
    listed = dict(reversed(line.split("  ")) for line in (whole / "SHA256SUMS").read_text("utf-8").splitlines())
    there = files(whole)
    assert listed.keys() == there.keys() - {"SHA256SUMS"}
    assert all(hashlib.sha256(there[name]).hexdigest() == digest for name, digest in listed.items())


def test_the_archive_has_the_same_files_and_nothing_of_here(whole: Path) -> None:
    with tarfile.open(whole / "attributed-claims-news-0.1.0.tar.gz") as tar:
        packed = {member.name.partition("/")[2]: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
        assert {(m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode) for m in tar} == {(0, 0, 0, "", "", 0o644)}
        assert {member.name.partition("/")[0] for member in tar} == {"attributed-claims-news-0.1.0"}
    beside = {name: data for name, data in files(whole).items() if not name.endswith(".tar.gz")}
    assert packed.keys() == beside.keys()
    assert all(packed[name] == data for name, data in beside.items() if name != "SHA256SUMS")


def test_the_wheel_is_that_of_the_checkout(whole: Path, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path)]
    subprocess.run([*pip, str(TOP)], check=True)
    (built,) = tmp_path.glob("*.whl")
    (packed,) = whole.glob("*.whl")
    assert built.name == packed.name
    expected, found = members("x.whl", built.read_bytes()), members("x.whl", packed.read_bytes())
    assert found.keys() == expected.keys()
    of_the_packer = ("x.whl", "METADATA", "WHEEL", "RECORD")  # METADATA of an editable install may be older than the README
    assert [name for name in expected if expected[name] != found[name] and not name.endswith(of_the_packer)] == []


def test_no_file_without_the_texts_has_words_of_them(bare: Path) -> None:
    texts = [(SEEDS / "000_7638b35d37ae38e0.txt").read_text("utf-8")]
    texts += [json.loads(line)["text"] for line in (TOP / "corpus" / "jsonl" / "documents.jsonl").read_text("utf-8").splitlines()]
    forbidden = {run for text in texts for run in sequences(text)}
    packed = {name: data for path, whole in files(bare).items() for name, data in members(path, whole).items()}
    assert len(packed) > 300
    for name, data in packed.items():
        found = sequences(data.decode("utf-8", "ignore")) & forbidden
        # Four plain words in a row, as "in the form of", come by chance where there is much prose; a quotation has many such runs.
        assert len(found) <= (2 if name.endswith(".py") else 0), (name, found)


def test_the_citation_is_one(whole: Path, bare: Path) -> None:
    cited = yaml.safe_load((whole / "CITATION.cff").read_text("utf-8"))
    ours = yaml.safe_load((TOP / "CITATION.cff").read_text("utf-8"))
    assert (whole / "CITATION.cff").read_bytes() == (bare / "CITATION.cff").read_bytes()
    assert cff_errors((whole / "CITATION.cff").read_text("utf-8")) == []
    for key in ("cff-version", "type", "title", "version", "authors", "license"):
        assert cited[key] == ours[key], key


@pytest.mark.parametrize(
    ("licence", "written"),
    [("MIT", "MIT"), ("MIT OR CC0-1.0", ["MIT", "CC0-1.0"]), ("MIT AND CC0-1.0", None), ("(MIT OR CC0-1.0) AND MIT", None)],
)
def test_every_citation_is_valid_by_its_schema(licence: str, written: object) -> None:
    manifest = read_manifest(TOP / "corpus")
    manifest["corpus"] |= {"license": licence}
    del manifest["corpus"]["creators"], manifest["corpus"]["tags"]
    assert cff_errors(citation(manifest)) == []
    assert yaml.safe_load(citation(manifest)).get("license") == written
    assert yaml.safe_load(citation(manifest))["authors"] == [{"name": "The authors of Attributed claims in one news article"}]


def test_requirements_name_the_core_dependencies_and_nothing_for_tests(whole: Path) -> None:
    names = {line.partition("==")[0] for line in (whole / "requirements.txt").read_text("utf-8").splitlines()}
    assert {"datasets", "pyarrow", "pyromark", "msgspec", "fsspec"} <= names
    assert not names & {"pytest", "mypy", "mlcroissant", "duckdb", "corpus-tools"}


def test_it_says_what_comes_next_and_does_none_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["release", str(TOP / "corpus"), str(tmp_path / "out")])
    assert end.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == [
        "Nothing is published. Next, when it is to be:",
        f"  hf upload OWNER/attributed-claims-news {tmp_path / 'out'}/corpus --repo-type dataset",
    ]


def test_a_corpus_with_problems_is_not_released(tmp_path: Path) -> None:
    corpus = shutil.copytree(TOP / "corpus", tmp_path / "corpus")
    (corpus / "README.md").write_text("Another card.\n", "utf-8")
    with pytest.raises(CorpusError, match="card"):
        corpus_tools.release(corpus, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus"]


def test_what_only_stands_in_the_folder_is_not_released(tmp_path: Path) -> None:
    corpus = shutil.copytree(TOP / "corpus", tmp_path / "corpus")
    (corpus / "notes.txt").write_text("Private.\n", "utf-8")
    corpus_tools.release(corpus, tmp_path / "out")
    assert not list((tmp_path / "out").rglob("notes.txt"))


def test_wrong_use_is_told(bare: Path, whole: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="without its texts already"):
        corpus_tools.release(bare / "corpus", tmp_path / "out", without_text=True)
    with pytest.raises(UsageError, match="not an empty folder"):
        corpus_tools.release(TOP / "corpus", whole)
    with pytest.raises(UsageError, match="not found; a corpus is a folder"):
        corpus_tools.release(SEEDS, tmp_path / "out")
    with pytest.raises(UsageError, match="no release"):
        corpus_tools.verify_release(TOP / "corpus", SEEDS)
    with pytest.raises(UsageError, match="no archive of a release"):
        corpus_tools.verify_release(TOP / "LICENSE", SEEDS)
    with pytest.raises(UsageError, match="not a folder of seeds"):
        corpus_tools.verify_release(whole, tmp_path / "nothing")


def test_a_corpus_without_its_texts_can_be_released_as_it_is(bare: Path, tmp_path: Path) -> None:
    report = corpus_tools.release(bare / "corpus", tmp_path / "out")
    assert report.without_text
    assert files(tmp_path / "out") == files(bare)


# ------------------------------------------------------------------------------------------------------------- verify


@pytest.mark.slow  # the example in the help of verify-release runs with the other tests
def test_a_release_without_texts_is_made_again_from_its_archive(bare: Path) -> None:
    before = contents(bare)
    (archive,) = bare.glob("*.tar.gz")
    assert corpus_tools.verify_release(archive, SEEDS) == []
    assert contents(bare) == before


def sealed(folder: Path) -> None:
    """Make archive and checksums anew, as somebody would who has changed a release."""
    (archive,) = folder.glob("*.tar.gz")
    archive.unlink()
    write_checksums(folder)
    write_archive(archive, folder, archive.name.removesuffix(".tar.gz"))
    write_checksums(folder)


@pytest.mark.slow
def test_a_release_that_was_changed_and_signed_is_not_what_its_seeds_give(tmp_path: Path) -> None:
    seeds = write_config(tmp_path / "seeds")
    write_document(seeds, "d", "Ada went.\n", one_mention())
    corpus_tools.build(seeds, tmp_path / "corpus")
    write_document(seeds, "d", "Ada left.\n", one_mention())
    corpus_tools.build(seeds, tmp_path / "other")
    corpus_tools.release(tmp_path / "corpus", tmp_path / "released")
    lines = (tmp_path / "other" / "jsonl" / "documents.jsonl").read_bytes()
    (tmp_path / "released" / "corpus" / "jsonl" / "documents.jsonl").write_bytes(lines)
    requirements = tmp_path / "released" / "requirements.txt"
    requirements.write_text(requirements.read_text("utf-8").replace("pyarrow==", "pyarrow==1."), "utf-8")
    sealed(tmp_path / "released")
    write_document(seeds, "d", "Ada went.\n", one_mention())
    findings = corpus_tools.verify_release(tmp_path / "released", seeds)
    assert [finding.rule for finding in findings] == ["release-environment", "release-rebuild"]
    assert "corpus/jsonl/documents.jsonl with other bytes" in findings[1].found


def test_a_changed_release_is_not_run(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "released")
    (wheel,) = folder.glob("*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"x")
    (finding,) = corpus_tools.verify_release(folder, SEEDS)
    assert (finding.rule, finding.path) == ("release-digest", str(wheel))
    sums = (folder / "SHA256SUMS").read_text("utf-8").splitlines(keepends=True)
    kept = [line if not line.endswith(".whl\n") else f"{file_digest(wheel)}  {wheel.name}\n" for line in sums]
    (folder / "SHA256SUMS").write_text("".join(kept), "utf-8")
    (finding,) = corpus_tools.verify_release(folder, SEEDS)
    assert "corpus_tools-0.1.0-py3-none-any.whl with other bytes" in finding.found
