"""A client's key stands for one thing: used again for another it is refused, and gives nothing of the first."""

from __future__ import annotations

import uuid

import pytest

from labelhub.core.errors import Conflict
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.models import Assignment, CaseRound, Flag
from labelhub.reading.services.claims import claim_next
from labelhub.reading.services.flags import flag_raise
from tests.factories.cases import make_cases
from tests.factories.projects import People, make_project
from tests.factories.reading import claim


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
