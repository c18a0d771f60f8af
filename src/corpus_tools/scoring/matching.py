"""The best one-to-one matching: by `scipy`, so that no order of records and no greed decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus_tools.findings import UsageError

Edge = tuple[int, int]
Weights = tuple[
    float, float, float
]  # each from 0 to 1; the second decides between equals in the first, the third between equals in both
_STEPS = 1e-7, 1e-2  # what is a difference in the first weight, and in the second


def best_matching(edges: Mapping[Edge, Weights]) -> list[Edge]:
    """The one-to-one matching of the greatest weight, as pairs in order.

    Args:
        edges: which of the one side (by position) may be matched with which of the other, and how well. What is no edge is not matched.

    Raises:
        UsageError: scipy is not installed.
    """
    matched: list[Edge] = []
    for component in _components(list(edges)):
        matched += component if len(component) == 1 else _assigned(component, edges)
    return sorted(matched)


def _components(edges: list[Edge]) -> list[list[Edge]]:
    """Edges, grouped so that no two groups have an end in common."""
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for i, j in edges:
        root[find(("one", i))] = find(("two", j))
    groups: dict[tuple[str, int], list[Edge]] = {}
    for i, j in edges:
        groups.setdefault(find(("one", i)), []).append((i, j))
    return list(groups.values())


def _assigned(edges: list[Edge], weights: Mapping[Edge, Weights]) -> list[Edge]:
    import numpy as np

    rows, columns = sorted({i for i, _ in edges}), sorted({j for _, j in edges})
    row_of, column_of = {i: n for n, i in enumerate(rows)}, {j: n for n, j in enumerate(columns)}
    most = min(len(rows), len(columns)) + 1  # so all second weights together are less than one step of the first, and so on
    second_step = _STEPS[0] / most
    third_step = second_step * _STEPS[1] / most
    matrix = np.zeros((len(rows), len(columns)))
    for i, j in edges:
        first, second, third = weights[i, j]
        matrix[row_of[i], column_of[j]] = round(first, 7) + round(second, 2) * second_step + third * third_step
    chosen = zip(*_solver()(matrix, maximize=True), strict=True)
    return [edge for n, m in chosen if (edge := (rows[int(n)], columns[int(m)])) in weights]


def _solver() -> Any:
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError:
        raise UsageError("scores need scipy, which is not installed: pip install 'corpus-tools[score]'") from None
    return linear_sum_assignment
