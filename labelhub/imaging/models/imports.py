"""Imports: batches, their files, uploads on their way, and what a label table did not match."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel
from labelhub.projects.models import Project


class ImportBatch(UUIDModel):
    class State(models.TextChoices):
        RECEIVING = "receiving"
        QUEUED = "queued"
        RUNNING = "running"
        ASKING = "asking"
        DONE = "done"
        FAILED = "failed"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="import_batches")
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    read_first = models.BooleanField(
        default=False, help_text="New cases go to the front of the random order."
    )
    options = models.JSONField(default=dict)


class ImportFile(UUIDModel):
    """One outcome per file of a batch. Nothing is dropped in silence."""

    class Outcome(models.TextChoices):
        STAGED = "staged"
        ACCEPTED = "accepted"
        DUPLICATE = "duplicate"
        REJECTED = "rejected"

    class Listed(models.IntegerChoices):
        """The part of the manager's list that a file stands in: what wants her attention comes first."""

        REJECTED = 0
        WARNED = 1
        REST = 2

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveIntegerField()
    path = models.CharField(max_length=1000, help_text="As the uploader named it; shown to the manager only.")
    upload_key = models.CharField(
        max_length=200, blank=True, help_text="Staged bytes, relative to the upload folder."
    )
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.STAGED)
    code = models.CharField(max_length=64, blank=True)
    message = models.TextField(blank=True)
    warnings = models.JSONField(default=list)
    instance = models.ForeignKey("Instance", on_delete=models.SET_NULL, null=True)
    listed = models.GeneratedField(
        expression=models.Case(
            models.When(outcome=Outcome.REJECTED, then=Listed.REJECTED),
            models.When(warnings=[], then=Listed.REST),
            default=Listed.WARNED,
        ),
        output_field=models.PositiveSmallIntegerField(choices=Listed.choices),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="import_file_position")]
        indexes = [
            models.Index(fields=["batch", "listed", "position"], name="import_file_page"),
            models.Index(fields=["batch", "outcome", "listed", "position"], name="import_file_outcome_page"),
        ]


class Upload(UUIDModel):
    """One file on its way into a batch, received in pieces. The client gives the id, so that a repeat is harmless."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="uploads")
    path = models.CharField(max_length=1000)
    size = models.BigIntegerField(help_text="Bytes of the whole file.")
    offset = models.BigIntegerField(default=0, help_text="Bytes that are durable on disk.")
    file = models.OneToOneField(ImportFile, on_delete=models.CASCADE, null=True, help_text="Once complete.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(offset__gte=0) & Q(offset__lte=models.F("size")), name="upload_offset_inside"
            )
        ]


class LabelMismatch(models.Model):
    """A line of an import's label table without a file, or a file without a line. Nothing is lost in silence."""

    class Kind(models.TextChoices):
        LINE = "line"
        FILE = "file"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="label_mismatches")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    name = models.CharField(max_length=1000, help_text="As the table or the uploader named it.")

    class Meta:
        indexes = [models.Index(fields=["batch", "kind", "id"], name="label_mismatch_page")]
