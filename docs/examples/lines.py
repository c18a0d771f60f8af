"""A format for the example in docs/formats.md: text.txt, and text.spans with one span a line.

annotator <tab> label <tab> start-end,start-end <tab> the words, fragments joined by one space
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus_tools.findings import Finding, printable, quoted
from corpus_tools.formats import TEXT_LOSES, Imported, text_losses
from corpus_tools.inputs import find_files, read_file
from corpus_tools.placing import Misplaced, ToSource, ToText
from corpus_tools.rules import Bundle
from corpus_tools.text import NotUtf8, Unit

NAME = "lines"
SUFFIXES = (".txt", ".spans")
OFFSET_UNIT: Unit = "code_point"
LOSES = TEXT_LOSES | {
    "entities": "each span becomes an entity of its own",
    "mentions.mention_id": "spans have no ids",
    "mentions.entity_id": "each span becomes an entity of its own",
    "mentions.level": "a span has a label and nothing else",
    "mentions.metonymic": "a span has a label and nothing else",
    "claims": "there are only spans",
}


def read(path: Path) -> Iterator[Imported | Finding]:
    """Read text files, each with the spans beside it."""
    files, findings = find_files(path, [".txt"])
    yield from findings
    for file in files:
        source, spans = read_file(file, path), read_file(file.with_suffix(".spans"), path)
        if isinstance(source, Finding) or isinstance(spans, Finding):
            yield source if isinstance(source, Finding) else spans  # type: ignore[misc]
            continue
        try:
            yield _document(file, ToText(source, OFFSET_UNIT), source, spans.decode("utf-8", "replace"))
        except NotUtf8 as error:
            yield Finding(rule="source-utf8", path=printable(str(file)), line=1, found=str(error), expected="UTF-8")


def _document(file: Path, target: ToText, source: bytes, spans: str) -> Imported:
    layers: dict[str, list[dict[str, Any]]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    findings = []
    for number, line in enumerate(spans.split("\n")[:-1], 1):
        try:
            annotator, label, places, words = line.split("\t")
            offsets = [(int(start), int(end)) for start, end in (place.split("-") for place in places.split(","))]
            records, outcome = _records(target, number, label, offsets, words)
            layers.setdefault(annotator, []).extend(records)
        except (ValueError, Misplaced) as error:
            outcome = "refused"
            place = {"path": printable(str(file.with_suffix(".spans"))), "line": number}
            findings.append(Finding(rule="import-line", found=f"{quoted(line)} ({error})", expected="a span", **place))  # type: ignore[arg-type]
        counts["line", outcome] += 1
    return Imported(file.stem, str(file), source, layers, counts, target.notes, findings)


def _records(
    target: ToText, number: int, label: str, offsets: list[tuple[int, int]], words: str
) -> tuple[list[dict[str, Any]], str]:
    """A mention with its entity; a span that no paragraph holds is kept as foreign."""
    there = " ".join(target.source_text(*span) for span in offsets)
    if words.split() != there.split():
        raise ValueError(f"{quoted(there)} is what stands there")
    fragments = target.fragments(offsets)
    if not fragments or target.paragraph(fragments) is None:
        foreign = {"table": "foreign", "id": f"line{number}", "format": NAME, "label": label}
        kept = {"fragments": target.as_written(offsets), "attributes": json.dumps({"offsets": offsets})}
        return [foreign | kept], "foreign"
    entity = {"table": "entities", "entity_id": f"e{number}", "type": label}
    mention = {"table": "mentions", "mention_id": f"m{number}", "entity_id": f"e{number}", "level": None, "fragments": fragments}
    return [entity, mention], "mention"


def write(documents: Iterable[Bundle], config: Mapping[str, Any], folder: Path) -> Counter[str]:
    """Write the text files and the spans beside them."""
    lost: Counter[str] = Counter()
    for bundle in documents:
        lost.update(text_losses(bundle))
        source = ToSource(bundle.document, OFFSET_UNIT)
        types = {(entity.annotator, entity.entity_id): entity.type for entity in bundle.entities}
        spans = [
            (m.annotator, types[m.annotator, m.entity_id], [source.span(f.start, f.end) for f in m.fragments])
            for m in bundle.mentions
        ]
        spans += [(record.annotator, record.label, json.loads(record.attributes)["offsets"]) for record in bundle.foreign]
        lines = [
            "\t".join([annotator, " ".join(label.split()), *_written(source, offsets)]) + "\n"
            for annotator, label, offsets in spans
        ]
        (folder / f"{bundle.document.doc_id}.txt").write_bytes(source.source)
        (folder / f"{bundle.document.doc_id}.spans").write_text("".join(lines), "utf-8", newline="\n")
    return lost


def _written(source: ToSource, offsets: list[tuple[int, int]]) -> tuple[str, str]:
    words = " ".join(" ".join(source.quote((start, end)).split()) for start, end in offsets)
    return ",".join(f"{start}-{end}" for start, end in offsets), words
