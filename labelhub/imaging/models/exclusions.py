"""Cases that a manager has taken out, and brought back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labelhub.core.models import UUIDModel
from labelhub.imaging.models.cases import Case
from labelhub.imaging.models.patients import Split


class CaseExclusion(UUIDModel):
    """One case taken out by a manager; the row stays when the case is brought back.

    While it is out its split is `excluded`. A case whose patient turned out to be another's has that split without a
    row, for good.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exclusions")
    split_before = models.CharField(max_length=12, choices=Split.choices)
    reason = models.CharField(max_length=500)
    client_uuid = models.UUIDField(help_text="Of the request: one that is sent again does nothing more.")
    excluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    excluded_at = models.DateTimeField()
    back_reason = models.CharField(max_length=500, blank=True)
    back_uuid = models.UUIDField(null=True, help_text="As `client_uuid`, of the request to bring it back.")
    brought_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    brought_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(brought_back_at__isnull=True), name="case_excluded_once"
            ),
            models.UniqueConstraint(fields=["case", "client_uuid"], name="case_exclusion_request_once"),
            models.CheckConstraint(
                condition=Q(
                    brought_back_at__isnull=True, brought_back_by__isnull=True, back_uuid__isnull=True
                )
                | Q(brought_back_at__isnull=False, brought_back_by__isnull=False, back_uuid__isnull=False),
                name="case_brought_back_by_somebody",
            ),
        ]
