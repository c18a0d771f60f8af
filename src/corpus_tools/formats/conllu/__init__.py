"""CoNLL-U: words with their columns, and mentions as brackets in ``Entity=`` as GUM and CorefUD write them.

The text is made of the words and what stands between them (`spacing`); it is the source of the document. Brackets become mentions and
entities (`brackets`, `reading`), ``# meta::`` comments the metadata. All lines are kept in the table foreign besides (`kept`), unless
they are just those that an export would write anyway (`writing`). An export writes kept lines as they were, as long as they say what
the records say (`again`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus_tools.findings import Finding, printable
from corpus_tools.formats import TEXT_LOSES, Imported, text_losses
from corpus_tools.formats.conllu.again import lines_again
from corpus_tools.formats.conllu.kept import mention_records, records_of
from corpus_tools.formats.conllu.lines import LINKS, Parsed, Problem, misc_of, parse, written
from corpus_tools.formats.conllu.metadata import NAME, is_known
from corpus_tools.formats.conllu.reading import Reading, fields_said, read_document
from corpus_tools.formats.conllu.told import told_by
from corpus_tools.formats.conllu.writing import fresh_lines
from corpus_tools.inputs import read_files
from corpus_tools.rules import Bundle
from corpus_tools.text import Unit

__all__ = ["LOSES", "NAME", "OFFSET_UNIT", "SUFFIXES", "read", "write"]

SUFFIXES = (".conllu",)
OFFSET_UNIT: Unit = "code_point"
LOSES = {key: TEXT_LOSES[key] for key in ("documents.source", "documents.edits", "paragraphs.kind", "paragraphs.role")} | {
    "documents.source": "of a document that was not plain text, the text is written; of one without words, nothing",
    "mentions.mention_id": "mentions have no ids",
    "claims": "there are only mentions",
}

_ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}"  # a name that can be the id of a document as it is


def read(path: Path) -> Iterator[Imported | Finding]:
    """Read the documents of the files at or below a path."""
    for item in read_files(path, SUFFIXES):
        if isinstance(item, Finding):
            yield item
            continue
        file, data = item
        documents = _documents(file, data)
        first = next(documents, None)
        yield first or Finding(rule="import-file", path=printable(str(file)), line=1, found="no line", expected="words or comments")
        yield from documents


def _documents(file: Path, data: bytes) -> Iterator[Imported]:
    fields: Sequence[str] = ()
    for parsed in parse(data):
        fields = fields_said([comment for sentence in parsed.sentences for comment in sentence.comments], fields)
        yield _document(parsed, parsed.name or file.stem, printable(str(file)), fields)


def _document(parsed: Parsed, name: str, path: str, fields: Sequence[str]) -> Imported:
    if parsed.problems:
        counts = Counter({(kind, "refused with its document"): number for kind, number in _elements(parsed).items()})
        counts["line", "refused"] += len({problem.number for problem in parsed.problems})
        return Imported(name, path, None, counts=counts, findings=_findings(parsed.problems, path))
    reading = read_document(parsed, name, fields)
    layers = dict(reading.records)
    is_fresh = _is_fresh(parsed, reading)
    if not is_fresh:
        layers.setdefault(reading.annotator, [])
        layers = {name: [*records, *mention_records(parsed, reading, name)] for name, records in layers.items()}
        layers[reading.annotator] += records_of(parsed, reading)
    notes = reading.notes + Counter({"lines that end otherwise than the first: made alike": parsed.mixed})
    counts = _counts(parsed, reading, is_fresh)
    findings = _findings(reading.problems, path)
    return Imported(name, path, reading.told.source.encode(), layers, counts, notes, findings, reading.metadata)


def _is_fresh(parsed: Parsed, reading: Reading) -> bool:
    """Whether the lines are just those that an export would write of the records."""
    plain = parsed.name is not None and re.fullmatch(_ID, parsed.name) and not (parsed.bom or parsed.crlf or parsed.leading)
    return bool(plain) and list(written(parsed.sentences)) == fresh_lines(str(parsed.name), reading.told)


def _findings(problems: Iterable[Problem], path: str) -> list[Finding]:
    return [Finding(rule=p.rule, path=path, line=p.number, found=p.found, expected=p.expected) for p in problems]


def _elements(parsed: Parsed) -> Counter[str]:
    """What there is in a document."""
    counts = Counter(row.kind for sentence in parsed.sentences for row in sentence.rows)
    for value in (row.columns[9] for sentence in parsed.sentences for row in sentence.rows if "<" in row.columns[9]):
        counts.update({key: own.count("<") for key, own in misc_of(value).items() if key in LINKS})
    counts["sentence"] = len(parsed.sentences)
    counts["comment"] = sum(len(sentence.comments) for sentence in parsed.sentences)
    return counts


def _counts(parsed: Parsed, reading: Reading, is_fresh: bool) -> Counter[tuple[str, str]]:
    """What became of everything in a document."""
    counts: Counter[tuple[str, str]] = Counter()
    for kind, number in _elements(parsed).items():
        counts[kind, "in the text" if is_fresh else "foreign"] += number
    sentences = len(reading.told.sentences)
    counts["sentence", "foreign (without words)"] = len(parsed.sentences) - sentences
    counts["sentence", "sentence"] = sentences
    del counts["sentence", "in the text" if is_fresh else "foreign"]
    counts["paragraph", "paragraph"] = len(reading.target.blocks)
    known = sum(is_known(comment) for sentence in parsed.sentences for comment in sentence.comments)
    counts["comment", "metadata"] = known
    counts["comment", "in the text" if is_fresh else "foreign"] -= known
    for mentions in reading.found.values():
        counts.update(("mention", mention.outcome) for mention in mentions)
    for problem in reading.problems:
        counts["mention", f"refused ({problem.rule})"] += 1
    return +counts


def write(documents: Iterable[Bundle], config: Mapping[str, Any], folder: Path) -> Counter[str]:
    """Write a file for each document."""
    lost = Counter({"foreign": 0})
    for bundle in documents:
        name = bundle.document.doc_id
        told = told_by(bundle, name)
        losses = text_losses(bundle)
        lost.update({key: losses[key] for key in LOSES if key in losses})
        lost["documents.source"] += not told.sentences and bool(told.source) and not losses["documents.source"]
        kept = lines_again(bundle)
        lost["foreign"] += len(bundle.foreign) if kept is None and bundle.foreign else 0
        lines, bom, newline = kept or (fresh_lines(name, told), "", "\n")
        text = bom + "".join(f"{line}{newline}" for line in lines)
        (folder / f"{name}.conllu").write_text(text, "utf-8", newline="")
    return lost
