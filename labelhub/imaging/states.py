"""What may happen to an import: (state, event) -> state."""

from __future__ import annotations

from labelhub.imaging.models import ImportBatch

S = ImportBatch.State

IMPORT: dict[tuple[str, str], str] = {
    (S.RECEIVING, "add"): S.RECEIVING,
    (S.ASKING, "relabel"): S.ASKING,
    (S.RECEIVING, "finish"): S.QUEUED,
    (S.QUEUED, "run"): S.RUNNING,
    (S.RUNNING, "run"): S.RUNNING,
    (S.RUNNING, "ask"): S.ASKING,
    (S.RUNNING, "done"): S.DONE,
    (S.ASKING, "finish"): S.QUEUED,
    (S.RECEIVING, "abandon"): S.FAILED,
    (S.ASKING, "abandon"): S.FAILED,
    (S.QUEUED, "fail"): S.FAILED,
    (S.RUNNING, "fail"): S.FAILED,
    (S.FAILED, "finish"): S.QUEUED,
}

EVENTS = sorted({event for _, event in IMPORT})
