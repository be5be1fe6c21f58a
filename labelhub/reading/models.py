"""Rounds, the worklist's rows, assignments, drafts, reads with their answers and marks, flags and late reads."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel
from labelhub.imaging.models import Case, CaseVersion, Instance
from labelhub.projects.models import LabelSchema, Project, ReadingProtocol


class Round(UUIDModel):
    """One cycle of reading in a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField(default=1)
    n_begun = models.BigIntegerField(default=0, help_text="Counter behind CaseRound.begun_seq.")
    n_eval_begun = models.BigIntegerField(default=0, help_text="Validation and test cases begun.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="round_once")]


class CaseRound(UUIDModel):
    """The slots of one case in one round: the row whose conditional update decides who reads it."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="case_rounds")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_rounds")
    split = models.CharField(max_length=12)
    order_key = models.BigIntegerField(help_text="Seeded random order (Case.random_key).")
    n_needed = models.PositiveSmallIntegerField()
    n_open = models.PositiveSmallIntegerField(help_text="Slots that nobody holds or has filled.")
    n_submitted = models.PositiveSmallIntegerField(default=0)
    begun_seq = models.BigIntegerField(
        null=True, help_text="Order in which cases were begun; null = not begun."
    )
    closed_at = models.DateTimeField(
        null=True, help_text="All reads are in and every finding has its consensus."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "case"], name="case_round_once"),
            models.CheckConstraint(condition=Q(n_open__lte=models.F("n_needed")), name="case_round_open"),
        ]
        indexes = [
            models.Index(
                fields=["round", "begun_seq"],
                condition=Q(n_open__gt=0, begun_seq__isnull=False),
                name="begun_open",
            ),
            models.Index(
                fields=["round", "split", "order_key"], condition=Q(begun_seq__isnull=True), name="not_begun"
            ),
            models.Index(
                fields=["round", "closed_at"],
                condition=Q(split="pool", closed_at__isnull=False),
                name="closed_pool",
            ),
        ]


class Queue(UUIDModel):
    """A disposable projection of one ranking: the order in which pool cases that are not begun are offered."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="queues")
    round = models.ForeignKey(Round, on_delete=models.CASCADE)
    n_entries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    is_complete = models.BooleanField(default=False)


class QueueEntry(models.Model):
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField()
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    is_open = models.BooleanField(default=True, help_text="The case is not begun.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "position"], name="queue_position_once")]
        indexes = [models.Index(fields=["queue", "position"], condition=Q(is_open=True), name="queue_open")]


class WorklistState(models.Model):
    """The project's pointer to the queue in force: switched by one UPDATE."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, primary_key=True, related_name="worklist"
    )
    round = models.ForeignKey(Round, on_delete=models.PROTECT)
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True)


class ReopenedSlot(models.Model):
    """A slot that was given back: looked at before everything else that is new."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE)
    case_round = models.OneToOneField(CaseRound, on_delete=models.CASCADE, related_name="reopened")


class ReaderCursor(models.Model):
    """How far one reader has passed along the begun cases, so that a claim never walks what she has seen."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    reopened_id = models.BigIntegerField(default=0)
    begun_seq = models.BigIntegerField(default=0)
    n_offered = models.PositiveIntegerField(
        default=0, help_text="Assignments so far: position in her own order."
    )
    n_new = models.PositiveIntegerField(default=0, help_text="New cases begun by her: counts the interleave.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "reader"], name="reader_cursor_once")]


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
        REOPENED = "reopened"
        BEGUN = "begun"
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


class Read(UUIDModel):
    """One reader's complete answer on one case. Insert-only; an amendment is a new version with a reason.

    The primary key is the client's UUID, which makes a repeated submit harmless.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="reads")
    version = models.PositiveIntegerField()
    case_version = models.ForeignKey(CaseVersion, on_delete=models.PROTECT)
    schema = models.ForeignKey(LabelSchema, on_delete=models.PROTECT)
    protocol = models.ForeignKey(ReadingProtocol, on_delete=models.PROTECT)
    document_sha256 = models.CharField(max_length=64)
    comment = models.TextField(blank=True)
    is_not_readable = models.BooleanField(default=False)
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why it was amended; 'slip' within 10 minutes."
    )
    submitted_at = models.DateTimeField()
    active_ms = models.PositiveIntegerField(
        default=0, help_text="Active reading time in milliseconds, by the client."
    )
    display_state = models.JSONField(default=dict)
    context_shown = models.JSONField(default=list)
    ai_visible = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "version"], name="read_version_once"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="read_amendment_has_reason"),
        ]


class ReadAnswer(models.Model):
    """One finding of one read. A finding that was not asked has no row: missing, never absent."""

    class Value(models.TextChoices):
        PRESENT = "present"
        ABSENT = "absent"
        UNCERTAIN = "uncertain"

    read = models.ForeignKey(Read, on_delete=models.PROTECT, related_name="answers")
    finding = models.CharField(max_length=64)
    value = models.CharField(max_length=12, choices=Value.choices)
    by_rest = models.BooleanField(default=False, help_text="Answered by 'all the rest absent'.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["read", "finding"], name="read_answer_once")]


class Annotation(UUIDModel):
    """One mark of a read: either in the image space of one instance and frame, or in patient space (LPS, mm).

    Image space: x = column, y = row, origin at the outer corner of the top-left pixel, whose centre is
    (0.5, 0.5) (DICOM PS3.3 C.18.6.1.1).
    """

    class Kind(models.TextChoices):
        BOX = "box"

    class Space(models.TextChoices):
        IMAGE = "image"
        PATIENT = "patient"

    read = models.ForeignKey(Read, on_delete=models.PROTECT, related_name="annotations")
    client_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    finding = models.CharField(max_length=64)
    region_class = models.CharField(max_length=64, blank=True)
    space = models.CharField(max_length=8, choices=Space.choices)
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, null=True)
    frame = models.PositiveIntegerField(null=True)
    frame_of_reference_uid = models.CharField(max_length=64, blank=True)
    geometry = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(space="image", instance__isnull=False, frame__isnull=False, frame_of_reference_uid="")
                    | (
                        Q(space="patient", instance__isnull=True, frame__isnull=True)
                        & ~Q(frame_of_reference_uid="")
                    )
                ),
                name="annotation_one_space",
            ),
            models.UniqueConstraint(fields=["read", "client_id"], name="annotation_once"),
        ]


class LateRead(UUIDModel):
    """Work that arrived after its slot was given away: kept, outside the count. Insert-only."""

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="late_read")
    document = models.JSONField()
    document_sha256 = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    active_ms = models.PositiveIntegerField(default=0)
    display_state = models.JSONField(default=dict)


class LateReadDecision(models.Model):
    """The manager took a late read into the count."""

    late_read = models.OneToOneField(
        LateRead, on_delete=models.PROTECT, primary_key=True, related_name="decision"
    )
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    accepted_at = models.DateTimeField(auto_now_add=True)


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
