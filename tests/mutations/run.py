"""Tries kinds of corruption and counts what is caught."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from corpus_tools.against import compare_rows
from corpus_tools.checking import check
from corpus_tools.files import check_files
from corpus_tools.findings import Finding, UsageError
from corpus_tools.reading import DocumentRows, Rows, read_block, read_record
from corpus_tools.verdicts import check_document

from .corpora import Corpus, Files, encode, lines_of, rich, shipped, sign_all, write_changes
from .kinds import AGAINST, Kind, all_kinds


class Outcome(NamedTuple):
    """What came of a kind: how many tries, how many were caught in both modes, and by how many each rule was broken.

    ``alone`` counts the re-signed tries that a rule on the corpus alone reported; ``missed`` names tries that were not caught.
    """

    name: str
    tries: int
    as_is: int
    signed: int
    alone: int
    rules: Counter[str]
    missed: list[str]


@cache
def corpora(thorough: bool = False) -> tuple[Corpus, Corpus]:
    """The two corpora that are corrupted."""
    return shipped()._replace(thorough=thorough), rich()._replace(thorough=thorough)


class _Try(NamedTuple):
    """A corruption and the rules that reported it; None where that mode has no meaning."""

    name: str
    as_is: set[str]
    signed: set[str]


def run_kind(name: str, thorough: bool = False) -> Outcome:
    """Try a kind at all its places in both corpora."""
    kind = all_kinds()[name]
    tries = [t for corpus in corpora(thorough) for t in (_on_documents if kind.on_document else _on_files)(kind, corpus)]
    missed = [f"{t.name} as is" for t in tries if not t.as_is]
    missed += [f"{t.name} re-signed, found {sorted(t.signed)}" for t in tries if kind.rules and not t.signed & set(kind.rules)]
    signed = sum(bool(t.signed & set(kind.rules)) for t in tries)
    alone = sum(bool(t.signed - {AGAINST}) for t in tries)
    rules = Counter(rule for t in tries for rule in t.signed)
    return Outcome(name, len(tries), sum(bool(t.as_is) for t in tries), signed, alone, rules, missed)


def run_all(names: Iterable[str] | None = None, thorough: bool = False) -> list[Outcome]:
    """Try kinds, all of them by default, on two processors."""
    names = list(all_kinds() if names is None else names)
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        return list(pool.map(run_kind, names, [thorough] * len(names)))


# ----------------------------------------------------------------------------------------------------------- documents


def _on_documents(kind: Kind, corpus: Corpus) -> Iterator[_Try]:
    assert kind.on_document
    with TemporaryDirectory() as folder:
        write_changes(Path(folder), {}, corpus.files)
        for doc_id, doc in corpus.docs.items():
            checker = _Checker(corpus, doc_id, Path(folder))
            for number, changed in enumerate(kind.on_document(doc, corpus)):
                lines = {table: lines_of(encode(rows)) for table, rows in changed.items() if rows is not doc[table]}
                lines = {table: own for table, own in lines.items() if own != checker.fresh[table]}
                if lines:
                    signed = checker.signed(lines, AGAINST in kind.rules)
                    yield _Try(f"{corpus.name} {doc_id} {number}", checker.as_is(lines), signed)


class _Checker:
    """Checks one document of a corpus with other lines in some of its tables."""

    def __init__(self, corpus: Corpus, doc_id: str, folder: Path) -> None:
        self.corpus, self.doc_id, self.folder = corpus, doc_id, folder
        self.manifest, self.config = corpus.manifest, corpus.config
        self.fresh = {table: lines_of(encode(rows)) for table, rows in corpus.docs[doc_id].items()}
        self.known = {t: dict(zip(own, read_block(t, own), strict=True)) for t, own in self.fresh.items()}
        self.rows = {table: self._rows(table, lines) for table, lines in self.fresh.items()}

    def _rows(self, table: str, lines: list[bytes]) -> Rows:
        records = [self.known[table].get(line) or read_record(table, line) for line in lines]
        return Rows(self.doc_id, f"{table}.jsonl", 1, records, lines)

    def as_is(self, lines: dict[str, list[bytes]]) -> set[str]:
        """The rules on files that are broken when the lines alone are changed."""
        files: dict[str, bytes] = {}
        for table, own in lines.items():
            parts = [own if d == self.doc_id else [encode(doc[table])] for d, doc in self.corpus.docs.items()]
            files[f"jsonl/{table}.jsonl"] = b"".join(line for part in parts for line in part)
        write_changes(self.folder, {}, files)
        entries = {name: self.manifest["files"][name] for name in files}  # the other files are as they were
        found = _rules(check_files(self.folder, self.manifest | {"files": entries}, None))
        write_changes(self.folder, {}, {name: self.corpus.files[name] for name in files})
        return found & {"file-digest"}

    def signed(self, lines: dict[str, list[bytes]], against: bool) -> set[str]:
        """The rules that are broken when everything else fits the lines."""
        document = DocumentRows(self.doc_id, self.rows | {table: self._rows(table, own) for table, own in lines.items()})
        _, findings = check_document(document, self.config)
        return _rules(findings) | (_rules(compare_rows(document, self.fresh)) if against else set())


def _rules(findings: Iterable[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


# --------------------------------------------------------------------------------------------------------------- files


def _on_files(kind: Kind, corpus: Corpus) -> Iterator[_Try]:
    assert kind.on_files
    seeds = corpus.seeds if AGAINST in kind.rules else None
    with TemporaryDirectory() as folder:
        write_changes(Path(folder), {}, corpus.files)
        for number, changed in enumerate(kind.on_files(corpus)):
            if changed != corpus.files:
                as_is = checked(Path(folder), corpus, changed, None)
                signed = checked(Path(folder), corpus, kind.sign(changed), seeds) if kind.rules else set()
                yield _Try(f"{corpus.name} {number}", as_is, signed)


def checked(folder: Path, corpus: Corpus, changed: Files, seeds: Path | None) -> set[str]:
    """The rules that are broken in a folder of a corpus with its files changed; the folder is as it was afterwards."""
    write_changes(folder, corpus.files, changed)
    try:
        return _rules(check(folder, seeds))
    except UsageError:
        return {"usage"}
    finally:
        write_changes(folder, changed, corpus.files)


def whole_findings(kind: Kind, corpus: Corpus, step: int) -> Iterator[tuple[str, set[str]]]:
    """Every so many tries of a kind on documents written as a whole, re-signed corpus: (name, the rules that are broken)."""
    assert kind.on_document
    seeds = corpus.seeds if AGAINST in kind.rules else None
    with TemporaryDirectory() as folder:
        write_changes(Path(folder), {}, corpus.files)
        for doc_id, doc in corpus.docs.items():
            for number, changed in enumerate(islice(kind.on_document(doc, corpus), 0, None, step)):
                docs = corpus.docs | {doc_id: changed}
                files = corpus.files | {f"jsonl/{t}.jsonl": b"".join(encode(own[t]) for own in docs.values()) for t in changed}
                if files != corpus.files:
                    yield f"{corpus.name} {doc_id} {number * step}", checked(Path(folder), corpus, sign_all(files), seeds)
