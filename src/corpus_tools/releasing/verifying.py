"""Whether a release can be made again from its seeds, by the tools that are in it, in an environment that has nothing else."""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from corpus_tools.files import read_manifest
from corpus_tools.findings import Finding, UsageError
from corpus_tools.hydrationfile import is_without_texts
from corpus_tools.releasing.environment import make_environment, needed
from corpus_tools.releasing.packing import CHECKSUMS, REQUIREMENTS, files_in
from corpus_tools.remote import brought_here
from corpus_tools.seeds import inputs_digest
from corpus_tools.tables import file_digest


def verify_release(release: Path | str, seeds: Path | str) -> list[Finding]:
    """All that speaks against a release being what its seeds give; an empty list when nothing does.

    The files must have the digests in SHA256SUMS, and the archive must hold the same. Then the release is made again: in an environment
    of its own wheel and the packages that this needs, and nothing else; they are linked from the environment that runs this, so that no
    network is needed, and one of another version than requirements.txt says is reported. All files must be the same, byte for byte.

    This runs the tools that are in the release, as installing its wheel would.

    Args:
        release: the folder that `release` made, or its archive (.tar.gz).
        seeds: the folder of seeds that the corpus was built from.

    Raises:
        UsageError: no such folder or archive, or no release in it.
    """
    path, seeds = brought_here(release), brought_here(seeds)
    if not seeds.is_dir():
        raise UsageError(f"{seeds}: not a folder of seeds")
    with TemporaryDirectory() as scratch:
        folder = _unpacked(path, Path(scratch) / "archive") if path.is_file() else path
        wheels = sorted(folder.glob("*.whl"))
        if len(wheels) != 1 or not (folder / CHECKSUMS).is_file() or not (folder / "corpus").is_dir():
            raise UsageError(f"{path}: no release: one has a corpus, a wheel and {CHECKSUMS}")
        findings = list(_checksums(folder)) or list(_archived(folder, Path(scratch) / "inside"))
        if not findings:  # else nothing of it should be run
            findings = list(_inputs(folder, seeds))
        if not findings:  # else all would differ
            findings = [*_versions(folder), *_rebuilt(folder, seeds, wheels[0], Path(scratch))]
        return [replace(finding, path=finding.path.replace(str(folder), str(path))) for finding in findings]


def _unpacked(archive: Path, target: Path) -> Path:
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(target, filter="data")
        (folder,) = target.iterdir()
    except (OSError, ValueError, tarfile.TarError) as error:
        raise UsageError(f"{archive}: no archive of a release ({error})") from error
    return folder


def _checksums(folder: Path) -> Iterator[Finding]:
    """Files that are not what SHA256SUMS says, are missing, or are not in it."""
    lines = (folder / CHECKSUMS).read_text("utf-8", "replace").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    there = files_in(folder)
    for name in sorted(listed.keys() | there.keys()):
        if name not in there:
            yield _finding("release-digest", folder / name, "no such file", "the file")
        elif name not in listed:
            yield _finding("release-digest", folder / name, f"a file that {CHECKSUMS} does not list", "only files of the release")
        elif file_digest(there[name]) != listed[name]:
            yield _finding("release-digest", folder / name, "bytes with another digest", f"sha256 {listed[name]}")


def _archived(folder: Path, target: Path) -> Iterator[Finding]:
    """Files that the archive has not, has too much, or has otherwise."""
    for archive in folder.glob("*.tar.gz"):
        inside = _unpacked(archive, target)
        own = {name: path for name, path in files_in(folder).items() if path != archive}
        yield from _different(own, files_in(inside), archive, "release-digest", "as the file beside the archive")


def _different(ours: dict[str, Path], theirs: dict[str, Path], place: Path, rule: str, expected: str) -> Iterator[Finding]:
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs or name not in ours:
            found = f"{name} there alone" if name in theirs else f"no {name}"
            yield _finding(rule, place, found, expected)
        elif file_digest(ours[name]) != file_digest(theirs[name]):
            yield _finding(rule, place, f"{name} with other bytes", expected)


def _inputs(folder: Path, seeds: Path) -> Iterator[Finding]:
    inputs, ours = read_manifest(folder / "corpus")["inputs"], inputs_digest(seeds)
    if inputs != ours:
        found = f"{ours['files']} files with sha256 {ours['sha256']}"
        yield _finding(
            "release-inputs", seeds, found, f"{inputs['files']} files with sha256 {inputs['sha256']}, as it was built from"
        )


def _versions(folder: Path) -> Iterator[Finding]:
    lines = (folder / REQUIREMENTS).read_text("utf-8", "replace").splitlines()
    listed = {name: version for name, _, version in (line.partition("==") for line in lines)}
    ours = needed()
    for name in sorted(listed.keys() | ours.keys()):
        if listed.get(name) != ours.get(name):
            found = f"{name} {ours.get(name, 'not installed')}"
            yield _finding("release-environment", folder / REQUIREMENTS, found, f"{name} {listed.get(name, 'not there')}")


def _rebuilt(folder: Path, seeds: Path, wheel: Path, scratch: Path) -> Iterator[Finding]:
    """How the release differs from one that its own tools make of the seeds now."""
    python = make_environment(scratch / "environment", wheel)
    bare = ["--without-text"] if is_without_texts(read_manifest(folder / "corpus")) else []
    for arguments in (["build", str(seeds.resolve()), "built"], ["release", "built", "made", *bare]):
        run = subprocess.run(
            [str(python), "-I", "-m", "corpus_tools", *arguments],
            cwd=scratch,
            env=_environment(scratch),
            capture_output=True,
            check=False,
        )
        if run.returncode:
            said = run.stderr.decode("utf-8", "replace").strip()
            yield _finding(
                "release-rebuild", folder, f"corpus-tools {arguments[0]} fails there: {said}", "a release from these seeds"
            )
            return
    ours, theirs = (_compared(made) for made in (folder, scratch / "made"))
    yield from _different(theirs, ours, folder, "release-rebuild", "as its tools make it of these seeds")


def _compared(folder: Path) -> dict[str, Path]:
    """The files of a release, but for those looked at before: the archive of them, and the versions of the environment."""
    return {name: path for name, path in files_in(folder).items() if not name.endswith(".tar.gz") and name != REQUIREMENTS}


def _environment(scratch: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "HOME": str(scratch),
        "HF_HOME": str(scratch / "hf"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "NO_COLOR": "1",
    }


def _finding(rule: str, path: Path, found: str, expected: str) -> Finding:
    return Finding(rule=rule, path=str(path), found=found, expected=expected)
