"""The command line: parses, calls one public function, and renders what it gives.

Exit status: 0 clean, 1 problems found in the data, 2 wrong use or unreadable input.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper

from corpus_tools.cli import comparisons, corpora, foreign, pictures, releases  # register the verbs
from corpus_tools.cli.app import app
from corpus_tools.cli.console import run

__all__ = ["app", "comparisons", "corpora", "foreign", "main", "pictures", "releases"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    given = sys.argv[1:] if arguments is None else arguments
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    call = lambda: app(given, exit_on_error=False, print_error=False, result_action="return_value")  # noqa: E731
    sys.exit(run(call, "--json" in given))
