"""CPU of a label over HTTP on PostgreSQL: `python -m tests.bench.label_loop`.

16 readers, two reads a case, 14 answers; audit and discordance on. A label is claim + one draft save + submit,
then claim + submit alone, then the bare pair of `tests.bench.bare_pair`, in turns; medians count. Counted is the CPU of
the application server and of the database (/proc), not of the clients and not of the background workers, which are
not running. The bar is a ratio, since it holds on a busy machine too: claim + submit by the bare pair.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from labelhub.launch import commands
from labelhub.launch.application import wait_for_web
from labelhub.launch.locks import free_port
from labelhub.launch.supervisor import Command
from tests.bench.browser import Browser, new_id
from tests.bench.loop import Loop, loop, middle
from tests.bench.processes import cpu_s
from tests.bench.report import Row, at_most, figure, machine, run, say
from tests.bench.serving import Site, serving, site

SMALL, LARGE = 10_000, 100_000
WARM_UP = 96
ROUNDS = 5
RATIO_BAR, GROWTH_BAR = 4.0, 1.2


class Labels:
    """What one reader does: a label of LabelHub, with or without a draft save, or the bare pair."""

    def __init__(self, at: Browser, bare: Browser, findings: list[str], seed: int) -> None:
        self.at, self.bare, self.findings = at, bare, findings
        self.draw = random.Random(seed)

    def saved(self) -> None:
        self._label(save=True)

    def plain(self) -> None:
        self._label(save=False)

    def bare_pair(self) -> None:
        _call(self.bare, "POST", "bare/claim/", {"ahead": False}, "claim", {"Idempotency-Key": new_id()})
        _call(self.bare, "POST", "bare/submit/", self._body(), "submit")

    def _label(self, *, save: bool) -> None:
        headers = {"Idempotency-Key": new_id()}
        claimed = _call(self.at, "POST", "projects/bench/worklist/next/", {"ahead": False}, "claim", headers)
        path, body = f"assignments/{claimed['assignment']['id']}/", self._body()
        if save:
            draft = {"document": body["document"]}
            _call(self.at, "PUT", f"{path}draft/", draft, "save", {"If-Match": '"0"'})
        _call(self.at, "POST", f"{path}submit/", body, "submit")

    def _body(self) -> dict[str, Any]:
        """14 answers, a tenth of them present: two readers differ somewhere in most cases."""
        answers = {
            code: {"value": "present" if self.draw.random() < 0.1 else "absent", "by_rest": False}
            for code in self.findings
        }
        document = {"answers": answers, "annotations": [], "comment": "", "not_readable": False}
        return {"client_uuid": new_id(), "document": document, "active_ms": 9000, "display_state": {}}


def _call(browser: Browser, method: str, path: str, body: Any, name: str, headers: Any = None) -> Any:
    answer = browser.call(method, path, body, name=name, headers=headers)
    if answer.status != 200:
        raise RuntimeError(f"{method} {path}: {answer.status} {answer.body}")
    return answer.body


@dataclass(frozen=True)
class Measured:
    """Median loops at one size, the ratio of the medians, and the queries per call."""

    saved: Loop
    plain: Loop
    bare: Loop
    queries: dict[str, Any]

    @property
    def ratio(self) -> float:
        return self.plain.cpu_ms / self.bare.cpu_ms


def measure(n_cases: int, n_labels: int) -> Measured:
    """All loops in a fresh database of `n_cases`."""
    with site(postgres=True) as at:
        say(f"{n_cases} cases: filling the database ...")
        world = at.django("tests.bench.population", "--cases", str(n_cases))
        bare = at.django("tests.bench.bare_check")
        say(f"bare pair, statements a call: {bare['statements']}")
        bare_at = replace(at, port=free_port())
        with serving(at, _bare_server(bare_at.port)) as supervisor:
            wait_for_web(supervisor, bare_at.address)
            labels = _sign_in(at, bare_at, world, bare["sessions"])

            def turn(name: str, what: Callable[[Labels], None], n: int = n_labels) -> Loop:
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
                "saved": ("web", Labels.saved),
                "plain": ("web", Labels.plain),
                "bare": ("bare", Labels.bare_pair),
            }
            for name, what in kinds.values():
                turn(name, what, WARM_UP)
            done: dict[str, list[Loop]] = {kind: [] for kind in kinds}
            for _ in range(ROUNDS):
                for kind, (name, what) in kinds.items():
                    done[kind].append(turn(name, what))
        return Measured(
            **{kind: middle(loops) for kind, loops in done.items()}, queries=at.django("tests.bench.queries")
        )


def _bare_server(port: int) -> Command:
    """The application server with its options and entry point, told to load the bare pair's settings."""
    web = commands.web(host="127.0.0.1", port=port)
    return replace(web, name="bare", env={**web.env, "DJANGO_SETTINGS_MODULE": "tests.bench.bare_settings"})


def _sign_in(at: Site, bare_at: Site, world: dict[str, Any], sessions: dict[str, str]) -> list[Labels]:
    result = []
    for seed, name in enumerate(world["readers"]):
        browser = Browser(at.port)
        browser.sign_in(name, world["password"])
        bare = Browser(bare_at.port, cookies=browser.cookies | {"sessionid": sessions[name]})
        result.append(Labels(browser, bare, world["findings"], seed))
    return result


def bench(sizes: list[int], n_labels: int) -> list[Row]:
    say(machine())
    measured = {size: measure(size, n_labels) for size in sizes}
    rows = [row for size, each in measured.items() for row in _rows(size, each)]
    small, *larger = sizes
    for size in larger:
        growth = measured[size].plain.cpu_ms / measured[small].plain.cpu_ms
        rows.append(
            at_most(f"label loop: CPU at {size:,} cases / {small:,}, claim + submit", growth, GROWTH_BAR, "x")
        )
    queries = [each.queries for each in measured.values()]
    same = all(each == queries[0] for each in queries)
    return [*rows, Row("label loop: queries per call, at each size", str(queries), "equal", same)]


def _rows(size: int, each: Measured) -> list[Row]:
    where = f"label loop, {size:,} cases"
    return [
        at_most(f"{where}: claim + submit by the bare pair", each.ratio, RATIO_BAR, "x"),
        figure(f"{where}: claim + submit", str(each.plain)),
        figure(f"{where}: bare pair", str(each.bare)),
        figure(f"{where}: claim + draft save + submit", str(each.saved)),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[SMALL, LARGE])
    parser.add_argument("--labels", type=int, default=640, help="labels per loop")
    arguments = parser.parse_args()
    return run(lambda: bench(arguments.sizes, arguments.labels))


if __name__ == "__main__":
    sys.exit(main())
