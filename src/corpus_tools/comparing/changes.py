"""What became of the annotations of a document: record by record, field by field."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from corpus_tools.comparing.carried import Texts, carried_spans, own_spans, way_of
from corpus_tools.comparing.counterparts import Counterparts, Item, counterparts
from corpus_tools.comparing.rawrows import Row
from corpus_tools.resolve import KEYS
from corpus_tools.scoring.spans import Spans

TABLES = ("paragraphs", *KEYS)
# What follows from other columns, or names the record and its place.
_DERIVED = {"doc_id", "annotator", "paragraph_id", "index", "start", "end", "text", "entity_ids", *KEYS.values()} - {"entity_id"}
_MAIN = {"mentions": "fragments", "claims": "content", "foreign": "fragments"}


class FieldChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field with its old and new value; ``way`` says of a span whether it was re-annotated, or edited with the text."""

    field: str
    old: Any = None
    new: Any = None
    way: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a record.

    ``kind``: added, removed, changed (its ``fields`` say how), edited (the text changed its words, and nothing else), moved (with the
    text alone), renumbered (the id alone). ``record`` and ``old_record`` are the new and the old name, as ``annotator/id``; of a record
    that kept its name, and of one removed, only ``record``.
    """

    kind: str
    table: str
    record: str
    old_record: str = ""
    paragraph: str = ""
    text: str = ""
    fields: list[FieldChange] = []


Rows = Mapping[str, Sequence[Row]]


def changes(texts: Texts, old: Rows, new: Rows, columns: Mapping[str, set[str]]) -> Iterator[Change]:
    """What became of the paragraphs and annotations of a document, in the order of the tables and then of the text.

    Args:
        texts: the old and the new text.
        old, new: the rows of both versions by table.
        columns: the columns that both versions have, by table: others are not compared row by row.
    """
    names = sorted({row["annotator"] for side in (old, new) for table in KEYS for row in side.get(table, ())})
    found = list(_changes_of("paragraphs", texts, old, new, columns, "", {}))
    for annotator in names:
        known: dict[str, dict[str, str]] = {}
        for table in KEYS:
            found += _changes_of(table, texts, old, new, columns, annotator, known)
    yield from sorted(found, key=lambda change: TABLES.index(change.table))


def _changes_of(
    table: str,
    texts: Texts,
    old: Rows,
    new: Rows,
    columns: Mapping[str, set[str]],
    annotator: str,
    known: dict[str, dict[str, str]],
) -> Iterator[Change]:
    """The changes of a table of one annotator. ``known`` leads from old to new ids of each table, and is added to."""
    if KEYS.get(table, "paragraph_id") not in columns.get(table, ()):
        return
    ours, theirs = ([row for row in side.get(table, ()) if row.get("annotator", "") == annotator] for side in (old, new))
    matched = counterparts(_items(table, texts, ours, old, known), _items(table, None, theirs, new, {}))
    known[table] = {one.id: two.id for one, two in matched.pairs}
    for _, change in sorted(_told(table, texts, matched, columns[table], known), key=itemgetter(0)):
        yield change


def _told(
    table: str, texts: Texts, matched: Counterparts, columns: set[str], known: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[Any, Change]]:
    """The changes of a table, each with what it is sorted by: its place in the text."""
    for kind, items in (("removed", matched.removed), ("added", matched.added)):
        for item in items:
            yield (*_place(item), kind == "added", item.id), _change(kind, table, item)
    for one, two in matched.pairs:
        fields = list(_field_changes(table, texts, one.row, two.row, columns, known))
        kind = _kind(fields) or ("renumbered" if one.id != two.id else "")
        if kind:
            told = [field for field in fields if field.way != "moved"]
            yield (*_place(two), True, two.id), _change(kind, table, two, one, told)


def _place(item: Item) -> tuple[int, int]:
    return (item.spans[0][0], -item.spans[-1][1]) if item.spans else (0, 0)


def _kind(fields: Sequence[FieldChange]) -> str:
    """What became of a record whose fields differ so; empty when none does."""
    ways = {field.way for field in fields}
    return "" if not ways else "moved" if ways == {"moved"} else "edited" if ways <= {"moved", "edited"} else "changed"


def _change(kind: str, table: str, item: Item, old: Item | None = None, fields: Iterable[FieldChange] = ()) -> Change:
    names = [f"{i.row['annotator']}/{i.id}" if "annotator" in i.row else i.id for i in (item, old) if i]
    return Change(
        kind=kind,
        table=table,
        record=names[0],
        old_record=names[1] if old and names[1] != names[0] else "",
        paragraph=item.row.get("paragraph_id", ""),
        text=_text(table, item.row),
        fields=list(fields),
    )


def _text(table: str, row: Row) -> str:
    """A few words to know a record by."""
    if table == "claims":
        return " ... ".join(fragment.get("text") or "" for fragment in row.get("content", ()))
    return str(row.get("text") or row.get("name") or row.get("label") or row.get("entity_id") or "")


# ----------------------------------------------------------------------------------------------------------- items


def _items(table: str, texts: Texts | None, rows: Sequence[Row], side: Rows, known: Mapping[str, Mapping[str, str]]) -> list[Item]:
    """Records as they are matched; with ``texts`` they are old ones, whose spans are carried to the new text."""

    def place(fragments: Sequence[Row]) -> Spans:
        return carried_spans(texts, fragments) if texts else own_spans(fragments)

    if table == "paragraphs":
        return [Item(row["paragraph_id"], place([row]), row.get("kind"), row) for row in rows]
    if table == "entities":
        return list(_entity_items(rows, side, place))
    key = KEYS[table]
    return [Item(row[key], place(row.get(_MAIN[table], ())), _facts(table, row, place, known), row) for row in rows]


def _entity_items(rows: Sequence[Row], side: Rows, place: Callable[[Sequence[Row]], Spans]) -> Iterator[Item]:
    """Entities stand where their mentions stand."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for mention in side.get("mentions", ()):
        spans.setdefault((mention["annotator"], mention["entity_id"]), []).extend(place(mention.get("fragments", ())))
    for row in rows:
        own = _united(spans.get((row["annotator"], row["entity_id"]), []))
        yield Item(row["entity_id"], own, (row.get("type"), row.get("name")), row)


def _united(spans: Iterable[tuple[int, int]]) -> Spans:
    """Spans in order, those that overlap or touch as one."""
    united: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return tuple(united)


def _facts(table: str, row: Row, place: Callable[[Sequence[Row]], Spans], known: Mapping[str, Mapping[str, str]]) -> Hashable:
    if table == "mentions":
        return known.get("entities", {}).get(row["entity_id"], row["entity_id"])
    if table == "claims":
        return place(row.get("source", ())), place(row.get("cue", ()))
    return row.get("format"), row.get("label"), row.get("attributes")


# ---------------------------------------------------------------------------------------------------------- fields


def _field_changes(
    table: str, texts: Texts, old: Row, new: Row, columns: set[str], known: Mapping[str, Mapping[str, str]]
) -> Iterator[FieldChange]:
    """How two versions of a record differ; a span that only moved with the text has the way "moved"."""
    if table == "paragraphs":
        yield from _paragraph_changes(old, new)
        columns = columns - {"sentences"}
    own_id = KEYS.get(table)
    for field in [name for name in new if name in columns and name not in _DERIVED and name != own_id]:
        before, after = old.get(field), new[field]
        if _is_spans(before) and _is_spans(after) and (before or after):
            way = way_of(texts, before or [], after)
            if way != "same":
                yield FieldChange(field, before, after, way)
        elif _renamed(field, before, known) != after:
            yield FieldChange(field, before, after)


def _paragraph_changes(old: Row, new: Row) -> Iterator[FieldChange]:
    """Paragraphs follow from the text, so where that changed they are edited; sentences are compared where it did not."""
    if old.get("text") != new.get("text"):
        yield FieldChange("text", old.get("text"), new.get("text"), "edited")
        return
    if old.get("start") != new.get("start"):
        yield FieldChange("text", way="moved")
    before, after = ([(s["start"] - row["start"], s["end"] - row["start"]) for s in row.get("sentences", ())] for row in (old, new))
    if before != after:
        yield FieldChange("sentences", old.get("sentences"), new.get("sentences"))


def _is_spans(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and "start" in item and "end" in item for item in value)


def _renamed(field: str, value: Any, known: Mapping[str, Mapping[str, str]]) -> Any:
    """A value of an old record with the new ids of what it refers to."""
    entities, claims = known.get("entities", {}), known.get("claims", {})
    if field == "entity_id":
        return entities.get(value, value)
    if field == "source_entity_ids":
        return [entities.get(name, name) for name in value]
    if field == "parent_id":
        return claims.get(value, value)
    if field == "relations":
        return [relation | {"target_id": claims.get(relation["target_id"], relation["target_id"])} for relation in value]
    return value
