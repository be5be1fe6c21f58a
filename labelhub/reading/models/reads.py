"""What was read: reads with their answers and marks, and late reads. Insert-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel
from labelhub.imaging.models import CaseVersion, Instance
from labelhub.projects.models import LabelSchema, ReadingProtocol
from labelhub.reading.models.assignments import Assignment


class Read(UUIDModel):
    """One reader's complete answer on one case. Insert-only; an amendment is a new version with a reason.

    The primary key is the client's UUID, which makes a repeated submit harmless.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="reads")
    version = models.PositiveIntegerField()
    case_version = models.ForeignKey(CaseVersion, on_delete=models.PROTECT)
    schema = models.ForeignKey(LabelSchema, on_delete=models.PROTECT)
    protocol = models.ForeignKey(ReadingProtocol, on_delete=models.PROTECT)
    document_format = models.PositiveSmallIntegerField(
        default=1, help_text="Which bytes the hash is of: reading.documents.FORMAT."
    )
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

    read = models.ForeignKey(Read, on_delete=models.PROTECT, related_name="answers")
    finding = models.CharField(max_length=64)
    value = models.JSONField(help_text="In the canonical form of the finding's answer type.")
    by_rest = models.BooleanField(default=False, help_text="Answered by 'all the rest absent'.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["read", "finding"], name="read_answer_once")]


class Annotation(UUIDModel):
    """One mark of a read: either in the image space of one instance and frame, or in patient space (LPS, mm).

    Image space: x = column, y = row, origin at the outer corner of the top-left pixel, whose centre is
    (0.5, 0.5) (DICOM PS3.3 C.18.6.1.1).
    """

    class Space(models.TextChoices):
        IMAGE = "image"
        PATIENT = "patient"

    read = models.ForeignKey(Read, on_delete=models.PROTECT, related_name="annotations")
    position = models.PositiveSmallIntegerField(help_text="Place in the document.")
    client_id = models.UUIDField()
    kind = models.CharField(max_length=12, help_text="Name of a kind of `labelhub.marks`.")
    finding = models.CharField(max_length=64)
    region_class = models.CharField(max_length=64, blank=True)
    space = models.CharField(max_length=8, choices=Space.choices)
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, null=True)
    frame = models.PositiveIntegerField(null=True)
    frame_of_reference_uid = models.CharField(max_length=64, blank=True)
    geometry = models.JSONField()

    class Meta:
        ordering = ["position"]
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
    document_sha256 = models.CharField(
        max_length=64, help_text="Of the document as it stands here: format 1."
    )
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
