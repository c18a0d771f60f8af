"""Tables of numbers -> pictures, by matplotlib. The same numbers give the same bytes of SVG."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

from corpus_tools.findings import UsageError, printable
from corpus_tools.plotting.tallies import BINS, QUANTILES, Tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _QUIET = "#1b1a17", "#5a564c"
_STANCES = {
    "endorses": ("#0072b2", ""),
    "neutral": ("#b9b5aa", ""),
    "disputes": ("#d55e00", "////"),
    "not said": ("#ffffff", "...."),
}
_LONGEST = 34  # characters of a label
_RC: dict[Any, Any] = {
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 9,
    "svg.hashsalt": "corpus-tools",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "hatch.linewidth": 0.6,
    "axes.edgecolor": _QUIET,
    "text.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_METADATA: dict[str, dict[str, Any]] = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}


def installed() -> bool:
    """Whether matplotlib is there."""
    return find_spec("matplotlib") is not None


def must_be_installed() -> None:
    """Raise unless matplotlib is there.

    Raises:
        UsageError: it is not.
    """
    if not installed():
        raise UsageError("plots need matplotlib, which is not installed: pip install 'corpus-tools[plots]'")


def picture(tally: Tally, format: Literal["svg", "png"]) -> bytes:
    """The plot of a table, in one of the formats."""
    import matplotlib

    with matplotlib.rc_context(_RC), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the fonts of matplotlib do not hold every script
        file = BytesIO()
        _figure(tally).savefig(file, format=format, dpi=150, metadata=_METADATA[format])
    return file.getvalue()


def _figure(tally: Tally) -> Figure:
    from matplotlib.figure import Figure

    draw: dict[str, Callable[[Figure, Tally], None]] = {
        "sources": _draw_sources,
        "co-occurrence": _draw_together,
        "density": _draw_density,
        "layers": _draw_layers,
    }
    figure = Figure(figsize=(7.2, 2), layout="constrained")
    if tally.lines:
        draw[tally.name](figure, tally)
    else:
        figure.text(0.5, 0.5, "nothing to show", ha="center", color=_QUIET)
    return figure


def _label(text: str, longest: int = _LONGEST) -> str:
    shown = printable(" ".join(text.split()))
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _draw_sources(figure: Figure, tally: Tally) -> None:
    figure.set_size_inches(7.2, 1.1 + 0.25 * len(tally.lines))
    axes = figure.subplots()
    rows = range(len(tally.lines))
    left = [0] * len(tally.lines)
    for column, stance in enumerate(tally.head[1:], 1):
        values = [line[column] for line in tally.lines]
        colour, hatch = _STANCES[stance]
        axes.barh(rows, values, 0.72, left, color=colour, hatch=hatch, edgecolor=_INK, linewidth=0.5, label=stance)
        left = [a + b for a, b in zip(left, values, strict=True)]
    _numbers(axes, left)
    _rows_down(axes, [line[0] for line in tally.lines])
    _whole_numbers(axes)
    axes.set_xlabel("claims")
    figure.legend(loc="outside upper right", ncols=4, frameon=False, title="the author", alignment="left")


def _numbers(axes: Axes, values: Sequence[int]) -> None:
    """Write the length of each bar behind it."""
    for row, value in enumerate(values):
        axes.annotate(str(value), (value, row), (3, 0), textcoords="offset points", va="center", fontsize=8)


def _rows_down(axes: Axes, labels: Sequence[str]) -> None:
    """Label the rows of a picture, the first at the top."""
    axes.set_yticks(range(len(labels)), [_label(label) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params("y", length=0)


def _whole_numbers(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))


def _draw_together(figure: Figure, tally: Tally) -> None:
    """The half of the matrix below the diagonal, and this; every number stands in its field."""
    names = [line[0] for line in tally.lines]
    size = len(names)
    figure.set_size_inches(7.2, 1.5 + 0.3 * size)
    axes = figure.subplots()
    values = [[line[1 + j] if j <= i else float("nan") for j in range(size)] for i, line in enumerate(tally.lines)]
    highest = max(max(line[1:]) for line in tally.lines)
    axes.imshow(values, cmap="Blues", vmin=0, vmax=highest * 1.25, aspect="auto")
    for i, line in enumerate(tally.lines):
        for j, number in enumerate(line[1 : i + 2]):
            weight = "bold" if i == j else "normal"
            axes.text(j, i, number or "·", ha="center", va="center", fontsize=8, weight=weight, color=_contrast(number, highest))
    _rows_down(axes, names)
    axes.set_ylim(size - 0.5, -0.5)
    axes.set_xticks(range(size), [_label(name, _LONGEST // 2) for name in names], rotation=45, ha="right", rotation_mode="anchor")
    axes.tick_params("x", length=0)
    axes.spines[:].set_visible(False)


def _contrast(number: float, highest: float) -> str:
    """The ink that is read best on the colour of a number."""
    return "#ffffff" if number > 0.7 * highest else _INK


def _draw_density(figure: Figure, tally: Tally) -> None:
    """A row of bars for each type, all of one scale."""
    types = tally.head[1:]
    figure.set_size_inches(7.2, 0.9 + 0.55 * len(types))
    highest = max(max(line[1:]) for line in tally.lines)
    all_axes = figure.subplots(len(types), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    middles = [(part + 0.5) * 100 / BINS for part in range(BINS)]
    for column, (axes, name) in enumerate(zip(all_axes, types, strict=True), 1):
        axes.bar(middles, [line[column] for line in tally.lines], 100 / BINS * 0.86, color="#0072b2")
        axes.set_ylabel(_label(name), rotation=0, ha="right", va="center")
        axes.set_ylim(0, highest * 1.05)
        axes.yaxis.tick_right()
        axes.tick_params("y", labelsize=7, colors=_QUIET)
        axes.spines["left"].set_visible(False)
        axes.tick_params("x", length=0 if axes is not all_axes[-1] else 3)
    all_axes[-1].set_xlim(0, 100)
    all_axes[-1].set_xlabel("part of the document in %; the scale is mentions per 1,000 characters")


def _draw_layers(figure: Figure, tally: Tally) -> None:
    layers = tally.head[1:]
    labels = [line[0] for line in tally.lines]
    if labels == list(QUANTILES):
        _draw_quantiles(figure, tally)
    elif len(labels) == 1:
        axes = figure.subplots()
        _bars(axes, tally.lines[0][1:])
        _rows_down(axes, layers)
        axes.set_title(_label(labels[0], 2 * _LONGEST), loc="left", fontsize=9)
    else:
        figure.set_size_inches(7.2, 0.7 + 0.24 * len(labels))
        for column, axes in enumerate(figure.subplots(1, len(layers), sharey=True), 1):
            _bars(axes, [line[column] for line in tally.lines])
            _rows_down(axes, labels)
            axes.set_title(layers[column - 1], loc="left", fontsize=9)


def _bars(axes: Axes, values: Sequence[int]) -> None:
    """Bars with their numbers, which make a scale needless."""
    axes.barh(range(len(values)), values, 0.7, color="#0072b2")
    _numbers(axes, values)
    axes.set_xlim(0, max([1, *values]) * 1.3)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def _draw_quantiles(figure: Figure, tally: Tally) -> None:
    """A box for each layer: the middle half of the documents, the median, and lines to the least and the most."""
    layers = tally.head[1:]
    figure.set_size_inches(7.2, 0.7 + 0.5 * len(layers))
    for column, axes in enumerate(figure.subplots(len(layers), 1), 1):
        low, first, median, third, high = (line[column] for line in tally.lines)
        box = {"whislo": low, "q1": first, "med": median, "q3": third, "whishi": high}
        axes.bxp([box], orientation="horizontal", showfliers=False, widths=0.6, medianprops={"color": "#d55e00", "linewidth": 2})
        axes.set_yticks([1], [layers[column - 1]])
        axes.set_xlim(0, max(high, 1) * 1.05)
        _whole_numbers(axes)
        axes.tick_params("y", length=0)
        axes.spines["left"].set_visible(False)
