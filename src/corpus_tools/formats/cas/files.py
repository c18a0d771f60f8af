"""Where the files of a CAS are: XMI files alone, in zip files, or as INCEpTION exports a project, each with its type system."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from corpus_tools.findings import Finding, printable
from corpus_tools.formats.cas.names import UNNAMED
from corpus_tools.inputs import MAX_FILE_BYTES, find_files, read_file

TYPES = "TypeSystem.xml"
SUFFIXES = (".xmi", ".zip", ".xml")
_PROJECT = ("annotation", "curation")
_MOST_MEMBERS = 10_000


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


def places(path: Path) -> tuple[list[Place], list[Finding]]:
    """The files of CASes at or below a path."""
    files, findings = find_files(path, SUFFIXES)
    found: list[Place] = []
    for file in files:
        if file.suffix.lower() == ".zip":
            members = _members(file, path)
            if isinstance(members, Finding):
                findings.append(members)
            else:
                found += [_place(file, member, len(members) == 1) for member in members]
        elif file.suffix.lower() != ".xml" or file == path:
            found.append(_place(file, "", True))
    return found, findings


def _place(file: Path, member: str, alone: bool) -> Place:
    """DOCUMENT/ANNOTATOR.xmi in a folder of a project; else the name is that of the document."""
    whole = PurePosixPath(file.as_posix(), member)
    parts = (whole.parent / whole.stem).parts
    if member and alone and whole.parent == PurePosixPath(file.as_posix()):
        in_project = len(file.parts) > 2 and file.parent.parent.name in _PROJECT
        document = file.parent if in_project else file.with_suffix("")
        name = document.name.removesuffix(".txt") if in_project else document.name
        return Place(document.as_posix(), name, parts[-1] if in_project else UNNAMED, file, member)
    if len(parts) > 2 and parts[-3] in _PROJECT:
        both = str(whole.parent.parent.parent / whole.parent.name)  # the folders of a project have the same documents
        return Place(both, parts[-2].removesuffix(".txt"), parts[-1], file, member)
    return Place(str(whole), parts[-1], UNNAMED, file, member)


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
    data = read_file(place.file, path)
    return data if isinstance(data, Finding) or not place.member else _read_member(place.file, data, place.member)


def _read_member(file: Path, data: bytes, member: str) -> bytes | Finding:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive, archive.open(member) as stream:
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
    if place.member:
        data = read_file(place.file, path)
        inside = [data] if isinstance(data, Finding) else list(_inside(place, data))
        if inside:
            return inside[0], printable(f"{place.file}/{TYPES}")
    top = path if path.is_dir() else path.parent
    for folder in (place.file.parent, *place.file.parent.parents):
        if (folder / TYPES).exists():
            return read_file(folder / TYPES, top), printable(str(folder / TYPES))
        if folder == top:
            break
    return None, ""


def _inside(place: Place, data: bytes) -> Iterator[bytes | Finding]:
    folder = PurePosixPath(place.member).parent
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = set(archive.namelist())
    for name in (str(folder / TYPES), TYPES):
        if name in names:
            yield _read_member(place.file, data, name)
