"""The command line: parses, calls one public function, and renders what it gives.

Exit status: 0 clean, 1 problems found in the data, 2 wrong use or unreadable input.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console

import corpus_tools
from corpus_tools.findings import CorpusError, UsageError


class _Console(Console):
    """A console that prints what it is given, without markup; and leaves a closed pipe to `_run`, where rich would exit with 1."""

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def on_broken_pipe(self) -> None:
        raise


app = App(
    name="corpus-tools", help="Build, check and use stand-off annotated corpora.", help_format="plaintext", console=_Console()
)
Json = Annotated[bool, Parameter(name="--json", negative=(), help="Print JSON.")]


@app.command
def build(seeds: Path = Path("seeds"), corpus: Path = Path("corpus"), *, json: Json = False) -> None:
    """Build a corpus from a folder of seeds.

    All or nothing: with any problem the former corpus stays as it was.

    Parameters
    ----------
    seeds
        The folder of sources, metadata and annotations.
    corpus
        The folder that is made.
    """
    manifest = corpus_tools.build(seeds, corpus)
    if json:
        return _print_json(manifest)
    rows = ", ".join(f"{table['rows']} {name}" for name, table in manifest["tables"].items())
    return _say(f"{corpus}: {rows}. Next: corpus-tools show DOCUMENT")


@app.command
def check(
    corpus: Path | None = None,
    *,
    against: Path | None = None,
    read: Literal["jsonl", "parquet"] | None = None,
    format: Literal["text", "json", "sarif"] = "text",
) -> None:
    """Check a corpus: its files, every line, every document, and that Parquet and JSON lines agree.

    Exit status 1 when there are problems.

    Parameters
    ----------
    corpus
        The folder of the corpus; by default ./corpus, or where that is none, the one that comes with the package.
    against
        A folder of seeds: compare the corpus with what they give now.
    read
        Check the rows of this form alone.
    format
        How to print the problems.
    """
    findings = corpus_tools.check(corpus, against, read)
    if format == "sarif":
        from corpus_tools.sarif import sarif

        _print_json(sarif(findings))
    elif format == "json":
        _print_json(findings)
    elif not findings:
        _say(f"{corpus or 'corpus'}: no problems")
    if findings:
        raise CorpusError(findings if format == "text" else [])


@app.command
def show(
    document: str,
    corpus: Path | None = None,
    *,
    layer: Literal["mentions", "claims"] | None = None,
    paragraph: str | None = None,
    json: Json = False,
) -> None:
    """Print a document with its annotations.

    Parameters
    ----------
    document
        The document's id.
    corpus
        The folder of the corpus; by default ./corpus, or where that is none, the one that comes with the package.
    layer
        Only this layer.
    paragraph
        Only this paragraph: p3.
    """
    records = corpus_tools.show(document, corpus, layer, paragraph)
    if json:
        return _print_json(records)
    from corpus_tools.terminal import print_document

    return print_document(_Console(), records)


def _print_json(value: Any) -> None:
    import json

    import msgspec

    text = json.dumps(msgspec.to_builtins(value), indent=1, ensure_ascii=False)
    # UTF-8 whatever the terminal's encoding. File names that are not UTF-8 have surrogates; their escapes are those of JSON.
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    given = sys.argv[1:] if arguments is None else arguments
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    call = lambda: app(given, exit_on_error=False, print_error=False, result_action="return_value")  # noqa: E731
    sys.exit(_run(call, "--json" in given))


def _run(command: Callable[[], Any], json: bool) -> int:
    """Run a command to its last byte of output. Returns the exit status; 141 when nobody reads the output, as shells have it."""
    try:
        status = _status(command, json)
        sys.stdout.flush()
        return status
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is flushed at the very end must have somewhere to go
        if isinstance(error, BrokenPipeError):
            return 141
        _complain(f"{error.filename or 'output'}: {error.strerror or error}")
        return 2


def _status(command: Callable[[], Any], json: bool) -> int:
    """Run a command; say what went wrong on stderr (or, with --json, findings on stdout)."""
    try:
        command()
    except CorpusError as error:
        if not error.findings:  # printed already
            return 1
        if json:
            _print_json(error.findings)
        else:
            from corpus_tools.terminal import print_findings

            print_findings(_Console(stderr=True), error.findings)
        return 1
    except (UsageError, CycloptsError) as error:
        _complain(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _say(message: str) -> None:
    from corpus_tools.terminal import visible

    _Console().print(visible(message), soft_wrap=True)


def _complain(message: str) -> None:
    from corpus_tools.terminal import visible

    _Console(stderr=True).print(f"corpus-tools: {visible(message)}", style="red", soft_wrap=True)
