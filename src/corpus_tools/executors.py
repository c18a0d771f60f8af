"""Where work is done: in this process, in processes of this machine, on a cluster, or wherever a `concurrent.futures.Executor` does it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TypeVar

from corpus_tools.findings import UsageError

DASK = "dask://"
_ADVICE = (
    "What is finished is kept. Perhaps there was not enough memory: fewer workers need less. "
    'On systems other than Linux, what starts workers in a script must stand under: if __name__ == "__main__":'
)
_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def executor_for(executor: Executor | str | None, workers: int | None, tasks: int) -> Iterator[Executor | None]:
    """What does a number of tasks: None where they are done in this process.

    Args:
        executor: one from Python, the address of a Dask scheduler (``dask://host:port``), or None for processes of this machine.
        workers: how many processes; None for as many as there are cores.
        tasks: how many tasks there are; one or none needs no other process.

    Raises:
        UsageError: no such executor, or workers ended that had tasks.
    """
    if workers is not None and workers < 1:
        raise UsageError(f"{workers} workers; one or more are needed")
    wanted = min(workers or cores(), tasks)
    try:
        if isinstance(executor, str):
            with _dask(executor) as pool:
                yield pool
        elif executor is not None or wanted < 2:
            yield executor
        else:
            with _processes(wanted) as pool:
                yield pool
    except BrokenExecutor as error:
        raise UsageError(f"a worker ended before its task: {error} {_ADVICE}") from error


class _Processes(ProcessPoolExecutor):
    """Processes of this machine that we started."""


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    """Processes of this machine; none is left when it ends, however it ends."""
    # Forked workers need no guard in the caller's script, and start at once. Where forking is not safe, Python's own choice.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    before = set(multiprocessing.active_children())
    pool = _Processes(workers, mp_context=context, initializer=_end_with_parent)
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        pool.shutdown()
        raise


def _end_with_parent() -> None:
    """Let a worker end silently at Ctrl-C, and when its parent ends, be it killed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel

        def watch() -> None:
            wait([sentinel])
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    """The workers of a Dask scheduler. It gives the task of a worker that ends to another one."""
    if not address.startswith(DASK):
        raise UsageError(f"no executor {address}; expected {DASK}HOST:PORT")
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise UsageError(f"{address} needs distributed, which is not installed: pip install 'corpus-tools[cluster]'") from None
    try:
        client = Client(f"tcp://{address.removeprefix(DASK)}", timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(f"{address}: no scheduler there ({error})") from None
    with client:
        try:
            yield client.get_executor()  # type: ignore[no-untyped-call]
        except (KilledWorker, CancelledError) as error:
            raise UsageError(f"{address}: workers ended before their tasks ({error}). What is finished is kept.") from error


def completed(executor: Executor | None, function: Callable[[_Task], _Result], tasks: Sequence[_Task]) -> Iterator[_Result]:
    """What a function gives for each task, as they are done; all of them are on their way before the first is asked for.

    With an executor, function and tasks must be of the kind that pickle takes.
    """
    if executor is None:
        return map(function, tasks)
    futures = [executor.submit(function, task) for task in tasks]
    return _results(executor, futures, as_completed(futures))


def in_order(executor: Executor | None, function: Callable[[_Task], _Result], tasks: Sequence[_Task]) -> Iterator[_Result]:
    """As `completed`, but in the order of the tasks."""
    if executor is None:
        return map(function, tasks)
    futures = [executor.submit(function, task) for task in tasks]
    return _results(executor, futures, futures)


def _results(executor: Executor, futures: Sequence[Future[_Result]], ordered: Iterable[Future[_Result]]) -> Iterator[_Result]:
    try:
        for future in ordered:
            yield future.result()
    finally:
        if not isinstance(executor, _Processes):  # whose tasks end with them; a cancelled one would be in their way
            for future in futures:
                future.cancel()
