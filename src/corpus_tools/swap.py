"""Putting a finished folder in the place of another, all or nothing, one process at a time."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus_tools.findings import UsageError

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@contextmanager
def staging_for(folder: Path) -> Iterator[Path]:
    """A new, empty folder beside ``folder`` to prepare its next contents in; nobody else has one meanwhile, and it goes at the end.

    What a stopped process left is cleared up first. The lock ends with the process that holds it, however that ends.

    Raises:
        UsageError: another process prepares the same folder.
    """
    from filelock import FileLock, Timeout

    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = folder.with_name(f".{folder.name}.staging")
    lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(f"{folder}: another build of it is running ({lock.lock_file} is locked)") from None
    try:
        recover(staging, folder)
        staging.mkdir()
        yield staging
    finally:
        recover(staging, folder)
        Path(lock.lock_file).unlink(missing_ok=True)  # while it is held: who waits for it sees that the file is gone
        lock.release()


def put_in_place(new: Path, old: Path, own: Collection[str]) -> None:
    """Make the folder ``new`` stand at ``old``.

    What stood there is gone afterwards, but for what is not ours: all at its top level that is not named in ``own`` stays.
    Where the system can exchange two names in one step (Linux), no moment is without a whole folder there. Elsewhere there is one
    between two renames; `recover` brings back a folder that a stop right then left as ``<new>.former``.
    """
    sync_tree(new)
    if not old.exists():
        new.replace(old)
    else:
        _carry_over(old, new, own)
        if not _exchange(new, old):
            old.replace(_former(new))
            new.replace(old)
    sync(old.parent)


def recover(new: Path, old: Path) -> None:
    """Clear up after a stopped `put_in_place` or whatever was to precede it."""
    former = _former(new)
    if former.exists() and not old.exists():
        former.replace(old)
    shutil.rmtree(former, ignore_errors=True)
    shutil.rmtree(new, ignore_errors=True)


def _former(new: Path) -> Path:
    return new.with_name(new.name + ".former")


def _carry_over(old: Path, new: Path, own: Collection[str]) -> None:
    """Give ``new`` a second name of every file of ``old`` that is not ours: so it is in both, whenever we are stopped."""
    shutil.copymode(old, new)
    for path in old.iterdir():
        if path.name in own:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True, copy_function=link)
        else:
            link(path, new / path.name)


def link(source: Path | str, target: Path | str) -> None:
    """Give a file a second name, or where there are none, copy it."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # no second names on this file system
        shutil.copy2(source, target, follow_symlinks=False)


def _exchange(a: Path, b: Path) -> bool:
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(renameat2(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE) == 0)


def sync_tree(folder: Path) -> None:
    """Flush all files of a folder to the disk, and the folders."""
    for path in tree(folder):
        sync(path)
    sync(folder)


def tree(folder: Path | str) -> Iterator[Path]:
    """All that is in a folder, at any depth; unlike `Path.rglob` without a list of all names."""
    with os.scandir(folder) as entries:
        for entry in entries:
            yield Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                yield from tree(entry.path)


def sync(path: Path) -> None:
    """Flush a file or folder to the disk."""
    if not path.is_dir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        return
    with suppress(OSError):  # not every system can flush a folder
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
