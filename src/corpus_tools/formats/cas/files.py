"""Where the files of a CAS are: XMI files alone, in zip files, or as INCEpTION exports a project, each with its type system."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from corpus_tools.findings import Finding, printable
from corpus_tools.formats.cas.names import UNNAMED
from corpus_tools.inputs import MAX_FILE_BYTES, find_files, read_file
from corpus_tools.ondisk import OnDisk

TYPES = "TypeSystem.xml"
SUFFIXES = (".xmi", ".zip", ".xml")
_PROJECT = ("annotation", "curation")
_MOST_MEMBERS = 1000


class Place(NamedTuple):
    """A file of a CAS: the document and annotator that it is of, the file and the member of it where that is a zip file."""

    document: str
    name: str
    annotator: str
    file: Path
    member: str = ""

    @property
    def path(self) -> str:
        """How findings name it."""
        return printable(f"{self.file}/{self.member}" if self.member else str(self.file))


def documents(path: Path, findings: list[Finding]) -> Iterator[list[Place]]:
    """The files of CASes at or below a path, those of a document together; findings on what is none are added."""
    numbers, found = OnDisk(), OnDisk()
    for place in _places(path, findings):
        document = os.fsencode(place.document)
        number = next(iter(numbers.values(document)), b"%020d" % len(numbers))
        numbers.add(document, number)
        parts = [place.document, place.name, place.annotator, str(place.file), place.member]
        found.add(number, b"\0".join(map(os.fsencode, parts)))
    for _, own in found:
        held = (map(os.fsdecode, place.split(b"\0")) for place in own)
        yield [Place(document, name, annotator, Path(file), member) for document, name, annotator, file, member in held]


def _places(path: Path, findings: list[Finding]) -> Iterator[Place]:
    files, problems = find_files(path, SUFFIXES)
    findings += problems
    base = (path if path.is_dir() else path.parent).absolute().parent  # a folder above is none of a project
    for file in files:
        if file.suffix.lower() == ".zip":
            members = _members(file, path)
            if isinstance(members, Finding):
                findings.append(members)
            else:
                yield from (_place(file, base, member, len(members) == 1) for member in members)
        elif file.suffix.lower() != ".xml" or file == path:
            yield _place(file, base, "", True)


def _place(file: Path, base: Path, member: str, alone: bool) -> Place:
    """DOCUMENT/ANNOTATOR.xmi in a folder of a project; else the name is that of the document, for a zip file with one that of the file."""
    archive = PurePosixPath(file.absolute().relative_to(base).as_posix())
    whole = archive / member
    is_zip = bool(member) and alone and whole.parent == archive
    annotator, folder, name = whole.stem, *((archive.parent, archive.stem) if is_zip else (whole.parent, whole.stem))
    if len(folder.parts) > 1 and folder.parent.name in _PROJECT:
        both = folder.parent.parent / folder.name  # the folders of a project have the same documents
        return Place(str(both), folder.name.removesuffix(".txt"), annotator, file, member)
    return Place(str(whole), name, UNNAMED, file, member)


def _members(file: Path, path: Path) -> list[str] | Finding:
    data = read_file(file, path)
    if isinstance(data, Finding):
        return data
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, UnicodeError) as error:
        return _refused(file, f"no zip file ({error})", "a zip file with an XMI file")
    if len(names) > _MOST_MEMBERS:
        return _refused(file, f"{len(names)} files in it", f"{_MOST_MEMBERS} or less")
    found = sorted({name for name in names if name.lower().endswith(".xmi")})
    return found or _refused(file, "no XMI file in it", "one")


def _refused(file: Path, found: str, expected: str) -> Finding:
    return Finding(rule="import-file", path=printable(str(file)), line=1, found=found, expected=expected)


def read_place(place: Place, path: Path) -> bytes | Finding:
    """The bytes of a file of a CAS."""
    return _read_member(place.file, place.member) if place.member else read_file(place.file, path)


def _read_member(file: Path, member: str) -> bytes | Finding:
    try:
        with zipfile.ZipFile(file) as archive, archive.open(member) as stream:
            found = stream.read(MAX_FILE_BYTES + 1)  # what the archive says of its size may be wrong
    except Exception as error:  # whatever a damaged archive leads to: zlib, lzma, KeyError, a password
        return _refused(file, f"{printable(member)}, which cannot be read ({error})", "a file that can be read")
    return (
        found
        if len(found) <= MAX_FILE_BYTES
        else _refused(file, f"{printable(member)} of more than {MAX_FILE_BYTES} bytes", "less")
    )


def types_of(place: Place, path: Path) -> tuple[bytes | Finding | None, str]:
    """The type system of a file, and where that is: in the zip file, beside it, or in a folder above; None where there is none."""
    inside = _types_inside(place) if place.member else None
    if inside:
        return _read_member(place.file, inside), printable(f"{place.file}/{inside}")
    top = path if path.is_dir() else path.parent
    for folder in (place.file.parent, *place.file.parent.parents):
        if (folder / TYPES).exists():
            return read_file(folder / TYPES, top), printable(str(folder / TYPES))
        if folder == top:
            break
    return None, ""


def _types_inside(place: Place) -> str | None:
    """The member of a zip file that is the type system of another."""
    with zipfile.ZipFile(place.file) as archive:
        names = set(archive.namelist())
    folder = PurePosixPath(place.member).parent
    return next((name for name in (str(folder / TYPES), TYPES) if name in names), None)
