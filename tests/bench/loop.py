"""Readers who label over HTTP at once, and what that costs: the machinery of the label loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from tests.bench.browser import Browser

Label = Callable[[], None]
Cpu = Callable[[], tuple[float, float]]


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


class Quota:
    """How many labels are still to be made, shared by the threads."""

    def __init__(self, n: int) -> None:
        self._n, self._lock = n, threading.Lock()

    def take(self) -> bool:
        with self._lock:
            self._n -= 1
            return self._n >= 0


class Reader(threading.Thread):
    """Labels until the shared count is used up."""

    def __init__(self, label: Label, quota: Quota) -> None:
        super().__init__(daemon=True)
        self.label, self.quota = label, quota
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            while self.quota.take():
                self.label()
        except Exception as error:  # noqa: BLE001  (reported by the main thread)
            self.error = error


def loop(browsers: Sequence[Browser], labels: Sequence[Label], n: int, *, cpu: Cpu) -> Loop:
    """`n` labels, made by one thread for each of `labels`; `cpu` gives seconds of server and database so far."""
    quota = Quota(n)
    readers = [Reader(label, quota) for label in labels]
    for browser in browsers:
        browser.timings.clear()
        browser.close()  # the server hangs up on who has been silent for the other loops' time
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


def middle(loops: Sequence[Loop]) -> Loop:
    """The loop of median CPU: a machine's other guests move single ones by a quarter."""
    return sorted(loops, key=lambda each: each.cpu_ms)[len(loops) // 2]


def _latencies(browsers: Sequence[Browser]) -> dict[str, tuple[float, float]]:
    result = {}
    for name in browsers[0].timings:
        values = [ms * 1000 for browser in browsers for ms in browser.timings.get(name, [])]
        result[name] = (median(values), quantiles(values, n=20)[-1])
    return result
