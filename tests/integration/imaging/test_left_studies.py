"""What an import has left that did not end is arranged by the clock, or by whichever import comes next."""

from __future__ import annotations

from typing import Any

import pytest

from labelhub.core import jobs
from labelhub.core.errors import JobCancelled
from labelhub.core.models import Job
from labelhub.imaging.models import ImportBatch, Patient, Study
from labelhub.projects.models import Project
from labelhub.workflows.intake.arrange_studies import arrange_left_studies
from labelhub.workflows.intake.count_summaries import KIND, run_summary_job
from labelhub.workflows.intake.import_images import run_import
from labelhub.workflows.run_tick import STEPS
from tests.factories.imaging import import_files, radiograph, stage


@pytest.fixture
def finished(project: Project) -> ImportBatch:
    """An import of a study of P, under whose ID one that was cancelled has left a study of somebody else."""
    batch = import_files(project, {"1.dcm": radiograph(1, patient="P")})
    of_a_man = radiograph(2, patient="P", PatientSex="M", PatientAge=None)
    with pytest.raises(JobCancelled):
        run_import(stage(project, {"2.dcm": of_a_man}).id, cancelled)
    assert Study.objects.filter(is_to_arrange=True).count() == Patient.objects.count() == 1
    return batch


def cancelled(progress: dict[str, Any]) -> None:
    raise JobCancelled("The import was cancelled.")


def n_contradictory(batch: ImportBatch) -> int:
    for row in Job.objects.filter(kind=KIND, state=Job.State.QUEUED):
        job = jobs.job_claim(row.id, owner="test")
        assert job is not None
        run_summary_job(job)
    batch.refresh_from_db()
    return int(batch.options["n_contradictory"])


def test_the_clock_finds_the_persons_of_what_a_cancelled_import_left(finished: ImportBatch) -> None:
    assert arrange_left_studies in STEPS
    assert n_contradictory(finished) == 0
    arrange_left_studies()
    assert sorted(Patient.objects.values_list("sex", flat=True)) == ["F", "M"]
    assert not Study.objects.filter(is_to_arrange=True).exists()
    assert n_contradictory(finished) == 1


def test_the_clock_leaves_it_to_an_import_that_runs(finished: ImportBatch) -> None:
    job, _ = jobs.job_enqueue(kind="import", dedupe_key="next", params={}, project_id=finished.project_id)
    arrange_left_studies()
    assert Study.objects.filter(is_to_arrange=True).exists()
    Job.objects.filter(id=job.id).update(state=Job.State.FAILED)
    arrange_left_studies()
    assert not Study.objects.filter(is_to_arrange=True).exists()


def test_another_import_that_arranges_it_has_what_is_said_of_it_counted(
    project: Project, finished: ImportBatch
) -> None:
    other = import_files(project, {"3.dcm": radiograph(3, patient="Q")})
    assert not Study.objects.filter(is_to_arrange=True).exists()
    assert (n_contradictory(finished), n_contradictory(other)) == (1, 0)
