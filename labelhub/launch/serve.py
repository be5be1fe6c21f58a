"""`python -m labelhub.launch.serve`: LabelHub on this machine, embedded, without sample data.

SQLite, local files and a private Redis, as the demonstration uses them. People and projects are made by
`manage.py create_project` and `create_user`. `--ready FILE` is written (0600) when it answers:
`{"address", "environment"}`, as in the trial of the production set-up.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from labelhub.launch import application, commands, environment, paths
from labelhub.launch.demo import start_broker
from labelhub.launch.locks import check_port_is_free, only_one
from labelhub.launch.supervisor import Supervisor

NAMES = ("DJANGO_SETTINGS_MODULE", "LABELHUB_DATA", "LABELHUB_BROKER_URL", "LABELHUB_ALLOWED_HOSTS")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m labelhub.launch.serve", description=__doc__)
    parser.add_argument("--ready", type=Path, help="write address and environment to this file once it is up")
    arguments = parser.parse_args()
    return application.exit_code(lambda: _run(arguments.ready))


def _run(ready: Path | None) -> None:
    data = paths.data_dir()
    with only_one(data):
        check_port_is_free(environment.host(), environment.port())
        env = environment.embedded(data, demo=False)
        with Supervisor(log_dir=paths.log_dir(data), env=env) as supervisor:
            start_broker(supervisor, data)
            application.migrate(supervisor)
            web = commands.web(host=environment.host(), port=environment.port())
            application.start(supervisor, (web, *application.background()))
            application.wait_for_web(supervisor, environment.address())
            if ready:
                ready.touch(mode=0o600)
                chosen = {name: env[name] for name in NAMES}
                ready.write_text(json.dumps({"address": environment.address(), "environment": chosen}))
            supervisor.say(f"LabelHub answers at {environment.address()}")
            supervisor.supervise()


if __name__ == "__main__":
    sys.exit(main())
