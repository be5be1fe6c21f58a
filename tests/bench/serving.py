"""LabelHub as it is deployed, on loopback: its own commands, settings, database and broker, for one bench."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labelhub.launch import application, commands, environment, paths
from labelhub.launch.locks import free_port
from labelhub.launch.postgres_server import PostgresServer
from labelhub.launch.redis_server import RedisServer
from labelhub.launch.supervisor import Command, Supervisor


@dataclass(frozen=True)
class Site:
    """Database and broker are up and migrated; `environment` is what every process of it gets."""

    environment: dict[str, str]
    data: Path
    port: int
    database_pid: int | None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def django(self, module: str, *arguments: str) -> Any:
        """Run `python -m module` against this site's database; its answer is JSON on standard output."""
        return json.loads(self._output(sys.executable, "-m", module, *arguments))

    def manage(self, *arguments: str) -> str:
        return self._output(*commands.here(commands.manage(*arguments)).argv)

    def _output(self, *argv: str) -> str:
        done = subprocess.run(
            argv, env=self.environment, cwd=paths.ROOT, stdout=subprocess.PIPE, check=True, text=True
        )
        return done.stdout


@contextlib.contextmanager
def site(*, postgres: bool) -> Iterator[Site]:
    """Production settings on a durable PostgreSQL, or the embedded default on SQLite."""
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lh-bench-")))
        redis = stack.enter_context(RedisServer(tcp=True))
        database = stack.enter_context(PostgresServer(tcp=True, durable=True)) if postgres else None
        if database:
            env = environment.production(data, database_url=database.url, broker_url=redis.url)
        else:
            env = environment.embedded(data, demo=False) | {
                "LABELHUB_BROKER_URL": redis.url,
                "LABELHUB_DATABASE_URL": "",
                "DJANGO_SETTINGS_MODULE": "labelhub.config.settings.dev",
            }
        env["LABELHUB_LOG_LEVEL"] = "WARNING"
        ready = Site(env, data, free_port(), database.pid if database else None)
        ready.manage("migrate", "--no-input", "-v", "0")
        yield ready


@contextlib.contextmanager
def serving(at: Site, *others: Command) -> Iterator[Supervisor]:
    """The application server as the launcher starts it, with `others` beside it, under the same supervisor."""
    with Supervisor(log_dir=paths.log_dir(at.data), env=at.environment) as supervisor:
        web = commands.web(host="127.0.0.1", port=at.port)
        application.start(supervisor, (web, *others))
        application.wait_for_web(supervisor, at.address)
        yield supervisor
