"""The source of a document changed: its annotations move along to the new one, and nothing vanishes silently."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from corpus_tools.compiler import compile_document
from corpus_tools.findings import CorpusError, Finding, UsageError, nearest
from corpus_tools.inputs import MAX_FILE_BYTES
from corpus_tools.mending.spanfiles import Mend, mend_json_lines, read_json_lines
from corpus_tools.moving.carrying import Moved, Versions, moved_span, paragraph_now, report, versions_of
from corpus_tools.moving.yamlmoving import dump_yaml, load_yaml, move_yaml
from corpus_tools.quotes import Miss, locate
from corpus_tools.records import Paragraph
from corpus_tools.remote import brought_here
from corpus_tools.rules import Bundle
from corpus_tools.seeds import CONFIG, Seed, SeedFiles, read_config, read_seed, scan


class Reanchored(msgspec.Struct, frozen=True):
    """What became of a document's quotes; what was ``dropped`` because it no longer fits; ``problems`` that the new seeds have."""

    document: str
    quotes: list[Moved]
    dropped: list[str]
    problems: list[Finding]

    @property
    def clean(self) -> bool:
        """Whether all quotes went along, word for word."""
        return not self.dropped and not self.problems and all(quote.status in ("exact", "moved") for quote in self.quotes)


def reanchor(seeds: Path | str, doc: str, new_source: Path | str, out: Path | str) -> Reanchored:
    """Move the annotations of a document to a new version of its source.

    Args:
        seeds: the folder of seeds.
        doc: the document's id.
        new_source: the file that takes the source's place.
        out: a folder that does not exist: the new seeds of this document are written there, and corpus.yaml.

    Raises:
        UsageError: there is no such document, or a file cannot be read or written.
        CorpusError: the seeds have problems as they are.
    """
    seeds, out, new_source = brought_here(seeds), Path(out), Path(new_source)
    if out.exists():
        raise UsageError(f"{out}: exists; the new seeds go to a new folder")
    if not new_source.is_file() or new_source.stat().st_size > MAX_FILE_BYTES:
        raise UsageError(f"{new_source}: {f'more than {MAX_FILE_BYTES} bytes' if new_source.is_file() else 'not found'}")
    config, findings = read_config(seeds)
    files = _files(seeds, doc)
    seed, problems = read_seed(files)
    if seed is None or findings or problems:
        raise CorpusError([*findings, *problems])
    old = compile_document(seed, config.value)
    if old.bundle is None or old.findings:
        raise CorpusError(old.findings)
    metadata, dropped, new = _new_document(seed, files, new_source.read_bytes(), config.value)
    versions = versions_of(old.bundle, new)
    quotes: list[Moved] = []
    contents = {files.source.name: new_source.read_bytes(), files.metadata.name: metadata(versions)}
    for path in files.annotations:
        move = move_yaml if path.suffix == ".yaml" else _move_json_lines
        contents[path.name] = move(path, versions, quotes, dropped)
    contents[CONFIG] = (seeds / CONFIG).read_bytes()
    _write(out, contents)
    return Reanchored(doc, quotes, dropped, _problems(out, doc, config.value))


def _problems(out: Path, doc: str, config: dict[str, Any]) -> list[Finding]:
    seed, findings = read_seed(_files(out, doc))
    return findings or (compile_document(seed, config).findings if seed else [])


def _files(seeds: Path, doc: str) -> SeedFiles:
    documents = {files.doc_id: files for files in scan(seeds)[0]}
    if doc not in documents:
        near = nearest(doc, documents)
        raise UsageError(f"{seeds}: no document {doc}{f'; nearest: {near}' if near else ''}")
    return documents[doc]


def _write(out: Path, contents: dict[str, bytes]) -> None:
    try:
        out.mkdir(parents=True)
        for name, content in contents.items():
            (out / name).write_bytes(content)
    except OSError as error:
        shutil.rmtree(out, ignore_errors=True)
        raise UsageError(f"{out}: {error.strerror or error}") from None


# --------------------------------------------------------------------------------------------------- the new document


def _new_document(
    seed: Seed, files: SeedFiles, source: bytes, config: dict[str, Any]
) -> tuple[Callable[[Versions], bytes], list[str], Bundle]:
    """Compile the new source with those corrections that still fit; gives the writer of its metadata too."""
    written = dict(seed.metadata.value) | {"sha256": hashlib.sha256(source).hexdigest()}
    written = {key: value for key, value in written.items() if key not in ("roles", "sentence_starts")}
    plain = seed._replace(source=source, metadata=seed.metadata._replace(value=written), annotations=())
    corrections, dropped, fitting = list(written.get("corrections", ())), [], []
    for index, correction in enumerate(corrections):
        alone = plain._replace(metadata=plain.metadata._replace(value=written | {"corrections": [correction]}))
        if compile_document(alone, config).findings:
            dropped.append(f"corrections.{index}: {correction['quote']}")
        else:
            fitting.append(index)
    value = written | ({"corrections": [corrections[i] for i in fitting]} if corrections else {})
    compiled = compile_document(plain._replace(metadata=plain.metadata._replace(value=value)), config)
    if compiled.bundle is None or compiled.findings:
        raise CorpusError(compiled.findings)

    def write(versions: Versions) -> bytes:
        tree = load_yaml(files.metadata.read_bytes())
        tree["sha256"] = written["sha256"]
        for index in reversed(range(len(corrections))):
            if index not in fitting:
                del tree["corrections"][index]
        if "corrections" in tree and not tree["corrections"]:
            del tree["corrections"]
        for key in ("roles", "sentence_starts"):
            _move_keys(tree, key, versions, dropped)
        return dump_yaml(tree)

    return write, dropped, compiled.bundle


def _move_keys(tree: Any, key: str, versions: Versions, dropped: list[str]) -> None:
    """Metadata by paragraph: to the paragraph where most of the old one is now."""
    if key not in tree:
        return
    moved = {}
    for name, value in list(tree[key].items()):
        old = next(p for p in versions.old.paragraphs if p.paragraph_id == name)
        target = paragraph_now(versions, old)
        if target is not None and key == "sentence_starts":
            value = [_start_now(versions, old, target, quote) for quote in value]
        if target is not None and target.paragraph_id not in moved and (key == "roles" or all(value)):
            moved[target.paragraph_id] = value
        else:
            dropped.append(f"{key}.{name}")
    if moved != dict(tree[key]):
        tree[key].clear()
        tree[key].update(moved)


def _start_now(versions: Versions, old: Paragraph, target: Paragraph, quote: Any) -> Any:
    """The first words of a sentence in the new paragraph; nothing where they are not there."""
    if isinstance(quote, str) or "at" not in quote:
        words = target.text or ""
        return None if isinstance(locate(words, quote, 0, len(words)), Miss) else quote
    start = old.start + quote["at"]
    status, place = moved_span(versions, start, start + len(quote["quote"]))
    if status != "exact" or place is None or not target.start <= place[0] <= place[1] <= target.end:
        return None
    return {**quote, "at": place[0] - target.start}


# --------------------------------------------------------------------------------------------------------- JSON lines


def _move_json_lines(path: Path, versions: Versions, quotes: list[Moved], dropped: list[str]) -> bytes:
    data = path.read_bytes()
    groups, findings = read_json_lines(data, str(path))
    if findings:
        raise CorpusError(findings)
    mends, gone = {}, set()
    for entry in (entry for group in groups for entry in group.entries):
        start, end = entry.span.fragments[0]
        if not entry.span.quote or versions.old_text[start:end] != entry.span.quote:
            found = f"{entry.span.quote!r} does not stand at {start}-{end}"
            raise CorpusError([Finding(rule="span-text", path=str(path), line=entry.key[0] + 1, found=found)])
        moved = report(versions, path.name, entry.span.id, (start, end))
        quotes.append(moved)
        if moved.new_start is None or moved.new_end is None:
            gone.add(entry.key[0])
            dropped.append(f"{path.name}:{entry.key[0] + 1}: {entry.span.id or entry.span.label}")
        else:
            mends[entry.key] = Mend(((moved.new_start, moved.new_end),), (moved.new,))
    lines = mend_json_lines(data, {key: mend for key, mend in mends.items() if key[0] not in gone}).splitlines(keepends=True)
    return b"".join(line for number, line in enumerate(lines) if number not in gone)
