"""The list of a project's cases: filters, orders, pages, and what is kept of whoever asks for outcomes."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.imaging.models import Case, Instance, Patient, Study
from labelhub.learning.models import RankedCase
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, CaseSeen, Flag, Round
from labelhub.reading.services.flags import flag_raise, flag_withdraw
from labelhub.reading.services.rounds import further_round_fill
from labelhub.reading.services.seen import seen_among
from labelhub.workflows.cases.orders import ORDERS
from labelhub.workflows.projects.add_member import add_member
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_case, make_cases
from tests.factories.learning import empty_ranking
from tests.factories.projects import People
from tests.factories.reading import claim, document, read_case, submission, submit

ClientOf = Callable[..., APIClient]
MOST_QUERIES = 12


@pytest.fixture
def manager(people: People, client_of: ClientOf) -> APIClient:
    return client_of(people.manager)


def page(client: APIClient, project: Project, **query: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/projects/{project.slug}/cases/", query)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def numbers(client: APIClient, project: Project, **query: str) -> list[int]:
    return [row["number"] for row in page(client, project, **query)["results"]]


def every_number(client: APIClient, project: Project, **query: str) -> list[int]:
    """Of all pages."""
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = page(client, project, **query, **({"cursor": cursor} if cursor else {}))
        found += [row["number"] for row in answer["results"]]
        cursor = answer["next"]
    return found


def read_twice(project: Project, people: People, **first: str) -> Case:
    """The next case, read by two readers of whom the first says this, and the second that nothing is there."""
    read = read_case(people.reader, project, document(first))
    read_case(people.second_reader, project)
    assert read is not None
    return read.assignment.case


def test_by_the_label_in_force(project: Project, people: People, manager: APIClient) -> None:
    make_cases(project, 3)
    discordant = read_twice(project, people, nodule="present")
    agreed = read_twice(project, people)
    assert numbers(manager, project, finding="nodule", value="absent") == [agreed.number]
    assert numbers(manager, project, finding="nodule", value="present") == []
    assert numbers(manager, project, finding="effusion") == sorted([discordant.number, agreed.number])
    assert numbers(manager, project, discordant="yes") == [discordant.number]
    assert numbers(manager, project, discordant="yes", state="closed") == []
    assert numbers(manager, project, discordant="yes", state="complete") == [discordant.number]


def test_by_the_newest_round_that_asked(project: Project, people: People, manager: APIClient) -> None:
    (case,) = make_cases(project, 1)
    read_twice(project, people)
    newer = Round.objects.create(
        project=project, number=2, purpose=Round.Purpose.LABELS, readers_per_case=1, filled_at=timezone.now()
    )
    further_round_fill(newer, [case.id])
    assert numbers(manager, project, state="closed") == []
    assert numbers(manager, project, state="not_begun") == [case.number]
    assert numbers(manager, project, finding="nodule", value="absent") == [case.number]
    read_case(people.third_reader, project, document({"nodule": "present"}))
    assert numbers(manager, project, state="closed") == [case.number]
    assert numbers(manager, project, finding="nodule", value="absent") == []
    assert numbers(manager, project, finding="nodule", value="present") == [case.number]
    (row,) = page(manager, project, show="outcome")["results"]
    assert {each["finding"]: each["value"] for each in row["outcome"]["labels"]} == {
        "nodule": "present",
        "effusion": "absent",
    }


def test_by_flag_until_it_is_withdrawn(project: Project, people: People, manager: APIClient) -> None:
    flagged, _ = make_cases(project, 2)
    mine = claim(people.reader, project)
    assert mine is not None and mine.case_id
    flag = flag_raise(
        actor=people.reader, assignment=mine, kind=Flag.Kind.URGENT, text="tension", client_uuid=uuid.uuid4()
    )
    number = mine.case.number
    assert numbers(manager, project, flag="any") == [number] == numbers(manager, project, flag="urgent")
    assert numbers(manager, project, flag="not_readable") == []
    newer = Round.objects.create(project=project, number=2, purpose=Round.Purpose.LABELS)
    further_round_fill(newer, [mine.case_id])
    assert numbers(manager, project, flag="any") == [number]
    assert page(manager, project, flag="any", show="outcome")["results"][0]["outcome"]["is_flagged"]
    flag_withdraw(actor=people.reader, flag=flag)
    assert numbers(manager, project, flag="any") == []


def test_by_view_site_and_reader(project: Project, people: People, manager: APIClient) -> None:
    side, elsewhere, read = make_cases(project, 3)
    Instance.objects.filter(case=side).update(view_position="LL")
    Study.objects.filter(case=elsewhere).update(site="B")
    Study.objects.filter(case=read).update(site="A")
    mine = claim(people.reader, project)
    assert mine is not None
    assert numbers(manager, project, reader=people.reader.username) == []
    submit(mine, document())
    assert numbers(manager, project, reader=people.reader.username) == [mine.case.number]
    assert numbers(manager, project, reader=people.second_reader.username) == []
    assert numbers(manager, project, view="LL") == [side.number]
    assert numbers(manager, project, site="B") == [elsewhere.number]
    answer = manager.get(f"/api/v1/projects/{project.slug}/cases/choices/").json()
    assert answer == {"sites": ["A", "B"], "views": ["LL", "PA"]}


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("{number}", "number"),
        ("case {number}", "number"),
        ("{pseudonym}", "patient"),
        ("CHEST_00", "file"),
        ("chest_0017.png", "file"),
        ("99999", "file"),
    ],
)
def test_found_by_number_pseudonym_and_file(project: Project, manager: APIClient, text: str, by: str) -> None:
    case, _ = make_cases(project, 2)
    Instance.objects.filter(case=case).update(file_name="chest_0017.png")
    Patient.objects.filter(id=case.patient_id).update(pseudonym="beef00" + "1" * 58)
    wanted = text.format(number=case.number, pseudonym="BEEF00")
    answer = page(manager, project, find=wanted)
    assert answer["found_by"] == by
    assert [row["number"] for row in answer["results"]] == ([] if wanted == "99999" else [case.number])


def test_a_patient_is_found_by_the_name_of_one_who_was_joined_to_her(
    project: Project, manager: APIClient
) -> None:
    case = make_case(project)
    Patient.objects.create(
        project=project,
        pseudonym="feed" + "2" * 60,
        split=case.split,
        split_key="x",
        joined_to=case.patient,
    )
    assert numbers(manager, project, find="feed") == [case.number]


def test_percent_signs_of_a_file_name_are_no_wild_cards(project: Project, manager: APIClient) -> None:
    make_cases(project, 1)
    assert numbers(manager, project, find="%") == []
    assert numbers(manager, project, find="_") == []


@pytest.fixture
def mixed(project: Project, people: People) -> list[Case]:
    """130 cases of many days, reads, scores and discordances, some of which lack one or the other; many ties."""
    draw = random.Random(7)
    cases = make_cases(project, 130)
    ranking = empty_ranking(project)
    for case in cases:
        Case.objects.filter(id=case.id).update(day=draw.choice([None, 730_000, 730_001, 730_900]))
        CaseRound.objects.filter(case=case).update(
            n_discordant=draw.choice([0, 1, 1, 2]),
            newest_read_at=draw.choice(
                [None, *(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=h) for h in range(4))]
            ),
            begun_seq=draw.choice([None, case.number]),
        )
        RankedCase.objects.create(
            ranking=ranking,
            position=case.number,
            case=case,
            why="uncertainty",
            score=draw.choice([None, 0.1, 0.25, 1 / 3]),
        )
    return cases


def key_of(order: str, case: Case) -> Any:
    row = CaseRound.objects.get(case=case)
    return {
        "number": case.number,
        "read": row.newest_read_at,
        "disagreement": row.n_discordant or None,
        "score": RankedCase.objects.get(case=case).score,
        "date": Case.objects.get(id=case.id).day,
    }[order.lstrip("-")]


@pytest.mark.parametrize("state", ["", "begun"])
@pytest.mark.parametrize("order", ORDERS)
def test_every_order_pages_through_what_has_a_place_in_it(
    project: Project, manager: APIClient, mixed: list[Case], order: str, state: str
) -> None:
    wanted = [case for case in mixed if not state or CaseRound.objects.get(case=case).begun_seq is not None]
    keyed = [(key, case.number) for case in wanted if (key := key_of(order, case)) is not None]
    expected = [number for _, number in sorted(keyed, reverse=order.startswith("-"))]
    assert len(expected) > 30
    assert every_number(manager, project, order=order, state=state) == expected


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "cursor",
    [
        "W10=",
        "WzFd",
        "WzEsMl0=",
        "WyJhIiwgMV0=",
        "WzEsIDIsIDNd",
        "eyJhIjogMX0=",
        "W251bGwsIG51bGxd",
        "Wy0xXQ==",
    ],
)
def test_a_cursor_of_another_order_is_refused_or_harmless(
    project: Project, manager: APIClient, order: str, cursor: str
) -> None:
    make_cases(project, 1)
    answer = manager.get(f"/api/v1/projects/{project.slug}/cases/", {"order": order, "cursor": cursor})
    assert answer.status_code in {200, 400}
    assert answer.status_code == 200 or answer.json()["code"] == "bad_cursor"


@pytest.mark.parametrize(
    "query",
    [
        {"split": "train"},
        {"value": "present"},
        {"finding": "nodule", "value": "perhaps"},
        {"discordant": "no"},
        {"flag": "red"},
        {"order": "name"},
        {"size": "1000"},
        {"show": "reads"},
        {"colour": "red"},
        {"site": "x" * 201},
    ],
)
def test_what_there_is_not_is_refused(project: Project, manager: APIClient, query: dict[str, str]) -> None:
    answer = manager.get(f"/api/v1/projects/{project.slug}/cases/", query)
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_filter")


def test_a_contact_sheet_has_two_hundred(project: Project, manager: APIClient) -> None:
    make_cases(project, 201)
    sheet = page(manager, project, size="200")
    assert len(sheet["results"]) == 200 and sheet["next"] is not None
    counted = manager.get(f"/api/v1/projects/{project.slug}/cases/count/").json()
    assert counted == {"n": 201, "is_more": False}


def test_counting_stops_at_a_thousand(
    project: Project, manager: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cases(project, 5)
    monkeypatch.setattr("labelhub.workflows.cases.listing.MOST_COUNTED", 3)
    monkeypatch.setattr("labelhub.api.imaging.cases.MOST_COUNTED", 3)
    address = f"/api/v1/projects/{project.slug}/cases/count/"
    assert manager.get(address).json() == {"n": 3, "is_more": True}
    assert manager.get(address, {"split": "test"}).json() == {"n": 0, "is_more": False}


def seen(user: User, project: Project) -> set[Any]:
    return seen_among(user.id, list(Case.objects.filter(project=project).values_list("id", flat=True)))


@pytest.mark.parametrize(
    ("query", "is_seen"),
    [
        ({}, False),
        ({"state": "complete"}, False),
        ({"order": "-read"}, False),
        ({"show": "outcome"}, True),
        ({"discordant": "yes"}, True),
        ({"finding": "effusion", "value": "absent"}, True),
        ({"order": "-disagreement"}, True),
    ],
)
def test_who_is_shown_what_came_of_a_case_is_not_offered_it(
    project: Project, people: People, manager: APIClient, query: dict[str, str], is_seen: bool
) -> None:
    case = make_case(project)
    read_twice(project, people, nodule="present")
    assert numbers(manager, project, **query) == [case.number]
    assert seen(people.manager, project) == ({case.id} if is_seen else set())
    if is_seen:
        assert CaseSeen.objects.get().how == "list"
    again = page(manager, project, **query)["results"]
    assert (again[0]["outcome"] is not None) == (query.get("show") == "outcome")


@pytest.mark.parametrize("path", ["", "count/"])
def test_nor_is_she_offered_a_case_of_which_an_empty_list_told_her(
    project: Project, people: People, manager: APIClient, path: str
) -> None:
    case = make_case(project)
    read_twice(project, people)
    query = {"find": str(case.number), "finding": "nodule", "value": "present"}
    answer = manager.get(f"/api/v1/projects/{project.slug}/cases/{path}", query)
    assert answer.json().get("results", []) == [] and answer.json().get("n", 0) == 0
    assert seen(people.manager, project) == {case.id}


def test_nor_one_that_an_order_by_disagreement_leaves_out(
    project: Project, people: People, manager: APIClient
) -> None:
    case = make_case(project)
    read_twice(project, people)
    assert numbers(manager, project, find=str(case.number), order="-disagreement") == []
    assert seen(people.manager, project) == {case.id}


def test_nothing_of_a_model_is_told_to_whoever_reads_here_herself(
    project: Project, people: People, manager: APIClient
) -> None:
    case = make_case(project)
    ranking = empty_ranking(project)
    RankedCase.objects.create(
        ranking=ranking, position=3, case=case, why="uncertainty", score=0.5, probabilities={"nodule": 0.4}
    )
    addresses = (
        f"/api/v1/projects/{project.slug}/cases/",
        f"/api/v1/projects/{project.slug}/cases/{case.number}/",
        f"/api/v1/cases/{case.id}/why/",
    )
    for address in addresses:
        assert b"0.5" in manager.get(address).content, address
    assert numbers(manager, project, order="-score") == [case.number]
    add_member(actor=people.manager, project=project, user=people.manager, role="reader")
    for address in addresses:
        assert b"0.5" not in manager.get(address).content, address
    refused = manager.get(f"/api/v1/projects/{project.slug}/cases/", {"order": "-score"})
    assert (refused.status_code, refused.json()["code"]) == (403, "blinded_to_model")


def test_a_count_of_many_is_a_figure(
    project: Project, people: People, manager: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cases(project, 3)
    monkeypatch.setattr("labelhub.workflows.cases.listing.MOST_TOLD", 2)
    manager.get(f"/api/v1/projects/{project.slug}/cases/count/", {"discordant": "yes"})
    assert seen(people.manager, project) == set()


def test_only_the_cases_of_the_page_are_seen(project: Project, people: People, manager: APIClient) -> None:
    make_cases(project, 51)
    page(manager, project, show="outcome")
    assert len(seen(people.manager, project)) == 50


QUERIES: list[dict[str, str]] = [
    {"show": "outcome", "size": "200"},
    *({"order": order, "show": "outcome"} for order in ORDERS),
    {"find": "1", "show": "outcome"},
    {"find": "film", "show": "outcome"},
    {"find": "beef", "show": "outcome"},
    {"finding": "nodule", "value": "absent", "show": "outcome"},
    {"discordant": "yes", "flag": "any", "view": "PA", "site": "A", "show": "outcome"},
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_page_takes_few_queries_however_many_cases_it_shows(
    project: Project, people: People, manager: APIClient, mixed: list[Case], query: dict[str, str]
) -> None:
    first = page(manager, project, **query)
    with_cursor = {**query, "cursor": first["next"]} if first["next"] else query
    page(manager, project, **with_cursor)
    for asked in (query, with_cursor):
        with CaptureQueriesContext(
            connection,
        ) as context:
            page(manager, project, **asked)
        statements = [each["sql"][:150] for each in context.captured_queries]
        assert len(statements) <= MOST_QUERIES, statements


def test_a_row_says_what_there_is_of_the_case(project: Project, people: People, manager: APIClient) -> None:
    case = make_case(project)
    Study.objects.filter(case=case).update(site="A")
    ranking = empty_ranking(project)
    RankedCase.objects.create(
        ranking=ranking, position=3, case=case, why="uncertainty", score=0.5, probabilities={"nodule": 0.4}
    )
    read_twice(project, people, nodule="present")
    (row,) = page(manager, project, show="outcome")["results"]
    assert (row["view"], row["site"], row["state"], row["n_submitted"]) == ("PA", "A", "complete", 2)
    assert row["newest_read_at"] is not None
    assert row["place"] == {"position": 3, "why": "uncertainty", "score": 0.5}
    assert row["outcome"]["n_discordant"] == 1 and not row["outcome"]["is_flagged"]
    assert [each["value"] for each in row["outcome"]["labels"]] == ["absent"]


def test_an_accepted_correction_moves_the_discordance_and_not_the_newest_read(
    project: Project, people: People
) -> None:
    case = make_case(project)
    read = read_case(people.reader, project, document({"nodule": "present"}))
    read_case(people.second_reader, project)
    before = CaseRound.objects.get(case=case)
    assert before.n_discordant == 1
    assert read is not None
    mine = Assignment.objects.get(id=read.assignment_id)
    amend_read(actor=people.reader, assignment=mine, submission=submission(mine, document(), reason="slip"))
    after = CaseRound.objects.get(case=case)
    assert (after.n_discordant, after.newest_read_at) == (0, before.newest_read_at)
    assert after.state == CaseRound.State.CLOSED
