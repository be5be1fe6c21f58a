"""Runs one command with servers of its own: `python -m labelhub.launch.services --postgres -- pytest tests`.

`--postgres` sets LABELHUB_TEST_DATABASE_URL and LABELHUB_DATABASE_URL, `--redis` sets LABELHUB_BROKER_URL.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys

from labelhub.launch import application
from labelhub.launch.postgres_server import PostgresServer
from labelhub.launch.redis_server import RedisServer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m labelhub.launch.services", description=__doc__)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--durable", action="store_true", help="PostgreSQL with fsync, as a bench needs it")
    parser.add_argument("--redis", action="store_true")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    codes: list[int] = []
    started = application.exit_code(lambda: codes.append(_run(arguments)))
    return codes[0] if codes else started


def _run(arguments: argparse.Namespace) -> int:
    env = dict(os.environ)
    with contextlib.ExitStack() as servers:
        if arguments.postgres:
            url = servers.enter_context(PostgresServer(durable=arguments.durable)).url
            env["LABELHUB_TEST_DATABASE_URL"] = env["LABELHUB_DATABASE_URL"] = url
        if arguments.redis:
            env["LABELHUB_BROKER_URL"] = servers.enter_context(RedisServer()).url
        command = subprocess.Popen(arguments.command, env=env)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda received, frame: command.send_signal(received))
        return command.wait()


if __name__ == "__main__":
    sys.exit(main())
