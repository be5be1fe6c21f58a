"""The children as processes: killed and resumed, orphaned, stopped, and their exit codes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workers.jobs import ROOT, TINY, run_child, start_child, write_training_job
from workers.training.errors import ExitCode

KILL_SEED = 20  # logged by being here; the points at which the trainer is killed follow from it


def steps_of(child: subprocess.Popen[str], until: int) -> list[int]:
    """Read a child's events until it reports step `until`; return the training steps seen."""
    assert child.stdout is not None
    steps = []
    for line in child.stdout:
        event = json.loads(line)
        if event["event"] == "progress" and event["stage"] == "train":
            steps.append(event["step"])
            if event["step"] >= until:
                break
    return steps


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    job = write_training_job(tmp_path_factory.mktemp("finished"))
    code, events = run_child("workers.training", job)
    assert code == ExitCode.DONE
    return job, events[-1]


def test_a_trainer_killed_at_random_steps_ends_with_the_weights_of_an_uninterrupted_one(
    finished: tuple[Path, dict[str, object]], tmp_path: Path
) -> None:
    job = write_training_job(tmp_path)
    points = sorted(random.Random(KILL_SEED).sample(range(2, 19), 3))
    reached = 0
    for attempt, point in enumerate(points, start=1):
        child = start_child("workers.training", job, attempt=attempt)
        steps = steps_of(child, until=point)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert child.returncode == -signal.SIGKILL
        # At most one checkpoint interval is done again.
        assert reached - TINY["checkpoint_every_steps"] <= steps[0] - 1 <= reached
        reached = steps[-1]
    code, events = run_child("workers.training", job, attempt=len(points) + 1)
    assert code == ExitCode.DONE
    assert events[-1]["sha256"] == finished[1]["sha256"]


def test_sigterm_saves_a_checkpoint_and_says_so(tmp_path: Path) -> None:
    job = write_training_job(tmp_path, epochs=200)
    child = start_child("workers.training", job)
    steps_of(child, until=4)
    child.send_signal(signal.SIGTERM)
    output, _ = child.communicate(timeout=300)
    events = [json.loads(line) for line in output.splitlines()]
    assert child.returncode == ExitCode.STOPPED
    assert [event["event"] for event in events[-2:]] == ["checkpoint", "stopped"]


def is_running(pid: int) -> bool:
    """Return whether a process exists and is not a zombie that merely waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 300
    while is_running(pid):
        assert time.monotonic() < deadline, f"process {pid} outlived its parent"
        time.sleep(0.05)


PARENT = """
import json, os, subprocess, sys
command = [sys.executable, "-m", "workers.training", "--job", sys.argv[1], "--parent-pid", str(os.getpid())]
child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
for line in child.stdout:
    if json.loads(line).get("stage") == "train":
        print(child.pid, flush=True)
        break
child.wait()
"""


def test_the_trainer_dies_when_its_parent_is_killed(tmp_path: Path) -> None:
    job = write_training_job(tmp_path, epochs=5000)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(job)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    trainer = int(parent.stdout.readline())
    assert is_running(trainer)
    parent.kill()
    parent.communicate()
    wait_until_gone(trainer)


def test_the_trainer_ends_when_its_standard_input_closes(tmp_path: Path) -> None:
    job = write_training_job(tmp_path, epochs=5000)
    child = start_child("workers.training", job, parent_pid=os.getpid())
    steps_of(child, until=1)
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(timeout=300) == ExitCode.ORPHANED


def test_a_trainer_whose_parent_died_before_it_began_does_not_begin(tmp_path: Path) -> None:
    child = start_child("workers.training", tmp_path, parent_pid=1 if os.getpid() != 1 else 2)
    assert child.wait(timeout=300) == ExitCode.ORPHANED


def test_a_job_without_files_says_what_is_missing(tmp_path: Path) -> None:
    code, events = run_child("workers.training", tmp_path)
    assert code == ExitCode.INVALID_INPUT
    assert events == [
        {
            "event": "error",
            "code": "missing_file",
            "message": "The job has no config.json: write it before starting the job.",
        }
    ]


def test_a_diverging_run_ends_with_its_own_code_and_no_checkpoint(tmp_path: Path) -> None:
    job = write_training_job(tmp_path, learning_rate=1e30, warmup_steps=0)
    code, events = run_child("workers.training", job)
    assert code == ExitCode.DIVERGED
    assert events[-1]["code"] == "loss_not_finite"
    assert not list(job.glob("attempt-*/checkpoints/*"))
