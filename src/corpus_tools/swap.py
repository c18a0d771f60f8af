"""Putting a finished folder in the place of another, all or nothing."""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def put_in_place(new: Path, old: Path) -> None:
    """Make the folder ``new`` stand at ``old``; what stood there is gone afterwards.

    Where the system can exchange two names in one step (Linux), no moment is without a whole folder there. Elsewhere there is one
    between two renames; a folder left as ``<new>.former`` by a stop right then is brought back by `recover`.
    """
    sync_tree(new)
    former = _former(new)
    if not old.exists():
        new.replace(old)
    elif _exchange(new, old):
        new.replace(former)
    else:
        old.replace(former)
        new.replace(old)
    _sync(old.parent)
    shutil.rmtree(former, ignore_errors=True)


def recover(new: Path, old: Path) -> None:
    """Clear up after a stopped `put_in_place` or whatever was to precede it."""
    former = _former(new)
    if former.exists() and not old.exists():
        former.replace(old)
    shutil.rmtree(former, ignore_errors=True)
    shutil.rmtree(new, ignore_errors=True)


def _former(new: Path) -> Path:
    return new.with_name(new.name + ".former")


def _exchange(a: Path, b: Path) -> bool:
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(renameat2(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE) == 0)


def sync_tree(folder: Path) -> None:
    """Flush all files of a folder to the disk, then the folders."""
    for path in [*(p for p in folder.rglob("*")), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # a folder cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
