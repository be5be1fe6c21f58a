"""What a manager's open dashboard costs the readers: `python -m tests.bench.dashboard`, PostgreSQL, 100,000 cases.

16 readers label, one case quicker than the next as people do, for ten minutes beside the page and for five without it:
each third minute. Counted is the CPU of the application server and of the database (/proc) a label; the project has the
past of `tests.bench.history`. The statistics are computed before, as the background does: no request computes them.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import threading
import time
from dataclasses import dataclass, field
from statistics import median, quantiles

from tests.bench.browser import Browser
from tests.bench.labels import Labels, signed_in
from tests.bench.loop import loop
from tests.bench.processes import cpu_s
from tests.bench.report import Row, at_most, figure, machine, run, say
from tests.bench.serving import serving, site
from tests.bench.watching import dashboard_open

N_CASES, MINUTES, PACE_S, MINUTE_S = 100_000, 10, 10.0, 60.0
WARM_UP = 320
CPU_BAR, QUERIES_BAR, MS_BAR = 1.1, 5, 20.0
# Of the pace, how long a case takes: the same in every run.
TURNS = random.Random(16)  # noqa: S311


@dataclass
class Sum:
    """CPU seconds and labels of the minutes of one kind."""

    cpu_s: float = 0.0
    n_labels: int = 0

    @property
    def ms(self) -> float:
        return self.cpu_s * 1000 / self.n_labels


@dataclass
class Reader(threading.Thread):
    """One reader who finishes a label every `pace_s` in the mean, beginning at her own moment of it.

    No two take her equally long. Sixteen who kept exactly to ten seconds would come in each minute at the same distance
    from all polls, which are fifteen seconds apart: either every poll of it would be beside a label, or none.
    """

    labels: Labels
    first_s: float
    pace_s: float
    until: float
    n: int = 0
    errors: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        due = time.monotonic() + self.first_s
        while due < self.until:
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                self.labels.plain()
            except Exception as error:  # noqa: BLE001  (raised by the main thread)
                self.errors.append(error)
                return
            self.n, due = self.n + 1, due + self.pace_s * TURNS.uniform(0.5, 1.5)


def bench(n_cases: int, minutes: int, pace_s: float) -> list[Row]:
    say(machine())
    with site(postgres=True) as at:
        say(f"{n_cases} cases: filling the database ...")
        world = at.django("tests.bench.population", "--cases", str(n_cases))
        with serving(at) as supervisor:
            labels = signed_in(at.port, world)
            loop(
                [each.at for each in labels], [each.plain for each in labels], WARM_UP, cpu=lambda: (0.0, 0.0)
            )
            say(f"its past: {at.django('tests.bench.history')}")
            manager = Browser(at.port)
            manager.sign_in(world["manager"], world["password"])
            roots = [supervisor.pids()["web"], at.database_pid or 0]
            polls: list[float] = []
            sums = {True: Sum(), False: Sum()}
            for number in range(minutes + minutes // 2):
                is_open = number % 3 != 2
                watched = dashboard_open(manager, world["slug"]) if is_open else contextlib.nullcontext([])
                with watched as taken:
                    _minute(labels, pace_s, roots, sums[is_open])
                polls += taken
                say(f"minute {number + 1}, open {is_open}: {sums[is_open].ms:.1f} ms a label so far")
        queries = at.django("tests.bench.queries")
    return _rows(sums, [each * 1000 for each in polls], queries["dashboard"])


def _minute(labels: list[Labels], pace_s: float, roots: list[int], into: Sum) -> None:
    before, until = cpu_s(roots), time.monotonic() + MINUTE_S
    readers = [
        Reader(each, number * pace_s / len(labels), pace_s, until) for number, each in enumerate(labels)
    ]
    for each in labels:
        each.at.close()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
        if reader.errors:
            raise reader.errors[0]
    time.sleep(max(0.0, until - time.monotonic()))
    into.cpu_s += cpu_s(roots) - before
    into.n_labels += sum(reader.n for reader in readers)


def _rows(sums: dict[bool, Sum], polls_ms: list[float], n_queries: int) -> list[Row]:
    beside, without = sums[True], sums[False]
    p95 = quantiles(polls_ms, n=20)[-1]
    return [
        at_most("dashboard open: CPU a label / without it", beside.ms / without.ms, CPU_BAR, "x"),
        figure("dashboard open and closed: CPU a label", f"{beside.ms:.1f} and {without.ms:.1f} ms"),
        at_most("dashboard: queries of a poll", n_queries, QUERIES_BAR, ""),
        at_most("dashboard: a poll, 95th percentile", p95, MS_BAR, "ms"),
        figure(
            "dashboard: polls",
            f"{len(polls_ms)}, median {median(polls_ms):.1f}, longest {max(polls_ms):.1f} ms",
        ),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=N_CASES)
    parser.add_argument("--minutes", type=int, default=MINUTES, help="of the open page, an even number")
    parser.add_argument("--pace", type=float, default=PACE_S, help="seconds a label, for each reader")
    arguments = parser.parse_args()
    return run(lambda: bench(arguments.cases, arguments.minutes, arguments.pace))


if __name__ == "__main__":
    sys.exit(main())
