"""The layer of claims: its elements as claims, and what a claim is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus_tools.chains import in_a_circle, in_vain
from corpus_tools.formats.cas.names import CLAIM_FEATURES, PARENT, PARTS, PLACE, RELATION, SOURCE_ENTITIES, UNKNOWN_CLAIM
from corpus_tools.formats.cas.parts import Names, Parts, enumerated, linked
from corpus_tools.formats.cas.xmi import Element, number
from corpus_tools.placing import Span, ToText

Record = dict[str, Any]


class Claims:
    """Makes claims of the elements of the layer; what is none says why in ``outcomes``."""

    def __init__(self, by_id: Mapping[int, Element], spans: Mapping[int, Span], target: ToText, names: Names) -> None:
        self.by_id, self.spans, self.target, self.names = by_id, spans, target, names
        self.claims: dict[int, Record] = {}
        self.parents: dict[int, int] = {}
        self.used: dict[int, list[int]] = {}
        self.outcomes: dict[int, str] = {}
        self._seen: dict[str, int] = {}

    def take(self, element: Element, entities: Mapping[int, str]) -> None:
        """Make a claim of an element; ``entities`` are those of mentions, by their numbers."""
        parts = linked(element, [*PARTS, SOURCE_ENTITIES, PARENT], self.by_id)
        why = "with parts of another form" if parts is None else self._claim(element, parts, entities)
        self.outcomes[element.id] = f"foreign ({why})" if why else "claim"

    def _claim(self, element: Element, parts: Parts, entities: Mapping[int, str]) -> str:
        columns = {}
        for feature, column in PARTS.items():
            targets = parts.targets.get(feature, [] if column != "content" else [element.id])
            if any(target not in self.spans for target in targets):
                return "with parts that are no annotations"
            columns[column] = self.target.fragments([self.spans[target] for target in targets])
        if not columns["content"]:
            return "on no text of ours"
        if self.target.paragraph([fragment for fragments in columns.values() for fragment in fragments]) is None:
            return "in several paragraphs"
        sources, parents = parts.targets.get(SOURCE_ENTITIES, []), parts.targets.get(PARENT, [])
        if any(source not in entities for source in sources):
            return "its source is no mention"
        halves = {key: enumerated("claims", key, element.features.get(key)) for key in ("quotation", "stance")}
        attributed = bool(sources or columns["source"] or columns["cue"])
        if len(parents) > 1 or (parents and not attributed):
            return "several parents" if attributed else "a parent, but neither source nor cue"
        if not attributed or None in halves.values():
            halves = {"quotation": None, "stance": None}
        key = str([columns["content"], columns["source"], columns["cue"]])
        if key in self._seen:
            return "the claim of another element again"
        self._seen[key] = element.id
        value = element.features.get("value")
        known = {"type": value or None, "source_entity_ids": list(dict.fromkeys(entities[source] for source in sources))}
        attitude = enumerated("claims", "attitude", element.features.get("attitude")) or UNKNOWN_CLAIM["attitude"]
        name = {"table": "claims", "claim_id": self.names.of(element)}
        self.claims[element.id] = name | known | halves | columns | {"attitude": attitude}
        self.parents |= {element.id: parents[0]} if parents else {}
        self.used[element.id] = parts.used
        return ""

    def settle(self) -> None:
        """Leave out the claims whose parent is no claim, or inside them; and give the others theirs."""
        circles = in_a_circle(self.parents)
        lost = (
            circles
            | in_vain({key: [self.parents[key]] if key in self.parents else [] for key in self.claims if key not in circles}).keys()
        )
        for key in lost & self.claims.keys():
            del self.claims[key]
            self.outcomes[key] = "foreign (its parent is no claim, or inside it)"
        for key, parent in self.parents.items():
            if key in self.claims:
                self.claims[key]["parent_id"] = self.claims[parent]["claim_id"]

    def relate(self, element: Element, is_plain: bool) -> str:
        """Make a relation of two claims of an element. Returns what became of it."""
        first, second = (number(element.features.get(key)) for key in ("Governor", "Dependent"))
        value = element.features.get("value")
        same_place = self.spans.get(element.id) == self.spans.get(second)
        if not is_plain or not value or first == second or not {first, second} <= self.claims.keys() or not same_place:
            return "foreign"
        relation = {"type": value, "target_id": self.claims[second]["claim_id"]}
        relations = self.claims[first].setdefault("relations", [])
        if relation in relations:
            return "foreign (the relation of another element again)"
        relations.append(relation)
        return "relation of claims"


def is_plain_relation(element: Element) -> bool:
    """Whether an element has only what a relation of claims has."""
    return (
        element.type == RELATION and not element.features.keys() - {*PLACE, "Governor", "Dependent", "value"} and not element.texts
    )


def claim_features(record: Mapping[str, Any], name: str) -> dict[str, str]:
    """The features of the element of a claim, without place and parts; ``name`` is its id where its number is another."""
    values = {"value": record["type"], "quotation": record["quotation"], "stance": record["stance"], "recordId": name or None}
    values["attitude"] = record["attitude"] if record["attitude"] != UNKNOWN_CLAIM["attitude"] else None
    return {key: values[key] for key in CLAIM_FEATURES if values[key] is not None}
