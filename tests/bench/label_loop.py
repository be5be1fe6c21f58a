"""CPU of a label over HTTP on PostgreSQL: `python -m tests.bench.label_loop`.

16 readers, two reads a case, 14 answers; audit and discordance on; the project has the past of `tests.bench.history`
and its manager keeps the dashboard open. A label is claim + one draft save + submit, then claim + submit alone, then
the bare pair of `tests.bench.bare_pair`, in turns; the median of the turns counts. Counted is the CPU of the
application server and of the database (/proc), not of the clients and not of the background workers, which are not
running. The bar is a ratio, since it holds on a busy machine too: claim + submit by the bare pair.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from labelhub.launch import commands
from labelhub.launch.application import wait_for_web
from labelhub.launch.locks import free_port
from labelhub.launch.supervisor import Command
from tests.bench.browser import Browser, new_id
from tests.bench.labels import Labels, answered, signed_in
from tests.bench.loop import Loop, loop, middle
from tests.bench.processes import cpu_s
from tests.bench.report import Row, at_most, figure, machine, run, say
from tests.bench.serving import serving, site
from tests.bench.watching import dashboard_open

SIZES = (10_000, 100_000, 1_000_000)
WARM_UP = 96
ROUNDS = 5
RATIO_BAR, GROWTH_BAR = 4.0, 1.2


class Pair(Labels):
    """The same reader, who makes labels of LabelHub or of the bare pair."""

    def __init__(self, like: Labels, bare: Browser) -> None:
        self.at, self.findings, self.draw = like.at, like.findings, like.draw
        self.bare = bare

    def bare_pair(self) -> None:
        headers = {"Idempotency-Key": new_id()}
        answered(self.bare, "POST", "bare/claim/", {"ahead": False}, "claim", headers)
        answered(self.bare, "POST", "bare/submit/", self.body(), "submit")


@dataclass(frozen=True)
class Measured:
    """The loops at one size, in the order in which they took turns, and the queries per call."""

    saved: list[Loop]
    plain: list[Loop]
    bare: list[Loop]
    queries: dict[str, Any]

    @property
    def ratio(self) -> float:
        """Median over the turns: a machine that grows faster or slower does so for both loops of a turn."""
        return median(plain.cpu_ms / bare.cpu_ms for plain, bare in zip(self.plain, self.bare, strict=True))

    @property
    def ratio_of_medians(self) -> float:
        return middle(self.plain).cpu_ms / middle(self.bare).cpu_ms


def measure(n_cases: int, n_labels: int) -> Measured:
    """All loops in a fresh database of `n_cases`."""
    with site(postgres=True) as at:
        say(f"{n_cases} cases: filling the database ...")
        world = at.django("tests.bench.population", "--cases", str(n_cases))
        say(f"its past: {at.django('tests.bench.history')}")
        bare = at.django("tests.bench.bare_check")
        say(f"bare pair, statements a call: {bare['statements']}")
        bare_at = replace(at, port=free_port())
        with serving(at, _bare_server(bare_at.port)) as supervisor:
            wait_for_web(supervisor, bare_at.address)
            labels = [
                Pair(
                    each,
                    Browser(bare_at.port, cookies=each.at.cookies | {"sessionid": bare["sessions"][name]}),
                )
                for name, each in zip(world["readers"], signed_in(at.port, world), strict=True)
            ]

            def turn(name: str, what: Callable[[Pair], None], n: int = n_labels) -> Loop:
                browsers = [each.bare if name == "bare" else each.at for each in labels]
                server = supervisor.pids()[name]
                done = loop(
                    browsers,
                    [lambda each=each: what(each) for each in labels],
                    n,
                    cpu=lambda: (cpu_s([server]), cpu_s([at.database_pid or 0])),
                )
                say(f"{n_cases} cases, {what.__name__}: {done}")
                return done

            kinds = {
                "saved": ("web", Pair.saved),
                "plain": ("web", Pair.plain),
                "bare": ("bare", Pair.bare_pair),
            }
            manager = Browser(at.port)
            manager.sign_in(world["manager"], world["password"])
            done: dict[str, list[Loop]] = {kind: [] for kind in kinds}
            with dashboard_open(manager, world["slug"]):
                for name, what in kinds.values():
                    turn(name, what, WARM_UP)
                for _ in range(ROUNDS):
                    for kind, (name, what) in kinds.items():
                        done[kind].append(turn(name, what))
        return Measured(**done, queries=at.django("tests.bench.queries"))


def _bare_server(port: int) -> Command:
    """The application server with its options and entry point, told to load the bare pair's settings."""
    web = commands.web(host="127.0.0.1", port=port)
    return replace(web, name="bare", env={**web.env, "DJANGO_SETTINGS_MODULE": "tests.bench.bare_settings"})


def bench(sizes: list[int], n_labels: int) -> list[Row]:
    say(machine())
    measured = {size: measure(size, n_labels) for size in sizes}
    rows = [row for size, each in measured.items() for row in _rows(size, each)]
    small, *larger = sizes
    for size in larger:
        growth = middle(measured[size].plain).cpu_ms / middle(measured[small].plain).cpu_ms
        what = f"label loop: CPU at {size:,} cases / {small:,}, claim + submit"
        rows.append(at_most(what, growth, GROWTH_BAR, "x"))
    queries = [each.queries for each in measured.values()]
    same = all(each == queries[0] for each in queries)
    return [*rows, Row("label loop: queries per call, at each size", str(queries), "equal", same)]


def _rows(size: int, each: Measured) -> list[Row]:
    where = f"label loop, {size:,} cases"
    return [
        at_most(f"{where}: claim + submit by the bare pair", each.ratio, RATIO_BAR, "x"),
        figure(f"{where}: the same as a ratio of median loops", f"{each.ratio_of_medians:.2f} x"),
        figure(f"{where}: claim + submit", str(middle(each.plain))),
        figure(f"{where}: bare pair", str(middle(each.bare))),
        figure(f"{where}: claim + draft save + submit", str(middle(each.saved))),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--labels", type=int, default=640, help="labels per loop")
    arguments = parser.parse_args()
    return run(lambda: bench(arguments.sizes, arguments.labels))


if __name__ == "__main__":
    sys.exit(main())
