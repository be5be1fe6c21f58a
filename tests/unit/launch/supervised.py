"""A supervisor in a process of its own: argv = log folder, then one command per argument as a JSON list.

Writes one line of JSON with its children's process ids whenever they change.
"""

import json
import os
import sys
from pathlib import Path

from labelhub.launch.supervisor import Command, Stopped, Supervisor


def main() -> None:
    commands = [Command(f"child-{n}", tuple(json.loads(text))) for n, text in enumerate(sys.argv[2:])]
    with Supervisor(log_dir=Path(sys.argv[1]), env=os.environ, grace_s=1.0) as supervisor:
        for command in commands:
            supervisor.start(command)
        shown: dict[str, int] = {}
        try:
            while True:
                if supervisor.pids() != shown:
                    shown = supervisor.pids()
                    print(json.dumps(shown), flush=True)
                supervisor.pump()
        except Stopped:
            pass


if __name__ == "__main__":
    main()
