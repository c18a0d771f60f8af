"""The dataset card of a corpus, corpus/README.md: the header that `datasets` loads it by, and a page for readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from corpus_tools.derive import field_table
from corpus_tools.schemas import TABLES, shipped

DEFAULT_TABLE = "documents"


def card(manifest: Mapping[str, Any]) -> str:
    """The card of a corpus, all of it from its manifest."""
    return f"---\n{_header(manifest)}---\n\n{_page(manifest)}"


def _header(manifest: Mapping[str, Any]) -> str:
    header = {
        "pretty_name": manifest["corpus"]["title"],
        "language": manifest["languages"],
        "license": "other",
        "license_name": "annotations-" + manifest["corpus"]["license"].lower(),
        "size_categories": [_size_category(manifest["tables"]["documents"]["rows"])],
        "configs": [_config(name, table) for name, table in manifest["tables"].items()],
    }
    return yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=1000)


def _config(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    # The digest is there because `datasets` caches by this header and the folder's name, not by what the files hold.
    config = {
        "config_name": name,
        "description": f"{shipped()[name]['description']} Content: sha256 {table['sha256']}",
        "data_files": [{"split": split, "path": files} for split, files in table["files"].items()],
    }
    return config | ({"default": True} if name == DEFAULT_TABLE else {})


def _size_category(rows: int) -> str:
    limits = [(1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M")]
    return next((name for limit, name in limits if rows < limit), "n>10M")


def _page(manifest: Mapping[str, Any]) -> str:
    corpus = manifest["corpus"]
    tables = "\n".join(
        f"| `{name}` | {table['rows']} | {shipped()[name]['description']} |" for name, table in manifest["tables"].items()
    )
    annotators = "\n".join(f"- `{name}`: {text}" for name, text in corpus["annotators"].items())
    fields = "\n\n".join(f"### {name}\n\n{field_table(name)}" for name in TABLES)
    return f"""# {corpus["title"]}

{corpus["description"]}

Version {corpus["version"]}. Annotations: {corpus["license"]}. {corpus["rights"]}

## Tables

| table | rows | what a row is |
|---|---|---|
{tables}

```python
from datasets import load_dataset

claims = load_dataset("./corpus", "claims", split="{next(iter(manifest["splits"]))}")
```

Offsets are Unicode code points, half open, into `text` of the document. `jsonl/` has the same rows as JSON lines.

## Annotators

{annotators}

## Fields

{fields}
"""
