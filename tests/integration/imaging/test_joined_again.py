"""Who was joined to one patient and then, with her, to another: nothing of the person is left in a split of before."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from labelhub.core.errors import JobCancelled
from labelhub.imaging.models import Case, Patient, Split
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound
from labelhub.workflows.intake.import_images import run_import
from labelhub.workflows.intake.join_patients import join_patients
from tests.factories.cases import make_case
from tests.factories.imaging import import_files, radiograph, stage
from tests.factories.projects import People

CHAIN = ("A", "B", "C")


@pytest.fixture
def chain(project: Project) -> list[Case]:
    """Cases of the patients A and B of the pool, and of C, who is in the test split."""
    import_files(project, {f"{name}.dcm": radiograph(n, patient=name) for n, name in enumerate(CHAIN, 1)})
    cases = list(Case.objects.order_by("number"))
    for case, split in zip(cases, (Split.POOL, Split.POOL, Split.TEST), strict=True):
        Patient.objects.filter(id=case.patient_id).update(split=split)
        Case.objects.filter(id=case.id).update(split=split)
        CaseRound.objects.filter(case=case).update(split=split)
    return cases


def join(people: People, keep: Case, other: Case) -> None:
    rows = Case.objects.select_related("patient")
    kept = rows.get(id=keep.id)
    join_patients(actor=people.manager, keep=kept, other=rows.get(id=other.id), split=kept.split, excluded=[])


def cancelled(progress: dict[str, Any]) -> None:
    raise JobCancelled("The import was cancelled.")


def assert_one_person_in(split: str, person: Patient, n: int) -> None:
    found = Case.objects.values_list("patient", "study__patient", "split")
    assert list(found) == [(person.id, person.id, split)] * n
    assert set(CaseRound.objects.values_list("split", flat=True)) == {split}
    assert set(Patient.objects.values_list("split", flat=True)) == {split}


def test_a_study_of_the_first_id_comes_into_the_split_of_the_last(
    project: Project, people: People, chain: list[Case]
) -> None:
    first, second, third = chain
    join(people, second, first)
    join(people, third, second)
    import_files(project, {"later.dcm": radiograph(7, patient="A")})
    assert_one_person_in(Split.TEST, third.patient, 4)


def test_a_study_that_a_cancelled_import_left_with_who_was_joined_moves_too(
    project: Project, people: People, chain: list[Case]
) -> None:
    first, second, third = chain
    join(people, second, first)
    with pytest.raises(JobCancelled):
        run_import(stage(project, {"left.dcm": radiograph(7, patient="A")}).id, cancelled)
    join(people, third, second)
    import_files(project, {"other.dcm": radiograph(8, patient="C")})
    assert_one_person_in(Split.TEST, third.patient, 5)


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_puts_who_was_joined_into_the_split_of_the_person(project: Project) -> None:
    person = make_case(project, split=Split.TEST).patient
    joined = make_case(project).patient
    Patient.objects.filter(id=joined.id).update(joined_to=person)
    make_case(project)
    Patient.objects.filter(joined_to=None, split=Split.POOL).update(joined_to=joined)
    MigrationExecutor(connection).migrate([("imaging", "0017_who_issued_the_id")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert list(Patient.objects.values_list("split", flat=True)) == [Split.TEST] * 3
