"""What is to be read: rounds, the slots of their cases, the queue, and how far each reader has come."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel
from labelhub.imaging.models import Case
from labelhub.projects.models import LabelSchema, Project, ReadingProtocol


class Round(UUIDModel):
    """One cycle of reading in a project: which findings are asked, of whom, how often and what for.

    All slots of a round are alike; who may take them (a reader's cursor is her ticket when not `for_all`), from
    when on, and for what is said here once, and a case's row counts them (docs/decisions/0051-slots.md).
    """

    class Purpose(models.TextChoices):
        LABELS = "labels", "labels: feeds consensus and training"
        READER_STUDY = "reader_study", "reader study: agreement only"
        CALIBRATION = "calibration", "calibration of readers: agreement only"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField(default=1)
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.LABELS)
    findings = models.JSONField(
        null=True, help_text="Codes of the findings that are asked; null = all of the schema."
    )
    readers_per_case = models.PositiveSmallIntegerField(null=True, help_text="Null = as the protocol says.")
    for_all = models.BooleanField(
        default=True, help_text="Every reader of the project; else those who have a cursor in it."
    )
    not_before = models.DateTimeField(null=True, help_text="No slot is given out earlier.")
    filled_at = models.DateTimeField(null=True, help_text="All its cases are in it (further rounds).")
    closed_at = models.DateTimeField(null=True, help_text="No slot is given out any more.")
    n_begun = models.BigIntegerField(default=0, help_text="Counter behind CaseRound.begun_seq.")
    n_eval_begun = models.BigIntegerField(default=0, help_text="Validation and test cases begun.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="round_once"),
            models.CheckConstraint(
                condition=Q(readers_per_case__isnull=True)
                | Q(readers_per_case__gte=1, readers_per_case__lte=20),
                name="round_readers",
            ),
        ]

    @property
    def is_standing(self) -> bool:
        """The first round of a project: imported cases come into it, and rankings order it."""
        return self.number == 1

    def gives_out(self, now: datetime) -> bool:
        """Whether its slots may be taken now."""
        return self.closed_at is None and (self.not_before is None or self.not_before <= now)


class CaseRound(UUIDModel):
    """The slots of one case in one round: the row whose conditional update decides who reads it.

    Lists of cases go by it, too: how far a case has come says its newest round of labels, whose row is `listed_in` its
    project. A calibration or a reader study lists none.
    """

    class State(models.TextChoices):
        NOT_BEGUN = "not_begun"
        BEGUN = "begun"
        COMPLETE = "complete", "all reads in, a decision outstanding"
        CLOSED = "closed"

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="case_rounds")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_rounds")
    split = models.CharField(max_length=12)
    order_key = models.BigIntegerField(help_text="Seeded random order (Case.random_key).")
    n_needed = models.PositiveSmallIntegerField()
    n_extra = models.PositiveSmallIntegerField(
        default=0,
        help_text="Of n_needed, how many more than the protocol asks, since a read says 'not readable'.",
    )
    n_open = models.PositiveSmallIntegerField(help_text="Slots that nobody holds or has filled.")
    n_submitted = models.PositiveSmallIntegerField(default=0)
    read_first = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A manager has put it before the ranking, until it is begun (pool cases of the standing round).",
    )
    begun_seq = models.BigIntegerField(
        null=True, help_text="Order in which cases were begun; null = not begun."
    )
    closed_at = models.DateTimeField(
        null=True, help_text="All reads are in and every finding has its consensus."
    )
    settled_schema = models.ForeignKey(
        LabelSchema,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="In force when the case's last read came in, or when it was settled anew; null = never settled.",
    )
    settled_protocol = models.ForeignKey(
        ReadingProtocol,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="As `settled_schema`.",
    )
    listed_in = models.ForeignKey(
        Project,
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="+",
        help_text="Set in the row by which its case is listed; null in those of other rounds.",
    )
    case_number = models.PositiveIntegerField(help_text="So that a list in its order is one index range.")
    newest_read_at = models.DateTimeField(
        null=True, help_text="When its newest read came in; a correction does not move it."
    )
    n_discordant = models.PositiveSmallIntegerField(
        default=0, help_text="Findings on which its reads differ, decided or not."
    )
    is_flagged = models.BooleanField(
        default=False, help_text="In a listed row: a reader has flagged the case, and not taken that back."
    )
    state = models.GeneratedField(
        expression=models.Case(
            models.When(closed_at__isnull=False, then=models.Value(State.CLOSED)),
            models.When(begun_seq__isnull=True, then=models.Value(State.NOT_BEGUN)),
            models.When(n_submitted__gte=models.F("n_needed"), then=models.Value(State.COMPLETE)),
            default=models.Value(State.BEGUN),
        ),
        output_field=models.CharField(max_length=12, choices=State.choices),
        db_persist=True,
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
                fields=["round", "order_key"],
                condition=Q(read_first=True, begun_seq__isnull=True),
                name="put_first",
            ),
            models.Index(
                fields=["round", "closed_at"],
                condition=Q(split="pool", closed_at__isnull=False),
                name="closed_pool",
            ),
            models.Index(
                fields=["listed_in", "state", "case_number"],
                condition=Q(listed_in__isnull=False),
                name="listed_by_state",
            ),
            models.Index(
                fields=["listed_in", "newest_read_at", "case_number"],
                condition=Q(listed_in__isnull=False, newest_read_at__isnull=False),
                name="listed_by_read",
            ),
            models.Index(
                fields=["listed_in", "n_discordant", "case_number"],
                condition=Q(listed_in__isnull=False, n_discordant__gt=0),
                name="listed_by_discordance",
            ),
            models.Index(
                fields=["listed_in", "case_number"],
                condition=Q(listed_in__isnull=False, is_flagged=True),
                name="listed_flagged",
            ),
        ]


class Queue(UUIDModel):
    """A disposable projection of one ranking: the order in which pool cases that are not begun are offered."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="queues")
    round = models.ForeignKey(Round, on_delete=models.CASCADE)
    n_entries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    is_complete = models.BooleanField(default=False)


class Action(models.TextChoices):
    """What a ranking proposes to do with a case: a candidate is a pair (case, action)."""

    READ_NEW = "read_new", "read a case that nobody has begun"


class QueueEntry(models.Model):
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField()
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=16, choices=Action.choices, db_default=Action.READ_NEW)
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
