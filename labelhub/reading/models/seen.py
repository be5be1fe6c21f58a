"""Who has seen others' reads, decisions or outcomes of a case, in whatever role (design invariant 15)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models.worklist import Round


class Seen(models.TextChoices):
    ADJUDICATION = "adjudication"
    OUTCOME = "outcome"
    FLAG = "flag", "a reader's flag on the manager's page"
    EXPORT = "export"
    LIST = "list", "a list of cases with what came of them"
    CASE = "case", "the page of the case"


class CaseSeen(models.Model):
    """One person saw one case's reads, decisions or outcome: it is never offered to her as a blinded reader."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=16, choices=Seen.choices)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_seen_once")]
        indexes = [models.Index(fields=["project", "user"], name="case_seen_by")]


class RoundSeen(models.Model):
    """One person downloaded what was read in a round: she has seen each of its cases begun up to `begun_seq`.

    One row instead of one per case: a download of a million cases is recorded in one UPDATE.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="seen_by")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    begun_seq = models.BigIntegerField()
    how = models.CharField(max_length=16, choices=Seen.choices)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="round_seen_once")]
