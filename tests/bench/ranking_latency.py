"""From the last submit to the new ranking, in the phantom project of the demonstration.

    python -m tests.bench.ranking_latency [--rounds 3]

The embedded default on CPU: 300 phantoms, simulated readers, the demonstration's training policy. When the first
model has ranked the pool, two people read on through the API until as many new consensus labels have come as the policy
waits for. Counted is the time from the answer to that last submit until the published order is the new model's.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.browser import Browser, new_id
from tests.bench.processes import children_of, cpu_s
from tests.bench.report import Row, at_most, figure, machine, say
from tests.bench.report import run as run_bench
from tests.e2e.running import Running, running

PROJECT = "phantoms"
READERS = ("reader1", "reader2")
BAR_S = 60
POLL_S = 0.5
PREPARE_TIMEOUT_S, RANKING_TIMEOUT_S = 1800, 600
MAX_READS = 100
N_COMPLETE = f"""
from labelhub.learning.selectors import n_complete_pool_cases
from labelhub.projects.models import Project
print(n_complete_pool_cases(Project.objects.get(slug={PROJECT!r})))
"""


@dataclass(frozen=True)
class Round:
    """Seconds from the last submit to the new ranking, and how they were spent.

    The CPU time is that of all of LabelHub: on a busy machine it says more than the clock.
    """

    total_s: float
    cpu_s: float
    stages: dict[str, float]
    n_labels: int

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.stages.items())
        return f"{self.total_s:.1f} s, {self.cpu_s:.1f} s of CPU, at {self.n_labels} labels ({parts})"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3, help="retrainings to measure")
    arguments = parser.parse_args()
    return run_bench(lambda: bench(arguments.rounds))


def bench(rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="lh-rank-") as name, running("embedded", Path(name)) as instance:
        people = _people(instance)
        say("waiting for the demonstration: phantoms, simulated reads, the first model ...")
        started = time.monotonic()
        _wait(lambda: _is_ranked_and_quiet(people["manager"]), PREPARE_TIMEOUT_S)
        say(f"ranked by the first model after {time.monotonic() - started:.0f} s")
        rows = [figure("ranking latency: machine", machine())]
        done = []
        for number in range(1, rounds + 1):
            done.append(_round(instance, people))
            say(f"round {number}: {done[-1]}")
            rows.append(figure(f"ranking latency: round {number}", str(done[-1])))
        slowest = max(each.total_s for each in done)
        return [
            *rows,
            at_most("last submit to new ranking, 300 phantoms, CPU (slowest)", slowest, BAR_S, "s"),
        ]


def _people(instance: Running) -> dict[str, Browser]:
    """The people of the demonstration, signed in. The phantoms begin to be made in the background."""
    users = json.loads(instance.manage("demo_prepare").splitlines()[-1])["users"]
    people = {}
    for user in users:
        browser = Browser(urlsplit(instance.address).port or 80)
        browser.sign_in(user["username"], user["password"])
        people[user["username"]] = browser
    return people


def _round(instance: Running, people: dict[str, Browser]) -> Round:
    manager = people["manager"]
    before = _get(manager, f"projects/{PROJECT}/learning/")
    submitted = _read_until_due(instance, people, before)
    cpu = cpu_s(children_of(os.getpid()))
    seen: list[tuple[float, str]] = []
    _wait(lambda: _note_stage(manager, before, seen), RANKING_TIMEOUT_S)
    after = _get(manager, f"projects/{PROJECT}/learning/")
    stages = _stages(submitted, seen)
    cpu = cpu_s(children_of(os.getpid())) - cpu
    return Round(seen[-1][0] - submitted, cpu, stages, after["runs"][0]["n_labels"])


def _read_until_due(instance: Running, people: dict[str, Browser], before: dict[str, Any]) -> float:
    """Both readers answer all cases alike, so that each case that both have read is a new label.

    Returns the time of the answer to the submit that made the training due.
    """
    wanted = before["runs"][0]["n_labels"] + before["policy"]["every_n_labels"]
    for number in range(MAX_READS):
        answered = _read(people[READERS[number % 2]])
        # The page counts only as far as the policy asks.
        if int(instance.manage("shell", "-v", "0", "-c", N_COMPLETE)) >= wanted:
            return answered
    raise SystemExit(f"{MAX_READS} reads did not make a training due")


def _read(reader: Browser) -> float:
    """Claim the next case, submit it as normal; returns the time of the answer."""
    reader.close()  # the server ends a connection that rested
    claimed = _post(
        reader, f"projects/{PROJECT}/worklist/next/", {"ahead": False}, {"Idempotency-Key": new_id()}
    )
    if claimed["assignment"] is None:
        raise SystemExit(f"no case left to read: {claimed['message']}")
    path = f"assignments/{claimed['assignment']['id']}/"
    findings = _get(reader, path)["schema"]["findings"]
    answers = {finding["code"]: {"value": "absent", "by_rest": True} for finding in findings}
    document = {"answers": answers, "annotations": [], "comment": "", "not_readable": False}
    body = {"client_uuid": new_id(), "document": document, "active_ms": 9000, "display_state": {}}
    _post(reader, f"{path}submit/", body)
    return time.monotonic()


def _note_stage(manager: Browser, before: dict[str, Any], seen: list[tuple[float, str]]) -> bool:
    """Add what goes on now; true once the published order is a new one."""
    queue = _get(manager, f"projects/{PROJECT}/learning/")["queue"]
    is_new = queue["source"] == "ranking" and queue["published_at"] != before["queue"]["published_at"]
    seen.append((time.monotonic(), "published" if is_new else _doing(manager)))
    return is_new


def _doing(manager: Browser) -> str:
    jobs = _get(manager, f"projects/{PROJECT}/jobs/")["results"]
    active = [
        job for job in jobs if job["kind"] in ("train", "score") and job["state"] in ("queued", "running")
    ]
    failed = [job for job in jobs[:1] if job["state"] == "failed"]
    if failed:
        raise SystemExit(f"{failed[0]['kind']} failed: {failed[0]['message']}")
    if not active:
        return "between jobs"
    job = active[0]
    stage = "waiting" if job["state"] == "queued" else job["progress"].get("stage", "starting")
    return f"{job['kind']}: {stage}"


def _stages(submitted: float, seen: list[tuple[float, str]]) -> dict[str, float]:
    """Seconds seen in each stage; a stage shorter than the poll may be missed."""
    stages: dict[str, float] = {}
    since = submitted
    for at, name in seen:
        stages[name] = stages.get(name, 0.0) + at - since
        since = at
    return stages


def _is_ranked_and_quiet(manager: Browser) -> bool:
    """The demonstration's job is done, and the newest model has ranked the pool."""
    jobs = _get(manager, f"projects/{PROJECT}/jobs/")["results"]
    failed = [job for job in jobs if job["state"] == "failed"]
    if failed:
        raise SystemExit(f"{failed[0]['kind']} failed: {failed[0]['message']}")
    learning = _get(manager, f"projects/{PROJECT}/learning/")
    is_quiet = not any(job["state"] in ("queued", "running") for job in jobs)
    return is_quiet and learning["queue"]["source"] == "ranking"


def _wait(condition: Callable[[], bool], timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"not done within {timeout_s:.0f} s")
        time.sleep(POLL_S)


def _get(browser: Browser, path: str) -> Any:
    return _ok(browser.call("GET", path), path)


def _post(browser: Browser, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    return _ok(browser.call("POST", path, body, headers=headers), path)


def _ok(answer: Any, path: str) -> Any:
    if answer.status not in (200, 201):
        raise SystemExit(f"{path}: {answer.status} {answer.body}")
    return answer.body


if __name__ == "__main__":
    sys.exit(main())
