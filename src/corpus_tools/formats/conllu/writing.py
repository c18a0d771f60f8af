"""What a document says -> lines of CoNLL-U; and its mentions -> brackets of given words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from corpus_tools.formats.conllu.brackets import Marked, Range, bracket, bracket_values, can_be_paired, value_of
from corpus_tools.formats.conllu.lines import EMPTY
from corpus_tools.formats.conllu.metadata import UNNAMED, comments_of
from corpus_tools.formats.conllu.spacing import LAST, PARAGRAPH, escaped, space_items
from corpus_tools.formats.conllu.tokens import word_spans
from corpus_tools.formats.conllu.told import Mark, Told
from corpus_tools.placing import Span

FIELDS = ("eid", "etype", "level", "metonymic", "identity")
MENTION = "corpus-tools::mention"
GLOBAL = "global.Entity"


def name_value(name: str) -> str:
    """A name as the field identity, where _ stands for a space."""
    return "_".join(value_of(part).replace("_", "%5F") for part in name.split(" "))


def fields_of(mark: Mark, fields: Iterable[str], others: Mapping[str, str]) -> list[str]:
    """The fields of the bracket of a mention; ``others`` are those that are known from elsewhere."""
    own = {
        "etype": value_of(mark.type),
        "entity": value_of(mark.type),
        "level": mark.level or "",
        "metonymic": "yes" if mark.metonymic else "",
        "identity": name_value(mark.name or ""),
    }
    return [others.get(field, own.get(field, "")) for field in fields]


class Words:
    """Where words begin and end; None for what has no text."""

    def __init__(self, spans: Sequence[Span | None]) -> None:
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        for node, span in enumerate(spans):
            if span is not None:
                self._starts.setdefault(span[0], node)
                self._ends[span[1]] = node

    def ranges(self, spans: Sequence[Span]) -> list[Range]:
        """The first and last word of each stretch of text; -1 where none begins or ends there."""
        return [(self._starts.get(start, -1), self._ends.get(end, -1)) for start, end in spans]


class Bracketing(NamedTuple):
    """The value of MISC for each node of a layer that has one, and the mentions that no brackets tell."""

    values: Mapping[int, str]
    untold: list[Mark]


def bracketing(pairs: Sequence[tuple[Mark | None, Marked]]) -> Bracketing:
    """Write mentions as brackets, as far as these tell them."""
    whole = [pair for pair in pairs if all(0 <= first <= last for first, last in pair[1].ranges)]
    paired = can_be_paired([marked for _, marked in whole])
    told = [pair for pair, fits in zip(whole, paired, strict=True) if fits]
    there = {id(marked) for _, marked in told}
    untold = [mark for mark, marked in pairs if mark is not None and id(marked) not in there]
    return Bracketing(bracket_values(marked for _, marked in told), untold)


def mention_comment(annotator: str, mark: Mark) -> str:
    """The comment for a mention that no brackets tell; spans are code points of the text that the words and spaces make."""
    return f"# {MENTION} = {json.dumps({'annotator': annotator, **mark._asdict()}, ensure_ascii=False)}"


def key_of(annotator: str, first: str) -> str:
    """The key in MISC for an annotator, where ``first`` is the one whose brackets stand in ``Entity``."""
    return "Entity" if annotator == first else f"Entity[{annotator}]"


def fresh_lines(name: str, told: Told) -> list[str]:
    """The lines of a document whose words are not known from elsewhere, without line ends."""
    borders = sorted({border for marks in told.layers.values() for mark in marks for span in mark.spans for border in span})
    by_sentence = [word_spans(told.source, start, end, borders) for start, end, _ in told.sentences]
    words = [span for own in by_sentence for span in own]
    places, first = Words(words), next(iter(told.layers), UNNAMED)
    miscs: list[dict[str, str]] = [{} for _ in words]
    comments = [f"# newdoc id = {name}", *([f"# {GLOBAL} = {'-'.join(FIELDS)}"] if told.layers else [])]
    comments += comments_of(told.metadata, first)
    for annotator, marks in told.layers.items():
        layer = bracketing([(mark, _fresh(mark, places)) for mark in marks])
        comments += [mention_comment(annotator, mark) for mark in layer.untold]
        for node, value in layer.values.items():
            miscs[node][key_of(annotator, first)] = value
    _space(told, by_sentence, miscs)
    lines = list(_sentences(name, told, by_sentence, iter(miscs)))
    return [*comments, *lines] if lines else [*comments, ""]


def _fresh(mark: Mark, words: Words) -> Marked:
    return bracket(value_of(mark.entity_id), fields_of(mark, FIELDS, {}), FIELDS, words.ranges(mark.spans))


def _space(told: Told, by_sentence: Sequence[Sequence[Span]], miscs: Sequence[dict[str, str]]) -> None:
    """Say in MISC what stands between the words."""
    words = [span for own in by_sentence for span in own]
    begins = {own[0][0] for own, (_, _, begins) in zip(by_sentence, told.sentences, strict=True) if begins}
    for misc, (before, after) in zip(miscs, pairwise(words), strict=False):
        misc |= space_items(told.source[before[1] : after[0]], PARAGRAPH if after[0] in begins else " ")
    if words:
        miscs[-1].update(space_items(told.source[words[-1][1] :], LAST))
        if words[0][0]:
            miscs[0]["SpacesBefore"] = escaped(told.source[: words[0][0]])


def _sentences(name: str, told: Told, by_sentence: Sequence[Sequence[Span]], miscs: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    for number, (own, (start, end, begins)) in enumerate(zip(by_sentence, told.sentences, strict=True), 1):
        if begins:
            yield "# newpar"
        yield f"# sent_id = {name}-{number}"
        yield f"# text = {' '.join(told.source[start:end].split())}"
        for index, (a, b) in enumerate(own, 1):
            misc = "|".join(f"{key}={value}" for key, value in sorted(next(miscs).items())) or EMPTY
            yield "\t".join([str(index), told.source[a:b], *[EMPTY] * 7, misc])
        yield ""
