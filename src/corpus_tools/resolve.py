"""Annotations by quotation -> records with spans.

How a field is written in an annotation file is told by its ``x-seed`` in the schema, so a new field needs no code here:
``value`` is taken as it stands, ``quotes`` are found in the paragraph, ``id`` and ``key`` name the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from corpus_tools.derive import fields, kind
from corpus_tools.derived import entities_in, mention_text, source_kind
from corpus_tools.findings import Finding, quoted
from corpus_tools.quotes import Miss, locate
from corpus_tools.records import Claim, Entity, Fragment, Mention, Paragraph
from corpus_tools.schemas import Schema
from corpus_tools.yamlfile import Path, YamlFile

Record = dict[str, Any]


class Resolution(NamedTuple):
    """What an annotation file says. ``origins`` leads from a record's id to its path in the file; ``broken`` are records with a quote
    that was not found, or in a paragraph that was not."""

    records: dict[str, list[Record]]
    origins: dict[str, Path]
    broken: set[str]
    findings: list[Finding]


def resolve(doc_id: str, text: str, paragraphs: list[Paragraph], file: YamlFile) -> Resolution:
    """Resolve one annotation file of a document. ``file.value`` must be valid by annotations.schema.json."""
    resolution = Resolution({"entities": [], "mentions": [], "claims": []}, {}, set(), [])
    writer = _Writer(doc_id, text, file, resolution)
    for entity_id, entity in (file.value.get("entities") or {}).items():
        writer.add("entities", entity, ("entities", entity_id), None, entity_id)
    by_id = {paragraph.paragraph_id: paragraph for paragraph in paragraphs}
    for name, written in file.value["paragraphs"].items() if file.value["paragraphs"] else ():
        place: Path = ("paragraphs", name)
        is_there = name in by_id
        begins = not written or not is_there or by_id[name].text.startswith(written.get("begins", ""))
        if not is_there:
            writer.note(place, "paragraph-unknown", name, f"p1 to p{len(paragraphs)}")
        elif not begins:
            writer.note(*_shifted(place, by_id[name], written["begins"], paragraphs))
        for table, letter in (("mentions", "m"), ("claims", "c")):
            for index, item in enumerate((written or {}).get(table) or ()):
                default_id = f"{name}.{letter}{index + 1}"
                if is_there and begins:
                    writer.add(table, item, (*place, table, index), by_id[name], default_id)
                else:
                    writer.leave_out(table, item, default_id)
    return resolution


def _shifted(place: Path, paragraph: Paragraph, begins: str, paragraphs: list[Paragraph]) -> tuple[Path, str, str, str, str]:
    fitting = [p.paragraph_id for p in paragraphs if p.text.startswith(begins)]
    found = f"{paragraph.paragraph_id} begins {quoted(paragraph.text)}"
    return (*place, "begins"), "paragraph-begins", found, quoted(begins), ", ".join(fitting)


class _Writer:
    """Adds records to a resolution."""

    def __init__(self, doc_id: str, text: str, file: YamlFile, resolution: Resolution) -> None:
        self.context = {"doc_id": doc_id, "annotator": file.value["annotator"]}
        self.text, self.file, self.resolution = text, file, resolution

    def note(self, place: Path, rule: str, found: str, expected: str, nearest: str = "") -> None:
        self.resolution.findings.append(self.file.finding(place, rule, found, expected, nearest))

    def add(self, table: str, written: Record, place: Path, paragraph: Paragraph | None, default_id: str) -> None:
        """Add the record of one entity, mention or claim; columns that are derived stay None."""
        record: Record = {}
        record_id = written.get("id", default_id)
        for column, field in fields(table).items():
            seed = field.get("x-seed", {"as": "context"})
            name = seed.get("name", column)
            match seed["as"]:
                case "id" | "key":
                    record[column] = record_id
                case "quotes":
                    record[column] = list(self._fragments(written, name, place, paragraph, record_id)) if name in written else []
                case "value":
                    record[column] = written[name] if name in written else default_value(field)
                case _:
                    record[column] = self.context.get(column)
        if paragraph:
            record["paragraph_id"] = paragraph.paragraph_id
        if record_id in self.resolution.origins:
            line, _ = self.file.places[self.resolution.origins[record_id]]
            self.note(place, "id-twice", f"the id {quoted(record_id)} again", f"an id of its own (line {line} has it)")
            return
        self.resolution.origins[record_id] = place
        self.resolution.records[table].append(record)

    def leave_out(self, table: str, written: Record, default_id: str) -> None:
        """Note a record that cannot be resolved, so that what refers to it is not reported as well."""
        record_id = written.get("id", default_id)
        self.resolution.broken.add(record_id)
        self.resolution.records[table].append({KEYS[table]: record_id, "entity_id": written.get("entity")})

    def _fragments(self, written: Record, name: str, place: Path, paragraph: Paragraph | None, record_id: str) -> Iterator[Record]:
        """The fragments of a quote or a list of them; each is sought behind the one before."""
        assert paragraph is not None
        quotes = written[name] if isinstance(written[name], list) else [written[name]]
        if len(quotes) == 1 and isinstance(quotes[0], str):  # a mention has "in" and "nth" beside its quote
            quotes = [{"quote": quotes[0]} | {key: written[key] for key in ("in", "nth") if key in written}]
        behind = paragraph.start
        for index, quote in enumerate(quotes):
            span = locate(self.text, quote, behind, paragraph.end)
            if isinstance(span, Miss):
                self.resolution.broken.add(record_id)
                near = span.nearest or (self._elsewhere(quote, paragraph, behind) if span.rule == "quote-missing" else "")
                where = (*place, name, index) if (*place, name, index) in self.file.places else (*place, name)
                self.note(where, span.rule, span.found, span.expected, near)
                return
            behind = span[1]
            yield {"start": span[0], "end": span[1], "text": self.text[span[0] : span[1]]}

    def _elsewhere(self, quote: Any, paragraph: Paragraph, behind: int) -> str:
        words = quote if isinstance(quote, str) else quote["quote"]
        at = self.text.find(words)
        if at < 0:
            return ""
        if paragraph.start <= at < behind:
            return f"{quoted(words)} before the fragment above it: fragments go in the order of the text"
        return f"{quoted(words)} in another paragraph, at offset {at}"


def default_value(field: Schema) -> Any:
    """What a field holds when nothing is written: its default, an empty list, or null."""
    return field["default"] if "default" in field else [] if kind(field) == "array" else None


def derive(resolution: Resolution) -> dict[str, list[Any]]:
    """The records of a resolution as classes, derived columns filled in; broken ones are left out."""
    sound = {table: [r for r in rows if r[KEYS[table]] not in resolution.broken] for table, rows in resolution.records.items()}
    mentions = [_mention(record) for record in sound["mentions"]]
    by_paragraph: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_paragraph.setdefault(mention.paragraph_id, []).append(mention)
    claims = [_claim(record, by_paragraph.get(record["paragraph_id"], [])) for record in sound["claims"]]
    return {"entities": msgspec.convert(sound["entities"], list[Entity]), "mentions": mentions, "claims": claims}


KEYS = {"entities": "entity_id", "mentions": "mention_id", "claims": "claim_id"}


def _mention(record: Record) -> Mention:
    fragments = msgspec.convert(record["fragments"], list[Fragment])
    derived = {"start": fragments[0].start, "end": fragments[-1].end, "text": mention_text(fragments)}
    return msgspec.convert(record | derived, Mention)


def _claim(record: Record, mentions: list[Mention]) -> Claim:
    kind_of_source = source_kind(record["source_entity_ids"], record["source"], record["cue"])
    attributed = kind_of_source != "author"
    derived = {
        "source_kind": kind_of_source,
        "quotation": record["quotation"] or ("indirect" if attributed else None),
        "stance": record["stance"] or ("neutral" if attributed else None),
        "entity_ids": entities_in(msgspec.convert(record["content"], list[Fragment]), mentions),
    }
    return msgspec.convert(record | derived, Claim)
