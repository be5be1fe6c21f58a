"""Images and objects about a case, and labels that came with them.

Storage keys are LabelHub's own (design invariant 8): no identifier from outside is part of one.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel
from labelhub.imaging.models.cases import Case
from labelhub.imaging.models.patients import Series
from labelhub.projects.models import Project


class Instance(UUIDModel):
    """One SOP instance, or one PNG/JPEG, as stored: metadata JSON plus one object per frame."""

    class Thumbnail(models.TextChoices):
        MISSING = "missing", "not made yet: imported before thumbnails were"
        STORED = "stored"
        NONE = "none", "cannot be drawn, or there are no pixels"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="instances")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="instances", null=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="instances")
    source_hash = models.CharField(max_length=64, help_text="HMAC of the source's SOP Instance UID.")
    file_name = models.CharField(
        max_length=200,
        blank=True,
        help_text="Of the file that it came in, without folders, in lower case: by which it is found. Shown to "
        "managers only.",
    )
    content_sha256 = models.CharField(max_length=64, help_text="Of the file as received.")
    pixel_sha256 = models.CharField(max_length=64, blank=True)
    storage_prefix = models.CharField(
        max_length=200, blank=True, help_text="Own random key; empty without pixels."
    )
    original_key = models.CharField(max_length=200, blank=True)
    stored_syntax = models.CharField(max_length=64, blank=True)
    n_frames = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    photometric = models.CharField(max_length=32, blank=True)
    modality = models.CharField(max_length=16, blank=True)
    sop_class_uid = models.CharField(max_length=64, blank=True)
    kind = models.CharField(
        max_length=24,
        blank=True,
        help_text="Empty: an image that is read. Else what it is about the case (dicom.kinds): dose, report ...",
    )
    exposure = models.JSONField(
        default=dict, help_text="{view, sources}: by what an image for processing finds its presentation."
    )
    view_position = models.CharField(max_length=16, blank=True)
    laterality = models.CharField(max_length=4, blank=True)
    is_left_out = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A manager has said that it does not belong to its case: neither read nor trained on.",
    )
    is_radiograph = models.BooleanField(default=False)
    is_eligible = models.BooleanField(default=False, help_text="The training policy's default rule takes it.")
    thumbnail = models.CharField(max_length=8, choices=Thumbnail.choices, default=Thumbnail.MISSING)
    model_input = models.CharField(
        max_length=32,
        default="model-320.u8",
        help_text="Name of the object that models are given; what was imported before 0.2.0 has a redrawn one.",
    )
    order_key = models.FloatField(
        default=0,
        help_text="Slice position in mm where known, else instance number: orders what has no place.",
    )
    place = models.JSONField(
        default=dict,
        help_text="What the header says of its place in its series (reading_order.FramePlace); empty = imported before "
        "it was kept.",
    )
    frame_order = models.JSONField(
        default=list, help_text="Its frames' numbers, from 1, as they are read; empty = as stored."
    )
    spacing = models.JSONField(default=dict, help_text="{row_mm, column_mm, source}")
    window_presets = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "source_hash"], name="instance_once"),
            models.CheckConstraint(
                condition=Q(n_frames=0) | ~Q(storage_prefix=""), name="instance_frames_are_stored"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "content_sha256"], name="instance_content"),
            models.Index(fields=["series"], condition=~Q(kind=""), name="instance_about_the_case"),
            models.Index(fields=["id"], condition=Q(thumbnail="missing"), name="instance_lacks_thumbnail"),
            # The second class lets PostgreSQL look for the beginning of a name whatever its collation.
            models.Index(
                fields=["project", "file_name"],
                opclasses=["uuid_ops", "varchar_pattern_ops"],
                condition=~Q(file_name=""),
                name="instance_file_name",
            ),
            models.Index(
                fields=["project", "view_position"], condition=~Q(view_position=""), name="instance_view"
            ),
        ]


class SourceLabel(UUIDModel):
    """A label that came with the data. Hidden truth serves simulated readers and evaluation, never training."""

    class Kind(models.TextChoices):
        HIDDEN_TRUTH = "hidden-truth"
        REFERENCE = "reference"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="source_labels")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    finding = models.CharField(max_length=64)
    present = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "finding"], name="source_label_once")]
