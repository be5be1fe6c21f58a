"""One of the campaign's readers: claims and submits, repeats, skips, walks away, and never gives up a request."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.browser import Answer, Browser, Unanswered, new_id

REPEATED, SKIPPED, ABANDONED = 0.10, 0.05, 0.05
IDLE_S = 1.0
# Spreads the campaign over minutes, so that trainings, rankings and kills fall into it on a fast machine too.
THINK_S = 1.0


@dataclass
class Ledger:
    """What the server acknowledged, shared by all readers."""

    target: int
    reads: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    handed: dict[str, list[str]] = field(default_factory=dict)
    count: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def with_faults(self) -> bool:
        """Until the target is met; the rest of the cases is then read without skips and abandoned leases."""
        return len(self.reads) + len(self.late) < self.target

    def note(self, what: str, n: int = 1) -> None:
        with self.lock:
            self.count[what] += n

    def fault(self, text: str) -> None:
        with self.lock:
            self.faults.append(text)


class Reader(threading.Thread):
    def __init__(
        self,
        name: str,
        browser: Browser,
        ledger: Ledger,
        findings: list[str],
        expire: Callable[[str], None],
        seed: int,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.browser, self.ledger, self.findings, self.expire = browser, ledger, findings, expire
        self.twin = Browser(browser.port, cookies=browser.cookies)
        self.draw = random.Random(seed)
        self.is_done = False

    def run(self) -> None:
        try:
            while not self.ledger.stop.is_set():
                self.is_done = not self.read_one()
                if self.is_done:
                    time.sleep(IDLE_S)  # an abandoned lease or an import may still bring something
        except Exception as error:  # noqa: BLE001  (a thread's edge: the report names it)
            self.ledger.fault(f"{self.name}: {type(error).__name__}: {error}")

    def read_one(self) -> bool:
        """False: nothing to read now."""
        assignment = self.claim()
        if assignment is None:
            return False
        if self.ledger.with_faults:
            time.sleep(self.draw.uniform(0, 2 * THINK_S))
        chance = self.draw.random() if self.ledger.with_faults else 1.0
        if chance < SKIPPED:
            self.ask("POST", f"assignments/{assignment}/skip/", {"reason": "other"}, expect=(204,))
            self.ledger.note("skips")
        elif chance < SKIPPED + ABANDONED:
            self.abandon(assignment)
        else:
            self.submit(assignment)
        return True

    def claim(self) -> str | None:
        headers = {"Idempotency-Key": new_id()}
        answer = self.ask("POST", "projects/bench/worklist/next/", {"ahead": False}, headers=headers)
        given = answer.body["assignment"]
        if given is None:
            return None
        with self.ledger.lock:
            self.ledger.handed.setdefault(given["id"], []).append(self.name)
            self.ledger.count["claims"] += 1
        return str(given["id"])

    def abandon(self, assignment: str) -> None:
        """Walk away until the lease is over; half of the readers come back and submit what they had."""
        self.ledger.note("abandoned leases")
        self.expire(assignment)
        while not self.ledger.stop.is_set():
            state = self.ask("GET", f"assignments/{assignment}/").body["assignment"]["state"]
            if state != "open":
                break
            time.sleep(IDLE_S)
        else:
            return
        if self.draw.random() < 0.5:
            self.submit(assignment)

    def submit(self, assignment: str) -> None:
        answers = {
            code: {"value": self.draw.choice(["present", "absent"]), "by_rest": False}
            for code in self.findings
        }
        document = {"answers": answers, "annotations": [], "comment": "", "not_readable": False}
        body = {"client_uuid": new_id(), "document": document, "active_ms": 5000, "display_state": {}}
        answer = self.ask("POST", f"assignments/{assignment}/submit/", body)
        with self.ledger.lock:
            (self.ledger.late if answer.body["late"] else self.ledger.reads).append(body["client_uuid"])

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Any = None,
        expect: tuple[int, ...] = (200,),
    ) -> Answer:
        """Ask until there is an answer; a tenth of the requests are sent twice at once."""
        twice = method == "POST" and self.draw.random() < REPEATED
        second: list[Answer] = []
        if twice:
            self.ledger.note("repeated requests")
            twin = threading.Thread(
                target=lambda: second.append(self._until_answered(self.twin, method, path, body, headers))
            )
            twin.start()
        answer = self._until_answered(self.browser, method, path, body, headers)
        if twice:
            twin.join()
            if second and (second[0].status, _identity(second[0])) != (answer.status, _identity(answer)):
                self.ledger.fault(f"{method} {path}: two answers, {answer} and {second[0]}")
        if answer.status not in expect:
            self.ledger.fault(f"{method} {path}: {answer.status} {answer.body}")
            raise RuntimeError("an answer that nobody expected")
        return answer

    def _until_answered(self, browser: Browser, method: str, path: str, body: Any, headers: Any) -> Answer:
        while True:
            try:
                answer = browser.call(method, path, body, headers=headers)
            except Unanswered:
                self.ledger.note("broken connections")
                if self.ledger.stop.is_set():
                    raise
                time.sleep(0.1)
                continue
            if answer.status >= 500:
                self.ledger.note("5xx")
            return answer


def _identity(answer: Answer) -> Any:
    """What two answers to one request must share: the assignment, or the read."""
    if not isinstance(answer.body, dict):
        return answer.body
    part = answer.body.get("assignment") or answer.body.get("read") or {}
    return part.get("id"), answer.body.get("late")
