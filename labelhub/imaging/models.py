"""Patients, studies, series and instances as imported; cases and their sealed versions; imports.

Storage keys are LabelHub's own (design invariant 8): no identifier from outside is part of one.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel
from labelhub.projects.models import Project


class Split(models.TextChoices):
    POOL = "pool"
    VALIDATION = "validation"
    TEST = "test"
    EXCLUDED = "excluded", "excluded: its patient turned out to be another's, in another split"


class Patient(UUIDModel):
    """A project's pseudonym for one person. The split belongs to the patient.

    Studies that contradict each other under one source ID are patients of their own with one `split_key`. A patient
    whom a manager has joined to another keeps her row, so that files which come later still find whose they are.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="patients")
    pseudonym = models.CharField(max_length=64, help_text="HMAC of the source's identifier.")
    split = models.CharField(max_length=12, choices=Split.choices)
    split_key = models.CharField(
        max_length=64, help_text="What the split is drawn from: the HMAC of the source's identifier."
    )
    sex = models.CharField(max_length=1, blank=True, help_text="F, M, O or empty.")
    birth_hash = models.CharField(max_length=64, blank=True, help_text="HMAC of the birth date.")
    site = models.CharField(max_length=64, blank=True)
    group = models.CharField(max_length=64, blank=True)
    joined_to = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="joined",
        help_text="The same person, who has the studies of both now.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "pseudonym"], name="patient_once")]
        indexes = [models.Index(fields=["project", "split_key"], name="patient_split_key")]


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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="import_file_position")]
        indexes = [models.Index(fields=["batch", "outcome", "code"], name="import_file_outcome")]


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


class Study(UUIDModel):
    class NamedBy(models.TextChoices):
        FILE = "file"
        TABLE = "table"
        MANAGER = "manager"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="studies")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="studies")
    named_by = models.CharField(
        max_length=8,
        choices=NamedBy.choices,
        blank=True,
        help_text="Who said whose it is; empty: nobody, or imported before this was kept.",
    )
    source_hash = models.CharField(max_length=64, help_text="HMAC of the source's Study Instance UID.")
    day = models.IntegerField(
        null=True, help_text="Study date as an ordinal day; only differences are shown."
    )
    indication = models.CharField(max_length=300, blank=True)
    age = models.CharField(
        max_length=4,
        blank=True,
        help_text="Of the patient at the study, as DICOM writes it: 012D, 008M, 034Y.",
    )
    weight_kg = models.FloatField(null=True)
    size_m = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "source_hash"], name="study_once")]
        verbose_name_plural = "studies"


class Series(UUIDModel):
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="series")
    source_hash = models.CharField(max_length=64)
    number = models.IntegerField(null=True)
    modality = models.CharField(max_length=16, blank=True)
    label = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "source_hash"], name="series_once")]
        verbose_name_plural = "series"


class CaseCounter(models.Model):
    """The last number that a project has given to a case; locked until the case is there."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last = models.PositiveIntegerField(default=0)


class Case(UUIDModel):
    """What one reader reads at a time: usually a study."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cases")
    number = models.PositiveIntegerField(
        help_text="Its name for those who steer: 1, 2, 3 ... in the project. Blinded readers never see it."
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="cases")
    study = models.OneToOneField(Study, on_delete=models.PROTECT, related_name="case")
    split = models.CharField(max_length=12, choices=Split.choices, help_text="Copied from the patient.")
    random_key = models.BigIntegerField(help_text="Seeded random order within the project.")
    current_version = models.ForeignKey("CaseVersion", on_delete=models.PROTECT, null=True, related_name="+")
    has_eligible_instance = models.BooleanField(default=False, help_text="The model can score this case.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="case_number_once")]
        indexes = [models.Index(fields=["project", "split", "random_key"], name="case_random_order")]

    @property
    def name(self) -> str:
        """What managers and adjudicators call it."""
        return f"Case {self.number}"

    @property
    def version_in_force(self) -> CaseVersion:
        """The sealed version that readers are given; a case gets its slots only once it has one."""
        assert self.current_version is not None
        return self.current_version


class CaseVersion(UUIDModel):
    """An ordered, hashed manifest of instances. Insert-only. Reads, consensus and training name it.

    An entry with `absent` is an image that imported reads name and that is not here.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    manifest = models.JSONField(help_text="[{instance, series, content_sha256}] in reading order.")
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="case_version_once")]


class HeldCaseVersion(UUIDModel):
    """A newer version that waits for the manager, since a read of the present one exists."""

    version = models.OneToOneField(CaseVersion, on_delete=models.CASCADE, related_name="held")
    created_at = models.DateTimeField(auto_now_add=True)


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
