"""A case goes back to one of its readers with a question, comes back with her answer, or is taken back."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from labelhub.api.reading.workspace import workspace
from labelhub.consensus.anonymity import letters
from labelhub.consensus.models import Adjudication, ConsensusLabel
from labelhub.core.errors import Conflict, InvalidTransition, NotAllowed
from labelhub.core.models import AuditEvent
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.models import Assignment, CaseRound, Read
from labelhub.reading.policies import own_assignment
from labelhub.reading.services.drafts import draft_give_up, draft_save
from labelhub.reading.services.seen import project_seen
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.reading.ask_reader import recall_from_reader, return_to_reader
from labelhub.workflows.reading.submit_read import amend_read, submit_read
from tests.factories.cases import make_case
from tests.factories.projects import People
from tests.factories.reading import box, document, drafted, read_case, submission

pytestmark = pytest.mark.django_db


def asked(project: Project, people: People, note: str = "Right apex?") -> tuple[Adjudication, Assignment]:
    """A discordant case that went back to the second reader."""
    case = make_case(project)
    read_case(people.reader, project, document({"nodule": "present"}, boxes=[box(case, 100, 100)]))
    read_case(people.second_reader, project, document())
    row = claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())
    theirs = Assignment.objects.get(reader=people.second_reader)
    return_to_reader(actor=people.adjudicator, adjudication=row, letter=letters(row)[theirs.id], note=note)
    row.refresh_from_db()
    return row, own_assignment(people.second_reader, theirs.id)


def answer(people: People, assignment: Assignment, content: dict[str, object]) -> Read | None:
    sent = submission(assignment, content)
    return submit_read(actor=people.second_reader, assignment=assignment, submission=sent).read


def test_the_readers_answer_reopens_the_case(project: Project, people: People) -> None:
    row, theirs = asked(project, people)
    assert theirs.state == "returned"
    read = answer(people, theirs, document({"nodule": "present"}, boxes=[box(theirs.case, 102, 101)]))
    assert read is not None and read.version == 2 and read.reason == "Right apex?"
    row.refresh_from_db()
    nodule = ConsensusLabel.objects.get(finding="nodule", is_current=True)
    assert (row.state, nodule.value, nodule.method) == ("resolved", "present", "concordant")


def test_a_long_question_is_cut_to_the_length_of_a_reason(project: Project, people: People) -> None:
    """A database that keeps to the length would refuse the read."""
    _, theirs = asked(project, people, note="?" * 500)
    read = answer(people, theirs, document())
    assert read is not None and read.reason == "?" * 300


def test_a_case_taken_back_waits_for_an_adjudicator_again(project: Project, people: People) -> None:
    row, theirs = asked(project, people)
    draft_save(assignment=theirs, version=0, document=drafted(theirs, document({"nodule": "uncertain"})))
    recall_from_reader(actor=people.adjudicator, adjudication=row)
    row.refresh_from_db()
    theirs.refresh_from_db()
    assert (row.state, theirs.state) == ("open", "submitted")
    assert claim_adjudication(actor=people.adjudicator, adjudication=row).state == "claimed"
    assert AuditEvent.objects.get(action="adjudication.recalled").data == {"assignments": [str(theirs.id)]}
    shown = workspace(own_assignment(people.second_reader, theirs.id))
    assert shown["draft"]["document"]["answers"]["nodule"]["value"] == "absent", "her read stands"
    assert shown["draft_aside"]["document"]["answers"]["nodule"]["value"] == "uncertain", (
        "and her draft is shown beside it"
    )
    with pytest.raises(InvalidTransition):
        answer(people, theirs, document())
    amendment = submission(theirs, document({"nodule": "uncertain"}), reason="asked about it")
    assert amend_read(actor=people.second_reader, assignment=theirs, submission=amendment).version == 2
    assert workspace(own_assignment(people.second_reader, theirs.id))["draft_aside"] is None


def test_what_is_given_up_of_a_case_taken_back_is_gone_for_good(project: Project, people: People) -> None:
    row, theirs = asked(project, people)
    draft_save(assignment=theirs, version=0, document=drafted(theirs, document({"nodule": "uncertain"})))
    with pytest.raises(Conflict) as in_use:
        draft_give_up(assignment=theirs, version=1)
    assert in_use.value.code == "draft_in_use", "it is what she answers with"
    recall_from_reader(actor=people.adjudicator, adjudication=row)
    client = APIClient()
    client.force_login(people.second_reader)
    case = f"/api/v1/assignments/{theirs.id}/"
    aside = client.get(case).json()["draft_aside"]["version"]
    stale = client.delete(f"{case}draft/", headers={"If-Match": f'"{aside + 1}"'})
    assert (stale.status_code, stale.json()["details"]["version"]) == (412, aside)
    for _ in range(2):
        assert client.delete(f"{case}draft/", headers={"If-Match": f'"{aside}"'}).status_code == 204
    assert client.get(case).json()["draft_aside"] is None
    assert AuditEvent.objects.filter(action="draft.given_up", object_id=str(theirs.id)).count() == 1
    return_to_reader(
        actor=people.adjudicator,
        adjudication=claim_adjudication(actor=people.adjudicator, adjudication=row),
        letter=letters(row)[theirs.id],
        note="Sure?",
    )
    shown = workspace(own_assignment(people.second_reader, theirs.id))
    assert shown["draft"]["document"]["answers"]["nodule"]["value"] == "absent", "nor does it answer later"


def slip(people: People, value: str) -> None:
    """The first reader corrects her read of the nodule."""
    mine = own_assignment(people.reader, Assignment.objects.get(reader=people.reader).id)
    sent = submission(mine, document({"nodule": value}), reason="slip")
    amend_read(actor=people.reader, assignment=mine, submission=sent)


def test_the_case_goes_on_waiting_while_another_reader_amends(project: Project, people: People) -> None:
    row, theirs = asked(project, people)
    slip(people, "uncertain")
    row.refresh_from_db()
    assert row.state == "waiting"
    recall_from_reader(actor=people.adjudicator, adjudication=row)
    theirs.refresh_from_db()
    assert theirs.state == "submitted"


def test_everybody_who_was_asked_is_taken_back(project: Project, people: People) -> None:
    """The first question stayed open while the case was settled by the other reader, and came up again."""
    row, _ = asked(project, people)
    slip(people, "absent")
    slip(people, "present")
    claim_adjudication(actor=people.adjudicator, adjudication=row)
    mine = Assignment.objects.get(reader=people.reader)
    return_to_reader(actor=people.adjudicator, adjudication=row, letter=letters(row)[mine.id], note="Sure?")
    recall_from_reader(actor=people.adjudicator, adjudication=row)
    states = set(Assignment.objects.values_list("state", flat=True))
    assert states == {"submitted"}


def test_a_reader_can_be_asked_something_else(project: Project, people: People) -> None:
    row, theirs = asked(project, people)
    slip(people, "absent")
    slip(people, "present")
    claim_adjudication(actor=people.adjudicator, adjudication=row)
    letter = letters(row)[theirs.id]
    return_to_reader(actor=people.adjudicator, adjudication=row, letter=letter, note="And the left?")
    theirs.refresh_from_db()
    assert (theirs.state, theirs.return_note) == ("returned", "And the left?")


def test_an_answered_case_cannot_be_taken_back(project: Project, people: People) -> None:
    row, theirs = asked(project, people)
    answer(people, theirs, document())
    with pytest.raises(InvalidTransition):
        recall_from_reader(actor=people.adjudicator, adjudication=row)


def test_nobody_takes_back_a_case_they_have_read(project: Project, people: People) -> None:
    membership_add(actor=None, project=project, user=people.second_reader, role=Membership.Role.ADJUDICATOR)
    row, theirs = asked(project, people)
    with pytest.raises(NotAllowed):
        recall_from_reader(actor=people.second_reader, adjudication=row)
    theirs.refresh_from_db()
    assert theirs.state == "returned"


def test_only_who_holds_the_case_asks(project: Project, people: People) -> None:
    membership_add(actor=None, project=project, user=people.engineer, role=Membership.Role.ADJUDICATOR)
    row, _ = asked(project, people)
    recall_from_reader(actor=people.engineer, adjudication=row)
    claim_adjudication(actor=people.engineer, adjudication=row)
    with pytest.raises(Conflict):
        return_to_reader(actor=people.adjudicator, adjudication=row, letter="A", note="And the left?")
    assert CaseRound.objects.get().closed_at is None


def sees_all(project: Project, people: People) -> None:
    """The second reader takes everybody's reads out of the project."""
    membership_add(actor=None, project=project, user=people.second_reader, role=Membership.Role.MANAGER)
    project_seen(people.second_reader, project)


def test_who_has_seen_the_others_reads_meanwhile_does_not_change_hers_by_her_answer(
    project: Project, people: People
) -> None:
    row, theirs = asked(project, people)
    assert "submit" in workspace(theirs)["allowed_actions"]
    sees_all(project, people)
    assert workspace(theirs)["allowed_actions"] == ["flag"]
    with pytest.raises(Conflict) as error:
        answer(people, theirs, document({"nodule": "present"}))
    assert error.value.code == "outcome_shown"
    assert Read.objects.filter(assignment=theirs).count() == 1
    recall_from_reader(actor=people.adjudicator, adjudication=row)
    row.refresh_from_db()
    assert row.state == "open"


def test_who_has_seen_the_others_reads_is_not_asked(project: Project, people: People) -> None:
    row, theirs = asked(project, people)
    recall_from_reader(actor=people.adjudicator, adjudication=row)
    sees_all(project, people)
    row = claim_adjudication(actor=people.adjudicator, adjudication=row)
    with pytest.raises(Conflict) as error:
        return_to_reader(
            actor=people.adjudicator, adjudication=row, letter=letters(row)[theirs.id], note="Sure?"
        )
    assert error.value.code == "has_seen"
    theirs.refresh_from_db()
    row.refresh_from_db()
    assert (theirs.state, row.state) == ("submitted", "claimed")
