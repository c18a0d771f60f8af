"""The whole corpus again from one without its texts and the reader's own copies of the sources."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from corpus_tools.files import Manifest, figures_of_all, read_manifest, seal
from corpus_tools.findings import Finding, UsageError
from corpus_tools.hydrationfile import HYDRATION, Note, Notes, is_without_texts
from corpus_tools.inputs import find_files, read_file
from corpus_tools.ondisk import OnDisk
from corpus_tools.records import Document
from corpus_tools.releasing.restoring import is_source, restore
from corpus_tools.releasing.rewriting import documents_of, must_be_new, must_be_sound, write_tables
from corpus_tools.releasing.textless import without_files
from corpus_tools.remote import brought_here
from corpus_tools.rules import Bundle
from corpus_tools.swap import put_in_place, staging_for
from corpus_tools.tables import MANIFEST


class HydrateReport(msgspec.Struct):
    """How many documents have their text in the new corpus, how many a part of it, how many none; and all that was found."""

    included: int
    partial: int
    withheld: int
    findings: list[Finding]


def corpus_of(release: Path) -> Path:
    """The corpus of a release: its folder ``corpus``, or the folder itself."""
    inner = release / "corpus"
    return inner if not (release / MANIFEST).is_file() and (inner / MANIFEST).is_file() else release


def hydrate(release: Path | str, sources: Path | str, out: Path | str) -> HydrateReport:
    """Rebuild the whole corpus from a text-free release and one's own copies of the sources.

    A copy is found by its name, or else by its digest. One that is the source gives its document as it was; from one that differs, the
    paragraphs that agree by their digests are taken. What no copy gives stays null, and is reported. With all sources the new corpus is,
    byte for byte, the one that was released. Nothing is asked, and nothing changed in place.

    Args:
        release: a folder that `release` made without text, or the corpus in it.
        sources: the folder of the copies.
        out: the folder that is made; new or empty.

    Raises:
        CorpusError: the release is not sound; nothing was written.
        UsageError: no such folder, a corpus that has its texts, or something in the way.
    """
    corpus, sources, out = corpus_of(brought_here(release)), brought_here(sources), Path(out)
    manifest = read_manifest(corpus)
    if not is_without_texts(manifest):
        raise UsageError(f"{corpus}: has its texts, so there is nothing to put back")
    if not sources.is_dir():
        raise UsageError(f"{sources}: not a folder of sources")
    must_be_new(out)
    must_be_sound(corpus)
    hydration = _Hydration(corpus, manifest, sources)
    try:
        with staging_for(out) as staging:
            tables = write_tables(staging, manifest, hydration.documents())
            new = without_files(manifest) | {"tables": tables}
            if hydration.is_whole():
                hydration.compare(tables)
            else:
                new["full_tables"] = manifest["full_tables"]
                shutil.copyfile(corpus / HYDRATION, staging / HYDRATION)
            seal(staging, new, figures_of_all(staging))
            put_in_place(staging, out, ())
    except OSError as error:
        raise UsageError(f"{error.filename or out}: {error.strerror or error}; nothing was hydrated") from error
    return hydration.report()


class _Hydration:
    """Goes through the documents, and keeps count of what became of them."""

    def __init__(self, corpus: Path, manifest: Manifest, sources: Path) -> None:
        self.corpus, self.manifest = corpus, manifest
        self.copies = _Copies(sources)
        self.findings = self.copies.findings
        self.counts = Counter({"included": 0, "partial": 0, "withheld": 0})

    def documents(self) -> Iterator[Bundle]:
        notes = Notes(self.corpus)
        for rows, bundle in documents_of(self.corpus, self.manifest):
            note = notes.of(rows)
            new = self._hydrated(bundle, note) if note and bundle.document.text is None else bundle
            self.counts[new.document.text_status] += 1
            yield new

    def _hydrated(self, bundle: Bundle, note: Note) -> Bundle:
        document = bundle.document
        found = self.copies.of(document)
        if found is None:
            expected = f"{document.source.file}, or a file with sha256 {document.source.sha256}"
            self._note("copy-missing", str(self.copies.folder), document, f"no copy of the source of {document.doc_id}", expected)
            return bundle
        path, copy = found
        try:
            restored = restore(bundle, note, copy)
        except (ValueError, RecursionError) as error:
            self._note("copy-digest", str(path), document, str(error), f"sha256 {document.source.sha256}")
            return bundle
        if not is_source(copy, document) and not restored.missing:
            what = "another file than the source, though all paragraphs agree"
            self._note("copy-digest", str(path), document, what, f"{document.source.bytes} bytes, sha256 {document.source.sha256}")
        digests = {paragraph.paragraph_id: note["paragraphs"][paragraph.index] for paragraph in bundle.paragraphs}
        for name in restored.missing:
            expected = f"one with sha256 {digests[name]}"
            self._note("copy-paragraph", str(path), document, f"no paragraph that agrees with {name}", expected, name)
        return restored.bundle

    def _note(self, rule: str, path: str, document: Document, found: str, expected: str, record: str = "") -> None:
        finding = Finding(rule=rule, path=path, document=document.doc_id, record=record, found=found, expected=expected)
        self.findings.append(finding)

    def is_whole(self) -> bool:
        return self.counts["included"] == self.counts.total()

    def compare(self, tables: Manifest) -> None:
        """Whether the tables are those that were released: digests of texts do not hold names and titles."""
        for table, wanted in self.manifest["full_tables"].items():
            if tables[table]["sha256"] != wanted:
                found, path = f"a table {table} with sha256 {tables[table]['sha256']}", str(self.corpus / HYDRATION)
                self.findings.append(
                    Finding(rule="hydration", path=path, found=found, expected=f"sha256 {wanted}, as it was released")
                )

    def report(self) -> HydrateReport:
        counts = self.counts
        return HydrateReport(counts["included"], counts["partial"], counts["withheld"], self.findings)


class _Copies:
    """The files of a folder, found by name or by digest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        files, self.findings = find_files(folder, {path.suffix.lower() for path in folder.rglob("*")})
        self.by_name = OnDisk((os.fsencode(path.name), os.fsencode(path)) for path in files)
        self.by_size = OnDisk((b"%d" % path.stat().st_size, os.fsencode(path)) for path in files if path.is_file())

    def of(self, document: Document) -> tuple[Path, bytes] | None:
        """The copy of a document's source: a file that is it, else the one that has its name."""
        named = next((Path(os.fsdecode(path)) for path in self.by_name.values(document.source.file.encode())), None)
        alike = [Path(os.fsdecode(path)) for path in self.by_size.values(b"%d" % document.source.bytes)]
        for path in dict.fromkeys([*([named] if named in alike else []), *alike]):
            data = self._read(path)
            if data is not None and hashlib.sha256(data).hexdigest() == document.source.sha256:
                return path, data
        data = self._read(named) if named else None
        return (named, data) if named and data is not None else None

    def _read(self, path: Path) -> bytes | None:
        data = read_file(path, self.folder)
        if isinstance(data, Finding):
            self.findings.append(data)
            return None
        return data
