"""Kept lines, written again as far as they say what the records say."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from corpus_tools.formats.conllu.brackets import Marked, bracket, names_entities, value_of
from corpus_tools.formats.conllu.kept import DOCUMENT, kept_lines
from corpus_tools.formats.conllu.lines import EMPTY, Parsed, Sentence, field_of, is_newdoc, written
from corpus_tools.formats.conllu.metadata import comments_of, is_known
from corpus_tools.formats.conllu.reading import TWIN, Found, Reading, is_entity_key, read_document
from corpus_tools.formats.conllu.told import Mark, Told, told_by
from corpus_tools.formats.conllu.writing import GLOBAL, MENTION, Words, bracketing, fields_of, key_of, mention_comment
from corpus_tools.placing import Span
from corpus_tools.rules import Bundle
from corpus_tools.text import BOM


def lines_again(bundle: Bundle) -> tuple[list[str], str, str] | None:
    """The lines of a document that came from this format, its byte order mark or nothing, and the line end.

    Lines are as they were where they say what the records say. Where mentions or metadata are others by now, brackets and comments
    are written anew. None where there are no lines, or text and sentences are others.
    """
    kept = kept_lines(bundle.foreign)
    if kept is None:
        return None
    name = kept.name or bundle.document.doc_id
    first = next(record.annotator for record in bundle.foreign if record.id == DOCUMENT)
    told, reading = told_by(bundle, name), _named(read_document(kept, name, ()), first)
    if (reading.told.source, list(reading.told.sentences)) != (told.source, list(told.sentences)):
        return None
    sentences: Sequence[Sentence] = kept.sentences
    if reading.told.metadata != told.metadata or reading.told.layers != told.layers:
        sentences = _rewritten(kept, reading, told, first)
    lines = [""] * kept.leading + list(written(sentences))
    return lines, BOM if kept.bom else "", "\r\n" if kept.crlf else "\n"


def _named(reading: Reading, first: str) -> Reading:
    """A reading whose annotator has the name that the records have."""
    names = {reading.annotator: first}
    layers = {names.get(name, name): marks for name, marks in reading.told.layers.items()}
    found = {names.get(name, name): mentions for name, mentions in reading.found.items()}
    return reading._replace(told=reading.told._replace(layers=layers), found=found)


def _rewritten(kept: Parsed, reading: Reading, told: Told, first: str) -> list[Sentence]:
    """The sentences with brackets and comments that say what the records say; all other columns and comments as they are."""
    fields = [*(() if names_entities(reading.used) else ("eid",)), *reading.used]
    fields += [field for field in ("level", "metonymic", "identity") if field not in fields]
    words = Words([node.span for node in reading.laid.nodes])
    values: dict[int, dict[str, str]] = {}
    comments: list[str] = []
    for annotator in sorted({*told.layers, *reading.found}):
        found = [mention for mention in reading.found.get(annotator, ()) if mention.ranges]
        own = {(mention.entity_id, mention.spans): mention for mention in found if mention.outcome == "mention"}
        names = {mention.entity_id: mention.eid for mention in found}
        before = {mark.entity_id: mark for mark in reading.told.layers.get(annotator, ())}
        pairs: list[tuple[Mark | None, Marked]] = [
            (mark, _marked(mark, own.get((mark.entity_id, mark.spans)), before.get(mark.entity_id), names, fields, words))
            for mark in told.layers.get(annotator, ())
        ]
        there = {(mark.entity_id, mark.spans) for mark in told.layers.get(annotator, ())}
        now = {mark.entity_id: mark for mark in told.layers.get(annotator, ())}
        foreign = [mention for mention in found if _is_foreign(mention, there)]
        pairs += [(None, _kept_mark(m, now.get(m.entity_id), before.get(m.entity_id), fields)) for m in foreign]
        layer = bracketing(pairs)
        comments += [mention_comment(annotator, mark) for mark in layer.untold]
        for node, value in layer.values.items():
            values.setdefault(node, {})[key_of(annotator, first)] = value
    known = told.metadata != reading.told.metadata or reading.annotator != first
    comments = [f"# {GLOBAL} = {'-'.join(fields)}", *(comments_of(told.metadata, first) if known else ()), *comments]
    return list(_replaced(_without(kept.sentences, known), reading, values, comments))


def _is_foreign(mention: Found, there: Container[tuple[str, tuple[Span, ...]]]) -> bool:
    """Whether a mention without a record is still to be written: one that is like another goes with that."""
    return mention.outcome != "mention" and (mention.outcome != TWIN or (mention.entity_id, mention.spans) in there)


def _without(sentences: Sequence[Sentence], known: bool) -> Iterator[Sentence]:
    """The sentences without the comments that are written anew; ``known`` says whether those on metadata are."""
    for sentence in sentences:
        names = [(comment, field_of(comment)) for comment in sentence.comments]
        others = [c for c, field in names if not (field and field[0] in (GLOBAL, MENTION)) and not (known and is_known(c))]
        yield sentence._replace(comments=others)


def _marked(
    mark: Mark, found: Found | None, before: Mark | None, names: Mapping[str, str], fields: Sequence[str], words: Words
) -> Marked:
    """A mention with what its bracket said before, but for what its records say otherwise now."""
    others = _unchanged(found.values, mark, before) if found else {}
    others = {field: value for field, value in others.items() if field not in ("level", "metonymic")}
    name = names.get(mark.entity_id, value_of(mark.entity_id))
    return bracket(name, fields_of(mark, fields, others), fields, found.ranges if found else words.ranges(mark.spans))


def _kept_mark(mention: Found, now: Mark | None, before: Mark | None, fields: Sequence[str]) -> Marked:
    """A mention without a record, with what its bracket said before; its entity is as other mentions have it now."""
    values = [mention.values.get(field, "") for field in fields]
    if now:
        entity = now._replace(level=None, metonymic=False)
        values = fields_of(entity, fields, _unchanged(mention.values, now, before))
    return bracket(mention.eid, values, fields, mention.ranges)


def _unchanged(values: Mapping[str, str], now: Mark, before: Mark | None) -> dict[str, str]:
    """The fields of a bracket without those of the entity that are others now."""
    changed = [*(("etype", "entity") if not before or before.type != now.type else ())]
    changed += ["identity"] if not before or before.name != now.name else []
    return {field: value for field, value in values.items() if field not in changed}


def _replaced(
    sentences: Iterable[Sentence], reading: Reading, values: Mapping[int, Mapping[str, str]], comments: Sequence[str]
) -> Iterator[Sentence]:
    """The sentences with these brackets for the nodes, and these comments."""
    by_place = {(node.sentence, node.row): values.get(index, {}) for index, node in enumerate(reading.laid.nodes)}
    for number, sentence in enumerate(sentences):
        others = list(sentence.comments)
        if number == 0:
            at = next((index + 1 for index, comment in enumerate(others) if is_newdoc(comment)), 0)
            others[at:at] = comments
        rows = [
            row._replace(columns=[*row.columns[:9], _misc(row.columns[9], by_place.get((number, index), {}))])
            for index, row in enumerate(sentence.rows)
        ]
        yield sentence._replace(comments=others, rows=rows)


def _misc(value: str, brackets: Mapping[str, str]) -> str:
    """The column MISC with these brackets, each where its key belongs in the order of letters."""
    items = [item for item in value.split("|") if not is_entity_key(item.partition("=")[0])] if value != EMPTY else []
    for key, own in brackets.items():
        at = next((index for index, item in enumerate(items) if item.casefold() > key.casefold()), len(items))
        items.insert(at, f"{key}={own}")
    return "|".join(items) or EMPTY
