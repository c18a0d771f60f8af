"""What records are made of: lists of links, enumerations, ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain, count
from typing import NamedTuple

from corpus_tools.derive import fields
from corpus_tools.formats.cas.names import FRAGMENT, PLACE
from corpus_tools.formats.cas.xmi import Element, number

_ID = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class Parts(NamedTuple):
    """What lists of links lead to: the elements by feature, and all that was passed on the way."""

    targets: dict[str, list[int]]
    used: list[int]


def linked(element: Element, features: Iterable[str], by_id: Mapping[int, Element]) -> Parts | None:
    """Follow the lists of links of an element; None where one is of another form, so that a record would not give it again."""
    parts = Parts({}, [])
    for feature in features:
        for name in element.features.get(feature, "").split():
            link = by_id.get(number(name))
            target = by_id.get(number(link.features.get("target"))) if link else None
            if link is None or target is None or link.features.keys() != {"target"} or link.texts:
                return None
            parts.targets.setdefault(feature, []).append(target.id)
            parts.used.append(link.id)
            if target.type == FRAGMENT:
                if target.features.keys() - {*PLACE} or target.texts:
                    return None
                parts.used.append(target.id)
    return parts


def enumerated(table: str, column: str, value: str | None) -> str | None:
    """The value of a feature if the column allows it."""
    return value if value in fields(table)[column]["enum"] else None


def own_id(text: str | None) -> str:
    """The id in a feature; empty where there is none."""
    return text if text and _ID.fullmatch(text) else ""


class Names:
    """Ids of records: each once."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def new(self, wanted: str) -> str:
        """An id that no record has yet."""
        name = next(n for n in chain([wanted], (f"{wanted}-{number}" for number in count(2))) if n not in self.taken)
        self.taken.add(name)
        return name

    def of(self, element: Element) -> str:
        """The id of the record of an element: that which it names, or else its number."""
        return self.new(own_id(element.features.get("recordId")) or str(element.id))
