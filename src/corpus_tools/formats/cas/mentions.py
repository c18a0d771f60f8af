"""The layers of mentions, and chains of coreference: their elements as mentions with entities, and the other way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from corpus_tools.chains import joined
from corpus_tools.formats.cas.names import FRAGMENTS, LINK, MENTION_FEATURES, TYPE_FEATURE, UNTYPED
from corpus_tools.formats.cas.parts import Names, enumerated, linked, own_id
from corpus_tools.formats.cas.xmi import Element, number
from corpus_tools.placing import Span, ToText, settled

Record = dict[str, Any]


def links_of(chain: Element, by_id: Mapping[int, Element]) -> list[int]:
    """The links of a chain, in order; empty where something else is among them, or they go round."""
    found: dict[int, None] = {}
    link = by_id.get(number(chain.features.get("first")))
    while link is not None:
        if link.type != LINK or link.id in found:
            return []
        found[link.id] = None
        link = by_id.get(number(link.features.get("next")))
    return list(found)


class Mentions:
    """Makes mentions and entities of elements; what is none says why in ``outcomes``."""

    def __init__(self, by_id: Mapping[int, Element], spans: Mapping[int, Span], target: ToText, names: Names) -> None:
        self.by_id, self.spans, self.target, self.names = by_id, spans, target, names
        self.mentions: dict[int, Record] = {}
        self.entities: dict[str, Record] = {}
        self.used: dict[int, list[int]] = {}
        self.outcomes: dict[int, str] = {}
        self.joins: dict[int, list[int]] = {}  # by chain the mentions that it joins

    def take(self, element: Element) -> None:
        """Make a mention of an element, or say why it is none."""
        parts = linked(element, [FRAGMENTS], self.by_id)
        places = parts.targets.get(FRAGMENTS, [element.id]) if parts else []
        if parts is None or any(place not in self.spans for place in places):
            self.outcomes[element.id] = "foreign (with parts of another form)"
            return
        fragments = self.target.fragments([self.spans[place] for place in places])
        if not fragments or self.target.paragraph(fragments) is None:
            self.outcomes[element.id] = f"foreign ({'in several paragraphs' if fragments else 'on no text of ours'})"
            return
        feature = "referenceType" if element.type == LINK else "level"
        self.mentions[element.id] = {
            "table": "mentions",
            "level": enumerated("mentions", "level", element.features.get(feature)),
            "metonymic": element.features.get("metonymic") == "true",
            "fragments": fragments,
        }
        self.used[element.id] = parts.used
        self.outcomes[element.id] = "mention"

    def join(self, whole: Element) -> None:
        """Take a chain: a link is the mention with its span, or else one of its own."""
        links = links_of(whole, self.by_id)
        if not links or any(link in self.outcomes for link in links):
            self.outcomes[whole.id] = "foreign (no chain of links)"
            return
        members: list[int] = []
        for link in links:
            placed = [self.target.span(*self.spans[link])] if link in self.spans else []
            place = str(settled(self.target.text, self.target.blocks, placed))
            if place in self._by_place:
                members.append(self._by_place[place])
                self.outcomes[link] = "coreference"
                continue
            self.take(self.by_id[link])
            members += [link] if link in self.mentions else []
        self.outcomes[whole.id] = "coreference"
        self.joins[whole.id] = members

    @cached_property
    def _by_place(self) -> dict[str, int]:
        """The mentions by their fragments, without those that are links: chains come last."""
        return {str(mention["fragments"]): key for key, mention in self.mentions.items() if self.by_id[key].type != LINK}

    def settle(self) -> None:
        """Give mentions their entities: one for what chains join or the same identifier names."""
        order = sorted(self.mentions, key=self._place)
        for key, members in list(self.joins.items()):
            if any(len({value for value in values if value}) > 1 for values in zip(*map(self._said, members), strict=True)):
                del self.joins[key]
                self.outcomes[key] = "foreign (of entities of several types or identifiers)"
        by_identifier: dict[str, list[int]] = {}
        for key in order:
            if identifier := self.by_id[key].features.get("identifier"):
                by_identifier.setdefault(identifier, []).append(key)
        names = [str(key) for key in order]
        groups = [[str(key) for key in group] for group in [*self.joins.values(), *by_identifier.values()]]
        members_of: dict[str, list[int]] = {}
        for name, first in joined(names, groups).items():
            members_of.setdefault(first, []).append(int(name))
        for members in members_of.values():
            self._entity(members)

    def _place(self, key: int) -> tuple[int, int, int]:
        fragments = self.mentions[key]["fragments"]
        return fragments[0].start, -fragments[-1].end, key

    def _said(self, key: int) -> tuple[str | None, str | None]:
        element = self.by_id[key]
        return element.features.get(TYPE_FEATURE.get(element.type, "")), element.features.get("identifier")

    def _entity(self, members: Iterable[int]) -> None:
        """Make the entity of mentions; one that says something else, or stands there twice, is foreign."""
        members = list(members)
        typed = [key for key in members if self._said(key)[0]] or members
        type = self._said(typed[0])[0] or UNTYPED
        names = [name for key in members if (name := self.by_id[key].features.get("entityName"))]
        entity: Record = {"table": "entities", "type": type, "name": names[0] if names else None}
        seen: set[str] = set()
        own: list[int] = []
        for key in members:
            says = self._said(key)[0] or type, self.by_id[key].features.get("entityName") or entity["name"]
            if says != (type, entity["name"]):
                self._leave(key, "another type or name of its entity")
            elif (place := str(self.mentions[key]["fragments"])) in seen:
                self._leave(key, "the mention of another element again")
            else:
                seen.add(place)
                own.append(key)
        for key in own:
            self.mentions[key]["mention_id"] = self.names.of(self.by_id[key])
        wanted = next((own_id(i[1:]) for key in own if (i := self._said(key)[1]) and i.startswith("#")), "")
        entity["entity_id"] = self.names.new(wanted or f"{self.mentions[own[0]]['mention_id']}.entity")
        for key in own:
            self.mentions[key]["entity_id"] = entity["entity_id"]
        self.entities[entity["entity_id"]] = entity

    def _leave(self, key: int, why: str) -> None:
        del self.mentions[key], self.used[key]
        self.outcomes[key] = f"foreign ({why})"


def mention_features(record: Mapping[str, Any], entity: Mapping[str, Any], identifier: str, type: str, name: str) -> dict[str, str]:
    """The features of the element of a mention, without place and parts.

    Args:
        record: the mention.
        entity: its entity.
        identifier: what tells the entity from others; empty where it need not be told.
        type: the type of the element.
        name: the id of the mention, where its number is another.
    """
    value = None if entity["type"] == UNTYPED else entity["type"]
    values = {"identifier": identifier or None, "entityName": entity["name"], "level": record["level"], "recordId": name or None}
    values["metonymic"] = "true" if record["metonymic"] else None
    return {key: text for key, text in {TYPE_FEATURE[type]: value, **values}.items() if text is not None}


KNOWN = {*MENTION_FEATURES, *TYPE_FEATURE.values()}
"""The features that the element of a mention is written with."""
