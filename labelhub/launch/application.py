"""Brings the application up under a supervisor, in the order that every way of running shares."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence

from labelhub.launch import commands
from labelhub.launch.errors import LaunchError
from labelhub.launch.supervisor import Command, Stopped, Supervisor

WEB_TIMEOUT_S = 120.0


def migrate(supervisor: Supervisor) -> None:
    supervisor.run(commands.here(commands.manage("migrate", "--no-input")))


def start(supervisor: Supervisor, children: Sequence[Command]) -> None:
    for command in children:
        supervisor.start(commands.here(command))


def background() -> tuple[Command, ...]:
    workers = (commands.clock_worker(), commands.interactive_worker(), commands.learning_worker())
    return (*workers, commands.beat())


def wait_for_web(supervisor: Supervisor, address: str) -> None:
    """Return once the application server answers a request; output of the children is read meanwhile."""
    deadline = time.monotonic() + WEB_TIMEOUT_S
    while not _answers(address):
        if time.monotonic() > deadline:
            raise LaunchError(
                "web_not_ready", f"The web server did not answer at {address}. See log/web.log."
            )
        supervisor.pump()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}api/v1/session/", timeout=5.0) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def exit_code(run: Callable[[], None]) -> int:
    """Run an entry point: a refusal is one sentence and exit code 1, a stop on request is success."""
    try:
        run()
    except LaunchError as error:
        print(f"labelhub: {error.message}", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    return 0
