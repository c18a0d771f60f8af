"""Rules on the files of a corpus: the manifest, what it lists, and the figures in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from corpus_tools.card import CARD, LICENCE, pages
from corpus_tools.croissant import CROISSANT, croissant
from corpus_tools.findings import Finding, UsageError, nearest, quoted
from corpus_tools.hydrationfile import HYDRATION, is_without_texts
from corpus_tools.license import license_problem
from corpus_tools.remote import brought_here
from corpus_tools.schemas import package_folder, schema_digest, validator
from corpus_tools.tables import MANIFEST, file_digest, shard_file
from corpus_tools.yamlfile import place_in_words

Manifest = dict[str, Any]


def find_corpus(corpus: Path | str | None) -> Path:
    """The folder that is meant: the one given, else ./corpus where that is a corpus, else the one that comes with the package.

    What is at an address ("s3://bucket/corpus") is copied to this machine first.
    """
    if corpus is not None:
        return brought_here(corpus)
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
    if not is_own_file(folder, MANIFEST):
        raise UsageError(f"{path}: not found; a corpus is a folder that corpus-tools build made")
    try:
        text = path.read_bytes().decode()
        manifest = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        return None, [Finding(rule="manifest", path=str(path), found=f"no JSON ({error})", expected="the manifest of a corpus")]
    problems = validator("manifest").problems(manifest)
    findings = [
        Finding(rule="manifest", path=str(path), found=place_in_words(p.path) + p.found, expected=p.expected, nearest=p.nearest)
        for p in problems
    ]
    if not findings:
        findings += _manifest_form(path, text, manifest_text(manifest))
        findings += _manifest_files(path, manifest)
    return (None if findings else manifest), findings


def manifest_text(manifest: Manifest) -> str:
    """A manifest as it is written."""
    return json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"


def seal(folder: Path, manifest: Manifest, files: Mapping[str, Mapping[str, Any]]) -> Manifest:
    """Write the pages and croissant.json of a folder that has its tables and, last, the manifest, completed by the list of files.

    ``files`` are those of the tables with their figures, as `file_figures` gives them.
    """
    for name, text in pages(manifest).items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    listed = {**files, **{name: file_figures(folder / name) for name in pages(manifest)}}
    (folder / CROISSANT).write_text(croissant(manifest | {"files": listed}), "utf-8", newline="\n")
    listed[CROISSANT] = file_figures(folder / CROISSANT)
    manifest = manifest | {"files": dict(sorted(listed.items()))}
    (folder / MANIFEST).write_text(manifest_text(manifest), "utf-8", newline="\n")
    return manifest


def figures_of_all(folder: Path) -> dict[str, Mapping[str, Any]]:
    """What a manifest says of all files in a folder."""
    return {p.relative_to(folder).as_posix(): file_figures(p) for p in sorted(folder.rglob("*")) if p.is_file()}


def file_figures(path: Path) -> Mapping[str, Any]:
    """What a manifest says of a file."""
    return {"bytes": path.stat().st_size, "sha256": file_digest(path)}


def _manifest_form(path: Path, text: str, expected: str) -> Iterator[Finding]:
    """A key twice, or a form that other readers take for something else, stands in the text alone."""
    if text != expected:
        pairs = zip_longest(text.split("\n"), expected.split("\n"))
        line, found, wanted = next((n, a, b) for n, (a, b) in enumerate(pairs, 1) if a != b)
        shown = [quoted(words) if words is not None else "nothing" for words in (found, wanted)]
        yield Finding(rule="manifest", path=str(path), line=line, found=shown[0], expected=f"{shown[1]}, as the writer writes it")


def _manifest_files(path: Path, manifest: Manifest) -> Iterator[Finding]:
    """The Parquet files of a table are those that splits and shards say, and its rows are those of the splits together."""
    made_of = len(manifest["inputs"].get("shards", ())) or manifest["shards"]
    if made_of != manifest["shards"]:
        found = f"inputs.shards of {made_of} shards"
        yield Finding(rule="manifest", path=str(path), found=found, expected=f"a digest for each of {manifest['shards']}")
    for table, entry in manifest["tables"].items():
        shards, files = manifest["shards"], entry["files"]
        fits = files.keys() == manifest["splits"].keys() and all(len(names) == shards for names in files.values())
        if not fits or any(files[s] != [f"data/{table}/{shard_file(s, n, shards)}" for n in range(shards)] for s in files):
            found = f"tables.{table}.files that do not fit {shards} shards of {', '.join(manifest['splits'])}"
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
        try:
            yield from _check_file(folder, name, entry)
        except (FileNotFoundError, NotADirectoryError):
            there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - listed.keys()
            near, place = nearest(name, there), str(folder / name)
            yield Finding(rule="file-missing", path=place, found="no such file", expected="the file", nearest=near)
        except (OSError, ValueError) as error:  # a name that no file can have, a file that may not be read
            found = getattr(error, "strerror", None) or str(error)
            yield Finding(rule="file-readable", path=str(folder / name), found=found, expected="a file that can be read")
    own = (CARD, LICENCE, CROISSANT, *([HYDRATION] if is_without_texts(manifest) else []))
    for name in (*own, *_tables_files(manifest)):
        if name not in listed:
            yield Finding(rule="file-missing", path=str(folder / MANIFEST), found=f"no entry for {name} in files", expected="one")
    of_tables = set(_tables_files(manifest))
    for path in sorted(p for own in ("data", "jsonl") for p in (folder / own).rglob("*") if not p.is_dir()):
        if path.relative_to(folder).as_posix() not in of_tables:
            found = "a file that the manifest gives to no table"
            yield Finding(rule="file-unlisted", path=str(path), found=found, expected="only files of this build")


def _check_file(folder: Path, name: str, entry: Mapping[str, Any]) -> Iterator[Finding]:
    path = folder / name
    size = path.lstat().st_size
    if is_own_file(folder, name):
        if size != entry["bytes"]:
            yield Finding(rule="file-digest", path=str(path), found=f"{size} bytes", expected=f"{entry['bytes']} bytes")
        elif file_digest(path) != entry["sha256"]:
            found, expected = "bytes with another digest", f"sha256 {entry['sha256']}"
            yield Finding(rule="file-digest", path=str(path), found=found, expected=expected)
    else:
        yield Finding(rule="file-missing", path=str(path), found="a link or a folder", expected="a file of the corpus")


def is_own_file(folder: Path, name: str) -> bool:
    """Whether a corpus has a file of that name, one that no link leads out of its folder to."""
    path = folder / name
    return path.is_file() and not path.is_symlink() and path.resolve().is_relative_to(folder.resolve())


def _tables_files(manifest: Manifest) -> Iterator[str]:
    for table, entry in manifest["tables"].items():
        yield f"jsonl/{table}.jsonl"
        for names in entry["files"].values():
            yield from names


def _tables_files_missing(manifest: Manifest) -> bool:
    return any(name not in manifest["files"] for name in _tables_files(manifest))


def check_license(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """The licence of the annotations is an SPDX expression of known licences."""
    problem = license_problem(manifest["corpus"]["license"])
    if problem:
        found, expected, near = problem
        yield Finding(rule="license-form", path=str(folder / MANIFEST), found=found, expected=expected, nearest=near)


def check_schemas(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """The schemas that the corpus says it follows are those that it is checked by."""
    if manifest["schema"]["sha256"] != schema_digest():
        found, expected = f"schema.sha256 {manifest['schema']['sha256']}", f"{schema_digest()}, that of the schemas of these tools"
        yield Finding(rule="manifest", path=str(folder / MANIFEST), found=found, expected=expected)


def check_card(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """The pages, the YAML header of the card and the figures in it, and croissant.json are what the manifest gives."""
    described = {} if _tables_files_missing(manifest) else {CROISSANT: croissant(manifest)}
    for name, text in (pages(manifest) | described).items():
        if is_own_file(folder, name):
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
        if manifest[key] != figures[key] or list(manifest[key]) != list(figures[key]):
            yield Finding(rule="figures", path=path, found=f"{key} {manifest[key]}", expected=str(figures[key]))
