"""An import over HTTP, step by step, and the worker that carries it out."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.projects.models import Project
from labelhub.workflows.intake.import_images import run_import_job


def begin(client: APIClient, project: Project) -> str:
    answer = client.post(f"/api/v1/projects/{project.slug}/imports/", {}, format="json")
    assert answer.status_code == 201 and answer.json()["state"] == "receiving"
    return str(answer.json()["id"])


def send(client: APIClient, batch: str, content: bytes, path: str = "film.dcm", **extra: Any) -> Any:
    form = {"file": SimpleUploadedFile("film.dcm", content), "relative_path": path}
    return client.post(f"/api/v1/imports/{batch}/files/", form, format="multipart", **extra)


def finish(client: APIClient, batch: str) -> Any:
    return client.post(f"/api/v1/imports/{batch}/finish/", {}, format="json")


def work() -> None:
    """What a worker does when the doorbell rings."""
    job = Job.objects.get(kind="import", state=Job.State.QUEUED)
    claimed = jobs.job_claim(job.id, owner="test")
    assert claimed is not None
    run_import_job(claimed)
