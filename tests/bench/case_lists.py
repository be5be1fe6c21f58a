"""How long a page of the list of cases takes: `python -m tests.bench.case_lists`, PostgreSQL, 10,000 and 1,000,000.

The manager walks ten pages of every kind of list, as her browser asks for them and for the first time, so that what is
kept of her having seen outcomes is counted in. Rows only: thumbnails have a bench of their own.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median, quantiles
from urllib.parse import urlencode

from tests.bench.browser import Browser
from tests.bench.report import Row, at_most, figure, machine, run, say
from tests.bench.serving import serving, site

SIZES = (10_000, 1_000_000)
PAGES = 10
MOST_QUERIES, MS_BAR, RATIO_BAR = 12, 250.0, 1.3
LISTS: dict[str, dict[str, str]] = {
    "by number": {},
    "highest number": {"order": "-number"},
    "newest read": {"order": "-read", "show": "outcome"},
    "disagreement": {"order": "-disagreement", "show": "outcome"},
    "score": {"order": "-score"},
    "date": {"order": "-date"},
    "test split": {"split": "test"},
    "closed": {"state": "closed", "show": "outcome"},
    "finding present": {"finding": "finding_03", "value": "present", "show": "outcome"},
    "discordant": {"discordant": "yes", "show": "outcome"},
    "flagged": {"flag": "any", "show": "outcome"},
    "side views": {"view": "LL"},
    "one site": {"site": "site 7"},
    "one reader": {"reader": "reader03"},
    "finding, site, newest": {
        "finding": "finding_03",
        "value": "present",
        "site": "site 10",
        "order": "-read",
    },
    "side views by score": {"view": "LL", "order": "-score"},
    "flagged by date": {"flag": "urgent", "order": "-date"},
    "contact sheet": {"size": "200", "show": "outcome"},
    "search: number": {"find": "4321"},
    "search: file": {"find": "film_00043"},
    "search: one file": {"find": "film_0004321.png"},
    "search: pseudonym": {"find": "00000000"},
}


@dataclass(frozen=True)
class Timed:
    """Milliseconds of each page of each kind of list."""

    ms: dict[str, list[float]]
    queries: dict[str, int]

    def p95(self, name: str) -> float:
        return quantiles(self.ms[name], n=20)[-1] if len(self.ms[name]) > 1 else self.ms[name][0]


def measure(n_cases: int) -> Timed:
    with site(postgres=True) as at:
        say(f"{n_cases} cases: filling the database ...")
        world = at.django("tests.bench.population", "--cases", str(n_cases))
        say(f"read: {at.django('tests.bench.read_cases')}")
        with serving(at):
            manager = Browser(at.port)
            manager.sign_in(world["manager"], world["password"])
            for _ in pages(manager, world["slug"], {}):  # the server's first requests
                pass
            ms = {name: list(pages(manager, world["slug"], query)) for name, query in LISTS.items()}
        return Timed(ms, at.django("tests.bench.case_list_queries"))


def pages(manager: Browser, slug: str, query: dict[str, str]) -> Iterator[float]:
    """Milliseconds of each of the first pages."""
    cursor: str | None = ""
    for _ in range(PAGES):
        asked = {**query, **({"cursor": cursor} if cursor else {})}
        began = time.perf_counter()
        answer = manager.call("GET", f"projects/{slug}/cases/?{urlencode(asked)}")
        yield (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{asked}: {answer.status} {answer.body}")
        cursor = answer.body["next"]
        if cursor is None:
            return


def bench(sizes: list[int]) -> list[Row]:
    say(machine())
    timed = {size: measure(size) for size in sizes}
    rows = []
    for size, each in timed.items():
        slowest = max(LISTS, key=each.p95)
        rows.append(
            at_most(
                f"{size} cases: 95th percentile, slowest list ({slowest})", each.p95(slowest), MS_BAR, "ms"
            )
        )
        most = max(each.queries, key=lambda name: each.queries[name])
        rows.append(at_most(f"{size} cases: queries, most ({most})", each.queries[most], MOST_QUERIES, ""))
    first, last = timed[sizes[0]], timed[sizes[-1]]
    for name in LISTS:
        figures = ", ".join(f"{median(each.ms[name]):.1f}" for each in timed.values())
        rows.append(figure(f"{name}: median at each size", f"{figures} ms"))
    if len(sizes) > 1:
        total = [sum(median(each.ms[name]) for name in LISTS) for each in (first, last)]
        rows.append(
            at_most("all lists, sum of medians, largest / smallest", total[1] / total[0], RATIO_BAR, "x")
        )
        ratios = {name: median(last.ms[name]) / median(first.ms[name]) for name in LISTS}
        worst = max(ratios, key=lambda name: ratios[name])
        rows.append(at_most(f"worst list ({worst}), largest / smallest", ratios[worst], RATIO_BAR, "x"))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    arguments = parser.parse_args()
    return run(lambda: bench(arguments.sizes))


if __name__ == "__main__":
    sys.exit(main())
