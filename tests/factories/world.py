"""A whole project with one object of every kind, for tests that walk the URL table."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from labelhub.consensus.models import Adjudication
from labelhub.core.models import Job
from labelhub.imaging.models import ImportBatch, ImportFile, Upload
from labelhub.learning.models import ModelVersion, TrainingRun
from labelhub.projects.models import Project, SavedFilter
from labelhub.reading.models import Assignment, Flag, LateRead
from labelhub.reading.services.flags import flag_raise
from labelhub.reading.services.leases import assignment_release
from labelhub.workflows.reading.submit_read import submit_read
from tests.factories.cases import make_cases
from tests.factories.invitations import invite
from tests.factories.projects import People
from tests.factories.reading import box, claim, document, read_case, submission


@dataclass(frozen=True)
class World:
    """Values for every URL argument, each naming an object of one project."""

    project: Project
    people: People
    arguments: dict[str, Any]


def make_world(project: Project, people: People) -> World:
    """Two cases begun: one discordant, one with a late read; an import, a run, a model, a flag."""
    case, late_case, open_case = make_cases(project, 3)
    read_case(people.reader, project, document({"nodule": "present"}, boxes=[box(case, 10, 10)]))
    read_case(people.second_reader, project)
    late = _late_read(project, people)
    mine = claim(people.reader, project)
    assert mine is not None
    flag = flag_raise(
        actor=people.reader, assignment=mine, kind=Flag.Kind.URGENT, text="tension", client_uuid=uuid.uuid4()
    )
    batch = ImportBatch.objects.create(project=project, created_by=people.manager)
    ImportFile.objects.create(batch=batch, position=1, path="film.dcm")
    upload = Upload.objects.create(batch=batch, path="film-2.dcm", size=10)
    job = Job.objects.create(kind="train", project_id=project.id, dedupe_key=f"train:{project.id}")
    run = TrainingRun.objects.create(project=project, job=job, trigger="manual", config={})
    model = ModelVersion.objects.create(
        project=project,
        run=run,
        number=1,
        weights_key="models/none",
        weights_sha256="0" * 64,
        findings=["nodule", "effusion"],
        metrics={"findings": {}, "mean_auroc": None, "n_test_cases": 0, "n_complete": 0, "min_positives": 10},
        n_labels=0,
    )
    (invitation,) = invite(people.manager, project)
    saved = SavedFilter.objects.create(
        project=project, name="To check", query={"split": "test"}, order="number", created_by=people.manager
    )
    return World(
        project,
        people,
        {
            "slug": project.slug,
            "assignment_id": mine.id,
            "adjudication_id": Adjudication.objects.get(project=project).id,
            "flag_id": flag.id,
            "late_read_id": late.id,
            "import_id": batch.id,
            "upload_id": upload.id,
            "run_id": run.id,
            "model_id": model.id,
            "job_id": job.id,
            "instance_id": open_case.instances.get().id,
            "case_id": late_case.id,
            "invitation_id": invitation.invitation.id,
            "filter_id": saved.id,
            "frame": 1,
            "user_id": people.reader.id,
            "role": "reader",
            "number": 1,
            "deletion_id": uuid.uuid4(),
        },
    )


def _late_read(project: Project, people: People) -> LateRead:
    lost = claim(people.third_reader, project)
    assert lost is not None
    assignment_release(actor=people.third_reader, assignment=lost)
    for reader in (people.reader, people.second_reader):
        assert read_case(reader, project) is not None
    submit_read(actor=people.third_reader, assignment=lost, submission=submission(lost))
    return LateRead.objects.get(assignment=lost)


def hold_leases(days: int = 1) -> None:
    """Push every lease into the future, so that a slow test does not lose one."""
    Assignment.objects.filter(lease_until__isnull=False).update(
        lease_until=timezone.now() + timedelta(days=days)
    )
