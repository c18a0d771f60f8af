"""How far a long task is: whoever runs it can watch, and whoever does it need not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[str, int, int], None]
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Have a function called with what is done, how much of it, and of how much in all."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def note(what: str, done: int, total: int) -> None:
    """Tell the watcher, if there is one."""
    watcher = _watcher.get()
    if watcher:
        watcher(what, done, total)
