"""The manager's list of cases, and why a case is offered when it is."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.imaging.models import Case
from labelhub.learning.models import RankedCase
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Round
from labelhub.reading.services.claims import claim_next
from labelhub.reading.services.rounds import further_round_fill
from tests.factories.cases import make_case, make_cases
from tests.factories.learning import empty_ranking
from tests.factories.projects import People
from tests.factories.reading import document, open_round, read_case

ClientOf = Callable[..., APIClient]


@pytest.fixture
def manager(people: People, client_of: ClientOf) -> APIClient:
    return client_of(people.manager)


def listed(client: APIClient, project: Project, **query: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/projects/{project.slug}/cases/", query)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(("order", "by"), [("", "number"), ("-number", "-number")])
@pytest.mark.parametrize("split", ["", "test"])
def test_pages_hold_every_case_once_by_number(
    project: Project, manager: APIClient, order: str, by: str, split: str
) -> None:
    make_cases(project, 60, split="pool")
    make_cases(project, 55, split="test")
    make_cases(project, 3, split="pool")
    query = {name: value for name, value in (("order", order), ("split", split)) if value}
    seen, cursor = [], ""
    while cursor is not None:
        page = listed(manager, project, **query, **({"cursor": cursor} if cursor else {}))
        seen += [row["id"] for row in page["results"]]
        cursor = page["next"]
    expected = Case.objects.filter(project=project, **({"split": split} if split else {})).order_by(by)
    assert seen == [str(case.id) for case in expected]


def test_cases_are_filtered_by_split_and_state(project: Project, people: People, manager: APIClient) -> None:
    test_case = make_case(project, split="test")
    begun, complete, closed, untouched = make_cases(project, 4)
    CaseRound.objects.filter(case=begun).update(begun_seq=1, n_open=1)
    CaseRound.objects.filter(case=complete).update(begun_seq=2, n_open=0, n_submitted=2)
    CaseRound.objects.filter(case=closed).update(
        begun_seq=3, n_open=0, n_submitted=2, closed_at=timezone.now()
    )
    for query, expected in (
        ({"split": "test"}, [test_case]),
        ({"state": "begun"}, [begun]),
        ({"state": "complete"}, [complete]),
        ({"state": "closed"}, [closed]),
        ({"state": "not_begun", "split": "pool"}, [untouched]),
    ):
        rows = listed(manager, project, **query)["results"]
        assert [row["id"] for row in rows] == [str(case.id) for case in expected], query
        if "state" in query:
            assert rows[0]["state"] == query["state"]
    row = listed(manager, project, state="complete")["results"][0]
    assert (row["n_submitted"], row["n_needed"], row["n_images"], row["version"]) == (2, 2, 1, 1)


def test_a_case_is_found_by_its_state_in_its_newest_round(
    project: Project, people: People, manager: APIClient
) -> None:
    make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    first = CaseRound.objects.get()
    newer = Round.objects.create(project=project, number=2, purpose=Round.Purpose.LABELS)
    further_round_fill(newer, [first.case_id])
    assert [row["state"] for row in listed(manager, project, state="not_begun")["results"]] == ["not_begun"]
    for state in ("begun", "complete", "closed"):
        assert listed(manager, project, state=state)["results"] == [], state


@pytest.mark.parametrize(
    "query", ["split=train", "state=lost", "order=name", "cursor=WzEsMl0=", "cursor=Wy0xXQ==", "cursor=%00"]
)
def test_a_wrong_query_is_malformed(project: Project, manager: APIClient, query: str) -> None:
    assert manager.get(f"/api/v1/projects/{project.slug}/cases/?{query}").status_code == 400


def test_why_names_the_rule_that_offered_the_case_and_its_place_in_the_ranking(
    project: Project, people: People, manager: APIClient
) -> None:
    ranked, unranked, test_case = (*make_cases(project, 2), make_case(project, split="test"))
    before = manager.get(f"/api/v1/cases/{ranked.id}/why/").json()
    assert before["ranking"] is None and "random order" in before["message"]
    publish(project, ranked)
    assert claim_next(reader=people.reader, project=project, claim_key=uuid.uuid4(), ahead=False)

    found = manager.get(f"/api/v1/cases/{ranked.id}/why/").json()
    assert found["ranking"]["position"] == 1 and found["ranking"]["score"] == 0.61
    assert found["ranking"]["why"] == "uncertainty" and found["ranking"]["model_number"] == 1
    (offer,) = [
        offer
        for case in (ranked, unranked, test_case)
        for offer in manager.get(f"/api/v1/cases/{case.id}/why/").json()["offers"]
    ]
    assert offer["reader"] == people.reader.username
    assert offer["rule"] in {"ranking", "evaluation", "random"}
    assert "never scored" in manager.get(f"/api/v1/cases/{test_case.id}/why/").json()["message"]


def test_why_of_a_case_that_was_read_says_so_and_why_it_was_offered_then(
    project: Project, people: People, manager: APIClient
) -> None:
    """The ranking in force holds it no more; the one by which it was offered is told with the offer."""
    (case,) = make_cases(project, 1)
    publish(project, case)
    read_case(people.reader, project)
    assert "It is begun" in manager.get(f"/api/v1/cases/{case.id}/why/").json()["message"]
    read_case(people.second_reader, project)
    found = manager.get(f"/api/v1/cases/{case.id}/why/").json()
    assert "It is read" in found["message"]
    first, second = found["offers"]
    assert (first["rule"], first["queue_position"], first["why"], first["score"]) == (
        "ranking", 1, "uncertainty", 0.61
    )  # fmt: skip
    assert (second["rule"], second["why"], second["score"]) == ("begun", "", None)


def test_why_of_a_case_on_which_its_reads_differ_says_that_it_waits(
    project: Project, people: People, manager: APIClient
) -> None:
    (case,) = make_cases(project, 1)
    read_case(people.reader, project, document({"effusion": "present"}))
    read_case(people.second_reader, project, document({"effusion": "absent"}))
    assert "waits for an adjudicator" in manager.get(f"/api/v1/cases/{case.id}/why/").json()["message"]


def publish(project: Project, case: Case) -> None:
    """A ranking of one case, in force."""
    ranking = empty_ranking(project)
    RankedCase.objects.create(
        ranking=ranking, position=1, case=case, why="uncertainty", score=0.61, probabilities={"nodule": 0.4}
    )
    ranking.queue.entries.create(position=1, case=case)


@pytest.mark.parametrize("purpose", [Round.Purpose.CALIBRATION, Round.Purpose.READER_STUDY])
def test_a_case_is_no_further_by_a_round_that_gives_no_labels(
    project: Project, people: People, manager: APIClient, purpose: str
) -> None:
    (case,) = make_cases(project, 1)
    publish(project, case)
    open_round(project, people, [case], purpose=purpose)
    for reader in (people.reader, people.second_reader):
        assert read_case(reader, project).assignment.round.purpose == purpose
    (row,) = listed(manager, project)["results"]
    assert (row["state"], row["n_submitted"], row["n_needed"]) == ("not_begun", 0, 2)
    assert len(listed(manager, project, state="not_begun")["results"]) == 1
    assert listed(manager, project, state="closed")["results"] == []
    assert "Position 1" in manager.get(f"/api/v1/cases/{case.id}/why/").json()["message"]
