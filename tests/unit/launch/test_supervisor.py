"""Children are logged, restarted and never outlive their supervisor, whichever way it ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labelhub.launch.errors import LaunchError
from labelhub.launch.supervisor import Command, Supervisor, backoff_s
from tests.unit.launch.running import Supervised, eventually, is_running, python

SLEEPER = python("import time; print('up', flush=True); time.sleep(600)")
STUBBORN = python(
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
# Starts a grandchild in its own process group, as a pool of workers does, and prints its id.
PARENT = python(
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print('grandchild', child.pid, flush=True); time.sleep(600)"
)

Start = Callable[..., Supervised]


def grandchild(supervised: Supervised) -> int:
    eventually(lambda: "grandchild" in supervised.log("child-0"), "the grandchild started")
    return int(supervised.log("child-0").rsplit("grandchild", 1)[1].split()[0])


def test_dead_child_is_started_again(supervise: Start) -> None:
    supervised = supervise(SLEEPER, SLEEPER)
    before = supervised.pids_with("child-0")
    os.kill(before["child-0"], signal.SIGKILL)
    after = supervised.pids_with("child-0", other_than=before["child-0"])
    assert is_running(after["child-0"])
    assert after["child-1"] == before["child-1"]
    assert "child-0 was killed by SIGKILL; starting it again in 0.5 s" in supervised.log("supervisor")


def test_back_off_doubles_while_a_child_keeps_dying(supervise: Start) -> None:
    supervised = supervise(python("raise SystemExit(3)"))
    eventually(lambda: "in 2 s" in supervised.log("supervisor"), "three failures in a row")
    delays = [line.split(" in ")[1].split(" s")[0] for line in supervised.log("supervisor").splitlines()]
    assert delays[:3] == ["0.5", "1", "2"]
    assert "ended with exit code 3" in supervised.log("supervisor")


def test_back_off_is_bounded() -> None:
    assert [backoff_s(failures) for failures in (1, 2, 3, 7, 1000)] == [0.5, 1.0, 2.0, 30.0, 30.0]


def test_output_of_each_child_goes_to_its_own_log_line_by_line(supervise: Start) -> None:
    code = "import sys, time; sys.stdout.write('one\\ntwo\\nhalf'); sys.stdout.flush(); time.sleep(600)"
    supervised = supervise(python(code), SLEEPER)
    eventually(lambda: "child-0 | two" in supervised.log("child-0"), "two lines were logged")
    assert "half" not in supervised.log("child-0")
    supervised.stop()
    assert supervised.log("child-0").rstrip().endswith("child-0 | half")
    assert "one" not in supervised.log("child-1")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stop_signal_ends_all_children_and_succeeds(supervise: Start, number: signal.Signals) -> None:
    supervised = supervise(PARENT, SLEEPER)
    pids = [*supervised.pids_with("child-1").values(), grandchild(supervised)]
    assert supervised.stop(number) == 0
    eventually(lambda: not any(map(is_running, pids)), "every process ended")


def test_child_that_ignores_the_stop_is_killed(supervise: Start) -> None:
    supervised = supervise(STUBBORN)
    pids = supervised.pids_with("child-0")
    eventually(lambda: "up" in supervised.log("child-0"), "the child ignores SIGTERM by now")
    assert supervised.stop() == 0
    assert not is_running(pids["child-0"])


def test_nothing_is_left_after_the_supervisor_was_killed(supervise: Start) -> None:
    supervised = supervise(PARENT, STUBBORN)
    pids = [*supervised.pids_with("child-1").values(), grandchild(supervised)]
    eventually(lambda: "up" in supervised.log("child-1"), "the stubborn child runs")
    supervised.stop(signal.SIGKILL)
    eventually(lambda: not any(map(is_running, pids)), "every process ended")


def test_nothing_of_a_killed_child_is_left_beside_its_successor(supervise: Start) -> None:
    supervised = supervise(PARENT)
    pids = supervised.pids_with("child-0")
    orphan = grandchild(supervised)
    os.kill(pids["child-0"], signal.SIGKILL)
    supervised.pids_with("child-0", other_than=pids["child-0"])
    assert not is_running(orphan)


def test_run_returns_standard_output_and_logs_standard_error(tmp_path: Path) -> None:
    code = "import sys; print('{\"a\": 1}' + ' ' * 200000); print('working', file=sys.stderr)"
    with Supervisor(log_dir=tmp_path, env=os.environ) as supervisor:
        assert supervisor.run(Command("once", tuple(python(code)))).strip() == '{"a": 1}'
    assert "working" in (tmp_path / "once.log").read_text()


def test_run_that_fails_says_why(tmp_path: Path) -> None:
    code = "import sys; sys.exit('the disk is full')"
    with (
        Supervisor(log_dir=tmp_path, env=os.environ) as supervisor,
        pytest.raises(LaunchError, match="once failed .exit code 1.*\n.*the disk is full") as refused,
    ):
        supervisor.run(Command("once", tuple(python(code))))
    assert refused.value.code == "command_failed"


def test_niceness_is_given_to_the_child(tmp_path: Path) -> None:
    code = "import os; print(os.nice(0))"
    with Supervisor(log_dir=tmp_path, env=os.environ) as supervisor:
        printed = supervisor.run(Command("nice", (sys.executable, "-c", code), niceness=7))
    assert int(printed) == min(os.nice(0) + 7, 19)
