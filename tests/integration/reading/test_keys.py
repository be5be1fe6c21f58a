"""A client's key stands for one thing: used again for another it is refused, and gives nothing of the first."""

from __future__ import annotations

import uuid

import pytest

from labelhub.core.errors import Conflict
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.models import Assignment, CaseRound, Flag, Read
from labelhub.reading.services.claims import claim_next
from labelhub.reading.services.flags import flag_raise
from labelhub.reading.services.leases import assignment_release
from labelhub.workflows.reading.submit_read import amend_read, submit_read
from tests.factories.cases import make_cases
from tests.factories.projects import People, make_project
from tests.factories.reading import claim, document, read_case, submission, submit


@pytest.mark.parametrize("n_held", [0, 1])
@pytest.mark.parametrize("n_cases", [1, 0])
def test_a_key_of_another_project_gives_no_case(
    project: Project, people: People, n_held: int, n_cases: int
) -> None:
    make_cases(project, 1)
    key, other = uuid.uuid4(), make_project()
    membership_add(actor=None, project=other, user=people.reader, role=Membership.Role.READER)
    first = claim_next(reader=people.reader, project=project, claim_key=key, ahead=False)
    assert claim_next(reader=people.reader, project=project, claim_key=key, ahead=False) == first
    make_cases(other, n_held)
    held = claim(people.reader, other)
    make_cases(other, n_cases)
    with pytest.raises(Conflict) as error:
        claim_next(reader=people.reader, project=other, claim_key=key, ahead=False)
    assert error.value.code == "id_reused"
    taken = sum(row.n_needed - row.n_open for row in CaseRound.objects.filter(round__project=other))
    assert taken == Assignment.objects.filter(round__project=other).count() == (held is not None)


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("ends", ["held", "opened", "submitted", "submitted, and more cases"])
def test_a_key_of_a_claim_ahead_gives_no_case_without_nor_the_other_way(
    project: Project, people: People, ahead: bool, ends: str
) -> None:
    make_cases(project, 1)
    key = uuid.uuid4()
    first = claim_next(reader=people.reader, project=project, claim_key=key, ahead=ahead)
    assert first is not None
    if ends != "held":
        assert claim(people.reader, project) == first
    if ends.startswith("submitted"):
        submit(Assignment.objects.get(id=first.id))
    if ends.endswith("more cases"):
        make_cases(project, 1)
    assert claim_next(reader=people.reader, project=project, claim_key=key, ahead=ahead) == first
    with pytest.raises(Conflict) as error:
        claim_next(reader=people.reader, project=project, claim_key=key, ahead=not ahead)
    assert error.value.code == "id_reused"
    assert Assignment.objects.count() == 1


def test_an_amendment_with_the_id_of_another_reason_is_not_taken_for_it(
    project: Project, people: People
) -> None:
    make_cases(project, 1)
    read = read_case(people.reader, project)
    assert read is not None
    row, key = read.assignment, uuid.uuid4()
    assert amend(row, key, "seen anew ") == amend(row, key, "seen anew")
    with pytest.raises(Conflict) as error:
        amend(row, key, "asked a colleague")
    assert error.value.code == "id_reused"
    assert Read.objects.filter(assignment=row).count() == 2


def test_a_late_read_with_the_id_of_another_is_refused(project: Project, people: People) -> None:
    key = uuid.uuid4()
    for code in ("", "id_reused"):
        make_cases(project, 1)
        row = claim(people.reader, project)
        assert row is not None
        assignment_release(actor=people.reader, assignment=row)
        for other in (people.second_reader, people.third_reader):
            assert read_case(other, project) is not None
        sent = submission(row, client_uuid=key)
        try:
            assert submit_read(actor=people.reader, assignment=row, submission=sent).late is not None
        except Conflict as refused:
            assert refused.code == code
        else:
            assert code == ""


def amend(row: Assignment, key: uuid.UUID, reason: str) -> Read:
    sent = submission(row, document({"nodule": "present"}), client_uuid=key, reason=reason)
    return amend_read(actor=row.reader, assignment=row, submission=sent)


@pytest.mark.parametrize(("kind", "text"), [("urgent", "effusion"), ("not_readable", "tension")])
def test_a_flag_with_the_id_of_another_is_not_taken_for_it(
    project: Project, people: People, kind: str, text: str
) -> None:
    make_cases(project, 1)
    row, key = claim(people.reader, project), uuid.uuid4()
    assert row is not None
    for _ in range(2):
        flag_raise(actor=people.reader, assignment=row, kind="urgent", text="tension ", client_uuid=key)
    with pytest.raises(Conflict) as error:
        flag_raise(actor=people.reader, assignment=row, kind=kind, text=text, client_uuid=key)
    assert error.value.code == "id_reused"
    assert Flag.objects.get().text == "tension"
