"""What managers have corrected by hand, one row a correction."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from labelhub.core.models import UUIDModel
from labelhub.imaging.models.cases import Case


class Correction(UUIDModel):
    """One correction, made from the page of a case. Insert-only; its id is that of the request."""

    class Kind(models.TextChoices):
        SPLIT = "split", "the split of a patient"
        PATIENT = "patient", "the patient of a study"
        SITE = "site", "the site of a study"
        VIEW = "view", "the view of an image"
        IMAGE = "image", "whether an image belongs to its case"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    before = models.JSONField(
        help_text="What was corrected, and what it was: ids, codes and the site's name."
    )
    after = models.JSONField(help_text="As `before`: what it is since.")
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
