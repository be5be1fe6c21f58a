"""CPU of a label over HTTP on PostgreSQL: `python -m tests.bench.label_loop`.

16 readers, two reads a case, 14 answers; audit and discordance on. A label is claim + one draft save + submit,
then claim + submit alone. Counted is the CPU of the application server and of the database (/proc), not of
the clients and not of the background workers, which are not running.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from tests.bench.browser import Browser, new_id
from tests.bench.processes import cpu_s
from tests.bench.report import Row, at_most, figure, machine, run, say
from tests.bench.serving import Site, serving, site

SMALL, LARGE = 10_000, 100_000
WARM_UP = 96
ROUNDS = 3


@dataclass(frozen=True)
class Loop:
    """Figures of one loop: CPU milliseconds and labels per second, latencies in milliseconds."""

    cpu_ms: float
    server_ms: float
    labels_s: float
    latency_ms: dict[str, tuple[float, float]]

    def __str__(self) -> str:
        calls = ", ".join(f"{name} {p50:.0f}/{p95:.0f}" for name, (p50, p95) in self.latency_ms.items())
        return (
            f"{self.cpu_ms:.1f} ms CPU a label (server {self.server_ms:.1f}), {self.labels_s:.1f} labels/s, "
            f"p50/p95 ms: {calls}"
        )


class Reader(threading.Thread):
    """Labels until the shared count is used up."""

    def __init__(self, browser: Browser, quota: Quota, findings: list[str], *, save: bool, seed: int) -> None:
        super().__init__(daemon=True)
        self.browser, self.quota, self.save = browser, quota, save
        self.findings = findings
        self.draw = random.Random(seed)
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            while self.quota.take():
                self.label()
        except Exception as error:  # noqa: BLE001  (reported by the main thread)
            self.error = error

    def label(self) -> None:
        headers = {"Idempotency-Key": new_id()}
        claimed = self._call("POST", "projects/bench/worklist/next/", {"ahead": False}, "claim", headers)
        path = f"assignments/{claimed['assignment']['id']}/"
        document = self.document()
        if self.save:
            self._call("PUT", f"{path}draft/", {"document": document}, "save", {"If-Match": '"0"'})
        body = {"client_uuid": new_id(), "document": document, "active_ms": 9000, "display_state": {}}
        self._call("POST", f"{path}submit/", body, "submit")

    def document(self) -> dict[str, Any]:
        """14 answers, a tenth of them present: two readers differ somewhere in most cases."""
        answers = {
            code: {"value": "present" if self.draw.random() < 0.1 else "absent", "by_rest": False}
            for code in self.findings
        }
        return {"answers": answers, "annotations": [], "comment": "", "not_readable": False}

    def _call(self, method: str, path: str, body: Any, name: str, headers: Any = None) -> Any:
        answer = self.browser.call(method, path, body, name=name, headers=headers)
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body}")
        return answer.body


class Quota:
    """How many labels are still to be made, shared by the threads."""

    def __init__(self, n: int) -> None:
        self._n, self._lock = n, threading.Lock()

    def take(self) -> bool:
        with self._lock:
            self._n -= 1
            return self._n >= 0


def loop(
    browsers: list[Browser],
    findings: list[str],
    n: int,
    *,
    save: bool,
    cpu: Callable[[], tuple[float, float]],
) -> Loop:
    quota = Quota(n)
    readers = [Reader(b, quota, findings, save=save, seed=i) for i, b in enumerate(browsers)]
    for browser in browsers:
        browser.timings.clear()
    started, (server, database) = time.perf_counter(), cpu()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
        if reader.error:
            raise reader.error
    wall, after = time.perf_counter() - started, cpu()
    spent = (after[0] - server + after[1] - database) * 1000 / n
    return Loop(spent, (after[0] - server) * 1000 / n, n / wall, _latencies(browsers))


def _latencies(browsers: list[Browser]) -> dict[str, tuple[float, float]]:
    result = {}
    for name in browsers[0].timings:
        values = [ms * 1000 for browser in browsers for ms in browser.timings.get(name, [])]
        result[name] = (median(values), quantiles(values, n=20)[-1])
    return result


def measure(n_cases: int, n_labels: int) -> tuple[Loop, Loop, dict[str, Any]]:
    """(with a draft save, without, queries per call) in a fresh database of `n_cases`."""
    with site(postgres=True) as at:
        say(f"{n_cases} cases: filling the database ...")
        world = at.django("tests.bench.population", "--cases", str(n_cases))
        with serving(at) as supervisor:
            browsers = _sign_in(at, world)

            def cpu() -> tuple[float, float]:
                return cpu_s([supervisor.pids()["web"]]), cpu_s([at.database_pid or 0])

            loop(browsers, world["findings"], WARM_UP, save=True, cpu=cpu)
            saved, plain = [], []
            for _ in range(ROUNDS):
                saved.append(loop(browsers, world["findings"], n_labels, save=True, cpu=cpu))
                say(f"{n_cases} cases, claim + save + submit: {saved[-1]}")
                plain.append(loop(browsers, world["findings"], n_labels, save=False, cpu=cpu))
                say(f"{n_cases} cases, claim + submit: {plain[-1]}")
        return _middle(saved), _middle(plain), at.django("tests.bench.queries")


def _middle(loops: list[Loop]) -> Loop:
    """The loop of median CPU: a machine's other guests move single ones by a quarter."""
    return sorted(loops, key=lambda each: each.cpu_ms)[len(loops) // 2]


def _sign_in(at: Site, world: dict[str, Any]) -> list[Browser]:
    browsers = [Browser(at.port) for _ in world["readers"]]
    for browser, name in zip(browsers, world["readers"], strict=True):
        browser.sign_in(name, world["password"])
    return browsers


def bench(sizes: tuple[int, int], n_labels: int) -> list[Row]:
    say(machine())
    small, large = (measure(size, n_labels) for size in sizes)
    rows = []
    for size, (saved, plain, _) in zip(sizes, (small, large), strict=True):
        where = f"{size:,} cases"
        rows += [
            at_most(f"label loop, {where}: claim + draft save + submit", saved.cpu_ms, 40, "ms CPU a label"),
            at_most(f"label loop, {where}: claim + submit", plain.cpu_ms, 25, "ms CPU a label"),
            figure(f"label loop, {where}: claim + submit, throughput", f"{plain.labels_s:.1f} labels/s"),
            figure(f"label loop, {where}: detail with save", str(saved)),
            figure(f"label loop, {where}: detail without", str(plain)),
        ]
    rows += [
        at_most(
            "label loop: CPU at the large size / small, with save",
            large[0].cpu_ms / small[0].cpu_ms,
            1.2,
            "x",
        ),
        at_most(
            "label loop: CPU at the large size / small, without", large[1].cpu_ms / small[1].cpu_ms, 1.2, "x"
        ),
        Row(
            "label loop: queries per call, small and large",
            f"{small[2]} and {large[2]}",
            "equal",
            small[2] == large[2],
        ),
    ]
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs=2, default=(SMALL, LARGE))
    parser.add_argument("--labels", type=int, default=640, help="labels per loop")
    arguments = parser.parse_args()
    return run(lambda: bench(tuple(arguments.sizes), arguments.labels))


if __name__ == "__main__":
    sys.exit(main())
