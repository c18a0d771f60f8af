"""Annotations by quotation that move to another version of their document; comments and layout stay where they can."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from corpus_tools.moving.carrying import Moved, Versions, paragraph_at, paragraph_now, report
from corpus_tools.quotes import Miss, Span, locate, occurrences
from corpus_tools.records import Paragraph
from corpus_tools.seedschemas import seed_fields

_QUOTED = ("mentions", "claims")


def load_yaml(data: bytes) -> Any:
    """Parse YAML so that comments and layout are kept."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    return yaml.load(data.decode("utf-8-sig"))


def dump_yaml(tree: Any) -> bytes:
    """Write what `load_yaml` gave."""
    from ruamel.yaml import YAML

    yaml, stream = YAML(), io.StringIO()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(tree, stream)
    return stream.getvalue().encode()


class _Item(NamedTuple):
    """A mention or claim with where its quotes are now, by field; None where one is not."""

    table: str
    written: Any
    spans: dict[str, list[Span]] | None


def move_yaml(path: Path, versions: Versions, quotes: list[Moved], dropped: list[str]) -> bytes:
    """Annotations by quotation: items go to the paragraph of their words, and only what must change is written anew."""
    tree = load_yaml(path.read_bytes())
    by_id = {paragraph.paragraph_id: paragraph for paragraph in versions.old.paragraphs}
    target_of: dict[str, list[tuple[str, _Item]]] = {}
    for name, written in (tree.get("paragraphs") or {}).items():
        for table in _QUOTED:
            for number, item in enumerate((written or {}).get(table) or (), 1):
                default = f"{name}.{table[0]}{number}"
                moved = _item(versions, path.name, table, item, by_id[name], default, quotes)
                target = _target(versions, moved)
                if target:
                    target_of.setdefault(target.paragraph_id, []).append((name, moved))
                elif moved.spans is not None:
                    quotes.append(
                        Moved(path.name, item.get("id", default), "lost", "runs over the border of a paragraph now", 0, 0)
                    )
    before = _mentioned(tree)
    _name_targets(tree)
    _rebuild(tree, versions, target_of)
    dropped += [f"{path.name}: {what}" for what in _drop_dangling(tree, before)]
    return dump_yaml(tree)


def _claims(tree: Any) -> Iterator[tuple[str, Any]]:
    """All claims with their ids."""
    for name, body in (tree.get("paragraphs") or {}).items():
        for number, claim in enumerate((body or {}).get("claims") or (), 1):
            yield str(claim.get("id", f"{name}.c{number}")), claim


def _mentioned(tree: Any) -> set[str]:
    bodies = (tree.get("paragraphs") or {}).values()
    return {str(mention["entity"]) for body in bodies for mention in (body or {}).get("mentions") or () if "entity" in mention}


def _name_targets(tree: Any) -> None:
    """Give ids to claims that others refer to by their place: the place may change."""
    claims = list(_claims(tree))
    wanted = {str(claim["parent_id"]) for _, claim in claims if claim.get("parent_id")}
    wanted |= {str(relation["target_id"]) for _, claim in claims for relation in claim.get("relations") or ()}
    for name, claim in claims:
        if name in wanted and "id" not in claim:
            claim["id"] = name


def _drop_dangling(tree: Any, before: set[str]) -> Iterator[str]:
    """Leave out references to claims that are gone, and entities whose last mention is; says which."""
    claims = list(_claims(tree))
    ids = {name for name, _ in claims}
    for name, claim in claims:
        if claim.get("parent_id") and str(claim["parent_id"]) not in ids:
            yield f"parent_id {claim.pop('parent_id')} of {name}"
        relations = claim.get("relations") or []
        for index in reversed(range(len(relations))):
            if str(relations[index]["target_id"]) not in ids:
                yield f"relation of {name} to {relations.pop(index)['target_id']}"
    for entity in before - _mentioned(tree):
        if entity in (tree.get("entities") or {}) and not any(entity in claim.get("source_entity_ids", ()) for _, claim in claims):
            del tree["entities"][entity]
            yield f"entity {entity}, no longer mentioned"


def _item(
    versions: Versions, file: str, table: str, written: Any, paragraph: Paragraph, default: str, quotes: list[Moved]
) -> _Item:
    spans: dict[str, list[Span]] = {}
    whole = True
    for name in _quote_fields(table):
        behind = paragraph.start
        for quote in _quotes_of(written, name):
            span = locate(versions.old_text, quote, behind, paragraph.end)
            assert not isinstance(span, Miss)  # the seeds compile
            behind = span[1]
            moved = report(versions, file, str(written.get("id", default)), span)
            quotes.append(moved)
            if moved.new_start is None or moved.new_end is None:
                whole = False
            else:
                spans.setdefault(name, []).append((moved.new_start, moved.new_end))
    return _Item(table, written, spans if whole else None)


def _quote_fields(table: str) -> list[str]:
    return [name for name, (_, field) in seed_fields(table).items() if field["x-seed"]["as"] == "quotes"]


def _quotes_of(written: Any, name: str) -> Iterator[Any]:
    """The quotes of a field as `quotes.locate` takes them."""
    if written.get(name) is None:
        return
    quotes = written[name] if isinstance(written[name], list) else [written[name]]
    if len(quotes) == 1 and isinstance(quotes[0], str):
        quotes = [{"quote": str(quotes[0])} | {key: written[key] for key in ("in", "nth") if key in written}]
    yield from quotes


def _target(versions: Versions, item: _Item) -> Paragraph | None:
    """The new paragraph that holds all quotes of an item, fragments in order."""
    if item.spans is None:
        return None
    flat = [span for spans in item.spans.values() for span in spans]
    if any(a[1] > b[0] for spans in item.spans.values() for a, b in pairwise(spans)):
        return None
    index = paragraph_at(versions, min(flat)[0]) if flat else -1
    return (
        versions.new.paragraphs[index] if index >= 0 and max(end for _, end in flat) <= versions.new.paragraphs[index].end else None
    )


def _rebuild(tree: Any, versions: Versions, target_of: dict[str, list[tuple[str, _Item]]]) -> None:
    """Write the paragraphs of an annotation file anew, in the order of the text; one whose items stay together keeps its layout."""
    old: Any = tree.get("paragraphs") or {}
    texts = {paragraph.paragraph_id: paragraph for paragraph in versions.new.paragraphs}
    paragraphs = type(old)()
    used: set[str] = set()
    by_id = {paragraph.paragraph_id: paragraph for paragraph in versions.old.paragraphs}
    bare: dict[str, list[str]] = {}
    for name in old:
        if target := _bare_target(versions, by_id[name], old[name]):
            bare.setdefault(target, []).append(name)
    for name in (p for p in texts if p in target_of or p in bare):
        items = target_of.get(name, [])
        sources = [source for source, _ in items] or bare[name]
        origin = next((source for source in sources if source not in used), None)
        body = old[origin] if origin else type(old)()
        used.add(origin or "")
        if body is not None:
            _fill(body, [item for _, item in items])
        for _, item in items:
            _requote(item, versions.new_text, texts[name])
        words = texts[name].text or ""
        if body and "begins" in body and not words.startswith(str(body["begins"])):
            body["begins"] = " ".join(words.split()[: len(str(body["begins"]).split())])
            if not words.startswith(body["begins"]):
                del body["begins"]
        paragraphs[name] = body
        if origin and origin in old.ca.items:
            paragraphs.ca.items[name] = old.ca.items[origin]
    tree["paragraphs"] = paragraphs


def _bare_target(versions: Versions, paragraph: Paragraph, body: Any) -> str:
    """Where a paragraph without items goes: its words are all there is of it."""
    if body is not None and any(body.get(table) for table in _QUOTED):
        return ""
    target = paragraph_now(versions, paragraph)
    return target.paragraph_id if target else ""


def _fill(body: Any, items: list[_Item]) -> None:
    for table in _QUOTED:
        wanted = [item.written for item in items if item.table == table]
        there = body.get(table)
        if there is not None and [id(x) for x in there] == [id(x) for x in wanted]:
            continue
        if not wanted:
            body.pop(table, None)
        elif there is None:
            body[table] = wanted
        else:
            there[:] = wanted


def _requote(item: _Item, text: str, paragraph: Paragraph) -> None:
    """Write those quotes anew that do not lead to their place as they stand."""
    for name, spans in (item.spans or {}).items():
        behind, single = paragraph.start, len(spans) == 1
        for index, (quote, span) in enumerate(zip(list(_quotes_of(item.written, name)), spans, strict=True)):
            if locate(text, quote, behind, paragraph.end) != span:
                new = _quote(text, span, behind, paragraph.end)
                if single and not isinstance(item.written[name], (list, dict)):
                    _set_beside(item.written, name, new)
                elif isinstance(item.written[name], list):
                    item.written[name][index] = new if len(new) > 1 else new["quote"]
                else:
                    item.written[name] = new
            behind = span[1]


def _set_beside(written: Any, name: str, quote: dict[str, Any]) -> None:
    """A single quote: a mention has "in" and "nth" beside it, a claim has them within."""
    if name == "quote":
        if str(written[name]) != quote["quote"]:
            written[name] = quote["quote"]
        for key in ("in", "nth"):
            written.pop(key, None)
        if "nth" in quote:
            written["nth"] = quote["nth"]
    else:
        written[name] = quote if "nth" in quote else quote["quote"]


def _quote(text: str, span: Span, low: int, high: int) -> dict[str, Any]:
    words = text[slice(*span)]
    places = occurrences(text, words, low, high)
    if places == [span]:
        return {"quote": words}
    return {"quote": words, "nth": places.index(span) + 1 if span in places else 1}
