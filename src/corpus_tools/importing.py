"""Import: somebody else's corpus -> a folder of seeds. What is written compiles: every document was compiled to prove it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any

import msgspec
import yaml

from corpus_tools.compiler import compile_document
from corpus_tools.findings import CorpusError, Finding, UsageError, printable
from corpus_tools.formats import UNKNOWN_LANGUAGE, Format, Imported, format_named
from corpus_tools.machine import machine_lines, read_machine
from corpus_tools.ondisk import OnDisk
from corpus_tools.readers import plain
from corpus_tools.remote import at_address, brought_here, named_by_address, new_there
from corpus_tools.schemas import validator
from corpus_tools.seeds import CONFIG, Config, Seed
from corpus_tools.swap import put_in_place, staging_for
from corpus_tools.yamlfile import read_yaml

LONGEST_ID = 100  # leaves room for the annotator and the suffix in a file name


class ImportReport(msgspec.Struct):
    """What an import did.

    ``counts`` says of every kind of thing in the input how many there were of each outcome. ``names`` has the documents whose id is not
    the name they had, ``same_text`` those with byte-identical texts, ``notes`` what was changed on the way, ``findings`` what was refused.
    """

    format: str
    documents: int = 0
    records: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {}
    notes: dict[str, int] = {}
    names: dict[str, str] = {}
    same_text: list[list[str]] = []
    findings: list[Finding] = []


def import_(format: str, path: Path | str, seeds: Path | str, keep_going: bool = False) -> ImportReport:
    """Import somebody else's corpus into a new or empty folder of seeds.

    Sources are kept byte for byte; annotations are written in the machine form, and what no column can hold to the table foreign.

    Args:
        format: the name of the format.
        path: a file or folder of it, or an address of a folder that `fsspec` knows.
        seeds: the folder of seeds that is made, or such an address.
        keep_going: import what is sound although something is not; the findings are in the report.

    Raises:
        CorpusError: something in the input is not sound (with ``keep_going``: all of it); nothing was written.
        UsageError: no such format, nothing at the path, or the folder of seeds is not empty.
    """
    with new_there(seeds) as folder:
        here = brought_here(path)
        with named_by_address(path, here):
            report = _imported(format_named(format), here, folder, keep_going)
        report.findings = at_address(report.findings, path, here)
        return report


def _imported(format: Format, path: Path, seeds: Path, keep_going: bool) -> ImportReport:
    if not path.exists():
        raise UsageError(f"{path}: not found")
    if seeds.exists() and (not seeds.is_dir() or any(seeds.iterdir())):
        raise UsageError(f"{seeds}: not an empty folder; an import makes a new one")
    try:
        with staging_for(seeds) as staging:
            report = _import(format, path, staging, keep_going)
            put_in_place(staging, seeds, ())
    except OSError as error:
        raise UsageError(f"{error.filename or seeds}: {error.strerror or error}; nothing was imported") from error
    return report


def _import(format: Format, path: Path, staging: Path, keep_going: bool) -> ImportReport:
    report = _Import(format, staging).run(path)
    if not report.documents and not report.findings:
        expected = f"files of {format.name}: {', '.join(format.suffixes)}"
        report.findings.append(Finding(rule="import-file", path=printable(str(path)), found="no document", expected=expected))
    if report.findings and not (keep_going and report.documents):
        raise CorpusError(report.findings)
    return report


class _Import:
    """Writes the documents of a format to a folder, and keeps count."""

    def __init__(self, format: Format, folder: Path) -> None:
        self.format, self.folder = format, folder
        self.report = ImportReport(format.name)
        self.counts: Counter[tuple[str, str]] = Counter()
        self.notes: Counter[str] = Counter()
        self.records: Counter[str] = Counter()
        self.doc_ids, self.annotator_ids = _Ids("document", "[^A-Za-z0-9._-]+"), _Ids("annotator", "[^A-Za-z0-9_-]+")
        self.annotators: dict[str, str] = {}
        self.tags: dict[str, set[str]] = {"entity_types": set(), "claim_types": set(), "relation_types": set()}
        self.by_text = OnDisk()

    def run(self, path: Path) -> ImportReport:
        for item in self.format.read(path):
            if isinstance(item, Finding):
                self.report.findings.append(item)
            else:
                self._take(item)
        (self.folder / CONFIG).write_text(_yaml(self._config(path)), "utf-8", newline="\n")
        report, kinds = self.report, sorted({kind for kind, _ in self.counts})
        report.counts = {kind: {o: n for (k, o), n in sorted(self.counts.items()) if k == kind} for kind in kinds}
        report.notes, report.records = dict(sorted(self.notes.items())), dict(self.records)
        report.same_text = sorted([doc_id.decode() for doc_id in ids] for _, ids in self.by_text if len(ids) > 1)
        return report

    def _take(self, item: Imported) -> None:
        self.report.findings += item.findings
        if item.source is None:
            self.counts.update(item.counts)
            return None
        doc_id = self.doc_ids.new(item.name)
        metadata = _metadata(item, self.format.name)
        try:
            layers = {self._annotator(name): machine_lines(records) for name, records in item.layers.items()}
        except (msgspec.ValidationError, KeyError, UnicodeEncodeError) as error:
            return self._refuse(
                item, [Finding(rule="import-record", found=f"a record with {error}", expected="one of the machine form")]
            )
        seed, findings = _seed(doc_id, item.source, metadata, layers)
        tags = _tags(seed)
        config = {"annotators": dict.fromkeys(layers, ""), **{name: dict.fromkeys(used, "") for name, used in tags.items()}}
        findings += compile_document(seed, config).findings if not findings else []
        if findings:
            return self._refuse(item, findings)
        return self._write(seed, metadata, layers, item, tags)

    def _annotator(self, name: str) -> str:
        if name not in self.annotators:
            self.annotators[name] = self.annotator_ids.new(name)
        return self.annotators[name]

    def _refuse(self, item: Imported, findings: list[Finding]) -> None:
        """Leave out a document whose seeds would not compile."""
        place = {"path": printable(item.path), "line": 1, "column": 0, "document": printable(item.name)}
        self.report.findings += [msgspec.structs.replace(finding, **place) for finding in findings]
        for (kind, _), number in item.counts.items():
            self.counts[kind, "refused with its document"] += number

    def _write(
        self, seed: Seed, metadata: bytes, layers: Mapping[str, bytes], item: Imported, tags: Mapping[str, set[str]]
    ) -> None:
        files = {seed.source_file: seed.source, f"{seed.doc_id}.meta.yaml": metadata}
        files |= {f"{seed.doc_id}.{annotator}.jsonl": lines for annotator, lines in layers.items()}
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        self.counts.update(item.counts)
        self.notes.update(item.notes)
        self.records.update(record.__struct_config__.tag for file in seed.annotations for record in file.records)  # type: ignore[union-attr]
        for name, used in tags.items():
            self.tags[name] |= used
        self.report.documents += 1
        self.by_text.add(bytes.fromhex(seed.metadata.value["sha256"]), seed.doc_id.encode())
        if seed.doc_id != item.name:
            self.report.names[seed.doc_id] = printable(item.path)

    def _config(self, path: Path) -> Config:
        name = printable(path.resolve().name) or "corpus"
        unknown = f"Tag of the imported data; {self.format.name} does not say what it means."
        return {
            "name": re.sub("[^a-z0-9_-]+", "-", name.lower()).strip("-_")[:64] or "corpus",
            "title": name,
            "version": "0.1.0",
            "description": f"{self.report.documents} documents, imported from {self.format.name}.",
            "license": "LicenseRef-Unknown",
            "rights": f"Unknown: {self.format.name} does not say.",
            "annotators": {
                i: f"{printable(n)!r} in the imported data, which does not say who or what it is."
                for n, i in self.annotators.items()
            },
            **{key: dict.fromkeys(sorted(tags), unknown) for key, tags in self.tags.items()},
        }


class _Ids:
    """Ids made of names: ASCII, and different on any file system."""

    def __init__(self, default: str, unfit: str) -> None:
        self.default, self.unfit = default, unfit
        self.taken = OnDisk()

    def new(self, name: str) -> str:
        """An id of its own for a name."""
        ascii_name = unicodedata.normalize("NFKD", printable(name)).encode("ascii", "ignore").decode()
        stem = re.sub(self.unfit, "-", ascii_name)[:LONGEST_ID]
        stem = (stem.lstrip("-._") if stem == name else stem.strip("-._")) or self.default
        numbered = (f"{stem}-{number}" for number in count(2))
        own = next(i for i in chain([stem], numbered) if i.casefold().encode() not in self.taken)
        self.taken.add(own.casefold().encode())
        return own


def _metadata(item: Imported, format: str) -> bytes:
    assert item.source is not None
    unknown = {
        "title": printable(item.name) or "untitled",
        "language": UNKNOWN_LANGUAGE,
        "rights": f"Unknown: {format} does not say.",
    }
    known = {"media_type": plain.MEDIA_TYPE, "sha256": hashlib.sha256(item.source).hexdigest()}
    return _yaml({**unknown, **item.metadata, **known}).encode()


def _yaml(value: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(dict(value), sort_keys=False, allow_unicode=True, width=130))


def _seed(doc_id: str, source: bytes, metadata: bytes, layers: Mapping[str, bytes]) -> tuple[Seed, list[Finding]]:
    """The seed that the files of a document will be read as."""
    file, findings = read_yaml(metadata, f"{doc_id}.meta.yaml", validator("metadata"))
    read = [read_machine(lines, f"{doc_id}.{annotator}.jsonl", annotator) for annotator, lines in layers.items()]
    findings += [finding for _, problems in read for finding in problems]
    name = f"{doc_id}.txt"
    return Seed(doc_id, name, name, source, plain.MEDIA_TYPE, file, tuple(layer for layer, _ in read)), findings


def _tags(seed: Seed) -> dict[str, set[str]]:
    """The tags that a document uses, by tag set."""
    records = [record for file in seed.annotations for record in file.records]  # type: ignore[union-attr]
    entities, claims = ([r for r in records if r.__struct_config__.tag == table] for table in ("entities", "claims"))
    return {
        "entity_types": {entity.type for entity in entities},
        "claim_types": {claim.type for claim in claims if claim.type is not None},
        "relation_types": {relation.type for claim in claims for relation in claim.relations},
    }
