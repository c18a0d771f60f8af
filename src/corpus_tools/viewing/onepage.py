"""A page of its own in one file: what a comparison found, to be read in a browser or sent on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus_tools.findings import UsageError
from corpus_tools.viewing.rendering import render

_OURS = 'name="generator" content="corpus-tools '
_HEAD = 2_000  # characters in which that stands


def must_be_writable(page: Path | str) -> None:
    """Raise unless a page can be written there: where nothing is yet, or an earlier page of ours.

    Raises:
        UsageError: it cannot.
    """
    path = Path(page)
    if path.is_dir():
        raise UsageError(f"{page}: a folder; expected the name of a file, such as page.html")
    if not path.parent.is_dir():
        raise UsageError(f"{page}: there is no folder {path.parent}")
    try:
        if path.exists() and _OURS not in path.read_text("utf-8", "replace")[:_HEAD]:
            raise UsageError(f"{page}: there is a file that is no page of corpus-tools; nothing there was touched")
    except OSError as error:
        raise UsageError(f"{page}: {error.strerror or error}") from error


def write_page(page: Path | str, template: str, context: Mapping[str, Any]) -> None:
    """Write a page from the template of that name.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        Path(page).write_text(render(template, context), "utf-8", "replace", "\n")  # a file name may be no UTF-8
    except OSError as error:
        raise UsageError(f"{page}: {error.strerror or error}") from error
