"""Studies that wait for their persons to be found: at the end of their import, or after one that did not end."""

from __future__ import annotations

from django.db import transaction

from labelhub.core.models import Job
from labelhub.imaging.models import ImportBatch, Study
from labelhub.imaging.services.arranging import studies_arrange, studies_to_arrange
from labelhub.imaging.services.batches import Heartbeat
from labelhub.projects.models import Project
from labelhub.workflows.intake.count_summaries import summaries_request

IDS_A_TICK = 100


def arrange_imported(batch: ImportBatch, heartbeat: Heartbeat) -> None:
    """Arrange what came with an import, and what others have left, once for each patient ID.

    What is said of the import's own studies, and of all under their IDs, is counted at its end.
    """
    split_keys = studies_to_arrange(batch.project)
    studies = Study.objects.filter(series__instances__importfile__batch=batch)
    own = set(studies.order_by().values_list("patient__split_key", flat=True).distinct())
    for n, split_key in enumerate(split_keys, start=1):
        if split_key in own:
            studies_arrange(batch.project, split_key)
        else:
            arrange_studies(batch.project, split_key)
        heartbeat({"stage": "arranging", "done": n, "total": len(split_keys)})


def arrange_left_studies() -> None:
    """Arrange what imports have left that failed or were cancelled, some IDs at a time; one that runs will do so."""
    waiting = Study.objects.filter(is_to_arrange=True).order_by().values_list("project", flat=True).distinct()
    importing = Job.objects.filter(kind="import", state__in=Job.ACTIVE).values_list("project_id", flat=True)
    there = Project.objects.filter(deletion_asked_at=None)
    for project in there.filter(id__in=set(waiting) - set(importing)):
        for split_key in studies_to_arrange(project)[:IDS_A_TICK]:
            arrange_studies(project, split_key)


def arrange_studies(project: Project, split_key: str) -> None:
    """Arrange the studies of an identifier, and have the imports that brought images of them counted after commit."""
    with transaction.atomic():
        found = studies_arrange(project, split_key)
        studies = Study.objects.filter(id__in=[study.id for study in found])
        summaries_request(studies, project_id=project.id)
