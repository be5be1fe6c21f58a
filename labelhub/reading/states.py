"""What may happen to an assignment: (state, event) -> state."""

from __future__ import annotations

from labelhub.reading.models import Assignment

S = Assignment.State

ASSIGNMENT: dict[tuple[str, str], str] = {
    (S.RESERVED, "open"): S.OPEN,
    (S.OPEN, "open"): S.OPEN,
    (S.RETURNED, "resume"): S.RETURNED,
    (S.OPEN, "submit"): S.SUBMITTED,
    (S.RETURNED, "submit"): S.SUBMITTED,
    (S.SUBMITTED, "amend"): S.SUBMITTED,
    (S.SUBMITTED, "return"): S.RETURNED,
    (S.RETURNED, "return"): S.RETURNED,
    (S.RETURNED, "recall"): S.SUBMITTED,
    (S.RESERVED, "skip"): S.SKIPPED,
    (S.OPEN, "skip"): S.SKIPPED,
    (S.OPEN, "release"): S.RELEASED,
    (S.OPEN, "expire"): S.EXPIRED,
    (S.EXPIRED, "revive"): S.OPEN,
    (S.RELEASED, "revive"): S.OPEN,
    (S.SKIPPED, "unskip"): S.OPEN,
    (S.EXPIRED, "accept_late"): S.SUBMITTED,
    (S.RELEASED, "accept_late"): S.SUBMITTED,
}

EVENTS = sorted({event for _, event in ASSIGNMENT})
EDITABLE = (S.OPEN, S.RETURNED)
LOST = (S.EXPIRED, S.RELEASED)
