"""The distributions that the tools need, and an empty environment that has these alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement

from corpus_tools.findings import UsageError

DISTRIBUTION = "corpus-tools"


def needed() -> dict[str, str]:
    """All distributions that the core dependencies need here, those of extras left out: ``{name: version}``, sorted."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    todo = [(Requirement(text), "") for text in distribution(DISTRIBUTION).requires or []]
    while todo:
        requirement, extra = todo.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = installed.version
        for wanted in {"", *requirement.extras} if (name, "") not in seen else requirement.extras:
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                todo += [(Requirement(text), wanted) for text in installed.requires or []]
    return dict(sorted(found.items()))


def requirements() -> str:
    """requirements.txt: what a build here was made with."""
    return "".join(f"{name}=={version}\n" for name, version in needed().items())


def make_environment(folder: Path, wheel: Path) -> Path:
    """Make an environment of the wheel and of the distributions that it needs, linked from this one; returns its Python.

    No network is needed, and nothing else that is installed here can be imported there.
    """
    made = subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], capture_output=True, text=True, check=False)
    if made.returncode:
        raise UsageError(f"no environment could be made: {made.stderr.strip() or made.stdout.strip()}")
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    for name in needed():
        _link(site, name)
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def _link(site: Path, name: str) -> None:
    """Give an environment the installed files of a distribution."""
    installed = distribution(name)
    for file in installed.files or []:
        head = file.parts[0]
        target = Path(str(installed.locate_file(head))).resolve()
        if head != ".." and target.exists() and not (site / head).exists():
            (site / head).symlink_to(target)
