"""Corruptions of lines: encodings, white space, JSON that other readers forgive. Of many ways one for every line; all when thorough."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

from .corpora import Corpus, Doc, encode, in_turn, with_record
from .kinds import document_kind


def _each(doc: Doc, corpus: Corpus, *changes: Callable[[bytes], bytes]) -> Iterator[Doc]:
    """Every line (its line feed left out) changed, in one of the ways in turn."""
    for table, rows in doc.items():
        for row, record in enumerate(rows):
            line = encode([record])[:-1]
            for change in in_turn(corpus, row, changes):
                yield with_record(doc, table, row, change(line) + b"\n")


@document_kind("json-canonical")
def key_twice(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A key twice, with the same value and with another."""
    return _each(
        doc,
        corpus,
        lambda line: line[:-1] + b',"doc_id":' + line.partition(b":")[2].partition(b",")[0] + b"}",
        lambda line: b'{"doc_id":"other",' + line[1:],
    )


@document_kind("json-canonical")
def other_white_space(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """White space before, behind, or inside a line."""
    changes: list[Callable[[bytes], bytes]] = [lambda line: b" " + line, lambda line: line + b" ", lambda line: line + b"\t"]
    return _each(doc, corpus, *changes, lambda line: b"{ " + line[1:], lambda line: line.replace(b'","', b'", "', 1))


@document_kind("json-canonical", "json-syntax")
def carriage_return(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A line that ends with CRLF."""
    return _each(doc, corpus, lambda line: line + b"\r")


@document_kind("json-canonical")
def escaped_characters(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    r"""Characters written as \u escapes that need none."""
    return _each(
        doc, corpus, lambda line: line.replace(b'"doc_id"', b'"doc\\u005fid"', 1), lambda line: line.replace(b"/", b"\\/"), _ascii
    )


def _ascii(line: bytes) -> bytes:
    return json.dumps(json.loads(line), separators=(",", ":")).encode()


@document_kind("json-syntax")
def byte_order_mark(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A line that begins with a byte order mark."""
    return _each(doc, corpus, lambda line: b"\xef\xbb\xbf" + line)


@document_kind("json-syntax", "schema")
def other_encoding(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A line in Latin-1 or UTF-16."""
    others: list[Callable[[bytes], bytes]] = [_latin_1, lambda line: line.decode().encode("utf-16-le")]
    return _each(doc, corpus, *others, lambda line: line.decode().encode("utf-16"))


def _latin_1(line: bytes) -> bytes:
    """The line in Latin-1, where that has all its characters."""
    try:
        return line.decode().encode("latin-1")
    except UnicodeEncodeError:
        return line


@document_kind("json-syntax")
def bad_byte(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A byte that UTF-8 does not have, or NUL, in the middle of a line."""
    return _each(doc, corpus, *(partial(_with_byte, byte) for byte in (b"\xff", b"\x00", b"\xed\xa0\x80", b"\xc0\xaf")))


def _with_byte(byte: bytes, line: bytes) -> bytes:
    middle = len(line) // 2
    return line[:middle] + byte + line[middle:]


@document_kind("json-syntax")
def truncated_line(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A line without its last character, without its second half, or of one bracket."""
    return _each(doc, corpus, lambda line: line[:-1], lambda line: line[: len(line) // 2], lambda line: line[:1])


@document_kind("json-syntax", "json-canonical")
def no_line_feed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A line without a line feed, so that two records are on one line."""
    for table, rows in doc.items():
        for row, record in enumerate(rows):
            yield with_record(doc, table, row, encode([record])[:-1])


@document_kind("json-syntax")
def blank_line(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A blank line behind a record."""
    for table, rows in doc.items():
        for row, record in enumerate(rows):
            yield from (with_record(doc, table, row, record, blank) for blank in in_turn(corpus, row, (b"\n", b"\r\n", b" \n")))


@document_kind("json-syntax")
def record_over_two_lines(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A record over two lines."""
    return _each(doc, corpus, lambda line: line.replace(b",", b",\n", 1))


@document_kind("json-syntax")
def nearly_json(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A line with a trailing comma, a comment, single quotes, or text behind it."""
    changes: list[Callable[[bytes], bytes]] = [lambda line: line[:-1] + b",}", lambda line: line + b"//", lambda line: line + b"{}"]
    return _each(doc, corpus, *changes, lambda line: line.replace(b'"', b"'"), lambda line: line + b",")


@document_kind("schema", "json-syntax")
def no_mapping(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A line that is a list, a string, a number, null, or nested beyond all measure."""
    changes: list[Callable[[bytes], bytes]] = [lambda line: b"[" + line + b"]", lambda _: b"null", lambda _: b"12", lambda _: b"{}"]
    return _each(doc, corpus, *changes, lambda _: b"[" * 100_000, lambda _: b'{"a":' * 5_000 + b"1" + b"}" * 5_000)


@document_kind("schema", "json-syntax")
def line_of_another_table(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A line of another table."""
    for (table, rows), (_, others) in pairwise(doc.items()):
        for row, record in enumerate(rows):
            if others:
                yield with_record(doc, table, row, record, others[row % len(others)])
