"""Exports that were made: who took what out, and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from labelhub.core.models import UUIDModel
from labelhub.projects.models import Project


class Export(UUIDModel):
    class What(models.TextChoices):
        READS = "reads"
        CONSENSUS = "consensus"
        ADJUDICATIONS = "adjudications"
        AGREEMENT = "agreement"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="exports")
    what = models.CharField(max_length=16, choices=What.choices)
    format = models.CharField(max_length=8)
    cases = models.JSONField(null=True, help_text="Numbers of the cases that it is of; null: of all.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
