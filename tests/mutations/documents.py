"""Corruptions of documents, paragraphs and sentences."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import msgspec

from corpus_tools.records import Edit
from corpus_tools.releasing.withholding import as_bundle, withhold
from corpus_tools.rules import tables_of
from corpus_tools.text import undo_edits

from .corpora import Corpus, Doc, Record, with_record
from .kinds import AGAINST, document_kind
from .spans import HOMOGLYPHS


def with_document(doc: Doc, **changes: Any) -> Doc:
    return with_record(doc, "documents", 0, doc["documents"][0] | changes)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_CHANGES: dict[str, Callable[[str], str]] = {
    "truncated": lambda text: text[:-1],
    "longer": lambda text: text + "\n",
    "byte order mark": lambda text: "\ufeff" + text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "homoglyphs": lambda text: text.translate(HOMOGLYPHS),
    "Latin-1": lambda text: text.encode().decode("latin-1"),
    "one letter": lambda text: text[:5] + "q" + text[6:],
    "two letters swapped": lambda text: text[:3] + text[4] + text[3] + text[5:],
    "empty": lambda text: "",
}


def _other_texts(doc: Doc) -> Iterator[str]:
    text = doc["documents"][0]["text"]
    yield from (change(text) for change in _CHANGES.values() if change(text) != text)


@document_kind("text-digest")
def text_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """The text truncated, with CRLF, with a byte order mark, normalised, in homoglyphs, with a letter changed."""
    for text in _other_texts(doc):
        yield with_document(doc, text=text)


@document_kind("edits-rebuild-source")
def text_and_digest_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """The same changes of the text with its digest made anew."""
    for text in _other_texts(doc):
        yield with_document(doc, text=text, text_sha256=_digest(text))


@document_kind("span-text", "paragraph-coverage")
def text_and_source_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """The same changes of the text with its digest and those of the source made anew."""
    document = doc["documents"][0]
    for text in _other_texts(doc):
        yield with_document(doc, text=text, text_sha256=_digest(text), **_source(document, text, []), edits=[])


def _source(document: Record, text: str, edits: list[Record]) -> Record:
    source = undo_edits(text, [Edit(**edit) for edit in edits])
    return {"source": document["source"] | {"bytes": len(source), "sha256": hashlib.sha256(source).hexdigest()}}


@document_kind(AGAINST, why="text, quotes, source and all digests agree: it is a sound corpus of another source")
def other_letter_everywhere(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A letter of the text changed in the source, the text, and every quote."""
    document = doc["documents"][0]
    text = document["text"]
    for at in range(0, len(text), max(1, len(text) // 50)):
        new = text[:at] + "q" + text[at + 1 :]
        try:
            source = _source(document, new, document["edits"])
        except ValueError:  # the letter is inside an edit
            continue
        if text[at].isalpha():
            requoted = _requoted({**doc, "documents": []}, new)
            yield {**requoted, "documents": [document | source | {"text": new, "text_sha256": _digest(new)}]}


def _requoted(value: Any, text: str) -> Any:
    """A value with the text of every span taken from the text."""
    if isinstance(value, dict):
        value = {key: _requoted(item, text) for key, item in value.items()}
        if "fragments" in value:
            value["text"] = " ".join(f["text"] for f in value["fragments"])
        elif "text" in value:
            value["text"] = text[value["start"] : value["end"]]
        return value
    return [_requoted(item, text) for item in value] if isinstance(value, list) else value


@document_kind("text-digest")
def text_withheld_by_half(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A text or edits left out though the status says included, or there though it says withheld."""
    for changes in ({"text": None}, {"edits": None}, {"text_status": "withheld"}, {"text_status": "withheld", "text": None}):
        yield with_document(doc, **changes)


@document_kind("withheld-words")
def words_left_behind(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A document that is withheld, with words of its rows, of a paragraph, or with its title; or one called partial without any."""
    bare = withhold(as_bundle(doc)).bundle
    rows = {table: [msgspec.to_builtins(record) for record in records] for table, records in tables_of(bare).items()}
    yield with_document(doc, text=None, edits=None, text_status="withheld")
    yield with_document(rows, text_status="partial")
    yield with_document(rows, title=doc["documents"][0]["title"])
    for number, paragraph in enumerate(doc["paragraphs"]):
        yield with_record(rows, "paragraphs", number, paragraph)


@document_kind("text-digest")
def text_digest_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Another digest of the text."""
    yield with_document(doc, text_sha256=_digest("another"))


@document_kind("edits-rebuild-source")
def source_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Another digest or length of the source."""
    source = doc["documents"][0]["source"]
    for changes in ({"sha256": _digest("another")}, {"bytes": source["bytes"] + 1}, {"bytes": source["bytes"] - 1}):
        yield with_document(doc, source=source | changes)


@document_kind(AGAINST, why="how the source was read leaves no trace beyond the edits")
def media_type_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Another media type of the source."""
    source = doc["documents"][0]["source"]
    for media_type in {"text/plain", "text/markdown", "text/html"} - {source["media_type"]}:
        yield with_document(doc, source=source | {"media_type": media_type})


@document_kind(AGAINST, why="the file's name is known from the seeds alone")
def source_file_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Another name of the source file."""
    source = doc["documents"][0]["source"]
    for name in ("other.txt", doc["documents"][0]["doc_id"] + ".text"):
        yield with_document(doc, source=source | {"file": name})


@document_kind(AGAINST, why="title, authors, publisher, address, rights are what the metadata says")
def metadata_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Another title, author, publisher, date, address, or note on rights."""
    changes = {
        "title": "Another",
        "authors": ["Somebody Else"],
        "publisher": "Another",
        "published": "1999",
        "url": "https://example.com/x",
    }
    for key, value in (changes | {"rights": "Public domain."}).items():
        yield with_document(doc, **{key: value})


@document_kind(AGAINST, why="a document may be in any split and language; the counts are re-signed")
def split_or_language_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """The document in another split, or in another language."""
    document = doc["documents"][0]
    yield from (with_document(doc, split=split) for split in ("train", "test", "extra") if split != document["split"])
    yield from (with_document(doc, language=tag) for tag in ("en", "de", "pt-PT") if tag != document["language"])


@document_kind("language-tag", "schema")
def language_malformed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A language that is no tag of BCP 47, or not in its usual case."""
    for tag in ("English language", "EN", "en_GB", "en-gb", "zh-hant", "", "e", "12"):
        yield with_document(doc, language=tag)


@document_kind("date-real", "schema")
def date_malformed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A date that no calendar has, or in another form."""
    for date in (
        "2017-02-30",
        "2019-02-29",
        "0000-01-01",
        "2017-13",
        "17-11-21",
        "2017-11-21T00:00",
        "21.11.2017",
        "2017-11-21\n",
        "",
    ):
        yield with_document(doc, published=date)


# --------------------------------------------------------------------------------------------------------------- edits


def _with_edits(doc: Doc, index: int, *edits: Record, take: int = 1) -> Doc:
    own = doc["documents"][0]["edits"]
    return with_document(doc, edits=[*own[:index], *edits, *own[index + take :]])


@document_kind("edits-rebuild-source")
def edit_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """An edit left out."""
    for i in range(len(doc["documents"][0]["edits"])):
        yield _with_edits(doc, i)


@document_kind("edit-order", "edits-rebuild-source")
def edit_shifted(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """An edit one byte to the left, to the right, or longer, where that gives another source."""
    document = doc["documents"][0]
    for i, e in enumerate(document["edits"]):
        for a, b in ((-1, -1), (1, 1), (0, 1), (-1, 0)):
            start, end = e["source_start"] + a, e["source_end"] + b
            shifted = _with_edits(doc, i, e | {"source_start": start, "source_end": end})
            if start >= 0 and not _rebuilds(shifted):
                yield shifted


def _rebuilds(doc: Doc) -> bool:
    document = doc["documents"][0]
    edits = [Edit(**edit) for edit in document["edits"]]
    if any(e.source_end - e.source_start != len(e.source_text.encode()) for e in edits):
        return False
    try:
        source = undo_edits(document["text"], edits)
    except ValueError:
        return False
    return hashlib.sha256(source).hexdigest() == document["source"]["sha256"]


@document_kind("edit-order")
def edits_swapped(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Two neighbouring edits swapped."""
    edits = doc["documents"][0]["edits"]
    for i in range(len(edits) - 1):
        yield _with_edits(doc, i, edits[i + 1], edits[i], take=2)


@document_kind("edit-order", "edits-rebuild-source")
def edit_twice(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """An edit twice."""
    for i, edit in enumerate(doc["documents"][0]["edits"]):
        yield _with_edits(doc, i, edit, edit)


@document_kind("edit-order", "edits-rebuild-source")
def edit_of_other_text(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """An edit with other text on the side of the source or of the text."""
    for i, e in enumerate(doc["documents"][0]["edits"]):
        for key in ("source_text", "text"):
            for text in (e[key] + "x", e[key][1:], e[key].swapcase()):
                if text != e[key]:
                    yield _with_edits(doc, i, e | {key: text})


@document_kind("edit-order")
def edit_that_changes_nothing(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """One more edit, which changes nothing."""
    edits = doc["documents"][0]["edits"]
    for i, e in enumerate(edits):
        at = e["source_end"]
        nothing = {"source_start": at, "source_end": at, "source_text": "", "text": "", "reason": "markup"}
        yield _with_edits(doc, i, e, nothing)


@document_kind(AGAINST, why="why a place was edited stands in the metadata, or is known to the reader of the format alone")
def edit_reason_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Another reason of an edit."""
    for i, e in enumerate(doc["documents"][0]["edits"]):
        yield _with_edits(doc, i, e | {"reason": "other"})


@document_kind(AGAINST, why="two edits and the bytes between them as one give the same source")
def edits_joined(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Two neighbouring edits and the bytes between them as one edit."""
    document = doc["documents"][0]
    edits = document["edits"]
    source = undo_edits(document["text"], [Edit(**edit) for edit in edits])
    for i, (a, b) in enumerate(pairwise(edits)):
        between = source[a["source_end"] : b["source_start"]].decode()
        joined = {key: a[key] + between + b[key] for key in ("source_text", "text")}
        yield _with_edits(doc, i, a | joined | {"source_end": b["source_end"]}, take=2)


# ---------------------------------------------------------------------------------------------------------- paragraphs


@document_kind("paragraph-coverage")
def paragraph_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A paragraph left out."""
    for i in range(len(doc["paragraphs"])):
        yield with_record(doc, "paragraphs", i)


@document_kind("paragraph-coverage")
def paragraph_twice(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A paragraph twice."""
    for i, p in enumerate(doc["paragraphs"]):
        yield with_record(doc, "paragraphs", i, p, p)


@document_kind("paragraph-coverage")
def paragraphs_swapped(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Two neighbouring paragraphs swapped."""
    own = doc["paragraphs"]
    for i in range(len(own) - 1):
        yield {**doc, "paragraphs": [*own[:i], own[i + 1], own[i], *own[i + 2 :]]}


@document_kind("span-text", "paragraph-coverage")
def paragraph_shifted(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A paragraph's offsets moved by one, or its end alone."""
    for i, p in enumerate(doc["paragraphs"]):
        for a, b in ((1, 1), (-1, -1), (0, 1), (0, -1)):
            if p["start"] + a >= 0:
                yield with_record(doc, "paragraphs", i, p | {"start": p["start"] + a, "end": p["end"] + b})


@document_kind("span-text", "schema")
def paragraph_text_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A paragraph's text truncated, normalised, or in homoglyphs."""
    for i, p in enumerate(doc["paragraphs"]):
        for name in ("truncated", "longer", "NFD", "NFC", "homoglyphs"):
            if _CHANGES[name](p["text"]) != p["text"]:
                yield with_record(doc, "paragraphs", i, p | {"text": _CHANGES[name](p["text"])})


@document_kind("paragraph-coverage", "schema")
def paragraph_renumbered(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A paragraph with another number, or another id that all its annotations follow."""
    for i, p in enumerate(doc["paragraphs"]):
        yield with_record(doc, "paragraphs", i, p | {"index": p["index"] + 1})
        yield _renamed(doc, p["paragraph_id"], f"{p['paragraph_id']}.1")


def _renamed(doc: Doc, old: str, new: str) -> Doc:
    return {table: [r | {"paragraph_id": new} if r.get("paragraph_id") == old else r for r in rows] for table, rows in doc.items()}


@document_kind("paragraph-coverage")
def paragraph_numbers_from_one(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """All paragraphs numbered from 1."""
    yield {**doc, "paragraphs": [p | {"index": p["index"] + 1} for p in doc["paragraphs"]]}


@document_kind("paragraph-coverage")
def paragraphs_merged(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Two neighbouring paragraphs as one, all that is behind them renumbered."""
    text = doc["documents"][0]["text"]
    for i, (a, b) in enumerate(pairwise(doc["paragraphs"])):
        joined = a | {"end": b["end"], "text": text[a["start"] : b["end"]], "sentences": [*a["sentences"], *b["sentences"]]}
        rest = [*doc["paragraphs"][:i], joined, *doc["paragraphs"][i + 2 :]]
        old = [*doc["paragraphs"][: i + 1], *doc["paragraphs"][i + 1 :]]
        names = {p["paragraph_id"]: f"p{n + 1 - (n > i)}" for n, p in enumerate(old)}
        moved = {t: [r | {"paragraph_id": names[r["paragraph_id"]]} for r in doc[t]] for t in ("mentions", "claims")}
        if "code" not in (a["kind"], b["kind"]):  # code may hold blank lines
            yield {**doc, **moved, "paragraphs": [p | {"paragraph_id": f"p{n + 1}", "index": n} for n, p in enumerate(rest)]}


@document_kind("paragraph-coverage")
def paragraph_split(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A paragraph cut in two between its sentences, all that is behind it renumbered."""
    text = doc["documents"][0]["text"]
    for i, p in enumerate(doc["paragraphs"]):
        for n in range(1, len(p["sentences"])):
            end, start = p["sentences"][n - 1]["end"], p["sentences"][n]["start"]
            if text[end:start] == "\n\n":  # inside code: nothing would be wrong
                continue
            a = p | {"end": end, "text": text[p["start"] : end], "sentences": p["sentences"][:n]}
            b = p | {"start": start, "text": text[start : p["end"]], "sentences": p["sentences"][n:]}
            rest = [*doc["paragraphs"][:i], a, b, *doc["paragraphs"][i + 1 :]]
            yield {**doc, "paragraphs": [q | {"paragraph_id": f"p{m + 1}", "index": m} for m, q in enumerate(rest)]}


@document_kind(AGAINST, why="what a block was in the source, and what it does in the article, stands in source and metadata")
def paragraph_kind_or_role_changed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A paragraph of another kind or role."""
    for i, p in enumerate(doc["paragraphs"]):
        for key, values in (("kind", ("paragraph", "quote", "list_item")), ("role", ("body", "byline", "boilerplate"))):
            yield from (with_record(doc, "paragraphs", i, p | {key: value}) for value in values if value != p[key])


@document_kind("paragraph-roles")
def second_title(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A second title, apart from the first."""
    titles = [p["index"] for p in doc["paragraphs"] if p["role"] == "title"]
    for i, p in enumerate(doc["paragraphs"]):
        if titles and min(abs(i - title) for title in titles) > 1:
            yield with_record(doc, "paragraphs", i, p | {"role": "title"})


# ----------------------------------------------------------------------------------------------------------- sentences


def _with_sentences(doc: Doc, row: int, sentences: list[Record]) -> Doc:
    return with_record(doc, "paragraphs", row, doc["paragraphs"][row] | {"sentences": sentences})


@document_kind("sentence-coverage")
def sentence_border_shifted(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A sentence's start or end moved by one."""
    for i, p in enumerate(doc["paragraphs"]):
        for n, s in enumerate(p["sentences"]):
            for key in ("start", "end"):
                for by in (-1, 1):
                    if s[key] + by >= 0:
                        yield _with_sentences(doc, i, [*p["sentences"][:n], s | {key: s[key] + by}, *p["sentences"][n + 1 :]])


@document_kind("sentence-coverage")
def sentence_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A sentence left out."""
    for i, p in enumerate(doc["paragraphs"]):
        for n in range(len(p["sentences"])):
            yield _with_sentences(doc, i, [*p["sentences"][:n], *p["sentences"][n + 1 :]])


@document_kind("sentence-coverage")
def sentence_twice(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A sentence twice."""
    for i, p in enumerate(doc["paragraphs"]):
        for n, s in enumerate(p["sentences"]):
            yield _with_sentences(doc, i, [*p["sentences"][:n], s, *p["sentences"][n:]])


@document_kind("sentence-coverage")
def sentences_swapped(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Two neighbouring sentences swapped."""
    for i, p in enumerate(doc["paragraphs"]):
        own = p["sentences"]
        for n in range(len(own) - 1):
            yield _with_sentences(doc, i, [*own[:n], own[n + 1], own[n], *own[n + 2 :]])


@document_kind(AGAINST, why="where a sentence ends is for the splitter and the metadata to say")
def sentence_border_moved(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """The border between two sentences moved by a word, or taken away."""
    text = doc["documents"][0]["text"]
    for i, p in enumerate(doc["paragraphs"]):
        for n, (a, b) in enumerate(pairwise(p["sentences"])):
            yield _with_sentences(doc, i, [*p["sentences"][:n], a | {"end": b["end"]}, *p["sentences"][n + 2 :]])
            words = text[a["start"] : a["end"]].rsplit(None, 1)
            if len(words) == 2:
                moved = [a | {"end": a["start"] + len(words[0])}, b | {"start": a["end"] - len(words[1])}]
                yield _with_sentences(doc, i, [*p["sentences"][:n], *moved, *p["sentences"][n + 2 :]])
