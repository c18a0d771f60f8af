"""Rules on the files of a corpus: the manifest, what it lists, and the figures in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus_tools.card import CARD, LICENCE, pages
from corpus_tools.findings import Finding, UsageError, nearest, quoted
from corpus_tools.schemas import package_folder, validator
from corpus_tools.tables import MANIFEST, file_digest, shard_file
from corpus_tools.yamlfile import place_in_words

Manifest = dict[str, Any]


def find_corpus(corpus: Path | str | None) -> Path:
    """The folder that is meant: the one given, else ./corpus where that is a corpus, else the one that comes with the package."""
    if corpus is not None:
        return Path(corpus)
    here = Path("corpus")
    return here if (here / MANIFEST).is_file() else package_folder("corpus")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a corpus.

    Raises:
        UsageError: there is none, or it cannot be used.
    """
    manifest, findings = check_manifest(folder)
    if manifest is None:
        raise UsageError("\n".join(str(finding) for finding in findings))
    return manifest


def check_manifest(folder: Path) -> tuple[Manifest | None, list[Finding]]:
    """Read and check the manifest; None when it cannot be used.

    Raises:
        UsageError: there is none.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise UsageError(f"{path}: not found; a corpus is a folder that corpus-tools build made")
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        return None, [Finding(rule="manifest", path=str(path), found=f"no JSON ({error})", expected="the manifest of a corpus")]
    problems = validator("manifest").problems(manifest)
    findings = [
        Finding(rule="manifest", path=str(path), found=place_in_words(p.path) + p.found, expected=p.expected, nearest=p.nearest)
        for p in problems
    ]
    if not findings:
        findings += _manifest_files(path, manifest)
    return (None if findings else manifest), findings


def _manifest_files(path: Path, manifest: Manifest) -> Iterator[Finding]:
    """The Parquet files of a table are those that splits and shards say, and its rows are those of the splits together."""
    for table, entry in manifest["tables"].items():
        shards = manifest["shards"]
        usual = {s: [f"data/{table}/{shard_file(s, n, shards)}" for n in range(shards)] for s in manifest["splits"]}
        if entry["files"] != usual:
            found = f"tables.{table}.files that do not fit {shards} shards of {', '.join(usual)}"
            yield Finding(rule="manifest", path=str(path), found=found, expected="one file a split and shard, in order")
        if entry["split_rows"].keys() != manifest["splits"].keys() or sum(entry["split_rows"].values()) != entry["rows"]:
            found = f"tables.{table}.split_rows {entry['split_rows']}"
            expected = f"{entry['rows']} rows in all, of the splits {', '.join(manifest['splits'])}"
            yield Finding(rule="manifest", path=str(path), found=found, expected=expected)


def check_files(folder: Path, manifest: Manifest, read: str | None) -> Iterator[Finding]:
    """Every file that the manifest lists is there with its length and digest, and no other file is in the corpus's own folders."""
    listed: Mapping[str, Mapping[str, Any]] = manifest["files"]
    for name, entry in listed.items():
        if (read == "parquet" and name.startswith("jsonl/")) or (read == "jsonl" and name.startswith("data/")):
            continue
        path = folder / name
        if path.is_symlink() or not path.resolve().is_relative_to(folder.resolve()):
            yield Finding(rule="file-missing", path=str(path), found="a link", expected="a file of the corpus")
        elif not path.is_file():
            there = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
            yield Finding(
                rule="file-missing", path=str(path), found="no such file", expected="the file", nearest=nearest(name, there)
            )
        elif path.stat().st_size != entry["bytes"]:
            yield Finding(
                rule="file-digest", path=str(path), found=f"{path.stat().st_size} bytes", expected=f"{entry['bytes']} bytes"
            )
        elif file_digest(path) != entry["sha256"]:
            yield Finding(
                rule="file-digest", path=str(path), found="bytes with another digest", expected=f"sha256 {entry['sha256']}"
            )
    for name in (CARD, LICENCE, *_tables_files(manifest)):
        if name not in listed:
            yield Finding(rule="file-missing", path=str(folder / MANIFEST), found=f"no entry for {name} in files", expected="one")
    for path in sorted(p for own in ("data", "jsonl") for p in (folder / own).rglob("*") if not p.is_dir()):
        if path.relative_to(folder).as_posix() not in listed:
            found = "a file that the manifest does not list"
            yield Finding(rule="file-unlisted", path=str(path), found=found, expected="only files of this build")


def _tables_files(manifest: Manifest) -> Iterator[str]:
    for table, entry in manifest["tables"].items():
        yield f"jsonl/{table}.jsonl"
        for names in entry["files"].values():
            yield from names


def check_card(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """The pages, the YAML header of the card and the figures in it are what the manifest gives."""
    for name, text in pages(manifest).items():
        if (folder / name).is_file():
            yield from _check_page(folder / name, text.split("\n"))


def _check_page(path: Path, expected: list[str]) -> Iterator[Finding]:
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    for number, (line, wanted) in enumerate(zip(lines, expected, strict=False), 1):
        if line != wanted:
            yield Finding(rule="card", path=str(path), line=number, found=quoted(line), expected=quoted(wanted))
            return
    if len(lines) != len(expected):
        number = min(len(lines), len(expected)) + 1
        yield Finding(rule="card", path=str(path), line=number, found=f"{len(lines)} lines", expected=f"{len(expected)}")


def check_figures(folder: Path, manifest: Manifest, figures: Mapping[str, Any]) -> Iterator[Finding]:
    """Row counts, content digests, splits and languages in the manifest are those of the rows."""
    path = str(folder / MANIFEST)
    for table, entry in figures["tables"].items():
        for key, value in entry.items():
            if manifest["tables"][table][key] != value:
                found = f"tables.{table}.{key} {manifest['tables'][table][key]}"
                yield Finding(rule="figures", path=path, found=found, expected=str(value))
    for key in ("splits", "languages"):
        if manifest[key] != figures[key]:
            yield Finding(rule="figures", path=path, found=f"{key} {manifest[key]}", expected=str(figures[key]))
