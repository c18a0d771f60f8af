"""What is generated into the documents of the checkout: figures of the corpus, and blocks that derive from schema/ and the rules.

A figure stands between ``<!-- figure: claims.rows -->`` and ``<!-- /figure -->`` on one line, a block between lines of
``<!-- generated: fields.claims -->`` and ``<!-- /generated -->``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from corpus_tools.derive import field_table, fields, kind
from corpus_tools.files import Manifest, read_manifest
from corpus_tools.findings import CorpusError, Finding, nearest
from corpus_tools.rules.catalogue import rule_table
from corpus_tools.schema import TABLES

_FIGURE = re.compile(r"(<!-- figure: (\S+) -->)(.*?)(<!-- /figure -->)")
_BLOCK = re.compile(r"(<!-- generated: (\S+) -->\n)(.*?)(^<!-- /generated -->$)", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"<!-- /?(?:figure|generated)\b")
_TAG_SETS = {"entities.type": "entity_types", "claims.type": "claim_types", "claims.relations.type": "relation_types"}


def generated_documents(top: Path) -> dict[str, str]:
    """The documents of a checkout as they should be, ``{path from its top: content}``.

    Raises:
        CorpusError: a mark names no figure or block, or is not closed.
    """
    known = figures(top / "corpus")
    paths = sorted([*top.glob("*.md"), *top.glob("docs/**/*.md")])
    findings: list[Finding] = []
    documents = {}
    for path in paths:
        name = path.relative_to(top).as_posix()
        documents[name] = fill(path.read_text("utf-8"), known, name, findings)
    if findings:
        raise CorpusError(findings)
    return documents


def fill(text: str, known: Mapping[str, str], path: str, findings: list[Finding]) -> str:
    """A document with every figure and block written anew; marks that cannot be filled are added to the findings."""
    marks = [*_FIGURE.finditer(text), *_BLOCK.finditer(text)]
    for match in marks:
        names = known if match.re is _FIGURE else BLOCKS
        if match[2] not in names:
            line = text.count("\n", 0, match.start()) + 1
            near = nearest(match[2], names)
            findings.append(Finding(rule="figure-known", path=path, line=line, found=match[2], expected="a name", nearest=near))
    closed = {start for match in marks for start in (match.start(1), match.start(4))}
    for match in _MARK.finditer(text):
        if match.start() not in closed:
            line = text.count("\n", 0, match.start()) + 1
            findings.append(Finding(rule="figure-closed", path=path, line=line, found="a mark alone", expected="its other half"))
    if findings:
        return text
    text = _FIGURE.sub(lambda match: match[1] + known[match[2]] + match[4], text)
    return _BLOCK.sub(lambda match: f"{match[1]}{BLOCKS[match[2]]()}\n{match[4]}", text)


BLOCKS: dict[str, Callable[[], str]] = {f"fields.{table}": partial(field_table, table) for table in TABLES} | {"rules": rule_table}


def figures(corpus: Path) -> dict[str, str]:
    """The figures of a corpus by name.

    ``TABLE.rows`` counts rows, ``TABLE.COLUMN`` values (items of a list, true booleans, what is not null), ``TABLE.COLUMN.VALUE`` those
    that are a member of an enumeration or tag set; ``text.code_points``, ``text.words`` and ``source.bytes`` measure the documents.
    """
    manifest = read_manifest(corpus)
    counts: Counter[str] = Counter(dict.fromkeys(_names(manifest["corpus"]), 0))
    for table in TABLES:
        with (corpus / "jsonl" / f"{table}.jsonl").open("rb") as lines:
            for record in map(json.loads, lines):
                counts[f"{table}.rows"] += 1
                counts.update(name for name in _counted(table, record) if name in counts)
                counts.update(_measured(record) if table == "documents" else ())
    return {name: f"{number:,}" for name, number in counts.items()} | _texts(manifest)


def _texts(manifest: Manifest) -> dict[str, str]:
    corpus = manifest["corpus"]
    return {f"corpus.{key}": str(corpus[key]) for key in ("name", "title", "version", "license")}


def _names(config: Mapping[str, Any]) -> Iterator[str]:
    """The names of all figures that count values, those of no value too."""
    for table in TABLES:
        yield f"{table}.rows"
        for column, field in fields(table).items():
            yield from _field_names(f"{table}.{column}", field)
    for name, tag_set in _TAG_SETS.items():
        yield from (f"{name}.{tag}" for tag in config[tag_set])


def _field_names(name: str, field: Mapping[str, Any]) -> Iterator[str]:
    yield name
    inner = field["items"] if kind(dict(field)) == "array" else field
    yield from (f"{name}.{value}" for value in inner.get("enum", ()) if value is not None)
    for key, part in inner.get("properties", {}).items():
        yield from _field_names(f"{name}.{key}", part)


def _counted(name: str, value: Any) -> Iterator[str]:
    """The names that a value counts for."""
    if isinstance(value, list):
        for item in value:
            yield from _counted(name, item)
    elif value is not None and value is not False:
        yield name
        if isinstance(value, str):
            yield f"{name}.{value}"
        for key, part in value.items() if isinstance(value, dict) else ():
            yield from _counted(f"{name}.{key}", part)


def _measured(document: Mapping[str, Any]) -> dict[str, int]:
    text = document["text"] or ""
    return {"text.code_points": len(text), "text.words": len(text.split()), "source.bytes": document["source"]["bytes"]}


def main() -> None:
    """Write the generated documents."""
    top = Path(__file__).parents[2]
    for path, content in generated_documents(top).items():
        (top / path).write_text(content, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
