"""A decided case that is opened again: what its adjudicator must decide, and what she may."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from labelhub.consensus.models import Adjudication, ConsensusLabel
from labelhub.core.errors import InvalidContent
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.deciding import decide, view
from tests.factories.projects import People
from tests.factories.reading import document, submission


@pytest.fixture
def reopened(project: Project, people: People, row: Adjudication) -> Adjudication:
    """A case whose nodule was decided before a reader amended, so that the effusion differs, too."""
    decide(people, row)
    mine = Assignment.objects.get(reader=people.reader)
    answers = document({"nodule": "present", "effusion": "present"})
    amend_read(
        actor=people.reader, assignment=mine, submission=submission(mine, answers, reason="overlooked it")
    )
    return claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())


def chosen(**values: str) -> list[FindingDecision]:
    return [FindingDecision(finding, value, "", []) for finding, value in values.items()]


def decide_all(people: People, row: Adjudication, **values: str) -> Adjudication:
    return decide_adjudication(
        actor=people.adjudicator, adjudication=row, client_uuid=uuid.uuid4(), decisions=chosen(**values)
    )


@pytest.mark.parametrize("first", [{"effusion": "absent"}, {"nodule": "absent", "effusion": "absent"}])
def test_a_reopened_case_takes_all_that_its_page_shows_and_needs_only_what_is_new(
    people: People, reopened: Adjudication, client_of: Any, first: dict[str, str]
) -> None:
    shown = [each["code"] for each in view(people, reopened, client_of)["findings"]]
    assert sorted(shown) == ["effusion", "nodule"]
    assert decide_all(people, reopened, **first).state == "decided"
    again = {code: "uncertain" for code in shown}
    assert decide_all(people, reopened, **again).state == "decided"
    labels = ConsensusLabel.objects.filter(is_current=True)
    assert set(labels.values_list("finding", "value")) == {("nodule", "uncertain"), ("effusion", "uncertain")}


def test_a_reopened_case_is_not_decided_without_what_is_new(people: People, reopened: Adjudication) -> None:
    with pytest.raises(InvalidContent) as error:
        decide_all(people, reopened, nodule="absent")
    assert error.value.details == {"missing": ["effusion"], "unexpected": []}
    twice = [*chosen(effusion="absent"), *chosen(effusion="present")]
    with pytest.raises(InvalidContent):
        decide_adjudication(
            actor=people.adjudicator, adjudication=reopened, client_uuid=uuid.uuid4(), decisions=twice
        )
