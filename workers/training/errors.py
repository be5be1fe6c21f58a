"""Typed failures of the training and ranking children, each with the exit code its parent decides by."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a child ended. The parent retries only what can succeed a second time (docs/learning.md has the table)."""

    DONE = 0
    INVALID_INPUT = 64
    DATA = 65
    INTERNAL = 70
    OUT_OF_MEMORY = 71
    IO = 74
    STOPPED = 75
    ORPHANED = 76
    DIVERGED = 77


class LearningError(Exception):
    """A failure with a stable code and a sentence that says what to do."""

    exit_code = ExitCode.INTERNAL

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class InvalidInput(LearningError):
    """The job's own files are wrong; trying again changes nothing."""

    exit_code = ExitCode.INVALID_INPUT


class DataError(LearningError):
    """An image or the labels cannot be used."""

    exit_code = ExitCode.DATA


class Diverged(LearningError):
    """The loss or the scores stopped being numbers."""

    exit_code = ExitCode.DIVERGED


class Stopped(LearningError):
    """SIGTERM arrived; the work can be resumed."""

    exit_code = ExitCode.STOPPED

    def __init__(self) -> None:
        super().__init__(
            "stopped", "Stopped on request; start the job again to resume from the last checkpoint."
        )
