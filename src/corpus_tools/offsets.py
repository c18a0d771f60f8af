"""Annotations in the machine form -> records: offsets are compared with the text, paragraphs found."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from corpus_tools.findings import Finding, quoted
from corpus_tools.machine import MachineFile
from corpus_tools.quotes import Miss, misquoted
from corpus_tools.records import Paragraph
from corpus_tools.resolve import KEYS, Record, Resolution, resolve, usual
from corpus_tools.seeds import AnnotationFile
from corpus_tools.seedschemas import MACHINE_TABLES, machine_fields

_QUOTED = {t: [name for name, field in machine_fields(t).items() if field["x-seed"]["as"] == "quotes"] for t in MACHINE_TABLES}


def resolve_file(
    doc_id: str, text: str, paragraphs: list[Paragraph], file: AnnotationFile, unmade: Sequence[str] = ()
) -> Resolution:
    """Resolve one annotation file of a document, in whichever form it is; the arguments are those of `resolve.resolve`."""
    if isinstance(file, MachineFile):
        return _resolve_offsets(doc_id, text, paragraphs, file)
    return resolve(doc_id, text, paragraphs, file, unmade)


def _resolve_offsets(doc_id: str, text: str, paragraphs: Sequence[Paragraph], file: MachineFile) -> Resolution:
    """Resolve a file in the machine form. The path of a record in the file is its line."""
    resolution = Resolution({table: [] for table in KEYS}, {table: [] for table in KEYS}, {}, [])
    context = {"doc_id": doc_id, "annotator": file.annotator}
    starts = [paragraph.start for paragraph in paragraphs]
    for line, number in zip(file.records, file.numbers, strict=True):
        table = line.__struct_config__.tag
        record = context | {column: value for column, value in msgspec.structs.asdict(line).items() if value is not UNSET}
        record_id = record[KEYS[table]]
        home = _home(text, paragraphs, starts, table, record)
        if record_id in resolution.origins:
            found, expected = (
                f"the id {quoted(record_id)} again",
                f"an id of its own (line {resolution.origins[record_id][0]} has it)",
            )
            home = Miss("id-twice", found, expected)
        resolution.origins.setdefault(record_id, (number,))
        if isinstance(home, Miss):
            resolution.findings.append(_finding(home, file, number, doc_id, record_id))
            resolution.left_out[table].append(record)
        else:
            resolution.records[table].append(_whole(table, record | home))
    return resolution


def _finding(miss: Miss, file: MachineFile, line: int, doc_id: str, record_id: str) -> Finding:
    rule, found, expected, near = miss
    place = {"path": file.path, "line": line, "document": doc_id, "record": f"{file.annotator}/{record_id}"}
    return Finding(rule=rule, found=found, expected=expected, nearest=near, **place)  # type: ignore[arg-type]


def _home(text: str, paragraphs: Sequence[Paragraph], starts: list[int], table: str, record: Record) -> dict[str, str] | Miss:
    """The column that names the paragraph of a record, for a table that has it; or what is wrong with its offsets."""
    fragments = [fragment for column in _QUOTED[table] for fragment in record[column]]
    for f in fragments:
        if f.end - f.start != len(f.text) or not text.startswith(f.text, f.start):
            return misquoted(text, f.start, f.end, f.text)
    if table in ("entities", "foreign"):
        return {}
    home = paragraphs[max(0, bisect_right(starts, fragments[0].start) - 1)]
    for f in fragments:
        if f.start < home.start or f.end > home.end:
            found = f"{quoted(f.text)} at {f.start}-{f.end}, not inside {home.paragraph_id} ({home.start}-{home.end})"
            return Miss("span-place", found, "all fragments of a record inside one paragraph")
    return {"paragraph_id": home.paragraph_id}


def _whole(table: str, record: Record) -> Record:
    """A record with the columns that a line may lack."""
    if table == "claims":
        return {"parent_id": None, **usual(record), **record}
    return {"name": None, **record} if table == "entities" else record
