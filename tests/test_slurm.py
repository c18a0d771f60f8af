"""The recipe for Slurm in docs/scale.md, run as it stands there by a real Slurm of one node, which the test starts."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import TOP, contents, one_mention, write_config, write_document

from corpus_tools import build, reshard

pytest.importorskip("distributed")
DAEMONS = ("munged", "slurmctld", "slurmd")
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.getuid() != 0, reason="slurmd runs as root"),
    pytest.mark.skipif(not all(shutil.which(name, path=PATH) for name in DAEMONS), reason="no Slurm"),
]
CONFIG = """
ClusterName=here
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [own.getsockname()[1] for own in sockets]
    for own in sockets:
        own.close()
    return ports


@pytest.fixture
def slurm() -> Iterator[dict[str, str]]:
    """The environment in which commands of Slurm reach one of a single node; it ends with the test."""
    folder = Path(tempfile.mkdtemp(dir="/run"))  # a socket's path must be short, and its folder not everybody's
    host = socket.gethostname().partition(".")[0]
    text = CONFIG.format(host=host, ports=free_ports(2), folder=folder, cpus=os.cpu_count())
    (folder / "slurm.conf").write_text(text, "utf-8")
    (folder / "key").write_bytes(os.urandom(128))
    (folder / "key").chmod(0o400)
    for name in ("state", "spool"):
        (folder / name).mkdir()
    environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": PATH, "PYTHONPATH": str(TOP / "src")}
    munged = ["munged", "--force", "--foreground", f"--key-file={folder}/key", f"--socket={folder}/munge"]
    munged += [f"--{name}-file={folder}/munged.{name}" for name in ("pid", "log", "seed")]
    processes = []
    for command in (munged, ["slurmctld", "-D"], ["slurmd", "-D"]):
        processes.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        wait_for(lambda: (folder / "munge").exists())
    wait_for(lambda: "idle" in output(["sinfo", "--noheader", "--format=%T"], environment))
    try:
        yield environment
    finally:
        subprocess.run(["scancel", "--user=root", "--full"], env=environment, check=False)
        wait_for(lambda: not output(["squeue", "--noheader"], environment))
    for process in reversed(processes):
        process.terminate()
        process.wait(30)
    shutil.rmtree(folder)


def wait_for(condition: object, seconds: float = 120) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def output(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout


def test_the_recipe_builds_the_corpus_that_a_build_here_gives(slurm: dict[str, str], tmp_path: Path) -> None:
    seeds = write_config(tmp_path / "seeds")
    for number in range(200):
        write_document(seeds, f"d{number}", f"Ada went {number} times.\n", one_mention())
    reshard(8, seeds, tmp_path / "here")
    (recipe,) = re.findall(r"```text\n(#!/bin/bash\n#SBATCH.*?)```", (TOP / "docs" / "scale.md").read_text("utf-8"), re.DOTALL)
    nodes = "--nodes 4 --ntasks-per-node 32"
    assert nodes in recipe
    (tmp_path / "job.sh").write_text(recipe.replace(nodes, "--nodes 1 --ntasks-per-node 2"), "utf-8")
    shutil.copytree(tmp_path / "here", tmp_path / "corpus")  # it has the number of shards, and no document yet is as it was
    write_document(seeds, "d0", "Ada left.\n", one_mention())
    for number in range(1, 200):
        write_document(seeds, f"d{number}", f"Ada went {number + 1} times.\n", one_mention())
    build(seeds, tmp_path / "here")
    done = subprocess.run(["sbatch", "--wait", "job.sh"], cwd=tmp_path, env=slurm, capture_output=True, text=True, timeout=120)
    log = "\n".join(path.read_text("utf-8") for path in tmp_path.glob("slurm-*.out"))
    assert done.returncode == 0, done.stderr + log
    assert len(re.findall("Register worker", log)) == 2
    assert contents(tmp_path / "corpus") == contents(tmp_path / "here")
    assert not (tmp_path / "scheduler.json").exists()  # a scheduler that ends takes it away
