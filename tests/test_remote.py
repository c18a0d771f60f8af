"""Seeds and corpora that are elsewhere: in the memory of fsspec, and at an S3 endpoint on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from helpers import contents, one_mention, write_config, write_document

from corpus_tools import CorpusError, UsageError, build, check, diff, export, import_, score, show, stats, trace, view
from corpus_tools.remote import UNFINISHED, address_of

FEW = Path(__file__).parent / "data"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    fsspec.filesystem("memory").store.clear()
    yield
    fsspec.filesystem("memory").store.clear()


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = write_config(tmp_path / "seeds")
    for name in ("one", "two"):
        write_document(folder, name, "Ada went.\n", one_mention())
    return folder


def stored(address: str) -> dict[str, bytes]:
    """What is at an address, by name."""
    store, root = fsspec.url_to_fs(address)
    return {path.removeprefix(root).lstrip("/"): store.cat_file(path) for path in store.find(root)}


def put(folder: Path, address: str) -> None:
    store, root = fsspec.url_to_fs(address)
    store.put(f"{folder}/", f"{root}/", recursive=True)


def local(folder: Path) -> dict[str, bytes]:
    return {name: value[1] for name, value in contents(folder).items() if value}


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("s3://b/c/", "s3://b/c"),
        (Path("memory://c"), "memory://c"),
        ("corpus", None),
        ("/a:/b", None),
        ("c:/corpus", None),
        ("file:///x", None),
    ],
)
def test_an_address_is_told_from_a_folder(place, address):
    assert address_of(place) == address


def round_trip(base: str, seeds: Path, tmp_path: Path) -> None:
    """Build from and to addresses; the corpus there is what a build here gives, and only what changed is written again."""
    put(seeds, f"{base}/seeds")
    manifest = build(f"{base}/seeds", f"{base}/corpus")
    build(seeds, tmp_path / "corpus")
    assert stored(f"{base}/corpus") == local(tmp_path / "corpus")
    assert manifest == json.loads(stored(f"{base}/corpus")["manifest.json"])
    assert check(f"{base}/corpus") == []
    assert show("one", f"{base}/corpus") == show("one", tmp_path / "corpus")
    write_document(seeds, "two", "Ada left.\n", one_mention())
    put(seeds, f"{base}/seeds")
    build(f"{base}/seeds", f"{base}/corpus")
    build(seeds, tmp_path / "corpus")
    assert stored(f"{base}/corpus") == local(tmp_path / "corpus")


def test_seeds_and_corpus_in_memory(seeds, tmp_path):
    round_trip("memory://base", seeds, tmp_path)


def test_every_verb_takes_addresses(seeds, tmp_path):
    put(seeds, "memory://base/seeds")
    build("memory://base/seeds", "memory://base/corpus")
    build(seeds, tmp_path / "corpus")
    assert stats("memory://base/corpus") == stats(tmp_path / "corpus")
    assert diff("memory://base/corpus", tmp_path / "corpus").documents == []
    assert score("memory://base/corpus", tmp_path / "corpus", "ann").documents == 2
    assert view("memory://base/corpus", tmp_path / "site").documents == 2
    assert trace("one/ann/p1.m1", "memory://base/corpus", "memory://base/seeds")["spans"][0]["source_text"] == "Ada"
    export("brat", "memory://base/corpus", "memory://base/annotated")
    export("brat", tmp_path / "corpus", tmp_path / "annotated")
    assert stored("memory://base/annotated") == local(tmp_path / "annotated")
    import_("brat", "memory://base/annotated", "memory://base/again")
    import_("brat", tmp_path / "annotated", tmp_path / "again")
    found, expected = stored("memory://base/again"), local(tmp_path / "again")
    assert found.keys() == expected.keys() and all(found[name] == expected[name] for name in found if name != "corpus.yaml")


def test_what_an_import_or_a_check_finds_names_the_address(seeds, tmp_path):
    put(seeds, "memory://base/seeds")
    build("memory://base/seeds", "memory://base/corpus")
    fsspec.filesystem("memory").pipe_file("/base/corpus/jsonl/claims.jsonl", b"no\n")
    assert {finding.path for finding in check("memory://base/corpus")} >= {"memory://base/corpus/jsonl/claims.jsonl"}
    fsspec.filesystem("memory").pipe_file("/base/annotated/one.ann", b"no text\n")
    with pytest.raises(CorpusError) as error:
        import_("brat", "memory://base/annotated", tmp_path / "imported")
    assert {finding.path for finding in error.value.findings} == {"memory://base/annotated/one.ann"}


@pytest.mark.parametrize("verb", [lambda out: export("brat", "memory://base/corpus", out), lambda out: import_("brat", FEW, out)])
def test_a_place_that_is_not_empty_is_refused(seeds, verb):
    build(seeds, "memory://base/corpus")
    fsspec.filesystem("memory").pipe_file("/base/full/file", b"here")
    with pytest.raises(UsageError, match="memory://base/full: not empty"):
        verb("memory://base/full")
    assert stored("memory://base/full") == {"file": b"here"}


def test_problems_name_the_address_and_leave_the_corpus(seeds):
    put(seeds, "memory://base/seeds")
    build("memory://base/seeds", "memory://base/corpus")
    before = stored("memory://base/corpus")
    fsspec.filesystem("memory").pipe_file("/base/seeds/two.txt", b"\xff")
    with pytest.raises(CorpusError) as error:
        build("memory://base/seeds", "memory://base/corpus")
    assert {finding.path for finding in error.value.findings} == {
        "memory://base/seeds/two.meta.yaml",
        "memory://base/seeds/two.txt",
    }
    assert stored("memory://base/corpus") == before


def test_an_upload_that_is_interrupted_leaves_no_corpus_and_the_next_one_ends_it(seeds, tmp_path, monkeypatch):
    build(seeds, "memory://base/corpus")
    expected_names = stored("memory://base/corpus").keys()
    write_document(seeds, "two", "Ada left.\n", one_mention())
    store = type(fsspec.filesystem("memory"))
    real, left = store.put_file, [3]

    def failing(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise ConnectionError("the line is down")
        return real(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(store, "put_file", failing)
        with pytest.raises(UsageError, match="memory://base/corpus: ConnectionError: the line is down"):
            build(seeds, "memory://base/corpus")
    assert "manifest.json" not in stored("memory://base/corpus")
    assert UNFINISHED in stored("memory://base/corpus")
    with pytest.raises(UsageError, match=r"manifest\.json: not found"):
        check("memory://base/corpus")
    build(seeds, "memory://base/corpus")
    assert stored("memory://base/corpus").keys() == expected_names
    build(seeds, tmp_path / "corpus")
    assert stored("memory://base/corpus") == local(tmp_path / "corpus")


def test_a_place_with_something_else_is_refused_untouched(seeds):
    fsspec.filesystem("memory").pipe_file("/base/corpus/notes.txt", b"mine")
    with pytest.raises(UsageError, match=r"memory://base/corpus: holds files but no manifest\.json"):
        build(seeds, "memory://base/corpus")
    fsspec.filesystem("memory").pipe_file("/base/corpus/manifest.json", b"{}")
    with pytest.raises(UsageError, match="not by corpus-tools, or damaged"):
        build(seeds, "memory://base/corpus")
    assert stored("memory://base/corpus") == {"notes.txt": b"mine", "manifest.json": b"{}"}


@pytest.mark.parametrize("address", ["nosuch://x/y", "memory://nothing/here"])
def test_what_cannot_be_reached_is_wrong_use(address, tmp_path):
    with pytest.raises(UsageError, match=address):
        build(address, tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


@pytest.mark.slow
def test_seeds_and_corpus_in_an_s3_store(seeds, tmp_path, monkeypatch):
    pytest.importorskip("s3fs")
    server_module = pytest.importorskip("moto.server")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    try:
        fsspec.filesystem("s3").mkdir("bucket")
        round_trip("s3://bucket/base", seeds, tmp_path)
    finally:
        server.stop()
