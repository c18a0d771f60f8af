"""Lines as records of the table foreign, and back; each sentence, row and mention is a record.

A row keeps the columns that are not _, its FORM only where that is not what stands in the text. A mention keeps the fields of its
bracket; ``mention_id`` is that of its record, where it has one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from corpus_tools.formats.conllu.lines import COLUMNS, EMPTY, LINKS, Parsed, Row, Sentence, is_newdoc, misc_of, parse, written
from corpus_tools.formats.conllu.metadata import NAME
from corpus_tools.formats.conllu.reading import Found, Reading
from corpus_tools.formats.conllu.writing import GLOBAL
from corpus_tools.inputs import MAX_FILE_BYTES
from corpus_tools.placing import Span
from corpus_tools.records import Foreign, Fragment

_ID = re.compile(r"conllu\.([0-9]{1,12})(?:\.([0-9]{1,12}))?")
DOCUMENT = f"{NAME}.document"


def records_of(parsed: Parsed, reading: Reading) -> Iterator[dict[str, Any]]:
    """The records of a document for the annotator whose brackets stand in ``Entity``."""
    file = {"bom": parsed.bom, "crlf": parsed.crlf, "leading": parsed.leading}
    said = [comment for sentence in parsed.sentences for comment in sentence.comments if f"{GLOBAL} " in comment]
    inherited = {} if said or not reading.fields else {GLOBAL: "-".join(reading.fields)}
    yield _record(DOCUMENT, "document", [], {key: value for key, value in file.items() if value} | inherited)
    places = {(node.sentence, node.row): node.span for node in reading.laid.nodes} | reading.laid.multiword
    fragments = _fragments(reading, [span for span in places.values() if span])
    for number, sentence in enumerate(parsed.sentences):
        own = [fragments.get(places[number, index]) for index in range(len(sentence.rows))]
        whole = [fragment for fragment in own if fragment]
        attributes: dict[str, Any] = {"comments": sentence.comments} if sentence.comments else {}
        attributes |= {"blank": sentence.blank} if sentence.blank != 1 else {}
        span = [Fragment(whole[0].start, whole[-1].end, reading.target.text[whole[0].start : whole[-1].end])] if whole else []
        yield _record(f"{NAME}.{number + 1}", "sentence", span, attributes)
        for index, (row, fragment) in enumerate(zip(sentence.rows, own, strict=True), 1):
            form = fragment.text if fragment else EMPTY
            pairs = zip(COLUMNS, row.columns, strict=True)
            columns = {key: value for key, value in pairs if value != (form if key == "form" else EMPTY)}
            yield _record(f"{NAME}.{number + 1}.{index}", row.kind, [fragment] if fragment else [], columns)


def _fragments(reading: Reading, spans: Sequence[Span]) -> dict[Span | None, Fragment]:
    """The fragment of our text for each span of the source that has one."""
    placed = zip(spans, reading.target.spans(spans), strict=True)
    return {span: Fragment(a, b, reading.target.text[a:b]) for span, (a, b) in placed if a < b}


def mention_records(parsed: Parsed, reading: Reading, annotator: str) -> Iterator[dict[str, Any]]:
    """The fields of the brackets of an annotator, with what the word says of bridging and split antecedents."""
    for mention in reading.found.get(annotator, ()):
        if not mention.ranges:
            continue
        names = [[_name(reading, node) for node in stretch] for stretch in mention.ranges]
        attributes: dict[str, Any] = {"eid": mention.eid, **mention.values, **_links(parsed, reading, mention), "words": names}
        attributes = ({"mention_id": mention.mention_id} if mention.outcome == "mention" else {}) | attributes
        yield _record(f"{NAME}.{mention.mention_id}", "mention", list(mention.fragments), attributes)


def _links(parsed: Parsed, reading: Reading, mention: Found) -> dict[str, list[str]]:
    """What MISC of the first word says of the entity: ``Bridge=other<this:relation``, ``SplitAnte=one<this,other<this``."""
    node = reading.laid.nodes[mention.ranges[0][0]]
    misc = misc_of(parsed.sentences[node.sentence].rows[node.row].columns[9])
    links = {key: [link for link in misc.get(key, "").split(",") if _target(link) == mention.eid] for key in LINKS}
    return {key: own for key, own in links.items() if own}


def _target(link: str) -> str:
    return link.partition("<")[2].partition(":")[0]


def _name(reading: Reading, index: int) -> str:
    node = reading.laid.nodes[index]
    return f"{node.sentence + 1}.{node.row + 1}"


def _record(name: str, label: str, fragments: Sequence[Fragment], attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "table": "foreign",
        "id": name,
        "format": NAME,
        "label": label,
        "fragments": fragments,
        "attributes": json.dumps(attributes, ensure_ascii=False, separators=(",", ":")),
    }


# ------------------------------------------------------------------------------------------------------------- back


def kept_lines(records: Sequence[Foreign]) -> Parsed | None:
    """The lines that records hold; None where they are none that could have come from a file."""
    try:
        file: Mapping[str, Any] = next(json.loads(r.attributes or "") for r in records if r.id == DOCUMENT)
        sentences = list(_sentences(records))
        if GLOBAL in file and sentences:
            sentences[0] = _with_global(sentences[0], file[GLOBAL])
        lines = [""] * _count(file.get("leading", 0)) + list(written(sentences))
        read = list(parse("".join(f"{line}\n" for line in lines).encode()))
    except (ValueError, TypeError, KeyError, AttributeError, StopIteration, RecursionError):
        return None
    if len(read) != 1 or read[0].problems or list(written(read[0].sentences)) != list(written(sentences)):
        return None
    return read[0]._replace(crlf=bool(file.get("crlf")), bom=bool(file.get("bom")))


def _count(number: Any) -> int:
    """A number of blank lines, as far as a file may have so many.

    Raises:
        ValueError: it has not.
    """
    if not isinstance(number, int) or not 0 <= number <= MAX_FILE_BYTES // 256:
        raise ValueError(number)
    return number


def _sentences(records: Sequence[Foreign]) -> Iterator[Sentence]:
    placed = [(match, record) for record in records if (match := _ID.fullmatch(record.id))]
    rows = sorted(((int(match[1]), int(match[2] or 0), record) for match, record in placed), key=lambda item: item[:2])
    for _, group in groupby(rows, key=lambda item: item[0]):
        (_, _, head), *others = group
        values = json.loads(head.attributes or "")
        comments = [str(comment) for comment in values.get("comments", ())]
        yield Sentence(0, comments, [_row(record) for _, _, record in others], _count(values.get("blank", 1)))


def _row(record: Foreign) -> Row:
    values = json.loads(record.attributes or "")
    form = record.fragments[0].text if record.fragments else EMPTY
    return Row(0, [str(values.get(column, form if column == "form" else EMPTY)) for column in COLUMNS])


def _with_global(sentence: Sentence, fields: str) -> Sentence:
    """A sentence with the fields that its document took from one before."""
    at = next((i + 1 for i, comment in enumerate(sentence.comments) if is_newdoc(comment)), 0)
    comments = list(sentence.comments)
    comments.insert(at, f"# {GLOBAL} = {fields}")
    return sentence._replace(comments=comments)
