"""Chains of coreference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def joined(names: Sequence[str], groups: Iterable[Iterable[str]]) -> dict[str, str]:
    """For each name the first, in the order given, of those that groups join it with; what is no name in a group does not count."""
    order = {name: number for number, name in enumerate(names)}
    root = {name: name for name in names}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = name = root[root[name]]
        return name

    for group in groups:
        roots = {find(name) for name in group if name in root}
        if roots:
            root |= dict.fromkeys(roots, min(roots, key=order.__getitem__))
    return {name: find(name) for name in names}
