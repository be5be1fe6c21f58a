"""Who was joined to one patient and then, with her, to another: nothing of the person is left in a split of before."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from labelhub.core.errors import Conflict, JobCancelled
from labelhub.imaging.models import Case, Patient, Split, Study
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


@pytest.fixture
def apart(project: Project, chain: list[Case]) -> Case:
    """A case of somebody else under the ID of A, who has two, whom the import that brought it did not find."""
    import_files(project, {"more.dcm": radiograph(6, patient="A")})
    with pytest.raises(JobCancelled):
        of_a_man = radiograph(7, patient="A", PatientSex="M", PatientAge=None)
        run_import(stage(project, {"apart.dcm": of_a_man}).id, cancelled)
    return Case.objects.select_related("patient").latest("number")


def test_a_study_that_an_import_left_is_not_joined_with_whom_it_contradicts(
    people: People, chain: list[Case], apart: Case
) -> None:
    first, _, third = chain
    join(people, third, first)
    study = Study.objects.select_related("patient").get(id=apart.study_id)
    assert (study.patient.sex, study.named_by) == ("M", Study.NamedBy.FILE)
    assert (study.patient.joined_to, study.patient.split) == (None, Split.TEST)
    assert study.patient_id not in (first.patient_id, third.patient_id)


def test_who_is_found_to_be_somebody_else_is_not_joined_as_it_was_shown(
    people: People, chain: list[Case], apart: Case
) -> None:
    first, _, third = chain
    assert apart.patient_id == first.patient_id
    with pytest.raises(Conflict) as refused:
        join(people, third, apart)
    assert refused.value.code == "joining_changed"
    apart.refresh_from_db()
    assert apart.patient_id != first.patient_id
    assert not Study.objects.filter(is_to_arrange=True).exists()
    join(people, third, apart)
    assert Case.objects.get(id=first.id).patient_id == first.patient_id


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
