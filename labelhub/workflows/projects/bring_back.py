"""Going on with an archived project where it was left."""

from __future__ import annotations

from labelhub.accounts.models import User
from labelhub.projects.models import Project
from labelhub.projects.services import project_bring_back
from labelhub.reading.services.leases import leases_begin_anew
from labelhub.workflows.consensus.adjudicate import claims_begin_anew


def bring_back(*, actor: User | None, project: Project) -> Project:
    """Everybody holds the cases that she held, with her whole time.

    The leases come first, while the archive still keeps the clock from ending them: no lock is held over both.
    """
    if project.archived_at is not None:
        leases_begin_anew(project)
        claims_begin_anew(project)
    return project_bring_back(actor=actor, project=project)
