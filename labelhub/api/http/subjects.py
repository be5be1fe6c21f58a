"""Which project a request is about, by what its policy has loaded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import NotFound
from labelhub.core.models import Job
from labelhub.imaging.models import Case, ImportBatch, Instance, Upload
from labelhub.learning.models import ModelVersion, TrainingRun
from labelhub.projects.models import Invitation, Membership, Project, ProjectDeletion, SavedFilter
from labelhub.reading.models import Assignment, Flag, LateRead, Round
from labelhub.workflows.projects.due_statistics import KIND as RECOUNT


def project_of(subject: Any) -> Project | None:
    """None: the request is about no project. Raises TypeError for a subject that is not named here."""
    match subject:
        case None | User() | ProjectDeletion():
            return None
        case Project():
            return subject
        case [Membership() as membership, *_]:
            return membership.project
        case Case() | Adjudication() | Round() | ImportBatch() | TrainingRun() | ModelVersion():
            return subject.project
        case Instance() | Invitation() | SavedFilter():
            return subject.project
        case Assignment():
            return subject.case.project
        case Flag() | LateRead():
            return subject.assignment.case.project
        case Upload():
            return subject.batch.project
        case Job():
            return Project.objects.get(id=project_id_of(subject))
    raise TypeError(f"Of which project is a {type(subject).__name__}?")


def project_id_of(job: Job) -> UUID:
    """A recount says it among its parameters. Raises NotFound for the server's own chores."""
    if job.kind == RECOUNT:
        return UUID(job.params["project"])
    if job.project_id is None:
        raise NotFound()
    return job.project_id
