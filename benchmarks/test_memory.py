"""Peak memory of whole processes: that of many documents against that of 1,000."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[1]
FEW = 1_000
VERBS = {
    "build": "corpus_tools.build('seeds', 'corpus', workers=1)",
    "check": "assert corpus_tools.check('corpus', workers=1) == []",
    "check_jsonl": "assert corpus_tools.check('corpus', read='jsonl', workers=1) == []",
    "check_parquet": "assert corpus_tools.check('corpus', read='parquet', workers=1) == []",
    "check_against_seeds": "assert corpus_tools.check('corpus', 'seeds', workers=1) == []",
    "stats": "corpus_tools.stats('corpus')",
    "diff": "assert not corpus_tools.diff('corpus', 'corpus').documents",
    "export": "corpus_tools.export('brat', 'corpus', 'annotated')",
    "import": "corpus_tools.import_('brat', 'annotated', 'imported')",
}
PEAK = "import corpus_tools\n{call}\nprint(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"

CONFIG = """
name: tiny
title: Tiny documents
version: 1.0.0
description: To measure with.
license: CC0-1.0
rights: None.
annotators: {ann: a program}
entity_types: {PERSON: people}
claim_types: {assertion: something is so}
relation_types: {supports: gives a reason}
"""
METADATA = "title: {name}\nlanguage: en\nrights: None.\nsha256: {digest}\n"
ANNOTATIONS = """document: {name}
annotator: ann
entities:
  ada: {{type: PERSON, name: Ada {person}}}
paragraphs:
  p1:
    mentions:
      - {{quote: Ada, entity: ada}}
    claims:
      - {{id: c1, content: Ada {number} went home}}
"""


def write_tiny_seeds(folder: Path, documents: int) -> None:
    """Seeds of documents of two sentences, with one entity, one mention and one claim each."""
    folder.mkdir(parents=True)
    (folder / "corpus.yaml").write_text(CONFIG, "utf-8")
    for number in range(documents):
        name, source = f"doc{number:07}", f"Ada {number} went home.\n\nThere she met Bob, who said nothing at all.\n".encode()
        (folder / f"{name}.txt").write_bytes(source)
        (folder / f"{name}.meta.yaml").write_text(METADATA.format(name=name, digest=hashlib.sha256(source).hexdigest()), "utf-8")
        (folder / f"{name}.ann.yaml").write_text(ANNOTATIONS.format(name=name, number=number, person=number % 1_000), "utf-8")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[int, Path]:
    """Folders with seeds, by the number of documents; the verbs run there in turn."""
    folder = tmp_path_factory.mktemp("memory")
    sizes = [FEW, int(request.config.getoption("--documents"))]
    for size in sizes:
        write_tiny_seeds(folder / str(size) / "seeds", size)
    return {size: folder / str(size) for size in sizes}


@cache
def peak(verb: str, folder: Path) -> int:
    """Peak memory in MB of a process that runs a verb."""
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    command = [sys.executable, "-c", PEAK.format(call=VERBS[verb])]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return int(result.stdout.split()[-1]) // 1_000


@pytest.mark.parametrize("verb", VERBS)
def test_peak_memory(benchmark: Any, folders: dict[int, Path], verb: str) -> None:
    few, many = folders
    peaks = {few: peak(verb, folders[few])}
    benchmark.pedantic(lambda: peaks.update({many: peak(verb, folders[many])}), rounds=1)
    ratio = peaks[many] / peaks[few]
    benchmark.extra_info.update(
        documents=many, megabytes=peaks[many], megabytes_of_1000_documents=peaks[few], ratio=round(ratio, 2)
    )
    assert ratio <= 1.5
