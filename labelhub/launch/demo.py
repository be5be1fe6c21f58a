"""`make demo`: the whole of LabelHub on this machine, with data to try, until Ctrl-C.

`manage.py demo_prepare` makes people, projects and data, keeps the sign-ins in a 0600 file of the data folder, and
prints one JSON object: `{"users": [{"username", "password", "role"}]}`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from labelhub.launch import application, commands, environment, paths, redis_server
from labelhub.launch.errors import LaunchError
from labelhub.launch.locks import check_port_is_free, only_one
from labelhub.launch.supervisor import Command, Supervisor

SIGN_INS = "sign-ins.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m labelhub.launch.demo", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="load this folder of DICOM or PNG files instead of the samples"
    )
    arguments = parser.parse_args()
    return application.exit_code(lambda: _run(arguments.data))


def _run(own_data: Path | None) -> None:
    if own_data and not own_data.is_dir():
        raise LaunchError(
            "no_such_folder", f"{own_data} is not a folder. Name one that holds DICOM or PNG files."
        )
    data = paths.data_dir()
    with only_one(data):
        check_port_is_free(environment.host(), environment.port())
        with Supervisor(
            log_dir=paths.log_dir(data),
            env=environment.embedded(data, demo=True),
            echo=("demo_prepare",),
        ) as supervisor:
            _start(supervisor, data, own_data)
            supervisor.supervise()


def _start(supervisor: Supervisor, data: Path, own_data: Path | None) -> None:
    supervisor.say("Preparing the database ...")
    start_broker(supervisor, data)
    application.migrate(supervisor)
    web = commands.web(host=environment.host(), port=environment.port())
    application.start(supervisor, (web, *application.background()))
    supervisor.say("Preparing people, projects and images ...")
    options = ("--data", str(own_data.resolve())) if own_data else ()
    printed = supervisor.run(commands.here(commands.manage("demo_prepare", *options)))
    users = json.loads(printed)["users"]
    application.wait_for_web(supervisor, environment.address())
    print(_welcome(users, data), flush=True)


def start_broker(supervisor: Supervisor, data: Path) -> None:
    folder = paths.runtime_dir(data)
    supervisor.start(Command("redis", redis_server.argv(redis_server.write_config(folder))))
    redis_server.wait_until_ready(folder / "redis.sock")


def _welcome(users: list[dict[str, Any]], data: Path) -> str:
    lines = ["", f"LabelHub is ready:  {environment.address()}", ""]
    for user in users:
        lines.append(f"  {user['role']:<14} {user['username']:<14} {user['password']}")
    lines += [
        "",
        f"Sign-ins are kept in {data / SIGN_INS} (for your eyes only), logs in {paths.log_dir(data)}.",
        "Nothing leaves this machine. Ctrl-C stops everything; what you did is kept for the next start.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
