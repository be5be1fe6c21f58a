"""The trainer as a child process: python -m workers.training --job DIR [--attempt N] [--parent-pid PID]."""

import sys
import threading
from pathlib import Path

from workers.training.child import Report, run_child


def run(job: Path, attempt: int, report: Report, stop: threading.Event) -> None:
    """Read the job's files and train."""
    # Imported here, after the child is bound to its parent: torch takes seconds to load.
    from workers.training.config import TrainConfig
    from workers.training.data import read_datalist, read_json
    from workers.training.loop import train

    config = TrainConfig.from_json(read_json(job / "config.json"))
    train(config, read_datalist(job / "datalist.json"), job, attempt, report, stop)


if __name__ == "__main__":
    sys.exit(run_child("Train a model from consensus labels.", run))
