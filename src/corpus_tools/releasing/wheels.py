"""The wheel of the tools as they are installed, with a corpus of choice as the one that comes with them.

It is packed from the package itself, so that it can be made wherever the tools run, from a checkout or not. The files are not
compressed: so the same files give the same bytes whatever the version of zlib.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from corpus_tools.releasing.environment import DISTRIBUTION
from corpus_tools.schemas import package_folder
from corpus_tools.tables import file_digest

_PACKAGE = "corpus_tools"
_OF_THE_INSTALLER = {"RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json"}


def write_wheel(folder: Path, corpus: Path, described: bool) -> Path:
    """Write the wheel into a folder; returns its path.

    Args:
        folder: where it is written.
        corpus: the corpus that it holds.
        described: whether the metadata have the README, which quotes the corpus of the project.
    """
    version = distribution(DISTRIBUTION).version
    path = folder / f"{_PACKAGE}-{version}-py3-none-any.whl"
    info = f"{_PACKAGE}-{version}.dist-info"
    files: dict[str, Path | bytes] = {
        **_below(Path(__file__).parents[1], _PACKAGE, skip=("data", "__pycache__")),
        **_below(package_folder("schema"), f"{_PACKAGE}/data/schema"),
        **_below(corpus, f"{_PACKAGE}/data/corpus"),
        **_metadata(info, described),
    }
    record = "".join(f"{name},sha256={_digest(file)},{_size(file)}\n" for name, file in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    with ZipFile(path, "w", ZIP_STORED) as wheel:
        for name, file in files.items():
            member = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.external_attr = 0o100644 << 16
            member.file_size = _size(file)
            with wheel.open(member, "w") as target, file.open("rb") if isinstance(file, Path) else BytesIO(file) as source:
                shutil.copyfileobj(source, target)
    return path


def _below(folder: Path, prefix: str, skip: tuple[str, ...] = ()) -> dict[str, Path]:
    paths = sorted((path.relative_to(folder), path) for path in folder.rglob("*") if path.is_file())
    kept = [(name, path) for name, path in paths if name.parts[0] not in skip and "__pycache__" not in name.parts]
    return {f"{prefix}/{name.as_posix()}": path for name, path in kept}


def _size(file: Path | bytes) -> int:
    return file.stat().st_size if isinstance(file, Path) else len(file)


def _metadata(info: str, described: bool) -> dict[str, bytes]:
    """The metadata of the installed distribution, and which kind of wheel this is."""
    installed = distribution(DISTRIBUTION)
    files = [f for f in installed.files or [] if f.parts[0].endswith(".dist-info") and f.name not in _OF_THE_INSTALLER]
    found = {f"{info}/{'/'.join(file.parts[1:])}": Path(str(file.locate())).read_bytes() for file in files}
    if not described:
        head = found[f"{info}/METADATA"].partition(b"\n\n")[0].splitlines()
        kept = [line for line in head if not line.startswith(b"Description-Content-Type:")]
        found[f"{info}/METADATA"] = b"\n".join([*kept, b""])
    kind = f"Wheel-Version: 1.0\nGenerator: {DISTRIBUTION} {installed.version}\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    return dict(sorted((found | {f"{info}/WHEEL": kind.encode()}).items()))


def _digest(file: Path | bytes) -> str:
    """A digest as RECORD has it."""
    digest = bytes.fromhex(file_digest(file)) if isinstance(file, Path) else hashlib.sha256(file).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
