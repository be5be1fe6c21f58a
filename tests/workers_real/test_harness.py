"""The tests' own workers leave nothing behind, however the tests end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.workers_real.harness import is_alive, wait_for

pytestmark = pytest.mark.workers

POOL = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print(child.pid, flush=True); time.sleep(600)"
)
TEST = f"""
import sys, time
from pathlib import Path
import django
django.setup()
from labelhub.launch.supervisor import Command
from tests.workers_real.harness import Workers
with Workers("memory://", Path(sys.argv[1])) as workers:
    print(workers.start(Command("pool", (sys.executable, "-c", {POOL!r}))).process.pid, flush=True)
    time.sleep(600)
"""


def test_workers_and_their_pools_go_with_a_killed_test(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TEST, str(tmp_path)]
    log = tmp_path / "pool.log"
    with subprocess.Popen(
        command, cwd=settings.ROOT, env=os.environ, stdout=subprocess.PIPE, text=True
    ) as test:
        assert test.stdout is not None
        pid = int(test.stdout.readline())
        wait_for(lambda: log.exists() and log.read_text().endswith("\n"), "the pool's child")
        test.kill()
    wait_for(lambda: not any(map(is_alive, (pid, int(log.read_text())))), "the end of both")
