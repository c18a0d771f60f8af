"""What scores are made of: numerators and denominators that add up over documents, and what follows from their sums.

Conventions where there is nothing to divide by: recall is null where the gold has nothing, precision where the other has nothing. F1 is
null where both have nothing, and 0 where only one has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

RESAMPLES = 1_000
SEED = 20_260_101
LEVEL = 0.95
_CELLS = 5_000_000  # of a table of resampled documents that is in memory at once

Measure = tuple[str, str]  # layer, name


class Tally(NamedTuple):
    """Recall is ``found / gold``, precision is ``right / other``."""

    found: float
    gold: float
    right: float
    other: float


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A score. ``gold`` and ``other`` are its denominators; ``interval`` is that of F1 at 95 %, null for a single document."""

    precision: float | None
    recall: float | None
    f1: float | None
    interval: tuple[float, float] | None = None
    gold: float | None = None
    other: float | None = None


Tallies = Mapping[Measure, Tally]
CONLL: Measure = ("coreference", "conll")
_AVERAGED = [("coreference", name) for name in ("muc", "b_cubed", "ceaf_e")]


def scored(documents: Sequence[Tallies]) -> dict[str, dict[str, Score]]:
    """The scores of all documents together by layer and name, each with its bootstrap interval over documents.

    A measure that only some documents have is 0 of 0 in the others.
    """
    import numpy as np

    measures = list(dict.fromkeys(measure for document in documents for measure in document))
    table = np.zeros((len(documents), len(measures), 4))
    for row, document in enumerate(documents):
        for column, measure in enumerate(measures):
            table[row, column] = document.get(measure, (0, 0, 0, 0))
    intervals = _intervals(table, measures)
    scores: dict[str, dict[str, Score]] = {}
    for measure, sums in zip(measures, table.sum(axis=0).tolist(), strict=True):
        precision, recall, f1 = rates(Tally(*sums))
        scores.setdefault(measure[0], {})[measure[1]] = Score(
            precision=precision, recall=recall, f1=f1, interval=intervals.get(measure), gold=_whole(sums[1]), other=_whole(sums[3])
        )
    if all(name in scores.get(layer, {}) for layer, name in _AVERAGED):
        parts = [scores[layer][name].f1 for layer, name in _AVERAGED]
        known = [part for part in parts if part is not None]
        mean = sum(known) / len(known) if len(known) == len(parts) else None
        scores["coreference"]["conll"] = Score(precision=None, recall=None, f1=mean, interval=intervals.get(CONLL))
    return scores


def _whole(number: float) -> float:
    return int(number) if float(number).is_integer() else number


def rates(tally: Tally) -> tuple[float | None, float | None, float | None]:
    """Precision, recall and F1 of a tally."""
    recall = tally.found / tally.gold if tally.gold else None
    precision = tally.right / tally.other if tally.other else None
    if recall is None and precision is None:
        return None, None, None
    if tally.found == tally.right:  # the same as below, but 0.8 for 0.8 and 0.8
        return precision, recall, 2 * tally.found / (tally.gold + tally.other)
    both = (precision or 0) + (recall or 0)
    return precision, recall, 2 * (precision or 0) * (recall or 0) / both if both else 0.0


def _intervals(table: Any, measures: Sequence[Measure]) -> dict[Measure, tuple[float, float]]:
    """Percentile bootstrap of F1: documents are drawn with replacement, with a fixed seed. None for fewer than two documents."""
    import numpy as np

    documents = len(table)
    if documents < 2:
        return {}
    generator = np.random.default_rng(SEED)
    flat = table.reshape(documents, -1)
    parts, at_once = [], max(1, _CELLS // documents)
    for start in range(0, RESAMPLES, at_once):
        drawn = generator.multinomial(documents, [1 / documents] * documents, size=min(at_once, RESAMPLES - start))
        parts.append(_f1((drawn @ flat).reshape(len(drawn), -1, 4)))
    values = dict(zip(measures, np.concatenate(parts).T, strict=True))
    if all(measure in values for measure in _AVERAGED):
        values[CONLL] = np.mean([values[measure] for measure in _AVERAGED], axis=0)
    tail = (1 - LEVEL) / 2
    found = {}
    for measure, column in values.items():
        known = column[~np.isnan(column)]
        if len(known):
            low, high = np.quantile(known, [tail, 1 - tail])
            found[measure] = (float(low), float(high))
    return found


def _f1(sums: Any) -> Any:
    """F1 of arrays of tallies, by the same conventions as `rates`; null is NaN."""
    import numpy as np

    found, gold, right, other = np.moveaxis(sums, -1, 0)
    recall = np.divide(found, gold, out=np.zeros_like(found), where=gold > 0)
    precision = np.divide(right, other, out=np.zeros_like(right), where=other > 0)
    both = recall + precision
    f1 = np.divide(2 * recall * precision, both, out=np.zeros_like(both), where=both > 0)
    return np.where((gold > 0) | (other > 0), f1, np.nan)
