"""A supervisor for each test that asks for one, ended with it."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.launch.running import PATIENCE_S, Supervised


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Supervised]]:
    started: list[Supervised] = []

    def start(*commands: list[str]) -> Supervised:
        started.append(Supervised(tmp_path, list(commands)))
        return started[-1]

    yield start
    for supervised in started:
        if supervised.process.poll() is None:
            supervised.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            supervised.process.communicate(timeout=PATIENCE_S)
