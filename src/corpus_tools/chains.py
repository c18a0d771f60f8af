"""Who refers to whom in foreign formats: mentions that are of one entity, by chains or IRIs; references in vain, and in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

Key = TypeVar("Key")


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


def entity_iris(mentions: Iterable[Mapping[str, Any]], kept: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """The IRI that each entity is written with, empty where its only mention is enough.

    Args:
        mentions: mention_id and entity_id of each mention, in order.
        kept: the IRI that the annotation of a mention had.
        own: the IRI of this project for each entity.
    """
    members: dict[str, list[str]] = {}
    for mention in mentions:
        members.setdefault(mention["entity_id"], []).append(mention["mention_id"])
    found: dict[str, str] = {}
    taken: set[str] = set()
    for entity, names in members.items():
        wanted = next((kept[name] for name in names if kept.get(name)), "")
        alone = [f"{name}.entity" for name in names] == [entity]
        found[entity] = wanted if wanted and wanted not in taken else "" if alone else own[entity]
        taken.add(found[entity])
    return found


def in_vain(references: Mapping[Key, Iterable[Key]]) -> dict[Key, Key]:
    """The keys that refer, directly or over others, to what is no key; each with what it refers to."""
    users: dict[Key, list[Key]] = {}
    for key, others in references.items():
        for other in others:
            users.setdefault(other, []).append(key)
    todo = [other for other in reversed(users) if other not in references]
    found: dict[Key, Key] = {}
    while todo:
        other = todo.pop()
        for key in users.get(other, ()):
            if key not in found:
                found[key] = other
                todo.append(key)
    return found


def in_a_circle(parents: Mapping[Key, Key]) -> set[Key]:
    """The keys whose parents, one above the other, come round."""
    ends: dict[Key, bool] = {}
    for key in parents:
        path: dict[Key, None] = {}
        while key in parents and key not in path and key not in ends:
            path[key] = None
            key = parents[key]
        ends |= dict.fromkeys(path, ends.get(key, key not in path))
    return {key for key, end in ends.items() if not end}
