"""The ranker as a child process: python -m workers.ranking --job DIR [--attempt N] [--parent-pid PID]."""

import sys
import threading
from pathlib import Path

from workers.training.child import Report, run_child


def run(job: Path, attempt: int, report: Report, stop: threading.Event) -> None:
    """Rank the pool described in the job's files."""
    # Imported here, after the child is bound to its parent: torch takes seconds to load.
    from workers.ranking.rank import rank

    rank(job, attempt, report, stop)


if __name__ == "__main__":
    sys.exit(run_child("Rank the unread pool.", run))
