"""Who reads what: assignments, the draft of each, and what a reader flags."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel
from labelhub.imaging.models import Case, CaseVersion
from labelhub.projects.models import LabelSchema, ReadingProtocol
from labelhub.reading.models.worklist import Queue, Round


class Assignment(UUIDModel):
    """One case given to one reader in one round."""

    class State(models.TextChoices):
        RESERVED = "reserved"
        OPEN = "open"
        SUBMITTED = "submitted"
        RETURNED = "returned", "sent back to the reader"
        SKIPPED = "skipped"
        EXPIRED = "expired"
        RELEASED = "released"

    class Rule(models.TextChoices):
        RETURNED = "returned"
        ASSIGNED = "assigned", "chosen for the reader by the data manager"
        REOPENED = "reopened"
        BEGUN = "begun"
        READ_FIRST = "read_first", "put first by a manager"
        EVALUATION = "evaluation"
        RANKING = "ranking"
        RANDOM = "random"
        IMPORTED = "imported", "read that came with the data"
        OWN_STUDY = "own_study", "the reader's own study, in the demonstration"

    HOLDS_SLOT = (State.RESERVED, State.OPEN, State.SUBMITTED, State.RETURNED)

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assignments")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    case_version = models.ForeignKey(CaseVersion, on_delete=models.PROTECT)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=12, choices=State.choices)
    rule = models.CharField(
        max_length=12, choices=Rule.choices, help_text="Which rule of the worklist offered it."
    )
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True)
    queue_position = models.PositiveIntegerField(null=True)
    reader_position = models.PositiveIntegerField(help_text="1, 2, 3 ... in this reader's own order.")
    schema = models.ForeignKey(
        LabelSchema, on_delete=models.PROTECT, null=True, help_text="In force when the case was first opened."
    )
    protocol = models.ForeignKey(
        ReadingProtocol, on_delete=models.PROTECT, null=True, help_text="As `schema`."
    )
    claim_key = models.UUIDField(help_text="The client's Idempotency-Key.")
    lease_until = models.DateTimeField(null=True)
    reserved_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    skip_reason = models.CharField(max_length=32, blank=True)
    skip_text = models.CharField(max_length=500, blank=True)
    return_note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "case", "reader"], name="assignment_once"),
            models.UniqueConstraint(fields=["reader", "claim_key"], name="assignment_claim_key"),
            models.CheckConstraint(
                condition=~Q(state__in=["reserved", "open"]) | Q(lease_until__isnull=False),
                name="assignment_lease",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(schema__isnull=False, protocol__isnull=False),
                name="assignment_opened_under",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"], condition=Q(state__in=["reserved", "open"]), name="assignment_active"
            ),
            models.Index(fields=["round", "reader", "state"], name="assignment_mine"),
            models.Index(fields=["round", "reader", "-submitted_at"], name="assignment_submitted"),
        ]


class ReadDraft(models.Model):
    """The reader's unfinished work: mutable, versioned, saved at every edit."""

    assignment = models.OneToOneField(
        Assignment, on_delete=models.CASCADE, primary_key=True, related_name="draft"
    )
    version = models.PositiveIntegerField(default=0)
    document = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)


class Flag(UUIDModel):
    """'Not readable' or 'urgent or unexpected finding': tells the manager at once. Insert-only."""

    class Kind(models.TextChoices):
        NOT_READABLE = "not_readable"
        URGENT = "urgent"

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    text = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class FlagSeen(models.Model):
    flag = models.OneToOneField(Flag, on_delete=models.PROTECT, primary_key=True, related_name="seen")
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    seen_at = models.DateTimeField(auto_now_add=True)


class FlagWithdrawn(models.Model):
    """The reader took her flag back. Insert-only, as the flag is: what the manager may have seen stays on record."""

    flag = models.OneToOneField(Flag, on_delete=models.PROTECT, primary_key=True, related_name="withdrawn")
    withdrawn_at = models.DateTimeField(auto_now_add=True)
