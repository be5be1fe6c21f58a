"""A manager who keeps the dashboard open: her browser asks again and again, beside the readers.

Her clock and theirs are not in step. A page that first asks when the readers begin would ask, every fifteen seconds,
just as one of those who finish a case every ten seconds asks too: every poll would be beside a claim. And she is a
process of her own, as her browser is: among the readers' threads an answer would wait for whoever of them computes.
"""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from tests.bench.browser import Browser

# As the page does (frontend/src/api/dashboard.ts).
EVERY_S = 15.0
MOMENTS = random.Random(5)  # noqa: S311  (the same moments in every run)


@contextlib.contextmanager
def dashboard_open(manager: Browser, slug: str, every_s: float = EVERY_S) -> Iterator[list[float]]:
    """Poll from some moment of the first interval until the block ends.

    Yields a list that holds, after the block, the seconds that each poll took.
    """
    taken: list[float] = []
    argv = [sys.executable, "-m", "tests.bench.watching"]
    polling = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert polling.stdin is not None
    first_s = MOMENTS.uniform(0.0, every_s)
    print(json.dumps([manager.port, manager.cookies, slug, first_s, every_s]), file=polling.stdin, flush=True)
    try:
        yield taken
    finally:
        told, _ = polling.communicate()
    if polling.returncode:
        raise RuntimeError("A poll of the dashboard failed: see above.")
    taken += map(float, told.split())


def main() -> None:
    """Poll until standard input ends; the seconds of each on standard output."""
    port, cookies, slug, first_s, every_s = json.loads(sys.stdin.readline())
    manager, closed = Browser(port, cookies), threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), closed.set()), daemon=True).start()
    # As her page did when it was opened: a client's first request also loads what all others use.
    manager.call("GET", "session/")
    manager.close()
    closed.wait(first_s)
    while not closed.is_set():
        started = time.perf_counter()
        answer = manager.call("GET", f"projects/{slug}/dashboard/")
        print(time.perf_counter() - started, flush=True)
        if answer.status != 200:
            raise RuntimeError(f"The dashboard answers {answer.status}: {answer.body}")
        manager.close()  # the server hangs up on a connection that is silent for as long
        closed.wait(every_s)


if __name__ == "__main__":
    main()
