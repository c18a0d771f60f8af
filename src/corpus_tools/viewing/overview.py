"""The page of a whole corpus: what it is, its documents, its figures."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from corpus_tools.plotting.drawing import picture
from corpus_tools.plotting.tallies import Tally
from corpus_tools.viewing.linked import corpus_description

AT_ONCE = 100  # rows of the list that stand in the page without the script


class Column(NamedTuple):
    """A column of the list of documents: the key of a row, and its heading."""

    name: str
    words: str


COLUMNS = (
    Column("title", "Title"),
    Column("published", "Date"),
    Column("publisher", "Source"),
    Column("language", "Language"),
    Column("characters", "Characters"),
    Column("entities", "Entities"),
    Column("mentions", "Mentions"),
    Column("claims", "Claims"),
)


def drawn(tallies: Iterable[Tally]) -> list[dict[str, Any]]:
    """Plots for the page: each with its picture as an address that holds it, and its numbers."""
    return [{**tally._asdict(), "address": _address(picture(tally, "svg"))} for tally in tallies]


def _address(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


def overview_page(manifest: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], plots: Sequence[Any]) -> dict[str, Any]:
    """What the template of the overview is given.

    Args:
        manifest: of the corpus.
        rows: one a document, with its ``id`` and what the columns name.
        plots: as `drawn` gives them.
    """
    return {
        "corpus": manifest["corpus"],
        "totals": [(name, table["rows"]) for name, table in manifest["tables"].items() if table["rows"]],
        "columns": COLUMNS,
        "first": rows[:AT_ONCE],
        "plots": plots,
        "linked": corpus_description(manifest),
        "data": {"documents": [[row["id"], *(row[column.name] for column in COLUMNS)] for row in rows]},
    }
