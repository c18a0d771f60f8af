"""README.md: every block of Python and of the shell runs in a copy of the checkout and prints what stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers import TOP

README = (TOP / "README.md").read_text("utf-8")
_BLOCK = re.compile(
    r"(?:<!-- not run by the tests: (?P<why>[^>]+) -->\n)?^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE
)
RUN = ("python", "console", "sh")


class Block(NamedTuple):
    """A fenced block; ``why`` it is not run."""

    line: int
    language: str
    code: str
    why: str


def blocks(text: str) -> list[Block]:
    found = [Block(text.count("\n", 0, m.start("code")), m["language"], m["code"], m["why"] or "") for m in _BLOCK.finditer(text)]
    return [block for block in found if block.language in RUN]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a block can use: seeds, corpus, and corpus-tools on the path."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("seeds", "corpus"):
        shutil.copytree(TOP / name, folder / name)
    command = folder / "bin" / "corpus-tools"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m corpus_tools "$@"\n')
    command.chmod(0o755)
    return folder


def run(checkout: Path, *command: str) -> str:
    """What a command prints, in the checkout and without a network. Its status must be 0 or 1."""
    settings = {"PATH": f"{checkout / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(TOP / "src"), "HF_HOME": str(checkout / "hf")}
    settings |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "NO_COLOR": "1"}
    result = subprocess.run(
        command, cwd=checkout, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert result.returncode in (0, 1), result.stdout
    return result.stdout


def commands(code: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it prints."""
    return [(command, output) for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", code, re.MULTILINE)]


@pytest.mark.parametrize("block", [b for b in blocks(README) if not b.why], ids=lambda block: f"{block.language}-{block.line}")
def test_block_prints_what_stands_there(checkout, block):
    if block.language == "python":
        printed = run(checkout, sys.executable, "-c", block.code)
        assert printed.splitlines() == re.findall(r"# -> (.*)", block.code)
    else:
        for command, output in commands(block.code):
            assert run(checkout, "bash", "-c", command) == output


def test_blocks_are_found_and_what_does_not_run_says_why():
    found = blocks(README)
    assert len(found) == len(re.findall(rf"^```(?:{'|'.join(RUN)})$", README, re.MULTILINE))
    assert [command for b in found if b.why for command, _ in commands(b.code)] == [
        "make corpus    # builds corpus/ from seeds/",
        "make test      # runs the tests",
    ]
    assert all(commands(b.code) for b in found if b.language != "python")
    assert all("# -> " in b.code for b in found if b.language == "python")


@pytest.mark.parametrize("library", ["datasets", "duckdb", "polars", "pandas", "pyarrow"])
def test_every_way_of_loading_has_a_block(library):
    assert any(library in block.code for block in blocks(README) if block.language == "python" and not block.why)


def test_annotations_that_are_shown_are_those_of_the_seeds():
    (shown,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (file,) = (TOP / "seeds").glob("*.gold.yaml")
    assert shown in file.read_text("utf-8")


def test_files_and_modules_that_are_named_are_there():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (TOP / target).exists(), target
    picture = re.search(r"```text\n(seeds/.*?)```", README, re.DOTALL)
    assert picture
    for module in re.findall(r"\b(\w+\.py|readers/|rules/)", picture[1]):
        assert (TOP / "src" / "corpus_tools" / module).exists(), module


def test_every_command_is_listed():
    listed = set(re.findall(r"^\| `corpus-tools (\w+)", README, re.MULTILINE))
    shown = subprocess.run(
        [sys.executable, "-m", "corpus_tools", "--help"],
        env=os.environ | {"PYTHONPATH": str(TOP / "src")},
        capture_output=True,
        text=True,
    ).stdout
    assert listed == set(re.findall(r"^│ (\w+) ", shown, re.MULTILINE))


def test_a_wrong_output_is_noticed(checkout):
    with pytest.raises(AssertionError):
        test_block_prints_what_stands_there(checkout, Block(1, "console", "$ echo 1\n2\n", ""))
    with pytest.raises(AssertionError):
        test_block_prints_what_stands_there(checkout, Block(1, "python", "print(1)  # -> 2\n", ""))
