"""How the command line prints, and how a command ends.

Exit status: 0 clean, 1 problems found in the data, 2 wrong use or unreadable input.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO

from cyclopts import CycloptsError
from rich.console import Console

from corpus_tools.findings import CorpusError, UsageError

if TYPE_CHECKING:
    from rich.progress import TaskID


class Terminal(Console):
    """A console that prints what it is given, without markup; and leaves a closed pipe to `run`, where rich would exit with 1."""

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def on_broken_pipe(self) -> None:
        """Pass it on."""
        raise


def data_out() -> TextIO:
    """Standard output for data: UTF-8 whatever the terminal's encoding."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    return sys.stdout


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    import json

    import msgspec

    text = json.dumps(msgspec.to_builtins(value), indent=1, ensure_ascii=False)
    # UTF-8 whatever the terminal's encoding. File names that are not UTF-8 have surrogates; their escapes are those of JSON.
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")


def run(command: Callable[[], Any], json: bool) -> int:
    """Run a command to its last byte of output. Returns the exit status; 141 when nobody reads the output, as shells have it."""
    try:
        status = _status(command, json)
        sys.stdout.flush()
        return status
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is flushed at the very end must have somewhere to go
        if isinstance(error, BrokenPipeError):
            return 141
        complain(f"{error.filename or 'output'}: {error.strerror or error}")
        return 2


def _status(command: Callable[[], Any], json: bool) -> int:
    """Run a command; say what went wrong on stderr (or, with --json, findings on stdout)."""
    try:
        command()
    except CorpusError as error:
        if not error.findings:  # printed already
            return 1
        if json:
            print_json(error.findings)
        else:
            from corpus_tools.cli.terminal import print_findings

            print_findings(Terminal(stderr=True), error.findings)
        return 1
    except (UsageError, CycloptsError) as error:
        complain(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def say(message: str) -> None:
    """Print a message."""
    from corpus_tools.cli.terminal import visible

    Terminal().print(visible(message), soft_wrap=True)


def complain(message: str) -> None:
    """Print what went wrong on stderr."""
    from corpus_tools.cli.terminal import visible

    Terminal(stderr=True).print(f"corpus-tools: {visible(message)}", style="red", soft_wrap=True)


@contextmanager
def progress() -> Iterator[None]:
    """Show how far a long task is, with its rate and the time that is left; on a terminal alone."""
    terminal = Terminal(stderr=True)
    if not terminal.is_terminal:
        yield
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from corpus_tools.progress import watched_by

    texts = [TextColumn("{task.description}"), TextColumn("{task.fields[rate]}"), TextColumn("left:")]
    with Progress(
        texts[0], BarColumn(), MofNCompleteColumn(), *texts[1:], TimeRemainingColumn(), console=terminal, transient=True
    ) as bar:
        bars: defaultdict[str, TaskID] = defaultdict(lambda: bar.add_task("", rate=""))

        def watch(what: str, done: int, total: int) -> None:
            task = bars[what]
            speed = bar.tasks[task].speed
            bar.update(task, description=what, completed=done, total=total, rate=f"{speed:.0f}/s" if speed else "")

        with watched_by(watch):
            yield


_QUERY_MEMORY = 4 << 30


def bound_memory() -> None:
    """Bound the memory of this process: DuckDB bounds its own, but does not count the long strings that a query makes up."""
    try:
        import resource
    except ImportError:  # not on this system
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    within_hard = hard == resource.RLIM_INFINITY or hard > _QUERY_MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (_QUERY_MEMORY if within_hard else hard, hard))
