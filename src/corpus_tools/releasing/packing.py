"""A release: the corpus, with its texts or without, and all that belongs to it, in one folder. Nothing is published."""

from __future__ import annotations

import gzip
import shutil
import tarfile
from pathlib import Path

import msgspec

from corpus_tools.files import Manifest, read_manifest
from corpus_tools.findings import UsageError
from corpus_tools.hydrationfile import is_without_texts
from corpus_tools.releasing.citation import CITATION, citation
from corpus_tools.releasing.environment import requirements
from corpus_tools.releasing.rewriting import must_be_new, must_be_sound
from corpus_tools.releasing.textless import write_without_text
from corpus_tools.releasing.wheels import write_wheel
from corpus_tools.remote import brought_here
from corpus_tools.swap import put_in_place, staging_for
from corpus_tools.tables import MANIFEST, file_digest

CHECKSUMS, REQUIREMENTS = "SHA256SUMS", "requirements.txt"


class ReleaseReport(msgspec.Struct):
    """What a release is of, and its files at the top of the folder, beside the corpus in ``corpus``."""

    name: str
    version: str
    without_text: bool
    archive: str
    wheel: str
    files: list[str]


def release(corpus: Path | str, out: Path | str, without_text: bool = False) -> ReleaseReport:
    """Make a release of a corpus: all that is published of it, ready to be taken where it belongs. Nothing is published by this.

    The folder has ``corpus`` (ready for the Hub), the wheel of these tools with that corpus in it, requirements.txt (the versions it was
    made with), CITATION.cff, an archive of all that, and SHA256SUMS of everything. The corpus is checked before and afterwards. The same
    corpus and tools give the same bytes.

    Args:
        corpus: the folder of the corpus.
        out: the folder that is made; new or empty.
        without_text: leave out the words of the texts, so that `hydrate` can put them back: rows hold offsets, labels and digests.

    Raises:
        CorpusError: the corpus has problems, or would still hold words of its texts without them; nothing was written.
        UsageError: no such corpus, something in the way, or no text to leave out.
    """
    corpus, out = brought_here(corpus), Path(out)
    manifest = read_manifest(corpus)
    if without_text and is_without_texts(manifest):
        raise UsageError(f"{corpus}: is without its texts already, so there are none to leave out")
    must_be_new(out)
    must_be_sound(corpus)
    try:
        with staging_for(out) as staging:
            if without_text:
                manifest = write_without_text(corpus, manifest, staging / "corpus")
            else:
                _copy(corpus, manifest, staging / "corpus")
            must_be_sound(staging / "corpus")
            report = _pack(staging, manifest)
            put_in_place(staging, out, ())
    except OSError as error:
        raise UsageError(f"{error.filename or out}: {error.strerror or error}; nothing was released") from error
    return report


def _copy(corpus: Path, manifest: Manifest, target: Path) -> None:
    """Copy the files of a corpus, and none that only stand beside them."""
    for name in [*manifest["files"], MANIFEST]:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(corpus / name, target / name)


def _pack(folder: Path, manifest: Manifest) -> ReleaseReport:
    """Write what stands beside the corpus."""
    name, version, bare = manifest["corpus"]["name"], manifest["corpus"]["version"], is_without_texts(manifest)
    wheel = write_wheel(folder, folder / "corpus", described=not bare)
    (folder / CITATION).write_text(citation(manifest), "utf-8", newline="\n")
    (folder / REQUIREMENTS).write_text(requirements(), "utf-8", newline="\n")
    write_checksums(folder)
    stem = f"{name}-{version}" + ("-without-text" if bare else "")
    archive = folder / f"{stem}.tar.gz"
    write_archive(archive, folder, stem)
    write_checksums(folder)
    files = sorted(path.name for path in folder.iterdir() if path.is_file())
    return ReleaseReport(name, version, bare, archive.name, wheel.name, files)


def files_in(folder: Path) -> dict[str, Path]:
    """All files of a folder by their names in it, sorted, but for the checksums at its top."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: found[name] for name in sorted(found) if name != CHECKSUMS}


def write_checksums(folder: Path) -> None:
    """Write SHA256SUMS of all files of a folder, as sha256sum writes them."""
    lines = [f"{file_digest(path)}  {name}\n" for name, path in files_in(folder).items()]
    (folder / CHECKSUMS).write_text("".join(lines), "utf-8", newline="\n")


def write_archive(archive: Path, folder: Path, stem: str) -> None:
    """Write all files of a folder below one name as .tar.gz, without times, owners and modes of here."""
    files = [*files_in(folder).items(), (CHECKSUMS, folder / CHECKSUMS)]  # listed before the archive is there
    with (
        archive.open("wb") as out,
        gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, path in files:
            member = tarfile.TarInfo(f"{stem}/{name}")
            member.size, member.mode = path.stat().st_size, 0o644
            with path.open("rb") as file:
                tar.addfile(member, file)
