"""Gamma of Mathet, Widlöcher and Métivier (2015): agreement on where units are, by `pygamma_agreement`.

It is one minus the disorder that is observed over the disorder that chance gives; the best alignment of units is part of it, and units
may overlap. The library knows one stretch for a unit: a discontinuous span counts from its first to its last code point.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import fsum
from typing import Any, NamedTuple

from corpus_tools.findings import UsageError
from corpus_tools.scoring.spans import Spans
from corpus_tools.scoring.tallies import SEED

Units = Sequence[tuple[Spans, str | None]]  # each with its type; None where types are not compared


class Disorder(NamedTuple):
    """Observed and expected disorder of one or more documents, summed over units."""

    observed: float
    expected: float
    units: int

    @property
    def gamma(self) -> float | None:
        """Gamma; null where nobody has a unit, or chance could not do worse."""
        if self.observed == 0:
            return 1.0 if self.units else None
        return 1 - self.observed / self.expected if self.expected else None


def added(disorders: Iterable[Disorder]) -> Disorder:
    """The disorder of several documents together."""
    known = list(disorders)
    return Disorder(fsum(d.observed for d in known), fsum(d.expected for d in known), sum(d.units for d in known))


def disorder(one: Units, two: Units) -> Disorder:
    """The disorder of two annotations of one document. The same units give the same figures.

    The library gives disorder as the mean over units; times their number it can be added up over documents.

    Raises:
        UsageError: pygamma-agreement is not installed.
    """
    library, segment = _library()
    units = len(one) + len(two)
    if not units:
        return Disorder(0.0, 0.0, 0)
    continuum = library.Continuum()
    for name, side in (("one", one), ("two", two)):
        continuum.add_annotator(name)
        for spans, label in side:
            continuum.add(name, segment(spans[0][0], spans[-1][1]), label or "unit")
    typed = any(label is not None for _, label in (*one, *two))
    measure = library.CombinedCategoricalDissimilarity() if typed else library.PositionalSporadicDissimilarity()
    with _seeded(), _silent():
        result = continuum.compute_gamma(measure)
    mean = continuum.avg_num_annotations_per_annotator
    return Disorder(float(result.observed_disorder) * mean, float(result.expected_disorder) * mean, units)


def _library() -> Any:
    try:
        import pygamma_agreement
        from pyannote.core import Segment
    except ImportError:
        raise UsageError(
            "agreement needs pygamma-agreement, which is not installed: pip install 'corpus-tools[agreement]'"
        ) from None
    return pygamma_agreement, Segment


@contextmanager
def _seeded() -> Iterator[None]:
    """The library draws from numpy's global generator: seed it, and leave it as it was."""
    import numpy as np

    state = np.random.get_state()
    np.random.seed(SEED)
    try:
        yield
    finally:
        np.random.set_state(state)


@contextmanager
def _silent() -> Iterator[None]:
    """The library warns through the root logger, once for every sample, that it takes the slower of two solvers."""
    root, quiet, before = logging.getLogger(), logging.NullHandler(), logging.root.manager.disable
    root.addHandler(quiet)
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
        root.removeHandler(quiet)
