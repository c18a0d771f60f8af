"""Seeds made by a test, and folders compared."""

from __future__ import annotations

import hashlib
import os
import signal
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).parents[1]
ARTICLE = "000_7638b35d37ae38e0"

CONFIG = {
    "name": "tiny",
    "title": "A tiny corpus",
    "version": "1.0.0",
    "description": "Documents for a test.",
    "license": "CC-BY-4.0",
    "rights": "Nobody has any in them.",
    "annotators": {"ann": "A person who writes tests.", "bob": "Another one."},
    "entity_types": {"PERSON": "people", "GPE": "places"},
    "claim_types": {"assertion": "something is so"},
    "relation_types": {"supports": "gives a reason"},
}


def write_config(folder: Path, **changes: Any) -> Path:
    """Write a corpus.yaml; returns the folder of seeds."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.yaml").write_text(yaml.safe_dump(CONFIG | changes), "utf-8")
    return folder


def write_document(
    folder: Path,
    doc_id: str,
    source: str | bytes,
    annotations: Mapping[str, Any] | None = None,
    suffix: str = ".txt",
    **metadata: Any,
) -> None:
    """Write the files of one document; ``annotations`` are those of the annotator "ann" (or of its own "annotator")."""
    data = source.encode() if isinstance(source, str) else source
    (folder / f"{doc_id}{suffix}").write_bytes(data)
    known = {"title": doc_id, "language": "en", "rights": "none", "sha256": hashlib.sha256(data).hexdigest()}
    (folder / f"{doc_id}.meta.yaml").write_text(yaml.safe_dump(known | metadata), "utf-8")
    if annotations is not None:
        value = {"document": doc_id, "annotator": "ann"} | dict(annotations)
        (folder / f"{doc_id}.{value['annotator']}.yaml").write_text(yaml.safe_dump(value), "utf-8")


def one_mention(quote: str = "Ada") -> dict[str, Any]:
    """Annotations with one entity, named once in p1, and a claim that is all of the quote."""
    return {
        "entities": {"ada": {"type": "PERSON", "name": quote}},
        "paragraphs": {"p1": {"mentions": [{"quote": quote, "entity": "ada"}], "claims": [{"id": "c1", "content": quote}]}},
    }


def contents(folder: Path) -> dict[str, Any]:
    """All that is in a folder: bytes of files, targets of links, None for folders; with the modes of files."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = path.readlink()
        else:
            found[name] = None if path.is_dir() else (path.stat().st_mode, path.read_bytes())
    return found


def in_child(function: Callable[[], Any]) -> int:
    """Run a function in a forked process. Returns 0, 1 when it raised, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # a child that hangs is a failure, not a wait
        try:
            function()
            os._exit(0)
        except BaseException:
            traceback.print_exc()  # pytest shows it beside the failure
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
