"""Small seeds that a test writes down itself: a source, lines of metadata, annotation files by annotator."""

import hashlib

from corpus_tools.compiler import compile_document
from corpus_tools.findings import Finding
from corpus_tools.rules import Bundle
from corpus_tools.schemas import validator
from corpus_tools.seeds import Seed
from corpus_tools.yamlfile import YamlFile, read_yaml

SOURCE = 'The head said that Ada met Bob.\n\nAda went. Ada ate. "Bob" said no.\n'
CONFIG = """\
name: small
title: Small
version: 1.0.0
description: Small seeds.
license: CC0-1.0
rights: None.
annotators: {a: one, b: another}
entity_types: {PERSON: people, PLACE: places}
claim_types: {assertion: is, prediction: will be}
relation_types: {supports: for, contradicts: against}
"""
# Every annotation file here begins with two lines, every metadata file with four.
HEAD = "document: d\nannotator: {}\n"


def metadata_text(source: bytes, more: str = "") -> str:
    return f"title: T\nlanguage: en\nrights: None.\nsha256: {hashlib.sha256(source).hexdigest()}\n{more}"


def config() -> dict:
    file, findings = read_yaml(CONFIG.encode(), "corpus.yaml", validator("corpus"))
    assert not findings
    return file.value


def read(text: str, name: str, schema: str) -> tuple[YamlFile, list[Finding]]:
    return read_yaml(text.encode(), name, validator(schema))


def compile_small(
    source: str = SOURCE, metadata: str = "", media_type: str = "text/plain", **annotations: str
) -> tuple[Bundle | None, list[Finding]]:
    """Compile what a test wrote; problems of the YAML files come alone, as in a build."""
    data = source.encode()
    meta, findings = read(metadata_text(data, metadata), "d.meta.yaml", "metadata")
    files = []
    for annotator, text in annotations.items():
        file, problems = read(HEAD.format(annotator) + text, f"d.{annotator}.yaml", "annotations")
        findings += problems
        files.append(file)
    if findings:
        return None, findings
    compiled = compile_document(Seed("d", "d.txt", "d.txt", data, media_type, meta, tuple(files)), config())
    return compiled.bundle, compiled.findings


def problems(source: str = SOURCE, metadata: str = "", media_type: str = "text/plain", **annotations: str) -> list[str]:
    """What is wrong, as a person reads it."""
    return [str(finding) for finding in compile_small(source, metadata, media_type, **annotations)[1]]


def bundle(source: str = SOURCE, metadata: str = "", media_type: str = "text/plain", **annotations: str) -> Bundle:
    """The records of what is right."""
    result, findings = compile_small(source, metadata, media_type, **annotations)
    assert not findings, [str(finding) for finding in findings]
    assert result is not None
    return result
