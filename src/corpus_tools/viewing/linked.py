"""What a page says of itself to machines: schema.org, as JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus_tools.records import Document

_CONTEXT = "https://schema.org"


def document_description(document: Document, config: Mapping[str, Any]) -> dict[str, Any]:
    """A document as a schema.org CreativeWork; what is not known is left out."""
    known = {
        "@context": _CONTEXT,
        "@type": "CreativeWork",
        "identifier": document.doc_id,
        "name": document.title,
        "author": [{"@type": "Person", "name": name} for name in document.authors],
        "publisher": document.publisher and {"@type": "Organization", "name": document.publisher},
        "datePublished": document.published,
        "inLanguage": document.language,
        "url": document.url,
        "copyrightNotice": document.rights,
        "isPartOf": {"@type": "Dataset", "name": config["title"], "version": config["version"]},
    }
    return {key: value for key, value in known.items() if value}


def corpus_description(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A corpus as a schema.org Dataset; what is not known is left out."""
    config = manifest["corpus"]
    known = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "name": config["title"],
        "alternateName": config["name"],
        "description": config["description"],
        "version": config["version"],
        "license": _licence(config["license"]),
        "copyrightNotice": config["rights"],
        "keywords": config.get("tags"),
        "inLanguage": manifest["languages"],
        "size": [f"{table['rows']} {name}" for name, table in manifest["tables"].items() if table["rows"]],
    }
    return {key: value for key, value in known.items() if value}


def _licence(expression: str) -> str:
    """The address of a licence that has a name of its own at SPDX; an expression of several as it is."""
    alone = not any(mark in expression for mark in " ()+") and not expression.startswith("LicenseRef-")
    return f"https://spdx.org/licenses/{expression}" if alone else expression
