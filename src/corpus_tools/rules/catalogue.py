"""All rules by name with what they say, those on documents and all others."""

from __future__ import annotations

from collections.abc import Mapping

from corpus_tools.rules import rules

# Rules that are no function of one document's records: on seeds, on quotes, on lines, on files.
_OTHERS = {
    "yaml-syntax": "A YAML file can be parsed, is UTF-8 without control characters, and holds one document.",
    "yaml-alias": "A YAML file has no anchors, aliases and tags.",
    "yaml-duplicate-key": "A YAML mapping has each key once.",
    "yaml-depth": "A YAML file is not nested deeper than 50 levels.",
    "schema": "A value is what its schema allows.",
    "seed-files": "Every seed file belongs to a document, is named as it says inside, and every document has one source and metadata.",
    "source-digest": "The source has the digest that its metadata says.",
    "source-utf8": "The source is UTF-8.",
    "media-type": "There is a reader for the media type of the source.",
    "paragraph-unknown": "A paragraph that is named is there.",
    "paragraph-begins": "A paragraph begins with the words that the seeds say.",
    "quote-missing": "A quote is found in its paragraph.",
    "quote-ambiguous": "A quote stands in its paragraph once, or says which place is meant.",
    "quote-context": "The context of a quote is found once, and stands with the words that it is for.",
    "correction-place": "A correction lies inside one paragraph, changes words, leaves some, and no two overlap.",
    "id-twice": "An annotation file gives an id once.",
    "license-form": "The licence of the annotations is an SPDX expression of known licences.",
    "import-file": "A file of an import is a regular file inside the folder, of bounded size, that can be read.",
    "import-line": "A line or element of an imported file is what its format allows.",
    "import-span": "Offsets of an imported file are a span of the text, at which its quote stands.",
    "import-reference": "What an imported file refers to is there and sound.",
    "import-record": "What a format gives is what the machine form allows.",
    "score-text": "A document that is scored has the text of the gold one.",
    "text-withheld": "The text of a document that is exported is in the corpus.",
    "manifest": "The manifest is what its schema allows, as the writer writes it; it fits splits, shards and the schemas of the tools.",
    "file-missing": "Every file of the corpus is there and listed in the manifest.",
    "file-unlisted": "No file of an earlier build is left over.",
    "file-digest": "Every file has the length and digest that the manifest says.",
    "file-readable": "Every file can be read.",
    "card": "The card, its YAML header and figures, and the page of licence and rights are what the manifest gives.",
    "figures": "Row counts, content digests, splits and languages in the manifest are those of the rows.",
    "json-syntax": "A line is one JSON object in UTF-8.",
    "json-duplicate-key": "A line of annotations in the machine form has each key of an object once.",
    "json-canonical": "A line is exactly what the writer writes for its record.",
    "document-order": "Rows stand in the order of their doc_ids.",
    "document-missing": "Every document that has rows has one row in documents.",
    "parquet-readable": "A Parquet file can be read, every page with its checksum.",
    "parquet-checksum": "Every column of a Parquet file has page checksums.",
    "parquet-schema": "A Parquet file has the Arrow schema of its table.",
    "parquet-rows": "A Parquet file holds the same rows as the JSON lines.",
    "brat-line": "A text-bound line of a brat file has an id, a label, offsets and a text.",
    "text-missing": "A brat file has its text.",
    "against-seeds": "The corpus is what its seeds give.",
    "hydration": "hydration.jsonl has a sound line for every document, and what it puts back is what was released.",
    "text-leak": "Without its texts a corpus has nowhere four words of one in a row.",
    "copy-missing": "There is a copy of the source of every document that is to be hydrated.",
    "copy-digest": "A copy is the source, byte for byte: another file has not its bytes, even where all its paragraphs agree.",
    "copy-paragraph": "Every paragraph is in the copy, by its digest; those that are are taken, from a copy that differs too.",
    "release-digest": "Every file of a release has the digest in SHA256SUMS, and the archive has the same files.",
    "release-inputs": "The seeds are those that the released corpus was built from.",
    "release-environment": "The packages that a release is verified with have the versions that it was made with.",
    "release-rebuild": "The tools in a release make the same release of its seeds.",
}


def catalogue() -> dict[str, str]:
    """Every rule by name, sorted: the first line of its docstring, or its line here."""
    own = {name: (function.__doc__ or "").splitlines()[0] for name, function in rules().items()}
    return dict(sorted((own | _OTHERS).items()))


def rule_table(examples: Mapping[str, str]) -> str:
    """All rules as a Markdown table, each with what it says of an example: ``{rule: message}``."""
    rows = [f"| `{name}` | {text} | {_code(examples.get(name, ''))} |" for name, text in catalogue().items()]
    return "\n".join(["| rule | what it says | example |", "|---|---|---|", *rows])


def _code(text: str, limit: int = 240) -> str:
    """A text as code in a cell; the middle of a long one is left out."""
    text = text if len(text) <= limit else f"{text[: limit - 103]}...{text[-100:]}"
    return f"`` {text.replace('|', chr(92) + '|')} ``"
