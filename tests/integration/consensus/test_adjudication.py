"""From two reads to a consensus: concordance, discordance, adjudication, and deriving it all again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication, ConsensusLabel, Discordance
from labelhub.consensus.services.settle import settle_case
from labelhub.core.errors import Conflict, InvalidContent, NotAllowed
from labelhub.core.models import AuditEvent
from labelhub.projects.models import Membership, Project
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.projects.services import membership_add
from labelhub.reading.models import CaseRound
from labelhub.workflows.consensus.adjudicate import (
    claim_adjudication,
    claim_next_adjudication,
)
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from tests.factories.cases import make_case
from tests.factories.projects import People
from tests.factories.reading import box, document, read_case


def labels() -> dict[str, tuple[str, str]]:
    return {
        row.finding: (row.value, row.method)
        for row in ConsensusLabel.objects.filter(is_current=True).order_by("finding")
    }


def decision(finding: str, value: str = "present") -> FindingDecision:
    return FindingDecision(finding=finding, value=value, reason="seen on both views", annotations=[])


def disagree(project: Project, people: People) -> Adjudication:
    case = make_case(project)
    read_case(people.reader, project, document({"nodule": "present"}, boxes=[box(case, 100, 100)]))
    read_case(people.second_reader, project, document())
    return Adjudication.objects.get()


def decide(actor: User, row: Adjudication, *decisions: FindingDecision, key: Any = None) -> Adjudication:
    return decide_adjudication(
        actor=actor, adjudication=row, client_uuid=key or uuid.uuid4(), decisions=list(decisions)
    )


def test_concordant_findings_get_their_label_by_themselves(project: Project, people: People) -> None:
    make_case(project)
    read_case(people.reader, project)
    assert labels() == {}
    read_case(people.second_reader, project)
    assert labels() == {"nodule": ("absent", "concordant"), "effusion": ("absent", "concordant")}
    assert CaseRound.objects.get().closed_at is not None and not Adjudication.objects.exists()


def test_a_difference_opens_an_adjudication_of_that_finding_only(project: Project, people: People) -> None:
    disagree(project, people)
    assert list(Discordance.objects.values_list("finding", "gap")) == [("nodule", "1:1")]
    assert labels() == {"effusion": ("absent", "concordant")}
    assert CaseRound.objects.get().closed_at is None


def test_boxes_in_different_places_are_a_location_discordance(project: Project, people: People) -> None:
    case = make_case(project)
    read_case(people.reader, project, document({"nodule": "present"}, boxes=[box(case, 10, 10)]))
    read_case(people.second_reader, project, document({"nodule": "present"}, boxes=[box(case, 300, 300)]))
    assert Discordance.objects.get().kind == "location"
    assert Adjudication.objects.get().state == "open"


def test_a_decision_closes_the_case(project: Project, people: People) -> None:
    row = disagree(project, people)
    claim_adjudication(actor=people.adjudicator, adjudication=row)
    done = decide(people.adjudicator, row, decision("nodule"))
    assert done.state == "decided"
    assert labels()["nodule"] == ("present", "adjudicated")
    assert CaseRound.objects.get().closed_at is not None
    assert claim_next_adjudication(actor=people.adjudicator, project=project) is None


def test_a_repeated_decision_is_harmless_and_other_content_is_refused(
    project: Project, people: People
) -> None:
    row = disagree(project, people)
    claim_adjudication(actor=people.adjudicator, adjudication=row)
    key = uuid.uuid4()
    decide(people.adjudicator, row, decision("nodule"), key=key)
    decide(people.adjudicator, row, decision("nodule"), key=key)
    assert row.decisions.count() == 1
    with pytest.raises(Conflict):
        decide(people.adjudicator, row, decision("nodule", "absent"), key=key)


def test_only_what_differs_may_be_decided(project: Project, people: People) -> None:
    row = disagree(project, people)
    claim_adjudication(actor=people.adjudicator, adjudication=row)
    for wrong in ([], [decision("effusion")], [decision("nodule"), decision("effusion")]):
        with pytest.raises(InvalidContent):
            decide(people.adjudicator, row, *wrong)


def test_nobody_adjudicates_a_case_they_read(project: Project, people: People) -> None:
    membership_add(actor=None, project=project, user=people.reader, role=Membership.Role.ADJUDICATOR)
    row = disagree(project, people)
    assert claim_next_adjudication(actor=people.reader, project=project) is None
    with pytest.raises(NotAllowed):
        claim_adjudication(actor=people.reader, adjudication=row)


def test_two_adjudicators_do_not_get_one_case(project: Project, people: People) -> None:
    membership_add(actor=None, project=project, user=people.engineer, role=Membership.Role.ADJUDICATOR)
    row = disagree(project, people)
    assert claim_next_adjudication(actor=people.adjudicator, project=project) == row
    assert claim_next_adjudication(actor=people.adjudicator, project=project) == row
    assert AuditEvent.objects.filter(action__in=["adjudication.claimed", "adjudication.viewed"]).count() == 1
    assert claim_next_adjudication(actor=people.engineer, project=project) is None


def test_settling_again_changes_nothing(project: Project, people: People) -> None:
    row = disagree(project, people)
    claim_adjudication(actor=people.adjudicator, adjudication=row)
    decide(people.adjudicator, row, decision("nodule"))
    before = list(ConsensusLabel.objects.order_by("id").values())
    closed_at = CaseRound.objects.get().closed_at
    settle_case(CaseRound.objects.get(), schema=schema_in_force(project), protocol=protocol_in_force(project))
    assert list(ConsensusLabel.objects.order_by("id").values()) == before
    assert CaseRound.objects.get().closed_at == closed_at


def test_a_decisions_boxes_are_kept_in_canonical_form(project: Project, people: People) -> None:
    row = disagree(project, people)
    claim_adjudication(actor=people.adjudicator, adjudication=row)
    mark = box(row.case_round.case, 10.00049, 20)
    given = FindingDecision("nodule", "present", "seen on both views", [{**mark, "id": mark["id"].upper()}])
    decide(people.adjudicator, row, given)
    (kept,) = row.decisions.get().annotations
    assert kept == {**mark, "geometry": {**mark["geometry"], "x": 10.0}}


@pytest.mark.parametrize(
    ("value", "finding", "code"),
    [("absent", "nodule", "contradiction"), ("present", "effusion", "invalid_content")],
)
def test_a_decisions_boxes_belong_to_it(
    project: Project, people: People, value: str, finding: str, code: str
) -> None:
    row = disagree(project, people)
    claim_adjudication(actor=people.adjudicator, adjudication=row)
    mark = box(row.case_round.case, 10, 20, finding=finding)
    with pytest.raises(InvalidContent) as error:
        decide(people.adjudicator, row, FindingDecision("nodule", value, "seen", [mark]))
    assert error.value.code == code
    assert not row.decisions.exists()
