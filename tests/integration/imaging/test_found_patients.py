"""A study of nobody's whose patient is found after the split was drawn."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case
from labelhub.imaging.selectors import import_warnings
from labelhub.learning.services.snapshot import snapshot_take
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, Queue, QueueEntry
from labelhub.reading.services.case_rounds import Slot, slot_take, unopened_slot_free
from labelhub.reading.services.claims import claim_next
from labelhub.reading.services.leases import assignment_release
from labelhub.reading.services.locks import round_locked
from labelhub.reading.services.rounds import worklist_state
from tests.factories.imaging import import_files, radiograph, warnings_of
from tests.factories.projects import People


def nobodys(n: int) -> bytes:
    return radiograph(n, study=n, PatientID="ANON")


def named(n: int, patient: str) -> bytes:
    """A later image of study `n`, which names the patient."""
    return radiograph(100 + n, study=n, patient=patient)


def study_in(project: Project, split: str) -> int:
    """The number of a study that, nobody's yet, lies in a split."""
    for n in range(1, 60):
        import_files(project, {"a.dcm": nobodys(n)})
        if Case.objects.get(number=n).split == split:
            return n
    raise AssertionError("no study in that split")


def patient_in(project: Project, split: str) -> str:
    """A patient with a case in a split."""
    for n in range(60, 99):
        import_files(project, {"a.dcm": radiograph(n, patient=f"Q{n}")})
        if Case.objects.order_by("-number")[0].split == split:
            return f"Q{n}"
    raise AssertionError("no patient in that split")


def test_a_case_that_nobody_has_opened_follows_its_patient_to_her_split(project: Project) -> None:
    number, patient = study_in(project, "test"), patient_in(project, "pool")
    import_files(project, {"b.dcm": named(number, patient)})
    case = Case.objects.get(number=number)
    assert case.split == case.patient.split == "pool"
    assert set(CaseRound.objects.filter(case=case).values_list("split", flat=True)) == {"pool"}
    assert AuditEvent.objects.filter(action="case.patient_found", object_id=str(case.id)).exists()


@pytest.mark.parametrize(("split", "n_eval"), [("pool", 1), ("test", 0)])
def test_a_reserved_case_counts_in_the_split_that_it_follows_its_patient_to(
    project: Project, people: People, split: str, n_eval: int
) -> None:
    other = {"pool": "test", "test": "pool"}[split]
    number, patient = study_in(project, split), patient_in(project, other)
    case = Case.objects.get(number=number)
    state = worklist_state(project)
    with transaction.atomic():
        slot_take(Slot.of(CaseRound.objects.get(case=case)))
    queue = Queue.objects.create(project=project, round=state.round, n_entries=1, is_complete=True)
    entry = QueueEntry.objects.create(queue=queue, position=0, case=case, is_open=False)
    import_files(project, {"b.dcm": named(number, patient)})
    row = CaseRound.objects.select_related("round").get(case=case)
    assert (row.split, row.round.n_eval_begun) == (other, n_eval)
    with transaction.atomic():
        unopened_slot_free(round_locked(row.round_id), row)
    row.round.refresh_from_db()
    entry.refresh_from_db()
    assert row.round.n_eval_begun == 0 and entry.is_open == (other == "pool")


def test_a_begun_case_of_another_split_is_excluded_and_the_manager_sees_it(
    project: Project, people: People
) -> None:
    number, patient = study_in(project, "pool"), patient_in(project, "test")
    case = Case.objects.get(number=number)
    state = worklist_state(project)
    queue = Queue.objects.create(project=project, round=state.round, n_entries=1, is_complete=True)
    QueueEntry.objects.create(queue=queue, position=0, case=case)
    state.queue = queue
    state.save()
    assignment = claim_next(reader=people.reader, project=project, claim_key=uuid.uuid4(), ahead=False)
    assert assignment is not None and assignment.case_id == case.id

    batch = import_files(project, {"b.dcm": named(number, patient)})
    case.refresh_from_db()
    assert (case.split, case.patient.split) == ("excluded", "test")
    assert "case_excluded" in warnings_of(batch)["b.dcm"]
    assert any("Excluded cases: 1" in sentence for sentence in import_warnings(project))
    event = AuditEvent.objects.get(action="case.excluded")
    assert (event.data["split_before"], event.object_id) == ("pool", str(case.id))
    row = CaseRound.objects.get(case=case)
    assert (row.split, row.n_open) == ("excluded", 0)
    offered = [
        claim_next(reader=people.second_reader, project=project, claim_key=uuid.uuid4(), ahead=False)
        for _ in range(3)
    ]
    assert case.id not in {given.case_id for given in offered if given}
    assert all(each["case"] != str(case.id) for each in snapshot_take(project)["cases"])
    assert Assignment.objects.get(case=case).state == "open"
    assignment_release(actor=people.manager, assignment=assignment)
    assert CaseRound.objects.get(case=case).n_open == 0
