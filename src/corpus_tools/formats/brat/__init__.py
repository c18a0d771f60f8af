"""brat stand-off: NAME.txt and NAME.ann, or NAME_ANNOTATOR.ann for several annotators of one text; NAME.a1 and NAME.a2 as BioNLP has them.

Events with the roles Source, Cue and Content become claims (`events`), T lines that are no part of one become mentions, with an entity each
unless Equiv lines or relations of coreference join them. Everything else stays in the table foreign, and so does a line whose form a
record does not tell: fragments in another order than the text's, roles that are not as their labels. An export writes all of it again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec

from corpus_tools.findings import Finding, printable
from corpus_tools.formats import TEXT_LOSES, Imported, Layer, layers_of, text_losses
from corpus_tools.formats.brat.events import event_label
from corpus_tools.formats.brat.folder import ANNOTATED, CONF, UNNAMED, Annotations, Assigned, configuration, event_types, file_name
from corpus_tools.formats.brat.labels import NAME, relation_label
from corpus_tools.formats.brat.lines import parse, written
from corpus_tools.formats.brat.reading import Annotated, read_annotations
from corpus_tools.formats.brat.writing import annotation_lines
from corpus_tools.inputs import find_files, read_file
from corpus_tools.ondisk import OnDisk
from corpus_tools.placing import ToSource, ToText
from corpus_tools.readers import Block
from corpus_tools.rules import Bundle
from corpus_tools.text import NotUtf8, Unit

__all__ = ["LOSES", "NAME", "OFFSET_UNIT", "SUFFIXES", "read", "write"]

SUFFIXES = (".txt", *ANNOTATED)
OFFSET_UNIT: Unit = "code_point"
LOSES = TEXT_LOSES | {
    "entities.entity_id": "brat knows entities by their mentions",
    "mentions.mention_id": "brat's ids are T1, T2, ...",
    "claims.claim_id": "brat's ids are E1, E2, ...",
}


def read(path: Path) -> Iterator[Imported | Finding]:
    """Read the texts at or below a path, each with all annotations of it; of a file, the text that it is or that its annotations are of."""
    top = path if path.is_dir() else path.parent
    found, findings = find_files(top, (*SUFFIXES, ".conf"))
    yield from findings
    assigned = Assigned(found.of(".txt"), found.of(*ANNOTATED))
    types = _event_types(found.of(".conf"), top)
    for text in found.of(".txt"):
        own = list(assigned.of(text))
        if path in (top, text) or any(path in layer.files for layer in own):
            yield _document(text, own, top, types)
    for orphan in assigned.orphans():
        if path == top or path in orphan.files:
            yield _orphan(orphan, top)


def _event_types(files: Iterable[Path], top: Path) -> set[str]:
    confs = [read_file(file, top) for file in files if file.name == CONF]
    return set().union(*(event_types(conf.decode("utf-8", "replace")) for conf in confs if isinstance(conf, bytes)))


def _document(file: Path, layers: Sequence[Annotations], top: Path, types: set[str]) -> Imported:
    name, path = file.stem, printable(str(file))
    source = read_file(file, top)
    try:
        target = source if isinstance(source, Finding) else ToText(source, OFFSET_UNIT)
    except NotUtf8 as error:
        line = source[: error.offset].count(b"\n") + 1 if isinstance(source, bytes) else 1
        target = Finding(rule="source-utf8", path=path, line=line, found=str(error), expected="UTF-8")
    if isinstance(target, Finding):
        counts = Counter(kind for own in layers for kind in _refused(own, top))
        return Imported(name, path, None, counts=counts, findings=[target])
    read = {own.annotator: _read(own, target, top, types) for own in layers}
    records = {annotator: layer.records for annotator, layer in read.items() if layer.records}
    counts, notes = Counter[tuple[str, str]](), target.notes
    for layer in read.values():
        counts.update(layer.counts)
        notes.update(layer.notes)
    findings = [finding for layer in read.values() for finding in layer.findings]
    return Imported(name, path, source if isinstance(source, bytes) else None, records, counts, notes, findings)


def _read(own: Annotations, target: ToText, top: Path, types: set[str]) -> Annotated:
    parts = [_decoded(file, top) for file in own.files]
    if unread := [part for part in parts if isinstance(part, Finding)]:
        return Annotated([], Counter(_refused(own, top)), Counter(), unread)
    text = "\n".join(part for part in parts if isinstance(part, str))
    layer = read_annotations(text, "", target, types)
    starts = [0, *accumulate(str(part).count("\n") + 1 for part in parts)]
    findings = [_placed(finding, own.files, starts) for finding in layer.findings]
    untouched = own.annotator == UNNAMED and not text.strip()
    return layer._replace(records=[] if untouched else layer.records, findings=findings)


def _placed(finding: Finding, files: Sequence[Path], starts: Sequence[int]) -> Finding:
    """A finding of files read as one, at its place in its own file; ``starts`` are the lines before each."""
    number = bisect_left(starts, finding.line) - 1
    return msgspec.structs.replace(finding, path=printable(str(files[number])), line=finding.line - starts[number])


def _decoded(file: Path, top: Path) -> str | Finding:
    data, path = read_file(file, top), printable(str(file))
    if isinstance(data, Finding):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02x} at offset {error.start}"
        line = data[: error.start].count(b"\n") + 1
        return Finding(rule="import-line", path=path, line=line, found=found, expected="UTF-8")


def _refused(own: Annotations, top: Path) -> Iterator[tuple[str, str]]:
    """The lines of files that cannot be used."""
    for file in own.files:
        data = read_file(file, top)
        for line in parse(data.decode("utf-8-sig", "replace")) if isinstance(data, bytes) else ():
            yield line.kind, "refused with its file"


def _orphan(own: Annotations, top: Path) -> Imported:
    file = own.files[0]
    expected = f"{file.stem}.txt, or NAME.txt for NAME_ANNOTATOR.ann"
    finding = Finding(rule="import-file", path=printable(str(file)), line=1, found="annotations of no text", expected=expected)
    return Imported(file.stem, printable(str(file)), None, counts=Counter(_refused(own, top)), findings=[finding])


def write(documents: Iterable[Bundle], config: Mapping[str, Any], folder: Path) -> Counter[str]:
    """Write NAME.txt and an .ann file for each annotator, and annotation.conf with the tags of the corpus."""
    labels = {event_label(type) for type in (None, *config["claim_types"])}
    written_files = OnDisk()
    entities: set[str] = set()
    events = set(labels)
    lost = Counter({"foreign": 0})
    for bundle in documents:
        doc_id = bundle.document.doc_id
        name = doc_id.encode()
        lost.update(text_losses(bundle))
        source = ToSource(bundle.document, OFFSET_UNIT)
        (folder / f"{doc_id}.txt").write_bytes(source.source)
        blocks = [Block(paragraph.kind, paragraph.start, paragraph.end) for paragraph in bundle.paragraphs]
        for annotator, layer in (layers_of(bundle) or {UNNAMED: Layer([], [], [], [])}).items():
            lines, missing = annotation_lines(layer, bundle.document.text or "", blocks, source, labels)
            lost["foreign"] += missing
            # The last name of a file depends on those of all documents.
            hidden = f".{len(written_files)}"
            (folder / hidden).write_text("".join(map(written, lines)), "utf-8", newline="\n")
            written_files.add(name, f"{hidden} {annotator}".encode())
            triggers = {line.arguments[0][1] for line in lines if line.kind == "E"}
            entities |= {line.label for line in lines if line.kind == "T" and line.id not in triggers}
            events |= {line.label for line in lines if line.kind == "E"}
    find = lambda stem: stem if stem.encode() in written_files else None  # noqa: E731
    for name, values in written_files:
        for hidden, _, annotator in (value.decode().partition(" ") for value in values):
            (folder / hidden).rename(folder / f"{file_name(name.decode(), annotator, find)}.ann")
    conf = configuration(entities, events, map(relation_label, config["relation_types"]))
    (folder / CONF).write_text(conf, "utf-8", newline="\n")
    return lost
