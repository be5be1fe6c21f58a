"""The import: every staged file gets one outcome, cases are sealed and given their slots, labels are attached.

It can be stopped at any point and run again: files that have an outcome are passed over, and every later step leaves
what is there as it is. Untrusted bytes are parsed in the import child only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core import jobs
from labelhub.core.errors import InvalidContent, LabelHubError, LostLease, Retryable
from labelhub.core.models import Job
from labelhub.imaging import storage
from labelhub.imaging.cases import case_ids_of, cases_seal
from labelhub.imaging.dicom.files.archive import ArchiveRefused, is_zip, iterate_source
from labelhub.imaging.dicom.runner import ImportChild
from labelhub.imaging.hanging import objects_alone_flag
from labelhub.imaging.models import ImportBatch, ImportFile
from labelhub.imaging.selectors import import_job
from labelhub.imaging.services.batches import (
    Heartbeat,
    archive_replace,
    batch_advance,
    batch_create,
    files_link,
    is_member,
    member_target,
    upload_path,
    uploads_remove,
    work_name,
)
from labelhub.imaging.services.decisions import MESSAGES
from labelhub.imaging.services.instances import file_reject
from labelhub.imaging.services.summaries import (
    Counted,
    studies_touched,
    summaries_refresh,
    summary_count,
    summary_keep,
)
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment
from labelhub.reading.services.locks import cases_locked
from labelhub.reading.services.rounds import case_rounds_create
from labelhub.workflows.intake.arrange_studies import arrange_imported
from labelhub.workflows.intake.import_file import FileImporter
from labelhub.workflows.intake.labels.attach import attach_labels
from labelhub.workflows.intake.labels.given import (
    ASK,
    LEAVE,
    TAKE,
    labels_adopt,
    labels_answer,
    labels_of,
    labels_options,
    labels_settle,
    labels_stage,
)
from labelhub.workflows.intake.labels.report import labels_refused, labels_report
from labelhub.workflows.intake.labels.table import MatchedTable

FILES_A_PAGE = 200
CASES_A_TRANSACTION = 100
FILE_TIMEOUT_S = 45.0
"""Shorter than a job's lease: a file that never ends must not cost the worker its job."""


def import_start(*, actor: User, batch: ImportBatch, labels: str = TAKE) -> None:
    """No more files: queue the job that imports them. Asking again is harmless; a failed import goes on.

    `labels` says what is done with a label table (`labels.given.ANSWERS`). One that is refused, and one that is to be
    shown first, stop the import before any image is stored; it goes on when it is started again.

    Raises:
        InvalidTransition: the import is done.
    """
    with transaction.atomic():
        job = import_job(batch)
        if batch.state in {ImportBatch.State.QUEUED, ImportBatch.State.RUNNING}:
            if job is not None and job.state in Job.ACTIVE:
                return
            batch_advance(batch=batch, event="fail", actor=None)
        batch_advance(batch=batch, event="finish", actor=actor)
        labels_answer(batch=batch, answer=labels)
        jobs.job_enqueue(
            kind="import",
            dedupe_key=f"import:{batch.id}",
            params={"batch": str(batch.id)},
            project_id=batch.project_id,
            actor_id=actor.id,
        )


def run_import_job(job: Job) -> None:
    """The worker's entry: run the import of the job's batch, with the job's lease."""
    run_import(UUID(job.params["batch"]), partial(jobs.job_heartbeat, job))
    jobs.job_succeed(job, {"batch": job.params["batch"]})


def run_import(batch_id: UUID, heartbeat: Heartbeat) -> ImportBatch:
    """Import all files of a batch, or what is left of them.

    `heartbeat` hears {"stage", "done", "total"} after each piece of work and may raise to stop.

    Raises:
        LabelHubError: the import as a whole cannot go on (cancelled, or labels that cannot be read) and is marked as
            failed. LostLease and Retryable leave it as it is, for the worker that goes on.
    """
    batch = ImportBatch.objects.select_related("project", "created_by").get(id=batch_id)
    if batch.state == ImportBatch.State.DONE:
        return batch
    batch_advance(batch=batch, event="run", actor=None)
    try:
        _unpack_archives(batch, heartbeat)
        labels, question = _labels_decided(batch)
        if question:
            batch_advance(batch=batch, event="ask", actor=None, summary={"labels": question})
            return batch
        _import_files(batch, labels, heartbeat)
        arrange_imported(batch, heartbeat)
        _seal_cases(batch, heartbeat)
        objects_alone_flag(batch)
        notes = _labels_attached(batch, labels, heartbeat) if labels else {"labels": None}
    except (LostLease, Retryable):
        raise
    except FileNotFoundError:
        # A worker that took this import over has finished it and cleared its uploads: nothing is left to do.
        batch.refresh_from_db()
        if batch.state != ImportBatch.State.DONE:
            raise
        return batch
    except LabelHubError as error:
        failure = {"error": {"code": error.code, "message": error.message}}
        batch_advance(batch=batch, event="fail", actor=None, summary=failure)
        raise
    while not _ended(batch, summary_count(batch.id), notes):
        pass
    summaries_refresh(studies_touched(batch), counted=batch)
    uploads_remove(batch)
    return batch


def _ended(batch: ImportBatch, counted: Counted, notes: dict[str, Any]) -> bool:
    """End the import with what was counted. False: a joining of patients had it counted meanwhile. Count again."""
    with transaction.atomic():
        if not summary_keep(counted):
            return False
        batch_advance(batch=batch, event="done", actor=None, summary=notes)
    return True


def _labels_decided(batch: ImportBatch) -> tuple[MatchedTable | None, dict[str, Any] | None]:
    """The table to import with, if any, or what its manager has to be asked first.

    Raises:
        InvalidContent: the table cannot be read, and there is nobody to be asked (command line).
    """
    labels_adopt(batch=batch)
    answer = batch.options.get("labels_answer")
    if answer == LEAVE:
        labels_settle(batch=batch, is_taken=False)
        return None, None
    try:
        labels = labels_of(batch)
    except InvalidContent as error:
        if answer is None:
            raise
        return None, labels_refused(batch, error)
    if labels is not None and answer == ASK:
        return None, labels_report(batch, labels)
    labels_settle(batch=batch, is_taken=labels is not None)
    return labels, None


def _labels_attached(batch: ImportBatch, labels: MatchedTable, heartbeat: Heartbeat) -> dict[str, Any]:
    return {**attach_labels(batch, labels, heartbeat), "labels": labels_report(batch, labels)}


def _unpack_archives(batch: ImportBatch, heartbeat: Heartbeat) -> None:
    """Put the members of each zip in its place. A zip that is not safe is refused as a whole."""
    staged = ImportFile.objects.filter(batch=batch, outcome=ImportFile.Outcome.STAGED)
    for archive in staged.filter(path__iendswith=".zip").order_by("position"):
        if is_member(archive) or not is_zip(upload_path(archive.upload_key)):
            continue
        try:
            members = list(_unpacked(batch, archive, heartbeat))
        except ArchiveRefused as error:
            file_reject(file=archive, code=error.code, message=str(error))
            continue
        if members:
            archive_replace(archive=archive, members=members)
        else:
            file_reject(file=archive, code="archive_empty", message=MESSAGES["archive_empty"])


def _unpacked(batch: ImportBatch, archive: ImportFile, heartbeat: Heartbeat) -> Iterator[tuple[str, str]]:
    """Unpack into the batch's uploads; yields (path to show, upload key)."""
    work = storage.new_work_folder(work_name(batch))
    try:
        for n, item in enumerate(iterate_source(upload_path(archive.upload_key), work), start=1):
            key, target = member_target(batch)
            shutil.move(item.path, target)
            storage.flush_file(target)
            heartbeat({"stage": "unpacking", "done": n, "total": None})
            yield f"{archive.path}/{item.relative_path}", key
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _import_files(batch: ImportBatch, labels: MatchedTable | None, heartbeat: Heartbeat) -> None:
    files = ImportFile.objects.filter(batch=batch)
    total = files.count()
    done = total - files.filter(outcome=ImportFile.Outcome.STAGED).count()
    importer = FileImporter(batch, labels)
    with ImportChild(timeout_s=FILE_TIMEOUT_S) as child:
        while page := list(
            files.filter(outcome=ImportFile.Outcome.STAGED).order_by("position")[:FILES_A_PAGE]
        ):
            for file in page:
                importer.import_file(child, file)
                done += 1
                heartbeat({"stage": "importing", "done": done, "total": total})


def _seal_cases(batch: ImportBatch, heartbeat: Heartbeat) -> None:
    """Seal the versions and give new cases their slots; a case that somebody has opened keeps its version."""
    ids = case_ids_of(batch)
    for start in range(0, len(ids), CASES_A_TRANSACTION):
        chunk = ids[start : start + CASES_A_TRANSACTION]
        with transaction.atomic():
            # Else a reader could open a case between the look and its new version.
            cases_locked(chunk)
            opened = Assignment.objects.filter(case_id__in=chunk, opened_at__isnull=False)
            begun = set(opened.values_list("case_id", flat=True))
            case_rounds_create(batch.project, cases_seal(case_ids=chunk, begun=begun))
        heartbeat({"stage": "sealing", "done": start + len(chunk), "total": len(ids)})


def import_local(
    *,
    project: Project,
    path: Path,
    labels: Path | None,
    labels_as: str,
    read_first: bool,
    heartbeat: Heartbeat,
    leave_labels: bool = False,
) -> ImportBatch:
    """Import a folder, zip or file of this machine, in this process; `leave_labels`: without a table found in it.

    Raises:
        ArchiveRefused: the folder has links that lead outside it.
        InvalidContent: the labels are not right.
    """
    options: dict[str, Any] = {"labels_answer": LEAVE} if leave_labels else {}
    if labels:
        options = labels_options(
            project=project, labels_as=labels_as, folder=_folder_in(path, labels), name=labels.name
        )
    files = list(local_files(path, leave_out=labels))
    batch = batch_create(actor=None, project=project, read_first=read_first, options=options)
    if labels:
        labels_stage(batch=batch, source=labels)
    files_link(batch=batch, files=files)
    batch_advance(batch=batch, event="finish", actor=None)
    return run_import(batch.id, heartbeat)


def local_files(path: Path, *, leave_out: Path | None = None) -> Iterator[tuple[str, Path]]:
    """A file, or all files under a folder in the order of their names, as (path to show, path).

    Raises ArchiveRefused for a folder with links that lead outside it.
    """
    if path.is_file():
        yield path.name, path
        return
    for item in iterate_source(path, path):
        if not (leave_out and item.path.samefile(leave_out)):
            yield item.relative_path, item.path


def _folder_in(root: Path, table: Path) -> str:
    """The folder of a table inside the folder that is imported; '' when it lies elsewhere."""
    folder = table.resolve().parent
    if not folder.is_relative_to(root.resolve()):
        return ""
    return "" if folder == root.resolve() else folder.relative_to(root.resolve()).as_posix()
