# ruff: noqa: T201
"""Runs the stages of `make check`, `make test` and `make e2e` and prints one summary.

Every stage runs even when an earlier one failed. `make test` has three lanes, whose stages run beside each other: the
browser waits for much, the whole loop and real workers for their trainings, and either would leave a core idle. The
summary names what was left out, and why, and each browser test that failed beside the other lanes and was run again.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from reports import n_failed, ran_again, read_report

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTHON = sys.executable
NPM = ("npm", "--prefix", "frontend", "run", "--silent")
NEVER_HERE = (
    "tests/long (slow campaigns: pytest tests/long)",
    "tests/bench (figures in seconds: make bench)",
)
REPORT = "report.xml"
REPORT_AGAIN = "report-again.xml"
# More failures than these in one stage are no accident of a busy machine.
MOST_RUN_AGAIN = 3
# Threads of one sum that wait for each other beside busy lanes spin, and take the cores from those that compute.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
REGENERATE = (
    "python manage.py spectacular --validate --format openapi-json --file docs/openapi.json && "
    "npm --prefix frontend run types"
)


@dataclass(frozen=True)
class Place:
    """A stage's own scratch folder, and the file that takes its output; None: it is shown as it comes."""

    folder: Path
    output: IO[bytes] | None = None


@dataclass
class Stage:
    """One line of the summary; `run` returns an exit code."""

    name: str
    run: Callable[[Place], int]
    seconds: float = 0.0
    code: int = 0


def command(*argv: str) -> Callable[[Place], int]:
    return lambda place: call(argv, place)


def call(argv: tuple[str, ...], place: Place) -> int:
    env = {**os.environ, **ONE_THREAD, "LABELHUB_DATA": str(place.folder / "data"), "PYTHONPATH": str(ROOT)}
    # Where it is set, each of some hundred processes would compile all that it imports, and pytest each file of tests.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    out: dict[str, Any] = {"stdout": place.output, "stderr": subprocess.STDOUT} if place.output else {}
    code = subprocess.run(argv, cwd=ROOT, env=env, check=False, **out).returncode
    if code < 0:
        print(f"{argv[0]} was killed by {signal.Signals(-code).name}", file=sys.stderr)
    return code


def pytest(name: str, *arguments: str, before: tuple[str, ...] = (), again: bool = False) -> Stage:
    """A pytest run whose counts and reasons for skipping go into the summary.

    `again`: a few tests that failed are run once more in a session of their own, and the summary names them. It is for
    tests that drive a browser: beside other lanes on two cores a page can be slower than what a test waits for.
    """

    def run(place: Place) -> int:
        cache = f"-ocache_dir={place.folder / 'cache'}"

        def session(report: str, *more: str) -> int:
            junit = f"--junitxml={place.folder / report}"
            return call((*before, PYTHON, "-m", "pytest", "-q", cache, junit, *arguments, *more), place)

        code = session(REPORT)
        if code == 0 or not again or not 0 < n_failed(place.folder / REPORT) <= MOST_RUN_AGAIN:
            return code
        return session(REPORT_AGAIN, "--last-failed")

    return Stage(name, run)


def without(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"--ignore={path}" for path in paths)


def api_schema_is_current(place: Place) -> int:
    fresh = place.folder / "openapi.json"
    code = call(
        (
            PYTHON,
            "manage.py",
            "spectacular",
            "--validate",
            "--fail-on-warn",
            "--format",
            "openapi-json",
            "--file",
            str(fresh),
        ),
        place,
    )
    return code or _same(fresh, ROOT / "docs" / "openapi.json")


def generated_types_are_current(place: Place) -> int:
    fresh = place.folder / "schema.d.ts"
    code = call(
        (
            "npm",
            "--prefix",
            "frontend",
            "exec",
            "--",
            "openapi-typescript",
            str(ROOT / "docs/openapi.json"),
            "--output",
            str(fresh),
        ),
        place,
    )
    return code or _same(fresh, ROOT / "frontend" / "src" / "api" / "schema.d.ts")


def _same(fresh: Path, kept: Path) -> int:
    if kept.exists() and fresh.read_bytes() == kept.read_bytes():
        return 0
    print(f"{kept.relative_to(ROOT)} is not current. Run: {REGENERATE}", file=sys.stderr)
    return 1


CHECK = [
    Stage("ruff format", command(str(BIN / "ruff"), "format", "--check", ".")),
    Stage("ruff lint", command(str(BIN / "ruff"), "check", ".")),
    Stage("mypy", command(str(BIN / "mypy"))),
    Stage("import layers", command(str(BIN / "lint-imports"))),
    Stage("django check", command(PYTHON, "manage.py", "check", "--fail-level", "WARNING")),
    Stage("migrations", command(PYTHON, "manage.py", "makemigrations", "--check", "--dry-run")),
    Stage("openapi.json", api_schema_is_current),
    Stage("schema.d.ts", generated_types_are_current),
    Stage("actions.md", command(PYTHON, ".ci/actions.py", "--check")),
    Stage("tsc and eslint", command(*NPM, "check")),
]
WHOLE_LOOP = "tests/e2e/test_loop.py"
BROWSER = [pytest("browser", "tests/e2e", *without((WHOLE_LOOP,)), again=True)]
# On two cores: a test waits for its database, a child or a server about as often as it computes.
THREE_AT_ONCE = ("-n", "3", "--dist", "worksteal")
# What touches the database runs on SQLite and on PostgreSQL, but for what is long and the same on both.
REAL_WORKERS = "tests/workers_real"
INTEGRATION = "tests/integration"
ON_POSTGRESQL_ALONE = (
    # Whole trainings by real workers. The browser loop trains on SQLite.
    "tests/workers_real/test_training.py",
    "tests/workers_real/test_failures.py",
    # Its answers must be equal also where a database gives rows in an order of its own.
    "tests/integration/blinding/test_blinding.py",
)
ON_SQLITE_ALONE = (
    # Walks of every route: what is asked is who is let in.
    "tests/integration/api/test_authorisation.py",
    "tests/integration/reading/test_seen_routes.py",
    # Simulated people by the hundred, through services that their own tests try on both.
    "tests/integration/learning/test_demo.py",
    "tests/integration/learning/test_simulated_readers.py",
    # What is asked is whether a file says all that it was made from; exports have their tests on both.
    "tests/integration/consensus/test_all_comes_back.py",
    # What is asked is what a file or a line of a table is taken for, not how it is stored.
    "tests/integration/imaging/test_any_order.py",
    "tests/integration/imaging/test_contradictory_patients.py",
    "tests/integration/imaging/test_found_patients.py",
    "tests/integration/imaging/test_identity.py",
    "tests/integration/imaging/test_labels.py",
    "tests/integration/imaging/test_labels_among_images.py",
    "tests/integration/imaging/test_objects_about_the_case.py",
    "tests/integration/imaging/test_pixels_api.py",
    "tests/integration/imaging/test_reported_identity.py",
    "tests/integration/imaging/test_reported_labels.py",
    "tests/integration/imaging/test_storage.py",
    "tests/integration/imaging/test_thumbnails.py",
)
POSTGRES = (PYTHON, "-m", "labelhub.launch.services", "--postgres", "--")
HEADLESS = [
    pytest("python-sqlite", *THREE_AT_ONCE, *without(ON_POSTGRESQL_ALONE)),
    pytest("python-postgresql", *THREE_AT_ONCE, INTEGRATION, *without(ON_SQLITE_ALONE), before=POSTGRES),
]
LOOP = [pytest("browser-loop", WHOLE_LOOP)]
WAITS = [
    *LOOP,
    pytest("workers-postgresql", REAL_WORKERS, before=POSTGRES),
    Stage("vitest", command(*NPM, "test")),
]
PLANS = {"check": [CHECK], "test": [HEADLESS, BROWSER, WAITS], "e2e": [[*LOOP, *BROWSER]]}


def main() -> int:
    lanes = PLANS[sys.argv[1]]
    scratch = Path(tempfile.mkdtemp(prefix="labelhub-stages-"))
    started = time.monotonic()
    try:
        with ThreadPoolExecutor(len(lanes)) as pool:
            for done in [pool.submit(run_lane, lane, scratch, is_alone=len(lanes) == 1) for lane in lanes]:
                done.result()
        return summarise([stage for lane in lanes for stage in lane], scratch, time.monotonic() - started)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def run_lane(stages: list[Stage], scratch: Path, *, is_alone: bool) -> None:
    """Run the stages one after another. Beside another lane, each shows its output when it has ended."""
    for stage in stages:
        folder = scratch / stage.name.replace(" ", "-")
        folder.mkdir()
        print(f"\n=== {stage.name}{'' if is_alone else ' has begun'}", flush=True)
        started = time.monotonic()
        if is_alone:
            stage.code = stage.run(Place(folder))
        else:
            with (folder / "output").open("wb") as output:
                stage.code = stage.run(Place(folder, output))
            text = (folder / "output").read_text(errors="replace")
            print(f"\n=== {stage.name}\n{text}", flush=True)
        stage.seconds = time.monotonic() - started


def summarise(plan: list[Stage], scratch: Path, total_s: float) -> int:
    left_out: Counter[str] = Counter()
    print("\n=== summary")
    for stage in plan:
        counts = read_report(scratch / stage.name / REPORT, left_out)
        print(
            f"{'passed' if stage.code == 0 else 'FAILED'}  {stage.name:<20} {stage.seconds:7.1f} s  {counts}"
        )
        for test in ran_again(scratch / stage.name / REPORT_AGAIN):
            print(f"again   {test}: failed at first, run once more alone")
    for reason, number in left_out.most_common():
        print(f"left out  {number} x {reason}")
    if HEADLESS[0] in plan:
        for name in NEVER_HERE:
            print(f"left out  {name}")
    failed = [stage.name for stage in plan if stage.code]
    print(
        f"total     {total_s / 60:.1f} min: " + (f"FAILED in {', '.join(failed)}" if failed else "all passed")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
