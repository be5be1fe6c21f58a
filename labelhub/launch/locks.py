"""One supervisor per data folder, one server per port."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from labelhub.launch.errors import LaunchError


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder: a second supervisor on it is refused, by name of the first one's process."""
    path = data / "supervisor.pid"
    with path.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise LaunchError(
                "already_running",
                f"LabelHub already runs on {data} (process {handle.read().strip() or 'unknown'}). Stop that "
                "one first, or give this one a data folder of its own with LABELHUB_DATA=FOLDER.",
            ) from None
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        yield


def check_port_is_free(host: str, port: int, *, variable: str = "PORT") -> None:
    """Refuse with a sentence when another program listens on the address that the web server needs."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise LaunchError(
                "port_unavailable",
                f"{host}:{port} cannot be used ({error.strerror}). Stop the program that listens there, or "
                f"choose another port with {variable}={port + 1}.",
            ) from None


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that nobody listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
