"""A fresh clone until the demonstration works, and its second start.

    python -m tests.bench.demo_start [--empty-caches]

What is committed is cloned into a folder of its own; `make demo` installs everything there and runs, and `make
demo-check` signs in and looks at the first case. Then the demonstration is stopped as by Ctrl-C and started again.
Packages come through pip's and npm's caches unless --empty-caches is given.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from labelhub.launch.locks import free_port
from labelhub.launch.paths import ROOT
from tests.bench.report import Row, at_most, figure, machine, say
from tests.bench.report import run as run_bench

READY = "LabelHub is ready"
FRESH_BAR_S, AGAIN_BAR_S = 600, 20
FRESH_TIMEOUT_S, AGAIN_TIMEOUT_S = 3600, 300
STOP_TIMEOUT_S = 60


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--empty-caches", action="store_true", help="download every package")
    arguments = parser.parse_args()
    return run_bench(lambda: bench(empty_caches=arguments.empty_caches))


def bench(*, empty_caches: bool) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="lh-fresh-") as name:
        clone = Path(name) / "labelhub"
        env = _environment(Path(name) if empty_caches else None)
        rows = [figure("demo: machine", machine())]
        started = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        with _demo(clone, env, Path(name) / "first.log", FRESH_TIMEOUT_S):
            rows.append(figure("demo: fresh clone until the address answers", _since(started)))
            _check(clone, env)
            fresh = time.monotonic() - started
        rows.append(at_most("fresh clone: make demo until make demo-check passes", fresh, FRESH_BAR_S, "s"))
        started = time.monotonic()
        with _demo(clone, env, Path(name) / "second.log", AGAIN_TIMEOUT_S):
            again = time.monotonic() - started
            _check(clone, env)
        return [*rows, at_most("make demo, second start until the address answers", again, AGAIN_BAR_S, "s")]


def _environment(caches: Path | None) -> dict[str, str]:
    """As in a shell that knows nothing of this checkout."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LABELHUB_", "DJANGO_", "VIRTUAL_ENV", "PYTHONPATH", "MAKE", "MFLAGS"))
    }
    env["PORT"] = str(free_port())
    if caches:
        env |= {"PIP_CACHE_DIR": str(caches / "pip"), "npm_config_cache": str(caches / "npm")}
    return env


@contextmanager
def _demo(clone: Path, env: dict[str, str], log_path: Path, timeout_s: float) -> Iterator[None]:
    """`make demo`, from the moment it says that it is ready; ended as by Ctrl-C."""
    with log_path.open("w") as log:
        process = subprocess.Popen(
            ["make", "demo"], cwd=clone, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait_until_ready(process, log_path, timeout_s)
        yield
    finally:
        with suppress(ProcessLookupError):  # it ended by itself
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], log_path: Path, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while READY not in log_path.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"make demo did not get ready:\n{log_path.read_text()[-3000:]}")
        time.sleep(0.1)


def _check(clone: Path, env: dict[str, str]) -> None:
    done = subprocess.run(["make", "demo-check"], cwd=clone, env=env, capture_output=True, text=True)
    say((done.stdout + done.stderr).strip()[-1000:])
    if done.returncode:
        raise SystemExit("make demo-check failed")


def _since(started: float) -> str:
    return f"{time.monotonic() - started:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
