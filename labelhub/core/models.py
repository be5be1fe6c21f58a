"""Audit events with their seals, and jobs: the rows that every other app may rely on."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class UUIDModel(models.Model):
    """Primary key is a random UUID4, so that an id tells a blinded reader nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class AuditEvent(models.Model):
    """One change, or one opening of a case. Insert-only (trigger). Holds ids, never patient data."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True, help_text="User who acted; null for the system.")
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    project_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["project_id", "id"], name="audit_project"),
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
        ]


class AuditSeal(models.Model):
    """One link of the hash chain over audit events. Insert-only (trigger)."""

    seq = models.BigIntegerField(primary_key=True, help_text="1, 2, 3 ... without a gap.")
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="seal")
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of the previous link's hash and this event.")


class SealMark(models.Model):
    """One row: every event up to this one is sealed, and no event can still appear before it."""

    event_id = models.BigIntegerField(default=0)


class Job(UUIDModel):
    """A piece of background work. This row is the truth; a Celery message is only a doorbell."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    ACTIVE = (State.QUEUED, State.RUNNING)

    kind = models.CharField(max_length=32)
    project_id = models.UUIDField(null=True)
    dedupe_key = models.CharField(max_length=128, help_text="At most one active job has this key.")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveIntegerField(
        default=0, help_text="Fencing token: every write of a worker names it."
    )
    max_attempts = models.PositiveIntegerField(default=3)
    lease_owner = models.CharField(max_length=128, blank=True)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True, help_text="When the doorbell was last rung.")
    progress = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error_code = models.CharField(max_length=64, blank=True)
    error_message = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    asked_again = models.BooleanField(
        default=False,
        help_text="Asked for once more since it was claimed: another follows when it has succeeded.",
    )
    created_by_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"], condition=Q(state__in=["queued", "running"]), name="job_one_active"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="job_running_has_lease"
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"], condition=Q(state__in=["queued", "running"]), name="job_active"
            ),
            models.Index(fields=["project_id", "kind", "created_at"], name="job_project"),
            models.Index(fields=["project_id", "created_at"], name="job_newest"),
            models.Index(fields=["dedupe_key", "created_at"], name="job_same"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="job_finished"),
            models.Index(fields=["kind"], condition=Q(state="failed"), name="job_failed"),
        ]


class ScheduledRun(models.Model):
    """What the tick has already started: unique by name and due time, so that two beats start one run."""

    name = models.CharField(max_length=128)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "due_at"], name="scheduled_run_once")]
