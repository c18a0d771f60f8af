"""One document: source, metadata and annotations -> its records in all tables. Pure: no file is read or written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from corpus_tools import sentences
from corpus_tools.corrections import correct
from corpus_tools.findings import Finding, quoted
from corpus_tools.machine import MachineFile
from corpus_tools.offsets import resolve_file
from corpus_tools.quotes import Miss, locate_in_order
from corpus_tools.readers import Block, Reading, readers
from corpus_tools.records import Document, Paragraph
from corpus_tools.resolve import KEYS, Resolution, default_value, derive, paragraph_names
from corpus_tools.rules import Bundle, check_bundle, place_of
from corpus_tools.seeds import AnnotationFile, Config, Seed, annotator_of
from corpus_tools.seedschemas import seed_fields
from corpus_tools.text import NotUtf8
from corpus_tools.yamlfile import Path


class Compiled(NamedTuple):
    """The records of a document and what is wrong with it; with findings the records are not fit for a corpus."""

    bundle: Bundle | None
    findings: list[Finding]


def compile_document(seed: Seed, config: Config) -> Compiled:
    """Compile one document. All its problems are reported, those of every annotator."""
    try:
        reading = readers()[seed.media_type].read(seed.source)
    except NotUtf8 as error:
        path = seed.source_path
        return Compiled(None, [Finding(rule="source-utf8", path=path, document=seed.doc_id, found=str(error), expected="UTF-8")])
    reading, unmade, findings = correct(seed.source, reading, seed.metadata)
    document = _document(seed, reading)
    paragraphs = _paragraphs(seed, reading, findings)
    resolutions = [resolve_file(seed.doc_id, reading.text, paragraphs, file, unmade) for file in seed.annotations]
    layers = [derive(resolution) for resolution in resolutions]
    bundle = Bundle(document, paragraphs, *(_joined(layers, table) for table in KEYS))
    findings += [finding for resolution in resolutions for finding in resolution.findings]
    findings += _placed(check_bundle(bundle, config), seed, resolutions)
    return Compiled(bundle, findings)


def _joined(layers: list[dict[str, list[Any]]], table: str) -> list[Any]:
    return sorted((record for layer in layers for record in layer[table]), key=place_of)


# ------------------------------------------------------------------------------------------- places of findings

# Where the metadata says what a rule is about; a rule on a paragraph is about its role.
_FIELDS = {"date-real": ("published",), "language-tag": ("language",)}


def _placed(findings: Sequence[Finding], seed: Seed, resolutions: list[Resolution]) -> Iterator[Finding]:
    """Give findings the place in the seeds that their record comes from; drop those that only follow from another one."""
    files = {annotator_of(file): (file, resolution) for file, resolution in zip(seed.annotations, resolutions, strict=True)}
    meant = {(_split(finding)[0], finding.nearest) for finding in findings if finding.rule == "reference-resolves"}
    for finding in findings:
        annotator, record = _split(finding)
        if annotator not in files:
            yield _at(finding, seed.metadata, _FIELDS.get(finding.rule, ("roles", record)))
        elif finding.rule == "annotator-known":
            yield _at(finding, files[annotator][0], ("annotator",))
        else:
            file, resolution = files[annotator]
            misspelt = finding.rule == "entity-mentioned" and (annotator, quoted(record)) in meant
            if not misspelt and not _follows(finding, record, resolution):
                yield _at(finding, file, _field_named(finding.found, file, resolution.origins[record]))


def _split(finding: Finding) -> tuple[str, str]:
    annotator, _, record = finding.record.rpartition("/")
    return annotator, record


def _at(finding: Finding, file: AnnotationFile, path: Path) -> Finding:
    line, column = file.place(path)
    return msgspec.structs.replace(finding, path=file.path, line=line, column=column)


def _field_named(found: str, file: AnnotationFile, origin: Path) -> Path:
    """The field of a record whose value a finding quotes; the record when there is none, or it is a line."""
    if isinstance(file, MachineFile):
        return origin
    written = file.value
    for part in origin:
        written = written[part]
    table = str(origin[2]) if len(origin) > 2 else "entities"
    values = [name for name, (_, field) in seed_fields(table).items() if field["x-seed"]["as"] == "value" and name in written]
    texts = (pair for name in values for pair in _texts((*origin, name), written[name]))
    return next((path for path, text in texts if quoted(text) in found), origin)


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts((*path, key), inner)


def _follows(finding: Finding, record: str, resolution: Resolution) -> bool:
    """Whether a finding is there only because a record was left out."""
    left_out = resolution.left_out
    if finding.rule == "entity-mentioned":
        return any(mention["entity_id"] == record for mention in left_out["mentions"])
    names = [quoted(row[KEYS[table]]) for table, rows in left_out.items() for row in rows]
    return finding.rule == "reference-resolves" and any(name in finding.found for name in names)


# ------------------------------------------------------------------------------------- documents and paragraphs


def _document(seed: Seed, reading: Reading) -> Document:
    written = seed.metadata.value
    values = {column: written.get(name, default_value(field)) for name, (column, field) in seed_fields("documents").items()}
    derived = {
        "doc_id": seed.doc_id,
        "source": {
            "file": seed.source_file,
            "media_type": seed.media_type,
            "bytes": len(seed.source),
            "sha256": hashlib.sha256(seed.source).hexdigest(),
        },
        "text": reading.text,
        "text_status": "included",
        "text_sha256": hashlib.sha256(reading.text.encode()).hexdigest(),
        "edits": reading.edits,
    }
    return msgspec.convert(values | derived, Document)


def _paragraphs(seed: Seed, reading: Reading, findings: list[Finding]) -> list[Paragraph]:
    metadata = seed.metadata
    roles, starts = metadata.value.get("roles", {}), metadata.value.get("sentence_starts", {})
    ids = [f"p{number}" for number in range(1, len(reading.blocks) + 1)]
    for key, written in (("roles", roles), ("sentence_starts", starts)):
        for name in written.keys() - set(ids):
            findings.append(metadata.finding((key, name), "paragraph-unknown", name, paragraph_names(len(ids))))
    title = next((i for i, block in enumerate(reading.blocks) if block.kind == "heading"), None)
    records = []
    for index, (name, block) in enumerate(zip(ids, reading.blocks, strict=True)):
        spans = _sentences(seed, name, block, reading.text, findings)
        records.append(
            {
                "doc_id": seed.doc_id,
                "paragraph_id": name,
                "index": index,
                "kind": block.kind,
                "role": roles.get(name, "title" if index == title else "body"),
                "start": block.start,
                "end": block.end,
                "text": reading.text[block.start : block.end],
                "sentences": [{"start": block.start + start, "end": block.start + end} for start, end in spans],
            }
        )
    return msgspec.convert(records, list[Paragraph])


def _sentences(seed: Seed, name: str, block: Block, text: str, findings: list[Finding]) -> list[tuple[int, int]]:
    """The sentences of a block, relative to its start: by the splitter, or as the metadata has it."""
    metadata = seed.metadata
    inner = text[block.start : block.end]
    if name not in metadata.value.get("sentence_starts", {}):
        return sentences.split(inner, metadata.value["language"])
    starts = []
    for index, span in locate_in_order(inner, metadata.value["sentence_starts"][name], 0, len(inner)):
        if isinstance(span, Miss):
            findings.append(metadata.finding(("sentence_starts", name, index), *span))
        else:
            starts.append(span[0])
            if index == 0 and inner[: span[0]].strip():
                found, expected = f"{name} begins {quoted(inner[:40])}", "its first words as the first quote"
                findings.append(metadata.finding(("sentence_starts", name, 0), "paragraph-begins", found, expected))
    return sentences.cut(inner, starts)
