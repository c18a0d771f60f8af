"""A corpus written without the words of its texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from corpus_tools.files import Manifest, figures_of_all, seal
from corpus_tools.findings import CorpusError, Finding, quoted
from corpus_tools.hydrationfile import HYDRATION
from corpus_tools.releasing.rewriting import documents_of, write_tables
from corpus_tools.releasing.spelling import SEQUENCE, sequences
from corpus_tools.releasing.withholding import Withheld, withhold
from corpus_tools.rules import Bundle, tables_of
from corpus_tools.schemas import shipped
from corpus_tools.tables import json_lines


def write_without_text(corpus: Path, manifest: Manifest, folder: Path) -> Manifest:
    """Write a sound corpus without the words of its texts into a folder, which is made.

    Raises:
        CorpusError: rows that would still hold words of their text in a row; all are listed.
    """
    findings: list[Finding] = []
    folder.mkdir(parents=True)
    with (folder / HYDRATION).open("wb") as notes:

        def documents() -> Iterator[Bundle]:
            for rows, bundle in documents_of(corpus, manifest):
                withheld = withhold(bundle)
                notes.write(json_lines([withheld.note]))
                path = rows.rows["documents"].path
                findings.extend(msgspec.structs.replace(f, path=path, line=rows.rows["documents"].line) for f in _leaks(withheld))
                yield withheld.bundle

        tables = write_tables(folder, manifest, documents())
    if findings:
        raise CorpusError(findings)
    full = {table: entry["sha256"] for table, entry in manifest["tables"].items()}
    return seal(folder, {**without_files(manifest), "tables": tables, "full_tables": full}, figures_of_all(folder))


def without_files(manifest: Manifest) -> Manifest:
    """A manifest up to the list of files, as that of a corpus with its texts would be."""
    return {key: value for key, value in manifest.items() if key not in ("files", "full_tables")}


def _leaks(withheld: Withheld) -> Iterator[Finding]:
    """Rows that still have words of the text in a row: an id, say, that spells out a long name."""
    doc_id = withheld.bundle.document.doc_id
    lines = [
        (table, "/".join(getattr(record, key) for key in shipped()[table]["x-key"][1:]), msgspec.json.encode(record))
        for table, records in tables_of(withheld.bundle).items()
        for record in records
    ]
    for table, record, line in [*lines, (HYDRATION, "", msgspec.json.encode(withheld.note))]:
        for run in sorted(sequences(line.decode()) & withheld.forbidden):
            found = f"{quoted(' '.join(run))} in what would be left in {table}"
            expected = f"fewer than {SEQUENCE} words of the text in a row"
            yield Finding(rule="text-leak", document=doc_id, record=record, found=found, expected=expected)
