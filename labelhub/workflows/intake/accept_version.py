"""A manager puts a held version of a case in force: what its imports assumed is counted anew."""

from __future__ import annotations

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.imaging.cases import held_version_accept
from labelhub.imaging.models import Case, CaseVersion, Study
from labelhub.workflows.intake.count_summaries import summaries_request


def accept_version(*, actor: User, case: Case) -> CaseVersion:
    """Give readers the newest held version; what the model takes of the case, and what is said of that, may change.

    Raises:
        Conflict: the case has no held version.
    """
    with transaction.atomic():
        version = held_version_accept(actor=actor, case=case)
        summaries_request(Study.objects.filter(id=case.study_id), project_id=case.project_id)
    return version
