"""Which text of a folder an IRI names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit


class Texts:
    """The text files of a folder, found by the IRIs of targets."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.files = set(files)
        self.by_name: dict[str, list[Path]] = {}
        self.by_stem: dict[str, list[Path]] = {}
        for file in sorted(self.files):
            self.by_name.setdefault(file.name, []).append(file)
            self.by_stem.setdefault(file.stem, []).append(file)

    def of(self, iri: str, file: Path) -> Path | None:
        """The text that an IRI in a file names: the path from there, or else a text in one place that has the name or its stem."""
        path = _path(iri)
        if path is None:
            return None
        beside = Path(os.path.normpath(file.parent / path))
        if beside in self.files and not urlsplit(iri).scheme:
            return beside
        name = PurePosixPath(path).name
        found = self.by_name.get(name) or self.by_stem.get(name) or self.by_stem.get(PurePosixPath(name).stem) or []
        return found[0] if len(found) == 1 else None

    def beside(self, file: Path) -> Path | None:
        """The text of a file whose targets name none: that with its name, or else the only one of the folder."""
        own = file.with_suffix(".txt")
        return own if own in self.files else next(iter(self.files)) if len(self.files) == 1 else None


def is_named(iri: str, name: str) -> bool:
    """Whether an IRI names a text file wherever that lies."""
    path = _path(iri)
    here = PurePosixPath(path).name if path else ""
    return here == name or (not here.endswith(".txt") and PurePosixPath(name).stem in (here, PurePosixPath(here).stem))


def _path(iri: str) -> str | None:
    """The path of an IRI; None where it has none."""
    try:
        path = unquote(urlsplit(iri).path)
    except ValueError:
        return None
    return path if path.strip("/") and "\0" not in path else None
