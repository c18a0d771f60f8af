"""Foreign formats: other people's corpora in and out.

A format is a module of this folder, or one that another package names under the entry point group ``corpus_tools.formats``. It is found
by being there, and holds:

``NAME``
    Its name on the command line: that of the module, or of the entry point.
``SUFFIXES``
    The suffixes of the files that it reads.
``OFFSET_UNIT``
    What its offsets count: "code_point", "utf8_byte" or "utf16_unit".
``LOSES``
    What it cannot hold, ``{"table" or "table.column": why}``. An export counts the records that had something there.
``read(path) -> Iterator[Imported | Finding]``
    Reads what is at ``path``, a file or a folder: documents one after the other, and findings on files that give none. Input is not
    trusted: `inputs.find_files` and `inputs.read_file` give files and bytes, `placing.ToText` carries offsets to the text; whatever is
    wrong with the input becomes a finding, never an exception.
``write(documents, config, folder) -> Counter[str]``
    Writes documents (an iterator of `rules.Bundle`, whose ``foreign`` are those of this format alone) to a new folder. ``config`` is the
    corpus's corpus.yaml. `placing.ToSource` gives the text file and its offsets. Returns how many records lost something, by keys of
    ``LOSES``, for those keys where it depends on the record; all others are counted for it. Any other key is a note, in words, on what
    was written in another form.

Heavy libraries are imported inside the functions. docs/formats.md has a worked example; tests/test_formats.py tests what every
format must do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, NamedTuple

from corpus_tools.findings import Finding, UsageError, nearest
from corpus_tools.readers import plain
from corpus_tools.records import Claim, Entity, Foreign, Mention
from corpus_tools.rules import Bundle
from corpus_tools.sentences import split
from corpus_tools.text import Unit

GROUP = "corpus_tools.formats"
UNKNOWN_LANGUAGE = "und"

_METADATA = ("title", "authors", "publisher", "published", "language", "url", "rights", "split")
TEXT_LOSES = {f"documents.{column}": "it has no place for what is known of a document" for column in _METADATA} | {
    "documents.source": "of a document that was not plain text, the text is written",
    "documents.edits": "of a document that was not plain text, the text is written",
    "paragraphs.kind": "the text is plain",
    "paragraphs.role": "the text is plain",
    "paragraphs.sentences": "sentences are found anew",
}
"""What a format loses whose documents are plain text files; `text_losses` counts it."""


def text_losses(bundle: Bundle) -> Counter[str]:
    """What is lost of a document by a format whose documents are plain text files: how many records, by keys of `TEXT_LOSES`."""
    document, lost = bundle.document, Counter(dict.fromkeys(TEXT_LOSES, 0))
    unlike = {"title": document.doc_id, "language": UNKNOWN_LANGUAGE, "split": "train"}  # what an import takes instead
    for column in _METADATA:
        lost[f"documents.{column}"] += getattr(document, column) not in (None, [], unlike.get(column))
    if document.source.media_type != plain.MEDIA_TYPE:
        lost.update(["documents.source", "documents.edits"])
    for paragraph in bundle.paragraphs:
        spans = [(s.start - paragraph.start, s.end - paragraph.start) for s in paragraph.sentences]
        lost["paragraphs.kind"] += paragraph.kind != "paragraph"
        lost["paragraphs.role"] += paragraph.role != "body"
        lost["paragraphs.sentences"] += spans != split(paragraph.text or "", UNKNOWN_LANGUAGE)
    return lost


class Layer(NamedTuple):
    """The records of one annotator of a document."""

    entities: list[Entity]
    mentions: list[Mention]
    claims: list[Claim]
    foreign: list[Foreign]


def layers_of(bundle: Bundle) -> dict[str, Layer]:
    """The records of a document by annotator."""
    layers: dict[str, Layer] = {}
    for place, records in enumerate(bundle.layers):
        for record in records:
            layers.setdefault(record.annotator, Layer([], [], [], []))[place].append(record)  # type: ignore[arg-type]
    return layers


class Imported(NamedTuple):
    """A document as a format gives it.

    ``name`` is what the format calls it; the title and, as far as it can be one, the doc_id. ``source`` is its text in UTF-8, byte for
    byte; None where the document cannot be imported, and only the counts and findings matter. ``layers`` has for each annotator the records
    in the machine form, ``{"table": ..., columns}``, with offsets into the text that `placing.ToText` gives. ``counts`` says of each thing
    in the input what became of it, ``{(kind, outcome): number}``; an outcome of what is in no record begins with "refused", and has a
    finding. ``notes`` counts what was changed on the way. ``metadata`` is what the format knows for <doc_id>.meta.yaml.
    """

    name: str
    path: str
    source: bytes | None
    layers: Mapping[str, Sequence[Mapping[str, Any]]] = {}
    counts: Mapping[tuple[str, str], int] = {}
    notes: Mapping[str, int] = {}
    findings: Sequence[Finding] = ()
    metadata: Mapping[str, Any] = {}


class Format(NamedTuple):
    """A format, as its module says."""

    name: str
    suffixes: tuple[str, ...]
    offset_unit: Unit
    loses: Mapping[str, str]
    read: Callable[[Path], Iterator[Imported | Finding]]
    write: Callable[[Iterable[Bundle], Mapping[str, Any], Path], Counter[str]]


def own_formats() -> list[str]:
    """The names of the formats of this package, sorted."""
    return sorted(info.name for info in iter_modules(__path__))


def format_names() -> list[str]:
    """The names of all formats, those of other packages too, sorted; nothing is loaded for it."""
    return sorted({*own_formats(), *(point.name for point in _entry_points())})


def format_named(name: str) -> Format:
    """Load a format.

    Raises:
        UsageError: there is none of that name, or it cannot be loaded.
    """
    if name not in format_names():
        near = nearest(name, format_names())
        raise UsageError(f"no format {name}; there are {', '.join(format_names())}" + (f"; nearest: {near}" if near else ""))
    try:
        module = (
            import_module(f"{__name__}.{name}")
            if name in own_formats()
            else next(p for p in _entry_points() if p.name == name).load()
        )
        return Format(module.NAME, module.SUFFIXES, module.OFFSET_UNIT, module.LOSES, module.read, module.write)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"the format {name} cannot be loaded: {error}") from error


def _entry_points() -> Iterable[EntryPoint]:
    return entry_points(group=GROUP)


def losses_table(names: Iterable[str]) -> str:
    """What formats cannot hold, as a Markdown table."""
    formats = map(format_named, names)
    rows = [f"| {f.name} | `{what}` | {why} |" for f in formats for what, why in f.loses.items()]
    return "\n".join(["| format | what is lost | why |", "|---|---|---|", *rows])
