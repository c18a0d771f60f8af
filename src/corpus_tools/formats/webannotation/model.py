"""The W3C's model of annotations, as far as it is used here: containers, identity, creators, and what targets lie in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
UNNAMED = "unnamed"
_ID = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_SETS = ("Composite", "List", "Independents")
_MEMBERS = ("items", "first", "rows", "@graph")  # rows: an answer of the API of Hypothesis


def items(value: Any) -> Iterator[Any]:
    """The annotations in a value: itself, or those of a list, page or collection. What is none is given as it is."""
    todo = [value]
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo += reversed(value)
        elif isinstance(value, dict) and "target" not in value and any(key in value for key in _MEMBERS):
            todo += [value[key] for key in reversed(_MEMBERS) if key in value]
        else:
            yield value


def as_list(value: Any) -> list[Any]:
    """What JSON-LD gives as one value or as a list of them."""
    return value if isinstance(value, list) else [] if value is None else [value]


def is_set(target: Any) -> bool:
    """Whether a target holds others: a set or list of the W3C's vocabulary, as CATMA writes one."""
    return isinstance(target, dict) and target.get("type") in _SETS and isinstance(target.get("items"), list)


def targets_of(value: Any) -> list[Any]:
    """The targets that an annotation has, those of sets one by one."""
    targets = as_list(value)
    return [one for target in targets for one in (targets_of(target["items"]) if is_set(target) else [target])]


def iri(value: Any) -> str:
    """The IRI of a resource: a string, or an object with an id; empty where it has none."""
    if isinstance(value, dict):
        value = value.get("id", value.get("@id"))
    return value if isinstance(value, str) else ""


def annotator_of(annotation: Mapping[str, Any]) -> str:
    """Who made an annotation: the name of its first creator, or else its IRI."""
    for creator in as_list(annotation.get("creator", annotation.get("user"))):
        names = [creator.get(key) for key in ("name", "nickname")] if isinstance(creator, dict) else []
        named = next((name for name in [*names, iri(creator)] if isinstance(name, str) and name), "")
        if named:
            return named
    return UNNAMED


def own_iri(annotator: str, name: str) -> str:
    """The IRI of a record, relative to the file."""
    return f"#{annotator}/{name}"


def id_in(iri: str, annotator: str) -> str:
    """The id of the record that an IRI of `own_iri` is of; empty for other IRIs."""
    name = iri.removeprefix(f"#{annotator}/")
    return name if name != iri and _ID.fullmatch(name) else ""


def id_like(iri: str) -> str:
    """An id made of the end of an IRI; empty where that has nothing for one."""
    end = re.split("[/#:?=&]", iri.rstrip("/#"))[-1]
    return re.sub("[^A-Za-z0-9._-]+", "-", end).strip("-._")[:100]


def plain(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """An annotation without what belongs to its file."""
    return {key: value for key, value in annotation.items() if key != "@context"}


def text_iri(target: Any) -> str:
    """The IRI of the text that a target lies in; empty where it names none."""
    return (iri(target.get("source")) if isinstance(target, dict) else "") or iri(target)


def is_nameless(target: Any) -> bool:
    """Whether a target selects something in a text that it does not name, as those of RecogitoJS do."""
    return isinstance(target, dict) and not text_iri(target) and bool(target.get("selector"))


def in_text(target: Any, name: str) -> Any:
    """A target with another name for its text, or a set of such."""
    if is_set(target):
        return {**target, "items": [in_text(one, name) for one in target["items"]]}
    if not isinstance(target, dict):
        return name
    return {**target, "source": name} if "source" in target else {**target, "id": name}


def motivation_of(annotation: Mapping[str, Any]) -> str:
    """The first motivation of an annotation; empty where it has none."""
    return next((m for m in as_list(annotation.get("motivation")) if isinstance(m, str)), "")
