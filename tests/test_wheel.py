"""The wheel, installed into an empty environment that has the core dependencies and nothing else, without a network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

TOP = Path(__file__).parents[1]


def core_distributions() -> set[str]:
    """The names of all distributions that the core dependencies need, those of extras left out."""
    names: set[str] = set()
    todo = [Requirement(text) for text in distribution("corpus-tools").requires or []]
    while todo:
        requirement = todo.pop()
        extras = requirement.extras or {""}
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        try:
            needed = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        if name not in names or requirement.extras:
            names.add(name)
            chosen = [Requirement(text) for text in needed]
            wanted = [r for r in chosen if not r.marker or any(r.marker.evaluate({"extra": e}) for e in extras)]
            todo += [r for r in wanted if re.sub(r"[-_.]+", "-", r.name).lower() not in names]
    return names


def link_into(site: Path, names: set[str]) -> None:
    """Link the installed files of distributions into another environment."""
    here = Path(sysconfig.get_path("purelib")).resolve()
    for name in names:
        for file in distribution(name).files or []:
            head = file.parts[0]
            target = here / head
            if head != ".." and target.exists() and not (site / head).exists():
                (site / head).symlink_to(target)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of the environment."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        str(folder),
        str(TOP),
    ]
    subprocess.run(build, check=True)
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    commands = environment / ("Scripts" if os.name == "nt" else "bin")
    paths = {"base": str(environment), "platbase": str(environment)}
    site = Path(sysconfig.get_path("purelib", "venv", paths))
    link_into(site, core_distributions())
    (wheel,) = folder.glob("*.whl")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(commands / "python"),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(pip, check=True)
    return commands


def run(installed: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    offline = {
        "HOME": str(folder),
        "HF_HOME": str(folder / "hf"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "NO_COLOR": "1",
    }
    path = f"{installed}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [str(installed / command[0]), *command[1:]],
        cwd=folder,
        env={"PATH": path} | offline,
        capture_output=True,
        text=True,
        check=False,
    )


def test_dev_packages_are_not_there(installed: Path, tmp_path: Path) -> None:
    result = run(installed, tmp_path, "python", "-c", "import pytest")
    assert "ModuleNotFoundError" in result.stderr


def test_load_gives_the_shipped_corpus(installed: Path, tmp_path: Path) -> None:
    code = "import corpus_tools; d = corpus_tools.load('claims'); print(len(d), d[0]['content'][0]['text'][:24], corpus_tools.__file__)"
    result = run(installed, tmp_path, "python", "-c", code)
    assert result.returncode == 0, result.stderr
    assert "Syrian government troops" in result.stdout
    assert str(TOP / "src") not in result.stdout


def test_check_finds_no_problem_in_the_shipped_corpus(installed: Path, tmp_path: Path) -> None:
    result = run(installed, tmp_path, "corpus-tools", "check")
    assert (result.returncode, result.stderr) == (0, "")
    assert "no problems" in result.stdout


def test_build_works_there(installed: Path, tmp_path: Path) -> None:
    result = run(installed, tmp_path, "corpus-tools", "build", str(TOP / "seeds"), "made")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "made" / "jsonl" / "claims.jsonl").read_bytes() == (TOP / "corpus" / "jsonl" / "claims.jsonl").read_bytes()
    assert run(installed, tmp_path, "corpus-tools", "check", "made", "--against", str(TOP / "seeds")).returncode == 0


def test_style_script_and_templates_of_the_viewer_are_there(installed: Path, tmp_path: Path) -> None:
    code = "from importlib.resources import files; print(*sorted(f.name for f in (files('corpus_tools.viewing') / 'assets').iterdir()))"
    result = run(installed, tmp_path, "python", "-c", code)
    own = sorted(path.name for path in (TOP / "src" / "corpus_tools" / "viewing" / "assets").iterdir())
    assert {"index.html", "viewer.css", "viewer.js"} <= set(own)
    assert result.stdout.split() == own, result.stderr
