"""Folders of brat: which annotations belong to which text, and what annotation.conf says of events."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple, TypeVar

from corpus_tools.derive import fields
from corpus_tools.formats.brat.labels import ATTRIBUTES, EQUIV, PARENT, ROLES, SOURCE_ENTITY
from corpus_tools.ondisk import OnDisk

CONF = "annotation.conf"
ANNOTATED = (".ann", ".a1", ".a2")
UNNAMED = "unnamed"
Text = TypeVar("Text")


class Annotations(NamedTuple):
    """A file of annotations with the one that goes on with it, its text where there is one, and whose annotations they are."""

    files: tuple[Path, ...]
    text: Path | None
    annotator: str


class Assigned:
    """The files of annotations of a folder by their texts: NAME.txt for NAME.ann or NAME_ANNOTATOR.ann, in the same folder or else in one
    other. BioNLP has two files in place of one: NAME.a2 goes on with NAME.a1, whose ids it refers to.

    Where a text has a second file of the same annotator, that has the name of its folder as well, and if need be a number.
    """

    def __init__(self, texts: Iterable[Path], files: Iterable[Path]) -> None:
        """``files`` are those of annotations; both are gone through more than once."""
        self._texts, self._files = texts, OnDisk((os.fsencode(file), b"") for file in files)
        self._here = OnDisk((os.fsencode(text.parent / text.stem), os.fsencode(text)) for text in texts)
        self._anywhere = OnDisk((os.fsencode(text.stem), os.fsencode(text)) for text in texts)
        self._owned, self._orphans = OnDisk(), OnDisk()
        for file in files:
            if file.suffix == ".a2" and os.fsencode(file.with_suffix(".a1")) in self._files:
                continue  # goes on with that one
            found = owner(file.stem, partial(self._beside, file.parent)) or owner(file.stem, self._alone)
            if found:
                self._owned.add(os.fsencode(found[0]), os.fsencode(file) + b"\0" + os.fsencode(found[1]))
            else:
                self._orphans.add(os.fsencode(file))

    def _beside(self, folder: Path, stem: str) -> Path | None:
        found = self._here.values(os.fsencode(folder / stem))
        return Path(os.fsdecode(found[-1])) if found else None

    def _alone(self, stem: str) -> Path | None:
        found = self._anywhere.values(os.fsencode(stem))
        return Path(os.fsdecode(found[0])) if len(found) == 1 else None

    def of(self, text: Path) -> Iterator[Annotations]:
        """The annotations of a text."""
        taken: set[str] = set()
        for file, annotator in (map(os.fsdecode, value.split(b"\0")) for value in self._owned.values(os.fsencode(text))):
            folder = Path(file).parent.name
            own = folder if annotator == UNNAMED else f"{annotator}-{folder}"
            names = chain([annotator, own], (f"{own}-{number}" for number in count(2)))
            name = next(name for name in names if name not in taken)
            taken.add(name)
            yield Annotations(self._with_next(Path(file)), text, name)

    def orphans(self) -> Iterator[Annotations]:
        """Annotations of no text."""
        for file, _ in self._orphans:
            yield Annotations(self._with_next(Path(os.fsdecode(file))), None, UNNAMED)

    def __iter__(self) -> Iterator[Annotations]:
        return chain(chain.from_iterable(map(self.of, self._texts)), self.orphans())

    def _with_next(self, file: Path) -> tuple[Path, ...]:
        after = file.with_suffix(".a2")
        return (file, after) if file.suffix == ".a1" and os.fsencode(after) in self._files else (file,)


def owner(stem: str, find: Callable[[str], Text | None]) -> tuple[Text, str] | None:
    """The text of the longest name that a file's name begins with, and the annotator that the rest names.

    ``find`` gives the text of a name, or None.
    """
    cuts = [len(stem), *(match.start() for match in reversed(list(re.finditer("(?!^)[_.-]", stem))))]  # no name is empty
    found = ((find(stem[:cut]), stem[cut:].lstrip("_.-") or UNNAMED) for cut in cuts)
    return next(((text, annotator) for text, annotator in found if text is not None), None)


def file_name(doc_id: str, annotator: str, find: Callable[[str], str | None]) -> str:
    """The name of the .ann file, without its suffix, of a document and annotator; so that `owner` finds both again."""
    separators = chain("_.-", ("_" * length for length in count(2)))
    names = chain([doc_id], (f"{doc_id}{separator}{annotator}" for separator in separators))
    return next(name for name in names if owner(name, find) == (doc_id, annotator))


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
