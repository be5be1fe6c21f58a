"""Studies that wait for their persons to be found, as an import left them that runs or did not end."""

from __future__ import annotations

from django.db import transaction

from labelhub.imaging.models import Study
from labelhub.imaging.services.arranging import studies_arrange
from labelhub.projects.models import Project
from labelhub.workflows.intake.count_summaries import summaries_request


def arrange_studies(project: Project, split_key: str) -> None:
    """Arrange the studies of an identifier, and have the imports that brought images of them counted after commit."""
    with transaction.atomic():
        found = studies_arrange(project, split_key)
        studies = Study.objects.filter(id__in=[study.id for study in found])
        summaries_request(studies, project_id=project.id)
