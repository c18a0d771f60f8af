"""The doctor: finds spans whose text does not match, says why for each file as a whole, and writes a mended copy."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from corpus_tools.findings import Finding, UsageError, printable, quoted
from corpus_tools.formats.brat.folder import ANNOTATED, Assigned
from corpus_tools.inputs import find_files, read_file
from corpus_tools.mending.diagnosis import SURE, Diagnosis, SpanResult, diagnose
from corpus_tools.mending.quoteforms import FORMS, seen_at
from corpus_tools.mending.spanfiles import Entry, Key, Mend, mend_brat, mend_json_lines, read_brat, read_json_lines
from corpus_tools.remote import brought_here
from corpus_tools.seeds import CONFIG, leads_out, read_config, read_seed, scan


class SpanReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """A span that is not as it should be: what it states, what stands there, and where it belongs (null where that is not known)."""

    id: str
    line: int
    status: str
    stated: list[tuple[int, int]]
    quote: str
    found: str | None
    fragments: list[tuple[int, int]] | None
    confidence: float
    applied: bool
    note: str = ""


class FileReport(msgspec.Struct, frozen=True):
    """The diagnosis of one file with findings. ``causes`` are ``[what, spans explained]``, several where they tie; ``of`` is the number
    of spans with a quote."""

    path: str
    text: str
    verdict: str
    causes: list[tuple[str, int]]
    of: int
    spans: list[SpanReport]


class Report(msgspec.Struct, frozen=True):
    """What the doctor found: how many files and spans there are, files with findings, and what could not be read."""

    files: int
    spans: int
    diagnoses: list[FileReport]
    unread: list[Finding]

    @property
    def clean(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.diagnoses and not self.unread

    def by_cause(self) -> dict[str, tuple[int, int, int]]:
        """For each cause, the most frequent first: files, spans concerned, spans that the cause or a search gives a sure place."""
        sums: dict[str, list[int]] = {}
        for file in self.diagnoses:
            total = sums.setdefault(cause_of(file), [0, 0, 0])
            total[0] += 1
            total[1] += len(file.spans)
            total[2] += sum(span.applied for span in file.spans)
        return {cause: (a, b, c) for cause, (a, b, c) in sorted(sums.items(), key=lambda item: -item[1][0])}


_VERDICTS = {"other-text": "the annotation belongs to another text", "unexplained": "no cause explains it"}


_SHIFTS = re.compile(r" \([+-][0-9][^()]*\)")


def cause_of(file: FileReport) -> str:
    """The cause of a file's findings in words, without numbers of its own; ties named as ties."""
    if file.verdict == "form":
        return "; ".join(sorted({FORMS[span.note] for span in file.spans}))
    if not file.causes:
        return _VERDICTS[file.verdict]
    words = " or ".join(dict.fromkeys(_SHIFTS.sub("", cause) for cause, _ in file.causes))
    if file.verdict == "undecided":
        return f"undecided: {words}"
    return words if len(file.causes) == 1 else f"{words} (undecidable; all put every span in the same place)"


class _File(NamedTuple):
    """Spans that belong to one text, and the file that they stand in."""

    path: Path
    text_path: Path
    text: str
    entries: list[Entry]


def doctor(path: Path | str, apply: Path | str | None = None) -> Report:
    """Diagnose the annotations of a brat folder, a folder of seeds or a corpus.

    Args:
        path: the folder, or one brat file.
        apply: a folder that does not exist: a copy of ``path`` is written there with those spans mended whose place is sure.

    Raises:
        UsageError: there is nothing to read, or the copy cannot be written there.
    """
    path = brought_here(path)
    unread: list[Finding] = []
    out = _checked_out(path, apply)
    diagnoses: list[FileReport] = []
    mends: dict[Path, dict[Key, Mend]] = {}
    files: set[Path] = set()
    spans = 0
    for item in chain.from_iterable(source(path) for source in (_brat_files, _seed_files, _corpus_files)):
        if isinstance(item, Finding):
            unread.append(item)
            continue
        files.add(item.path)
        spans += len(item.entries)
        diagnosis = diagnose(item.text, [entry.span for entry in item.entries])
        if diagnosis.verdict != "clean":
            diagnoses.append(_file_report(item, diagnosis))
            mends.setdefault(item.path, {}).update(_mends(item, diagnosis))
    if not files and not unread:
        raise UsageError(f"{path}: no annotations found; a brat folder (.ann and .txt), a folder of seeds or a corpus is needed")
    if out is not None:
        _write_copy(path, out, mends)
    return Report(len(files), spans, diagnoses, unread)


def _checked_out(path: Path, apply: Path | str | None) -> Path | None:
    if not path.exists():
        raise UsageError(f"{path}: not found")
    if apply is None:
        return None
    out = Path(apply)
    if out.exists():
        raise UsageError(f"{out}: exists; the mended copy goes to a new folder")
    if out.resolve().is_relative_to((path if path.is_dir() else path.parent).resolve()):
        raise UsageError(f"{out}: inside {path}; the mended copy goes elsewhere")
    return out


# ---------------------------------------------------------------------------------------------------------- reading


def _brat_files(path: Path) -> Iterator[_File | Finding]:
    top = path if path.is_dir() else path.parent
    found, findings = find_files(top, (".txt", *ANNOTATED))
    assigned = (own for own in Assigned(found.of(".txt"), found.of(*ANNOTATED)) if path in (*own.files, own.text, top))
    first = next(assigned, None)
    if first is None:
        return
    yield from findings
    for own in chain([first], assigned):
        for file in own.files:
            yield from _brat_file(file, own.text, top)


def _brat_file(file: Path, text_path: Path | None, top: Path) -> Iterator[_File | Finding]:
    name = printable(str(file))
    if text_path is None:
        yield Finding(rule="text-missing", path=name, line=1, found="no text for it", expected=f"{file.stem}.txt")
        return
    text, data = _decoded(text_path, top), read_file(file, top)
    if isinstance(text, Finding) or isinstance(data, Finding):
        yield from (item for item in (text, data) if isinstance(item, Finding))
        return
    entries, findings = read_brat(data, name, text)
    yield from findings
    yield _File(file, text_path, text, entries)


def _decoded(path: Path, top: Path) -> str | Finding:
    data = read_file(path, top)
    if isinstance(data, Finding):
        return data
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        found = f"byte 0x{data[error.start]:02x} at offset {error.start}"
        return Finding(
            rule="source-utf8", path=printable(str(path)), line=data.count(b"\n", 0, error.start) + 1, found=found, expected="UTF-8"
        )


def _seed_files(path: Path) -> Iterator[_File | Finding]:
    if not (path / CONFIG).is_file():
        return
    from corpus_tools.compiler import compile_document

    config = read_config(path)[0]
    for files in scan(path)[0]:
        machine = [p for p in files.annotations if p.suffix == ".jsonl"]
        if not machine:
            continue
        seed, findings = read_seed(files._replace(annotations=()))
        yield from findings
        compiled = compile_document(seed, config.value) if seed else None
        if compiled is None or compiled.bundle is None or compiled.bundle.document.text is None:
            continue
        for file in machine:
            groups, problems = read_json_lines(file.read_bytes(), str(file))
            yield from problems
            entries = [entry for group in groups for entry in group.entries]
            yield _File(file, files.source, compiled.bundle.document.text, entries)


def _corpus_files(path: Path) -> Iterator[_File | Finding]:
    documents = path / "jsonl/documents.jsonl"
    if not documents.is_file():
        return
    try:
        texts = {record["doc_id"]: record["text"] for record in map(json.loads, documents.read_bytes().splitlines())}
    except (ValueError, TypeError, KeyError) as error:
        yield Finding(
            rule="json-syntax", path=str(documents), found=f"documents that cannot be read ({error})", expected="JSON lines"
        )
        return
    for table in ("mentions", "claims", "foreign"):
        file = path / f"jsonl/{table}.jsonl"
        groups, problems = read_json_lines(file.read_bytes(), str(file)) if file.is_file() else ([], [])
        yield from problems
        for group in groups:
            if isinstance(texts.get(group.doc_id), str):  # a text may be withheld
                yield _File(file, documents, texts[group.doc_id], group.entries)


# ---------------------------------------------------------------------------------------------------------- results


def is_sure(result: SpanResult) -> bool:
    """Whether the place of a span is taken."""
    return result.fragments is not None and result.confidence >= SURE


def _file_report(file: _File, diagnosis: Diagnosis) -> FileReport:
    spans = [
        _span_report(file.text, entry, result)
        for entry, result in zip(file.entries, diagnosis.spans, strict=True)
        if result.status != "exact"
    ]
    causes = [(cause.words, len(cause.repairs)) for cause in diagnosis.causes]
    return FileReport(str(file.path), str(file.text_path), diagnosis.verdict, causes, diagnosis.of, spans)


def _span_report(text: str, entry: Entry, result: SpanResult) -> SpanReport:
    span = entry.span
    fragments = None if result.fragments is None else list(result.fragments)
    found = seen_at(text, span.fragments)
    line, applied = entry.key[0] + 1, is_sure(result)
    return SpanReport(
        span.id, line, result.status, list(span.fragments), span.quote, found, fragments, result.confidence, applied, result.note
    )


def _mends(file: _File, diagnosis: Diagnosis) -> dict[Key, Mend]:
    """What is to be written anew: spans whose place is sure. A quote is that of the text, whatever was wrong with it."""
    mends = {}
    for entry, result in zip(file.entries, diagnosis.spans, strict=True):
        if result.status != "exact" and result.fragments is not None and is_sure(result):
            texts = tuple(file.text[start:end] for start, end in result.fragments)
            mends[entry.key] = Mend(result.fragments, texts)
    return mends


def _write_copy(path: Path, out: Path, mends: dict[Path, dict[Key, Mend]]) -> None:
    try:
        if path.is_dir():
            shutil.copytree(path, out, ignore=lambda folder, names: [n for n in names if leads_out(Path(folder) / n)])
        else:
            out.mkdir(parents=True)
            shutil.copy(path, out)
        for file, own in mends.items():
            mend = mend_json_lines if file.suffix == ".jsonl" else mend_brat
            target = out / (file.relative_to(path) if path.is_dir() else file.name)
            target.write_bytes(mend(file.read_bytes(), own))
    except OSError as error:
        raise UsageError(f"{out}: {error.strerror or error}") from None


# ----------------------------------------------------------------------------------------------------------- for people


def details(file: FileReport) -> Iterator[str]:
    """The evidence for a file's diagnosis and its spans, as a diff."""
    yield f"{file.path}: {cause_of(file)}"
    for words, explained in file.causes:
        yield f"  explains {explained} of {file.of}: {words}"
    for span in file.spans:
        yield f"- {span.line}: {span.id} {_offsets(span.stated)} {quoted(span.quote)} found {quoted(span.found or '')}"
        if span.fragments is not None and span.applied:
            how = FORMS.get(span.note, span.note)
            yield f"+ {span.line}: {span.id} {_offsets(span.fragments)} {span.status}{f' ({how})' if how else ''}"
        else:
            where = f", perhaps {_offsets(span.fragments)} ({span.confidence:.0%})" if span.fragments else ""
            yield f"! {span.line}: {span.id} {span.status}{where}{f': {FORMS.get(span.note, span.note)}' if span.note else ''}"


def _offsets(fragments: list[tuple[int, int]]) -> str:
    return ";".join(f"{start}-{end}" for start, end in fragments)
