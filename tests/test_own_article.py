"""docs/own-article.md, typed block by block by somebody who follows it."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).parents[1]
PAGE = (TOP / "docs" / "own-article.md").read_text("utf-8")


class Step(NamedTuple):
    """What the reader does: saves a file or runs something that prints."""

    line: int
    language: str
    body: str
    file: str | None
    output: str | None


def steps(page):
    """The blocks of the page. A block behind a line that names a file is its content; a text block behind a command its output."""
    blocks = list(re.finditer(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    for number, block in enumerate(blocks):
        before = page[: block.start()].rstrip().rpartition("\n\n")[2]
        file = re.search(r"(?:Save this as|Replace|has also made) `([^`]+)`", before)
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        has_output = following and following[1] == "text" and not page[block.end() : following.start()].strip()
        if file or block[1] in ("sh", "python"):
            yield Step(
                page.count("\n", 0, block.start()) + 1, block[1], block[2], file and file[1], following[2] if has_output else None
            )


def type_it(step, folder, environment):
    """Do a step; what it prints."""
    if step.file:
        (folder / step.file).parent.mkdir(parents=True, exist_ok=True)
        (folder / step.file).write_text(step.body, "utf-8")
        return None
    command = ["bash", "-euo", "pipefail", "-c", step.body] if step.language == "sh" else [sys.executable, "-c", step.body]
    errors = subprocess.STDOUT if step.language == "sh" else subprocess.PIPE
    process = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8", check=False
    )
    assert process.returncode == 0, f"line {step.line}: {process.stdout}{process.stderr}"
    return process.stdout


def without_trailing_spaces(text):
    return re.sub(r" +$", "", text, flags=re.MULTILINE).strip("\n")


def test_the_page_works_as_it_stands(tmp_path):
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "corpus-tools").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m corpus_tools "$@"\n')
    (commands / "corpus-tools").chmod(0o755)
    folder = tmp_path / "empty"
    folder.mkdir()
    environment = os.environ | {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(TOP / "src"),
        "HF_HOME": str(tmp_path / "cache"),
        "HF_HUB_OFFLINE": "1",
    }
    done = list(steps(PAGE))
    assert len(done) > 15
    for step in done:
        printed = type_it(step, folder, environment)
        if step.output is not None:
            assert without_trailing_spaces(printed) == without_trailing_spaces(step.output), f"line {step.line}"
        elif printed:
            raise AssertionError(f"line {step.line} prints what the page does not show: {printed}")
