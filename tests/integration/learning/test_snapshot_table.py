"""The labels of a run lie apart from its row: what a submit or a page loads does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.core.jobs import job_claim
from labelhub.learning.models import TrainingRun, TrainingSnapshot
from labelhub.learning.services.runs import training_due_check, training_request
from labelhub.projects.models import Project
from labelhub.workflows.learning import train_model
from tests.factories.learning import make_model, make_trainable_project
from tests.factories.projects import People

ClientOf = Callable[[User | None], APIClient]


def snapshot_taken(project: Project) -> TrainingRun:
    run = training_request(actor=None, project=project, trigger="manual")
    job = job_claim(run.job_id, owner="test")
    assert job is not None
    train_model.prepare(job)
    run.refresh_from_db()
    return run


@pytest.mark.django_db
def test_a_run_keeps_counts_and_hash_and_its_labels_lie_apart(project: Project, people: People) -> None:
    make_trainable_project(project, people, n_pool=8, n_new=0)
    run = snapshot_taken(project)
    assert "cases" not in run.snapshot
    assert run.snapshot["n_labels"] == run.n_labels == 8
    assert [case["role"] for case in run.training_data.cases].count("train") == 8


@pytest.mark.django_db
def test_a_submit_and_the_learning_page_never_read_the_labels(
    project: Project, people: People, client_of: ClientOf
) -> None:
    make_trainable_project(project, people, n_pool=8, n_new=0)
    snapshot_taken(project)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        training_due_check(project)
        client_of(people.manager).get(f"/api/v1/projects/{project.slug}/learning/")
    asked = " ".join(query["sql"] for query in queries.captured_queries)
    assert "learning_trainingrun" in asked
    for column in (TrainingSnapshot._meta.db_table, '"snapshot"', '"log_tail"', '"history"'):
        assert column not in asked


@pytest.fixture
def upgrade() -> Iterator[Callable[[], None]]:
    """Put the labels back into the row, and on call move them out as an upgrade does."""

    def to(*targets: Any) -> None:
        executor = MigrationExecutor(connection)
        executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())

    def there_and_back() -> None:
        to(("learning", "0003_random_share_default"))
        to()

    yield there_and_back
    to()


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_moves_the_labels_of_old_runs(project: Project, upgrade: Callable[[], None]) -> None:
    with_labels, without = make_model(project).run, make_model(project, 2).run
    cases = [{"case": "c", "role": "train", "labels": {"nodule": {"row": "r", "value": 1}}}]
    TrainingRun.objects.filter(id=with_labels.id).update(snapshot={"n_labels": 1, "sha256": "s"})
    TrainingSnapshot.objects.create(run=with_labels, cases=cases)

    upgrade()

    with_labels.refresh_from_db()
    assert with_labels.snapshot == {"n_labels": 1, "sha256": "s"}
    assert TrainingSnapshot.objects.get(run=with_labels).cases == cases
    assert not TrainingSnapshot.objects.filter(run=without).exists()
