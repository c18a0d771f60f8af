"""A tiny sound corpus, changes that damage it, and signing: what an honest build would write beside a change."""

import hashlib
import json
import shutil
from collections import defaultdict
from pathlib import Path

import corpus_tools
from corpus_tools.card import pages
from corpus_tools.croissant import CROISSANT, croissant
from corpus_tools.schemas import TABLES
from corpus_tools.tables import MANIFEST, arrow_table, file_digest, shard_file, shard_of, write_parquet

TINY = Path(__file__).parent / "tiny"
STEPS = ("parquet", "figures", "pages", "digests", "nothing")


def tiny_corpus(folder):
    """Copy the tiny seeds to folder/seeds and build folder/corpus of them."""
    shutil.copytree(TINY, folder / "seeds")
    corpus_tools.build(folder / "seeds", folder / "corpus")
    return folder / "corpus"


# ------------------------------------------------------------------------------------------------------- changes


def change(folder, file, **what):
    """Change a file: ``replace`` a text that is there once ``by`` another, ``swap`` two lines, ``write``, ``remove``, ``append`` bytes in
    hexadecimal, ``flip`` the bits of a byte, or ``rewrite`` a Parquet file in other ways."""
    path = folder / file
    if "replace" in what:
        data, old = path.read_bytes(), what["replace"].encode()
        assert data.count(old) == 1, f"{what['replace']!r} is {data.count(old)} times in {file}"
        path.write_bytes(data.replace(old, what["by"].encode()))
    elif "swap" in what:
        lines = path.read_bytes().splitlines(keepends=True)
        a, b = (number - 1 for number in what["swap"])
        lines[a], lines[b] = lines[b], lines[a]
        path.write_bytes(b"".join(lines))
    elif "write" in what:
        path.write_bytes(what["write"].encode())
    elif "remove" in what:
        path.unlink()
    elif "append" in what:
        path.write_bytes(path.read_bytes() + bytes.fromhex(what["append"]))
    elif "flip" in what:
        data = bytearray(path.read_bytes())
        data[what["flip"]] ^= 0xFF
        path.write_bytes(data)
    else:
        _rewrite(path, what["rewrite"])


def _rewrite(path, how):
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    assert how in ("without features", "without checksums")
    table = table.replace_schema_metadata(None) if how == "without features" else table
    pq.write_table(table, path, write_page_checksum=how != "without checksums")


# ------------------------------------------------------------------------------------------------------- signing


def sign(corpus, step="parquet"):
    """Write anew what follows from the JSON lines, from a step on: Parquet files, figures in the manifest, pages, digests of files."""
    steps = STEPS[STEPS.index(step) :]
    if "digests" not in steps:
        return
    manifest = json.loads((corpus / MANIFEST).read_text("utf-8"))
    documents = _documents(corpus)
    untouched = (corpus / CROISSANT).read_text("utf-8") == croissant(manifest)
    if "parquet" in steps:
        _write_parquet_files(corpus, manifest["shards"], documents)
    if "figures" in steps:
        _write_figures(corpus, manifest, documents)
    if "pages" in steps:
        for name, text in pages(manifest).items():
            (corpus / name).write_text(text, "utf-8", newline="\n")
    for name in sorted(manifest["files"], key=lambda name: name == CROISSANT):  # it has the digests of the others
        path = corpus / name
        if name == CROISSANT and (untouched or "pages" in steps):
            path.write_text(croissant(manifest), "utf-8", newline="\n")
        manifest["files"][name] = {"bytes": path.stat().st_size, "sha256": file_digest(path)}
    (corpus / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n")


def _lines(corpus, table):
    return (corpus / "jsonl" / f"{table}.jsonl").read_bytes().splitlines(keepends=True)


def _load(line):
    """A line as JSON; an empty dict when it is none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _documents(corpus):
    """The documents that can be read, by id."""
    records = (_load(line) for line in _lines(corpus, "documents"))
    return {record["doc_id"]: record for record in records if isinstance(record.get("doc_id"), str)}


def _write_parquet_files(corpus, shards, documents):
    for table in TABLES:
        lines = defaultdict(bytes)
        for line in _lines(corpus, table):
            document = documents.get(_load(line).get("doc_id"))
            if document:
                lines[document["split"], shard_of(document["doc_id"], shards)] += line
        for (split, shard), part in lines.items():
            write_parquet(corpus / "data" / table / shard_file(split, shard, shards), arrow_table(table, part))


def _write_figures(corpus, manifest, documents):
    for table in TABLES:
        data = (corpus / "jsonl" / f"{table}.jsonl").read_bytes()
        manifest["tables"][table] |= {"rows": len(data.splitlines()), "sha256": hashlib.sha256(data).hexdigest()}
    splits = [document["split"] for document in documents.values()]
    manifest["splits"] = {split: splits.count(split) for split in manifest["splits"]}
    manifest["languages"] = sorted({document["language"] for document in documents.values()})
