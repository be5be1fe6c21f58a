"""Patients with their split, their studies and series."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel
from labelhub.projects.models import Project


class Split(models.TextChoices):
    POOL = "pool"
    VALIDATION = "validation"
    TEST = "test"
    EXCLUDED = "excluded", "excluded: by a manager, or as its patient was found in another split"


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
    site = models.CharField(max_length=64, blank=True)
    group = models.CharField(max_length=64, blank=True)
    age = models.CharField(
        max_length=4,
        blank=True,
        help_text="Of the patient at the study, as DICOM writes it: 012D, 008M, 034Y.",
    )
    said = models.JSONField(
        null=True,
        help_text="What its files say of the patient, each once: [sex, HMAC of the birth date, day, age, HMACs "
        "of who issued her ID]. Null: imported before this was kept.",
    )
    warnings = models.JSONField(
        null=True,
        help_text="Codes that all its images carry, of whose it is. Null: imported before this was kept.",
    )
    is_to_arrange = models.BooleanField(
        default=False,
        help_text="One of its files has said something new of its patient since the studies of her ID were arranged.",
    )
    weight_kg = models.FloatField(null=True)
    size_m = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "source_hash"], name="study_once")]
        indexes = [
            models.Index(fields=["project"], condition=Q(is_to_arrange=True), name="study_to_arrange"),
            models.Index(fields=["project", "site"], condition=~Q(site=""), name="study_site"),
        ]
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
