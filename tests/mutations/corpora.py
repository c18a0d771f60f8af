"""Corpora as plain data: all files of a folder, and the records in them by document."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeVar

import msgspec
import pyarrow as pa

from corpus_tools.building import build
from corpus_tools.card import pages
from corpus_tools.croissant import CROISSANT, croissant
from corpus_tools.derived import entities_in, mention_text
from corpus_tools.files import manifest_text
from corpus_tools.records import Claim, Entity, Mention
from corpus_tools.rules import place_of
from corpus_tools.schemas import TABLES
from corpus_tools.tables import MANIFEST, arrow_table, shard_file, shard_of, split_order, write_parquet

TOP = Path(__file__).parents[2]
Record = dict[str, Any]
Line = Record | bytes  # bytes: a line that is no record
Doc = Mapping[str, list[Any]]
Files = Mapping[str, bytes | Path | None]  # None: a folder; a path: a link there


class Corpus(NamedTuple):
    """A sound corpus: its seeds, its files, and its records by document. With ``thorough`` kinds leave out none of their many places."""

    name: str
    seeds: Path
    files: dict[str, bytes]
    docs: dict[str, Doc]
    thorough: bool = False

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads(self.files[MANIFEST])

    @property
    def config(self) -> dict[str, Any]:
        return self.manifest["corpus"]


def shipped() -> Corpus:
    """The corpus that comes with the package: one document."""
    return _corpus("shipped", TOP / "seeds", read_folder(TOP / "corpus"))


def rich() -> Corpus:
    """A small corpus that uses every field: four documents, two annotators, three splits, two shards."""
    seeds = TOP / "tests" / "data" / "rich"
    with TemporaryDirectory() as folder:
        manifest = build(seeds, Path(folder) / "rich") | {"shards": 2}
        files = read_folder(Path(folder) / "rich")
    return _corpus("rich", seeds, sign_all({**files, MANIFEST: write_manifest(manifest)}))


def _corpus(name: str, seeds: Path, files: dict[str, bytes]) -> Corpus:
    rows = {t: [json.loads(line) for line in files[f"jsonl/{t}.jsonl"].splitlines()] for t in TABLES}
    grouped = {t: {d: list(g) for d, g in groupby(rows[t], lambda r: r["doc_id"])} for t in TABLES}
    return Corpus(name, seeds, files, {d: {t: grouped[t].get(d, []) for t in TABLES} for d in grouped["documents"]})


def read_folder(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def write_changes(folder: Path, old: Files, new: Files) -> None:
    """Make a folder that holds the old files hold the new ones."""
    for name in old.keys() - new.keys():
        _remove(folder / name)
    for name, content in new.items():
        if name not in old or old[name] is not content:
            _remove(folder / name)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                (folder / name).mkdir()
            elif isinstance(content, bytes):
                (folder / name).write_bytes(content)
            else:
                (folder / name).symlink_to(content)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


# ----------------------------------------------------------------------------------------------------------- documents


def encode(records: list[Line]) -> bytes:
    """Records as the writer writes them; lines that are none stay as they are."""
    return b"".join([r if isinstance(r, bytes) else msgspec.json.encode(r) + b"\n" for r in records])


def lines_of(data: bytes) -> list[bytes]:
    """Data cut where a line of a file ends."""
    return io.BytesIO(data).readlines()


def with_record(doc: Doc, table: str, index: int, *records: Line) -> Doc:
    """A document with others in the place of one record."""
    rows = doc[table]
    return {**doc, table: [*rows[:index], *records, *rows[index + 1 :]]}


T = TypeVar("T")


def in_turn(corpus: Corpus, row: int, items: Sequence[T]) -> Sequence[T]:
    """All of some items when thorough; else one of them, by the number of the row, so that every record has one and every one its turn."""
    return items if corpus.thorough or not items else items[row % len(items) :][:1]


def careful(doc: Doc) -> Doc:
    """A document with all columns that derive from others, and the order of the records, made right again."""
    mentions = [_settled(mention) for mention in msgspec.convert(doc["mentions"], list[Mention])]
    claims = msgspec.convert(doc["claims"], list[Claim])
    own = {k: list(g) for k, g in groupby(sorted(mentions, key=_home), _home)}
    claims = [msgspec.structs.replace(c, entity_ids=entities_in(c.content, own.get(_home(c), []))) for c in claims]
    layers = {"entities": msgspec.convert(doc["entities"], list[Entity]), "mentions": mentions, "claims": claims}
    return {**doc, **{t: msgspec.to_builtins(sorted(rows, key=place_of)) for t, rows in layers.items()}}


def _home(record: Mention | Claim) -> tuple[str, str]:
    return record.annotator, record.paragraph_id


def _settled(m: Mention) -> Mention:
    start, end = m.fragments[0].start, m.fragments[-1].end
    return msgspec.structs.replace(m, start=start, end=end, text=mention_text(m.fragments))


# ------------------------------------------------------------------------------------------------------------- signing

Sign = Callable[[Files], Files]


def sign_files(files: Files) -> Files:
    """Make the digests of all files anew."""
    manifest = _manifest(files)
    contents = {name: data for name, data in sorted(files.items()) if isinstance(data, bytes) and name != MANIFEST}
    manifest["files"] = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in contents.items()}
    return files | {MANIFEST: write_manifest(manifest)}


def sign_pages(files: Files) -> Files:
    """Make the card, the page of licence, croissant.json and all digests anew from the manifest."""
    manifest = _manifest(files)
    files = sign_files(files | {name: text.encode() for name, text in pages(manifest).items()})
    try:
        return sign_files(files | {CROISSANT: croissant(_manifest(files)).encode()})
    except (KeyError, TypeError, AttributeError):  # a manifest of which none can be made
        return files


def sign_all(files: Files) -> dict[str, bytes]:
    """Make everything anew from the JSON lines. A table whose lines do not fit its Arrow schema keeps its Parquet files."""
    manifest = _manifest(files)
    lines = {table: lines_of(files[f"jsonl/{table}.jsonl"]) for table in TABLES}  # type: ignore[arg-type]
    documents = [document for document in map(_loaded, lines["documents"]) if isinstance(document.get("split"), str)]
    splits = {str(document.get("doc_id")): document["split"] for document in documents}
    languages = {document.get("language") for document in documents}
    counts = {s: [d["split"] for d in documents].count(s) for s in sorted(set(splits.values()), key=split_order)}
    tables, parquet = {}, {}
    for table in TABLES:
        names = {s: [f"data/{table}/{shard_file(s, n, manifest['shards'])}" for n in range(manifest["shards"])] for s in counts}
        digest = hashlib.sha256(b"".join(lines[table])).hexdigest()
        homes = [splits.get(_doc_id(line), next(iter(counts), None)) for line in lines[table]]
        split_rows = {s: homes.count(s) for s in counts}
        tables[table] = {"rows": len(lines[table]), "split_rows": split_rows, "sha256": digest, "files": names}
        written = _parquet(table, lines[table], splits, manifest["shards"], counts)
        parquet |= written or {n: files[n] for own in names.values() for n in own if n in files}
    head = {key: manifest[key] for key in ("format", "corpus", "tool", "schema", "shards")}
    figures = {"splits": counts, "languages": sorted(language for language in languages if isinstance(language, str))}
    others = {n: d for n, d in files.items() if not n.startswith("data/")}
    manifest = {**head, **figures, "tables": tables, "inputs": manifest["inputs"], "files": {}}
    return sign_pages({**others, **parquet, MANIFEST: write_manifest(manifest)})  # type: ignore[return-value]


def _parquet(table: str, lines: list[bytes], splits: dict[Any, Any], shards: int, counts: Mapping[str, int]) -> Record | None:
    homes = [(splits.get(doc_id), shard_of(doc_id, shards)) for doc_id in map(_doc_id, lines)]
    try:
        return {
            f"data/{table}/{shard_file(split, n, shards)}": parquet_bytes(
                arrow_table(table, b"".join(line for line, home in zip(lines, homes, strict=True) if home == (split, n)))
            )
            for split in counts
            for n in range(shards)
        }
    except (ValueError, OSError):
        return None


def parquet_bytes(table: pa.Table) -> bytes:
    """A Parquet file as the project writes it."""
    sink = io.BytesIO()
    write_parquet(sink, table)  # type: ignore[arg-type]
    return sink.getvalue()


def write_manifest(manifest: Mapping[str, Any]) -> bytes:
    """A manifest as the project writes it."""
    return manifest_text(dict(manifest)).encode("utf-8", "surrogatepass")


def _manifest(files: Files) -> dict[str, Any]:
    return json.loads(files[MANIFEST])  # type: ignore[arg-type]


def _doc_id(line: bytes) -> str:
    return str(_loaded(line).get("doc_id"))


def _loaded(line: bytes) -> Record:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def fragments(doc: Doc) -> Iterator[tuple[str, int, str, int, Record]]:
    """Every fragment with its place: table, row, column, number, itself."""
    for table, columns in (("mentions", ("fragments",)), ("claims", ("content", "source", "cue", "scare_quotes"))):
        for row, record in enumerate(doc[table]):
            for column in columns:
                for number, fragment in enumerate(record[column]):
                    yield table, row, column, number, fragment


def fragment_lists(doc: Doc) -> Iterator[tuple[str, int, str, list[Record]]]:
    """Every list of fragments that holds any, with its place: table, row, column, itself."""
    for table, row, column, number, _ in fragments(doc):
        if number == 0:
            yield table, row, column, doc[table][row][column]


def with_fragment(doc: Doc, table: str, row: int, column: str, number: int, **changes: Any) -> Doc:
    """A document with one fragment changed, and a mention's columns that derive from it."""
    own = doc[table][row][column]
    return with_fragments(doc, table, row, column, [*own[:number], own[number] | changes, *own[number + 1 :]])


def with_fragments(doc: Doc, table: str, row: int, column: str, own: list[Record]) -> Doc:
    """A document with other fragments in one list, and a mention's columns that derive from them."""
    record = doc[table][row] | {column: own}
    if table == "mentions":
        record |= {"start": own[0]["start"], "end": own[-1]["end"], "text": " ".join(f["text"] for f in own)}
    return with_record(doc, table, row, record)
