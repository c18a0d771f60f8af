"""Files that others made: found and read so that nothing outside the folder is touched and no memory without bound is used."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from pathlib import Path

from corpus_tools.findings import Finding, printable

MAX_FILE_BYTES = 1 << 28


def find_files(path: Path, suffixes: Collection[str]) -> tuple[list[Path], list[Finding]]:
    """The files at or below a path that have one of the suffixes, sorted; a file itself whatever its suffix.

    Hidden files are passed over, and links to folders; one that leads out is reported.
    """
    if not path.is_dir():
        return [path], []
    files: list[Path] = []
    findings: list[Finding] = []
    for top, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(top, n) for n in names if not n.startswith(".") and Path(n).suffix.lower() in suffixes]
        findings += [_link(Path(top, n)) for n in folders if _leads_out(Path(top, n), path)]
    return sorted(files), findings


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


def _refused(file: Path, found: str, expected: str) -> Finding:
    return Finding(rule="import-file", path=printable(str(file)), line=1, found=found, expected=expected)
