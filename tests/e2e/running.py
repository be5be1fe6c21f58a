"""A whole running LabelHub for browser tests: real web server, workers, broker and database, in a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labelhub.launch.process import spawn
from tests.e2e.managing import Commands

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 180
PASSWORD = "a long passphrase for the browser"
SIGN_IN = """
from django.contrib.auth import get_user_model
from django.test import Client
client = Client()
client.force_login(get_user_model().objects.get(username={name!r}))
print(client.cookies["sessionid"].value)
"""
MODULES = {"embedded": "labelhub.launch.serve", "production": "labelhub.launch.production"}


@dataclass(frozen=True)
class Running:
    """Where it answers, and how management commands reach the same database."""

    address: str
    log_dir: Path
    commands: Commands

    def manage(self, *arguments: str, stdin: str = "", timeout_s: float = 300) -> str:
        """Run a command of manage.py in the same environment and return what it printed."""
        return self.commands.run(*arguments, stdin=stdin, timeout_s=timeout_s)

    def person(self, name: str, *roles: str, project: str, has_password: bool = False) -> Api:
        """A person with roles; returns a client that acts for her by token.

        She needs a password only where the page of signing in is used: `session` does without.
        """
        pairs = [part for role in roles for part in ("--project", project, "--role", role)]
        password = ["--password-stdin"] if has_password else []
        token = self.manage("create_user", name, *pairs, "--token", *password, stdin=PASSWORD + "\n")
        return Api(f"{self.address}api/v1", token.splitlines()[-1])

    def session(self, name: str) -> str:
        """The session cookie of a browser in which she has signed in."""
        return self.manage("shell", "-v", "0", "-c", SIGN_IN.format(name=name))


FIRST = {"If-Match": '"1"'}
"""For the second version of a schema or protocol: it is edited from the first."""


class Api:
    """The REST API by token."""

    def __init__(self, base: str, token: str):
        self.base = base
        self.token = token

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        request = urllib.request.Request(
            self.base + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read()[:500]!r}") from error
        return json.loads(content) if content else None


@contextmanager
def running(
    mode: str, folder: Path, root: Path = ROOT, *, is_demo: bool = False, learning_threads: int | None = None
) -> Iterator[Running]:
    """Start the checkout at `root`, hand it over, and end every process of it."""
    ready = folder / "ready.json"
    port = _free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LABELHUB_", "DJANGO_"))}
    env |= {"LABELHUB_DATA": str(folder / "data"), "PORT": str(port), "PYTHONPATH": str(root)}
    if learning_threads is not None:
        env["LABELHUB_LEARNING_THREADS"] = str(learning_threads)
    if is_demo:
        env["LABELHUB_DEMO"] = "1"
    with (folder / "launch.log").open("w") as log:
        # It ends by itself when the tests are killed.
        process = spawn(
            [sys.executable, "-m", MODULES[mode], "--ready", str(ready)], cwd=root, env=env, stdout=log
        )
        try:
            _wait(process, ready, folder / "launch.log")
            known = json.loads(ready.read_text())
            with contextlib.closing(Commands(root, known["environment"])) as commands:
                yield Running(known["address"], folder / "data" / "log", commands)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], ready: Path, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not (ready.exists() and ready.read_text().endswith("}")):
        assert process.poll() is None, f"LabelHub did not start:\n{log.read_text()[-3000:]}"
        assert time.monotonic() < deadline, f"LabelHub was not up in time:\n{log.read_text()[-3000:]}"
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
