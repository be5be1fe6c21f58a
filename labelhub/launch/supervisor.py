"""Keeps a set of commands running: logs their output, restarts what dies with back-off, ends all on exit."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, cast

from labelhub.launch import process
from labelhub.launch.errors import LaunchError
from labelhub.launch.output import Lines, available, log_file
from labelhub.launch.undertaker import Undertaker

GRACE_S = 8.0
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
# A child that lived this long was healthy: its next failure starts again at the shortest delay.
HEALTHY_S = 60.0
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """A stop was asked for while something was still being prepared."""


@dataclass(frozen=True)
class Command:
    """A program to run: `env` is added to the supervisor's own environment for the child."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    niceness: int = 0


def backoff_s(failures: int) -> float:
    """Seconds before the next start after `failures` failures in a row (1 or more): 0.5, 1, 2 ... 30."""
    return min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** (min(failures, 16) - 1))


@dataclass
class _Child:
    command: Command
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    restart_at: float = 0.0


class Supervisor:
    """Runs commands until `stop`. Use as a context manager, from the main thread.

    `echo` names the children whose lines also go to the terminal; `grace_s` is the time between the request to
    end and SIGKILL.
    """

    def __init__(
        self, *, log_dir: Path, env: Mapping[str, str], echo: Sequence[str] = (), grace_s: float = GRACE_S
    ) -> None:
        self._log_dir = log_dir
        self._env = dict(env)
        self._echo = set(echo)
        self._children: list[_Child] = []
        self._loggers: dict[str, logging.Logger] = {}
        self._selector = selectors.DefaultSelector()
        self._grace_s = grace_s
        self._stop_asked = 0
        self._undertaker = Undertaker(grace_s)
        self._wake_read, self._wake_write = socket.socketpair()

    def __enter__(self) -> Supervisor:
        for end in (self._wake_read, self._wake_write):
            end.setblocking(False)
        self._old_wakeup = signal.set_wakeup_fd(self._wake_write.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        self._old_handlers = {number: signal.signal(number, self._on_stop) for number in _STOP_SIGNALS}
        self._old_handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_wakeup)
        self._wake_read.close()
        self._wake_write.close()
        self._selector.close()
        self._undertaker.dismiss()

    def start(self, command: Command) -> None:
        """Start a command and keep it running from now on."""
        child = _Child(command)
        self._children.append(child)
        self._launch(child)

    def run(self, command: Command) -> str:
        """Run a command once, to its end, and return what it wrote to standard output.

        Its standard error goes to its log. Raises LaunchError when it fails, Stopped when told to stop.
        """
        started = self._spawn(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert started.stdout is not None and started.stderr is not None
        output = bytearray()
        os.set_blocking(started.stdout.fileno(), False)
        self._selector.register(started.stdout, selectors.EVENT_READ, output)
        errors = self._follow(started.stderr, command.name)
        while not process.has_ended(started):
            try:
                self.pump()
            except Stopped:
                process.end(started, grace_s=self._grace_s)
                self._reap(started, command.name)
                raise
        code = self._reap(started, command.name)
        if code != 0:
            log = self._log_dir / f"{command.name}.log"
            last = "\n".join(errors.last)
            raise LaunchError(
                "command_failed", f"{command.name} failed (exit code {code}, log {log}):\n{last}"
            )
        return output.decode()

    def pump(self) -> None:
        """Do what there is to do, for at most a second. Raises Stopped when told to stop."""
        if self._stop_asked:
            raise Stopped
        self._step()

    def supervise(self) -> None:
        """Serve until SIGINT, SIGTERM or SIGHUP."""
        while not self._stop_asked:
            self._step()

    def pids(self) -> dict[str, int]:
        """Process ids of the children that run now."""
        return {
            child.command.name: child.process.pid for child in self._children if child.process is not None
        }

    def stop(self) -> None:
        """End all children, the last started first: SIGTERM, then SIGKILL to what remains of each group."""
        running = [child for child in reversed(self._children) if child.process is not None]
        deadline = time.monotonic() + self._grace_s
        # The first child started (the broker) stays until the others have finished with it.
        for batch in (running[:-1], running[-1:]):
            for child in batch:
                assert child.process is not None
                if not process.has_ended(child.process):
                    child.process.send_signal(signal.SIGTERM)
            while time.monotonic() < deadline and self._stop_asked < 2 and not self._all_ended(batch):
                self._step(restart=False)
            for child in batch:
                assert child.process is not None
                self._reap(child.process, child.command.name)
                child.process = None
            deadline = max(deadline, time.monotonic() + 2.0)
        self._children.clear()

    def _all_ended(self, children: Sequence[_Child]) -> bool:
        return all(child.process is None or process.has_ended(child.process) for child in children)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_asked += 1

    def _step(self, *, restart: bool = True) -> None:
        """Wait for output, a signal, a death or the next restart; deal with what came."""
        for key, _ in self._selector.select(self._timeout() if restart else 0.5):
            if key.fileobj is self._wake_read:
                with contextlib.suppress(BlockingIOError):
                    self._wake_read.recv(4096)
            else:
                self._read(key)
        if restart:
            self._restart_the_dead()

    def _timeout(self) -> float:
        now = time.monotonic()
        waits = [child.restart_at - now for child in self._children if child.process is None]
        return max(0.0, min(waits, default=1.0))

    def _restart_the_dead(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is not None and process.has_ended(child.process):
                self._note_death(child, now)
            elif child.process is None and child.restart_at <= now:
                self._launch(child)

    def _note_death(self, child: _Child, now: float) -> None:
        assert child.process is not None
        code = self._reap(child.process, child.command.name)
        child.process = None
        child.failures = 1 if now - child.started_at >= HEALTHY_S else child.failures + 1
        delay = backoff_s(child.failures)
        child.restart_at = now + delay
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        log = self._log_dir / f"{child.command.name}.log"
        self.say(f"{child.command.name} {how}; starting it again in {delay:g} s (see {log}).")

    def _launch(self, child: _Child) -> None:
        started = self._spawn(child.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert started.stdout is not None
        self._follow(started.stdout, child.command.name)
        child.process = started
        child.started_at = time.monotonic()

    def _spawn(self, command: Command, *, stdout: int, stderr: int) -> subprocess.Popen[bytes]:
        started = process.spawn(
            command.argv,
            env={**self._env, **command.env},
            stdout=stdout,
            stderr=stderr,
            niceness=command.niceness,
        )
        self._undertaker.watch(started.pid)
        return started

    def _reap(self, ended: subprocess.Popen[bytes], name: str) -> int:
        """Kill what is left of the group, read its last lines, forget its pipes."""
        code = process.reap(ended)
        self._undertaker.forget(ended.pid)
        for key in list(self._selector.get_map().values()):
            if key.fileobj in (ended.stdout, ended.stderr):
                self._read(key)
                if key.fd in self._selector.get_map():
                    self._forget(key)
        return code

    def _follow(self, pipe: IO[bytes], name: str) -> Lines:
        os.set_blocking(pipe.fileno(), False)
        lines = Lines(name)
        self._selector.register(pipe, selectors.EVENT_READ, lines)
        return lines

    def _read(self, key: selectors.SelectorKey) -> None:
        chunk = available(key.fd)
        if chunk == b"":
            self._forget(key)
        elif isinstance(key.data, bytearray):
            key.data.extend(chunk or b"")
        elif chunk:
            for line in key.data.split(chunk):
                self._write(key.data.name, line)

    def _forget(self, key: selectors.SelectorKey) -> None:
        self._selector.unregister(key.fileobj)
        if isinstance(key.data, Lines) and key.data.rest:
            self._write(key.data.name, key.data.rest.decode(errors="replace"))
            key.data.rest = b""
        cast(IO[bytes], key.fileobj).close()

    def say(self, text: str) -> None:
        """One line to the terminal and to the supervisor's own log."""
        self._logger("supervisor").info(text)
        print(text, file=sys.stderr, flush=True)

    def _write(self, name: str, line: str) -> None:
        self._logger(name).info(line)
        if name in self._echo:
            print(f"{name:>19} | {line}", file=sys.stderr, flush=True)

    def _logger(self, name: str) -> logging.Logger:
        if name not in self._loggers:
            self._loggers[name] = log_file(self._log_dir / f"{name}.log", name)
        return self._loggers[name]
