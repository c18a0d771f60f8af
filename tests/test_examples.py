"""The examples run as they stand, offline."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]


def test_the_tagger_is_trained_on_what_the_corpus_holds(tmp_path):
    pytest.importorskip("pycrfsuite", reason="python-crfsuite is not installed")
    environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    model = tmp_path / "tagger.crfsuite"
    command = [sys.executable, "examples/train_tagger.py", "./corpus", str(model)]
    process = subprocess.run(command, cwd=TOP, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert process.returncode == 0, process.stderr
    training, testing = map(
        int, re.search(r"^(\d+) sentences to train on, (\d+) to test on$", process.stdout, re.MULTILINE).groups()
    )
    assert training > 3 * testing > 0
    assert re.search(r"^\d+ mentions without labels of their own: overlaps$", process.stdout, re.MULTILINE)
    scores = re.search(r"^precision (\d\.\d\d), recall (\d\.\d\d), F1 (\d\.\d\d)$", process.stdout, re.MULTILINE)
    assert float(scores[3]) > 0.5  # names recur in an article; a tagger that learns nothing is at 0
    assert model.stat().st_size > 1000
