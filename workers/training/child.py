"""A child process of a worker: it reports by JSON lines, dies with its parent, and ends with a typed exit code."""

import argparse
import ctypes
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workers.training.errors import ExitCode, LearningError

Report = Callable[..., None]

TELL_EVERY_S = 5.0

UNLOGGED = {"path", "weights", "card", "ranking", "sha256", "data_sha256"}
PR_SET_PDEATHSIG = 1  # linux/prctl.h

log = logging.getLogger(__name__)


def report(event: str, **values: Any) -> None:
    """Write one event as a JSON line on standard output, and for people into the log on standard error.

    A number that is not finite is a fault, never written.
    """
    sys.stdout.write(json.dumps({"event": event, **values}, allow_nan=False) + "\n")
    sys.stdout.flush()
    log.info("%s", log_line(event, **values))


def now_and_then(report: Report) -> Report:
    """Return a report that passes an event on when the last one is TELL_EVERY_S ago.

    For a long computation in many short steps: its parent takes a child that says nothing for one that hangs.
    """
    told_at = time.monotonic()

    def tell(event: str, **values: Any) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= TELL_EVERY_S:
            told_at = time.monotonic()
            report(event, **values)

    return tell


def log_line(event: str, **values: Any) -> str:
    """Return the event as `name key=value ...`, without what is none, nested or in UNLOGGED."""
    shown = {
        name: f"{value:.4g}" if isinstance(value, float) else str(value)
        for name, value in values.items()
        if isinstance(value, str | int | float) and name not in UNLOGGED
    }
    return " ".join([event, *(f"{name}={value}" for name, value in shown.items())])


def die_with_parent(parent_pid: int) -> None:
    """End this process as soon as its parent ends.

    Two ways, since each has a hole: the kernel's signal (not on every system, and bound to the parent's thread) and
    end-of-file on standard input (the parent must keep the other end open). The parent may have died before the
    call, between fork and here: then our parent is already another process.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os._exit(ExitCode.ORPHANED)
    threading.Thread(target=_exit_at_end_of_input, name="parent-watch", daemon=True).start()


def _exit_at_end_of_input() -> None:
    while os.read(0, 4096):  # the parent sends nothing; whatever comes is ignored
        pass
    os._exit(ExitCode.ORPHANED)


def stop_on_sigterm() -> threading.Event:
    """Return an event that SIGTERM sets; the loop looks at it after each step."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return stop


def parse_arguments(description: str) -> argparse.Namespace:
    """Parse the command line that training and ranking share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--job", type=Path, required=True, help="folder with the job's input files")
    parser.add_argument("--attempt", type=int, default=1, help="fencing token: results go to JOB/attempt-N")
    parser.add_argument(
        "--parent-pid", type=int, help="end when this process ends (needs an open pipe as stdin)"
    )
    return parser.parse_args()


def attempt_directory(job: Path, attempt: int) -> Path:
    """Return the only folder an attempt may write results to."""
    return job / f"attempt-{attempt:04d}"


def run_child(description: str, work: Callable[[Path, int, Report, threading.Event], None]) -> int:
    """Run `work(job, attempt, report, stop)` and turn its failures into an error event and an exit code."""
    arguments = parse_arguments(description)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if arguments.parent_pid is not None:
        die_with_parent(arguments.parent_pid)
    stop = stop_on_sigterm()
    try:
        work(arguments.job.resolve(), arguments.attempt, report, stop)
    except LearningError as error:
        if error.exit_code == ExitCode.STOPPED:
            report("stopped")
        else:
            report("error", code=error.code, message=error.message)
        return error.exit_code
    except MemoryError:
        report("error", code="out_of_memory", message="Not enough memory: lower batch_size or size.")
        return ExitCode.OUT_OF_MEMORY
    except OSError as error:
        log.exception("Reading or writing failed")
        report("error", code="io", message=f"Reading or writing a file failed: {error.strerror or error}.")
        return ExitCode.IO
    except Exception as error:
        # torch raises RuntimeError subclasses for a full GPU; named here to keep torch out of this module.
        if type(error).__name__ == "OutOfMemoryError":
            report("error", code="out_of_memory", message="Not enough GPU memory: lower batch_size or size.")
            return ExitCode.OUT_OF_MEMORY
        log.exception("Unexpected failure")
        report("error", code="internal", message="An unexpected failure; its traceback is in the run's log.")
        return ExitCode.INTERNAL
    return ExitCode.DONE
