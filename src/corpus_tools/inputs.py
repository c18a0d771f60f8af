"""Files that others made: found and read so that nothing outside the folder is touched and no memory without bound is used."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from corpus_tools.findings import Finding, printable
from corpus_tools.ondisk import OnDisk

MAX_FILE_BYTES = 1 << 28


class Files:
    """Files at or below a path, in the order of their paths, as often as they are gone through.

    Their names are not in memory: there may be millions.
    """

    def __init__(self, top: Path, names: OnDisk, suffixes: Collection[str] | None = None) -> None:
        """``names`` has their paths below ``top``, the parts joined by zeros: so they are sorted as paths are."""
        self._top, self._names, self._suffixes = top, names, suffixes

    def __iter__(self) -> Iterator[Path]:
        for name, _ in self._names:
            file = self._top.joinpath(*map(os.fsdecode, name.split(b"\0")))
            if self._suffixes is None or file.suffix.lower() in self._suffixes:
                yield file

    def of(self, *suffixes: str) -> Files:
        """Those that have one of the suffixes."""
        return Files(self._top, self._names, suffixes)


def find_files(path: Path, suffixes: Collection[str]) -> tuple[Files, list[Finding]]:
    """The files at or below a path that have one of the suffixes, sorted; a file itself whatever its suffix.

    Hidden files are passed over, and links to folders; one that leads out is reported.
    """
    findings: list[Finding] = []
    if not path.is_dir():
        return Files(path.parent, OnDisk([(os.fsencode(path.name), b"")])), findings
    found = _found(path, path, suffixes, findings)
    names = OnDisk((b"\0".join(map(os.fsencode, file.relative_to(path).parts)), b"") for file in found)
    return Files(path, names), findings


def _found(folder: Path, top: Path, suffixes: Collection[str], findings: list[Finding]) -> Iterator[Path]:
    try:
        entries = os.scandir(folder)
    except OSError:  # what may not be looked at is passed over, as by `os.walk`
        return
    with entries:
        for path in (Path(entry.path) for entry in entries if not entry.name.startswith(".")):
            if not path.is_dir():
                if path.suffix.lower() in suffixes:
                    yield path
            elif not path.is_symlink():
                yield from _found(path, top, suffixes, findings)
            elif _leads_out(path, top):
                findings.append(_link(path))


def _leads_out(file: Path, top: Path) -> bool:
    return not file.resolve().is_relative_to(top.resolve())


def _link(file: Path) -> Finding:
    return _refused(file, "a link that leads out of the folder", "no such link")


def read_file(file: Path, path: Path) -> bytes | Finding:
    """The bytes of a file at or below the path of an import, or why they are not read."""
    try:
        if path.is_dir() and _leads_out(file, path):
            return _link(file)
        if not stat.S_ISREG(file.stat().st_mode):
            return _refused(file, "no regular file", "a file")
        if file.stat().st_size > MAX_FILE_BYTES:
            return _refused(file, f"{file.stat().st_size} bytes", f"{MAX_FILE_BYTES} bytes or less: cut it into several files")
        return file.read_bytes()
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a loop of links
        return _refused(
            file, f"a file that cannot be read ({getattr(error, 'strerror', None) or error})", "a file that can be read"
        )


def read_files(path: Path, suffixes: Collection[str]) -> Iterator[tuple[Path, bytes] | Finding]:
    """The files at or below a path that have one of the suffixes, each with its bytes; a finding for each that is not read."""
    files, findings = find_files(path, suffixes)
    yield from findings
    for file in files:
        data = read_file(file, path)
        yield data if isinstance(data, Finding) else (file, data)


def _refused(file: Path, found: str, expected: str) -> Finding:
    return Finding(rule="import-file", path=printable(str(file)), line=1, found=found, expected=expected)
