"""The lines of a document -> its text and the records in the machine form, each line accounted for."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import unquote

from corpus_tools.findings import quoted
from corpus_tools.formats.conllu.brackets import COREFUD_FIELDS, Bracketed, Range, Value, read_brackets, type_of, usual_fields
from corpus_tools.formats.conllu.levels import level_of
from corpus_tools.formats.conllu.lines import Parsed, Problem, field_of, misc_of
from corpus_tools.formats.conllu.metadata import annotator_of, known, usual
from corpus_tools.formats.conllu.spacing import Laid, lay_out
from corpus_tools.formats.conllu.told import Mark, Told, order
from corpus_tools.formats.conllu.writing import GLOBAL, MENTION
from corpus_tools.placing import Misplaced, Span, ToText, home, settled
from corpus_tools.records import Fragment

Record = dict[str, Any]

UNTYPED = "untyped"
TWIN = "foreign (span and entity of another)"
LEVELS = ("name", "nominal", "pronoun")

_KEY = re.compile(r"Entity(?:\[(.*)\])?", re.DOTALL)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class Referent(NamedTuple):
    """An entity."""

    entity_id: str
    type: str
    name: str | None


class Found(NamedTuple):
    """A mention as it was found: what brackets say of it, its stretches of the source and of the text, and what became of it.

    ``ranges`` are first and last nodes; a mention from a comment has none.
    """

    mention_id: str
    entity_id: str
    eid: str
    values: Mapping[str, str]
    ranges: Sequence[Range]
    spans: tuple[Span, ...]
    fragments: Sequence[Fragment]
    outcome: str


class Reading(NamedTuple):
    """What a document says: its text, the records of each annotator, what was found as mentions, what was refused and changed.

    ``annotator`` is the one whose brackets stand in ``Entity``; ``fields`` are those of global.Entity, none where it is not there, and
    ``used`` those that brackets were read with.
    """

    told: Told
    target: ToText
    laid: Laid
    annotator: str
    fields: Sequence[str]
    used: Sequence[str]
    records: dict[str, list[Record]]
    found: dict[str, list[Found]]
    problems: list[Problem]
    notes: Counter[str]
    metadata: dict[str, Any]


def is_entity_key(key: str) -> bool:
    """Whether a key in MISC has brackets: ``Entity``, or ``Entity[annotator]``."""
    return bool(_KEY.fullmatch(key))


def fields_said(comments: Sequence[str], before: Sequence[str]) -> Sequence[str]:
    """The fields that global.Entity names; those of the document before where it is not there."""
    said = [value for name, value in filter(None, map(field_of, comments)) if name == GLOBAL and value]
    return said[0].split("-") if said else before


def read_document(parsed: Parsed, name: str, fields: Sequence[str]) -> Reading:
    """Read a document whose lines are sound.

    Args:
        parsed: its sentences.
        name: what the document is called.
        fields: those of global.Entity that a document before it had, none where it is the first.
    """
    laid = lay_out(parsed.sentences)
    comments = [comment for sentence in parsed.sentences for comment in sentence.comments]
    fields = fields_said(comments, fields)
    target = ToText(laid.source.encode(), "code_point")
    annotator, metadata = annotator_of(comments), known(comments)
    layers = _Layers(parsed, laid, target, fields)
    layers.read(annotator)
    layers.read_comments()
    others = {column: value for column, value in metadata.items() if value != usual(name)[column]}
    marks = {name: sorted(own, key=order) for name, own in sorted(layers.marks.items()) if own}
    notes = laid.notes + layers.notes + _doubts(parsed, laid)
    metadata |= _sentence_starts(laid, target)
    told = Told(laid.source, laid.sentences, marks, others)
    return Reading(
        told, target, laid, annotator, fields, layers.fields, layers.records, layers.found, layers.problems, notes, metadata
    )


def _doubts(parsed: Parsed, laid: Laid) -> Counter[str]:
    """What a person should look at: texts that are not as the comment ``# text`` has them, older mentions, and words that are withheld."""
    notes: Counter[str] = Counter()
    with_words = [s.comments for s in parsed.sentences if any(row.kind != "empty node" for row in s.rows)]
    for comments, (start, end, _) in zip(with_words, laid.sentences, strict=False):
        said = next((value for name, value in filter(None, map(field_of, comments)) if name == "text"), None)
        notes["sentences whose # text is not what words and spaces give"] += said is not None and _one_line(said) != _one_line(
            laid.source[start:end]
        )
    miscs = [row.columns[9] for sentence in parsed.sentences for row in sentence.rows]
    notes["words with ClusterId, as CorefUD had it before Entity: their mentions are not read"] += sum(map(_has_cluster, miscs))
    forms = [row.columns[1] for sentence in parsed.sentences for row in sentence.rows if row.kind == "word"]
    notes["documents whose words are all _, as where a text is withheld"] += bool(forms) and not any(
        form.strip("_") for form in forms
    )
    return +notes


def _has_cluster(misc: str) -> bool:
    return "ClusterId" in misc and any(key.partition("[")[0] == "ClusterId" for key in misc_of(misc))


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _Layers:
    """Makes records of the mentions of each annotator."""

    def __init__(self, parsed: Parsed, laid: Laid, target: ToText, fields: Sequence[str]) -> None:
        self.parsed, self.laid, self.target, self.fields = parsed, laid, target, fields
        self.records: dict[str, list[Record]] = {}
        self.found: dict[str, list[Found]] = {}
        self.marks: dict[str, list[Mark]] = {}
        self.entities: set[tuple[str, str]] = set()
        self.seen: set[Any] = set()
        self.problems: list[Problem] = []
        self.notes: Counter[str] = Counter()
        self.behind, self.before = _neighbours([node.span for node in laid.nodes])

    def read(self, first: str) -> None:
        """Read the brackets in MISC; ``first`` is the annotator of those without a name."""
        values: dict[str, list[Value]] = {}
        for index, node in enumerate(self.laid.nodes):
            row = self.parsed.sentences[node.sentence].rows[node.row]
            if "Entity" in row.columns[9]:
                for key, value in misc_of(row.columns[9]).items():
                    match = _KEY.fullmatch(key)
                    if match:
                        values.setdefault(match[1] or first, []).append(Value(index, row.number, value))
        if not self.fields:
            self.fields = usual_fields(value.brackets for own in values.values() for value in own)
            said = "-".join(self.fields)
            self.notes[f"documents without # {GLOBAL}: their brackets are read as {said}"] += self.fields != COREFUD_FIELDS
        for annotator, own in values.items():
            mentions, problems = read_brackets(own, self.fields)
            self.problems += problems
            referents = _referents(mentions)
            for mention in mentions:
                level, metonymic = self._level(mention), mention.values.get("metonymic") == "yes"
                self._take(annotator, mention, referents[mention.eid], self._spans(mention.ranges), level, metonymic)

    def read_comments(self) -> None:
        """Read the mentions that no brackets tell, as this package writes them."""
        for sentence in self.parsed.sentences:
            for number, comment in enumerate(sentence.comments, sentence.number):
                field = field_of(comment)
                if field and field[0] == MENTION:
                    self._read_comment(number, field[1])

    def _read_comment(self, number: int, value: str) -> None:
        try:
            told = json.loads(value)
            annotator, entity_id, type, name = (told[key] for key in ("annotator", "entity_id", "type", "name"))
            spans = [(start, end) for start, end in told["spans"]]
            level, metonymic = told["level"], told["metonymic"]
            sound = all(isinstance(text, str) and text.encode() for text in (annotator, entity_id, type, name or "-"))
            sound = sound and bool(_ID.fullmatch(entity_id)) and level in (*LEVELS, None) and isinstance(metonymic, bool)
            if not sound or not spans or not all(isinstance(offset, int) for span in spans for offset in span):
                raise ValueError(value)
            self.target.spans(spans)
        except (ValueError, KeyError, TypeError, RecursionError, Misplaced):
            expected = f"# {MENTION} = JSON with annotator, entity_id, type, name, level, metonymic and spans of the text"
            self.problems.append(Problem(number, quoted(value), expected))
            return
        mention = Bracketed(number, entity_id, {}, [])
        self._take(annotator, mention, Referent(entity_id, type, name or None), spans, level, metonymic)

    def _spans(self, ranges: Sequence[Range]) -> list[Span]:
        """The stretches of text from the first to the last word of each range; what has no text is left out."""
        spans = []
        for first, last in ranges:
            a, b = self.behind[first], self.before[last]
            if a <= b:
                low, high = self.laid.nodes[a].span, self.laid.nodes[b].span
                assert low is not None and high is not None
                if low in self._around(a - 1, self.before) or high in self._around(b + 1, self.behind):
                    self.notes["mentions with an edge inside a multiword token: moved to the edge of the token"] += 1
                spans.append((low[0], high[1]))
        return spans

    def _around(self, index: int, neighbours: Sequence[int]) -> list[Span | None]:
        """The place of a node, or of its neighbour that has one; none past the ends."""
        near = neighbours[index] if 0 <= index < len(neighbours) else -1
        return [self.laid.nodes[near].span] if 0 <= near < len(neighbours) else []

    def _level(self, mention: Bracketed) -> str | None:
        if "level" in self.fields:
            level = mention.values.get("level")
            return level if level in LEVELS else None
        nodes = [self.laid.nodes[i] for first, last in mention.ranges for i in range(first, min(last, first + 200) + 1)]
        return level_of([self.parsed.sentences[node.sentence].rows[node.row].columns for node in nodes], mention.values)

    def _take(
        self, annotator: str, mention: Bracketed, entity: Referent, spans: Sequence[Span], level: str | None, metonymic: bool
    ) -> None:
        """Make the record of a mention, and of its entity with the first."""
        found, records = self.found.setdefault(annotator, []), self.records.setdefault(annotator, [])
        mention_id = f"m{len(found) + 1}"
        joined = _joined(spans)
        fragments = settled(self.target.text, self.target.blocks, [self.target.span(*span) for span in joined])
        key = (annotator, entity.entity_id, *((fragment.start, fragment.end) for fragment in fragments))
        outcome = "mention"
        if not fragments:
            outcome = "foreign (on no text)"
        elif home(self.target.blocks, fragments) is None:
            outcome = "foreign (in several paragraphs)"
        elif key in self.seen:
            outcome = TWIN
        self.seen.add(key)
        eid, values, ranges = mention.eid, mention.values, mention.ranges
        found.append(Found(mention_id, entity.entity_id, eid, values, ranges, tuple(joined), fragments, outcome))
        if outcome != "mention":
            return
        if (annotator, entity.entity_id) not in self.entities:
            self.entities.add((annotator, entity.entity_id))
            records.append({"table": "entities", **entity._asdict()})
        record = {"table": "mentions", "mention_id": mention_id, "entity_id": entity.entity_id}
        records.append(record | {"level": level, "metonymic": metonymic, "fragments": fragments})
        self.marks.setdefault(annotator, []).append(Mark(*entity, level, metonymic, tuple(joined)))


def _neighbours(spans: Sequence[Span | None]) -> tuple[list[int], list[int]]:
    """For each node the next one with text, and the last one with text, itself first; past the ends where there is none."""
    behind, before = [len(spans)] * len(spans), [-1] * len(spans)
    last = -1
    for index, span in enumerate(spans):
        last = index if span is not None else last
        before[index] = last
    following = len(spans)
    for index in reversed(range(len(spans))):
        following = index if spans[index] is not None else following
        behind[index] = following
    return behind, before


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order; what touches or overlaps is one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _referents(mentions: Sequence[Bracketed]) -> dict[str, Referent]:
    """The entity of each name that brackets have: its type and name are the first that a bracket of it gives."""
    types: dict[str, str] = {}
    names: dict[str, str] = {}
    for mention in mentions:
        types[mention.eid] = types.get(mention.eid) or type_of(mention.values)
        names[mention.eid] = names.get(mention.eid) or unquote(mention.values.get("identity", "").replace("_", " "))
    return {eid: Referent(name, types[eid] or UNTYPED, names[eid] or None) for eid, name in _ids(types).items()}


def _ids(eids: Iterable[str]) -> dict[str, str]:
    """The id of each entity: what its brackets call it, as far as that can be one."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    for eid in sorted(eids, key=lambda eid: not _ID.fullmatch(unquote(eid))):
        name = unquote(eid)
        if not _ID.fullmatch(name):
            name = re.sub("[^A-Za-z0-9._-]+", "-", name)[:150].strip("-._") or "e"
        stem = name
        while name in taken:
            numbers[stem] += 1
            name = f"{stem}-{numbers[stem]}"
        ids[eid] = name
        taken.add(name)
    return ids


_LONGEST = 30  # what of a sentence is to be seen in the metadata


def _first_words(sentence: str) -> str:
    """The beginning of a sentence, as many whole words as are short enough."""
    words = sentence[:_LONGEST].rstrip()
    return words if len(sentence) <= _LONGEST or " " not in words else words[: words.rindex(" ")].rstrip()


def _sentence_starts(laid: Laid, target: ToText) -> dict[str, Any]:
    """Where sentences begin in our text, as the metadata has it."""
    starts = [block.start for block in target.blocks]
    by_block: list[list[int]] = [[] for _ in target.blocks]
    for start, end, _ in laid.sentences:
        a, b = target.span(start, end)
        if a < b:
            by_block[bisect_right(starts, a) - 1].append(a)
    said: dict[str, list[Record]] = {}
    for number, (block, own) in enumerate(zip(target.blocks, by_block, strict=True), 1):
        words = target.text[block.start : block.end]
        begin = block.start + len(words) - len(words.lstrip())
        borders = [*sorted({begin, *own}), block.end]
        said[f"p{number}"] = [{"quote": _first_words(target.text[a:b]), "at": a - block.start} for a, b in pairwise(borders)]
    return {"sentence_starts": said} if said else {}
