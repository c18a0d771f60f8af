"""The pages of a corpus: the dataset card, by whose header `datasets` loads it, and the page of licence and rights.

All of it comes from the manifest, so that it holds for anybody's corpus.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from corpus_tools.fieldtables import field_table
from corpus_tools.hydrationfile import is_without_texts
from corpus_tools.schemas import TABLES, shipped

CARD, LICENCE = "README.md", "LICENSE.md"
DEFAULT_TABLE = "documents"

_SIZES = (
    "n<1K",
    "1K<n<10K",
    "10K<n<100K",
    "100K<n<1M",
    "1M<n<10M",
    "10M<n<100M",
    "100M<n<1B",
    "1B<n<10B",
    "10B<n<100B",
    "100B<n<1T",
)
_TAG_SETS = {"entity_types": "Types of entities", "claim_types": "Types of claims", "relation_types": "Relations between claims"}


def pages(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The pages of a corpus, ``{file name: text}``."""
    return {CARD: card(manifest), LICENCE: _licence(manifest)}


def card(manifest: Mapping[str, Any]) -> str:
    """The dataset card, README.md."""
    return f"---\n{_header(manifest)}---\n\n{_page(manifest)}"


# --------------------------------------------------------------------------------------------------------- header


def _header(manifest: Mapping[str, Any]) -> str:
    header = {**_description(manifest), "configs": [_config(name, manifest["tables"][name]) for name in _filled(manifest)]}
    return yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=1000)


def _description(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The tags that the Hugging Face Hub knows; those of which nothing is known are left out."""
    corpus, languages = manifest["corpus"], manifest["languages"]
    codes = sorted({language.partition("-")[0].lower() for language in languages})
    tags = {
        "pretty_name": one_line(corpus["title"]),
        "language": codes,
        "language_details": languages if languages != codes else None,
        "multilinguality": ["monolingual" if len(codes) == 1 else "multilingual"],
        # The texts and the annotations have different terms, so no licence that the Hub knows holds for the whole.
        "license": "other",
        "license_name": "annotations-" + re.sub(r"[^a-z0-9.]+", "-", corpus["license"].lower()).strip("-"),
        "license_link": LICENCE,
        "annotations_creators": corpus.get("annotations_creators"),
        "source_datasets": corpus.get("source_datasets"),
        "size_categories": [_size_category(manifest["tables"]["documents"]["rows"])],
        **_tasks({name for name, table in manifest["tables"].items() if table["rows"]}),
        "tags": corpus.get("tags"),
    }
    return {key: value for key, value in tags.items() if value}


def _tasks(tables: set[str]) -> dict[str, list[str]]:
    return {
        "task_categories": ["token-classification"] if tables & {"mentions", "claims"} else [],
        "task_ids": ["named-entity-recognition", "coreference-resolution"] if "mentions" in tables else [],
    }


def _filled(manifest: Mapping[str, Any]) -> list[str]:
    """The tables that have rows: `datasets` fails on one without."""
    return [name for name, table in manifest["tables"].items() if table["rows"]]


def _config(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    # The digest is there because `datasets` caches by this header and the folder's name, not by what the files hold. Splits without
    # a row are left out because it fails on them.
    files = {split: files for split, files in table["files"].items() if table["split_rows"][split]}
    config = {
        "config_name": name,
        "description": f"{shipped()[name]['description']} Content: sha256 {table['sha256']}",
        "data_files": [{"split": split, "path": paths} for split, paths in files.items()],
    }
    return config | ({"default": True} if name == DEFAULT_TABLE else {})


def _size_category(rows: int) -> str:
    return next((name for power, name in enumerate(_SIZES, 3) if rows < 10**power), "n>1T")


# ----------------------------------------------------------------------------------------------------------- page


def one_line(text: str) -> str:
    """A text with every run of white space as one space."""
    return " ".join(text.split())


def _page(manifest: Mapping[str, Any]) -> str:
    corpus = manifest["corpus"]
    sections = {
        "Tables": _tables(manifest),
        **({"Text": _TEXT} if is_without_texts(manifest) else {}),
        "Loading": _loading(manifest),
        "How it was annotated": _annotation(corpus),
        "Limits": _list(one_line(limit) for limit in corpus.get("limits", ())) or "None are stated.",
        "Rights": _rights(corpus),
        "Fields": "\n\n".join(f"### {name}\n\n{field_table(name)}" for name in TABLES),
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    return f"# {one_line(corpus['title'])}\n\n{one_line(corpus['description'])}\n\n{_facts(manifest)}\n\n{body}\n"


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _facts(manifest: Mapping[str, Any]) -> str:
    splits = ", ".join(f"`{split}` ({documents})" for split, documents in manifest["splits"].items())
    languages = ", ".join(manifest["languages"])
    tool, inputs = manifest["tool"], manifest["inputs"]
    built = f"Built by {tool['name']} {tool['version']} from {inputs['files']} files (sha256 {inputs['sha256']})."
    name = f"`{manifest['corpus']['name']}`, version {manifest['corpus']['version']}"
    return f"{name}. Languages: {languages}. Splits, with their documents: {splits}. {built}"


def _tables(manifest: Mapping[str, Any]) -> str:
    rows = [f"| `{name}` | {table['rows']} | {shipped()[name]['description']} |" for name, table in manifest["tables"].items()]
    offsets = "Offsets are Unicode code points, half open, into `text` of the document."
    return "\n".join(["| table | rows | what a row is |", "|---|---|---|", *rows, "", offsets])


_TEXT = """The texts are not here, or not all of them: `text_status` of each document says which. Where a text is withheld, `text`,
`edits`, `title`, names, and the words of every span are null; offsets, labels and digests stand. `hydration.jsonl` has no words either,
but with it and your own copies of the sources the whole corpus comes back, verified by digests of documents and paragraphs:

```console
$ corpus-tools hydrate corpus sources whole-corpus
```"""


def _loading(manifest: Mapping[str, Any]) -> str:
    names = ", ".join(f'"{name}"' for name in _filled(manifest))
    return f"""With `datasets`, when the folder of this page is `./corpus`:

```python
from datasets import load_dataset

tables = [{names}]
corpus = {{table: load_dataset("./corpus", table, split="{next(iter(manifest["splits"]), "train")}") for table in tables}}
```

With DuckDB, from the same place:

```sql
SELECT source_kind, count(*) FROM 'corpus/data/claims/*.parquet' GROUP BY ALL ORDER BY ALL;
```

`jsonl/` has the same rows as JSON lines, `manifest.json` the digest of every file."""


def _annotation(corpus: Mapping[str, Any]) -> str:
    process = one_line(corpus.get("annotation_process", "The process is not described."))
    annotators = _list(f"`{name}`: {one_line(text)}" for name, text in corpus["annotators"].items())
    tag_sets = [
        f"{title}:\n\n{_list(f'`{tag}`: {one_line(meaning)}' for tag, meaning in corpus[key].items())}"
        for key, title in _TAG_SETS.items()
        if corpus[key]
    ]
    guidelines = corpus.get("guidelines")
    followed = [f"Guidelines: {one_line(guidelines['name'])}, version {one_line(guidelines['version'])}."] if guidelines else []
    return "\n\n".join([process, *followed, f"Annotators:\n\n{annotators}", *tag_sets])


def _rights(corpus: Mapping[str, Any]) -> str:
    return f"""The annotations: {one_line(corpus["license"])}.

The texts: {one_line(corpus["rights"])}

What is known of the rights in each text stands in the column `rights` of the table `documents`."""


def _licence(manifest: Mapping[str, Any]) -> str:
    corpus = manifest["corpus"]
    quotes = "The tables of the annotations quote the texts. These quotes are parts of the texts and have their rights."
    if is_without_texts(manifest):
        quotes = (
            "Texts, and quotes of them in the annotations, are left out where the column `text_status` of the document says so."
        )
    return f"""# Licence and rights

{one_line(corpus["title"])}, version {corpus["version"]}.

{_rights(corpus)}

{quotes}
"""
