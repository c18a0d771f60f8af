"""Seeds and corpora at any address that fsspec knows (s3://bucket/corpus): copied here, and a built corpus put there.

A store renames nothing. So the manifest is the commit there too: it goes before anything is written, and comes back when all is
written. Who reads meanwhile finds no corpus, never half of one. Copies lie in the cache folder of the user (XDG_CACHE_HOME); only what
changed is moved.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from corpus_tools.findings import CorpusError, Finding, UsageError
from corpus_tools.tables import MANIFEST

UNFINISHED = ".corpus-tools-unfinished"
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):/+(.+)")


def address_of(place: Path | str) -> str | None:
    """The address that is meant, or None for a folder of this machine. A `Path` has lost one of the two slashes."""
    match = _ADDRESS.fullmatch(str(place))
    return f"{match[1]}://{match[2].rstrip('/')}" if match and match[1] != "file" else None


def brought_here(place: Path | str) -> Path:
    """A folder of this machine with what is at a place.

    Raises:
        UsageError: it cannot be reached.
    """
    address = address_of(place)
    if address is None:
        return Path(place)
    folder = _cache(address) / "copy"
    with _said(address):
        _mirror(address, folder)
    return folder


@contextmanager
def put_there(place: Path | str) -> Iterator[Path]:
    """A folder of this machine to build a corpus in that belongs at a place; at the end it is put there.

    Raises:
        UsageError: the place cannot be reached, or holds something that is no corpus.
    """
    address = address_of(place)
    if address is None:
        yield Path(os.path.realpath(place))
        return
    folder = _cache(address) / "corpus"
    with _said(address):
        former = _former(address)
    yield folder
    with _said(address):
        _publish(folder, address, former)


@contextmanager
def new_there(place: Path | str) -> Iterator[Path]:
    """A folder of this machine that is to be made and belongs at a place; at the end what is in it is put there.

    Raises:
        UsageError: the place cannot be reached, or holds something.
    """
    address = address_of(place)
    if address is None:
        yield Path(place)
        return
    with _said(address):
        store, root = _store(address)
        if store.exists(root) and _files(store, root):
            raise UsageError(f"{address}: not empty; nothing there was touched")
    with TemporaryDirectory() as folder:
        new = Path(folder, PurePosixPath(root).name)
        yield new
        with _said(address):
            for path in sorted(path for path in new.rglob("*") if path.is_file()):
                name = f"{root}/{path.relative_to(new).as_posix()}"
                store.makedirs(name.rpartition("/")[0], exist_ok=True)
                store.put_file(str(path), name)


def at_address(findings: Iterable[Finding], place: Path | str, here: Path) -> list[Finding]:
    """Findings that name files by the address of the place, not by their copy here."""
    address = address_of(place)
    if address is None:
        return list(findings)
    return [msgspec.structs.replace(f, path=f.path.replace(str(here), address, 1)) for f in findings]


@contextmanager
def named_by_address(place: Path | str, here: Path) -> Iterator[None]:
    """Findings name files by their address, not by their copy here."""
    try:
        yield
    except CorpusError as error:
        raise CorpusError(at_address(error.findings, place, here)) from None


# ----------------------------------------------------------------------------------------------------------- stores


def _store(address: str) -> tuple[Any, str]:
    import fsspec

    return fsspec.url_to_fs(address)  # type: ignore[no-any-return]


@contextmanager
def _said(address: str) -> Iterator[None]:
    """Say what goes wrong at an address: stores raise whatever they like."""
    try:
        yield
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"{address}: {type(error).__name__}: {str(error).partition(chr(10))[0]}") from error


def _cache(address: str) -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "corpus-tools" / hashlib.sha256(address.encode()).hexdigest()[:16]


def _files(store: Any, root: str) -> dict[str, Mapping[str, Any]]:
    """The files below a root, by their names there."""
    found = store.find(root, detail=True)
    return {path.removeprefix(root).lstrip("/"): info for path, info in found.items()}


def _mirror(address: str, folder: Path) -> None:
    store, root = _store(address)
    files = {name: info for name, info in _files(store, root).items() if not {"..", ""} & set(name.split("/"))}
    if not files:
        raise UsageError(f"{address}: nothing there")
    index = folder.with_name("copy.json")
    known = json.loads(index.read_bytes()) if index.is_file() else {}
    keys = {name: hashlib.sha256(repr(sorted(info.items())).encode()).hexdigest() for name, info in files.items()}
    index.unlink(missing_ok=True)  # until all is there
    for name, key in keys.items():
        path = folder / name
        if known.get(name) != key or not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            store.get_file(f"{root}/{name}", str(path))
    for name in known.keys() - keys.keys():
        (folder / name).unlink(missing_ok=True)
    index.write_text(json.dumps(keys), "utf-8")


def _former(address: str) -> dict[str, Mapping[str, Any]]:
    """The files of the corpus at an address, with their figures."""
    store, root = _store(address)
    path = f"{root}/{MANIFEST}"
    if not store.exists(path):
        if store.exists(root) and _files(store, root) and not store.exists(f"{root}/{UNFINISHED}"):
            raise UsageError(f"{address}: holds files but no {MANIFEST}, so it is no corpus; nothing there was touched")
        return {}
    try:
        files: dict[str, Mapping[str, Any]] = json.loads(store.cat_file(path))["files"]
    except (ValueError, LookupError, TypeError):
        raise UsageError(f"{address}/{MANIFEST}: not by corpus-tools, or damaged; nothing there was touched") from None
    return files


def _publish(folder: Path, address: str, former: Mapping[str, Mapping[str, Any]]) -> None:
    """Put a corpus at an address: first the manifest goes, then files change, last the manifest comes."""
    store, root = _store(address)
    files = json.loads((folder / MANIFEST).read_bytes())["files"]
    store.makedirs(root, exist_ok=True)
    store.pipe_file(f"{root}/{UNFINISHED}", b"A build is being put here, or was interrupted while it was.\n")
    if store.exists(f"{root}/{MANIFEST}"):
        store.rm_file(f"{root}/{MANIFEST}")
    for name in former.keys() - files.keys():
        store.rm_file(f"{root}/{name}")
    for name, figures in files.items():
        if former.get(name) != figures:
            store.makedirs(f"{root}/{name}".rpartition("/")[0], exist_ok=True)
            store.put_file(str(folder / name), f"{root}/{name}")
    store.put_file(str(folder / MANIFEST), f"{root}/{MANIFEST}")
    store.rm_file(f"{root}/{UNFINISHED}")
