"""The models of reading, by subject."""

from labelhub.reading.models.assignments import Assignment, Flag, FlagSeen, FlagWithdrawn, ReadDraft
from labelhub.reading.models.reads import Annotation, LateRead, LateReadDecision, Read, ReadAnswer
from labelhub.reading.models.seen import CaseSeen, RoundSeen, Seen
from labelhub.reading.models.worklist import (
    Action,
    CaseRound,
    Queue,
    QueueEntry,
    ReaderCursor,
    ReopenedSlot,
    Round,
    WorklistState,
)

__all__ = [
    "Action",
    "Annotation",
    "Assignment",
    "CaseRound",
    "CaseSeen",
    "Flag",
    "FlagSeen",
    "FlagWithdrawn",
    "LateRead",
    "LateReadDecision",
    "Queue",
    "QueueEntry",
    "Read",
    "ReadAnswer",
    "ReadDraft",
    "ReaderCursor",
    "ReopenedSlot",
    "Round",
    "RoundSeen",
    "Seen",
    "WorklistState",
]
