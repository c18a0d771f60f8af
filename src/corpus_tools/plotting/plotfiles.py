"""The plots of a corpus as files."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from corpus_tools.bundles import sound_bundles
from corpus_tools.files import Manifest
from corpus_tools.findings import UsageError
from corpus_tools.plotting.drawing import must_be_installed, picture
from corpus_tools.plotting.tallies import Tally, tallies


def corpus_tallies(folder: Path, manifest: Manifest) -> list[Tally]:
    """What the plots of a corpus show.

    Raises:
        CorpusError: the corpus is not sound.
    """
    return tallies(partial(sound_bundles, folder, manifest))


def write_plots(folder: Path, manifest: Manifest, out: Path) -> list[str]:
    """Write the plots of a corpus as SVG and PNG into a folder, which is made where it is not there; returns the names of the files.

    Raises:
        CorpusError: the corpus is not sound; nothing was written.
        UsageError: matplotlib is not installed, or the folder cannot be written.
    """
    must_be_installed()
    pictures = {f"{t.name}.{suffix}": picture(t, suffix) for t in corpus_tallies(folder, manifest) for suffix in ("svg", "png")}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in pictures.items():
            (out / name).write_bytes(data)
    except OSError as error:
        raise UsageError(f"{error.filename or out}: {error.strerror or error}") from error
    return list(pictures)
