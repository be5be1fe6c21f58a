"""Publishing, skipping, expiry and claiming at the same moment never wait for each other in a circle.

On PostgreSQL each test stops the second transaction at the lock that the first one holds, before the first goes on:
with the locks in another order the server would end one of them as a deadlock. SQLite has one writer.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone

from labelhub.core.errors import NotFound
from labelhub.imaging.models import Case, HeldCaseVersion, ImportBatch, ImportFile, Patient, Study
from labelhub.imaging.persons import Person
from labelhub.imaging.services.patients import PatientFacts
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, Round, Seen
from labelhub.reading.policies import own_assignment
from labelhub.reading.services.case_rounds import begun_slot_take, case_rounds_insert
from labelhub.reading.services.leases import (
    assignment_open,
    assignment_release,
    assignment_skip,
    expire_leases,
)
from labelhub.reading.services.locks import case_round_locked, cases_locked, round_locked
from labelhub.reading.services.reservations import reservations_release
from labelhub.reading.services.rounds import round_open
from labelhub.reading.services.seen import cases_seen
from labelhub.workflows.consensus.outcomes import look_at_outcome
from labelhub.workflows.intake import import_images
from labelhub.workflows.intake.find_patient import find_patient
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import claim, read_case
from tests.factories.waiting import PATIENCE_S, wait_until_blocked_or


@pytest.fixture
def world(transactional_db: None) -> tuple[Project, People]:
    project = make_project(protocol={"readers_per_case": 1})
    people = make_people(project)
    make_cases(project, 6)
    return project, people


def skip(row: Assignment) -> None:
    assignment_skip(actor=row.reader, assignment=row, reason="other", text="")


def release(row: Assignment) -> None:
    assignment_release(actor=row.reader, assignment=row)


def open_it(row: Assignment) -> None:
    assignment_open(actor=row.reader, assignment=row)


def expire(row: Assignment) -> None:
    Assignment.objects.filter(id=row.id).update(lease_until=timezone.now() - timedelta(hours=1))
    expire_leases()


@pytest.mark.parametrize("act", [skip, release, open_it, expire])
def test_a_reservation_is_touched_while_a_ranking_is_published(
    world: tuple[Project, People], act: Callable[[Assignment], None]
) -> None:
    project, people = world
    readers = (people.reader, people.second_reader, people.third_reader)
    reserved = [row for reader in readers if (row := claim(reader, project, ahead=True))]
    assert [row.rule for row in reserved] == ["random"] * 3

    def other() -> None:
        try:
            act(reserved[1])
        except NotFound:  # the reservation was given up first
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            round_locked(reserved[0].round_id)
            done = pool.submit(other)
            wait_until_blocked_or(done.done)
            reservations_release(project)
        done.result(timeout=PATIENCE_S)
    assert not Assignment.objects.filter(state="reserved").exists()
    held = Assignment.objects.filter(state="open").count()
    taken = sum(row.n_needed - row.n_open for row in CaseRound.objects.all())
    assert taken == held


def test_a_case_that_is_opened_while_its_patient_is_found_counts_as_opened(
    world: tuple[Project, People],
) -> None:
    project, people = world
    row = claim(people.reader, project, ahead=True)
    assert row is not None
    study = row.case.study
    Patient.objects.filter(id=study.patient_id).update(
        pseudonym=study.source_hash, split_key=study.source_hash
    )
    hers = make_case(project, split="test").patient
    facts = PatientFacts(hers.split_key, Person("F", "", None, ""))

    def find() -> str:
        try:
            own = Study.objects.select_related("patient").get(id=study.id)
            return find_patient(study=own, facts=facts, actor=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            open_it(row)
            found = pool.submit(find)
            wait_until_blocked_or(found.done)
        assert found.result(timeout=PATIENCE_S) == "excluded"


def test_a_case_that_is_opened_while_more_images_are_sealed_keeps_its_version(
    world: tuple[Project, People],
) -> None:
    project, people = world
    row = claim(people.reader, project, ahead=True)
    assert row is not None
    image = row.case.instances.get()
    image.pk, image.source_hash, image.content_sha256 = uuid.uuid4(), "f" * 64, "f" * 64
    image.storage_prefix = f"instances/{image.pk}"
    image.save(force_insert=True)
    batch = ImportBatch.objects.create(project=project, created_by=people.manager)
    ImportFile.objects.create(batch=batch, position=1, path="more.dcm", outcome="accepted", instance=image)

    def seal() -> None:
        try:
            import_images._seal_cases(batch, lambda progress: None)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            open_it(row)
            sealed = pool.submit(seal)
            wait_until_blocked_or(sealed.done)
        sealed.result(timeout=PATIENCE_S)
    row.case.refresh_from_db()
    assert row.case.current_version_id == row.case_version_id
    assert HeldCaseVersion.objects.filter(version__case=row.case).count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: nobody waits for a row")
def test_a_reader_who_waited_for_a_case_in_vain_does_not_keep_it_locked(
    world: tuple[Project, People],
) -> None:
    """She goes on to the round, which whoever publishes has locked already, and who may then need the case."""
    project, people = world
    given_back = claim(people.reader, project)
    assert given_back is not None
    release(given_back)
    taken, go_on = Event(), Event()

    def take() -> None:
        try:
            with transaction.atomic():
                assert begun_slot_take(given_back.round_id, given_back.case_id)
                taken.set()
                assert go_on.wait(PATIENCE_S)
        finally:
            connection.close()

    def claim_next() -> Assignment | None:
        try:
            assert taken.wait(PATIENCE_S)
            return claim(people.second_reader, project)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        quicker, claimed = pool.submit(take), pool.submit(claim_next)
        wait_until_blocked_or(claimed.done)
        with transaction.atomic():
            round_locked(given_back.round_id)
            go_on.set()
            quicker.result(timeout=PATIENCE_S)
            wait_until_blocked_or(claimed.done)
            case_round_locked(given_back.round_id, given_back.case_id)
        row = claimed.result(timeout=PATIENCE_S)
    assert row is not None and row.case_id != given_back.case_id


def test_a_case_that_she_claims_while_she_sees_it_is_given_up(world: tuple[Project, People]) -> None:
    project, people = world

    def see() -> None:
        try:
            ids = list(Case.objects.filter(project=project).values_list("id", flat=True))
            cases_seen(people.reader, project.id, ids, Seen.ADJUDICATION)
        finally:
            connection.close()

    assert claim(people.second_reader, project) is not None
    claim(people.reader, project, ahead=True)  # makes her cursor
    with transaction.atomic():
        reservations_release(project)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert claim(people.reader, project, ahead=True) is not None
            seen = pool.submit(see)
            wait_until_blocked_or(seen.done)
        seen.result(timeout=PATIENCE_S)
    assert not Assignment.objects.filter(reader=people.reader).exists()


def test_a_look_at_an_outcome_gives_up_what_is_reserved_before_it_locks_her_read(
    transactional_db: None,
) -> None:
    project = make_project(protocol={"readers_per_case": 1, "show_outcome_when_closed": True})
    people = make_people(project)
    (case,) = make_cases(project, 1)
    read = read_case(people.reader, project)
    assert read is not None
    later, _ = round_open(actor=people.manager, project=project, purpose=Round.Purpose.CALIBRATION)
    case_rounds_insert(later, [case], n_needed=1)
    reserved = claim(people.reader, project, ahead=True)
    assert reserved is not None and reserved.case == case

    def look() -> None:
        try:
            mine = own_assignment(people.reader, read.assignment_id)
            look_at_outcome(actor=people.reader, assignment=mine)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            round_locked(later.id)
            done = pool.submit(look)
            wait_until_blocked_or(done.done)
            cases_locked([case.id])
        done.result(timeout=PATIENCE_S)
    assert not Assignment.objects.filter(id=reserved.id).exists()
