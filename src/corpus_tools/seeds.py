"""The seed folder: which documents there are, and their files as plain data.

corpus.yaml                the corpus: name, version, licence, tag sets
<doc_id>.<ext>             the source, byte for byte
<doc_id>.meta.yaml         its metadata
<doc_id>.<annotator>.yaml  annotations by quotation, or
<doc_id>.<annotator>.jsonl the same in the machine form
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from corpus_tools.findings import Finding, UsageError, nearest, quoted
from corpus_tools.inputs import MAX_FILE_BYTES
from corpus_tools.license import license_problem
from corpus_tools.machine import MachineFile, read_machine
from corpus_tools.readers import media_type_of, readers
from corpus_tools.schemas import validator
from corpus_tools.tables import file_digest
from corpus_tools.yamlfile import YamlFile, read_yaml

Config = dict[str, Any]
AnnotationFile = YamlFile | MachineFile

CONFIG = "corpus.yaml"
METADATA = ".meta.yaml"
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
    names = sorted(p.name for p in seeds.iterdir() if p.is_file() and not p.name.startswith("."))
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{file_digest(seeds / name)}  {name}\n".encode())
    return {"files": len(names), "sha256": digest.hexdigest()}


def scan(folder: Path) -> tuple[list[SeedFiles], list[Finding]]:
    """List the documents of a folder by id. Every file must belong to one; hidden files are passed over."""
    findings: list[Finding] = []
    names = sorted(_usable(folder, findings))
    documents = {name.removesuffix(METADATA): _Files([], []) for name in names if name.endswith(METADATA)}
    findings += _alike(folder, list(documents))
    for name in names:
        if name.endswith(METADATA):
            continue
        doc_id, files = _owner(name, documents)
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


def _usable(folder: Path, findings: list[Finding]) -> Iterator[str]:
    """The names of the files that may be looked at."""
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name == CONFIG or not (path.is_file() or path.is_symlink()):
            continue
        if not path.is_file():
            problem = "a link that leads to no file", "a file in the folder"
        elif leads_out(path):
            problem = "a link that leads out of the folder", "a file in the folder"
        elif (size := path.stat().st_size) > MAX_FILE_BYTES:
            problem = f"{size} bytes", f"{MAX_FILE_BYTES} bytes or less: cut it into several documents"
        elif any("\ud800" <= character <= "\udfff" for character in path.name):  # so come bytes of another encoding
            problem = "a name that is not UTF-8", "a name in UTF-8"
        elif not _NAME.fullmatch(path.name):
            problem = (
                f"the file name {quoted(path.name)}",
                "ASCII letters, digits, dot, dash and underscore, a letter or digit first",
            )
        elif path.name.endswith(METADATA) and not is_id(path.name.removesuffix(METADATA)):
            problem = f"a document id of {len(path.name) - len(METADATA)} characters", "at most 200"
        else:
            yield path.name
            continue
        findings.append(Finding(rule="seed-files", path=str(path), found=problem[0], expected=problem[1]))


class _Files(NamedTuple):
    sources: list[Path]
    annotations: list[Path]


def _owner(name: str, documents: dict[str, _Files]) -> tuple[str, str]:
    """The document a file belongs to, and as what."""
    stem, _, suffix = name.rpartition(".")
    if suffix in ("yaml", "jsonl"):
        return stem.rpartition(".")[0], "annotations"
    return stem, "sources"


def _orphan(folder: Path, name: str, doc_id: str, documents: dict[str, _Files]) -> Finding:
    expected = f"{doc_id}{METADATA} beside it" if doc_id else "the name <doc_id>.<suffix> or <doc_id>.<annotator>.yaml"
    if name.endswith(".yml"):
        expected = f"{name.removesuffix('.yml')}.yaml: YAML files have that suffix here"
    found = "a file of no document"
    return Finding(rule="seed-files", path=str(folder / name), found=found, expected=expected, nearest=nearest(doc_id, documents))


def _alike(folder: Path, doc_ids: list[str]) -> Iterator[Finding]:
    """Ids that differ in case alone are one file on many systems."""
    seen: dict[str, str] = {}
    for doc_id in doc_ids:
        other = seen.setdefault(doc_id.casefold(), doc_id)
        if other != doc_id:
            found = f"the ids {other} and {doc_id}, which differ in case alone"
            path = str(folder / f"{doc_id}{METADATA}")
            yield Finding(rule="seed-files", path=path, found=found, expected="ids that any file system tells apart")


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
