"""One document: source, metadata and annotations -> its records in all tables. Pure: no file is read or written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from corpus_tools import sentences
from corpus_tools.derive import seed_fields
from corpus_tools.findings import Finding
from corpus_tools.quotes import Miss, locate
from corpus_tools.readers import Block, Reading, readers
from corpus_tools.records import Document, Paragraph
from corpus_tools.resolve import Resolution, default_value, derive, resolve
from corpus_tools.rules import Bundle, check_bundle, place_of
from corpus_tools.seeds import Config, Seed
from corpus_tools.text import NotUtf8, apply_edits, compose, replace
from corpus_tools.yamlfile import YamlFile


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
    findings: list[Finding] = []
    reading = _correct(seed, reading, findings)
    document = _document(seed, reading)
    paragraphs = _paragraphs(seed, reading, findings)
    resolutions = [resolve(seed.doc_id, reading.text, paragraphs, file) for file in seed.annotations]
    layers = [derive(resolution) for resolution in resolutions]
    bundle = Bundle(document, paragraphs, *(_joined(layers, table) for table in ("entities", "mentions", "claims")))
    findings += [finding for resolution in resolutions for finding in resolution.findings]
    findings += _placed(check_bundle(bundle, config), seed, resolutions)
    return Compiled(bundle, findings)


def _joined(layers: list[dict[str, list[Any]]], table: str) -> list[Any]:
    return sorted((record for layer in layers for record in layer[table]), key=place_of)


def _placed(findings: Iterable[Finding], seed: Seed, resolutions: list[Resolution]) -> Iterator[Finding]:
    """Give findings the place in the seeds that their record comes from; drop those that only follow from a quote not found."""
    files = {file.value["annotator"]: (file, resolution) for file, resolution in zip(seed.annotations, resolutions, strict=True)}
    for finding in findings:
        annotator, _, record = finding.record.rpartition("/")
        if annotator not in files:
            yield msgspec.structs.replace(finding, path=seed.metadata.path, line=1)
            continue
        file, resolution = files[annotator]
        if not _follows(finding, record, resolution):
            line, column = file.places[resolution.origins[record]]
            yield msgspec.structs.replace(finding, path=file.path, line=line, column=column)


def _follows(finding: Finding, record: str, resolution: Resolution) -> bool:
    """Whether a finding is there only because a record with a broken quote was left out."""
    if finding.rule == "entity-mentioned":
        return any(m["entity_id"] == record for m in resolution.records["mentions"] if m["mention_id"] in resolution.broken)
    return finding.rule == "reference-resolves" and any(f'"{name}"' in finding.found for name in resolution.broken)


def _correct(seed: Seed, reading: Reading, findings: list[Finding]) -> Reading:
    """Apply the corrections of the metadata to what the reader gave; the blocks move along."""
    changes = []
    for index, correction in enumerate(seed.metadata.value.get("corrections", ())):
        span = locate(reading.text, correction, 0, len(reading.text))
        if isinstance(span, Miss):
            findings.append(_missed(seed.metadata, ("corrections", index), span))
        elif not any(block.start <= span[0] and span[1] <= block.end for block in reading.blocks):
            found = "a quote that runs over the border of a paragraph"
            findings.append(seed.metadata.finding(("corrections", index), "correction-place", found, "one inside a paragraph"))
        else:
            changes.append((*span, correction["replacement"], correction["reason"], index))
    changes.sort()
    for before, after in pairwise(changes):
        if after[0] < before[1]:
            found = f"a correction of the words that corrections.{before[4]} changes"
            findings.append(seed.metadata.finding(("corrections", after[4]), "correction-place", found, "one correction"))
            return reading
    edits = replace(reading.text, [change[:4] for change in changes])
    edits = compose(seed.source, reading.edits, edits)
    blocks = [_moved(block, changes) for block in reading.blocks]
    return Reading(apply_edits(seed.source, edits), blocks, edits)


def _moved(block: Block, changes: list[tuple[int, int, str, str, int]]) -> Block:
    before = sum(len(new) - (end - start) for start, end, new, *_ in changes if start < block.start)
    inside = sum(len(new) - (end - start) for start, end, new, *_ in changes if block.start <= start < block.end)
    return Block(block.kind, block.start + before, block.end + before + inside)


def _missed(file: YamlFile, path: tuple[str | int, ...], miss: Miss) -> Finding:
    return file.finding(path, miss.rule, miss.found, miss.expected, miss.nearest)


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
            findings.append(metadata.finding((key, name), "paragraph-unknown", name, f"p1 to p{len(ids)}"))
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
    starts, behind = [], 0
    for index, quote in enumerate(metadata.value["sentence_starts"][name]):
        span = locate(inner, quote, behind, len(inner))
        if isinstance(span, Miss):
            findings.append(_missed(metadata, ("sentence_starts", name, index), span))
        else:
            starts.append(span[0])
            behind = span[1]
    return sentences.cut(inner, starts)
