"""The command line as a process: exit statuses, what is printed where, and never a traceback."""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from helpers import ARTICLE, TOP, contents, one_mention, write_config, write_document

from corpus_tools import UsageError, build, check, show
from corpus_tools.swap import staging_for

HEAVY = ("datasets", "pyarrow", "jsonschema", "jsonschema_rs", "numpy", "yaml", "duckdb", "pandas", "sentencex")


def unprivileged() -> None:
    """Take the right to read everything from a process that root starts."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            if libc.prctl(24, capability, 0, 0, 0):  # PR_CAPBSET_DROP
                raise OSError("the rights of root cannot be dropped")


def run(folder: Path, *arguments: str | bytes, **environment: str) -> subprocess.CompletedProcess[str]:
    """corpus-tools in a process of its own, without the rights of root."""
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    result = subprocess.run(
        [sys.executable, "-m", "corpus_tools", *arguments],
        cwd=folder,
        env=clean | {"PYTHONPATH": str(TOP / "src"), "PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        encoding="utf-8",
        preexec_fn=unprivileged,
    )
    assert "Traceback" not in result.stderr + result.stdout
    return result


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Seeds and a corpus of them."""
    seeds = write_config(tmp_path / "seeds")
    write_document(seeds, "doc", "Ada went.\n", one_mention())
    build(seeds, tmp_path / "corpus")
    return tmp_path


def break_seeds(place: Path) -> None:
    """Several problems in two files; one in line 100, one with what rich takes for markup."""
    annotations = "document: doc\nannotator: ann\nentities:\n  ada: {type: PERSON, name: Ada}\nparagraphs:\n  p1:\n    mentions:\n"
    annotations += "      - {quote: Ada, entity: ada}\n      - {quote: '[bold]Eve[/]', entity: ada}\n" + "\n" * 90
    annotations += '      - {quote: went, entity: eve, level: ":boom:"}\n'
    (place / "seeds" / "doc.ann.yaml").write_text(annotations)
    write_document(place / "seeds", "bad", b"\xff")


# -------------------------------------------------------------------------------------------------- exit statuses


def test_status_is_0_when_all_is_well(place):
    assert (
        run(place, "build").stdout
        == "corpus: 1 documents, 1 paragraphs, 1 entities, 1 mentions, 1 claims. Next: corpus-tools show DOCUMENT\n"
    )
    assert run(place, "check").stdout == "corpus: no problems\n"
    for arguments in (["build"], ["check"], ["show", "doc"], ["--help"], ["build", "--help"], ["--version"]):
        result = run(place, *arguments)
        assert (result.returncode, result.stderr) == (0, "")


def test_status_is_1_when_the_data_has_problems(place):
    with (place / "corpus" / "jsonl" / "claims.jsonl").open("ab") as file:
        file.write(b"x\n")
    break_seeds(place)
    for arguments in (["check"], ["check", "--format", "json"], ["build"]):
        assert run(place, *arguments).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bild"], 'Unknown command "bild". Did you mean "build"?'),
        (["show"], "requires an argument"),
        (["show", "doc", "--paragraf", "p1"], "Unknown option: --paragraf. Did you mean --paragraph?"),
        (["show", "doc", "--layer", "entities"], 'Invalid value "entities" for --layer. Choose from: "mentions", "claims"'),
        (["show", "dok"], 'no document dok; nearest: "doc"'),
        (["show", "doc", "nowhere"], "nowhere/manifest.json: not found; a corpus is a folder that corpus-tools build made"),
        (["check", "seeds"], "seeds/manifest.json: not found"),
        (["check", "[b]no[/b]:x:"], "[b]no[/b]:x:/manifest.json: not found"),
        (["build", "nowhere"], "nowhere: not a folder of seeds"),
        (["build", "corpus"], "corpus/corpus.yaml: not found"),
        (["build", "seeds", "seeds"], "seeds: holds files but no manifest.json, so it is no corpus; nothing there was touched"),
        (["build", "seeds", "seeds/doc.txt/x"], "seeds/doc.txt: File exists"),
        (["build", "a\x1b[31mb"], "a␛[31mb: not a folder of seeds"),
        (["check", b"\xff"], "\\udcff/manifest.json: not found"),
        (["check", "a\nb"], "a\nb/manifest.json: not found"),
    ],
)
def test_status_is_2_when_the_call_is_wrong(place, arguments, said):
    before = contents(place)
    result = run(place, *arguments)
    assert said in result.stderr
    assert result.stderr.startswith("corpus-tools: ")
    assert (result.returncode, result.stdout) == (2, "")
    assert contents(place) == before


def test_build_of_a_corpus_that_is_being_built_says_so(place):
    with staging_for(place / "corpus"):
        result = run(place, "build")
    assert result.returncode == 2
    assert "corpus: another build of it is running" in result.stderr
    assert run(place, "build").returncode == 0


# ------------------------------------------------------------------------------------------------------- findings


def test_every_problem_is_printed_with_its_place_as_it_is(place):
    break_seeds(place)
    lines = run(place, "build").stderr.splitlines()
    assert lines[-1] == "2 problems"
    assert lines[0].startswith("seeds/bad.txt: source-utf8: byte 0xff at offset 0 is not UTF-8")
    assert lines[1].startswith('seeds/doc.ann.yaml:100:36: schema: paragraphs.p1.mentions.2.level: ":boom:"; expected one of name,')
    text = (place / "seeds" / "doc.ann.yaml").read_text().replace('level: ":boom:"', "level: name")
    (place / "seeds" / "doc.ann.yaml").write_text(text)
    lines = run(place, "build").stderr.splitlines()
    assert lines[1].startswith('seeds/doc.ann.yaml:9:10: quote-missing: "[bold]Eve[/]"')
    assert lines[2].startswith('seeds/doc.ann.yaml:100:23 ann/p1.m3: reference-resolves: the entity "eve"')
    assert lines[-1] == "3 problems"


def test_with_json_the_problems_are_on_stdout(place):
    break_seeds(place)
    result = run(place, "build", "--json")
    assert (result.returncode, result.stderr) == (1, "")
    assert [(f["rule"], f["path"], f.get("line"), f.get("column")) for f in json.loads(result.stdout)] == [
        ("source-utf8", "seeds/bad.txt", None, None),
        ("schema", "seeds/doc.ann.yaml", 100, 36),
    ]


def test_with_json_a_build_prints_its_manifest(place):
    assert json.loads(run(place, "build", "--json").stdout) == json.loads((place / "corpus" / "manifest.json").read_bytes())


def test_control_characters_in_the_name_of_a_file_are_shown(place):
    (place / "seeds" / "\x1b[31mred\n.txt").write_text("x")
    result = run(place, "build")
    assert "seeds/\\x1b[31mred\\n.txt: seed-files: the file name " in result.stderr
    assert "\x1b" not in result.stderr


def test_name_of_a_file_that_is_not_utf_8_is_a_problem_like_others(place):
    names = [b"\xff.txt", b"\xff.meta.yaml", b"doc.\xff", b"doc.\xff.yaml", b"\xff"]
    for name in names:
        Path(os.fsdecode(os.fsencode(place / "seeds") + b"/" + name)).write_text("document: doc\nannotator: x\nparagraphs:\n")
    result = run(place, "build", "--json")
    assert (result.returncode, result.stderr) == (1, "")
    problems = {(problem["rule"], problem["path"]) for problem in json.loads(result.stdout)}
    assert problems == {("seed-files", f"seeds/{os.fsdecode(name)}") for name in names}


def test_source_whose_suffix_is_not_utf_8_is_a_problem(place):
    """Its metadata says what it is, so it could be read."""
    write_document(place / "seeds", "odd", "Bob.", suffix=os.fsdecode(b".\xff"), media_type="text/plain")
    result = run(place, "build")
    assert (result.returncode, result.stdout) == (1, "")
    assert "seeds/odd.\\udcff: seed-files: a name that is not UTF-8" in result.stderr


# ----------------------------------------------------------------------------------------------- what cannot be read


def locked(path: Path) -> Path:
    path.chmod(0)
    return path


@pytest.mark.parametrize("name", ["seeds", "seeds/corpus.yaml", "seeds/doc.txt", "corpus", "corpus/manifest.json"])
def test_build_names_what_it_may_not_read(place, name):
    before = contents(place / "corpus")
    mode = (place / name).stat().st_mode
    locked(place / name)
    try:
        result = run(place, "build")
    finally:
        (place / name).chmod(mode)
    assert result.returncode == 2
    assert re.search(rf"^corpus-tools: .*{name}.*: Permission denied", result.stderr)
    assert contents(place / "corpus") == before
    assert {path.name for path in place.iterdir()} == {"seeds", "corpus"}


def test_build_names_the_folder_it_may_not_write_to(place):
    place.chmod(0o500)
    try:
        result = run(place, "build")
    finally:
        place.chmod(0o700)
    assert result.returncode == 2
    assert "Permission denied; the former corpus is as it was" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["show", "doc"], "corpus"),
        (["show", "doc"], "corpus/manifest.json"),
        (["show", "doc"], "corpus/jsonl/claims.jsonl"),
        (["check"], "corpus/manifest.json"),
        (["check"], "corpus/jsonl"),
    ],
)
def test_reading_names_what_it_may_not_read(place, arguments, name):
    mode = (place / name).stat().st_mode
    locked(place / name)
    try:
        result = run(place, *arguments, "corpus")
    finally:
        (place / name).chmod(mode)
    assert result.returncode in ((1, 2) if arguments == ["check"] else (2,))
    assert re.search(rf"{name}.*ermission", result.stderr)


GARBAGE = [b"", b"\xff", b"{}", b"[]", b"nul", b'{"format":1}', b'{"format":2}', b"[" * 9_999, b'{"tables":' * 9_999]


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_for_a_manifest_is_named(place, text):
    (place / "corpus" / "manifest.json").write_bytes(text)
    with pytest.raises(UsageError, match=r"corpus/manifest\.json"):
        show("doc", place / "corpus")
    with pytest.raises(UsageError, match=r"corpus/manifest\.json"):
        build(place / "seeds", place / "corpus")
    assert {finding.rule for finding in check(place / "corpus")} == {"manifest"}


@pytest.mark.parametrize(("arguments", "status"), [(["show", "doc"], 2), (["check"], 1), (["build"], 2)])
def test_garbage_for_a_manifest_is_no_traceback(place, arguments, status):
    (place / "corpus" / "manifest.json").write_bytes(b'{"tables":' * 9_999)
    result = run(place, *arguments)
    assert result.returncode == status
    assert "corpus/manifest.json" in result.stderr


@pytest.mark.parametrize("name", ["jsonl", "jsonl/claims.jsonl", "jsonl/documents.jsonl"])
def test_corpus_without_a_file_is_no_traceback(place, name):
    path = place / "corpus" / name
    path.rename(place / "gone")
    result = run(place, "show", "doc")
    assert (result.returncode, result.stdout) == (2, "")
    assert re.search(rf"corpus/{name}.*: No such file or directory", result.stderr)
    if name.endswith("jsonl/claims.jsonl"):
        path.mkdir()
        assert "Is a directory" in run(place, "show", "doc").stderr


# -------------------------------------------------------------------------------------------------------- progress


def test_progress_is_shown_on_a_terminal_and_not_in_a_pipe(place):
    for number in range(20):
        write_document(place / "seeds", f"d{number}", "Ada went.\n", one_mention())
    arguments = ["reshard", "8", "seeds", "corpus", "--workers", "2"]
    assert run(place, *arguments).stderr == ""
    ours, theirs = os.openpty()
    environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "TERM": "xterm", "COLUMNS": "120"}
    command = [sys.executable, "-m", "corpus_tools", *arguments]
    with subprocess.Popen(command, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # the end, on a terminal
            while data := os.read(ours, 65_536):
                shown += data
        assert process.stdout.read().startswith(b"corpus: 21 documents")
    os.close(ours)
    assert process.returncode == 0
    assert b"documents" in shown and b"21/21" in shown and b"left:" in shown


# --------------------------------------------------------------------------------------------------------- endings


def test_reader_that_goes_away_is_no_problem_of_the_data():
    for arguments in ("show", ARTICLE), ("show", ARTICLE, "--json"), ("--help",):
        command = [sys.executable, "-m", "corpus_tools", *arguments]
        read, write = os.pipe()
        os.close(read)
        environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
        result = subprocess.run(command, cwd=TOP, env=environment, stdout=write, stderr=subprocess.PIPE, text=True)
        os.close(write)
        assert (result.returncode, result.stderr) == (141, "")


def test_full_disk_under_the_output_is_named():
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "corpus_tools", "show", ARTICLE]
        environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
        result = subprocess.run(command, cwd=TOP, env=environment, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (result.returncode, result.stderr) == (2, "corpus-tools: output: No space left on device\n")


def test_interrupt_ends_with_130_and_without_a_word(place):
    """The build waits for a seed that is a pipe nobody writes to, until it is interrupted."""
    before = contents(place / "corpus")
    code = "import sys\n"
    code += "def hook(event, arguments):\n"
    code += "    if event == 'open' and str(arguments[0]).endswith('doc.txt'):\n"
    code += "        print('reading', flush=True)\n        import time\n        time.sleep(60)\n"
    code += "sys.addaudithook(hook)\nsys.argv[1:] = ['build']\nfrom corpus_tools.cli import main\nmain()\n"
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    with subprocess.Popen([sys.executable, "-c", code], cwd=place, env=environment, stdout=-1, stderr=-1, text=True) as process:
        assert process.stdout.readline() == "reading\n"
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, "", "")
    assert contents(place / "corpus") == before
    assert {path.name for path in place.iterdir()} == {"seeds", "corpus"}


# ------------------------------------------------------------------------------------------------------- quick start


@pytest.mark.parametrize(
    "code",
    [
        "import corpus_tools",
        "import corpus_tools.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass",
        "import corpus_tools.cli as c\ntry: c.main(['build', '--help'])\nexcept SystemExit: pass",
    ],
)
def test_start_loads_nothing_heavy(code):
    code += f"\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_show_needs_neither_datasets_nor_pyarrow():
    code = (
        f"import corpus_tools, sys\ncorpus_tools.show({ARTICLE!r})\nprint([n for n in ('datasets', 'pyarrow') if n in sys.modules])"
    )
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    result = subprocess.run([sys.executable, "-c", code], cwd=TOP, env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_help_names_every_command_and_option():
    shown = run(TOP, "--help").stdout
    assert all(f" {verb} " in shown for verb in ("build", "check", "show"))
    for option in ("--layer", "--paragraph", "--json", "p3"):
        assert option in run(TOP, "show", "--help").stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_completion_is_installed_and_completes_verbs(tmp_path):
    environment = os.environ | {"HOME": str(tmp_path), "SHELL": "/bin/bash", "PYTHONPATH": str(TOP / "src")}
    command = [sys.executable, "-m", "corpus_tools", "--install-completion"]
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
    (script,) = (tmp_path / ".local" / "share").rglob("corpus-tools")
    ask = f'source "{script}"; COMP_WORDS=(corpus-tools rean); COMP_CWORD=1; _corpus_tools; echo "${{COMPREPLY[@]}}"'
    shown = subprocess.run(["bash", "-c", ask], env=environment, capture_output=True, encoding="utf-8", check=False)
    assert shown.stdout == "reanchor\n", shown.stderr
