"""Hooks of the documentation site: pages at the top of the project are pages of the site too, and links between all of them hold.

A link to a file that is no page of the site, a test say, becomes its name: which address shows the project's files is not known here.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

TOP = Path(__file__).parents[1]
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "DATASHEET.md": "datasheet.md",
    "SECURITY.md": "security.md",
    "LICENSE": "license.md",
    "examples/train_tagger.py": "examples/train_tagger.md",
}
_LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]*)\]\((?!https?:|#|mailto:)(?P<target>[^)#\s]+)(?P<anchor>#[^)]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from outside docs/."""
    for source, page in PAGES.items():
        files.append(File.generated(config, page, content=_page(source)))
    readme = (TOP / "README.md").read_text("utf-8")
    files.append(
        File.generated(config, "fields.md", content="# Fields\n" + readme.partition("\n## Fields\n")[2].replace("\n### ", "\n## "))
    )
    return files


def _page(source: str) -> str:
    text = (TOP / source).read_text("utf-8").replace("](docs/pictures/", "](pictures/")
    if source.endswith(".md"):
        return _linked(text.partition("\n## Fields\n")[0] if source == "README.md" else text, "", PAGES[source])
    language = "python" if source.endswith(".py") else "text"
    return f"# {posixpath.basename(source)}\n\n```{language}\n{text}\n```\n"


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links out of docs/ lead to the pages of the site."""
    if page.file.generated_by:
        return markdown
    return _linked(markdown, "docs", page.file.src_uri)


def _linked(markdown: str, folder: str, page: str) -> str:
    """The Markdown of a file in a folder of the project, with its links as they are from a page of the site."""

    def link(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, posixpath.dirname(page) if folder else "", match["target"]))
        if target in PAGES:
            target = PAGES[target]
        elif target.startswith("docs/"):
            target = target.removeprefix("docs/")
        else:
            return match["words"]
        here = posixpath.relpath(target, posixpath.dirname(page) or ".")
        return f"[{match['words']}]({here}{match['anchor'] or ''})"

    return _LINK.sub(link, markdown.replace("(#fields)", "(fields.md)") if page == "index.md" else markdown)
