"""`make dev`: the demo's processes with the front end served by Vite, which reloads on every edit.

The web server answers on PORT; Vite answers on VITE_PORT (default 5173) and passes /api/ on to it.
"""

from __future__ import annotations

import os
import sys

from labelhub.launch import application, commands, environment, paths
from labelhub.launch.demo import start_broker
from labelhub.launch.locks import check_port_is_free, only_one
from labelhub.launch.supervisor import Command, Supervisor


def vite(port: int) -> Command:
    """Vite reads PORT, where the API answers, from the environment."""
    argv = ("npm", "--prefix", "frontend", "run", "dev", "--", "--port", str(port), "--strictPort")
    return Command("vite", argv, {"PORT": str(environment.port())})


def main() -> int:
    return application.exit_code(_run)


def _run() -> None:
    data = paths.data_dir()
    vite_port = int(os.environ.get("VITE_PORT", "5173"))
    names = ("web", "worker-clock", "worker-interactive", "worker-learning", "beat", "vite")
    with only_one(data):
        check_port_is_free(environment.host(), environment.port())
        check_port_is_free("127.0.0.1", vite_port, variable="VITE_PORT")
        env = environment.embedded(data, demo=True)
        with Supervisor(log_dir=paths.log_dir(data), env=env, echo=names) as supervisor:
            start_broker(supervisor, data)
            application.migrate(supervisor)
            web = commands.web(host=environment.host(), port=environment.port(), workers=1)
            application.start(supervisor, (web, *application.background()))
            application.start(supervisor, (vite(vite_port),))
            application.wait_for_web(supervisor, environment.address())
            print(f"\nVite: http://127.0.0.1:{vite_port}/   API: {environment.address()}\n", flush=True)
            supervisor.supervise()


if __name__ == "__main__":
    sys.exit(main())
