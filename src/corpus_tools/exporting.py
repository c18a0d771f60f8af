"""Export: a corpus -> the files of another format, and what these cannot hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from corpus_tools.bundles import all_bundles
from corpus_tools.derive import fields
from corpus_tools.files import read_manifest
from corpus_tools.findings import CorpusError, Finding, UsageError
from corpus_tools.formats import Format, format_named
from corpus_tools.remote import brought_here, new_there
from corpus_tools.rules import Bundle, tables_of
from corpus_tools.swap import put_in_place, staging_for, tree
from corpus_tools.tables import json_file

FOREIGN = "foreign"


class Loss(msgspec.Struct):
    """How many records had something that the format cannot hold, and why it cannot."""

    records: int
    why: str


class ExportReport(msgspec.Struct):
    """What an export wrote, and what it left out: ``lost`` by "table" or "table.column", ``notes`` what is in another form."""

    format: str
    documents: int
    files: int
    lost: dict[str, Loss]
    notes: dict[str, int]


def export(format: str, corpus: Path | str, out: Path | str) -> ExportReport:
    """Write the documents of a corpus in another format, into a new or empty folder.

    Args:
        format: the name of the format.
        corpus: the folder of the corpus, or an address that `fsspec` knows.
        out: the folder that is made, or such an address.

    Raises:
        CorpusError: the corpus is not sound, or a text is withheld; nothing was written.
        UsageError: no such format or corpus, or the folder is not empty.
    """
    with new_there(out) as folder:
        return _export(format_named(format), brought_here(corpus), folder)


def _export(format: Format, corpus: Path, out: Path) -> ExportReport:
    manifest = read_manifest(corpus)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: not an empty folder; an export makes a new one")
    losses = _Losses(format)
    try:
        with staging_for(out) as staging:
            counted = format.write(losses.count(_with_text(corpus)), manifest["corpus"], staging)
            files = sum(path.is_file() for path in tree(staging))
            put_in_place(staging, out, ())
    except OSError as error:
        raise UsageError(f"{error.filename or out}: {error.strerror or error}; nothing was exported") from error
    return ExportReport(format.name, losses.documents, files, losses.report(counted), losses.notes(counted))


def _with_text(corpus: Path) -> Iterator[Bundle]:
    findings: list[Finding] = []
    for line, bundle in enumerate(all_bundles(corpus), 1):  # every document has one row
        if bundle.document.text is None:
            path, found, expected = str(corpus / json_file("documents")), "a text that is withheld", "the text: an export writes it"
            name = bundle.document.doc_id
            findings.append(Finding(rule="text-withheld", path=path, line=line, document=name, found=found, expected=expected))
        if not findings:
            yield bundle
    if findings:
        raise CorpusError(findings)


class _Losses:
    """Counts, of the documents that pass by, the records that have something the format cannot hold."""

    def __init__(self, format: Format) -> None:
        self.format = format
        self.documents = 0
        self.counts: Counter[str] = Counter()

    def count(self, bundles: Iterator[Bundle]) -> Iterator[Bundle]:
        """The documents as the format gets them: without what is foreign to it."""
        for bundle in bundles:
            own = [record for record in bundle.foreign if record.format == self.format.name]
            self.counts[FOREIGN] += len(bundle.foreign) - len(own)
            self.documents += 1
            bundle = replace(bundle, foreign=own)
            tables = tables_of(bundle)
            for key in self.format.loses:
                table, _, column = key.partition(".")
                self.counts[key] += sum(_is_there(table, column, record) for record in tables[table]) if key != FOREIGN else 0
            yield bundle

    def report(self, counted: Mapping[str, int]) -> dict[str, Loss]:
        """The losses that there were; what the format counted itself, ``counted``, wins."""
        counts = {**self.counts, **counted, FOREIGN: self.counts[FOREIGN] + counted.get(FOREIGN, 0)}
        why = {FOREIGN: "what came from another format goes back to that one alone"} | dict(self.format.loses)
        return {key: Loss(number, why[key]) for key, number in sorted(counts.items()) if number and key in why}

    def notes(self, counted: Mapping[str, int]) -> dict[str, int]:
        """What a format counted that is no loss."""
        return {key: number for key, number in sorted(counted.items()) if number and key not in {FOREIGN, *self.format.loses}}


def _is_there(table: str, column: str, record: Any) -> bool:
    """Whether a record has something in a column, its default aside; any record counts for a table as a whole."""
    return not column or getattr(record, column) not in (None, "", False, [], fields(table)[column].get("default"))
