"""A manager takes cases out: offered to nobody, neither trained on nor measured, and no read is lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.consensus.models import Adjudication, RoundStatistics
from labelhub.consensus.statistics import project_statistics
from labelhub.core.errors import Conflict, NotFound
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case, CaseExclusion
from labelhub.imaging.selectors import import_warnings
from labelhub.learning.services.snapshot import snapshot_take
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, QueueEntry, Read, Round
from labelhub.reading.selectors import priors
from labelhub.reading.services.leases import assignment_open
from labelhub.releases.tables import consensus_rows
from labelhub.workflows.cases.bring_back_cases import bring_back_cases
from labelhub.workflows.cases.bulk import Outcome
from labelhub.workflows.cases.exclude_cases import exclude_cases
from labelhub.workflows.consensus.adjudicate import claim_adjudication, claim_next_adjudication
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from tests.factories.cases import make_case, make_cases
from tests.factories.learning import write_model_input
from tests.factories.projects import People, make_project
from tests.factories.reading import box, claim, document, open_round, ranked, read_case, submit

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., APIClient]
REASON = "A hand, not a chest."


def exclude(project: Project, people: People, *cases: Case, **fields: Any) -> Outcome:
    asked = {"reason": REASON, "client_uuid": uuid.uuid4(), **fields}
    return exclude_cases(actor=people.manager, project=project, case_ids=[case.id for case in cases], **asked)


def discordant(project: Project, people: People) -> tuple[Case, Adjudication]:
    case = make_case(project)
    read_case(people.reader, project, document({"nodule": "present"}, boxes=[box(case, 100, 100)]))
    read_case(people.second_reader, project)
    return case, Adjudication.objects.get(case_round__case=case)


@pytest.mark.parametrize("is_ranked", [False, True])
@pytest.mark.parametrize("split", ["pool", "test"])
def test_it_is_offered_to_nobody(project: Project, people: People, is_ranked: bool, split: str) -> None:
    out, other = make_case(project, split=split), make_case(project, split=split)
    if is_ranked:
        ranked(project, out, other)
    assert exclude(project, people, out).n_done == 1
    offered = claim(people.reader, project)
    assert offered is not None and offered.case_id == other.id
    assert claim(people.second_reader, project, ahead=True).case_id == other.id  # type: ignore[union-attr]
    assert not QueueEntry.objects.filter(case=out, is_open=True).exists()


def test_its_free_slots_are_given_to_nobody_and_what_is_reserved_is_taken_back(
    project: Project, people: People
) -> None:
    case = make_case(project)
    read_case(people.reader, project)
    reserved = claim(people.second_reader, project, ahead=True)
    assert reserved is not None
    exclude(project, people, case)
    assert not Assignment.objects.filter(id=reserved.id).exists()
    with pytest.raises(NotFound):
        assignment_open(actor=people.second_reader, assignment=reserved)
    assert claim(people.third_reader, project) is None
    row = CaseRound.objects.get()
    assert (row.split, row.n_needed, row.n_open, row.n_submitted) == ("excluded", 1, 0, 1)


def test_who_has_it_open_finishes_and_her_read_is_kept(project: Project, people: People) -> None:
    case = make_case(project)
    mine = claim(people.reader, project)
    assert mine is not None
    exclude(project, people, case)
    mine.refresh_from_db()
    assert submit(mine) is not None
    assert Read.objects.filter(assignment__case=case).count() == 1
    assert claim(people.second_reader, project) is None


def test_no_decision_is_asked_of_it_but_who_decides_it_may_end(
    project: Project, people: People, client_of: ClientOf
) -> None:
    case, row = discordant(project, people)
    held_case, held = discordant(project, people)
    claim_adjudication(actor=people.adjudicator, adjudication=held)
    exclude(project, people, case, held_case)
    client, slug = client_of(people.adjudicator), f"/api/v1/projects/{project.slug}/adjudications/"
    assert client.get(f"{slug}waiting/").json()["n"] == 0
    assert [each["id"] for each in client.get(slug).json()["results"]] == [str(held.id)]
    assert client.get(f"/api/v1/adjudications/{row.id}/").json()["allowed_actions"] == []
    assert "decide" in client.get(f"/api/v1/adjudications/{held.id}/").json()["allowed_actions"]
    Adjudication.objects.filter(id=held.id).update(state="open", adjudicator=None, lease_until=None)
    assert claim_next_adjudication(actor=people.adjudicator, project=project) is None
    with pytest.raises(Conflict) as refused:
        claim_adjudication(actor=people.adjudicator, adjudication=row)
    assert refused.value.code == "case_excluded"


def test_it_is_neither_trained_on_nor_measured_and_the_export_says_so(
    project: Project, people: People
) -> None:
    for case in (out := make_case(project), kept := make_case(project)):
        write_model_input(case, False, False)
        for reader in (people.reader, people.second_reader):
            read_case(reader, project)
    refresh_statistics(project)
    assert RoundStatistics.objects.get().body["findings"]["nodule"]["n"] == 2
    exclude(project, people, out)
    assert [case["case"] for case in snapshot_take(project)["cases"]] == [str(kept.id)]
    refresh_statistics(project)
    assert RoundStatistics.objects.get().body["findings"]["nodule"]["n"] == 1
    figures = project_statistics(project)
    assert figures["cases"] == {"total": 1, "begun": 1, "complete": 1, "closed": 1}
    assert figures["discordant"]["n_read"] == 1
    assert {row["n"] for row in figures["consensus"]} == {1}
    assert figures["rounds"][0] | {"n_cases": 1, "n_closed": 1} == figures["rounds"][0]
    assert {row["split"] for row in consensus_rows(project) if row["case"] == out.id} == {"excluded"}
    exclude(project, people, kept)
    refresh_statistics(project)
    assert RoundStatistics.objects.get().body == {"findings": {}, "pairs": []}


def test_one_taken_out_for_another_brought_back_is_measured_anew(project: Project, people: People) -> None:
    first, second = make_cases(project, 2)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project, document({"effusion": "present"}))
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    exclude(project, people, first)
    refresh_statistics(project)
    before = RoundStatistics.objects.get().computed_at
    exclude(project, people, second)
    back = {"reason": "It is a chest.", "client_uuid": uuid.uuid4()}
    bring_back_cases(actor=people.manager, project=project, case_ids=[first.id], **back)
    refresh_statistics(project)
    assert RoundStatistics.objects.get().computed_at > before


def test_it_leaves_the_discordant_ones(project: Project, people: People) -> None:
    case, _ = discordant(project, people)
    before = project_statistics(project)["discordant"]
    assert (before["n_discordant"], before["open"]) == (1, 1)
    exclude(project, people, case)
    after = project_statistics(project)["discordant"]
    assert (after["n_read"], after["n_discordant"], after["open"]) == (0, 0, 0)


def test_begun_test_cases_make_room_for_others(project: Project, people: People) -> None:
    case = make_case(project, split="test")
    read_case(people.reader, project)
    assert Round.objects.get().n_eval_begun == 1
    exclude(project, people, case)
    assert Round.objects.get().n_eval_begun == 0


def test_it_is_in_all_rounds_and_keeps_none_open(project: Project, people: People) -> None:
    case = make_case(project)
    open_round(project, people, [case])
    exclude(project, people, case)
    rows = CaseRound.objects.filter(case=case)
    assert set(rows.values_list("split", "n_open")) == {("excluded", 0)} and len(rows) == 2


def test_it_is_shown_as_no_earlier_study(project: Project, people: People) -> None:
    day = date(2026, 3, 1).toordinal()
    earlier = make_case(project, day=day)
    make_case(project, patient=earlier.patient, day=day + 9)
    CaseRound.objects.filter(case=earlier).update(n_open=0)
    mine = claim(people.reader, project)
    assert mine is not None and [days for days, _ in priors(mine)] == [9]
    exclude(project, people, earlier)
    assert priors(mine) == []


def test_each_case_says_what_became_of_it(project: Project, people: People, client_of: ClientOf) -> None:
    new, out, of_patient = make_cases(project, 3)
    exclude(project, people, out)
    Case.objects.filter(id=of_patient.id).update(split="excluded")
    unknown = str(uuid.uuid4())
    body = {
        "cases": [str(new.id), str(new.id), str(out.id), str(of_patient.id), unknown],
        "reason": REASON,
        "client_uuid": str(uuid.uuid4()),
    }
    client, address = client_of(people.manager), f"/api/v1/projects/{project.slug}/cases/exclude/"
    answer = client.post(address, body, format="json").json()
    assert (answer["excluded"], answer["already"]) == (1, 2)
    assert [(row["case"], row["code"]) for row in answer["refused"]] == [(unknown, "unknown_case")]
    assert client.post(address, body, format="json").json() == answer
    row = CaseExclusion.objects.get(case=new)
    assert (row.split_before, row.reason, row.excluded_by) == ("pool", REASON, people.manager)
    event = AuditEvent.objects.get(action="case.excluded", object_id=str(new.id))
    assert event.actor_id == people.manager.id
    assert event.data == {"split_before": "pool", "split": "excluded", "exclusion": str(row.id)}
    sentence = client.get(f"/api/v1/cases/{new.id}/why/").json()["message"]
    assert REASON in sentence and "another's" not in sentence
    assert "another's" in client.get(f"/api/v1/cases/{of_patient.id}/why/").json()["message"]
    assert [text for text in import_warnings(project) if "Excluded cases: 1." in text]


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"reason": "x" * 501}, {"cases": []}, {"colour": "red"}])
def test_a_request_without_a_reason_or_cases_is_refused(
    project: Project, people: People, client_of: ClientOf, wrong: dict[str, Any]
) -> None:
    case = make_case(project)
    body = {"cases": [str(case.id)], "reason": REASON, "client_uuid": str(uuid.uuid4()), **wrong}
    answer = client_of(people.manager).post(
        f"/api/v1/projects/{project.slug}/cases/exclude/", body, format="json"
    )
    assert answer.status_code == 400
    assert not CaseExclusion.objects.exists()


def test_a_request_sent_again_takes_nothing_out_that_came_back(project: Project, people: People) -> None:
    case, key = make_case(project), uuid.uuid4()
    exclude(project, people, case, client_uuid=key)
    back = {"reason": "It is a chest.", "client_uuid": uuid.uuid4()}
    bring_back_cases(actor=people.manager, project=project, case_ids=[case.id], **back)
    assert exclude(project, people, case, client_uuid=key).n_done == 1
    case.refresh_from_db()
    assert case.split == "pool"
    with pytest.raises(Conflict) as refused:
        exclude(project, people, case, client_uuid=key, reason="Something else.")
    assert refused.value.code == "id_reused"


def test_many_cases_take_a_bounded_number_of_statements(
    project: Project, people: People, django_assert_max_num_queries: Any
) -> None:
    cases = make_cases(project, 50)
    with django_assert_max_num_queries(20 + len(cases)):  # an audit row for each
        assert exclude(project, people, *cases).n_done == 50


def test_only_cases_of_the_project_are_excluded(project: Project, people: People) -> None:
    elsewhere = make_case(make_project())
    assert [row.code for row in exclude(project, people, elsewhere).refused] == ["unknown_case"]
    elsewhere.refresh_from_db()
    assert elsewhere.split == "pool"
