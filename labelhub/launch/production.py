"""`python -m labelhub.launch.production`: a trial of the production set-up as processes, on loopback.

The same commands and variables as in docker/, with the production settings, a PostgreSQL and a Redis that ask
for a password. The servers and their data are made for this run and removed after it. `--ready FILE` is
written (0600) when the application answers: `{"address", "environment"}`, for a test that then drives it.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from labelhub.launch import application, commands, environment, paths
from labelhub.launch.locks import check_port_is_free, only_one
from labelhub.launch.postgres_server import PostgresServer
from labelhub.launch.redis_server import RedisServer
from labelhub.launch.supervisor import Supervisor


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m labelhub.launch.production", description=__doc__)
    parser.add_argument("--ready", type=Path, help="write address and environment to this file once it is up")
    arguments = parser.parse_args()
    return application.exit_code(lambda: _run(arguments.ready))


def _run(ready: Path | None) -> None:
    data = paths.data_dir()
    with only_one(data):
        check_port_is_free("127.0.0.1", environment.port())
        with PostgresServer(tcp=True, durable=True) as postgres, RedisServer(tcp=True) as redis:
            env = environment.production(data, database_url=postgres.url, broker_url=redis.url)
            with Supervisor(log_dir=paths.log_dir(data), env=env) as supervisor:
                _start(supervisor, env, ready)
                supervisor.supervise()


def _start(supervisor: Supervisor, env: dict[str, str], ready: Path | None) -> None:
    deploy = commands.here(commands.manage("check", "--deploy", "--fail-level", "WARNING"))
    # The check is of the real thing: loopback without TLS is the trial's only exception.
    supervisor.run(replace(deploy, env={**deploy.env, "LABELHUB_INSECURE_HTTP": "0"}))
    application.migrate(supervisor)
    web = commands.web(host="127.0.0.1", port=environment.port())
    application.start(supervisor, (web, *application.background()))
    address = f"http://127.0.0.1:{environment.port()}/"
    application.wait_for_web(supervisor, address)
    if ready:
        names = (*environment.PRODUCTION, "LABELHUB_INSECURE_HTTP")
        chosen = {name: env[name] for name in names if name in env}
        ready.touch(mode=0o600)
        ready.write_text(json.dumps({"address": address, "environment": chosen}))
    supervisor.say(f"LabelHub with production settings answers at {address}")


if __name__ == "__main__":
    sys.exit(main())
