"""A read that says 'not readable' says nothing else, and asks one more reader until as many say so as were wanted."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication, ConsensusLabel
from labelhub.core.errors import InvalidContent
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version
from labelhub.reading.models import Assignment, CaseRound, Read, Round
from labelhub.reading.policies import own_assignment
from labelhub.reading.services.case_splits import cases_exclude
from labelhub.workflows.reading.record_read import ImportedRead, record_exported_read
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_case
from tests.factories.projects import People
from tests.factories.reading import box, claim, document, read_case, submission, submit

pytestmark = pytest.mark.django_db
UNREADABLE = {"answers": {}, "annotations": [], "comment": "", "not_readable": True}


@pytest.fixture
def case(project: Project) -> Case:
    return make_case(project)


def state(case: Case) -> tuple[int, int, int, bool]:
    """Reads wanted, slots open, reads submitted, closed."""
    row = CaseRound.objects.get(case=case)
    return row.n_needed, row.n_open, row.n_submitted, row.closed_at is not None


def labels() -> dict[str, tuple[str, str, int]]:
    rows = ConsensusLabel.objects.filter(is_current=True)
    return {row.finding: (row.value, row.method, len(row.provenance["reads"])) for row in rows}


def amend(reader: User, content: dict[str, Any]) -> Read:
    assignment = own_assignment(reader, Assignment.objects.get(reader=reader).id)
    sent = submission(assignment, content, reason="second look")
    return amend_read(actor=reader, assignment=assignment, submission=sent)


@pytest.mark.parametrize("value", ["present", "absent", "uncertain"])
def test_it_cannot_be_answered_as_well(project: Project, people: People, case: Case, value: str) -> None:
    assignment = claim(people.reader, project)
    assert assignment is not None
    with pytest.raises(InvalidContent) as error:
        submit(assignment, {**document({"nodule": value}), "not_readable": True})
    assert error.value.code == "contradiction"


def test_it_cannot_be_marked_as_well(project: Project, people: People, case: Case) -> None:
    assignment = claim(people.reader, project)
    assert assignment is not None
    with pytest.raises(InvalidContent):
        submit(assignment, {**UNREADABLE, "annotations": [box(case, 10, 10)]})


def test_another_reader_is_asked_in_its_place(project: Project, people: People, case: Case) -> None:
    read_case(people.reader, project, UNREADABLE)
    assert state(case) == (3, 2, 1, False)
    read_case(people.second_reader, project)
    assert state(case) == (3, 1, 2, False) and labels() == {}
    read_case(people.third_reader, project)
    assert state(case) == (3, 0, 3, True)
    assert labels()["nodule"] == ("absent", "concordant", 2)


def test_readers_who_passed_the_case_already_are_offered_it(
    project: Project, people: People, case: Case
) -> None:
    """Both slots were taken when the third reader came by."""
    first, second = claim(people.reader, project), claim(people.second_reader, project)
    assert first is not None and second is not None and claim(people.third_reader, project) is None
    submit(first, UNREADABLE)
    offered = claim(people.third_reader, project)
    assert offered is not None and offered.case_id == case.id


def test_when_all_say_so_the_case_closes_without_labels(project: Project, people: People, case: Case) -> None:
    for reader in (people.reader, people.second_reader):
        read_case(reader, project, UNREADABLE)
    assert state(case) == (2, 0, 2, True) and labels() == {}
    assert claim(people.third_reader, project) is None


@pytest.mark.parametrize("of_the_round", [False, True])
@pytest.mark.parametrize(("n", "asks"), [(1, False), (2, True), (3, True)])
def test_the_page_says_whether_another_reader_is_asked(
    people: People, project: Project, case: Case, client_of: Any, n: int, asks: bool, of_the_round: bool
) -> None:
    """As it then comes to pass. A round with a number of its own has it whatever the protocol's is."""
    _read_by(project, n, of_the_round=of_the_round)
    row = claim(people.reader, project)
    assert row is not None and page_says_so(client_of, row) == asks
    submit(row, UNREADABLE)
    assert state(case) == ((n + 1, n, 1, False) if asks else (1, 0, 1, True))
    assert (claim(people.second_reader, project) is not None) == asks


@pytest.mark.parametrize("ended", ["excluded", "closed"])
def test_the_page_promises_no_reader_where_none_is_asked(
    people: People, project: Project, case: Case, client_of: Any, ended: str
) -> None:
    row = claim(people.reader, project)
    assert row is not None
    if ended == "excluded":
        Case.objects.update(split="excluded")
        cases_exclude([case.id])
    else:
        Round.objects.update(closed_at=timezone.now())
    assert page_says_so(client_of, row) is False
    submit(row, UNREADABLE)
    assert claim(people.second_reader, project) is None


def _read_by(project: Project, n: int, *, of_the_round: bool) -> None:
    values = {"readers_per_case": 2 if of_the_round else n}
    protocol_create_version(actor=None, project=project, values=values)
    Round.objects.update(readers_per_case=n if of_the_round else None)
    CaseRound.objects.update(n_needed=n, n_open=n)


def page_says_so(client_of: Any, row: Assignment) -> bool:
    page = client_of(row.reader).get(f"/api/v1/assignments/{row.id}/").json()
    return bool(page["assignment"]["unreadable_asks_another"])


def test_readable_reads_that_differ_are_adjudicated_beside_it(
    project: Project, people: People, case: Case
) -> None:
    read_case(people.reader, project, UNREADABLE)
    read_case(people.second_reader, project, document({"effusion": "present"}))
    read_case(people.third_reader, project)
    assert Adjudication.objects.get().state == "open"
    assert labels() == {"nodule": ("absent", "concordant", 2)}


def test_a_closed_case_opens_again_when_a_read_is_amended_to_it(
    project: Project, people: People, case: Case
) -> None:
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    assert state(case) == (2, 0, 2, True)
    amend(people.reader, UNREADABLE)
    assert state(case) == (3, 1, 2, False) and labels() == {}
    read_case(people.third_reader, project)
    assert state(case) == (3, 0, 3, True) and labels()["nodule"] == ("absent", "concordant", 2)


def test_its_amendment_to_a_readable_one_takes_the_extra_slot_away(
    project: Project, people: People, case: Case
) -> None:
    read_case(people.reader, project, UNREADABLE)
    read_case(people.second_reader, project)
    amend(people.reader, document())
    assert state(case) == (2, 0, 2, True) and labels()["nodule"] == ("absent", "concordant", 2)


def test_a_discordant_case_waits_for_a_reader_when_one_amends_to_it(
    project: Project, people: People, case: Case
) -> None:
    read_case(people.reader, project, document({"effusion": "present"}))
    read_case(people.second_reader, project)
    amend(people.reader, UNREADABLE)
    row = Adjudication.objects.get()
    assert row.state == "resolved" and state(case) == (3, 1, 2, False)
    read_case(people.third_reader, project, document({"effusion": "present"}))
    row.refresh_from_db()
    assert row.state == "open" and not state(case)[3]


def test_reads_made_elsewhere_come_in_whatever_their_order(
    project: Project, people: People, case: Case
) -> None:
    for reader, content in (
        (people.reader, document()),
        (people.second_reader, document()),
        (people.third_reader, UNREADABLE),
    ):
        read = ImportedRead(document=content, submitted_at=timezone.now())
        record_exported_read(actor=None, case=case, reader=reader, read=read)
    assert state(case) == (3, 0, 3, True)
    assert labels()["nodule"] == ("absent", "concordant", 2)
