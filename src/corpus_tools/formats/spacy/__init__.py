"""spaCy's DocBin: .spacy files with any number of Docs.

doc.ents and labelled spans in the groups of doc.spans become mentions, with an entity each unless kb_id or a group coref_clusters_N joins
them. Tokens, their attributes, the groups, and spans that are no mention stay in the table foreign, and an export writes them again.

An export writes a Doc for each annotator of a document. spaCy's spans begin and end where tokens do: what does not is kept in
doc.user_data, where all records stand, and counted. An import takes the records from there, as long as the Doc shows just these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from corpus_tools.findings import Finding, printable
from corpus_tools.formats import TEXT_LOSES, Imported, text_losses
from corpus_tools.formats.spacy.docbin import BadDocBin, Packed, pack, require_spacy, unpack
from corpus_tools.formats.spacy.kept import NAME
from corpus_tools.formats.spacy.reading import Layer, layer_of
from corpus_tools.formats.spacy.writing import METADATA, OFFSET_UNIT, docs_of
from corpus_tools.inputs import read_files
from corpus_tools.placing import ToText
from corpus_tools.rules import Bundle
from corpus_tools.sentences import split

__all__ = ["LOSES", "NAME", "OFFSET_UNIT", "SUFFIXES", "read", "write"]

SUFFIXES = (".spacy",)
LOSES = {key: why for key, why in TEXT_LOSES.items() if key.partition(".")[2] not in METADATA}
MOST_TOKENS = 500_000  # in one file


def read(path: Path) -> Iterator[Imported | Finding]:
    """Read .spacy files at or below a path; Docs that an export wrote of one document are one document again."""
    require_spacy()
    for item in read_files(path, SUFFIXES):
        if isinstance(item, Finding):
            yield item
            continue
        file, data = item
        yield from _documents(file, unpack(data))


def _documents(file: Path, docs: Iterator[Packed]) -> Iterator[Imported | Finding]:
    open_documents: list[tuple[str, bytes, list[Layer]]] = []
    findings: list[Finding] = []
    for number, doc in enumerate(_sound(file, docs, findings), 1):
        source = doc.text.encode()
        layer = layer_of(doc, target := ToText(source, OFFSET_UNIT))
        layer.notes.update(target.notes)
        name = layer.doc_id or f"{file.stem}-{number}"
        if open_documents and open_documents[0][:2] == (name, source):
            layers = open_documents[0][2]
            if layer.annotator not in {own.annotator for own in layers}:
                layers.append(layer)
                continue
        yield from (_imported(file, *own) for own in open_documents)
        open_documents = [(name, source, [layer])]
    yield from (_imported(file, *own) for own in open_documents)
    yield from findings


def _sound(file: Path, docs: Iterator[Packed], findings: list[Finding]) -> Iterator[Packed]:
    """The Docs up to the first that cannot be read; that gives a finding."""
    try:
        yield from docs
    except BadDocBin as error:
        found, expected = str(error), "a DocBin of spaCy 3"
        findings.append(Finding(rule="import-file", path=printable(str(file)), line=1, found=found, expected=expected))


def _imported(file: Path, name: str, source: bytes, layers: list[Layer]) -> Imported:
    records = {layer.annotator: layer.records for layer in layers if layer.annotator is not None and layer.records}
    counts, notes = Counter({("Doc", "document"): len(layers)}), Counter[str]()
    for layer in layers:
        counts.update(layer.counts)
        notes.update(layer.notes)
    return Imported(name, printable(str(file)), source, records, counts, notes, (), layers[0].metadata)


def write(documents: Iterable[Bundle], config: Mapping[str, Any], folder: Path) -> Counter[str]:
    """Write SPLIT.spacy, and SPLIT-2.spacy and so on where there are many tokens."""
    require_spacy()
    lost: Counter[str] = Counter(dict.fromkeys(LOSES, 0))
    waiting: dict[str, list[Packed]] = {}
    names: dict[str, Iterator[int]] = {}
    for bundle in documents:
        lost.update({key: number for key, number in _losses(bundle).items() if key in LOSES})
        own = waiting.setdefault(bundle.document.split, [])
        own += docs_of(bundle, lost)
        if sum(len(doc.words) for doc in own) >= MOST_TOKENS:
            _write(folder, bundle.document.split, names, waiting.pop(bundle.document.split))
    for split_name, docs in waiting.items():
        _write(folder, split_name, names, docs)
    return lost


def _write(folder: Path, split_name: str, names: dict[str, Iterator[int]], docs: list[Packed]) -> None:
    number = next(names.setdefault(split_name, count(1)))
    (folder / f"{split_name}{f'-{number}' if number > 1 else ''}.spacy").write_bytes(pack(docs))


def _losses(bundle: Bundle) -> Counter[str]:
    """What is lost: as in plain text, but that sentences are found again in the language that the Doc names."""
    lost, language = text_losses(bundle), bundle.document.language
    lost["paragraphs.sentences"] = sum(
        [(s.start - p.start, s.end - p.start) for s in p.sentences] != split(p.text or "", language) for p in bundle.paragraphs
    )
    return lost
