"""What the clock does every few seconds. Each step may run twice, late or in two processes at once.

Rows decide what is due: the tick itself remembers nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from labelhub.core import audit, jobs
from labelhub.core.models import Job, ScheduledRun
from labelhub.imaging.models import ImportBatch
from labelhub.imaging.sweep import abandoned_uploads_remove, unreferenced_objects_remove
from labelhub.learning.files import unreferenced_weights_remove
from labelhub.learning.models import TrainingPolicy
from labelhub.learning.selectors import model_in_use, ranking_in_force, scoring_retry_at
from labelhub.learning.services.promotions import scoring_request
from labelhub.learning.services.runs import training_due_check
from labelhub.projects.models import Project
from labelhub.reading.services.leases import expire_leases
from labelhub.reading.services.reservations import reservations_of_the_absent_give_up
from labelhub.reading.services.rounds import finished_rounds_close, finished_rounds_reopen
from labelhub.workflows.ask_again import ask_again_for_failed
from labelhub.workflows.consensus.adjudicate import expire_claims
from labelhub.workflows.intake.arrange_studies import arrange_left_studies
from labelhub.workflows.intake.make_thumbnails import ensure_thumbnails
from labelhub.workflows.projects.delete_project import start_due_deletions
from labelhub.workflows.projects.due_statistics import refresh_due_statistics

logger = logging.getLogger(__name__)

SEALER = "audit-seal"
# A standing job is claimed every half minute for ever; PostgreSQL's integer is the only cap.
FOR_EVER = 2**31 - 1
KEEP_SCHEDULED = timedelta(days=30)
SHELF_EVERY_S = 300


def run_tick() -> None:
    """Do all that is due. A step that fails is logged and does not keep the others from running."""
    for step in STEPS:
        try:
            step()
        except Exception:  # noqa: BLE001  process edge: the next tick tries again
            logger.exception("tick: %s failed", step.__name__)


def ensure_sealer() -> None:
    """The sealer's standing job exists; the sweeper rings it every half minute."""
    if not Job.objects.filter(dedupe_key=SEALER, state__in=Job.ACTIVE).exists():
        jobs.job_enqueue(kind="seal", dedupe_key=SEALER, params={}, max_attempts=FOR_EVER)


def seal_audit(job: Job) -> None:
    """Chain all new audit rows, under the lease of the sealer's job, then rest until rung again."""
    while audit.seal_new_events():
        jobs.job_heartbeat(job)
    jobs.job_rest(job)


def start_due_trainings() -> None:
    for policy in TrainingPolicy.objects.filter(is_enabled=True, project__archived_at=None).select_related(
        "project"
    ):
        training_due_check(policy.project)


def renew_rankings() -> None:
    """Rank again where the order is not that of the model in use, or new images came, or the last scoring failed.

    One that was cancelled is asked for again once images came since.
    """
    for project in Project.objects.filter(archived_at=None, promotions__isnull=False).distinct():
        model = model_in_use(project)
        if model is None or not _needs_ranking(project, str(model.id)):
            continue
        scoring_request(model=model)


def _needs_ranking(project: Project, model_id: str) -> bool:
    newest = Job.objects.filter(project_id=project.id, kind="score").order_by("-created_at").first()
    if newest and newest.state in Job.ACTIVE:
        return False
    if newest is None or newest.params["model_version"] != model_id:
        return True
    if newest.state == Job.State.FAILED:
        return timezone.now() >= scoring_retry_at(newest)
    if newest.state == Job.State.CANCELLED:
        return newest.finished_at is not None and _has_imported(project, newest.finished_at)
    ranking = ranking_in_force(project)
    return ranking is not None and _has_imported(project, ranking.scoring_run.created_at)


def _has_imported(project: Project, since: datetime) -> bool:
    return ImportBatch.objects.filter(project=project, finished_at__gt=since).exists()


def forget_old_schedules() -> None:
    ScheduledRun.objects.filter(due_at__lt=timezone.now() - KEEP_SCHEDULED).delete()


def sweep_storage() -> None:
    """Look at one of the 256 shelves of the storage every few minutes: at all of them in less than a day."""
    number, rest = divmod(int(timezone.now().timestamp()), SHELF_EVERY_S)
    due = timezone.now() - timedelta(seconds=rest)
    if ScheduledRun.objects.get_or_create(name="sweep-storage", due_at=due.replace(microsecond=0))[1]:
        unreferenced_objects_remove(shelf=number % 256)
        unreferenced_weights_remove()


STEPS: tuple[Callable[[], object], ...] = (
    ensure_sealer,
    jobs.sweep,
    expire_leases,
    reservations_of_the_absent_give_up,
    finished_rounds_close,
    finished_rounds_reopen,
    expire_claims,
    start_due_trainings,
    renew_rankings,
    refresh_due_statistics,
    ensure_thumbnails,
    arrange_left_studies,
    ask_again_for_failed,
    start_due_deletions,
    jobs.prune,
    forget_old_schedules,
    abandoned_uploads_remove,
    sweep_storage,
)
