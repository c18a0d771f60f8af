"""build: the same seeds give the same corpus, and whatever goes wrong leaves the former one as it was."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from helpers import ARTICLE, TOP, contents, in_child, one_mention, write_config, write_document

from corpus_tools import CorpusError, UsageError, build, check
from corpus_tools import building as module
from corpus_tools.files import manifest_text
from corpus_tools.records import TABLE_CLASSES
from corpus_tools.tables import shard_of

FOREIGN = {
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/objects/ab/cdef": "an object",
    "notes.txt": "mine",
    "manifest.json.bak": "{}",
    "extra/data/x.csv": "1,2\n",
}


def seeds_of(folder: Path, text: str = "Ada went home.\n") -> Path:
    """Seeds of one document."""
    seeds = write_config(folder)
    write_document(seeds, "doc", text, one_mention())
    return seeds


def add_foreign(corpus: Path) -> None:
    for name, text in FOREIGN.items():
        path = corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (corpus / "notes.txt").chmod(0o640)
    (corpus / "nowhere").symlink_to("does/not/exist")
    (corpus / "empty").mkdir()


def own(corpus: Path) -> dict[str, Any]:
    """What builds made in a corpus, of its contents."""
    return {name: value for name, value in contents(corpus).items() if name.split("/")[0] in module.OWN}


def foreign(corpus: Path) -> dict[str, Any]:
    """All the rest in it."""
    return {name: value for name, value in contents(corpus).items() if name.split("/")[0] not in module.OWN}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with seeds, a corpus of them with foreign files in it, and changed seeds in "changed"."""
    memory = Path("/dev/shm")  # where flushing to the disk costs nothing
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        folder = Path(name)
        build(seeds_of(folder / "seeds"), folder / "corpus")
        add_foreign(folder / "corpus")
        seeds_of(folder / "changed", "Ada went out.\n\nThen she came back.\n")
        yield folder


def must_be_whole(place: Path, one_of: list[dict[str, Any]], others: dict[str, Any]) -> None:
    """The corpus is one of these, with the foreign files, and the next build works and clears up."""
    assert foreign(place / "corpus") == others
    assert own(place / "corpus") in one_of
    build(place / "seeds", place / "corpus")
    assert own(place / "corpus") == one_of[0]
    assert foreign(place / "corpus") == others
    assert names(place) == {"seeds", "changed", "corpus", "next"}


def versions(place: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The corpus as it stands and as the changed seeds make it; and the foreign files in it."""
    build(place / "changed", place / "next")
    return [own(place / "corpus"), own(place / "next")], foreign(place / "corpus")


# ------------------------------------------------------------------------------------------- the same every time


def test_shipped_corpus_is_what_the_shipped_seeds_give(tmp_path):
    build(TOP / "seeds", tmp_path / "corpus")
    assert contents(tmp_path / "corpus") == contents(TOP / "corpus")


def test_same_seeds_give_the_same_bytes_in_another_process_place_and_locale(tmp_path):
    corpora = []
    for number, (hash_seed, locale, zone) in enumerate([("1", "C", "UTC"), ("2", "C.UTF-8", "Asia/Kathmandu")]):
        folder = tmp_path / str(number)
        shutil.copytree(TOP / "seeds", folder / "seeds")
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "LC_ALL": locale, "TZ": zone, "PYTHONPATH": str(TOP / "src")}
        command = [sys.executable, "-m", "corpus_tools", "build"]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        corpora.append(contents(folder / "corpus"))
    assert corpora[0] == corpora[1] == contents(TOP / "corpus")


def test_rebuild_with_other_seeds_leaves_nothing_of_the_former_corpus(place):
    build(place / "changed", place / "corpus")
    build(place / "changed", place / "next")
    assert own(place / "corpus") == own(place / "next")


def test_json_lines_are_canonical(place):
    for table in TABLE_CLASSES:
        data = (place / "corpus" / "jsonl" / f"{table}.jsonl").read_bytes()
        assert data.endswith(b"\n") or (table == "foreign" and not data)
        assert b"\r" not in data
        lines = data.decode().split("\n")[:-1]
        assert all(msgspec.json.encode(msgspec.json.decode(line, type=TABLE_CLASSES[table])).decode() == line for line in lines)


def test_manifest_is_returned_as_it_is_written(place):
    manifest = build(place / "seeds", place / "corpus")
    assert manifest == json.loads((place / "corpus" / "manifest.json").read_bytes())


# ---------------------------------------------------------------------------------------------- what can go wrong


def test_problems_leave_the_former_corpus(place):
    seeds = place / "changed"
    write_document(seeds, "second", "Bob.\n", one_mention("Ada"))
    write_document(seeds, "third", b"\xff", None)
    before = contents(place / "corpus")
    with pytest.raises(CorpusError) as error:
        build(seeds, place / "corpus")
    assert {Path(finding.path).name for finding in error.value.findings} == {"second.ann.yaml", "third.txt"}
    assert contents(place / "corpus") == before
    assert names(place) == {"seeds", "changed", "corpus"}


def test_first_build_that_fails_leaves_nothing(tmp_path):
    seeds = write_config(tmp_path / "seeds")
    with pytest.raises(CorpusError, match="no document"):
        build(seeds, tmp_path / "corpus")
    assert names(tmp_path) == {"seeds"}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": "an extension", "version": "1"}', '{"tool": "x"}', "[" * 10_000])
def test_folder_with_a_manifest_of_something_else_is_refused_untouched(tmp_path, text):
    target = tmp_path / "corpus"
    (target / "data").mkdir(parents=True)
    (target / "data" / "precious").write_text("x")
    (target / "manifest.json").write_text(text)
    before = contents(target)
    with pytest.raises(UsageError, match=r"manifest\.json: not by corpus-tools, or damaged; nothing there was touched"):
        build(seeds_of(tmp_path / "seeds"), target)
    assert contents(target) == before
    assert names(tmp_path) == {"seeds", "corpus"}


def test_folder_without_a_manifest_is_refused_untouched(tmp_path):
    target = tmp_path / "corpus"
    target.mkdir()
    (target / "README.md").write_text("mine")
    with pytest.raises(UsageError, match=r"corpus: holds files but no manifest\.json, so it is no corpus"):
        build(seeds_of(tmp_path / "seeds"), target)
    assert (target / "README.md").read_text() == "mine"


def test_target_that_is_a_file_is_refused_untouched(tmp_path):
    (tmp_path / "corpus").write_text("mine")
    with pytest.raises(UsageError, match="corpus: not a folder"):
        build(seeds_of(tmp_path / "seeds"), tmp_path / "corpus")
    assert (tmp_path / "corpus").read_text() == "mine"


def test_seeds_are_no_target(place):
    before = contents(place / "seeds")
    with pytest.raises(UsageError, match="holds files but no manifest"):
        build(place / "seeds", place / "seeds")
    assert contents(place / "seeds") == before


def test_root_of_the_file_system_is_no_target(place):
    with pytest.raises(UsageError, match="/: "):
        build(place / "seeds", "/")


def test_missing_seeds_are_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="nowhere: not a folder of seeds"):
        build(tmp_path / "nowhere", tmp_path / "corpus")
    assert names(tmp_path) == set()


def test_name_too_long_for_the_file_system_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="File name too long"):
        build(seeds_of(tmp_path / "seeds"), tmp_path / ("c" * 254))


def test_target_that_is_a_link_stays_one(place):
    (place / "corpus").rename(place / "real")
    (place / "corpus").symlink_to("real")
    build(place / "changed", place / "corpus")
    assert (place / "corpus").is_symlink()
    build(place / "changed", place / "next")
    assert own(place / "real") == own(place / "next")


def test_empty_folder_becomes_a_corpus(tmp_path):
    (tmp_path / "corpus").mkdir()
    build(seeds_of(tmp_path / "seeds"), tmp_path / "corpus")
    assert check(tmp_path / "corpus") == []


def test_target_in_a_folder_that_is_not_there_yet(tmp_path):
    build(seeds_of(tmp_path / "seeds"), tmp_path / "a" / "b" / "corpus")
    assert check(tmp_path / "a" / "b" / "corpus") == []


# --------------------------------------------------------------------------------------------------- foreign files


def test_foreign_files_survive_a_rebuild(place):
    before = foreign(place / "corpus")
    assert set(FOREIGN) | {"nowhere", "empty"} <= set(before)
    build(place / "changed", place / "corpus")
    assert foreign(place / "corpus") == before
    assert check(place / "corpus") == []


def test_mode_of_the_corpus_survives_a_rebuild(place):
    (place / "corpus").chmod(0o2770)
    build(place / "changed", place / "corpus")
    assert (place / "corpus").stat().st_mode & 0o7777 == 0o2770


def test_unlisted_files_in_our_own_folders_go(place):
    (place / "corpus" / "jsonl" / "old.jsonl").write_text("{}\n")
    (place / "corpus" / "croissant.json").write_text("{}\n")
    build(place / "seeds", place / "corpus")
    assert not (place / "corpus" / "jsonl" / "old.jsonl").exists()
    assert json.loads((place / "corpus" / "croissant.json").read_text("utf-8"))["name"] == "tiny"


def test_foreign_files_survive_where_a_file_can_have_no_second_name(place, tmp_path):
    """From one file system to another: a link fails, a copy does not."""
    from corpus_tools.swap import link

    if place.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system")
    link(place / "corpus" / "notes.txt", tmp_path / "notes.txt")
    assert contents(tmp_path) == {"notes.txt": foreign(place / "corpus")["notes.txt"]}


# ----------------------------------------------------------------------------------------------------- interrupted


CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod", "shutil.rmtree", "ctypes.dlsym"}


def dying_after(changes: int, action: Callable[[], Any]) -> Callable[[], Any]:
    """An action whose process is killed when it is about to change anything on the disk for the n-th time."""

    def run() -> None:
        left = changes

        def count(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal left
            if event in CHANGES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        action()

    return run


def test_killed_at_any_step_the_corpus_is_whole_and_the_next_build_works(place):
    one_of, others = versions(place)
    seen = []
    for steps in range(1_000):
        status = in_child(dying_after(steps, lambda: build(place / "changed", place / "corpus")))
        assert foreign(place / "corpus") == others
        seen.append(one_of.index(own(place / "corpus")))
        if steps % 8 == 0 or (seen[-1] == 1 and seen.count(1) < 5):
            must_be_whole(place, one_of, others)
        else:  # quicker than a build, and the next one starts where this one did
            for left in place.glob(".corpus.*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        if status == 0:
            break
        assert status == -signal.SIGKILL
    assert seen == sorted(seen)
    assert seen.count(0) > 50
    assert seen.count(1) > 20


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM] * 2)
def test_ended_at_a_random_moment_the_corpus_is_whole_and_the_next_build_works(place, end):
    one_of, others = versions(place)
    code = "from corpus_tools import building, tables\nimport datasets, pyarrow.json, pyarrow.parquet\nprint('ready', flush=True)\n"
    code += "for _ in range(1000):\n    building.build('changed', 'corpus')\n"
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    with subprocess.Popen([sys.executable, "-c", code], cwd=place, env=environment, stdout=-1, stderr=-1) as process:
        process.stdout.readline()
        time.sleep(random.uniform(0, 0.5))
        process.send_signal(end)
        process.communicate()
    assert process.returncode == -end
    if end == signal.SIGINT:
        assert names(place) <= {"seeds", "changed", "corpus", "next"}
    must_be_whole(place, one_of, others)


def test_interrupt_in_a_build_leaves_no_staging_folder(place):
    """Ctrl-C while the documents are compiled."""
    before = contents(place / "corpus")

    def interrupted() -> None:
        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if event == "open" and str(arguments[0]).endswith("doc.ann.yaml"):
                raise KeyboardInterrupt

        sys.addaudithook(hook)
        build(place / "changed", place / "corpus")

    assert in_child(interrupted) == 1
    assert contents(place / "corpus") == before
    assert names(place) == {"seeds", "changed", "corpus"}


def test_stopped_between_two_renames_the_former_corpus_comes_back(place):
    """Where a system cannot exchange two names: what a stop right then leaves."""
    one_of, others = versions(place)
    (place / "corpus").rename(place / ".corpus.staging.former")
    (place / ".corpus.staging").mkdir()
    write_document(place / "changed", "broken", b"\xff")
    with pytest.raises(CorpusError):
        build(place / "changed", place / "corpus")
    must_be_whole(place, one_of, others)


def test_without_an_exchange_of_names_a_rebuild_works_too(place, monkeypatch):
    monkeypatch.setattr("corpus_tools.swap._exchange", lambda a, b: False)
    one_of, others = versions(place)
    build(place / "changed", place / "corpus")
    assert own(place / "corpus") == one_of[1]
    must_be_whole(place, one_of, others)


# ------------------------------------------------------------------------------------------------------- disk full


@pytest.mark.parametrize("limit", [0, 1, 300, 3_000, 6_000, 12_000])
def test_files_that_cannot_be_written_leave_the_former_corpus(place, limit):
    one_of, others = versions(place)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        with pytest.raises(UsageError, match="File too large; the former corpus is as it was"):
            build(place / "changed", place / "corpus")

    assert in_child(limited) == 0
    assert names(place) == {"seeds", "changed", "corpus", "next"}
    must_be_whole(place, one_of[:1], others)


def test_full_disk_leaves_the_former_corpus(tmp_path):
    """In a file system of its own, of 440 KiB: the first build fits, the second of more documents does not, the third does again."""
    disk = tmp_path / "disk"
    disk.mkdir()
    seeds_of(tmp_path / "seeds")
    for number in range(40):
        write_document(seeds_of(tmp_path / "many"), f"d{number}", os.urandom(4_000).hex(), None)
    script = f"""
import sys
sys.path[:0] = [{str(TOP / "src")!r}, {str(TOP / "tests")!r}]
from helpers import contents
from pathlib import Path
from tempfile import TemporaryDirectory
from corpus_tools import UsageError, build
disk = Path("disk")
build("seeds", disk / "corpus")
before = contents(disk)
try:
    build("many", disk / "corpus")
except UsageError as error:
    print(error)
assert contents(disk) == before
build("seeds", disk / "corpus")
assert contents(disk) == before
"""
    mount = f"mount -t tmpfs -o size=440k none disk && exec {sys.executable} -c '{script}'"
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount.replace("'" + script + "'", '"$1"'), "sh", script]
    if not shutil.which("unshare") or subprocess.run([*command[:5], "mount -t tmpfs none disk"], cwd=tmp_path).returncode:
        pytest.skip("no file system can be mounted here")
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "No space left on device; the former corpus is as it was" in result.stdout


# ------------------------------------------------------------------------------------------------- two at one time


def test_second_build_of_a_corpus_at_the_same_time_is_refused(place):
    before = contents(place / "corpus")
    with module.staging_for(place / "corpus") as staging:
        (staging / "half").write_text("done")
        with pytest.raises(UsageError, match=r"corpus: another build of it is running \(.*\.corpus\.lock is locked\)"):
            build(place / "changed", place / "corpus")
        assert (staging / "half").read_text() == "done"
    assert contents(place / "corpus") == before
    assert names(place) == {"seeds", "changed", "corpus"}


def test_many_builds_at_the_same_time_do_not_corrupt(place):
    one_of, others = versions(place)

    def build_often() -> None:
        for number in range(12):
            try:
                build(place / ("changed", "seeds")[number % 2], place / "corpus")
            except UsageError as error:
                assert "another build of it is running" in str(error)
            assert own(place / "corpus") is not None

    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            try:
                build_often()
                os._exit(0)
            except BaseException:
                os._exit(1)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    must_be_whole(place, one_of, others)


def test_two_corpora_of_one_folder_can_be_built_at_the_same_time(place):
    with module.staging_for(place / "corpus"):
        build(place / "seeds", place / "next")
    assert check(place / "next") == []


# ------------------------------------------------------------------------------------------------ shards and splits


@pytest.fixture
def many(tmp_path, monkeypatch) -> Path:
    """A corpus of 30 documents in 16 shards and three splits; some shards of some splits are empty."""
    monkeypatch.setattr(module, "DOCUMENTS_PER_SHARD", 2)
    seeds = write_config(tmp_path / "seeds")
    for number in range(30):
        split = ["train", "test", "validation"][number % 7 % 3]
        annotations = one_mention("Ada") if number % 5 else None
        write_document(seeds, f"D{number:02}.{'ab'[number % 2]}", f"Ada {number}.\n\nMore.\n", annotations, split=split)
    build(seeds, tmp_path / "corpus")
    return tmp_path / "corpus"


def test_rows_stand_in_the_order_of_the_documents_whatever_shard_they_are_in(many):
    for table in TABLE_CLASSES:
        ids = [json.loads(line)["doc_id"] for line in (many / "jsonl" / f"{table}.jsonl").read_bytes().splitlines()]
        assert ids == sorted(ids)
        assert len(set(ids)) == (30 if table in ("documents", "paragraphs") else 0 if table == "foreign" else 24)


def test_every_row_is_in_the_file_of_its_split_and_shard_and_in_no_other(many):
    manifest = json.loads((many / "manifest.json").read_bytes())
    assert manifest["shards"] == 16
    assert list(manifest["splits"]) == ["train", "validation", "test"]
    assert sum(manifest["splits"].values()) == 30
    documents = [json.loads(line) for line in (many / "jsonl" / "documents.jsonl").read_bytes().splitlines()]
    place = {d["doc_id"]: (d["split"], shard_of(d["doc_id"], 16)) for d in documents}
    assert Counter(split for split, _ in place.values()) == manifest["splits"]
    for table in TABLE_CLASSES:
        rows = [json.loads(line) for line in (many / "jsonl" / f"{table}.jsonl").read_bytes().splitlines()]
        assert len(rows) == manifest["tables"][table]["rows"]
        for split, files in manifest["tables"][table]["files"].items():
            for shard, name in enumerate(files):
                assert name == f"data/{table}/{split}-{shard:05d}-of-00016.parquet"
                expected = [row for row in rows if place[row["doc_id"]] == (split, shard)]
                assert pq.ParquetFile(many / name).read().to_pylist() == expected


def test_empty_shards_have_the_schema_of_the_others(many):
    schemas: dict[str, set[str]] = {}
    empty = 0
    for path in (many / "data").rglob("*.parquet"):
        file = pq.ParquetFile(path)
        schemas.setdefault(path.parent.name, set()).add(file.schema_arrow.to_string(show_schema_metadata=True))
        empty += file.metadata.num_rows == 0
    assert {table: len(kinds) for table, kinds in schemas.items()} == dict.fromkeys(TABLE_CLASSES, 1)
    assert empty > 20


def test_corpus_of_many_shards_has_no_problems(many):
    assert check(many) == []
    assert sorted(p.relative_to(many).as_posix() for p in many.rglob("*.parquet")) == sorted(
        name for name in json.loads((many / "manifest.json").read_bytes())["files"] if name.endswith(".parquet")
    )


def test_rows_counted_for_another_split_are_found(many):
    path = many / "manifest.json"
    manifest = json.loads(path.read_bytes())
    counted = manifest["tables"]["claims"]["split_rows"]
    counted["train"], counted["test"] = counted["train"] - 1, counted["test"] + 1
    path.write_text(manifest_text(manifest), "utf-8")
    found = f"tables.claims.split_rows {counted}"
    assert [finding.found for finding in check(many) if finding.rule == "figures"] == [found]
    counted["test"] += 1
    path.write_text(manifest_text(manifest), "utf-8")
    assert [finding.rule for finding in check(many)] == ["manifest"]


# --------------------------------------------------------------------------------------------------- odd documents


def test_document_without_a_block(tmp_path):
    seeds = write_config(tmp_path / "seeds")
    write_document(seeds, "empty", b"", {"paragraphs": None})
    write_document(seeds, "blank", b"\n \n\r\n", None)
    manifest = build(seeds, tmp_path / "corpus")
    assert {table: entry["rows"] for table, entry in manifest["tables"].items()} == dict.fromkeys(TABLE_CLASSES, 0) | {
        "documents": 2
    }
    assert check(tmp_path / "corpus", against=seeds) == []
    for table in TABLE_CLASSES:
        assert pq.read_table(tmp_path / "corpus" / "data" / table / "train-00000-of-00001.parquet").num_rows == (
            2 if table == "documents" else 0
        )


@pytest.mark.parametrize(
    "text",
    [
        "Ada \u2028 \u2029 \x85 went",
        "Ada \U0001f600 \U0001f469\u200d\U0001f52c went",
        "Ada \x00 \x1b[31m went",
        "Ada " + "word " * 500_000,
    ],
)
def test_texts_that_other_tools_break_come_back_as_they_are(tmp_path, text):
    text = text.rstrip()
    seeds = write_config(tmp_path / "seeds")
    write_document(seeds, "odd", text, one_mention("Ada"))
    build(seeds, tmp_path / "corpus")
    (line,) = (tmp_path / "corpus" / "jsonl" / "documents.jsonl").read_bytes().splitlines()
    rows = pq.read_table(tmp_path / "corpus" / "data" / "documents" / "train-00000-of-00001.parquet").to_pylist()
    assert rows == [json.loads(line)]
    assert rows[0]["text"] == text
    assert check(tmp_path / "corpus", against=seeds) == []


def test_article_is_the_shipped_document():
    (line,) = (TOP / "corpus" / "jsonl" / "documents.jsonl").read_bytes().splitlines()
    assert json.loads(line)["doc_id"] == ARTICLE
