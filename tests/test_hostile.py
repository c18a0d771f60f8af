"""Input that nobody should trust: each fault is named with file and line, and the other documents are still imported."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import corpus_tools
from corpus_tools.findings import CorpusError, UsageError
from corpus_tools.inputs import MAX_FILE_BYTES
from corpus_tools.machine import read_machine

SOUND = "T1\tPERSON 0 3\tAda\n"


def brat(folder: Path, **files: bytes | str) -> Path:
    """A brat folder with one sound document, `good`, and others."""
    folder.mkdir(exist_ok=True)
    for name, data in ({"good_txt": "Ada met Bob.", "good_ann": SOUND} | files).items():
        stem, _, suffix = name.rpartition("_")
        (folder / f"{stem}.{suffix}").write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def findings(path: Path, out: Path) -> list[str]:
    """What an import says that goes on; `good` must be there, and nothing outside the folders written."""
    report = corpus_tools.import_("brat", path, out, keep_going=True)
    assert (out / "good.txt").read_bytes() == b"Ada met Bob."
    assert {file.parent for file in out.rglob("*")} == {out}
    assert all(finding.path and finding.line for finding in report.findings)
    return [str(finding) for finding in report.findings]


def run(*arguments: str, memory: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line, with a limit of memory in bytes."""

    def limit() -> None:
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    command = [sys.executable, "-m", "corpus_tools", *arguments]
    return subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, check=False, timeout=120)


# ------------------------------------------------------------------------------------------------- files and folders


def test_names_with_dots_stay_inside(tmp_path: Path) -> None:
    folder = brat(tmp_path / "in")
    for name in ("..", "a..b", "...", "-", "..%2f..%2fetc", "ü\u202e", "a\nb"):
        (folder / f"x{name}.txt").write_text(f"text of {name!r}")
        (folder / f"{name}.txt").write_text(f"text {name!r}")
    assert findings(folder, tmp_path / "out") == []
    assert all(
        ".." not in path.name or path.name.startswith(("a..b", "xa..b", "x..", "x...")) for path in (tmp_path / "out").iterdir()
    )
    corpus_tools.build(tmp_path / "out", tmp_path / "corpus")


def test_links_are_followed_only_inside(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    folder = brat(tmp_path / "in")
    (folder / "file.txt").symlink_to(secret)
    (folder / "relative.txt").symlink_to("../secret.txt")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "nowhere.txt").symlink_to(tmp_path / "nothing")
    (folder / "up").symlink_to("..")
    (folder / "again.txt").symlink_to("good.txt")
    found = findings(folder, tmp_path / "out")
    assert sum("leads out of the folder" in finding for finding in found) == 4
    assert sum("cannot be read" in finding for finding in found) == 1
    assert all(b"secret" not in path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert (tmp_path / "out/again.txt").is_file()


def test_a_file_of_gigabytes_is_refused_in_little_memory(tmp_path: Path) -> None:
    folder = brat(tmp_path / "in")
    for name in ("huge.txt", "good_other.ann"):
        with (folder / name).open("wb") as file:
            file.truncate(8 << 30)
    for command in (["import", "brat", str(folder), str(tmp_path / "out"), "--keep-going"], ["doctor", str(folder)]):
        done = run(*command, memory=2 << 30)
        assert done.returncode == 1
        assert f"{8 << 30} bytes; expected {MAX_FILE_BYTES} bytes or less" in done.stderr
        assert "Traceback" not in done.stderr
    assert (tmp_path / "out/good.txt").is_file()


def test_a_seed_file_of_gigabytes_is_refused_in_little_memory(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    corpus_tools.import_("brat", brat(tmp_path / "in"), seeds)
    for name in ("good.txt", "good.unnamed.jsonl"):
        with (seeds / name).open("wb") as file:
            file.truncate(8 << 30)
    done = run("build", str(seeds), str(tmp_path / "corpus"), memory=2 << 30)
    assert done.returncode == 1
    assert done.stderr.count(f"seed-files: {8 << 30} bytes; expected {MAX_FILE_BYTES} bytes or less") == 2


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = brat(tmp_path / "in")
    os.mkfifo(folder / "pipe.txt")
    (finding,) = findings(folder, tmp_path / "out")
    assert "no regular file" in finding


# ------------------------------------------------------------------------------------------------------- text and offsets


@pytest.mark.parametrize("data", [b"caf\xe9", b"\xff\xfeA\x00", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"ok\n\xc0\xaf"])
def test_a_text_that_is_no_utf8_is_named_and_left_out(tmp_path: Path, data: bytes) -> None:
    (finding,) = findings(brat(tmp_path / "in", bad_txt=data, bad_ann=SOUND), tmp_path / "out")
    assert f"bad.txt:{data.count(10) + 1}: source-utf8" in finding


@pytest.mark.parametrize("line", ["T2\tX \xe9 3\tAda", "\x00" * 50, "T2\tX 0 3\t\ud800"])
def test_annotations_that_are_no_utf8_are_named(tmp_path: Path, line: str) -> None:
    data = SOUND.encode() + line.encode("latin-1" if line.isprintable() or "\x00" in line else "utf-8", "surrogatepass") + b"\n"
    (finding,) = findings(brat(tmp_path / "in", bad_txt="Ada", bad_ann=data), tmp_path / "out")
    assert "bad.ann:2: import-line" in finding


@pytest.mark.parametrize(
    "offsets",
    [
        "-3 2",
        "2 1",
        "0 99",
        "0 99999999999999999999999",
        "99999999999999999999 3",
        "0 3;3",
        "0 3;2 1",
        "١ ٣",
        "0x0 3",
        "1e1 3",
        "0 3.0",
    ],
)
def test_offsets_that_are_none_are_named_with_their_line(tmp_path: Path, offsets: str) -> None:
    (finding,) = findings(brat(tmp_path / "in", bad_txt="Ada", bad_ann=f"{SOUND}T2\tX {offsets}\tAda\n"), tmp_path / "out")
    assert "bad.ann:2: import-" in finding
    assert (tmp_path / "out/bad.txt").is_file()


def test_very_long_lines_and_very_many_are_read(tmp_path: Path) -> None:
    many = "".join(f"T{i}\tX 0 3\tAda\n" for i in range(1, 20_001))
    long = f"T1\tX 0 3{';0 3' * 50_000}\tAda\n"
    found = findings(brat(tmp_path / "in", many_txt="Ada", many_ann=many, long_txt="Ada", long_ann=long), tmp_path / "out")
    assert all("long.ann:1" in finding for finding in found)


# -------------------------------------------------------------------------------------------------------------- JSON


@pytest.mark.parametrize(
    "line",
    [
        b'{"table":"mentions","fragments":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 1_000_000,
        b'{"table":"entities","entity_id":"e","type":"' + b"x" * 1_000_000 + b'"',
        b'{"table":"mentions","mention_id":"m","entity_id":"e","fragments":[{"start":-1,"end":2,"text":"x"}]}',
        b'{"table":"mentions","mention_id":"m","entity_id":"e","fragments":[{"start":0,"end":1e400,"text":"x"}]}',
        b'{"table":"mentions","mention_id":"m","entity_id":"e","fragments":[{"start":0,"end":' + b"9" * 5000 + b',"text":"x"}]}',
        b'{"table":"entities","entity_id":"../../etc/passwd","type":"GPE"}',
        b'{"table":"entities","entity_id":"e","type":"\\ud800"}',
        b"\xff\xfe",
    ],
)
def test_a_line_of_the_machine_form_may_be_anything(line: bytes) -> None:
    sound = b'{"table":"entities","entity_id":"ada","type":"PERSON"}\n'
    file, problems = read_machine(sound + line + b"\n", "a.ann.jsonl", "ann")
    assert [problem.line for problem in problems][:1] == [2]
    assert all(problem.path == "a.ann.jsonl" for problem in problems)
    assert len(file.records) == 1


def test_the_doctor_reads_such_lines_too(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    corpus_tools.import_("brat", brat(tmp_path / "in"), seeds)
    (machine,) = seeds.glob("*.jsonl")
    faulty = json.dumps({"fragments": [{"start": 10**400, "end": -1, "text": "x"}]}).encode()
    machine.write_bytes(b"[" * 1_000_000 + b"\n" + faulty + b"\n")
    report = corpus_tools.doctor(seeds)
    assert not report.clean


# ---------------------------------------------------------------------------------------------------------- going on


def test_what_is_not_imported_is_in_the_summary_and_the_status_is_1(tmp_path: Path) -> None:
    folder = brat(tmp_path / "in", bad_txt=b"\xff", bad_ann=SOUND, off_txt="Ada", off_ann="T1\tX 0 9\tAda\n")
    with pytest.raises(CorpusError) as error:
        corpus_tools.import_("brat", folder, tmp_path / "out")
    assert {finding.rule for finding in error.value.findings} == {"source-utf8", "import-span"}
    assert not (tmp_path / "out").exists()
    done = run("import", "brat", str(folder), str(tmp_path / "out"), "--keep-going")
    assert done.returncode == 1
    assert "2 documents from brat" in done.stdout
    assert "1 refused with its file" in done.stdout
    assert "bad.txt:1: source-utf8" in done.stderr
    assert "off.ann:1: import-span" in done.stderr
    with pytest.raises(UsageError, match="not an empty folder"):
        corpus_tools.import_("brat", folder, tmp_path / "out")
