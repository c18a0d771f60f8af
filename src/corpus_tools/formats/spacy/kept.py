"""What a Doc holds besides our records, in the table foreign: one record for the Doc, one for each group of its spans."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from corpus_tools.formats.spacy.docbin import Group, Marked, Packed

NAME = "spacy"
DOC, GROUP = f"{NAME}.doc", f"{NAME}.group"

Shown = tuple[str | None, Marked]  # a span with the mention that it shows, where it shows one


class Kept(NamedTuple):
    """What is kept of a Doc: its tokens and their attributes (``words`` and ``groups`` empty), and its spans with their mentions."""

    doc: Packed | None
    lengths: list[int]
    ents: list[Shown]
    groups: list[tuple[Group, list[Shown]]]

    @property
    def mentions(self) -> set[str]:
        """The mentions that are shown somewhere."""
        entries = [*self.ents, *(shown for _, own in self.groups for shown in own)]
        return {mention for mention, _ in entries if mention is not None}


def doc_record(packed: Packed, ents: Sequence[Shown]) -> dict[str, Any]:
    """The record of a Doc; its user data are kept as msgpack, which holds what JSON cannot."""
    attributes: dict[str, Any] = {
        "lengths": [len(word) for word in packed.words],
        "spaces": "".join("1" if space else "0" for space in packed.spaces),
        "columns": {name: values for name, values in packed.columns.items() if any(values)},
        "ents": _entries(ents),
    }
    attributes |= {"unknown_spaces": True} if packed.unknown_spaces else {}
    attributes |= {"cats": packed.cats} if packed.cats else {}
    attributes |= {"user_data": _packed(packed.user_data)} if packed.user_data else {}
    return _record(DOC, "", [], attributes)


def group_record(number: int, group: Group, spans: Sequence[Shown], fragments: list[Any]) -> dict[str, Any]:
    """The record of a group of spans."""
    attributes: dict[str, Any] = {"spans": _entries(spans)}
    attributes |= {"name": group.name} if group.name != group.key else {}
    attributes |= {"attrs": _packed(group.attrs)} if group.attrs else {}
    return _record(f"{GROUP}-{number}", group.key, fragments, attributes)


def _record(id: str, label: str, fragments: list[Any], attributes: Mapping[str, Any]) -> dict[str, Any]:
    text = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
    return {"table": "foreign", "id": id, "format": NAME, "label": label, "fragments": fragments, "attributes": text}


def _entries(spans: Iterable[Shown]) -> list[list[Any]]:
    return [[mention, *marked] for mention, marked in spans]


def _packed(value: Any) -> str:
    return b64encode(msgspec.msgpack.encode(value)).decode()


def kept_of(records: Iterable[Mapping[str, Any]]) -> tuple[Kept, int]:
    """What the records of the table foreign keep, and how many of them keep nothing that can be read."""
    kept, unread = Kept(None, [], [], []), 0
    for record in records:
        try:
            values = json.loads(record["attributes"])
            if record["id"] == DOC:
                doc, lengths = _doc(values)
                kept = kept._replace(doc=doc, lengths=lengths, ents=_shown(values["ents"]))
            else:
                group = Group(record["label"], str(values.get("name", record["label"])), _unpacked(values.get("attrs")), [])
                kept.groups.append((group, _shown(values["spans"])))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, msgspec.MsgspecError):
            unread += 1
    return kept, unread


def _doc(values: Mapping[str, Any]) -> tuple[Packed, list[int]]:
    lengths = msgspec.convert(values["lengths"], list[int])
    columns = msgspec.convert(values["columns"], dict[str, list[int | str]])
    spaces = [space == "1" for space in values["spaces"]]
    if {len(spaces), *map(len, columns.values())} != {len(lengths)} or min(lengths, default=0) < 0:
        raise ValueError("columns of different lengths")
    user_data, cats = _unpacked(values.get("user_data")), msgspec.convert(values.get("cats", {}), dict[str, Any])
    return Packed([], spaces, dict(columns), [], [], cats, user_data, bool(values.get("unknown_spaces"))), lengths


def _shown(entries: Any) -> list[Shown]:
    own = msgspec.convert(entries, list[tuple[str | None, int, int, str, str, str]])
    return [(mention, Marked(start, end, label, kb_id, id)) for mention, start, end, label, kb_id, id in own]


def _unpacked(text: str | None) -> dict[Any, Any]:
    value = msgspec.msgpack.decode(b64decode(text)) if text else {}
    if not isinstance(value, dict):
        raise TypeError("no mapping")
    return value
