"""The blocks of a page of the documentation, typed one by one by somebody who follows it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from helpers import TOP

RUN = ("python", "console", "sh")
_BLOCK = re.compile(
    r"(?:<!-- not run by the tests: (?P<why>[^>]+) -->\n)?^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
_FILE = re.compile(r"(?:Save this as|Replace|has also made) `([^`]+)`")


class Step(NamedTuple):
    """What the reader does: saves a file, or runs something that prints.

    ``file``: the block is what this file holds. ``output``: what it prints, by a block of its own. ``why`` it is not run.
    """

    line: int
    language: str
    body: str
    file: str | None
    output: str | None
    why: str


def steps(page: str) -> Iterator[Step]:
    """The blocks that are run or saved. A text block right behind one that is run is what it prints."""
    blocks = list(_BLOCK.finditer(page))
    for number, block in enumerate(blocks):
        file = _FILE.search(page[: block.start()].rstrip().rpartition("\n\n")[2])
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        has_output = following and following["language"] == "text" and not page[block.end() : following.start()].strip()
        if file or block["language"] in RUN:
            line = page.count("\n", 0, block.start("body"))
            output = following["body"] if following and has_output else None
            yield Step(line, block["language"], block["body"], file and file[1], output, block["why"] or "")


def commands(body: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it prints."""
    return [(command, output) for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE)]


def environment(folder: Path) -> dict[str, str]:
    """Settings in which corpus-tools is a command, without a network and colours; ``folder`` is for the command and caches."""
    command = folder / "bin" / "corpus-tools"
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m corpus_tools "$@"\n', "utf-8")
    command.chmod(0o755)
    path = os.pathsep.join([str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
    settings = {"PATH": path, "PYTHONPATH": str(TOP / "src"), "HF_HOME": str(folder / "hf"), "NO_COLOR": "1", "COLUMNS": "200"}
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    return os.environ | settings | offline


def run(folder: Path, settings: dict[str, str], *command: str) -> str:
    """What a command prints, errors included. Its status must be 0 or 1."""
    result = subprocess.run(
        command, cwd=folder, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    assert result.returncode in (0, 1), result.stdout
    return result.stdout


def follow(step: Step, folder: Path, settings: dict[str, str]) -> None:
    """Do a step in a folder, and see that it prints what the page shows."""
    if step.file:
        (folder / step.file).parent.mkdir(parents=True, exist_ok=True)
        (folder / step.file).write_text(step.body, "utf-8")
    elif step.language == "console":
        for command, output in commands(step.body):
            _same(run(folder, settings, "bash", "-c", command), output, step, command)
    elif step.language == "python":
        printed = run(folder, settings, sys.executable, "-c", step.body)
        expected = "\n".join(re.findall(r"# -> (.*)", step.body)) if step.output is None else step.output
        _same(printed, expected, step, "python")
    else:
        _same(run(folder, settings, "bash", "-euo", "pipefail", "-c", step.body), step.output or "", step, step.body)


def _same(printed: str, shown: str, step: Step, what: str) -> None:
    assert _trimmed(printed) == _trimmed(shown), f"line {step.line}: {what}"


def _trimmed(text: str) -> str:
    """Without white space at the ends of lines, which editors remove from pages."""
    return re.sub(r"[ ]+$", "", text, flags=re.MULTILINE).strip("\n")
