"""Whoever waits while the studies of an identifier are arranged holds nothing that a claim waits for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import pytest
from django.db import transaction

from labelhub.imaging.models import Case, Patient, Study
from labelhub.imaging.persons import Person
from labelhub.imaging.services.arranging import identifiers_locked
from labelhub.imaging.services.patients import PatientFacts
from labelhub.projects.models import Project
from labelhub.workflows.intake.find_patient import find_patient
from labelhub.workflows.intake.join_patients import join_patients
from tests.factories.cases import make_cases
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import claim
from tests.factories.waiting import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def joining(people: People, keep: Case, other: Case) -> Callable[[], object]:
    return partial(join_patients, actor=people.manager, keep=keep, other=other, split=keep.split, excluded=[])


def finding(people: People, keep: Case, other: Case) -> Callable[[], object]:
    """A file names the patient of a study that was a patient of its own."""
    Patient.objects.filter(id=other.patient_id).update(pseudonym=other.study.source_hash)
    facts = PatientFacts(keep.patient.split_key, Person("F", "", None, ""), Study.NamedBy.FILE)
    study = Study.objects.select_related("patient").get(id=other.study_id)
    return partial(find_patient, study=study, facts=facts, actor=None)


@pytest.mark.parametrize("act", [joining, finding])
def test_a_claim_does_not_wait_behind_an_arranging(
    act: Callable[[People, Case, Case], Callable[[], object]],
) -> None:
    project: Project = make_project()
    people = make_people(project)
    keep, other = make_cases(project, 2)
    waits = act(people, keep, other)
    with ExitStack() as stack:
        with transaction.atomic():
            identifiers_locked(project.id, [keep.patient.split_key])
            done = stack.enter_context(at_once(waits))
            # With the round's row in the other's hands the server would end one of the two as a deadlock.
            assert claim(people.reader, project) is not None
        done()
    assert set(Study.objects.values_list("patient", flat=True)) == {keep.patient_id}
