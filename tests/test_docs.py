"""The pages of docs/: what stands in them can be typed as it stands, and the site is built without a warning."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from helpers import TOP
from page_blocks import Step, environment, follow, steps

DOCS = TOP / "docs"
PAGES = {path.name: path.read_text("utf-8") for path in sorted(DOCS.glob("*.md"))}
FROM_NOTHING = {"own-article.md", "import-brat.md"}  # these begin in an empty folder, all others where seeds/ and corpus/ are


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if any(not step.why for step in steps(page))])
def test_a_page_works_as_it_stands(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for part in () if name in FROM_NOTHING else ("seeds", "corpus", "examples"):
        shutil.copytree(TOP / part, folder / part)
    settings = environment(tmp_path)
    for step in steps(PAGES[name]):
        if not step.why:
            follow(step, folder, settings)


def test_the_tutorial_is_found() -> None:
    assert len(list(steps(PAGES["own-article.md"]))) > 15


def test_a_wrong_output_is_noticed(tmp_path: Path) -> None:
    for page in (
        "```console\n$ echo 1\n2\n```",
        "```python\nprint(1)  # -> 2\n```",
        "```sh\necho 1\n```\n\n```text\n2\n```",
        "```sh\necho 1\n```",
    ):
        (step,) = (step for step in steps(page) if step.language != "text")
        with pytest.raises(AssertionError):
            follow(step, tmp_path, environment(tmp_path))


def test_what_is_not_run_says_why_and_its_command_is_there(tmp_path: Path) -> None:
    kept = [step for page in PAGES.values() for step in steps(page) if step.why]
    for program, verb in {match for step in kept for match in _programs(step)}:
        command = [str(Path(sys.executable).parent / program), verb, "--help"]
        assert subprocess.run(command, env=environment(tmp_path), capture_output=True, check=False).returncode == 0, command


def _programs(step: Step) -> list[tuple[str, str]]:
    return re.findall(r"^(?:\$ )?(hf|corpus-tools|dask) ([\w-]+)", step.body, re.MULTILINE)


def test_every_page_is_in_the_navigation_once() -> None:
    settings = yaml.load((TOP / "mkdocs.yml").read_text("utf-8"), yaml.BaseLoader)
    named = [
        page
        for part in settings["nav"]
        for pages in part.values()
        for page in ([pages] if isinstance(pages, str) else _targets(pages))
    ]
    assert len(set(named)) == len(named)
    assert set(PAGES) <= set(named)


def _targets(pages: list[dict[str, str]]) -> list[str]:
    return [target for page in pages for target in page.values()]


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    result = subprocess.run(command, cwd=TOP, env=environment(tmp_path), capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    pages = {
        path.relative_to(tmp_path / "site").as_posix(): path.read_text("utf-8") for path in (tmp_path / "site").rglob("*.html")
    }
    for name, html in pages.items():
        outside = re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?(?:https?:)?//[^\"'> ]+", html)
        assert not [link for link in outside if "canonical" not in link], name
    assert "corpus_tools.check" in pages["api/index.html"]
    assert "corpus-tools check" in pages["cli/index.html"]
