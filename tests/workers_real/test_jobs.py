"""The job row is the truth: messages may come twenty times, or never (design invariant 7)."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
import redis as redis_client

from labelhub.core import dispatch
from labelhub.core.audit import verify_chain
from labelhub.core.dispatch import RUN_JOB
from labelhub.core.jobs import job_enqueue
from labelhub.core.models import AuditEvent, Job
from labelhub.imaging.models import ImportBatch, ImportFile
from labelhub.imaging.services.batches import batch_advance, batch_create, files_link
from labelhub.launch import commands
from labelhub.launch.redis_server import RedisServer
from labelhub.projects.models import Project
from tests.factories.dicom import gradient, raster_bytes
from tests.workers_real.harness import Workers, wait_for

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]


def import_job(project: Project, folder: Path) -> Job:
    path = folder / f"{uuid.uuid4()}.png"
    path.write_bytes(raster_bytes(gradient(dtype="u1", high=255)))
    batch = batch_create(actor=None, project=project)
    files_link(batch=batch, files=[(path.name, path)])
    batch_advance(batch=batch, event="finish", actor=None)
    job, _ = job_enqueue(
        kind="import",
        dedupe_key=f"import:{batch.id}",
        params={"batch": str(batch.id)},
        project_id=project.id,
    )
    return job


def state_of(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(id=job.id)


def test_twenty_copies_of_a_message_run_the_job_once(
    workers: Workers, project: Project, tmp_path: Path
) -> None:
    workers.start(commands.interactive_worker())
    job = import_job(project, tmp_path)
    for _ in range(20):
        dispatch.producer().send_task(RUN_JOB, args=[str(job.id)], queue="interactive")
    last = import_job(project, tmp_path)
    wait_for(lambda: state_of(last) == "succeeded", "the job behind the copies")
    wait_for(
        lambda: state_of(job) == "succeeded", "the job itself, which another process of the worker may have"
    )
    job.refresh_from_db()
    assert job.attempt == 1
    assert ImportFile.objects.filter(batch_id=job.params["batch"]).count() == 1


def test_a_flushed_broker_loses_no_job(
    workers: Workers, redis: RedisServer, project: Project, tmp_path: Path
) -> None:
    job = import_job(project, tmp_path)
    client = redis_client.Redis(unix_socket_path=str(redis.socket_path))
    assert client.llen("interactive") == 1
    client.flushall()
    workers.start_all()
    wait_for(lambda: state_of(job) == "succeeded", "the sweeper to ring again")
    assert ImportBatch.objects.get(id=job.params["batch"]).state == ImportBatch.State.DONE


def test_the_clock_seals_the_audit_trail(workers: Workers, project: Project) -> None:
    workers.start(commands.clock_worker())
    workers.start(commands.beat())
    n_events = AuditEvent.objects.count()
    assert n_events > 0
    wait_for(lambda: verify_chain().n_sealed >= n_events, "all rows to be sealed", timeout_s=60)
    assert verify_chain().fault is None
    assert Job.objects.get(kind="seal").state in Job.ACTIVE
