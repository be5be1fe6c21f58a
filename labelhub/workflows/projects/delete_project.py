"""Deleting a project: asked for by its manager, then, after days of grace, a job: its rows in small transactions, and
when no row names them any more, its stored bytes.

Killed at any point it goes on: what is gone is gone, and the keys of bytes are kept as long as these are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from labelhub.accounts.models import User
from labelhub.core import append_only, jobs
from labelhub.core.errors import Conflict
from labelhub.core.models import Job, ScheduledRun
from labelhub.imaging import storage
from labelhub.imaging.models import Case, Patient
from labelhub.imaging.services.batches import upload_erase
from labelhub.learning.files import erase_job_folder
from labelhub.learning.services.policy import daily_name
from labelhub.projects.deletions import (
    deletion_ask,
    deletion_begin,
    deletion_finish,
    deletion_rows_gone,
    deletions_due,
)
from labelhub.projects.models import ObjectToErase, Project, ProjectDeletion
from labelhub.workflows.projects.due_statistics import KIND as RECOUNT
from labelhub.workflows.projects.erased_rows import IMPORTS, OBJECTS, OF_CASES, OF_PROJECT, Kind, Rows

KIND = "delete_project"
CASES_A_CHUNK = 50
ROWS_A_CHUNK = 2_000
OBJECTS_A_CHUNK = 200


def ask_deletion(*, actor: User, project: Project, name: str, reason: str) -> ProjectDeletion:
    """As `deletion_ask`. Raises Conflict (demonstration, job_active) too."""
    if settings.DEMO:
        raise Conflict(
            "The demonstration keeps its projects. Start LabelHub without it to delete one.",
            code="demonstration",
        )
    # A recount, of which no page tells, does not refuse it: it has ended long before the grace has.
    if Job.objects.filter(project_id=project.id, state__in=Job.ACTIVE).exists():
        raise Conflict(
            "Background work of this project waits or runs. Cancel it or wait for its end, then delete the project.",
            code="job_active",
        )
    return deletion_ask(actor=actor, project=project, name=name, reason=reason)


def start_due_deletions() -> None:
    """Ask for the job of each deletion whose grace is over, also again after one that failed; asked by the clock."""
    for deletion in deletions_due():
        key = deletion_key(deletion.id)
        has_work = _jobs_of(deletion.project_id).filter(state__in=Job.ACTIVE).exists()
        if not has_work and jobs.job_may_be_asked(key):
            # Without a project id on the job: nothing of the project stays, and this job is about its tombstone.
            jobs.job_enqueue(
                kind=KIND, dedupe_key=key, params={"deletion": str(deletion.id)}, max_attempts=10
            )


def run_deletion_job(job: Job) -> None:
    """The handler of the job's kind."""
    deletion = deletion_begin(job.params["deletion"])
    if deletion is None:
        jobs.job_succeed(job, {})
        return
    erasure = Erasure(job, deletion)
    if deletion.rows_gone_at is None:
        erasure.delete_rows()
    erasure.remove_objects()
    with transaction.atomic():
        deletion_finish(deletion)
        jobs.job_succeed(job, {})


def deletion_key(deletion_id: UUID) -> str:
    return f"{KIND}:{deletion_id}"


class Erasure:
    """One attempt at a deletion. Each chunk is a transaction of its own, fenced by the job's attempt."""

    def __init__(self, job: Job, deletion: ProjectDeletion):
        self.job = job
        self.deletion = deletion
        self.project_id = deletion.project_id
        self.n_cases = Case.objects.filter(project_id=self.project_id).count() + deletion.n_cases

    def delete_rows(self) -> None:
        """Everything that lies under the project, and last itself."""
        # First what could be asked for again; what a training's record refers to goes after it.
        self._delete_in_chunks(_jobs_of(self.project_id).exclude(kind__in=jobs.RECORDS))
        for rows in IMPORTS:
            self._delete_in_chunks(_of_project(rows, self.project_id))
        while self._delete_cases():
            pass
        Patient.objects.filter(project_id=self.project_id, joined_to__isnull=False).update(joined_to=None)
        for found in self._last():
            self._delete_in_chunks(found)
        self._delete_project()

    def remove_objects(self) -> None:
        """The bytes, now that no row names them. Removing what is gone already does no harm."""
        while found := list(self.deletion.objects_to_erase.order_by("id")[:OBJECTS_A_CHUNK]):
            for each in found:
                ERASE[Kind(each.kind)](each.key)
            with self._chunk("removing images and weights"):
                ObjectToErase.objects.filter(id__in=[each.id for each in found]).delete()
                self._count("n_objects", len(found))

    def _delete_in_chunks(self, rows: QuerySet[Any]) -> None:
        while ids := list(rows.values_list("pk", flat=True)[:ROWS_A_CHUNK]):
            with self._chunk("deleting records"), append_only.erasing([rows.model._meta.label]):
                self._delete(rows.model._default_manager.filter(pk__in=ids))

    def _delete_cases(self) -> bool:
        """Some cases with all that hangs on them; False: there are none."""
        cases = Case.objects.filter(project_id=self.project_id).order_by("number")
        ids = list(cases.values_list("id", flat=True)[:CASES_A_CHUNK])
        if not ids:
            return False
        with self._chunk("deleting cases"), append_only.erasing([rows.model for rows in OF_CASES]):
            Case.objects.filter(id__in=ids).update(current_version=None)
            for rows in OF_CASES:
                model = apps.get_model(rows.model)
                self._delete(model._default_manager.filter(**{f"{rows.path}__in": ids}))
        return True

    def _last(self) -> Iterator[QuerySet[Any]]:
        """What goes once no case is left."""
        for rows in OF_PROJECT:
            yield _of_project(rows, self.project_id)
        yield _jobs_of(self.project_id)

    def _delete_project(self) -> None:
        """The last row, with what came while the others went."""
        with self._chunk("deleting records"), append_only.erasing([rows.model for rows in OF_PROJECT]):
            # Its lock: nobody writes a row under it any more.
            project = Project.objects.select_for_update().get(id=self.project_id)
            ScheduledRun.objects.filter(name=daily_name(project)).delete()
            for found in self._last():
                self._delete(found)
            self._delete(Project.objects.filter(id=project.id))
            deletion_rows_gone(self.deletion)

    def _delete(self, rows: QuerySet[Any]) -> None:
        """In the caller's transaction, which keeps the keys of the bytes that they name."""
        label = rows.model._meta.label
        for column, kind in OBJECTS.get(label, {}).items():
            keys = filter(None, rows.values_list(column, flat=True))
            ObjectToErase.objects.bulk_create(
                ObjectToErase(deletion=self.deletion, kind=kind, key=str(key)) for key in keys
            )
        # Django's own `delete` would look for what hangs on each row: nothing does any more.
        n = rows._raw_delete(rows.db)
        if label in COUNTED:
            self._count(COUNTED[label], n)

    def _count(self, column: str, n: int) -> None:
        """On the tombstone, in the caller's transaction."""
        setattr(self.deletion, column, getattr(self.deletion, column) + n)
        self.deletion.save(update_fields=[column])

    @contextmanager
    def _chunk(self, stage: str) -> Iterator[None]:
        with transaction.atomic():
            progress = {"stage": stage, "done": self.deletion.n_cases, "total": self.n_cases}
            jobs.job_heartbeat(self.job, progress)
            yield


def _of_project(rows: Rows, project_id: UUID) -> QuerySet[Any]:
    return apps.get_model(rows.model)._default_manager.filter(**{rows.path: project_id})


def _jobs_of(project_id: UUID) -> QuerySet[Job]:
    """Recounts name their project in their key alone."""
    return Job.objects.filter(Q(project_id=project_id) | Q(dedupe_key=f"{RECOUNT}:{project_id}"))


COUNTED = {"imaging.Case": "n_cases", "reading.Read": "n_reads"}
ERASE: dict[Kind, Callable[[str], None]] = {
    Kind.INSTANCE: storage.erase_instance,
    Kind.ORIGINAL: storage.erase_object,
    Kind.WEIGHTS: storage.erase_object,
    Kind.UPLOAD: upload_erase,
    Kind.WORK: erase_job_folder,
}
