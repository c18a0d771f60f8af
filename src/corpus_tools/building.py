"""Build a corpus from seeds: shard by shard, on as many processors as there are, all or nothing.

The seed files are shared out to shards, workers make each shard (`sharding`), and what they made is joined to a corpus in a folder beside
the old one. Only when nothing is wrong does it take the old one's place, in one step. Names of files are never all in memory.
"""

from __future__ import annotations

import json
import os
import shutil
from array import array
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

from corpus_tools.card import CARD, LICENCE
from corpus_tools.croissant import CROISSANT
from corpus_tools.executors import completed, executor_for
from corpus_tools.files import Manifest, check_manifest, is_own_file
from corpus_tools.findings import CorpusError, Finding, UsageError
from corpus_tools.hydrationfile import HYDRATION
from corpus_tools.joining import TOOL, Place, join
from corpus_tools.journal import inputs_file, names_file, worth_keeping
from corpus_tools.progress import note
from corpus_tools.remote import brought_here, named_by_address, put_there
from corpus_tools.schemas import TABLES
from corpus_tools.seeds import (
    METADATA,
    all_alike,
    document_named,
    id_hash,
    read_config,
    seed_names,
    with_nearest,
)
from corpus_tools.sharding import Made, Task, former_shard, make_shard, program_digest
from corpus_tools.swap import put_in_place, staging_for
from corpus_tools.tables import (
    MANIFEST,
    file_digest,
    json_file,
    shard_of,
)

OWN = (CARD, LICENCE, MANIFEST, CROISSANT, HYDRATION, "data", "jsonl")  # what builds make at the top of a corpus
DOCUMENTS_PER_SHARD = 500
BYTES_PER_SHARD = 1 << 25  # of seeds
FEW_SHARDS = 1024
_NAMES_IN_MEMORY = 50_000


def build(
    seeds: Path | str = "seeds", corpus: Path | str = "corpus", workers: int | None = None, executor: Executor | str | None = None
) -> Manifest:
    """Build a corpus from a folder of seeds and return its manifest.

    All or nothing: with any problem, and whenever it is interrupted, the former corpus stays as it was. What stands at the top of the
    corpus and is not of a build (.git, say) stays in any case. Shards that were finished before an interruption are kept beside the
    corpus, and the next build goes on from them. Shards of the former corpus whose seeds have not changed are taken over.

    Args:
        seeds: the folder of sources, metadata and annotations, or an address that `fsspec` knows ("s3://bucket/seeds").
        corpus: the folder that is made, or such an address.
        workers: how many processes make shards; None for as many as there are cores. A corpus of one shard is made in this process.
        executor: any `concurrent.futures.Executor`, or the address of a Dask scheduler ("dask://host:port"); its workers must see the
            same folders under the same names.

    Raises:
        CorpusError: the seeds have problems; all are listed.
        UsageError: a folder cannot be read or written, the target holds something that is no corpus, another build of it is running, or
            there is no such executor.
    """
    return _built(seeds, corpus, None, workers, executor)


def reshard(
    shards: int,
    seeds: Path | str = "seeds",
    corpus: Path | str = "corpus",
    workers: int | None = None,
    executor: Executor | str | None = None,
) -> Manifest:
    """Build a corpus anew with another number of shards, which later builds keep; returns its manifest.

    A first build chooses the number by the size of the seeds. A corpus that grew tenfold since may want more.

    Args:
        shards: how many; a power of two, so that shards split in two.
        seeds: the folder of sources, metadata and annotations.
        corpus: the folder of the corpus.
        workers: as in `build`.
        executor: as in `build`.

    Raises:
        CorpusError: the seeds have problems; all are listed.
        UsageError: the number is none, or as in `build`.
    """
    if shards < 1 or shards & (shards - 1):
        raise UsageError(f"{shards} shards; expected a power of two: 1, 2, 4, ...")
    return _built(seeds, corpus, shards, workers, executor)


def _built(
    seeds: Path | str, corpus: Path | str, shards: int | None, workers: int | None, executor: Executor | str | None
) -> Manifest:
    """Build from and to folders of this machine or addresses elsewhere."""
    with put_there(corpus) as target:
        here = brought_here(seeds)
        with named_by_address(seeds, here):
            return _build(here, target, shards, workers, executor)


def _build(seeds: Path, corpus: Path, shards: int | None, workers: int | None, executor: Executor | str | None) -> Manifest:
    try:
        if not seeds.is_dir():
            raise UsageError(f"{seeds}: not a folder of seeds")
        if executor is not None:  # whose workers may be at work in another folder
            seeds = seeds.absolute()
        _must_be_ours(corpus)
        with staging_for(corpus) as staging:
            state = corpus.with_name(f".{corpus.name}.state")
            try:
                manifest = _build_in(Place(seeds, corpus, staging, state), shards, workers, executor)
                put_in_place(staging, corpus, OWN)
                shutil.rmtree(state, ignore_errors=True)
            finally:
                if not worth_keeping(state):
                    shutil.rmtree(state, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{error.filename or corpus}: {error.strerror or error}; the former corpus is as it was") from error
    return manifest


def _build_in(place: Place, shards: int | None, workers: int | None, executor: Executor | str | None) -> Manifest:
    config, findings = read_config(place.seeds)
    if findings:
        raise CorpusError(findings)
    former = _former(place.corpus)
    shards = shards or (former["shards"] if former else shard_count(*_size(place.seeds)))
    findings, documents = _share_out(place, shards)
    reusable = former if former and former["shards"] == shards and _has_sound_lines(place.corpus, former) else None
    program = program_digest()
    tasks = [
        Task(
            place.seeds,
            config.value,
            program,
            place.state,
            n,
            shards,
            former_shard(place.corpus, reusable, n) if reusable else None,
        )
        for n in range(shards)
    ]
    with executor_for(executor, workers, shards) as pool:
        made = _made(pool, tasks, documents, findings)
        if not sum(documents) and not findings:
            findings = [
                Finding(rule="seed-files", path=str(place.seeds), found="no document", expected="<doc_id>.meta.yaml and its source")
            ]
        if findings:
            raise CorpusError(with_nearest(findings, place.seeds))
        return join(place, config.value, made, pool)


def _made(pool: Executor | None, tasks: Sequence[Task], documents: Sequence[int], findings: list[Finding]) -> list[Made]:
    """All shards, in order; their findings are added."""
    result: list[Made | None] = [None] * len(tasks)
    results, done = completed(pool, make_shard, tasks), 0
    note("documents", done, sum(documents))  # after workers were forked: a watcher may start a thread
    for made in results:
        result[made.shard] = made
        findings += made.findings
        done += documents[made.shard]
        note("documents", done, sum(documents))
    return [made for made in result if made]


def _must_be_ours(corpus: Path) -> None:
    """Raise unless there is nothing yet, an empty folder, or a corpus of whatever version."""
    if corpus.exists() and not corpus.is_dir():
        raise UsageError(f"{corpus}: not a folder")
    if not corpus.is_dir() or not any(corpus.iterdir()):
        return
    path = corpus / MANIFEST
    if not path.is_file():
        raise UsageError(f"{corpus}: holds files but no {MANIFEST}, so it is no corpus; nothing there was touched")
    try:
        ours = json.loads(path.read_bytes())["tool"]["name"] == TOOL
    except (ValueError, LookupError, TypeError, RecursionError):
        ours = False
    if not ours:
        raise UsageError(f"{path}: not by {TOOL}, or damaged; nothing there was touched (if it is a corpus, remove it first)")


def _former(corpus: Path) -> Manifest | None:
    """The manifest of the corpus that is there, if it is one of today's form."""
    return check_manifest(corpus)[0] if (corpus / MANIFEST).is_file() else None


def _has_sound_lines(corpus: Path, manifest: Manifest) -> bool:
    """Whether the JSON lines are what the manifest says: else none of them can be taken over."""
    if "shards" not in manifest["inputs"]:
        return False
    names = [json_file(table) for table in TABLES]
    return all(is_own_file(corpus, n) and file_digest(corpus / n) == manifest["files"].get(n, {}).get("sha256") for n in names)


# --------------------------------------------------------------------------------------------------------- share out


def shard_count(documents: int, size: int = 0) -> int:
    """How many shards a new corpus gets: a power of two.

    Shards have about as many documents, or bytes of seeds, as is handy; beyond `FEW_SHARDS` of them, their size grows like their number.
    """
    units = max(-(-documents // DOCUMENTS_PER_SHARD), -(-size // BYTES_PER_SHARD), 1)
    shards = 1
    while shards * max(1, shards / FEW_SHARDS) < units:
        shards *= 2
    return shards


def _size(seeds: Path) -> tuple[int, int]:
    """Documents and bytes of a folder of seeds."""
    documents = size = 0
    with os.scandir(seeds) as entries:
        for entry in entries:
            documents += entry.name.endswith(METADATA)
            size += entry.stat(follow_symlinks=False).st_size
    return documents, size


def _share_out(place: Place, shards: int) -> tuple[list[Finding], list[int]]:
    """Write down which seed files belong to which shard. Returns findings on names, and the number of documents of each shard."""
    findings: list[Finding] = []
    documents, ids = [0] * shards, array("Q")
    shutil.rmtree(names_file(place.state, 0).parent, ignore_errors=True)
    for path in (names_file(place.state, 0), inputs_file(place.state, 0)):
        path.parent.mkdir(parents=True, exist_ok=True)
    waiting: dict[int, list[str]] = {n: [] for n in range(shards)}
    for number, name in enumerate(seed_names(place.seeds, findings), 1):
        doc_id = document_named(name)
        shard = shard_of(doc_id, shards)
        waiting[shard].append(name)
        if name.endswith(METADATA):
            documents[shard] += 1
            ids.append(id_hash(doc_id))
        if number % _NAMES_IN_MEMORY == 0:
            _write_names(place.state, waiting)
    _write_names(place.state, waiting)
    for n in range(shards):
        path = names_file(place.state, n)
        path.write_text("\n".join(sorted(path.read_text("utf-8").split())), "utf-8")
    return findings + all_alike(place.seeds, ids), documents


def _write_names(state: Path, waiting: dict[int, list[str]]) -> None:
    for shard, names in waiting.items():
        with names_file(state, shard).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}\n" for name in names)
        names.clear()
