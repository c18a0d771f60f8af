"""CITATION.cff of a release, from what the manifest says of the corpus."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from corpus_tools.card import one_line

CITATION = "CITATION.cff"


def citation(manifest: Mapping[str, Any]) -> str:
    """The text of CITATION.cff, in version 1.2.0 of its format."""
    corpus, tool = manifest["corpus"], manifest["tool"]
    authors = corpus.get("creators") or [f"The authors of {one_line(corpus['title'])}"]
    cited = {
        "cff-version": "1.2.0",
        "message": "If you use this corpus, please cite it as below, with the version that you used.",
        "type": "dataset",
        "title": one_line(corpus["title"]),
        "version": corpus["version"],
        "authors": [{"name": one_line(name)} for name in authors],
        "license": _licences(corpus["license"]),
        "abstract": f"{one_line(corpus['description'])} The texts: {one_line(corpus['rights'])}",
        "keywords": corpus.get("tags"),
        "references": [
            {
                "type": "software",
                "title": tool["name"],
                "abstract": "The compiler for stand-off annotated corpora that made the corpus.",
                "authors": [{"name": f"The {tool['name']} authors"}],
                "version": tool["version"],
            }
        ],
    }
    return yaml.safe_dump({k: v for k, v in cited.items() if v}, sort_keys=False, allow_unicode=True, width=120)


def _licences(expression: str) -> str | list[str] | None:
    """A licence, or those to choose from, as the format wants them; None for what it has no form for."""
    names = expression.split(" OR ")
    if not all(re.fullmatch(r"[A-Za-z0-9.+-]+", name) for name in names):
        return None
    return names if len(names) > 1 else expression
