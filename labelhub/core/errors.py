"""Typed errors: a stable code, a sentence that says what to do, an HTTP status and structured details."""

from __future__ import annotations

from typing import Any, ClassVar


class LabelHubError(Exception):
    """Base of every error a person may see. `code` is stable; `message` says what to do."""

    status: ClassVar[int] = 400
    code: str = "error"

    def __init__(self, message: str, *, code: str | None = None, details: dict[str, Any] | None = None):
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details = details or {}


class Malformed(LabelHubError):
    status = 400
    code = "malformed"


class NotAllowed(LabelHubError):
    """Known to the person, but not permitted."""

    status = 403
    code = "not_allowed"


class StaleToken(LabelHubError):
    """The CSRF token is missing or of another session: ask `GET /session/` for a new one."""

    status = 403
    code = "csrf_failed"


class NotFound(LabelHubError):
    """Absent or invisible: the two look the same."""

    status = 404
    code = "not_found"

    def __init__(self, message: str = "There is nothing here that you may see.", **kwargs: Any):
        super().__init__(message, **kwargs)


class Conflict(LabelHubError):
    status = 409
    code = "conflict"


class InvalidTransition(Conflict):
    """The state machine does not allow this event now."""

    code = "invalid_transition"


class StaleVersion(LabelHubError):
    status = 412
    code = "stale_version"


class VersionRequired(LabelHubError):
    status = 428
    code = "version_required"


class InvalidContent(LabelHubError):
    status = 422
    code = "invalid_content"


class TooLarge(LabelHubError):
    status = 413
    code = "too_large"


class Busy(LabelHubError):
    """Another request is at work on the same thing."""

    status = 423
    code = "busy"


class ChecksumMismatch(LabelHubError):
    """What arrived is not what was sent (tus 1.0.0, checksum extension)."""

    status = 460
    code = "checksum_mismatch"


class LostLease(LabelHubError):
    """A worker's attempt number is no longer the job's: it must stop and write nothing."""

    status = 409
    code = "lost_lease"


class Retryable(LabelHubError):
    """The attempt failed for a reason that may pass (a dead child, a full disk): try again, up to the cap."""

    status = 503
    code = "retryable"


class JobCancelled(LabelHubError):
    """A person asked the running job to stop, and it has."""

    status = 409
    code = "job_cancelled"
