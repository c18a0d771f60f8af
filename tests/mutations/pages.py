"""Corruptions of the card, the page of licence and rights, and the manifest."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from corpus_tools.card import CARD, LICENCE
from corpus_tools.croissant import CROISSANT
from corpus_tools.tables import MANIFEST

from .corpora import Corpus, Files, in_turn, sign_pages, write_manifest
from .kinds import AGAINST, files_kind


def _page(corpus: Corpus, name: str, *changes: Callable[[str], str]) -> Iterator[Files]:
    text = corpus.files[name].decode()
    for change in changes:
        if change(text) != text:
            yield corpus.files | {name: change(text).encode()}


@files_kind("card")
def stale_figure(corpus: Corpus) -> Iterator[Files]:
    """A figure of the card that is not that of the tables."""
    text = corpus.files[CARD].decode()
    for match in re.finditer(r"(?<=\| )\d+(?= \|)|(?<=\()\d+(?=\))|(?<=sha256 )[0-9a-f]", text):
        other = "0" if match[0] != "0" else "1"
        yield corpus.files | {CARD: (text[: match.start()] + other + text[match.end() :]).encode()}


@files_kind("card")
def other_file_list(corpus: Corpus) -> Iterator[Files]:
    """A header of the card that lists other files, other tables, or another default."""
    changes = [lambda text, n=n: re.sub(r" +- data/.*\n", "", text, count=n) for n in (1, 2)]
    yield from _page(
        corpus, CARD, *changes, lambda t: t.replace("data/claims/", "data/mentions/"), lambda t: t.replace("  default: true\n", "")
    )
    yield from _page(
        corpus, CARD, lambda t: re.sub(r"- (data/\S+)", r"- jsonl/../\1", t), lambda t: t.replace("split: train", "split: test")
    )


@files_kind("card")
def page_changed(corpus: Corpus) -> Iterator[Files]:
    """A page or croissant.json with a word changed, a line more or less, CRLF, a byte order mark, in UTF-16, or cut."""
    changes: list[Callable[[str], str]] = [lambda t: t.replace("licen", "Licen", 1), lambda t: t + "\n", lambda t: t[:-1]]
    changes += [lambda t: "\ufeff" + t, lambda t: t[: len(t) // 2], lambda t: "", lambda t: t.replace("\n", " \n", 1)]
    for name in (CARD, LICENCE, CROISSANT):
        yield from _page(corpus, name, *changes, lambda t: t.replace("\n", "\r\n"), lambda t: t.replace("rights", "rіghts"))
        yield corpus.files | {name: corpus.files[name].decode().encode("utf-16")}
        yield corpus.files | {name: corpus.files[name] + b"\xff"}


@files_kind("file-missing")
def page_missing(corpus: Corpus) -> Iterator[Files]:
    """A page or croissant.json missing, a folder or a link in its place."""
    for name in (CARD, LICENCE, CROISSANT):
        rest = {other: data for other, data in corpus.files.items() if other != name}
        yield from (rest, rest | {name: None}, rest | {name: Path("manifest.json")})


# ------------------------------------------------------------------------------------------------------------ manifest


def _changed(corpus: Corpus, path: tuple[str, ...], change: Callable[[Any], Any]) -> Files:
    manifest = corpus.manifest
    inner = manifest
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = change(inner[path[-1]])
    return corpus.files | {MANIFEST: write_manifest(manifest)}


def _other(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value):
        return hashlib.sha256(value.encode()).hexdigest()
    return value + "x" if isinstance(value, str) else value[1:] if isinstance(value, list) else {}


@files_kind("figures", "manifest", sign=sign_pages)
def figure_of_the_manifest(corpus: Corpus) -> Iterator[Files]:
    """A count, digest, split, language or list of files in the manifest that is not that of the tables."""
    manifest = corpus.manifest
    paths = [("shards",), ("splits",), ("languages",), ("format",), *(("splits", split) for split in manifest["splits"])]
    paths += [("tables", table, key) for table in manifest["tables"] for key in ("rows", "sha256", "files")]
    yield from (_changed(corpus, path, _other) for path in paths)
    yield _changed(corpus, ("languages",), lambda languages: [*languages, "tlh"])
    yield _changed(corpus, ("splits",), lambda splits: dict(reversed(splits.items())) if len(splits) > 1 else {"test": 1})


@files_kind("file-digest", "file-missing", "file-readable", "manifest", sign=lambda files: files)
def entry_of_a_file(corpus: Corpus) -> Iterator[Files]:
    """A file's length or digest in the manifest changed, its entry left out, or one more."""
    for number, name in enumerate(corpus.manifest["files"]):
        for key in in_turn(corpus, number, ("bytes", "sha256")):
            yield _changed(corpus, ("files", name, key), _other)
        yield _changed(corpus, ("files",), lambda files, name=name: {n: e for n, e in files.items() if n != name})
    entry = {"bytes": 0, "sha256": hashlib.sha256().hexdigest()}
    for name in ("jsonl/more.jsonl", "../outside", "/etc/passwd", "jsonl/./claims.jsonl", "a\x00b", "x" * 5_000):
        yield _changed(corpus, ("files",), lambda files, name=name: files | {name: entry})


@files_kind("manifest", sign=lambda files: files)
def manifest_no_manifest(corpus: Corpus) -> Iterator[Files]:
    """A manifest that is no JSON, has other keys, a key twice, other white space, or another encoding."""
    data = corpus.files[MANIFEST]
    for key in corpus.manifest:
        yield corpus.files | {MANIFEST: write_manifest({k: v for k, v in corpus.manifest.items() if k != key})}
        yield corpus.files | {MANIFEST: write_manifest({k: None if k == key else v for k, v in corpus.manifest.items()})}
    yield corpus.files | {MANIFEST: write_manifest(corpus.manifest | {"note": 1})}
    twice = data.replace(b'"shards":', b'"shards": 7,\n "shards":', 1)
    others = [twice, b"", b"{}", b"[]", b"null", b"[" * 100_000, data[:-5], data + b"x", data.replace(b"\n", b"\r\n"), data[:-1]]
    others += [b"\xef\xbb\xbf" + data, data.decode().encode("utf-16"), json.dumps(corpus.manifest).encode(), data + b"\xff"]
    yield from (corpus.files | {MANIFEST: other} for other in others)


@files_kind("manifest", "card", "figures", "file-digest", "file-missing", sign=lambda files: files)
def bit_flipped_in_the_manifest(corpus: Corpus) -> Iterator[Files]:
    """A bit flipped in the manifest, at places drawn with a fixed seed."""
    from .tables import bits_flipped

    return bits_flipped(corpus, [MANIFEST], 1000 if corpus.thorough else 60)


@files_kind(AGAINST, why="what corpus.yaml said, and which seeds were read, stands in the seeds", sign=sign_pages)
def description_changed(corpus: Corpus) -> Iterator[Files]:
    """A field of corpus.yaml, as the manifest has it, or the digest of the seeds changed; the pages made anew."""
    for key, value in corpus.config.items():
        if isinstance(value, str):
            other = "9.9.9" if key == "version" else "MIT" if key == "license" else value + "x"
            yield _changed(corpus, ("corpus", key), lambda _, other=other: other)
        elif key == "guidelines":
            yield _changed(corpus, ("corpus", key, "version"), lambda version: version + "x")
        elif isinstance(value, dict):
            yield _changed(corpus, ("corpus", key), lambda tags: tags | {"another": "one more"})
    yield _changed(corpus, ("inputs", "sha256"), _other)
    yield _changed(corpus, ("inputs", "files"), _other)
