"""What may happen to an adjudication: (state, event) -> state."""

from __future__ import annotations

from labelhub.consensus.models import Adjudication

S = Adjudication.State

ADJUDICATION: dict[tuple[str, str], str] = {
    (S.OPEN, "claim"): S.CLAIMED,
    (S.CLAIMED, "decide"): S.DECIDED,
    (S.DECIDED, "correct"): S.DECIDED,
    (S.CLAIMED, "release"): S.OPEN,
    (S.CLAIMED, "expire"): S.OPEN,
    (S.CLAIMED, "return"): S.WAITING,
    (S.CLAIMED, "resolve"): S.RESOLVED,
    (S.OPEN, "resolve"): S.RESOLVED,
    (S.WAITING, "resolve"): S.RESOLVED,
    (S.WAITING, "reopen"): S.OPEN,
    (S.WAITING, "recall"): S.OPEN,
    (S.RESOLVED, "reopen"): S.OPEN,
    (S.DECIDED, "reopen"): S.OPEN,
}

EVENTS = sorted({event for _, event in ADJUDICATION})
