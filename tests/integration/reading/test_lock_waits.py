"""What a transaction that has waited for a lock then knows, and further circles of waiting that there must not be.

As in `test_lock_order.py`: on PostgreSQL the second transaction is stopped at the lock that the first one holds, before
the first goes on. SQLite has one writer.
"""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from threading import Event

import pytest
from django.db import connection, transaction

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict
from labelhub.imaging.cases import cases_seal
from labelhub.imaging.models import Patient, Study
from labelhub.imaging.persons import Person
from labelhub.imaging.services.arranging import (
    identifiers_locked,
    studies_arrange,
    studies_to_arrange,
)
from labelhub.imaging.services.patients import PatientFacts
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.models import Assignment, CaseRound, CaseSeen, Flag, ReaderCursor, Seen
from labelhub.reading.services.case_rounds import unbegun_slots_set
from labelhub.reading.services.flags import flag_raise
from labelhub.reading.services.locks import case_round_locked, cases_locked, cursors_locked, round_locked
from labelhub.reading.services.reservations import reservation_give_up
from labelhub.reading.services.seen import cases_seen
from labelhub.workflows.intake.find_patient import find_patient
from labelhub.workflows.intake.join_patients import join_patients
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import claim
from tests.factories.waiting import PATIENCE_S, at_once

FACTS = PatientFacts("", Person("F", "", None, ""))


@pytest.fixture
def world(transactional_db: None) -> tuple[Project, People]:
    project = make_project(protocol={"readers_per_case": 3})
    return project, make_people(project)


@pytest.mark.parametrize("has_claimed", [True, False])
def test_a_claim_that_waited_while_she_looked_for_the_first_time_knows_what_she_has_seen(
    world: tuple[Project, People], has_claimed: bool
) -> None:
    project, people = world
    seen, other = make_cases(project, 2)
    if has_claimed:
        cases_seen(people.reader, project.id, [other.id], Seen.OUTCOME)
        claim(people.reader, project, ahead=True)  # makes her cursor
        Assignment.objects.all().delete()
        CaseRound.objects.update(n_open=3, begun_seq=None)
        CaseSeen.objects.all().delete()
    assert ReaderCursor.objects.exists() == has_claimed
    with ExitStack() as stack:
        with transaction.atomic():
            cases_seen(people.reader, project.id, [seen.id, other.id], Seen.OUTCOME)
            claimed = stack.enter_context(at_once(claim, reader=people.reader, project=project))
        assert claimed() is None


def test_a_slot_that_was_waited_for_is_given_with_the_version_that_was_sealed_meanwhile(
    world: tuple[Project, People],
) -> None:
    project, people = world
    (case,) = make_cases(project, 1)
    reserved = [claim(reader, project, ahead=True) for reader in (people.second_reader, people.third_reader)]
    assert reserved[1] is not None and reservation_given_up(reserved[1])
    before = case.current_version_id
    with ExitStack() as stack:
        with transaction.atomic():  # as an import that seals the case with one image more
            cases_locked([case.id])
            claimed = stack.enter_context(at_once(claim, reader=people.reader, project=project))
            image = case.instances.get()
            image.pk, image.source_hash, image.storage_prefix = uuid.uuid4(), "f" * 64, "instances/more"
            image.save(force_insert=True)
            cases_seal(case_ids=[case.id], begun=[])
        row = claimed()
    case.refresh_from_db()
    assert row.rule == Assignment.Rule.REOPENED
    assert row.case_version_id == case.current_version_id != before
    assert Assignment.objects.get(id=row.id).case_version_id == case.current_version_id


def reservation_given_up(row: Assignment) -> bool:
    with transaction.atomic():
        return reservation_give_up(row)


def test_a_flag_waits_for_the_claims_of_all_managers_before_it_takes_back_what_is_reserved_for_one(
    world: tuple[Project, People],
) -> None:
    project, people = world
    (case,) = make_cases(project, 1)
    row = claim(people.third_reader, project)
    assert row is not None
    managers = [people.reader, people.second_reader]
    for manager in managers:
        membership_add(actor=None, project=project, user=manager, role=Membership.Role.MANAGER)
        reserved = claim(manager, project, ahead=True)
        assert reserved is not None and reserved.case == case
    later = max(managers, key=lambda manager: manager.id)
    with ExitStack() as stack:
        with transaction.atomic():
            cursors_locked([later.id], project.id)  # she claims,
            flagged = stack.enter_context(at_once(raise_flag, reader=people.third_reader, row=row))
            round_locked(row.round_id)  # and there is no begun case for her
        flagged()
    assert not Assignment.objects.filter(state="reserved").exists()
    assert CaseSeen.objects.filter(user__in=managers, case=case).count() == 2


def raise_flag(reader: User, row: Assignment) -> None:
    flag_raise(actor=reader, assignment=row, kind=Flag.Kind.URGENT, text="tension", client_uuid=uuid.uuid4())


@pytest.mark.parametrize("held", [0, 1])
def test_a_new_number_of_readers_waits_for_who_has_several_cases_locked(
    world: tuple[Project, People], held: int
) -> None:
    project, _ = world
    cases = make_cases(project, 2)
    round_ = CaseRound.objects.get(case=cases[0]).round
    with ExitStack() as stack:
        with transaction.atomic():  # as `cases_locked`, between the two cases
            round_locked(round_.id)
            case_round_locked(round_.id, cases[held].id)
            changed = stack.enter_context(
                at_once(new_number, case_ids=[case.id for case in cases], round_id=round_.id)
            )
            case_round_locked(round_.id, cases[1 - held].id)
        changed()
    assert set(CaseRound.objects.values_list("n_needed", "n_open")) == {(5, 5)}


def new_number(case_ids: list[uuid.UUID], round_id: uuid.UUID) -> None:
    with transaction.atomic():
        unbegun_slots_set(case_ids, round_id, 5)


def test_patients_are_joined_in_the_order_in_which_an_import_locks_them(
    world: tuple[Project, People],
) -> None:
    project, people = world
    keep, other = make_cases(project, 2)
    with ExitStack() as stack:
        with transaction.atomic():  # a further file of the study, which names its patient's sex
            study_held(other.study)
            joined = stack.enter_context(
                at_once(
                    join_patients, actor=people.manager, keep=keep, other=other, split="pool", excluded=[]
                )
            )
            Patient.objects.filter(id=other.patient_id).update(sex="F")
        joined()
    assert Study.objects.filter(patient=keep.patient).count() == 2


def test_patients_are_not_joined_over_a_study_that_came_in_the_meantime(
    world: tuple[Project, People],
) -> None:
    project, people = world
    keep, other = make_cases(project, 2)
    with ExitStack() as stack:
        with transaction.atomic():
            Patient.objects.select_for_update(no_key=True).get(id=other.patient_id)
            joined = stack.enter_context(
                at_once(
                    join_patients, actor=people.manager, keep=keep, other=other, split="pool", excluded=[]
                )
            )
            third = make_case(project, patient=other.patient)
        try:
            joined()
        except Conflict as refused:
            assert refused.code == "joining_changed"
    third.refresh_from_db()
    assert third.patient_id == Study.objects.get(id=third.study_id).patient_id
    assert not (third.patient_id == other.patient_id and third.patient.joined_to_id)


def test_a_study_is_given_to_her_patient_in_the_order_in_which_a_manager_joins_both(
    world: tuple[Project, People],
) -> None:
    project, _ = world
    first, second = sorted((case.study for case in make_cases(project, 2)), key=lambda study: study.id)
    Patient.objects.filter(id=second.patient_id).update(pseudonym=second.source_hash)
    study = Study.objects.select_related("patient").get(id=second.id)
    facts = replace(FACTS, split_key=first.patient.split_key, named_by=Study.NamedBy.FILE)
    with ExitStack() as stack:
        with transaction.atomic():  # as `joining_lock`, between the two studies
            study_held(first)
            found = stack.enter_context(at_once(find_patient, study=study, facts=facts, actor=None))
            study_held(second)
        assert found() == "moved"
    assert set(Study.objects.values_list("patient", flat=True)) == {first.patient_id}


def test_a_study_that_a_table_gave_to_a_third_while_it_was_waited_for_is_given_to_whom_the_file_names(
    world: tuple[Project, People],
) -> None:
    project, _ = world
    own, hers, thirds = (case.study for case in make_cases(project, 3))
    Patient.objects.filter(id=own.patient_id).update(pseudonym=own.source_hash)
    study = Study.objects.select_related("patient").get(id=own.id)
    facts = replace(FACTS, split_key=hers.patient.split_key, named_by=Study.NamedBy.FILE)
    with ExitStack() as stack:
        with transaction.atomic():
            identifiers_locked(project.id, [own.patient.split_key, thirds.patient.split_key])
            study_held(own)
            found = stack.enter_context(at_once(find_patient, study=study, facts=facts, actor=None))
            Study.objects.filter(id=own.id).update(patient=thirds.patient, named_by=Study.NamedBy.TABLE)
        assert found() == "moved"
    own.refresh_from_db()
    assert (own.patient_id, own.named_by) == (hers.patient_id, Study.NamedBy.FILE)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: nobody waits for a row")
def test_a_study_that_comes_while_those_of_its_identifier_are_locked_is_arranged_later(
    world: tuple[Project, People],
) -> None:
    """Another import holds the study that has just come, and needs one that was there before."""
    project, _ = world
    patient = make_case(project).patient
    key = patient.split_key
    Study.objects.filter(patient=patient).update(said=[["F", "", None, ""]])
    first = Study.objects.get(patient=patient)
    held, go_on = Event(), Event()

    def other_import() -> None:
        try:
            later = make_case(project, patient=patient).study
            Study.objects.filter(id=later.id).update(said=[["M", "", None, ""]], is_to_arrange=True)
            with transaction.atomic():
                study_held(later)
                held.set()
                assert go_on.wait(PATIENCE_S)
                study_held(first)
        finally:
            connection.close()

    with ExitStack() as stack, ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            study_held(first)
            arranged = stack.enter_context(at_once(studies_arrange, project=project, split_key=key))
            other = pool.submit(other_import)
            assert held.wait(PATIENCE_S)
        go_on.set()
        arranged()
        other.result(timeout=PATIENCE_S)
    assert studies_to_arrange(project) == [key]
    studies_arrange(project, key)
    assert Patient.objects.filter(split_key=key).count() == 2


def study_held(study: Study) -> None:
    Study.objects.select_for_update(no_key=True).get(id=study.id)


def test_a_study_that_was_given_to_another_while_it_was_waited_for_is_still_found(
    world: tuple[Project, People],
) -> None:
    project, _ = world
    case = make_case(project)
    Patient.objects.filter(id=case.patient_id).update(
        pseudonym=case.study.source_hash, split_key=case.study.source_hash
    )
    hers = make_case(project).patient
    study = Study.objects.select_related("patient").get(id=case.study_id)
    facts = replace(FACTS, split_key=hers.split_key)
    with ExitStack() as stack:
        with transaction.atomic():
            identifiers_locked(project.id, [case.study.source_hash, hers.split_key])
            study_held(study)
            found = stack.enter_context(at_once(find_patient, study=study, facts=facts, actor=None))
            Study.objects.filter(id=study.id).update(patient=hers)
        assert found() == "same"
