"""What is generated into the documents of the checkout: figures of the corpus, and blocks that derive from schema/ and the rules.

A figure stands between ``<!-- figure: claims.rows -->`` and ``<!-- /figure -->`` on one line, a block between lines of
``<!-- generated: fields.claims -->`` and ``<!-- /generated -->``.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from corpus_tools.benchmarktables import benchmark_tables
from corpus_tools.derive import fields, kind
from corpus_tools.fieldtables import field_table
from corpus_tools.files import Manifest, read_manifest
from corpus_tools.findings import Finding, UsageError, nearest
from corpus_tools.formats import losses_table, own_formats
from corpus_tools.rules.catalogue import rule_table
from corpus_tools.schemas import TABLES, package_folder

_FIGURE = re.compile(r"(<!-- figure: (\S+) -->)(.*?)(<!-- /figure -->)")
_BLOCK = re.compile(r"(<!-- generated: (\S+) -->\n)(.*?)(^<!-- /generated -->$)", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"<!-- /?(?:figure|generated)\b")
_REASON = "documents.edits.reason."  # no enumeration: corrections have reasons of their own
_TAG_SETS = {"entities.type": "entity_types", "claims.type": "claim_types", "claims.relations.type": "relation_types"}


def generated_documents(top: Path) -> dict[str, str]:
    """The documents of a checkout as they should be, ``{path from its top: content}``.

    Raises:
        UsageError: a mark names no figure or block, or is not closed; all are listed.
    """
    known = figures(top / "corpus")
    texts = {p.relative_to(top).as_posix(): p.read_text("utf-8") for p in sorted([*top.glob("*.md"), *top.glob("docs/**/*.md")])}
    problems = [str(problem) for path, text in texts.items() for problem in check_marks(path, text, known)]
    if problems:
        raise UsageError("\n".join(problems))
    return {path: fill(text, known) for path, text in texts.items()}


def check_marks(path: str, text: str, known: Mapping[str, str]) -> Iterator[Finding]:
    """The marks of a document that cannot be filled."""
    pairs = [*_FIGURE.finditer(text), *_BLOCK.finditer(text)]
    halves = {start for pair in pairs for start in (pair.start(1), pair.start(4))}
    for mark in _MARK.finditer(text):
        if mark.start() not in halves:
            line = text.count("\n", 0, mark.start()) + 1
            yield Finding(rule="mark", path=path, line=line, found=f"{mark[0]} alone", expected="its other half")
    for pair in pairs:
        names = known if pair.re is _FIGURE else BLOCKS
        if pair[2] not in names:
            line = text.count("\n", 0, pair.start()) + 1
            near = nearest(pair[2], names)
            yield Finding(rule="mark", path=path, line=line, found=pair[2], expected="the name of a figure or block", nearest=near)


def fill(text: str, known: Mapping[str, str]) -> str:
    """A document with every figure and block written anew."""
    text = _FIGURE.sub(lambda pair: pair[1] + known[pair[2]] + pair[4], text)
    return _BLOCK.sub(lambda pair: f"{pair[1]}{BLOCKS[pair[2]]()}\n{pair[4]}", text)


def rules_with_examples() -> str:
    """The table of all rules; their messages are those of the bad files, which the tests hold to the truth."""
    bad_files = sorted((Path(__file__).parents[2] / "tests" / "bad").glob("*.yaml"))
    bad = {path.stem: yaml.safe_load(path.read_bytes()) for path in bad_files}
    return rule_table({rule: content["message"].splitlines()[0] for rule, content in bad.items()})


BLOCKS: dict[str, Callable[[], str]] = {f"fields.{table}": partial(field_table, table) for table in TABLES}
BLOCKS["rules"] = rules_with_examples
BLOCKS["benchmarks"] = lambda: benchmark_tables(json.loads((package_folder("benchmarks") / "results.json").read_text("utf-8")))
BLOCKS["losses"] = lambda: losses_table(own_formats())
BLOCKS["example.format"] = lambda: f"```python\n{(package_folder('docs') / 'examples' / 'lines.py').read_text('utf-8')}```"


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
                counts.update(name for name in _counted(table, record) if name in counts or name.startswith(_REASON))
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


def write_documents(top: Path) -> None:
    """Write the generated documents of a checkout.

    Raises:
        UsageError: a mark names no figure or block, or is not closed; no document is written.
    """
    for path, content in generated_documents(top).items():
        (top / path).write_text(content, "utf-8", newline="\n")


def main() -> None:
    """Write the generated documents."""
    try:
        write_documents(Path(__file__).parents[2])
    except UsageError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
