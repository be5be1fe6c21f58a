"""The clock: one message every few seconds. What is due is found by `labelhub.workflows.run_tick`, from rows."""

from __future__ import annotations

from labelhub.core.dispatch import CLOCK, TICK

TICK_EVERY_S = 5.0

BEAT_SCHEDULE = {
    "tick": {
        "task": TICK,
        "schedule": TICK_EVERY_S,
        # Ticks that waited for a worker are not replayed.
        "options": {"queue": CLOCK, "expires": 3 * TICK_EVERY_S},
    }
}
