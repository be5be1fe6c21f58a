"""An adjudicator sees the pixels of every case whose page she may open, whoever decides it; of no other case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import NotAllowed
from labelhub.imaging.models import Instance
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add, protocol_create_version
from labelhub.reading.models import Assignment, CaseSeen, Round
from labelhub.reading.policies import own_assignment
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.reading.ask_reader import return_to_reader
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.accounts import make_user
from tests.factories.deciding import decide
from tests.factories.imaging import import_files, radiograph
from tests.factories.projects import People
from tests.factories.reading import claim, document, open_round, read_case, submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(project: Project, people: People) -> Adjudication:
    """A case with an image whose two readers differ on the nodule."""
    import_files(project, {"now.dcm": radiograph(1, patient="anna")})
    for reader, value in ((people.reader, "present"), (people.second_reader, "absent")):
        read_case(reader, project, document({"nodule": value}))
    return Adjudication.objects.get()


def left_open(people: People, row: Adjudication) -> None:
    pass


def claimed(people: People, row: Adjudication) -> None:
    claim_adjudication(actor=people.adjudicator, adjudication=row)


def waiting(people: People, row: Adjudication) -> None:
    claimed(people, row)
    letter = sorted(row.letters.values())[0]
    return_to_reader(actor=people.adjudicator, adjudication=row, letter=letter, note="Which side?")


def decided(people: People, row: Adjudication) -> None:
    decide(people, claim_adjudication(actor=people.adjudicator, adjudication=row))


def resolved(people: People, row: Adjudication) -> None:
    found = Assignment.objects.get(reader=people.second_reader)
    mine = own_assignment(people.second_reader, found.id)
    sent = submission(mine, document({"nodule": "present"}), reason="second look")
    amend_read(actor=people.second_reader, assignment=mine, submission=sent)


def sees(client_of: Callable[..., Any], user: User, row: Adjudication) -> set[tuple[bool, ...]]:
    """Whether the case is listed, its page opens, and the metadata and pixels of its image come."""
    client, slug = client_of(user), row.project.slug
    instance = Instance.objects.get(project=row.project)
    listed = client.get(f"/api/v1/projects/{slug}/adjudications/").json()["results"]
    page = client.get(f"/api/v1/adjudications/{row.id}/")
    answers = (
        client.get(f"/api/v1/instances/{instance.id}/metadata/"),
        client.get(f"/api/v1/instances/{instance.id}/frames/1"),
    )
    return {(bool(listed), page.status_code == 200, *(answer.status_code == 200 for answer in answers))}


@pytest.mark.parametrize("bring", [left_open, claimed, waiting, decided, resolved])
def test_every_case_of_the_list_opens_with_its_pixels(
    people: People,
    row: Adjudication,
    client_of: Callable[..., Any],
    bring: Callable[[People, Adjudication], None],
) -> None:
    colleague = make_user()
    membership_add(actor=None, project=row.project, user=colleague, role=Membership.Role.ADJUDICATOR)
    bring(people, row)
    for user in (people.adjudicator, colleague):
        assert sees(client_of, user, row) == {(True,) * 4}


@pytest.mark.parametrize("takes_own", [False, True])
def test_her_own_reads_are_left_to_others_on_the_list_on_the_page_and_in_pixels(
    people: People, row: Adjudication, client_of: Callable[..., Any], takes_own: bool
) -> None:
    """She reads no longer, so that only the adjudication lets her see the case."""
    membership_add(actor=None, project=row.project, user=people.reader, role=Membership.Role.ADJUDICATOR)
    Membership.objects.filter(user=people.reader, role=Membership.Role.READER).delete()
    protocol_create_version(
        actor=None, project=row.project, values={"adjudicate_own_reads": takes_own}, edited_from=None
    )
    assert sees(client_of, people.reader, row) == {(takes_own,) * 4}


def test_a_case_that_she_read_in_a_round_of_another_purpose_is_left_to_others(
    project: Project, people: People, row: Adjudication, client_of: Callable[..., Any]
) -> None:
    open_round(project, people, [row.case_round.case], purpose=Round.Purpose.CALIBRATION)
    reader = membership_add(actor=None, project=project, user=people.adjudicator, role=Membership.Role.READER)
    read_case(people.adjudicator, project)
    reader.delete()
    assert sees(client_of, people.adjudicator, row) == {(False,) * 4}
    with pytest.raises(NotAllowed, match="read this case yourself"):
        claim_adjudication(actor=people.adjudicator, adjudication=row)


@pytest.mark.parametrize(
    ("state", "is_hers"),
    [("reserved", False), ("open", True), ("skipped", False), ("released", False), ("expired", False)],
)
def test_a_case_that_she_only_gave_back_is_not_one_that_she_has_read(
    project: Project,
    people: People,
    row: Adjudication,
    client_of: Callable[..., Any],
    state: str,
    is_hers: bool,
) -> None:
    open_round(project, people, [row.case_round.case], purpose=Round.Purpose.CALIBRATION)
    reader = membership_add(actor=None, project=project, user=people.adjudicator, role=Membership.Role.READER)
    assignment = claim(people.adjudicator, project)
    assert assignment is not None
    Assignment.objects.filter(id=assignment.id).update(state=state)
    reader.delete()
    page = client_of(people.adjudicator).get(f"/api/v1/adjudications/{row.id}/")
    assert page.status_code == (403 if is_hers else 200)


def test_the_number_of_cases_that_wait_is_told_without_showing_any(
    project: Project, people: People, row: Adjudication, client_of: Callable[..., Any]
) -> None:
    client = client_of(people.adjudicator)
    address = f"/api/v1/projects/{project.slug}/adjudications/waiting/"
    assert client.get(address).json() == {"n": 1, "is_more": False}
    assert not CaseSeen.objects.filter(user=people.adjudicator).exists()
    claimed(people, row)
    assert client.get(address).json() == {"n": 0, "is_more": False}


def test_she_sees_no_case_whose_reads_agree(
    project: Project, people: People, client_of: Callable[..., Any]
) -> None:
    import_files(project, {"now.dcm": radiograph(1, patient="anna")})
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    address = f"/api/v1/instances/{Instance.objects.get().id}/frames/1"
    assert client_of(people.adjudicator).get(address).status_code == 404
