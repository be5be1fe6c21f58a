"""Label tables for cases that a project has."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from labelhub.core.models import UUIDModel
from labelhub.projects.models import Project


class CaseLabelTable(UUIDModel):
    """A table that was sent to be taken. The client gives the id, so that a repeat is harmless."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="case_label_tables")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=1000, help_text="As the sender named it.")
    sha256 = models.CharField(max_length=64, help_text="Of the table as sent.")
    labels_as = models.CharField(
        max_length=200, help_text="A kind of source labels, or read:NAME of a reader."
    )
    replaces = models.BooleanField(help_text="Labels that stand otherwise are replaced. Reads never are.")
    last_number = models.PositiveIntegerField(
        default=0, help_text="Cases are taken in the order of their numbers: up to which it is done."
    )
    result = models.JSONField(
        default=dict, help_text="What came of it: kinds with their counts, and the first of each."
    )

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"], name="case_label_table_newest")]
