"""Scores as the tables that a reader sees: in a terminal, on a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from corpus_tools.scoring.tallies import Score

_NAMES = {"muc": "MUC", "b_cubed": "B³", "ceaf_e": "CEAF-e", "lea": "LEA", "conll": "CoNLL average"}
_LAYERS = {"types": "by type"}
_ATTRIBUTES = " attributes"
_Cell = float | tuple[float, float] | None
Scored = Mapping[str, Mapping[str, Score]]


class ScoreTable(NamedTuple):
    """``headings`` are those of all columns, ``layers`` the rows of each layer; a row has the names of layer and score, then numbers."""

    headings: list[str]
    layers: list[list[list[str]]]


def score_tables(scores: Scored, sides: tuple[str, str]) -> Iterator[ScoreTable]:
    """The scores that are of anything: of spans and links, then of attributes.

    ``sides`` name the columns of what there is to be found on each side.
    """
    scores = {layer: {name: s for name, s in named.items() if s.gold != 0 or s.other != 0} for layer, named in scores.items()}
    scores = {layer: named for layer, named in scores.items() if named}
    plain = {layer: named for layer, named in scores.items() if not layer.endswith(_ATTRIBUTES)}
    attributes = {layer.removesuffix(_ATTRIBUTES): named for layer, named in scores.items() if layer.endswith(_ATTRIBUTES)}
    some = any(score.interval for named in scores.values() for score in named.values())
    if plain:
        headings = ["", "", "precision", "recall", "F1", *(["95 %"] if some else []), *sides]
        yield _table(plain, headings, lambda s: [s.precision, s.recall, s.f1, *([s.interval] if some else []), s.gold, s.other])
    if attributes:
        headings = ["", "of matched", "the same", *(["95 %"] if some else []), "matched"]
        yield _table(attributes, headings, lambda s: [s.f1, *([s.interval] if some else []), s.gold])


def _table(scores: Scored, headings: list[str], cells: Callable[[Score], list[_Cell]]) -> ScoreTable:
    layers = [
        [[_LAYERS.get(layer, layer), _NAMES.get(name, name), *map(score_cell, cells(score))] for name, score in named.items()]
        for layer, named in scores.items()
    ]
    return ScoreTable(headings, layers)


def score_cell(value: _Cell) -> str:
    """A number as it is shown."""
    if isinstance(value, tuple):
        return f"{value[0]:.3f}–{value[1]:.3f}"
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
