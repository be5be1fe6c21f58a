"""16 readers against everything at once: `python -m tests.bench.campaign [--database sqlite|postgres]`.

2,000 submits over HTTP, three reads a case; a tenth of the requests doubled, a twentieth of the cases skipped, a
twentieth of the leases abandoned, a web process killed each minute; an import, trainings and rankings by the real
workers beside them. Then the rest is read without faults, and the database must agree with what was acknowledged.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from labelhub.launch import application, paths
from labelhub.launch.supervisor import Supervisor
from tests.bench.browser import Browser
from tests.bench.campaign_reader import Ledger, Reader
from tests.bench.processes import children_of
from tests.bench.report import Row, exactly, figure, machine, run, say
from tests.bench.serving import Site, serving, site

N_SUBMITS, N_ROWS, N_PHANTOMS = 2_000, 560, 60
KILL_EVERY_S, FIRST_KILL_S = 60, 15
LONGEST_S = 1_500


class Campaign:
    """One database: readers, killer, import, and what came of it."""

    def __init__(self, at: Site, n_submits: int, n_rows: int, seed: int) -> None:
        self.at, self.draw = at, random.Random(seed)
        self.ledger = Ledger(n_submits)
        self.world = at.django("tests.bench.campaign_site", "make", "--cases", str(n_rows))
        self._phantoms("first", 0)
        self._import("first")
        self.clock = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.campaign_site", "expire"],
            env=at.environment,
            cwd=paths.ROOT,
            stdin=subprocess.PIPE,
            text=True,
        )
        self.clock_lock = threading.Lock()

    def run(self) -> dict[str, Any]:
        self._phantoms("second", N_PHANTOMS)
        with serving(self.at, *application.background()) as supervisor:
            readers = self._readers()
            importing = threading.Thread(target=self._import, args=("second",), daemon=True)
            for thread in (*readers, importing):
                thread.start()
            self._watch(supervisor, readers, importing)
            for reader in readers:
                reader.join(timeout=60)
        assert self.clock.stdin is not None
        self.clock.stdin.close()
        self.clock.wait()
        acknowledged = self.at.data / "acknowledged.json"
        ledger = self.ledger
        acknowledged.write_text(
            json.dumps({"reads": ledger.reads, "late": ledger.late, "handed": ledger.handed})
        )
        result: dict[str, Any] = self.at.django("tests.bench.campaign_site", "audit", str(acknowledged))
        return result

    def _watch(self, supervisor: Supervisor, readers: list[Reader], importing: threading.Thread) -> None:
        """Kill a serving process now and then, until all is read or time is up."""
        started = time.monotonic()
        next_kill = started + FIRST_KILL_S
        next_word = started
        while time.monotonic() - started < LONGEST_S:
            supervisor.pump()
            if time.monotonic() >= next_kill and self.ledger.with_faults:
                self._kill_one(supervisor)
                next_kill += KILL_EVERY_S
            if time.monotonic() >= next_word:
                say(f"  {len(self.ledger.reads)} reads, {dict(self.ledger.count)}")
                next_word += 20
            done = not self.ledger.with_faults and not importing.is_alive()
            if self.ledger.faults or (done and all(reader.is_done for reader in readers)):
                break
        self.ledger.note("seconds", int(time.monotonic() - started))
        self.ledger.stop.set()

    def _kill_one(self, supervisor: Supervisor) -> None:
        """A process that answers requests, not the one that starts it again."""
        victims = children_of(supervisor.pids()["web"])
        if victims:
            os.kill(self.draw.choice(victims), signal.SIGKILL)
            self.ledger.note("killed web processes")

    def _readers(self) -> list[Reader]:
        readers = []
        for number, name in enumerate(self.world["readers"]):
            browser = Browser(self.at.port)
            browser.sign_in(name, self.world["password"])
            readers.append(
                Reader(name, browser, self.ledger, self.world["findings"], self._expire, seed=number)
            )
        return readers

    def _expire(self, assignment: str) -> None:
        with self.clock_lock:
            assert self.clock.stdin is not None
            self.clock.stdin.write(f"{assignment}\n")
            self.clock.stdin.flush()

    def _phantoms(self, name: str, first: int) -> None:
        numbers = ("--count", str(N_PHANTOMS), "--first", str(first), "--seed", "3", "--size", "128")
        command = [sys.executable, "-m", "workers.phantoms", *numbers, "--out", str(self._folder(name))]
        subprocess.run(command, cwd=paths.ROOT, env=self.at.environment, check=True)

    def _import(self, name: str) -> None:
        folder = self._folder(name)
        self.at.manage(
            "import_images", str(folder), "--project", "bench", "--labels", str(folder / "truth.csv")
        )

    def _folder(self, name: str) -> Path:
        return self.at.data / f"phantoms-{name}"


def bench(databases: list[str], n_submits: int, n_rows: int) -> list[Row]:
    say(machine())
    rows = []
    for database in databases:
        with site(postgres=database == "postgres") as at:
            campaign = Campaign(at, n_submits, n_rows, seed=7)
            found = campaign.run()
            if campaign.ledger.count["5xx"]:
                say((paths.log_dir(at.data) / "web.log").read_text()[-6000:])
            rows += _rows(database, campaign.ledger, found)
    return rows


def _rows(database: str, ledger: Ledger, found: dict[str, Any]) -> list[Row]:
    count = ledger.count
    for fault in ledger.faults[:5]:
        say(f"  fault: {fault}")
    zero = ("double_assignments", "lost_submits", "doubled_submits", "starved_cases")
    rows = [exactly(f"campaign, {database}: {name.replace('_', ' ')}", found[name]) for name in zero]
    rows += [
        exactly(f"campaign, {database}: answers of 5xx", count["5xx"]),
        exactly(f"campaign, {database}: answers that nobody expected", len(ledger.faults)),
    ]
    n = len(ledger.reads) + len(ledger.late)
    happened = {
        f"{n} submits": n >= ledger.target,
        f"{count['killed web processes']} web processes killed": count["killed web processes"] > 0,
        f"{count['repeated requests']} requests doubled": count["repeated requests"] > 0,
        f"{count['skips']} skips": count["skips"] > 0,
        f"{count['abandoned leases']} abandoned leases": count["abandoned leases"] > 0,
        f"{found['imported']} files imported": found["imported"] > N_PHANTOMS,
        f"{found['models']} models trained": found["models"] > 0,
        f"{found['rankings']} rankings published": found["rankings"] > 0,
    }
    rows.append(
        Row(
            f"campaign, {database}: what happened",
            ", ".join(happened),
            "each at least once",
            all(happened.values()),
        )
    )
    rest = {name: found[name] for name in ("cases", "unread_cases", "states", "late_reads", "failed_jobs")}
    rows.append(figure(f"campaign, {database}: rest", f"{count['seconds']} s, {rest}"))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--submits", type=int, default=N_SUBMITS)
    parser.add_argument("--rows", type=int, default=N_ROWS, help="cases without pixels")
    arguments = parser.parse_args()
    databases = arguments.database or ["sqlite", "postgres"]
    return run(lambda: bench(databases, arguments.submits, arguments.rows))


if __name__ == "__main__":
    sys.exit(main())
