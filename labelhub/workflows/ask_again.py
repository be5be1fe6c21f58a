"""Asking again for jobs that failed at all their attempts, while what they were to do is still to be done.

The clock asks for the kinds of `IS_NEEDED`; elsewhere it asks by itself for recounts, rankings and thumbnails, while
they are due. A person may ask at once, also for what a person asks for otherwise (trainings, settlings anew, label
tables) and for what somebody has cancelled. Images are imported again on their import's page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import jobs
from labelhub.core.errors import Conflict
from labelhub.core.models import Job
from labelhub.imaging.models import ImportBatch
from labelhub.learning.models import ModelVersion
from labelhub.learning.selectors import model_in_use
from labelhub.learning.services.runs import training_request
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Round
from labelhub.workflows.consensus.resettle import compare_request, is_in_force
from labelhub.workflows.projects.change_protocol import is_out_of_line


def ask_again_for_failed() -> None:
    """Queue each failed job anew that is still needed, after a rest that doubles with each failure in a row."""
    now = timezone.now()
    for failed in jobs.failed_last(IS_NEEDED.keys()):
        if now >= jobs.job_retry_at(failed) and IS_NEEDED[failed.kind](failed):
            jobs.job_repeat(failed, actor_id=failed.created_by_id)


def to_try_again(job_ids: Collection[UUID]) -> set[UUID]:
    """Those of the jobs that a person may ask for again."""
    ended = jobs.failed_last(ASK.keys(), states=(Job.State.FAILED, Job.State.CANCELLED))
    return set(ended.filter(id__in=job_ids).values_list("id", flat=True))


def try_again(*, actor: User, project: Project, job: Job) -> None:
    """Ask at once for what a job that failed, or was cancelled, was to do.

    Raises Conflict when that is not to be done; what asking for it anew raises.
    """
    if not to_try_again([job.id]):
        raise Conflict("This job has not failed, or was asked for again since.", code="job_not_failed")
    if job.kind in IS_NEEDED and not IS_NEEDED[job.kind](job):
        raise _not_needed()
    ASK[job.kind](actor, project, job)


def _repeat(actor: User, project: Project, job: Job) -> None:
    jobs.job_repeat(job, actor_id=actor.id)


def _train(actor: User, project: Project, job: Job) -> None:
    """With the labels and the policy of now."""
    training_request(actor=actor, project=project, trigger="manual")


def _score(actor: User, project: Project, job: Job) -> None:
    model = model_in_use(project)
    if model is None or str(model.id) != job.params["model_version"]:
        raise _not_needed()
    jobs.job_repeat(job, actor_id=actor.id)


def _settle_anew(actor: User, project: Project, job: Job) -> None:
    """A comparison under the rules of now; a settling only as it was compared."""
    if not job.params["apply"]:
        compare_request(actor=actor, project=project)
    elif is_in_force(project, job):
        jobs.job_repeat(job, actor_id=actor.id)
    else:
        raise Conflict(
            "The schema or the protocol has changed since. Compare again, then settle anew.",
            code="not_compared",
        )


def _not_needed() -> Conflict:
    return Conflict("What this job was to do is no longer to be done.", code="job_not_needed")


def _is_unsettled(job: Job) -> bool:
    """A case with all its reads that is not closed. One at its adjudicator is settled once more, to the same."""
    complete = CaseRound.objects.filter(closed_at__isnull=True, n_submitted__gte=F("n_needed"))
    return complete.filter(id=job.params["case_round"]).exists()


def _is_unfilled(job: Job) -> bool:
    open_rounds = Round.objects.filter(closed_at__isnull=True, filled_at__isnull=True)
    return open_rounds.filter(id=job.params["round"]).exists()


def _has_slots_to_change(job: Job) -> bool:
    project = Project.objects.filter(id=job.params["project"]).first()
    return project is not None and is_out_of_line(project)


def _is_an_import(job: Job) -> bool:
    """Nothing tells whether it was counted since; counting it once more does no harm."""
    return ImportBatch.objects.filter(id=job.params["batch"]).exists()


def _is_ungated(job: Job) -> bool:
    return ModelVersion.objects.filter(id=job.params["model_version"], gate__isnull=True).exists()


IS_NEEDED: dict[str, Callable[[Job], bool]] = {
    "settle": _is_unsettled,
    "slots": _has_slots_to_change,
    "round": _is_unfilled,
    "study_round": _is_unfilled,
    "promote": _is_ungated,
    "summary": _is_an_import,
}
"""Kinds that the clock asks for again, each with whether its work is still to be done."""
ASK: dict[str, Callable[[User, Project, Job], None]] = {
    **dict.fromkeys(IS_NEEDED, _repeat),
    "train": _train,
    "score": _score,
    "consensus": _settle_anew,
    "statistics": _repeat,
    "labels": _repeat,
}
"""Kinds that a person may ask for again, each with how."""
