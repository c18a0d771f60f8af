"""Ratios of benchmarks compared."""

from __future__ import annotations

import copy
import json
import sys
from typing import Any

import pytest
from helpers import TOP

sys.path.insert(0, str(TOP / "benchmarks"))
from regressions import regressions

COMMITTED: dict[str, Any] = json.loads((TOP / "benchmarks" / "results.json").read_text("utf-8"))


def changed(name: str, factor: float) -> dict[str, Any]:
    """The committed results with one ratio changed and all times ten times as long."""
    results = copy.deepcopy(COMMITTED)
    for benchmark in results["benchmarks"]:
        benchmark["stats"]["median"] *= 10
        if benchmark["name"] == name:
            benchmark["extra_info"]["ratio"] *= factor
    return results


@pytest.mark.parametrize(
    ("name", "factor", "found"),
    [
        ("test_all_rules_from_json_lines", 1.3, True),
        ("test_all_rules_from_json_lines", 0.5, False),
        ("test_all_rules_from_json_lines", 1.1, False),
        ("test_jsonschema_and_a_plain_loop", 0.7, True),
        ("test_jsonschema_and_a_plain_loop", 2, False),
    ],
)
def test_a_ratio_that_is_worse_is_named_and_times_do_not_matter(name: str, factor: float, found: bool) -> None:
    lines = list(regressions(COMMITTED, changed(name, factor)))
    assert [line.partition(":")[0] for line in lines] == ([name] if found else [])


def test_a_benchmark_that_is_gone_is_named() -> None:
    results = {"benchmarks": COMMITTED["benchmarks"][1:]}
    assert [line.partition(":")[0] for line in regressions(COMMITTED, results)] == [
        b["name"] for b in COMMITTED["benchmarks"][:1] if "ratio" in b["extra_info"]
    ]
