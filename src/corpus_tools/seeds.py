"""The seed folder: which documents there are, and their files as plain data.

corpus.yaml                the corpus: name, version, licence, tag sets
<doc_id>.<ext>             the source, byte for byte
<doc_id>.meta.yaml         its metadata
<doc_id>.<annotator>.yaml  annotations by quotation, or
<doc_id>.<annotator>.jsonl the same in the machine form
"""

from __future__ import annotations

import hashlib
import os
import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from corpus_tools.findings import Finding, UsageError, nearest, quoted
from corpus_tools.inputs import MAX_FILE_BYTES
from corpus_tools.license import license_problem
from corpus_tools.machine import MachineFile, read_machine
from corpus_tools.ondisk import OnDisk
from corpus_tools.readers import media_type_of, readers
from corpus_tools.schemas import validator
from corpus_tools.tables import file_digest
from corpus_tools.yamlfile import YamlFile, read_yaml

Config = dict[str, Any]
AnnotationFile = YamlFile | MachineFile

CONFIG = "corpus.yaml"
METADATA = ".meta.yaml"
STRAY = "a file of no document"
UNKNOWN = "which the seeds do not have"
_KNOWN_IDS = 10_000
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class SeedFiles(NamedTuple):
    """The files of one document."""

    doc_id: str
    source: Path
    metadata: Path
    annotations: tuple[Path, ...]


class Seed(NamedTuple):
    """One document as it was written: what `compiler.compile_document` takes."""

    doc_id: str
    source_path: str
    source_file: str
    source: bytes
    media_type: str
    metadata: YamlFile
    annotations: tuple[AnnotationFile, ...]


def annotator_of(file: AnnotationFile) -> str:
    """Whose annotations a file holds."""
    return file.annotator if isinstance(file, MachineFile) else str(file.value["annotator"])


def is_id(name: str) -> bool:
    """Whether a document or an annotator can have that name."""
    return bool(_ID.fullmatch(name))


def read_config(folder: Path) -> tuple[YamlFile, list[Finding]]:
    """Read corpus.yaml.

    Raises:
        UsageError: the folder or the file is not there, or the file is far too large.
    """
    path = folder / CONFIG
    if leads_out(path):
        raise UsageError(f"{path}: a link that leads out of the folder of seeds")
    if path.is_file() and path.stat().st_size > MAX_FILE_BYTES:
        raise UsageError(f"{path}: more than {MAX_FILE_BYTES} bytes")
    if not path.is_file():
        raise UsageError(f"{path}: not found; a folder of seeds holds a {CONFIG} (corpus-tools new FOLDER makes one)")
    file, findings = read_yaml(path.read_bytes(), str(path), validator("corpus"))
    problem = None if findings else license_problem(file.value["license"])
    return file, findings + ([file.finding(("license",), "license-form", *problem)] if problem else [])


def inputs_digest(seeds: Path) -> dict[str, Any]:
    """The number of the files of a folder of seeds, and a digest of their names and bytes."""
    with os.scandir(seeds) as entries:
        names = OnDisk((os.fsencode(e.name), b"") for e in entries if e.is_file() and not e.name.startswith("."))
    return digest_of_inputs(input_line(seeds, os.fsdecode(name)) for name, _ in names)


def input_line(seeds: Path, name: str) -> bytes:
    """A seed file as it goes into the digest of the seeds: ``<sha256>  <name>`` and a line feed."""
    return f"{file_digest(seeds / name)}  {name}\n".encode()


def digest_of_inputs(lines: Iterable[bytes]) -> dict[str, Any]:
    """The number of seed files and their digest, from their lines in the order of their names."""
    digest, files = hashlib.sha256(), 0
    for line in lines:
        digest.update(line)
        files += 1
    return {"files": files, "sha256": digest.hexdigest()}


def scan(folder: Path) -> tuple[list[SeedFiles], list[Finding]]:
    """List the documents of a folder by id. Every file must belong to one; hidden files are passed over."""
    findings: list[Finding] = []
    names = sorted(seed_names(folder, findings))
    findings += alike(folder, (name.removesuffix(METADATA) for name in names if name.endswith(METADATA)))
    documents, problems = documents_of(folder, names)
    return documents, findings + problems


def documents_of(folder: Path, names: Collection[str]) -> tuple[list[SeedFiles], list[Finding]]:
    """The documents by id that files belong to, by their sorted names alone; all files of a document must be among them."""
    findings: list[Finding] = []
    documents = {name.removesuffix(METADATA): _Files([], []) for name in names if name.endswith(METADATA)}
    for name in names:
        if name.endswith(METADATA):
            continue
        doc_id, files = _owner(name)
        if doc_id not in documents:
            findings.append(_orphan(folder, name, doc_id, documents))
        else:
            getattr(documents[doc_id], files).append(folder / name)
    for doc_id, owned in documents.items():
        if len(owned.sources) != 1:
            found = "no source file" if not owned.sources else "sources " + ", ".join(p.name for p in owned.sources)
            place = str(folder / f"{doc_id}{METADATA}")
            findings.append(Finding(rule="seed-files", path=place, document=doc_id, found=found, expected=f"one {doc_id}.<suffix>"))
    complete = (item for item in documents.items() if len(item[1].sources) == 1)
    seeds = [SeedFiles(d, f.sources[0], folder / f"{d}{METADATA}", tuple(f.annotations)) for d, f in complete]
    return sorted(seeds), findings


def leads_out(path: Path) -> bool:
    """Whether a file is a link that leads out of its folder: what others wrote must not make us read elsewhere."""
    return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())


def seed_names(folder: Path, findings: list[Finding]) -> Iterator[str]:
    """The names of the files that may be looked at, in no order; corpus.yaml is not among them. Findings on all others are added."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == CONFIG or not (entry.is_symlink() or entry.is_file()):
                continue
            problem = _problem_of_name(folder, entry)
            if problem:
                findings.append(Finding(rule="seed-files", path=str(folder / entry.name), found=problem[0], expected=problem[1]))
            else:
                yield entry.name


def _problem_of_name(folder: Path, entry: os.DirEntry[str]) -> tuple[str, str] | None:
    """Why a file may not be looked at: (found, expected)."""
    name = entry.name
    if entry.is_symlink() and not (folder / name).is_file():
        return "a link that leads to no file", "a file in the folder"
    if entry.is_symlink() and leads_out(folder / name):
        return "a link that leads out of the folder", "a file in the folder"
    if (size := entry.stat().st_size) > MAX_FILE_BYTES:
        return f"{size} bytes", f"{MAX_FILE_BYTES} bytes or less: cut it into several documents"
    if any("\ud800" <= character <= "\udfff" for character in name):  # so come bytes of another encoding
        return "a name that is not UTF-8", "a name in UTF-8"
    if not _NAME.fullmatch(name):
        expected = "ASCII letters, digits, dot, dash and underscore, a letter or digit first"
        return f"the file name {quoted(name)}", expected
    if name.endswith(METADATA) and not is_id(name.removesuffix(METADATA)):
        return f"a document id of {len(name) - len(METADATA)} characters", "at most 200"
    return None


class _Files(NamedTuple):
    sources: list[Path]
    annotations: list[Path]


def document_named(name: str) -> str:
    """The id of the document that a file of that name belongs to."""
    return name.removesuffix(METADATA) if name.endswith(METADATA) else _owner(name)[0]


def _owner(name: str) -> tuple[str, str]:
    """The document that a file which is no metadata belongs to, and as what."""
    stem, _, suffix = name.rpartition(".")
    if suffix in ("yaml", "jsonl"):
        return stem.rpartition(".")[0], "annotations"
    return stem, "sources"


def _orphan(folder: Path, name: str, doc_id: str, documents: dict[str, _Files]) -> Finding:
    expected = f"{doc_id}{METADATA} beside it" if doc_id else "the name <doc_id>.<suffix> or <doc_id>.<annotator>.yaml"
    if name.endswith(".yml"):
        expected = f"{name.removesuffix('.yml')}.yaml: YAML files have that suffix here"
    return Finding(rule="seed-files", path=str(folder / name), found=STRAY, expected=expected, nearest=nearest(doc_id, documents))


def alike(folder: Path, doc_ids: Iterable[str]) -> Iterator[Finding]:
    """Ids that differ in case alone are one file on many systems."""
    seen: dict[str, str] = {}
    for doc_id in doc_ids:
        other = seen.setdefault(doc_id.casefold(), doc_id)
        if other != doc_id:
            found = f"the ids {other} and {doc_id}, which differ in case alone"
            path = str(folder / f"{doc_id}{METADATA}")
            yield Finding(rule="seed-files", path=path, found=found, expected="ids that any file system tells apart")


def id_hash(doc_id: str) -> int:
    """64 bits that are the same for ids which differ in case alone."""
    return int.from_bytes(blake2b(doc_id.casefold().encode(), digest_size=8).digest())


def all_alike(seeds: Path, hashes: array[int]) -> list[Finding]:
    """Findings on ids of a folder that differ in case alone: the ids themselves are looked at only when two of their hashes are equal."""
    import numpy as np

    found = np.frombuffer(hashes, np.uint64) if hashes else np.zeros(0, np.uint64)
    if len(np.unique(found)) == len(found):
        return []
    names = sorted(name for name in seed_names(seeds, []) if name.endswith(METADATA))
    return list(alike(seeds, (name.removesuffix(METADATA) for name in names)))


def with_nearest(findings: list[Finding], seeds: Path) -> list[Finding]:
    """Give each file of no document, and each document that is unknown, the nearest id of all documents, if they are not too many: whoever
    found it knows a part of them."""
    astray = {i: document_named(Path(f.path).name) for i, f in enumerate(findings) if f.found == STRAY}
    astray |= {i: f.document for i, f in enumerate(findings) if f.found.endswith(UNKNOWN)}
    if not astray:
        return findings
    names = (name for name in seed_names(seeds, []) if name.endswith(METADATA))
    known = sorted(name.removesuffix(METADATA) for name in islice(names, _KNOWN_IDS))
    return [msgspec.structs.replace(f, nearest=nearest(astray[i], known)) if i in astray else f for i, f in enumerate(findings)]


def read_seed(files: SeedFiles) -> tuple[Seed | None, list[Finding]]:
    """Read and validate the files of one document; no seed when its metadata cannot be used."""
    source = files.source.read_bytes()
    metadata, findings = read_yaml(files.metadata.read_bytes(), str(files.metadata), validator("metadata"))
    annotations = []
    for path in files.annotations:
        file, problems = _read_annotations(path, files.doc_id)
        findings += problems
        annotations += [file] if file else []
    findings += _annotator_twice(files.annotations, files.doc_id)
    if metadata.path in {finding.path for finding in findings}:
        return None, findings
    digest = hashlib.sha256(source).hexdigest()
    if metadata.value["sha256"] != digest:
        findings.append(
            metadata.finding(("sha256",), "source-digest", metadata.value["sha256"], f"the digest of {files.source.name}: {digest}")
        )
    media_type = metadata.value.get("media_type") or media_type_of(files.source.suffix) or files.source.suffix
    if media_type not in readers():
        found = f"no reader for {quoted(media_type)}"
        findings.append(metadata.finding(("media_type",), "media-type", found, "media_type: one of " + ", ".join(readers())))
    seed = Seed(files.doc_id, str(files.source), files.source.name, source, media_type, metadata, tuple(annotations))
    return (seed if media_type in readers() else None), findings


def _read_annotations(path: Path, doc_id: str) -> tuple[AnnotationFile | None, list[Finding]]:
    if path.suffix == ".jsonl":
        if not is_id(_annotator(path, doc_id)):
            found, expected = f"the annotator {quoted(_annotator(path, doc_id))}", "1 to 200 characters, a letter or digit first"
            return None, [Finding(rule="seed-files", path=str(path), document=doc_id, found=found, expected=expected)]
        return read_machine(path.read_bytes(), str(path), _annotator(path, doc_id))
    file, problems = read_yaml(path.read_bytes(), str(path), validator("annotations"))
    problems = problems or list(_misnamed(file, path, doc_id))
    return (None if problems else file), problems


def _annotator(path: Path, doc_id: str) -> str:
    return path.stem.removeprefix(f"{doc_id}.")


def _annotator_twice(paths: Sequence[Path], doc_id: str) -> Iterator[Finding]:
    seen: dict[str, Path] = {}
    for path in paths:
        other = seen.setdefault(_annotator(path, doc_id), path)
        if other != path:
            found = f"a second file of the annotator {_annotator(path, doc_id)}"
            yield Finding(rule="seed-files", path=str(path), document=doc_id, found=found, expected=f"one, beside {other.name}")


def _misnamed(file: YamlFile, path: Path, doc_id: str) -> Iterator[Finding]:
    for key, name in (("document", doc_id), ("annotator", _annotator(path, doc_id))):
        if file.value[key] != name:
            yield file.finding(
                (key,), "seed-files", f"the {key} {quoted(file.value[key])}", f"{quoted(name)}, as the file's name says"
            )
