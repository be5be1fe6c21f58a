"""After patients were joined, what their imports assumed is counted anew by a job, and in no transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from labelhub.consensus.models import ProjectStatistics
from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.imaging.models import Case, ImportBatch, Instance
from labelhub.imaging.selectors import import_warnings
from labelhub.imaging.services.summaries import summary_count, summary_keep
from labelhub.projects.models import Project
from labelhub.workflows.intake.accept_version import accept_version
from labelhub.workflows.intake.count_summaries import KIND, run_summary_job
from labelhub.workflows.intake.join_patients import join_patients
from labelhub.workflows.projects.due_statistics import refresh_due_statistics
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from labelhub.workflows.run_tick import run_tick
from tests.factories.accounts import make_user
from tests.factories.imaging import import_files, radiograph
from tests.factories.projects import People
from tests.factories.reading import claim

COUNTS = f'SELECT "{Instance._meta.db_table}"."warnings"'
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(project: Project) -> ImportBatch:
    """Images of three studies that name nobody."""
    return import_files(project, {f"{n}.dcm": radiograph(n, PatientID="ANON") for n in (1, 2, 3)})


def test_who_joins_patients_leaves_the_counting_of_their_imports_to_a_job(batch: ImportBatch) -> None:
    assert states_while_counting(join, cases=(0, 1)) == []
    assert n_own_patient(batch) == 3
    job = Job.objects.get(kind=KIND)
    assert (job.params, job.project_id) == ({"batch": str(batch.id)}, batch.project_id)
    run_queued()
    assert n_own_patient(batch) == 1
    assert any("name no patient: 1." in sentence for sentence in import_warnings(batch.project))


def test_an_import_is_counted_outside_any_transaction(batch: ImportBatch) -> None:
    join(cases=(0, 1))
    states = states_while_counting(run_queued)
    assert states and not any(states)


def test_a_joining_while_the_job_counts_has_it_counted_once_more(batch: ImportBatch) -> None:
    join(cases=(0, 1))
    first = jobs.job_claim(Job.objects.get(kind=KIND).id, owner="first")
    assert first is not None
    join(cases=(0, 2))
    run_summary_job(first)
    run_queued()
    assert n_own_patient(batch) == 0
    assert not Job.objects.filter(kind=KIND, state__in=Job.ACTIVE).exists()


def test_a_count_that_began_before_another_was_kept_is_not_kept_over_it(batch: ImportBatch) -> None:
    old = summary_count(batch.id)
    join(cases=(0, 1))
    run_queued()
    assert not summary_keep(old)
    assert n_own_patient(batch) == 1


@pytest.mark.parametrize("is_counted_before_the_end", [True, False])
def test_a_joining_between_an_imports_last_count_and_its_end_is_in_its_summary(
    project: Project, is_counted_before_the_end: bool
) -> None:
    counted: list[str] = []
    joined: list[bool] = []

    def meanwhile(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(COUNTS):
            counted.append(sql)
        elif counted and not joined:
            joined.append(True)
            join(cases=(0, 1))
            if is_counted_before_the_end:
                run_queued()
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        batch = import_files(project, {f"{n}.dcm": radiograph(n, PatientID="ANON") for n in (1, 2, 3)})
    run_queued()
    assert joined and n_own_patient(batch) == 1


def test_a_job_that_is_done_twice_counts_the_same(batch: ImportBatch) -> None:
    join(cases=(0, 1))
    run_queued()
    Job.objects.create(kind=KIND, dedupe_key="again", params={"batch": str(batch.id)})
    run_queued()
    assert n_own_patient(batch) == 1


def test_a_cancelled_count_is_asked_for_by_the_next_change_and_not_by_the_clock(batch: ImportBatch) -> None:
    """Every change asks by itself; what was cancelled is not repeated for no reason."""
    join(cases=(0, 1))
    job = Job.objects.get(kind=KIND)
    jobs.job_request_cancel(job_id=job.id, actor_id=make_user().id)
    Job.objects.update(finished_at=timezone.now() - timedelta(days=1))
    run_tick()
    assert not Job.objects.filter(kind=KIND, state__in=Job.ACTIVE).exists()
    join(cases=(0, 2))
    run_queued()
    assert n_own_patient(batch) == 0


def test_a_held_version_that_is_put_in_force_has_its_imports_counted(
    project: Project, people: People
) -> None:
    of = {"study": 5, "patient": "P"}
    side = import_files(project, {"1.dcm": radiograph(1, ViewPosition="LL", **of)})
    assert claim(people.reader, project)
    import_files(project, {"2.dcm": radiograph(2, ViewPosition="PA", **of)})
    assert any("Cases without a known frontal radiograph: 1." in each for each in import_warnings(project))
    accept_version(actor=people.manager, case=Case.objects.get())
    assert {job.params["batch"] for job in Job.objects.filter(kind=KIND)} > {str(side.id)}
    run_queued()
    assert not any("frontal" in each for each in import_warnings(project))


def test_the_statistics_that_show_the_count_are_due_after_it(batch: ImportBatch) -> None:
    join(cases=(0, 1))
    refresh_statistics(batch.project)
    ProjectStatistics.objects.update(duration_s=0, computed_at=timezone.now() - timedelta(minutes=1))
    run_queued()
    refresh_due_statistics()
    assert Job.objects.filter(kind="statistics", state=Job.State.QUEUED).exists()


def join(cases: tuple[int, int]) -> None:
    rows = list(Case.objects.select_related("patient").order_by("number"))
    keep, other = (rows[n] for n in cases)
    join_patients(actor=make_user(), keep=keep, other=other, split=keep.split, excluded=[])


def run_queued() -> None:
    for row in Job.objects.filter(kind=KIND, state=Job.State.QUEUED):
        job = jobs.job_claim(row.id, owner="test")
        assert job is not None
        run_summary_job(job)


def n_own_patient(batch: ImportBatch) -> int:
    batch.refresh_from_db()
    return int(batch.options["n_own_patient"])


def states_while_counting(act: Callable[..., Any], **arguments: Any) -> list[bool]:
    """Whether a transaction was open, for each statement that read the warnings of an import's images."""
    states: list[bool] = []

    def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(COUNTS):
            states.append(connection.in_atomic_block)
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        act(**arguments)
    return states
