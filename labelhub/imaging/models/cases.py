"""What a reader reads at a time, in sealed versions."""

from __future__ import annotations

from django.db import models

from labelhub.core.models import UUIDModel
from labelhub.imaging.models.patients import Patient, Split, Study
from labelhub.projects.models import Project


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
    first_instance = models.ForeignKey(
        "Instance",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="The first of the version in force: its picture stands for the case in lists.",
    )
    n_images = models.PositiveIntegerField(default=0, help_text="Of the version in force.")
    day = models.IntegerField(null=True, help_text="Copied from the study, so that cases are listed by date.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="case_number_once")]
        indexes = [
            models.Index(fields=["project", "split", "random_key"], name="case_random_order"),
            models.Index(fields=["project", "split", "number"], name="case_split_page"),
            models.Index(
                fields=["project", "day", "number"],
                condition=models.Q(day__isnull=False),
                name="case_day_page",
            ),
        ]

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
