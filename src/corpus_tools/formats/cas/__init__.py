"""UIMA CAS as XMI, in the layers of INCEpTION: named entities, coreference, and a layer of claims that is described in docs/formats.md.

Everything else, tokens and other layers, stays in the table foreign. Elements keep their numbers on the way through a corpus, so that those
that refer to each other still do. Offsets count UTF-16 units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus_tools.findings import Finding, printable
from corpus_tools.formats import TEXT_LOSES, Imported, Layer, layers_of, text_losses
from corpus_tools.formats.cas.files import SUFFIXES, TYPES, Place, documents, read_place, types_of
from corpus_tools.formats.cas.foreign import NAME
from corpus_tools.formats.cas.names import EMPTY_TEXT_ANNOTATOR
from corpus_tools.formats.cas.reading import Annotated, Contents, contents, read_elements
from corpus_tools.formats.cas.types import Range, need_cassis, read_types, type_system
from corpus_tools.formats.cas.writing import layer_elements
from corpus_tools.formats.cas.xmi import XMI, NotXml, fit, parse, without_controls, written
from corpus_tools.placing import ToSource, ToText
from corpus_tools.rules import Bundle
from corpus_tools.text import Unit

__all__ = ["LOSES", "NAME", "OFFSET_UNIT", "SUFFIXES", "read", "write"]

OFFSET_UNIT: Unit = "utf16_unit"
_HELD = ("documents.title", "documents.language", "paragraphs.role", "paragraphs.sentences")
LOSES = {key: why for key, why in TEXT_LOSES.items() if key not in _HELD} | {
    "documents.source": "of a document that was not plain text, the text is written; U+FFFD for each character that XML cannot hold",
}


def read(path: Path) -> Iterator[Imported | Finding]:
    """Read the CASes at or below a path: those of one document together."""
    need_cassis()
    findings: list[Finding] = []
    for own in documents(path, findings):
        yield from findings
        findings.clear()
        yield _document(own, path)
    yield from findings


def _document(own: list[Place], path: Path) -> Imported:
    """The document of the files of several annotators, which have the same text."""
    first = own[0]
    target: ToText | None = None
    layers: dict[str, list[dict[str, Any]]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    notes: Counter[str] = Counter()
    metadata: dict[str, Any] | None = None
    findings: list[Finding] = []
    for place in own:
        try:
            data, replaced = without_controls(_bytes(place, path))
            held = contents(parse(data, f"{XMI} XMI", deepest=3))
            if target is None:
                target = ToText(held.text.encode(), OFFSET_UNIT)
            elif target.source != held.text:
                raise NotXml(held.line, "a text that is not that of the other annotators", f"the text of {first.path}")
            read = _read(place, path, held, target, metadata)
        except NotXml as error:
            findings.append(_finding("import-line", place.path, error))
            counts["file", "refused (import-line)"] += 1
            continue
        except _Unread as error:
            findings.append(error.args[0])
            counts["file", f"refused ({error.args[0].rule})"] += 1
            continue
        name = place.annotator if place.annotator not in layers else f"{place.annotator}-{place.file.parent.parent.name}"
        layers.update({name: read.records} if read.records else {})
        metadata = read.metadata if metadata is None else metadata
        counts.update(read.counts)
        notes.update(read.notes)
        notes.update({"control characters of XML 1.1, for which U+FFFD stands": replaced} if replaced else {})
        findings += read.findings
    notes.update(target.notes if target else {})
    source = target.source.encode() if target else None
    return Imported(first.name, first.path, source, layers, counts, notes, findings, metadata or {})


class _Unread(Exception):
    """A file that is not read, with its finding."""


def _bytes(place: Place, path: Path) -> bytes:
    data = read_place(place, path)
    if isinstance(data, Finding):
        raise _Unread(data)
    return data


def _read(place: Place, path: Path, held: Contents, target: ToText, decided: Mapping[str, Any] | None) -> Annotated:
    types, where = types_of(place, path)
    if isinstance(types, Finding):
        raise _Unread(types)
    try:
        kinds = read_types(types)
    except NotXml as error:
        raise _Unread(_finding("import-file", where, error)) from None
    return read_elements(held, place.path, target, kinds, decided)


def _finding(rule: str, path: str, error: NotXml) -> Finding:
    return Finding(rule=rule, path=printable(path), line=max(1, error.line), found=error.found, expected=error.expected)


def write(documents: Iterable[Bundle], config: Mapping[str, Any], folder: Path) -> Counter[str]:
    """Write annotation/DOCUMENT.txt/ANNOTATOR.xmi, as the export of a project has it, and TypeSystem.xml."""
    need_cassis()
    lost = Counter({"foreign": 0})
    types: dict[str, tuple[str, dict[str, Range]]] = {}
    for bundle in documents:
        lost.update({key: number for key, number in text_losses(bundle).items() if key in LOSES})
        source = ToSource(bundle.document, OFFSET_UNIT)
        lost["documents.source"] += source.is_source and fit(source.source_text) != source.source_text
        own = folder / "annotation" / f"{bundle.document.doc_id}.txt"
        own.mkdir(parents=True)
        for annotator, layer in (layers_of(bundle) or {EMPTY_TEXT_ANNOTATOR: Layer([], [], [], [])}).items():
            new = layer_elements(layer, bundle, source)
            lost["foreign"] += new.lost
            for name, (supertype, held) in new.types.items():
                there = types.setdefault(name, (supertype, {}))[1]
                there |= {feature: there.get(feature, range) for feature, range in held.items()}
            text = written(new.elements, new.sofa, source.source_text, new.members)
            (own / f"{annotator}.xmi").write_text(text, "utf-8", newline="\n")
    (folder / TYPES).write_text(type_system(types), "utf-8", newline="\n")
    return lost
