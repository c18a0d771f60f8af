"""Which text of a folder an IRI names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from corpus_tools.ondisk import OnDisk


class Texts:
    """The text files of a folder, found by the IRIs of targets."""

    def __init__(self, files: Iterable[Path]) -> None:
        """``files`` are gone through more than once."""
        self._files = OnDisk((os.fsencode(file), b"") for file in files)
        self._by_name = OnDisk((os.fsencode(file.name), os.fsencode(file)) for file in files)
        self._by_stem = OnDisk((os.fsencode(file.stem), os.fsencode(file)) for file in files)

    def __contains__(self, file: Path) -> bool:
        return os.fsencode(file) in self._files

    def of(self, iri: str, file: Path) -> Path | None:
        """The text that an IRI in a file names: the path from there, or else a text in one place that has the name or its stem."""
        path = _path(iri)
        if path is None:
            return None
        beside = Path(os.path.normpath(file.parent / path))
        if beside in self and not urlsplit(iri).scheme:
            return beside
        name = PurePosixPath(path).name
        whole, stem = (part.encode("utf-8", "surrogateescape") for part in (name, PurePosixPath(name).stem))
        found = self._by_name.values(whole) or self._by_stem.values(whole) or self._by_stem.values(stem)
        return Path(os.fsdecode(found[0])) if len(found) == 1 else None

    def beside(self, file: Path) -> Path | None:
        """The text of a file whose targets name none: that with its name, or else the only one of the folder."""
        own = file.with_suffix(".txt")
        if own in self:
            return own
        return Path(os.fsdecode(next(iter(self._files))[0])) if len(self._files) == 1 else None


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
