"""Kept lines, written again as far as they say what the records say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from corpus_tools.formats.conllu.brackets import USUAL_FIELDS, Marked, bracket, value_of
from corpus_tools.formats.conllu.kept import kept_lines
from corpus_tools.formats.conllu.lines import EMPTY, Parsed, Sentence, field_of, is_newdoc, written
from corpus_tools.formats.conllu.metadata import comments_of, is_known
from corpus_tools.formats.conllu.reading import Found, Reading, is_entity_key, read_document
from corpus_tools.formats.conllu.told import Mark, Told, told_by
from corpus_tools.formats.conllu.writing import GLOBAL, MENTION, Words, bracketing, fields_of, key_of, mention_comment
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
    told, reading = told_by(bundle, name), read_document(kept, name, ())
    if (reading.told.source, list(reading.told.sentences)) != (told.source, list(told.sentences)):
        return None
    sentences: Sequence[Sentence] = kept.sentences
    if reading.told.metadata != told.metadata or reading.told.layers != told.layers:
        sentences = _rewritten(kept, reading, told, next(r.annotator for r in bundle.foreign))
    lines = [""] * kept.leading + list(written(sentences))
    return lines, BOM if kept.bom else "", "\r\n" if kept.crlf else "\n"


def _rewritten(kept: Parsed, reading: Reading, told: Told, first: str) -> list[Sentence]:
    """The sentences with brackets and comments that say what the records say; all other columns and comments as they are."""
    fields = [*(reading.fields or USUAL_FIELDS)]
    fields += [field for field in ("level", "metonymic", "identity") if field not in fields]
    words = Words([node.span for node in reading.laid.nodes])
    values: dict[int, dict[str, str]] = {}
    comments: list[str] = []
    for annotator in sorted({*told.layers, *reading.found}):
        own = {(mention.entity_id, mention.spans): mention for mention in reading.found.get(annotator, ()) if mention.ranges}
        names = {mention.entity_id: mention.eid for mention in own.values()}
        before = {mark.entity_id: mark for mark in reading.told.layers.get(annotator, ())}
        pairs: list[tuple[Mark | None, Marked]] = [
            (mark, _marked(mark, own.get((mark.entity_id, mark.spans)), before.get(mark.entity_id), names, fields, words))
            for mark in told.layers.get(annotator, ())
        ]
        foreign = [mention for mention in reading.found.get(annotator, ()) if mention.outcome != "mention" and mention.ranges]
        pairs += [(None, bracket(m.eid, [m.values.get(field, "") for field in fields], fields, m.ranges)) for m in foreign]
        layer = bracketing(pairs)
        comments += [mention_comment(annotator, mark) for mark in layer.untold]
        for node, value in layer.values.items():
            values.setdefault(node, {})[key_of(annotator, first)] = value
    comments = [f"# {GLOBAL} = {'-'.join(fields)}", *comments_of(told.metadata, first), *comments]
    return list(_replaced(kept.sentences, reading, values, comments))


def _marked(
    mark: Mark, found: Found | None, before: Mark | None, names: Mapping[str, str], fields: Sequence[str], words: Words
) -> Marked:
    """A mention with what its bracket said before, but for what its records say otherwise now."""
    others = dict(found.values) if found else {}
    changed = [*(("etype", "entity") if not before or before.type != mark.type else ())]
    changed += ["identity"] if not before or before.name != mark.name else []
    others = {field: value for field, value in others.items() if field not in (*changed, "level", "metonymic")}
    name = names.get(mark.entity_id, value_of(mark.entity_id))
    return bracket(name, fields_of(mark, fields, others), fields, words.ranges(mark.spans))


def _replaced(
    sentences: Sequence[Sentence], reading: Reading, values: Mapping[int, Mapping[str, str]], comments: Sequence[str]
) -> Iterator[Sentence]:
    """The sentences with these brackets for the nodes, and these comments."""
    by_place = {(node.sentence, node.row): values.get(index, {}) for index, node in enumerate(reading.laid.nodes)}
    for number, sentence in enumerate(sentences):
        others = [comment for comment in sentence.comments if not _is_written(comment)]
        if number == 0:
            at = next((index + 1 for index, comment in enumerate(others) if is_newdoc(comment)), 0)
            others[at:at] = comments
        rows = [
            row._replace(columns=[*row.columns[:9], _misc(row.columns[9], by_place.get((number, index), {}))])
            for index, row in enumerate(sentence.rows)
        ]
        yield sentence._replace(comments=others, rows=rows)


def _is_written(comment: str) -> bool:
    """Whether a comment is written anew."""
    field = field_of(comment)
    return is_known(comment) or (field is not None and field[0] in (GLOBAL, MENTION))


def _misc(value: str, brackets: Mapping[str, str]) -> str:
    """The column MISC with these brackets, each where its key belongs in the order of letters."""
    items = [item for item in value.split("|") if not is_entity_key(item.partition("=")[0])] if value != EMPTY else []
    for key, own in brackets.items():
        at = next((index for index, item in enumerate(items) if item.casefold() > key.casefold()), len(items))
        items.insert(at, f"{key}={own}")
    return "|".join(items) or EMPTY
