"""README.md: every block of Python and of the shell runs in a copy of the checkout and prints what stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import TOP
from page_blocks import RUN, Step, commands, environment, follow, steps

README = (TOP / "README.md").read_text("utf-8")
STEPS = [step for step in steps(README) if step.language in RUN]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a block can use: seeds and corpus."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("seeds", "corpus"):
        shutil.copytree(TOP / name, folder / name)
    return folder


@pytest.mark.parametrize("step", [step for step in STEPS if not step.why], ids=lambda step: f"{step.language}-{step.line}")
def test_block_prints_what_stands_there(checkout: Path, step: Step) -> None:
    follow(step, checkout, environment(checkout))


def test_blocks_are_found_and_what_does_not_run_says_why() -> None:
    assert len(STEPS) == len(re.findall(rf"^```(?:{'|'.join(RUN)})$", README, re.MULTILINE))
    assert [command for step in STEPS if step.why for command, _ in commands(step.body)] == [
        "make corpus    # builds corpus/ from seeds/",
        "make test      # runs the tests",
    ]
    assert all(commands(step.body) for step in STEPS if step.language != "python")
    assert all("# -> " in step.body for step in STEPS if step.language == "python")


@pytest.mark.parametrize("library", ["datasets", "duckdb", "polars", "pandas", "pyarrow"])
def test_every_way_of_loading_has_a_block(library):
    assert any(library in step.body for step in STEPS if step.language == "python" and not step.why)


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
    listed = set(re.findall(r"^\| `corpus-tools ([\w-]+)", README, re.MULTILINE))
    shown = subprocess.run(
        [sys.executable, "-m", "corpus_tools", "--help"],
        env=os.environ | {"PYTHONPATH": str(TOP / "src")},
        capture_output=True,
        text=True,
    ).stdout
    assert listed == set(re.findall(r"^│ ([a-z][\w-]*) ", shown, re.MULTILINE))
