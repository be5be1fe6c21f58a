"""Deleting a project: nothing of it is left, nothing else is touched, and a kill at any point only delays it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import ForeignKey, Model, UniqueConstraint
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import append_only, jobs
from labelhub.core.checks import append_only_triggers
from labelhub.core.models import AuditEvent, Job
from labelhub.projects.models import ObjectToErase, Project, ProjectDeletion
from labelhub.projects.services import project_archive
from labelhub.reading.models import Read
from labelhub.workflows.projects import delete_project
from labelhub.workflows.projects.delete_project import ask_deletion, start_due_deletions
from labelhub.workflows.projects.erased_rows import IMPORTS, OF_CASES, OF_PROJECT
from labelhub.workflows.run_tick import run_tick
from tests.factories.projects import People, make_people, make_project
from tests.factories.whole import make_whole, models_under_projects, rows_under, stored_files
from workers.tasks import run_job


def ask(project: Project, manager: User, *, days_ago: int = 0) -> ProjectDeletion:
    project_archive(actor=manager, project=project)
    deletion = ask_deletion(actor=manager, project=project, name=project.name, reason="The study has ended.")
    moved = timedelta(days=days_ago)
    ProjectDeletion.objects.filter(id=deletion.id).update(
        asked_at=deletion.asked_at - moved, due_at=deletion.due_at - moved
    )
    deletion.refresh_from_db()
    return deletion


def deletion_job() -> Job:
    return Job.objects.get(kind=delete_project.KIND, state__in=Job.ACTIVE)


def others_rows(project: Project) -> dict[str, list[Any]]:
    """Every row of the database but the project's own, its people's, and what tells of the deletion."""
    told = {
        "core.AuditEvent",
        "core.Job",
        "projects.ProjectDeletion",
        "projects.ObjectToErase",
        "core.ScheduledRun",
    }
    under = models_under_projects()
    rows = {}
    for model in apps.get_models():
        label = model._meta.label
        if label in told or label.startswith(("sessions.", "contenttypes.", "auth.")):
            continue
        own = {row for way in under.get(model, []) for row in _keys(model, **{way: project.id})}
        rows[label] = [
            row for row in model._default_manager.order_by("pk").values() if _key(model, row) not in own
        ]
    return rows


def _keys(model: type[Model], **where: Any) -> list[Any]:
    return list(model._default_manager.filter(**where).values_list("pk", flat=True))


def _key(model: type[Model], row: dict[str, Any]) -> Any:
    return row[model._meta.pk.attname]


@pytest.fixture
def few_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CASES_A_CHUNK", "ROWS_A_CHUNK", "OBJECTS_A_CHUNK"):
        monkeypatch.setattr(delete_project, name, 1)


def test_nothing_of_it_is_left_and_nothing_else_is_touched(few_a_chunk: None, transactional_db: None) -> None:
    files_before = stored_files()
    other = make_project()
    make_whole(other, make_people(other))
    others_files = stored_files() - files_before
    project = make_project()
    people = make_people(project)
    make_whole(project, people)
    empty = {label for label, n in rows_under(project).items() if n == 0}
    assert empty == set(), "the world of this test has no row of these"
    assert len(stored_files() - files_before) == 2 * len(others_files) > 0
    n_reads = Read.objects.filter(assignment__case__project=project).count()
    n_events = AuditEvent.objects.filter(project_id=project.id).count()
    kept, others = others_rows(project), rows_under(other)

    deletion = ask(project, people.manager, days_ago=8)
    start_due_deletions()
    run_job(str(deletion_job().id))

    assert {label: n for label, n in rows_under(project).items() if n} == {}
    assert others_rows(project) == kept and rows_under(other) == others
    assert stored_files() - files_before == others_files
    deletion.refresh_from_db()
    assert (deletion.n_cases, deletion.n_reads) == (3, n_reads)
    assert deletion.n_objects >= 4 and deletion.finished_at is not None
    assert deletion.slug_sha256 == hashlib.sha256(project.slug.encode()).hexdigest()
    assert (deletion.asked_by, deletion.reason) == (people.manager, "The study has ended.")
    assert deletion.memberships == [] and not ObjectToErase.objects.exists()
    events = AuditEvent.objects.filter(project_id=project.id).order_by("id")
    assert events.count() > n_events
    steps = events.filter(object_type="projects.projectdeletion").values_list("action", flat=True)
    assert list(steps) == [
        "project.deletion_asked",
        "project.deletion_begun",
        "project.rows_deleted",
        "project.deleted",
    ]
    make_project(project.slug)  # its short name is free
    assert append_only_triggers(databases=["default"]) == []


def test_every_table_under_projects_has_its_place() -> None:
    named = {rows.model for rows in (*IMPORTS, *OF_CASES, *OF_PROJECT)} | {"projects.Project"}
    assert {model._meta.label for model in models_under_projects()} == named


def test_what_refers_to_a_row_goes_before_it() -> None:
    """All of a case's rows go in one transaction, where the order is free."""
    order = [*([rows] for rows in IMPORTS), OF_CASES, *([rows] for rows in OF_PROJECT)]
    places = [(rows.model, at) for at, together in enumerate(order) for rows in together]
    first, last = dict(reversed(places)), dict(places)
    for label, at in first.items():
        for field in apps.get_model(label)._meta.concrete_fields:
            target = field.related_model._meta.label if field.related_model else ""
            assert at <= last.get(target, at), f"{label}.{field.name}"


class Killed(BaseException):
    """As a worker that is killed: nothing is written of how it ended."""


def test_no_deletion_looks_through_a_whole_table() -> None:
    """The database asks of each row that goes whether another one refers to it: by an index, or through the table."""
    few = {
        "reading.CaseRound.settled_schema",
        "reading.CaseRound.settled_protocol",
    }  # a handful of rows go there
    unindexed = {
        f"{model._meta.label}.{field.name}"
        for model in models_under_projects()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and not field.db_index and field.name not in _indexed_first(model)
    }
    assert unindexed == few


def _indexed_first(model: type[Model]) -> set[str]:
    """Columns that some index begins with. One that leaves out nulls serves too: a null refers to nothing."""
    uniques = [each.fields for each in model._meta.constraints if isinstance(each, UniqueConstraint)]
    return {
        fields[0].lstrip("-")
        for fields in [*(each.fields for each in model._meta.indexes), *uniques]
        if fields
    }


@contextmanager
def killed(where: str, attempt: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The worker dies when its first chunk is done, or amid one: a table further in each attempt."""
    passed = 0
    owner, name, most = {
        "after a chunk": (jobs, "job_heartbeat", 1),
        "amid a chunk": (delete_project.Erasure, "_delete", attempt),
    }[where]
    real = getattr(owner, name)

    def dying(*args: Any) -> Any:
        nonlocal passed
        passed += 1
        if passed > most:
            raise Killed
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dying)
        with suppress(Killed):
            yield


@pytest.mark.parametrize("where", ["after a chunk", "amid a chunk"])
def test_killed_again_and_again_it_goes_on_to_the_end(
    where: str, few_a_chunk: None, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    files_before = stored_files()
    project = make_project()
    people = make_people(project)
    make_whole(project, people)
    n_reads = Read.objects.count()
    deletion = ask(project, people.manager, days_ago=8)
    start_due_deletions()
    job = deletion_job()
    Job.objects.filter(id=job.id).update(max_attempts=1000)
    attempts = 0
    while Job.objects.get(id=job.id).state != Job.State.SUCCEEDED:
        attempts += 1
        Job.objects.filter(id=job.id).update(lease_until=timezone.now() - timedelta(minutes=5))
        claimed = jobs.job_claim(job.id, owner=f"worker:{attempts}")
        assert claimed is not None
        with killed(where, attempts, monkeypatch):
            delete_project.run_deletion_job(claimed)
        assert append_only_triggers(databases=["default"]) == []
        assert_no_row_points_at_missing_bytes(project)
    assert attempts > 10
    assert {label: n for label, n in rows_under(project).items() if n} == {}
    assert stored_files() == files_before
    deletion.refresh_from_db()
    assert (deletion.n_cases, deletion.n_reads) == (3, n_reads)


def assert_no_row_points_at_missing_bytes(project: Project) -> None:
    for instance in project.instances.exclude(original_key=""):
        assert default_storage.exists(instance.original_key)


def test_during_the_days_of_grace_nothing_is_deleted(project: Project, people: People) -> None:
    make_whole(project, people)
    before = rows_under(project)
    ask(project, people.manager, days_ago=6)
    run_tick()
    assert not Job.objects.filter(kind=delete_project.KIND).exists()
    after = rows_under(project)
    assert after.pop("projects.Membership") == 0
    assert {label: before[label] for label in after} == after


def test_the_clock_waits_for_a_recount_that_has_not_ended(project: Project, people: People) -> None:
    """Which a manager who asks does not see."""
    job = Job.objects.create(kind="statistics", dedupe_key=f"statistics:{project.id}")
    ask(project, people.manager, days_ago=8)
    start_due_deletions()
    assert not Job.objects.filter(kind=delete_project.KIND).exists()
    Job.objects.filter(id=job.id).update(state=Job.State.CANCELLED)
    for _ in range(2):
        start_due_deletions()
    assert Job.objects.filter(kind=delete_project.KIND).count() == 1


def test_only_the_erasing_transaction_deletes_reads(project: Project, people: People) -> None:
    make_whole(project, people)
    with transaction.atomic(), append_only.erasing(["core.Job"]):
        pass
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Read.objects.all()._raw_delete("default")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        append_only.erasing(["reading.Read"]),
    ):
        Read.objects.update(comment="changed")
    assert append_only_triggers(databases=["default"]) == []


def test_a_failed_deletion_is_asked_for_again(
    project: Project, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(project, people.manager, days_ago=8)
    start_due_deletions()
    job = deletion_job()
    Job.objects.filter(id=job.id).update(state="failed", finished_at=timezone.now() - timedelta(hours=1))
    start_due_deletions()
    assert deletion_job().id != job.id
    run_job(str(deletion_job().id))
    assert not Project.objects.filter(id=project.id).exists()


@pytest.mark.parametrize(
    "key", ["", "instances", "instances/", "originals/../instances/a", "elsewhere/a", "/etc/passwd"]
)
@pytest.mark.parametrize("erase", list(delete_project.ERASE)[:3])
def test_no_area_is_removed_as_a_whole(key: str, erase: Any) -> None:
    with pytest.raises(ValueError, match="no key"):
        delete_project.ERASE[erase](key)
