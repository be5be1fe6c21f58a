"""A manager who keeps the dashboard open: her browser asks again and again, beside the readers.

Her clock and theirs are not in step. A page that first asks when the readers begin would ask, every fifteen seconds,
just as one of those who finish a case every ten seconds asks too: every poll would be beside a claim.
"""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator

from tests.bench.browser import Browser

# As the page does (frontend/src/api/dashboard.ts).
EVERY_S = 15.0
CALL = "dashboard"
MOMENTS = random.Random(5)  # noqa: S311  (the same moments in every run)


@contextlib.contextmanager
def dashboard_open(manager: Browser, slug: str, every_s: float = EVERY_S) -> Iterator[list[float]]:
    """Poll from some moment of the first interval until the block ends.

    Yields the seconds that each poll took, as they come.
    """
    taken: list[float] = []
    manager.timings[CALL] = taken
    closed, errors = threading.Event(), []

    def poll() -> None:
        closed.wait(MOMENTS.uniform(0.0, every_s))
        while not closed.is_set():
            try:
                answer = manager.call("GET", f"projects/{slug}/dashboard/", name=CALL)
                if answer.status != 200:
                    raise RuntimeError(f"The dashboard answers {answer.status}: {answer.body}")
            except Exception as error:  # noqa: BLE001  (raised by the block's thread)
                errors.append(error)
                return
            manager.close()  # the server hangs up on a connection that is silent for as long
            closed.wait(every_s)

    thread = threading.Thread(target=poll, daemon=True)
    thread.start()
    try:
        yield taken
    finally:
        closed.set()
        thread.join()
    if errors:
        raise errors[0]
