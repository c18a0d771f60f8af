"""A start for one's own corpus: the files that a folder of Markdown or text still lacks to be a folder of seeds.

What only a person can know (rights, language, licence, who annotates) is left empty, and the build names each such line.
"""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from corpus_tools.compiler import compile_document
from corpus_tools.files import read_manifest
from corpus_tools.findings import CorpusError, Finding, UsageError, quoted
from corpus_tools.readers import media_type_of, readers
from corpus_tools.records import Paragraph
from corpus_tools.schemas import package_folder, schema, validator
from corpus_tools.seeds import CONFIG, METADATA, Config, Seed, SeedFiles, is_id, leads_out, read_config, read_seed, scan
from corpus_tools.yamlfile import YamlFile

_SEED_SCHEMAS = ("annotations", "metadata", "corpus")
_TAG_SETS = ("entity_types", "claim_types", "relation_types")
_NO_TAGS: Config = {"annotators": {}} | {tag_set: {} for tag_set in _TAG_SETS}  # enough for a document without annotations
_WIDTH = 100


def new(
    folder: Path | str, annotator: str = "a1", language: str | None = None, rights: str | None = None
) -> dict[str, list[str] | list[Finding]]:
    """Write what a folder of Markdown and text files lacks to be built: metadata, skeletons of annotation files, corpus.yaml.

    Nothing that is there is changed, so more files or another annotator can be added later in the same way.

    Args:
        folder: the folder; each source in it is a document.
        annotator: whose annotation files are written, ``<document>.<annotator>.yaml``.
        language: language of the new documents, a BCP 47 tag; None leaves it to be filled in.
        rights: what holds for the texts of the new documents; None leaves it to be filled in.

    Returns:
        ``{"written": paths, "findings": findings}``: what a build would still complain of.

    Raises:
        CorpusError: files that cannot be documents, or metadata with problems; nothing was written.
        UsageError: no such folder, no source in it, or a name that no annotator can have.
    """
    folder, given = Path(folder), _Given(annotator, language, rights)
    _must_be_usable(folder, given)
    sources, findings = _sources(folder)
    texts: dict[Path, str] = {}
    for source in sources:
        files, problems = _document(source, given)
        texts |= files
        findings += problems
    if findings:
        raise CorpusError(findings)
    if not (folder / CONFIG).exists():
        texts[folder / CONFIG] = _config(folder, annotator)
    texts |= _schemas(folder) if texts else {}
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return {
        "written": [str(path) for path in texts],
        "findings": sorted(_complaints(folder, annotator), key=lambda f: (f.path, f.line, f.column)),
    }


class _Given(NamedTuple):
    annotator: str
    language: str | None
    rights: str | None


def _must_be_usable(folder: Path, given: _Given) -> None:
    if not folder.is_dir():
        raise UsageError(f"{folder}: not a folder; put Markdown or text files into one")
    if not is_id(given.annotator) or "." in given.annotator or given.annotator == "meta":
        name = quoted(given.annotator)
        raise UsageError(f"no annotator can be named {name}: letters, digits, dash and underscore, and not meta")
    for problem in validator("metadata").problems(_stand_in("title", given) | {"sha256": "0" * 64}):
        raise UsageError(f"{'.'.join(map(str, problem.path))}: {problem.found}; expected {problem.expected}")


# -------------------------------------------------------------------------------------------------------- sources


def _sources(folder: Path) -> tuple[list[Path], list[Finding]]:
    """The source files of a folder, and what is wrong with those that cannot be one."""
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".") and not leads_out(p))
    files = [path for path in files if path.suffix not in (".yaml", ".jsonl")]
    if not files:
        raise UsageError(f"{folder}: no source in it; put files there that end in {_suffixes()}")
    first = {path.stem.casefold(): path for path in reversed(files)}
    faults = [(path, _fault(path, first[path.stem.casefold()])) for path in files]
    return [path for path, fault in faults if fault is None], [fault for _, fault in faults if fault is not None]


def _fault(path: Path, first: Path) -> Finding | None:
    """Why a file cannot be the source of a document; ``first`` is the first one of its stem."""
    if not is_id(path.stem):
        expected = "a name of ASCII letters, digits, dot, dash and underscore, a letter or digit first"
        found = f"the name {quoted(path.name)}"
        return Finding(rule="seed-files", path=str(path), found=found, expected=expected, nearest=_proposed(path))
    if path != first:
        found = f"two sources of one document: {first.name} and {path.name}"
        return Finding(rule="seed-files", path=str(path), found=found, expected="another name")
    if media_type_of(path.suffix) is None and not _beside(path, METADATA).exists():
        found = f"no reader for {quoted(path.name)}"
        return Finding(rule="media-type", path=str(path), found=found, expected=f"a file that ends in {_suffixes()}")
    return None


def _suffixes() -> str:
    return ", ".join(suffix for reader in readers().values() for suffix in reader.suffixes)


def _proposed(path: Path) -> str:
    """A name that a document can have, as near to the file's own as it goes."""
    plain = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._")[:100] or "document"
    return stem + path.suffix


def _beside(source: Path, ending: str) -> Path:
    return source.with_name(source.stem + ending)


def _document(source: Path, given: _Given) -> tuple[dict[Path, str], list[Finding]]:
    """The files that a document lacks: metadata, and annotations by this annotator."""
    metadata = _beside(source, METADATA)
    annotations = [_beside(source, f".{given.annotator}{suffix}") for suffix in (".yaml", ".jsonl")]
    lacks_annotations = not any(path.exists() for path in annotations)
    if metadata.exists() and not lacks_annotations:
        return {}, []
    seed, findings = read_seed(SeedFiles(source.stem, source, metadata, ())) if metadata.exists() else (_seed(source, given), [])
    if seed is None or findings:
        return {}, findings
    compiled = compile_document(seed, _NO_TAGS)
    if compiled.bundle is None or compiled.findings:
        return {}, compiled.findings
    paragraphs, schemas = compiled.bundle.paragraphs, _schema_folder(source.parent)
    texts = {} if metadata.exists() else {metadata: _metadata(seed, paragraphs, given, schemas)}
    return texts | ({annotations[0]: _annotations(seed, paragraphs, given, schemas)} if lacks_annotations else {}), []


def _seed(source: Path, given: _Given) -> Seed:
    """A source without metadata as a seed, with stand-ins for what is not known yet."""
    metadata = YamlFile(str(_beside(source, METADATA)), _stand_in(source.stem, given._replace(language="und")), {})
    media_type = media_type_of(source.suffix) or ""
    return Seed(source.stem, str(source), source.name, source.read_bytes(), media_type, metadata, ())


def _stand_in(title: str, given: _Given) -> dict[str, str]:
    values = {"language": given.language, "rights": given.rights}
    return {"title": title, "language": "und", "rights": "unknown"} | {k: v for k, v in values.items() if v is not None}


# ---------------------------------------------------------------------------------------------------------- files


def _metadata(seed: Seed, paragraphs: list[Paragraph], given: _Given, schemas: str) -> str:
    return f"""# yaml-language-server: $schema={schemas}/metadata.schema.json
title: {_scalar(_title(seed.doc_id, paragraphs))}
language: {_scalar(given.language) if given.language else " # of the text: en, de, pt-BR"}
rights: {_scalar(given.rights) if given.rights else " # who owns the text, and on what terms it may be passed on"}
sha256: {hashlib.sha256(seed.source).hexdigest()}
# What else is known. All fields: corpus-tools schema metadata
# authors: [First Author, Second Author]
# publisher: Who published it
# published: 2024-05-31
# url: https://example.org/article
# split: test
# roles: {{p2: byline}}
# corrections:
#   - {{quote: teh, replacement: the, reason: typo}}
"""


def _title(doc_id: str, paragraphs: list[Paragraph]) -> str:
    """The first heading; without any a short first line; else the document's id."""
    heading = next((p.text for p in paragraphs if p.kind == "heading"), None)
    first = next((p.text for p in paragraphs), None) or ""
    short = first if len(first) <= _WIDTH and len(first.splitlines()) == 1 else ""
    return " ".join((heading or short).split()) or doc_id


def _annotations(seed: Seed, paragraphs: list[Paragraph], given: _Given, schemas: str) -> str:
    body = "".join(f"\n{_paragraph(paragraph)}" for paragraph in paragraphs)
    return f"""# yaml-language-server: $schema={schemas}/annotations.schema.json
# Annotations by quotation: copy words out of a paragraph; their place is found by them. Entities, mentions and claims look so:
#   ada: {{type: PERSON, name: Ada Lovelace}}
#   - {{quote: Lovelace, entity: ada}}
#   - {{content: the engine weaves patterns, source: Lovelace, source_entity_ids: [ada], cue: wrote}}
# Words that stand in the paragraph twice need "in" (a longer quote) or "nth". All fields: corpus-tools schema annotations
document: {_scalar(seed.doc_id)}
annotator: {_scalar(given.annotator)}

entities:

paragraphs:
{body}"""


def _paragraph(paragraph: Paragraph) -> str:
    what = paragraph.role if paragraph.role != "body" else paragraph.kind
    text = paragraph.text or ""
    begins = _first_words(text)
    lines = [f"  {paragraph.paragraph_id}:" + (f"  # {what}" if what != "paragraph" else "")]
    lines += [f"    begins: {_scalar(begins)}"] if begins else []
    lines += [f"    # {line}" for line in _comment(text)]
    return "\n".join([*lines, "    mentions:", "    claims:", ""])


def _first_words(text: str, limit: int = 40) -> str:
    """The first words of a paragraph as they stand there; empty when a line break comes before any."""
    line = text.splitlines()[0][: limit + 1]
    if len(line) <= limit:
        return line.rstrip()
    words = re.match(r"\s*\S.*(?=\s)", line)
    return words[0].rstrip() if words else line[:limit]


# YAML refuses some characters even in comments.
_NOT_IN_YAML = re.compile("[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def _comment(text: str) -> Iterator[str]:
    """A text in lines for a comment, broken at white space only, so that every word can be copied."""
    for line in text.splitlines():
        for part in textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False):
            yield _NOT_IN_YAML.sub(lambda match: match[0].encode("unicode_escape").decode(), part)


def _config(folder: Path, annotator: str) -> str:
    title = folder.resolve().name or "corpus"
    name = re.sub(r"[^a-z0-9_-]+", "-", _proposed(Path(title)).lower()).strip("-_")[:64] or "corpus"
    shipped = read_manifest(package_folder("corpus"))["corpus"]
    tag_sets = {key: shipped[key] for key in _TAG_SETS}
    return f"""# yaml-language-server: $schema={_schema_folder(folder)}/corpus.schema.json
name: {_scalar(name)}
title: {_scalar(title)}
version: 0.1.0
description: Documents with stand-off annotations.
license:  # of the annotations: its SPDX name, such as CC-BY-4.0
rights: What holds for each text is in its metadata.
annotators:
  {_scalar(annotator)}:  # who or what this is
# The tag sets are yours to change. All fields: corpus-tools schema corpus
{yaml.safe_dump(tag_sets, sort_keys=False, allow_unicode=True, width=1000)}"""


def _scalar(value: str) -> str:
    """A string as YAML, in quotation marks where it needs them."""
    return yaml.safe_dump(value, allow_unicode=True, width=float("inf")).removesuffix("...\n").rstrip("\n")


def _schema_folder(folder: Path) -> str:
    """Where the editor finds the schemas, from the folder: those beside it, or else copies in it that travel with it."""
    return "../schema" if (folder / "../schema/annotations.schema.json").is_file() else "schema"


def _schemas(folder: Path) -> dict[Path, str]:
    if _schema_folder(folder) != "schema":
        return {}
    paths = {name: folder / "schema" / f"{name}.schema.json" for name in _SEED_SCHEMAS}
    return {p: json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n" for name, p in paths.items() if not p.exists()}


# ----------------------------------------------------------------------------------------------------- what is left


def _complaints(folder: Path, annotator: str) -> Iterator[Finding]:
    """What a build would say now, and who is not presented in corpus.yaml."""
    config, problems = read_config(folder)
    yield from problems
    if not problems and annotator not in config.value["annotators"]:
        yield config.finding(("annotators",), "annotator-known", f"annotators without {annotator}", "who or what this annotator is")
    documents, findings = scan(folder)
    yield from findings
    for files in documents:
        seed, findings = read_seed(files)
        yield from findings
        if seed and not findings and not problems:
            yield from compile_document(seed, config.value).findings
