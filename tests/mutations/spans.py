"""Corruptions of spans: offsets, quoted text, the order of fragments."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise

from corpus_tools.text import Units

from .corpora import Corpus, Doc, Record, careful, fragment_lists, fragments, with_fragment, with_fragments, with_record
from .kinds import AGAINST, document_kind

Move = Callable[[str, Record], Record]


def _offsets(start: int, end: int) -> Record:
    return {"start": start, "end": end}


def _each(doc: Doc, move: Move) -> Iterator[Doc]:
    """Every fragment with other offsets, where what then stands at them is not its text."""
    text = doc["documents"][0]["text"]
    for table, row, column, number, fragment in fragments(doc):
        changes = move(text, fragment)
        start, end = (fragment | changes)["start"], (fragment | changes)["end"]
        if start >= 0 and (text[start:end] != fragment["text"] or end > len(text)):
            yield with_fragment(doc, table, row, column, number, **changes)


@document_kind("span-text")
def shift_right(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's offsets one to the right."""
    return _each(doc, lambda _, f: {"start": f["start"] + 1, "end": f["end"] + 1})


@document_kind("span-text")
def shift_left(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's offsets one to the left."""
    return _each(doc, lambda _, f: {"start": f["start"] - 1, "end": f["end"] - 1})


@document_kind("span-text")
def inclusive_end(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's end counted inclusive."""
    return _each(doc, lambda _, f: {"end": f["end"] - 1})


@document_kind("span-text")
def start_from_one(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's start counted from 1."""
    return _each(doc, lambda _, f: {"start": f["start"] + 1})


@document_kind("span-text")
def start_and_end_swapped(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's start and end swapped."""
    return _each(doc, lambda _, f: {"start": f["end"], "end": f["start"]})


@document_kind("span-text")
def past_the_end(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment behind the end of the text."""
    return _each(doc, lambda text, f: {"start": f["start"] + len(text), "end": f["end"] + len(text)})


@document_kind("span-text")
def end_past_the_end(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment that ends behind the end of the text, its words the rest of it."""
    text = doc["documents"][0]["text"]
    for table, row, column, number, fragment in fragments(doc):
        yield with_fragment(doc, table, row, column, number, end=len(text) + 1, text=text[fragment["start"] :])


@document_kind("span-text")
def utf8_offsets(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's offsets in bytes of UTF-8."""
    units = Units(doc["documents"][0]["text"])
    return _each(doc, lambda _, f: _offsets(*units.convert((f["start"], f["end"]), "code_point", "utf8_byte")))


@document_kind("span-text")
def utf16_offsets(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's offsets in units of UTF-16."""
    units = Units(doc["documents"][0]["text"])
    return _each(doc, lambda _, f: _offsets(*units.convert((f["start"], f["end"]), "code_point", "utf16_unit")))


@document_kind("span-text")
def source_offsets(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's offsets those in the source."""
    from corpus_tools.records import Edit
    from corpus_tools.text import SourceMap

    document = doc["documents"][0]
    source = SourceMap(document["text"], [Edit(**edit) for edit in document["edits"]])
    return _each(doc, lambda _, f: _offsets(*source.to_source(f["start"], f["end"])))


# ---------------------------------------------------------------------------------------------------------------- text


def _respelled(doc: Doc, change: Callable[[str], str]) -> Iterator[Doc]:
    for table, row, column, number, fragment in fragments(doc):
        if change(fragment["text"]) != fragment["text"]:
            yield with_fragment(doc, table, row, column, number, text=change(fragment["text"]))


HOMOGLYPHS = str.maketrans("aceiopxyABCEHIKMOPTX", "асеіорхуАВСЕНІКМОРТХ")


@document_kind("span-text", "schema")
def truncated_words(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's text without its last character."""
    return _respelled(doc, lambda text: text[:-1])


@document_kind("span-text")
def homoglyphs(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's text in Cyrillic letters that look the same."""
    return _respelled(doc, lambda text: text.translate(HOMOGLYPHS))


@document_kind("span-text")
def composed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's text in the normal form NFC."""
    return _respelled(doc, lambda text: unicodedata.normalize("NFC", text))


@document_kind("span-text")
def decomposed(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's text in the normal form NFD."""
    return _respelled(doc, lambda text: unicodedata.normalize("NFD", text))


@document_kind("span-text")
def compatible(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's text in the normal form NFKC."""
    return _respelled(doc, lambda text: unicodedata.normalize("NFKC", text))


@document_kind("span-text")
def hard_spaces(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's text with spaces that do not break."""
    return _respelled(doc, lambda text: text.replace(" ", "\u00a0"))


@document_kind("span-text")
def invisible_character(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's text with a zero-width space in it."""
    return _respelled(doc, lambda text: f"{text[:1]}\u200b{text[1:]}")


@document_kind("span-text")
def other_case(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's text in other case."""
    return _respelled(doc, str.swapcase)


@document_kind("span-text")
def trailing_white_space_in_words(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's text with a space behind it."""
    return _respelled(doc, lambda text: text + " ")


@document_kind("span-text")
def doubly_encoded(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment's text read as Latin-1 though it was UTF-8."""
    return _respelled(doc, lambda text: text.encode().decode("latin-1"))


# -------------------------------------------------------------------------------------------------- order of fragments


@document_kind("span-order")
def fragments_swapped(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """Two fragments of a list swapped."""
    for table, row, column, own in fragment_lists(doc):
        for i in range(len(own) - 1):
            yield with_fragments(doc, table, row, column, [*own[:i], own[i + 1], own[i], *own[i + 2 :]])


@document_kind("span-order")
def fragment_twice(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment twice in its list."""
    for table, row, column, own in fragment_lists(doc):
        for i, fragment in enumerate(own):
            yield with_fragments(doc, table, row, column, [*own[:i], fragment, *own[i:]])


@document_kind("span-order")
def touching_fragments(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment cut into two that touch."""
    for table, row, column, own in fragment_lists(doc):
        for i, f in enumerate(own):
            if len(f["text"]) > 1:
                middle = len(f["text"]) // 2
                first = {"start": f["start"], "end": f["start"] + middle, "text": f["text"][:middle]}
                second = {"start": f["start"] + middle, "end": f["end"], "text": f["text"][middle:]}
                yield with_fragments(doc, table, row, column, [*own[:i], first, second, *own[i + 1 :]])


@document_kind("span-order")
def overlapping_fragments(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment that reaches into the one behind it."""
    text = doc["documents"][0]["text"]
    for table, row, column, own in fragment_lists(doc):
        for i, (a, b) in enumerate(pairwise(own)):
            longer = {"start": a["start"], "end": b["start"] + 1, "text": text[a["start"] : b["start"] + 1]}
            yield with_fragments(doc, table, row, column, [*own[:i], longer, *own[i + 1 :]])


@document_kind(AGAINST, why="annotators of corpora that are imported did take in the white space beside words")
def white_space_at_an_edge(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment that takes in the white space beside it, its text too."""
    text = doc["documents"][0]["text"]
    for table, row, column, own in fragment_lists(doc):
        for number, f in ((0, own[0]), (len(own) - 1, own[-1])):
            for start, end in ((f["start"] - 1, f["end"]), (f["start"], f["end"] + 1)):
                if start >= 0 and end <= len(text) and (text[start].isspace() or text[end - 1].isspace()):
                    yield careful(with_fragment(doc, table, row, column, number, start=start, end=end, text=text[start:end]))


@document_kind(AGAINST, why="corpora of pointed scripts annotate the marks themselves")
def inside_a_character(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment that ends between a letter and its combining mark, its text too."""
    for table, row, column, number, f in fragments(doc):
        for at in range(1, len(f["text"])):
            if unicodedata.combining(f["text"][at]):
                yield careful(with_fragment(doc, table, row, column, number, end=f["start"] + at, text=f["text"][:at]))
                start = f["start"] + at
                yield careful(with_fragment(doc, table, row, column, number, start=start, text=f["text"][at:]))


# --------------------------------------------------------------------------------------------------------------- place


@document_kind("span-place")
def in_another_paragraph(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment moved to the same words in another paragraph."""
    for table, row, column, number, f in fragments(doc):
        home = doc[table][row]["paragraph_id"]
        for p in doc["paragraphs"]:
            at = p["text"].find(f["text"])
            if p["paragraph_id"] != home and at >= 0:
                start = p["start"] + at
                yield careful(with_fragment(doc, table, row, column, number, start=start, end=start + len(f["text"])))
                break


@document_kind("span-place")
def other_paragraph_named(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A mention or claim that names the paragraph before or behind its own."""
    ids = [p["paragraph_id"] for p in doc["paragraphs"]]
    for table in ("mentions", "claims"):
        for row, record in enumerate(doc[table]):
            at = ids.index(record["paragraph_id"])
            for name in ids[max(0, at - 1) : at] + ids[at + 1 : at + 2]:
                yield careful(with_record(doc, table, row, record | {"paragraph_id": name}))


@document_kind(AGAINST, why="which of two equal words is meant stands in the seeds alone")
def neighbouring_equal_words(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A mention moved to the next equal words of its paragraph."""
    texts = {p["paragraph_id"]: p for p in doc["paragraphs"]}
    for row, m in enumerate(doc["mentions"]):
        p, f = texts[m["paragraph_id"]], m["fragments"][-1]
        at = p["text"].find(f["text"], f["end"] - p["start"])
        if at >= 0:
            start = p["start"] + at
            number = len(m["fragments"]) - 1
            yield careful(with_fragment(doc, "mentions", row, "fragments", number, start=start, end=start + len(f["text"])))


@document_kind(AGAINST, why="any stretch of the text may be what an annotator meant")
def last_word_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment without its last word, its offsets too."""
    for table, row, column, number, f in fragments(doc):
        shorter = f["text"].rpartition(" ")[0].rstrip()
        if shorter:
            yield careful(with_fragment(doc, table, row, column, number, end=f["start"] + len(shorter), text=shorter))


@document_kind(AGAINST, why="a span may begin or end inside a word: of a compound, or where words have no spaces")
def part_of_a_word(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A fragment without its last character, its offsets too."""
    for table, row, column, number, f in fragments(doc):
        if len(f["text"]) > 1 and not f["text"][-2].isspace():
            yield careful(with_fragment(doc, table, row, column, number, end=f["end"] - 1, text=f["text"][:-1]))


@document_kind(AGAINST, why="a list of fragments does not say that it is whole")
def fragment_left_out(doc: Doc, corpus: Corpus) -> Iterator[Doc]:
    """A list without one of its fragments."""
    for table, row, column, own in fragment_lists(doc):
        for i in range(len(own)) if len(own) > 1 else ():
            yield careful(with_fragments(doc, table, row, column, [*own[:i], *own[i + 1 :]]))
