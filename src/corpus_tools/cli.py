"""The command line: parses, calls one public function, and renders what it gives.

Exit status: 0 clean, 1 problems found in the data, 2 wrong use or unreadable input.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console

import corpus_tools
from corpus_tools.findings import CorpusError, UsageError

app = App(name="corpus-tools", help="Build, check and use stand-off annotated corpora.", help_format="plaintext")
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
    return _console().print(f"{corpus}: {rows}. Next: corpus-tools show DOCUMENT", highlight=False, soft_wrap=True)


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
        _console().print(f"{corpus or 'corpus'}: no problems", highlight=False, soft_wrap=True)
    if findings:
        raise CorpusError(findings if format == "text" else [])


@app.command
def show(
    document: str, corpus: Path | None = None, *, layer: str | None = None, paragraph: str | None = None, json: Json = False
) -> None:
    """Print a document with its annotations.

    Parameters
    ----------
    document
        The document's id.
    corpus
        The folder of the corpus; by default ./corpus, or where that is none, the one that comes with the package.
    layer
        Only this layer: mentions or claims.
    paragraph
        Only this paragraph: p3.
    """
    if layer not in (None, "mentions", "claims"):
        raise UsageError(f"no layer {layer}; there are mentions, claims")
    records = corpus_tools.show(document, corpus, layer, paragraph)  # type: ignore[arg-type]
    if json:
        return _print_json(records)
    from corpus_tools.terminal import print_document

    return print_document(_console(), records)


def _console(stderr: bool = False) -> Console:
    return Console(stderr=stderr)


def _print_json(value: Any) -> None:
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    sys.exit(_run(lambda: app(arguments, exit_on_error=False, print_error=False, result_action="return_value")))


def _run(command: Callable[[], Any]) -> int:
    """Run a command; say what went wrong on stderr (or, with --json, findings on stdout). Returns the exit status."""
    try:
        command()
    except CorpusError as error:
        if not error.findings:  # printed already
            return 1
        if "--json" in sys.argv:
            _print_json(error.findings)
        else:
            from corpus_tools.terminal import print_findings

            print_findings(_console(stderr=True), error.findings)
        return 1
    except (UsageError, CycloptsError) as error:
        _console(stderr=True).print(f"corpus-tools: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return 0
