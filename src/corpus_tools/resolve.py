"""Annotations by quotation -> records with spans.

How a field is written in an annotation file is told by its ``x-seed`` in the schema, so a new field needs no code here:
``value`` is taken as it stands, ``quotes`` are found in the paragraph, ``id`` and ``key`` name the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from corpus_tools.derive import fields, kind
from corpus_tools.derived import entities_in, mention_text, source_kind
from corpus_tools.findings import Finding, listed, nearest, quoted
from corpus_tools.quotes import Miss, locate_in_order
from corpus_tools.records import Claim, Entity, Foreign, Fragment, Mention, Paragraph
from corpus_tools.schemas import Schema
from corpus_tools.seedschemas import seed_fields
from corpus_tools.yamlfile import Path, YamlFile

Record = dict[str, Any]

KEYS = {"entities": "entity_id", "mentions": "mention_id", "claims": "claim_id", "foreign": "id"}


class Resolution(NamedTuple):
    """What an annotation file says.

    ``left_out`` are the records that a finding keeps from the corpus: a quote or paragraph is not there, an id is taken. ``origins``
    leads from a record's id to its path in the file.
    """

    records: dict[str, list[Record]]
    left_out: dict[str, list[Record]]
    origins: dict[str, Path]
    findings: list[Finding]


def resolve(doc_id: str, text: str, paragraphs: list[Paragraph], file: YamlFile, unmade: Sequence[str] = ()) -> Resolution:
    """Resolve one annotation file of a document.

    Args:
        doc_id: the document's id.
        text: its text.
        paragraphs: its paragraphs.
        file: the annotation file; its value must be valid by annotations.schema.json.
        unmade: words that corrections would have put into the text if they were right; a quote with them is no problem of its own.
    """
    resolution = Resolution({table: [] for table in KEYS}, {table: [] for table in KEYS}, {}, [])
    writer = _Writer(text, paragraphs, file, unmade, resolution)
    context = {"doc_id": doc_id, "annotator": file.value["annotator"]}
    for entity_id, entity in (file.value.get("entities") or {}).items():
        writer.add("entities", entity, ("entities", entity_id), entity_id, context)
    for name, written in (file.value["paragraphs"] or {}).items():
        place: Path = ("paragraphs", name)
        paragraph = writer.paragraph(place, written or {})
        for table, letter in (("mentions", "m"), ("claims", "c")):
            for index, item in enumerate((written or {}).get(table) or ()):
                own_id = f"{name}.{letter}{index + 1}"
                writer.add(table, item, (*place, table, index), own_id, context | {"paragraph_id": name}, paragraph)
    return resolution


def paragraph_names(count: int) -> str:
    """Which paragraphs a document has, for a message."""
    return f"p1 to p{count}" if count else "none: the document has no paragraphs"


class _Writer:
    """Adds records to a resolution."""

    def __init__(
        self, text: str, paragraphs: list[Paragraph], file: YamlFile, unmade: Sequence[str], resolution: Resolution
    ) -> None:
        self.text, self.paragraphs, self.file, self.unmade, self.resolution = text, paragraphs, file, unmade, resolution
        self.by_id = {paragraph.paragraph_id: paragraph for paragraph in paragraphs}
        self.fields = {table: seed_fields(table) for table in KEYS}

    def note(self, place: Path, rule: str, found: str, expected: str, nearest: str = "") -> None:
        self.resolution.findings.append(self.file.finding(place, rule, found, expected, nearest))

    def paragraph(self, place: Path, written: Record) -> Paragraph | None:
        """The paragraph that an entry is for; None when there is none, or when it begins with other words than the entry says."""
        name, begins = place[-1], _one_line(written.get("begins", ""))
        paragraph = self.by_id.get(str(name))
        if paragraph is None:
            self.note(place, "paragraph-unknown", str(name), paragraph_names(len(self.paragraphs)))
        elif not _one_line(paragraph.text or "").startswith(begins):
            if not self._follows(begins):
                found = f"{name} begins {quoted(_one_line(paragraph.text or '')[: max(40, len(begins))])}"
                self.note((*place, "begins"), "paragraph-begins", found, quoted(begins), _home(begins, paragraph, self.paragraphs))
            return None
        return paragraph

    def add(
        self, table: str, written: Record, place: Path, own_id: str, context: Record, paragraph: Paragraph | None = None
    ) -> None:
        """Add the record of one entity, mention or claim; columns that are derived stay None."""
        record_id, sound = written.get("id", own_id), True
        record = {column: context.get(column) for column in fields(table)}
        for name, (column, field) in self.fields[table].items():
            match field["x-seed"]["as"]:
                case "id" | "key":
                    record[column] = record_id
                case "quotes" if name in written:
                    record[column] = self._fragments(written, name, place, paragraph)
                    sound = sound and bool(record[column])
                case _:
                    record[column] = written[name] if name in written else default_value(field)
        if table == "claims":
            record |= {column: record[column] or value for column, value in usual(record).items()}
        if record_id in self.resolution.origins:
            line, _ = self.file.places[self.resolution.origins[record_id]]
            self.note(place, "id-twice", f"the id {quoted(record_id)} again", f"an id of its own (line {line} has it)")
            sound = False
        self.resolution.origins.setdefault(record_id, place)
        (self.resolution.records if sound else self.resolution.left_out)[table].append(record)

    def _fragments(self, written: Record, name: str, place: Path, paragraph: Paragraph | None) -> list[Record]:
        """The fragments of a quote or a list of them; none when one has no place."""
        if paragraph is None:
            return []
        beside = [key for key in ("in", "nth") if name == "quote" and key in written]  # a mention has them beside its quote
        if beside and not isinstance(written[name], str):
            found, expected = f'"{beside[0]}" beside a quote that is no plain text', "it inside: {quote: ..., nth: ...}"
            self.note((*place, beside[0]), "quote-context", found, expected)
            return []
        quotes = written[name] if isinstance(written[name], list) else [written[name]]
        quotes = [_trimmed(quote) for quote in quotes]
        if beside:
            quotes[0] |= _trimmed({key: written[key] for key in beside})
        fragments: list[Record] = []
        for index, span in locate_in_order(self.text, quotes, paragraph.start, paragraph.end):
            if isinstance(span, Miss):
                self._note_miss(span, quotes[index]["quote"], (*place, name, index), paragraph)
            else:
                fragments.append({"start": span[0], "end": span[1], "text": self.text[span[0] : span[1]]})
        return fragments if len(fragments) == len(quotes) else []

    def _note_miss(self, miss: Miss, words: str, place: Path, paragraph: Paragraph) -> None:
        if not self._follows(words):
            other = [p.paragraph_id for p in self.paragraphs if words and words in (p.text or "")]
            elsewhere = f"{quoted(words)} in {listed(other)}" if other and paragraph.paragraph_id not in other else ""
            self.note(place, miss.rule, miss.found, miss.expected, ", or ".join(filter(None, [miss.nearest, elsewhere])))

    def _follows(self, words: str) -> bool:
        """Whether words may be missing only because a correction could not be made."""
        return any(unmade in words for unmade in self.unmade)


def _trimmed(quote: str | Record) -> Record:
    """A quote as a mapping, without white space at its edges: a block of YAML ends with a line feed."""
    whole = {"quote": quote} if isinstance(quote, str) else quote
    return {key: value.strip() if isinstance(value, str) else value for key, value in whole.items()}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _home(begins: str, here: Paragraph, paragraphs: list[Paragraph]) -> str:
    """The paragraphs that begin with the words, or the one that begins most like them; none when that is the one here."""
    heads = {p.paragraph_id: _one_line(p.text or "")[: len(begins)].strip() for p in paragraphs}
    exact = [name for name, head in heads.items() if head == begins]
    near = nearest(begins, heads.values())
    alike = next((name for name, head in heads.items() if near and quoted(head) == near), here.paragraph_id)
    return listed(exact) or (f"{alike}, {near}" if alike != here.paragraph_id else "")


def usual(claim: Record) -> Record:
    """What a claim has as quotation and stance when nothing is written: it follows from its source."""
    attributed = source_kind(claim["source_entity_ids"], claim["source"], claim["cue"]) != "author"
    return {"quotation": "indirect", "stance": "neutral"} if attributed else {"quotation": None, "stance": None}


def default_value(field: Schema) -> Any:
    """What a field holds when nothing is written: its default, an empty list, or null."""
    return field["default"] if "default" in field else [] if kind(field) == "array" else None


def derive(resolution: Resolution) -> dict[str, list[Any]]:
    """The records of a resolution as classes, derived columns filled in."""
    records = resolution.records
    mentions = [_mention(record) for record in records["mentions"]]
    by_paragraph: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_paragraph.setdefault(mention.paragraph_id, []).append(mention)
    claims = [_claim(record, by_paragraph.get(record["paragraph_id"], [])) for record in records["claims"]]
    entities, foreign = msgspec.convert(records["entities"], list[Entity]), msgspec.convert(records["foreign"], list[Foreign])
    return {"entities": entities, "mentions": mentions, "claims": claims, "foreign": foreign}


def _mention(record: Record) -> Mention:
    fragments = msgspec.convert(record["fragments"], list[Fragment])
    derived = {"start": fragments[0].start, "end": fragments[-1].end, "text": mention_text(fragments)}
    return msgspec.convert(record | derived, Mention)


def _claim(record: Record, mentions: list[Mention]) -> Claim:
    derived = {
        "source_kind": source_kind(record["source_entity_ids"], record["source"], record["cue"]),
        "entity_ids": entities_in(msgspec.convert(record["content"], list[Fragment]), mentions),
    }
    return msgspec.convert(record | derived, Claim)
