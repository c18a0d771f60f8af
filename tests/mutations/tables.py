"""Corruptions of the files of JSON lines: documents, whole files, bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from corpus_tools.schemas import TABLES

from .corpora import Corpus, Files, Line, encode, lines_of, sign_all
from .kinds import AGAINST, files_kind

JSONL = [f"jsonl/{table}.jsonl" for table in TABLES]


def _with(corpus: Corpus, name: str, data: bytes) -> Files:
    return corpus.files | {name: data}


def _without(corpus: Corpus, *names: str) -> Files:
    return {name: data for name, data in corpus.files.items() if name not in names}


def _each_file(corpus: Corpus, *changes: Callable[[bytes], bytes]) -> Iterator[Files]:
    for name in JSONL:
        for change in changes:
            data = corpus.files[name]
            if change(data) != data:
                yield _with(corpus, name, change(data))


# ----------------------------------------------------------------------------------------------------------- documents


@files_kind("document-order", sign=sign_all)
def documents_swapped(corpus: Corpus) -> Iterator[Files]:
    """The rows of two neighbouring documents swapped in one table, or in all."""
    ids = list(corpus.docs)
    for i in range(len(ids) - 1):
        order = [*ids[:i], ids[i + 1], ids[i], *ids[i + 2 :]]
        tables = {f"jsonl/{t}.jsonl": b"".join(encode(corpus.docs[d][t]) for d in order) for t in TABLES}
        changed = {name: data for name, data in tables.items() if data != corpus.files[name]}
        yield corpus.files | changed
        yield from (_with(corpus, name, data) for name, data in changed.items())


@files_kind("document-missing", "manifest", sign=sign_all)
def document_row_left_out(corpus: Corpus) -> Iterator[Files]:
    """The row of a document left out in documents, its annotations not."""
    for doc_id in corpus.docs:
        yield _with(corpus, JSONL[0], b"".join(encode(doc["documents"]) for d, doc in corpus.docs.items() if d != doc_id))


@files_kind("document-missing", sign=sign_all)
def document_row_twice(corpus: Corpus) -> Iterator[Files]:
    """The row of a document twice."""
    for doc_id in corpus.docs:
        rows = [line for d, doc in corpus.docs.items() for line in doc["documents"] * (1 + (d == doc_id))]
        yield _with(corpus, JSONL[0], encode(rows))


@files_kind(AGAINST, why="nothing says how many documents there were", sign=sign_all)
def document_left_out(corpus: Corpus) -> Iterator[Files]:
    """A document left out in all tables."""
    for doc_id in corpus.docs:
        kept = [doc for d, doc in corpus.docs.items() if d != doc_id]
        yield corpus.files | {f"jsonl/{t}.jsonl": b"".join(encode(doc[t]) for doc in kept) for t in TABLES}


def _renamed(rows: list[Line], new: str) -> list[Line]:
    return [row | {"doc_id": new} for row in rows if isinstance(row, dict)]


@files_kind(AGAINST, why="an id is the name of the seeds", sign=sign_all)
def document_renamed(corpus: Corpus) -> Iterator[Files]:
    """A document with another id in all tables."""
    for doc_id in corpus.docs:
        docs = dict(sorted(((d + "-new" if d == doc_id else d), doc) for d, doc in corpus.docs.items()))
        yield corpus.files | {f"jsonl/{t}.jsonl": b"".join(encode(_renamed(doc[t], d)) for d, doc in docs.items()) for t in TABLES}


@files_kind("document-missing", "reference-resolves", "paragraph-coverage", sign=sign_all)
def document_renamed_in_one_table(corpus: Corpus) -> Iterator[Files]:
    """A document with another id in one table."""
    for doc_id in corpus.docs:
        for t in TABLES:
            new = doc_id[:-1] + chr(ord(doc_id[-1]) + 1)
            rows = {d + "\x00" * (d == doc_id): doc[t] for d, doc in corpus.docs.items()}
            docs = dict(sorted((new if d.endswith("\x00") else d, own) for d, own in rows.items()))
            if new not in corpus.docs and corpus.docs[doc_id][t]:
                yield _with(corpus, f"jsonl/{t}.jsonl", b"".join(encode(_renamed(own, d)) for d, own in docs.items()))


@files_kind(
    "span-text", "reference-resolves", "ids-unique", "entity-mentioned", "paragraph-coverage", "derived-column", sign=sign_all
)
def rows_in_another_document(corpus: Corpus) -> Iterator[Files]:
    """The last row of a document in a table given to the next document."""
    ids = list(corpus.docs)
    for a, b in pairwise(ids):
        for t in TABLES[1:]:
            rows = {d: list(doc[t]) for d, doc in corpus.docs.items()}
            if rows[a]:
                rows[b].insert(0, rows[a].pop() | {"doc_id": b})
                yield _with(corpus, f"jsonl/{t}.jsonl", b"".join(map(encode, rows.values())))


# --------------------------------------------------------------------------------------------------------- whole files


@files_kind("json-syntax", "text-digest", "span-text", "manifest", sign=sign_all)
def file_in_another_encoding(corpus: Corpus) -> Iterator[Files]:
    """A file of JSON lines in UTF-16, UTF-32, Latin-1, or with a byte order mark."""
    encodings = ("utf-16", "utf-16-be", "utf-32", "utf-8-sig")
    for encoding in encodings:
        yield from _each_file(corpus, lambda data, encoding=encoding: data.decode().encode(encoding) if data else data)  # type: ignore[misc]
    yield from _each_file(corpus, lambda data: data if data.isascii() else data.decode().encode("latin-1", "replace"))


@files_kind("json-canonical", "json-syntax", "manifest", sign=sign_all)
def file_with_other_line_ends(corpus: Corpus) -> Iterator[Files]:
    """A file of JSON lines with CRLF or CR, without its last line feed, or with a blank line at its end."""
    ends = (lambda data: data.replace(b"\n", b"\r\n"), lambda data: data.replace(b"\n", b"\r"))
    yield from _each_file(corpus, *ends, lambda data: data[:-1], lambda data: data + b"\n", lambda data: data + b"\r\n")


@files_kind("document-missing", "manifest", "paragraph-coverage", "reference-resolves", "entity-mentioned", sign=sign_all)
def file_emptied(corpus: Corpus) -> Iterator[Files]:
    """A file of JSON lines emptied, all but those that a corpus may have none of."""
    for name in JSONL[:-2]:
        yield _with(corpus, name, b"")


@files_kind(AGAINST, why="a corpus may have no claims, and nothing foreign", sign=sign_all)
def claims_emptied(corpus: Corpus) -> Iterator[Files]:
    """The file of the claims emptied, or of what is foreign."""
    for name in JSONL[-2:]:
        yield _with(corpus, name, b"")


@files_kind("file-missing")
def file_missing(corpus: Corpus) -> Iterator[Files]:
    """A file of JSON lines missing, or a folder, or a link to another, in its place."""
    for name in JSONL:
        yield _without(corpus, name)
        yield _without(corpus, name) | {name: None}
        yield _without(corpus, name) | {name: Path("../README.md")}
        yield _without(corpus, name) | {name: Path("nowhere")}


@files_kind("schema", "json-syntax", "manifest", sign=sign_all)
def files_swapped(corpus: Corpus) -> Iterator[Files]:
    """Two files of JSON lines swapped."""
    for a, b in pairwise(JSONL):
        yield corpus.files | {a: corpus.files[b], b: corpus.files[a]}


@files_kind("json-syntax", "json-canonical", "manifest", sign=sign_all)
def file_truncated(corpus: Corpus) -> Iterator[Files]:
    """A file of JSON lines cut inside a line, at places drawn with a fixed seed."""
    chance = random.Random(7)
    for name in filter(corpus.files.get, JSONL):
        data = corpus.files[name]
        for _ in range(20 if corpus.thorough else 3):
            at = chance.randrange(1, len(data))
            if data[at - 1 : at] != b"\n":
                yield _with(corpus, name, data[:at])


@files_kind(
    AGAINST, "manifest", why="cut between two lines, a file lacks records of which nothing says that they were there", sign=sign_all
)
def file_cut_between_lines(corpus: Corpus) -> Iterator[Files]:
    """A file of JSON lines without its last line, or half of its lines."""
    for name in JSONL:
        lines = lines_of(corpus.files[name])
        yield from (_with(corpus, name, b"".join(lines[:count])) for count in {len(lines) - 1, len(lines) // 2})


@files_kind(AGAINST, "manifest", why="a flipped bit may give another sound value", sign=sign_all)
def bit_flipped_in_json_lines(corpus: Corpus) -> Iterator[Files]:
    """A bit flipped in a file of JSON lines, at places drawn with a fixed seed."""
    yield from bits_flipped(corpus, JSONL, 200 if corpus.thorough else 8)


def bits_flipped(corpus: Corpus, names: list[str], times: int, start: int = 0) -> Iterator[Files]:
    """One flipped bit in one of the files, some times in each, from an offset on (from the end where that is negative)."""
    chance = random.Random(11)
    for name in filter(corpus.files.get, names):
        data = corpus.files[name]
        for _ in range(times):
            at = chance.randrange(len(data) + start if start < 0 else start, len(data))
            yield _with(corpus, name, data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :])


@files_kind("file-unlisted")
def file_left_over(corpus: Corpus) -> Iterator[Files]:
    """A file of an earlier build, or of somebody else, beside those of the corpus."""
    left = ("data/claims/train-00000-of-00004.parquet", "data/claims/train.csv", "data/old/x.parquet", "jsonl/foreign2.jsonl")
    for name in (*left, "jsonl/.hidden"):
        yield corpus.files | {name: b"{}\n"}
