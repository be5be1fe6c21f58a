"""Scoring the pool and publishing the new order, as two steps round the scorer: `prepare` and `publish`.

Entries are written in small fenced transactions; then one transaction switches the project's pointer. Readers go on
reading meanwhile. The file of the first complete scoring is kept, so that a later attempt publishes the same order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from labelhub.core import audit, jobs
from labelhub.core.models import Job
from labelhub.imaging.models import Case
from labelhub.imaging.storage import local_copy
from labelhub.learning.files import earlier_folders_remove, job_folder, remove_job_folder, write_json
from labelhub.learning.models import ModelVersion, RankedCase, Ranking, ScoringRun
from labelhub.learning.selectors import model_in_use, policy_of
from labelhub.learning.services.snapshot import MODEL_INPUT_PX, eligible_keys
from labelhub.projects.models import Project
from labelhub.reading.models import Action, Assignment, CaseRound, Queue, QueueEntry, WorklistState
from labelhub.reading.services.reservations import reservations_release
from labelhub.reading.services.rounds import worklist_state

# About 60 ms of processor time a transaction on SQLite: a claim waits no longer than that.
CHUNK = 1_000
KEPT_QUEUES = 2
UNSCORED = "unscored"


def is_superseded(job: Job) -> bool:
    """A newer promotion has its own scoring job: this one has nothing to do."""
    model = _model(job)
    in_use = model_in_use(model.project)
    return in_use is None or in_use.id != model.id


def prepare(job: Job) -> Path:
    """Write config.json, model.json and pool.json into the job's folder and return it."""
    jobs.job_heartbeat(job, {"stage": "images"})
    model = _model(job)
    project = model.project
    policy = policy_of(project)
    config = {
        "seed": policy.seed + model.number,
        "acquisition": policy.acquisition,
        "batch_size": policy.batch_query,
        "random_share": policy.random_share,
    }
    ScoringRun.objects.get_or_create(job=job, defaults={"model_version": model, "config": config})
    earlier_folders_remove(job)
    folder = job_folder(job)
    write_json(folder / "model.json", model.card)
    write_json(folder / "config.json", config)
    models = [{"card": str(folder / "model.json"), "weights": str(local_copy(model.weights_key))}]
    cases = list(_scorable(job, project))
    write_json(folder / "pool.json", {"input_px": MODEL_INPUT_PX, "models": models, "cases": cases})
    return folder


def keep_order(job: Job, done: dict[str, Any]) -> None:
    """Fix the scorer's order as the job's, for this and every later attempt.

    Pool cases that the model cannot score follow in the project's random order, and say so.
    """
    lines = Path(done["ranking"]).read_text().splitlines()
    order = [_row(json.loads(line)) for line in lines]
    known = {row["case"] for row in order}
    unscorable = _not_opened(_model(job).project).filter(case__has_eligible_instance=False)
    for case_id in unscorable.order_by("order_key").values_list("case_id", flat=True).iterator():
        if str(case_id) not in known:
            candidate = {"case": str(case_id), "action": Action.READ_NEW}
            order.append({**candidate, "why": UNSCORED, "score": None, "probabilities": {}})
    write_json(_order_file(job), order)


def has_order(job: Job) -> bool:
    return _order_file(job).exists()


def publish(job: Job) -> None:
    """Write the ranking and its queue, then switch the readers over. Safe to call again at a later attempt."""
    run = ScoringRun.objects.select_related("model_version__project").get(job=job)
    project = run.model_version.project
    order = json.loads(_order_file(job).read_text())
    ranking = _ranking(job, run, project, n_cases=len(order))
    written = RankedCase.objects.filter(ranking=ranking).count()
    for start in range(written, len(order), CHUNK):
        _write_chunk(job, project, ranking, start, order[start : start + CHUNK])
    _switch(job, run, project, ranking)
    _drop_old_entries(project)
    remove_job_folder(job)


def finish_superseded(job: Job) -> None:
    jobs.job_succeed(job, {"superseded": True})
    remove_job_folder(job)


def _model(job: Job) -> ModelVersion:
    return ModelVersion.objects.select_related("project").get(id=job.params["model_version"])


def _order_file(job: Job) -> Path:
    return job_folder(job) / "order.json"


def _not_opened(project: Project) -> QuerySet[CaseRound]:
    """Pool cases that nobody has opened; never validation or test cases (design invariant 6).

    One that is only reserved is among them: the switch gives the reservation up.
    """
    round_ = worklist_state(project).round
    of_case = Assignment.objects.filter(round_id=OuterRef("round_id"), case_id=OuterRef("case_id"))
    opened = of_case.exclude(state=Assignment.State.RESERVED)
    not_opened = Q(begun_seq__isnull=True) | ~Exists(opened)
    return CaseRound.objects.filter(not_opened, round=round_, split="pool")


def _scorable(job: Job, project: Project) -> Iterator[dict[str, Any]]:
    rows = (
        _not_opened(project)
        .filter(case__has_eligible_instance=True)
        .order_by("order_key")
        .values_list("case_id", "case__patient_id")
        .iterator(chunk_size=CHUNK)
    )
    while chunk := list(islice(rows, CHUNK)):
        jobs.job_heartbeat(job, {"stage": "images"})
        images = _images([case_id for case_id, _ in chunk])
        for case_id, patient_id in chunk:
            candidate = {"case": str(case_id), "action": Action.READ_NEW, "patient": str(patient_id)}
            yield {**candidate, "images": images[case_id], "phash": None}


def _images(case_ids: list[UUID]) -> dict[UUID, list[str]]:
    """Local files of the eligible instances of each case's current version, in reading order."""
    manifests = Case.objects.filter(id__in=case_ids).values_list("id", "current_version__manifest")
    keys = eligible_keys([str(case_id) for case_id in case_ids])
    return {
        case_id: [str(local_copy(keys[entry["instance"]])) for entry in manifest if entry["instance"] in keys]
        for case_id, manifest in manifests
    }


def _row(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "case": line["case"],
        "action": line["action"],
        "why": line["why"],
        "score": line["score"],
        "probabilities": line["probabilities"] or {},
    }


def _ranking(job: Job, run: ScoringRun, project: Project, *, n_cases: int) -> Ranking:
    """The job's ranking, with an empty queue; an earlier attempt's is taken up again."""
    existing = Ranking.objects.select_related("queue").filter(scoring_run=run).first()
    if existing:
        return existing
    with transaction.atomic():
        jobs.job_heartbeat(job, {"stage": "publish", "done": 0, "total": n_cases})
        ScoringRun.objects.filter(id=run.id).update(n_cases=n_cases)
        queue = Queue.objects.create(project=project, round=worklist_state(project).round)
        return Ranking.objects.create(
            project=project,
            scoring_run=run,
            queue=queue,
            acquisition=run.config["acquisition"],
            seed=run.config["seed"],
            n_cases=n_cases,
        )


def _write_chunk(
    job: Job, project: Project, ranking: Ranking, start: int, chunk: list[dict[str, Any]]
) -> None:
    """Positions start + 1 and on. Cases opened meanwhile stay in the record but not in the queue.

    One that is reserved gets an open entry: whoever begins or gives up a case changes only entries that he sees. If it
    is opened before the switch, the claim that comes to the entry closes it.
    """
    with transaction.atomic():
        jobs.job_heartbeat(job, {"stage": "publish", "done": start, "total": ranking.n_cases})
        ids = [row["case"] for row in chunk]
        waiting = {
            str(i) for i in _not_opened(project).filter(case_id__in=ids).values_list("case_id", flat=True)
        }
        RankedCase.objects.bulk_create(
            RankedCase(
                ranking=ranking,
                position=position,
                case_id=row["case"],
                action=row["action"],
                why=row["why"],
                score=row["score"],
                probabilities=row["probabilities"],
            )
            for position, row in enumerate(chunk, start + 1)
        )
        QueueEntry.objects.bulk_create(
            QueueEntry(queue=ranking.queue, position=position, case_id=row["case"], action=row["action"])
            for position, row in enumerate(chunk, start + 1)
            if row["case"] in waiting
        )


def _switch(job: Job, run: ScoringRun, project: Project, ranking: Ranking) -> None:
    """Point the readers at the new queue by one UPDATE, together with the end of the job."""
    n_entries = QueueEntry.objects.filter(queue=ranking.queue).count()
    with transaction.atomic():
        jobs.job_heartbeat(job)
        if is_superseded(job):
            jobs.job_succeed(job, {"superseded": True})
            return
        Queue.objects.filter(id=ranking.queue_id).update(is_complete=True, n_entries=n_entries)
        WorklistState.objects.filter(project=project).update(queue_id=ranking.queue_id)
        reservations_release(project)
        audit.record(
            actor_id=None,
            action="ranking.published",
            obj=ranking,
            project_id=project.id,
            data={"model": str(run.model_version_id), "n_cases": ranking.n_cases, "n_entries": n_entries},
        )
        jobs.job_succeed(job, {"ranking": str(ranking.id), "n_cases": ranking.n_cases})


def _drop_old_entries(project: Project) -> None:
    """Empty all but the newest queues, in small transactions; the rankings themselves stay.

    Also those that a job which was cancelled, or failed, has left half written.
    """
    in_force = WorklistState.objects.values_list("queue_id", flat=True).get(project=project)
    kept = list(
        Queue.objects.filter(project=project, is_complete=True)
        .order_by("-created_at")
        .values_list("id", flat=True)[:KEPT_QUEUES]
    )
    being_written = Q(is_complete=False, ranking__scoring_run__job__state__in=Job.ACTIVE)
    rest = Queue.objects.filter(project=project).exclude(being_written).exclude(id__in=[*kept, in_force])
    old = QueueEntry.objects.filter(queue_id__in=list(rest.values_list("id", flat=True)))
    while ids := list(old.values_list("id", flat=True)[:CHUNK]):
        QueueEntry.objects.filter(id__in=ids).delete()
