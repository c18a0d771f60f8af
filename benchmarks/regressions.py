"""Compares two runs of the benchmarks by their ratios, never by their times: regressions.py OLD.json NEW.json."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TOLERANCE = 0.15  # how far medians of one machine were seen to wander


def ratios(results: Mapping[str, Any]) -> dict[str, tuple[float, bool]]:
    """The ratio of each benchmark that has one, and whether more is worse: of what is ours, not of a peer."""
    infos = {b["name"]: b["extra_info"] for b in results["benchmarks"]}
    return {name: (info["ratio"], info.get("at_least") is None) for name, info in infos.items() if "ratio" in info}


def regressions(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """A line for each ratio that is worse than it was, by more than the tolerance, or is gone."""
    before, after = ratios(old), ratios(new)
    for name, (was, more_is_worse) in before.items():
        if name not in after:
            yield f"{name}: {was} before, not measured now"
            continue
        now = after[name][0]
        worse = now / was if more_is_worse else was / now
        if worse > 1 + TOLERANCE:
            yield f"{name}: {was} before, {now} now"


if __name__ == "__main__":
    found = list(regressions(*(json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:3])))
    print("\n".join(found) or "no ratio is worse than before")
    sys.exit(bool(found))
