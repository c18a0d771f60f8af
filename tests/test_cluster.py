"""Builds on a cluster: a real Dask scheduler and its workers, all processes of this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import TOP, contents, one_mention, write_config, write_document

from corpus_tools import UsageError, build, check, reshard

pytest.importorskip("distributed")
SHARDS = 16


class Cluster:
    """A scheduler and its workers, each a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, []
        scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        found = (re.search(r"tcp://(127.0.0.1:\d+)", line) for line in iter(scheduler.stderr.readline, ""))
        self.address = next(match[1] for match in found if match)
        self.workers = [self.worker() for _ in range(2)]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
        command = [sys.executable, "-m", "dask", *arguments]
        process = subprocess.Popen(command, cwd=self.folder, env=environment, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen[str]:
        return self.start("worker", f"tcp://{self.address}", "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard")

    def stop(self) -> None:
        while self.processes:
            process = self.processes.pop()
            process.kill()
            process.communicate()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster")
    yield cluster
    cluster.stop()


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = write_config(tmp_path / "seeds")
    for number in range(400):
        write_document(folder, f"d{number:03}", f"Ada {number} went.\n\nMore of it.\n", one_mention("Ada"))
    return folder


@pytest.mark.slow
def test_a_cluster_makes_the_same_corpus_and_a_killed_worker_costs_time_alone(tmp_path, cluster, seeds):
    reshard(SHARDS, seeds, tmp_path / "expected", workers=1)
    command = [
        sys.executable,
        "-m",
        "corpus_tools",
        "reshard",
        str(SHARDS),
        "seeds",
        "corpus",
        "--executor",
        f"dask://{cluster.address}",
    ]
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while len(list(tmp_path.glob(".corpus.state/shards/[0-9]*/entry.json"))) < 3:
        assert process.poll() is None, process.communicate()
        time.sleep(0.001)
    cluster.workers[0].kill()
    _, said = process.communicate()
    assert process.returncode == 0, said
    assert len(list(tmp_path.glob(".corpus.state"))) == 0
    assert contents(tmp_path / "corpus") == contents(tmp_path / "expected")
    assert check(tmp_path / "corpus", executor=f"dask://{cluster.address}") == []


@pytest.mark.slow
def test_a_scheduler_that_is_gone_is_told(tmp_path, cluster, seeds):
    cluster.stop()
    with pytest.raises(UsageError, match=rf"dask://{cluster.address}: no scheduler there"):
        build(seeds, tmp_path / "corpus", executor=f"dask://{cluster.address}")
    assert not (tmp_path / "corpus").exists()
