"""W3C Web Annotation: text files, and annotations of them as JSON-LD.

A file of annotations holds one, a list, page or collection of them, or one a line. An annotation with one type, or one entity, whose
targets are selected by position or quote, is a mention; `bodies` says what else a body holds. Everything else stays in the table foreign.
Files are read as JSON in the shape that the W3C's model gives; no context is fetched.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from corpus_tools.findings import Finding, printable, quoted
from corpus_tools.formats import TEXT_LOSES, Imported, text_losses
from corpus_tools.formats.webannotation.folder import Texts
from corpus_tools.formats.webannotation.jsonfiles import Broken, Object, flaw, parse
from corpus_tools.formats.webannotation.model import CONTEXT, is_nameless, items, targets_of, text_iri
from corpus_tools.formats.webannotation.reading import NAME, Item, read_annotations
from corpus_tools.formats.webannotation.writing import annotations_of
from corpus_tools.inputs import find_files, read_file
from corpus_tools.ondisk import OnDisk
from corpus_tools.placing import ToSource, ToText
from corpus_tools.rules import Bundle
from corpus_tools.text import NotUtf8, Unit

__all__ = ["LOSES", "NAME", "OFFSET_UNIT", "SUFFIXES", "read", "write"]

_LINES = (".jsonl", ".ndjson")
_ANNOTATIONS = (".json", ".jsonld", *_LINES)
SUFFIXES = (".txt", *_ANNOTATIONS)
OFFSET_UNIT: Unit = "code_point"
LOSES = TEXT_LOSES

Found = tuple[Path, Item]


def read(path: Path) -> Iterator[Imported | Finding]:
    """Read the texts at or below a path, each with all annotations of it; of a file, the text that it is or that its annotations are of."""
    top = path if path.is_dir() else path.parent
    found, findings = find_files(top, SUFFIXES)
    yield from findings
    texts, files = Texts(found.of(".txt")), found.of(*_ANNOTATIONS)
    is_file = path.suffix.lower() in _ANNOTATIONS
    of_files: Iterable[Path] = [path] if is_file else files if path == top or path in texts else []

    @lru_cache(maxsize=4)  # what many texts share is parsed once, and what each has of its own does not add up
    def annotations(file: Path) -> tuple[list[Found], list[Finding]]:
        return _annotations(file, top, texts)

    users = OnDisk()
    for file in of_files:
        items, problems = annotations(file)
        for text in {text: None for text, _ in items}:
            users.add(os.fsencode(text), os.fsencode(file))
        if top == path or is_file:
            yield Imported(file.name, str(file), None, counts=Counter(_outcome(f) for f in problems), findings=problems)
    for text in found.of(".txt"):
        own = [Path(os.fsdecode(file)) for file in users.values(os.fsencode(text))]
        if path in (top, text) or (is_file and own):
            yield _document(text, [item for file in own for of, item in annotations(file)[0] if of == text], top)


def _outcome(finding: Finding) -> tuple[str, str]:
    return "annotation" if finding.record else "file", f"refused ({finding.rule})"


def _annotations(file: Path, top: Path, texts: Texts) -> tuple[list[Found], list[Finding]]:
    """The annotations of a file, each with its text, and what is wrong with the others."""
    data, path = read_file(file, top), printable(str(file))
    if isinstance(data, Finding):
        return [], [data]
    found: list[Found] = []
    findings: list[Finding] = []
    for number, value in enumerate(parse(data, file.suffix.lower() in _LINES), 1):
        if isinstance(value, Broken):
            findings.append(Finding(rule="import-line", path=path, line=value.line, found=value.found, expected=value.expected))
            continue
        line = number
        for item in items(value):
            line = item.line if isinstance(item, Object) else line
            own = _sound(item, file, texts)
            if isinstance(own, Path):
                found.append((own, Item(item, path, line)))
            else:
                rule, words, expected = own
                name = "annotation"
                findings.append(Finding(rule=rule, path=path, line=line, record=name, found=words, expected=expected))
    return found, findings


def _sound(item: Any, file: Path, texts: Texts) -> Path | tuple[str, str, str]:
    """The text of an annotation, or what is wrong with it: rule, what was found and what was expected."""
    if isinstance(item, str):
        return "import-reference", f"{quoted(item)}, an annotation that is elsewhere", "the annotation itself"
    if not isinstance(item, dict) or not targets_of(item.get("target")):
        return "import-line", quoted(json.dumps(item)), "an annotation with a target, a page or a collection of them"
    problem = flaw(item)
    if problem is not None:
        return "import-line", *problem
    found = {
        texts.beside(file) if is_nameless(target) else texts.of(text_iri(target), file): text_iri(target)
        for target in targets_of(item["target"])
    }
    if None in found:
        return (
            "import-reference",
            f"{quoted(found[None])}, which names no text of the folder, or several"
            if found[None]
            else "a target that names no text",
            "the name of a text file",
        )
    if len(found) > 1:
        return "import-reference", f"targets in {len(found)} texts", "all in one"
    return next(text for text in found if text is not None)


def _document(file: Path, items: list[Item], top: Path) -> Imported:
    name, path = file.stem, printable(str(file))
    source = read_file(file, top)
    refused = {("annotation", "refused with its text"): len(items)} if items else {}
    if isinstance(source, Finding):
        return Imported(name, path, None, counts=refused, findings=[source])
    try:
        target = ToText(source, OFFSET_UNIT)
    except NotUtf8 as error:
        line = source[: error.offset].count(b"\n") + 1
        finding = Finding(rule="source-utf8", path=path, line=line, found=str(error), expected="UTF-8")
        return Imported(name, path, None, counts=refused, findings=[finding])
    read = read_annotations(items, target, file.name)
    return Imported(name, path, source, read.layers, read.counts, read.notes, read.findings)


def write(documents: Iterable[Bundle], config: Mapping[str, Any], folder: Path) -> Counter[str]:
    """Write NAME.txt, and NAME.jsonld with a page of all annotations of it, one a line."""
    lost = Counter({"foreign": 0})
    for bundle in documents:
        lost.update(text_losses(bundle))
        doc_id, source = bundle.document.doc_id, ToSource(bundle.document, OFFSET_UNIT)
        annotations, missing = annotations_of(bundle, source)
        lost["foreign"] += missing
        (folder / f"{doc_id}.txt").write_bytes(source.source)
        lines = ",\n".join(json.dumps(annotation, ensure_ascii=False) for annotation in annotations)
        page = f'{{"@context": "{CONTEXT}", "id": "", "type": "AnnotationPage", "items": [\n{lines}\n]}}\n'
        (folder / f"{doc_id}.jsonld").write_text(page, "utf-8", newline="\n")
    return lost
