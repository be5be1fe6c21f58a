"""The numbers by which a project's cases are spoken of."""

from __future__ import annotations

from django.db.models import F

from labelhub.imaging.models import CaseCounter
from labelhub.projects.models import Project


def case_number_take(project: Project) -> int:
    """The next number of the project, in a transaction that makes a case; one that fails leaves a gap at most."""
    CaseCounter.objects.get_or_create(project=project)
    CaseCounter.objects.filter(project=project).update(last=F("last") + 1)
    return CaseCounter.objects.get(project=project).last
