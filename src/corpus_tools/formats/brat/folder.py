"""Folders of brat: which annotations belong to which text, and what annotation.conf says of events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple, TypeVar

from corpus_tools.derive import fields
from corpus_tools.formats.brat.labels import ATTRIBUTES, EQUIV, PARENT, ROLES, SOURCE_ENTITY

CONF = "annotation.conf"
ANNOTATED = (".ann", ".a1", ".a2")
UNNAMED = "unnamed"
Text = TypeVar("Text")


class Annotations(NamedTuple):
    """A file of annotations with the one that goes on with it, its text where there is one, and whose annotations they are."""

    files: tuple[Path, ...]
    text: Path | None
    annotator: str


def assign(texts: Sequence[Path], files: Iterable[Path]) -> list[Annotations]:
    """Find the text of each .ann file: NAME.txt for NAME.ann or NAME_ANNOTATOR.ann, in the same folder or else in one other.

    BioNLP has two files in place of one: NAME.a2 goes on with NAME.a1, whose ids it refers to.
    Where a text has a second file of the same annotator, that has the name of its folder as well, and if need be a number.
    """
    by_folder: dict[Path, dict[str, Path]] = {}
    by_stem: dict[str, list[Path]] = {}
    for text in texts:
        by_folder.setdefault(text.parent, {})[text.stem] = text
        by_stem.setdefault(text.stem, []).append(text)
    anywhere = {stem: found[0] for stem, found in by_stem.items() if len(found) == 1}
    result: list[Annotations] = []
    taken: set[tuple[Path | None, str]] = set()
    files = list(files)
    after = {file.with_suffix(".a1"): file for file in files if file.suffix == ".a2"}
    follow = {file: (after[file],) for file in files if file in after}
    for file in files:
        if (file,) in follow.values():
            continue
        found = owner(file.stem, by_folder.get(file.parent, {})) or owner(file.stem, anywhere)
        annotator = found[1] if found else UNNAMED
        own = file.parent.name if annotator == UNNAMED else f"{annotator}-{file.parent.name}"
        names = chain([annotator, own], (f"{own}-{number}" for number in count(2)))
        name = next(name for name in names if (found and found[0], name) not in taken)
        taken.add((found and found[0], name))
        result.append(Annotations((file, *follow.get(file, ())), found[0] if found else None, name))
    return result


def owner(stem: str, texts: Mapping[str, Text]) -> tuple[Text, str] | None:
    """The text of the longest name that a file's name begins with, and the annotator that the rest names."""
    if stem in texts:
        return texts[stem], UNNAMED
    cuts = [match.start() for match in re.finditer("[_.-]", stem)]
    found = ((texts[stem[:cut]], stem[cut:].lstrip("_.-") or UNNAMED) for cut in reversed(cuts) if stem[:cut] in texts)
    return next(found, None)


def file_names(files: Iterable[tuple[str, str]], doc_ids: Iterable[str]) -> Iterator[str]:
    """The name of the .ann file, without its suffix, of each document and annotator; so that `owner` finds both again."""
    texts = {doc_id: doc_id for doc_id in doc_ids}

    def name(doc_id: str, annotator: str) -> str:
        separators = chain("_.-", ("_" * length for length in count(2)))
        names = chain([doc_id], (f"{doc_id}{separator}{annotator}" for separator in separators))
        return next(name for name in names if owner(name, texts) == (doc_id, annotator))

    return (name(doc_id, annotator) for doc_id, annotator in files)


def event_types(conf: str) -> set[str]:
    """The types that the section [events] of an annotation.conf has, and the section [entities] has not."""
    section = ""
    types: dict[str, set[str]] = {"events": set(), "entities": set()}
    for line in conf.splitlines():
        if match := re.fullmatch(r"\s*\[(.*)\]\s*", line):
            section = match[1].strip().casefold()
        elif section in types and (words := line.split("#")[0].split()) and words[0][0] not in "<-":
            types[section].add(words[0].lstrip("!"))
    return types["events"] - types["entities"]


def configuration(entities: Iterable[str], events: Iterable[str], relations: Iterable[str]) -> str:
    """An annotation.conf with which brat takes these labels, and those that have a meaning here."""
    arguments = ", ".join(f"{role}*:<ENTITY>" for role in ROLES)
    enumerations = {label: fields(table)[column].get("enum", ()) for label, (table, column) in ATTRIBUTES.items()}
    values = {label: f", Value:{'|'.join(v for v in enum if v)}" if enum else "" for label, enum in enumerations.items()}
    kinds = {label: "<ENTITY>" if ATTRIBUTES[label][0] == "mentions" else "<EVENT>" for label in ATTRIBUTES}
    sections = {
        "entities": [*sorted(set(entities) - set(ROLES)), *ROLES],
        "relations": [
            *(f"{label}\tArg1:<EVENT>, Arg2:<EVENT>" for label in (PARENT, *sorted(relations))),
            f"{SOURCE_ENTITY}\tArg1:<EVENT>, Arg2:<ENTITY>",
            f"{EQUIV}\tArg1:<ENTITY>, Arg2:<ENTITY>, <REL-TYPE>:symmetric-transitive",
        ],
        "events": [f"{label}\t{arguments}" for label in sorted(events)],
        "attributes": [f"{label}\tArg:{kinds[label]}{values[label]}" for label in ATTRIBUTES],
    }
    return "\n".join(f"[{name}]\n\n" + "".join(f"{line}\n" for line in lines) for name, lines in sections.items())
