"""Calibration and reader-study rounds: counted first, drawn, read by whom they are for, and fed to nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.core import jobs
from labelhub.core.models import AuditEvent, Job
from labelhub.imaging.models import Case
from labelhub.learning.services.snapshot import snapshot_take
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, Round, Seen
from labelhub.reading.services.case_splits import cases_exclude
from labelhub.reading.services.seen import cases_seen, project_seen
from labelhub.releases.services import export_start, export_stream
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from labelhub.workflows.reading import open_study
from labelhub.workflows.reading.choose_cases import Choice, drawn
from labelhub.workflows.reading.open_study import run_study_job
from tests.factories.cases import make_cases
from tests.factories.learning import make_trainable_project
from tests.factories.projects import People
from tests.factories.reading import claim, document, read_case, submit

PLAN: dict[str, Any] = {"purpose": "calibration", "n_random": 3, "readers_per_case": 2}


@pytest.fixture
def manager(people: People, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(people.manager)


def ask(client: APIClient, project: Project, change: dict[str, Any], *, preview: bool = False) -> Any:
    address = f"/api/v1/projects/{project.slug}/studies/{'preview/' if preview else ''}"
    return client.post(address, {**PLAN, **change}, format="json")


def opened(client: APIClient, project: Project, change: dict[str, Any] | None = None) -> Round:
    answer = ask(client, project, change or {})
    assert answer.status_code == 201, answer.content
    fill()
    return Round.objects.get(project=project, number=answer.json()["number"])


def fill() -> None:
    job = jobs.job_claim(Job.objects.get(kind="study_round", state="queued").id, owner="test")
    assert job is not None
    run_study_job(job)


def rounds_page(client: APIClient, project: Project) -> list[dict[str, Any]]:
    return list(client.get(f"/api/v1/projects/{project.slug}/rounds/").json()["results"])


def test_it_is_counted_first_and_what_is_opened_is_what_was_counted(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 5)
    counted = ask(manager, project, {}, preview=True).json()
    assert counted == {"n_candidates": 5, "n_cases": 3, "n_reads": 6, "n_readers": 3, "barred": []}
    assert not Round.objects.filter(number=2).exists()
    round_ = opened(manager, project)
    rows = CaseRound.objects.filter(round=round_)
    assert (rows.count(), sum(row.n_needed for row in rows)) == (3, 6)
    assert round_.filled_at is not None and round_.findings is None
    event = AuditEvent.objects.get(action="round.opened")
    assert (event.actor_id, event.data["cases"]["n_random"]) == (people.manager.id, 3)
    refresh_statistics(project)
    row = rounds_page(manager, project)[1]
    assert row["progress"] == {"number": 2, "n_cases": 3, "n_closed": 0, "done": 0, "needed": 6}


def test_the_preview_names_the_readers_who_have_seen_others_reads_with_the_number_of_cases(
    project: Project, people: People, manager: APIClient
) -> None:
    """One saw two cases on a page; the other downloaded what was begun, and saw one of these on a page as well."""
    first, second, third, *_ = make_cases(project, 6)
    cases_seen(people.reader, project.id, [first.id, second.id], Seen.OUTCOME)
    for _ in range(2):
        read_case(people.third_reader, project)
    project_seen(people.second_reader, project)
    begun = set(CaseRound.objects.filter(begun_seq__isnull=False).values_list("case_id", flat=True))
    cases_seen(people.second_reader, project.id, [*list(begun)[:1], third.id], Seen.ADJUDICATION)

    def barred(change: dict[str, Any]) -> dict[str, int]:
        answer = ask(manager, project, change, preview=True).json()
        return {row["reader"]: row["n_cases"] for row in answer["barred"]}

    reader, other = people.reader.display_name, people.second_reader.display_name
    assert barred({}) == {reader: 2, other: len(begun | {third.id})}
    assert barred({"readers": [str(people.reader.id), str(people.third_reader.id)]}) == {reader: 2}
    assert barred({"n_random": 0, "numbers": [first.number]})[reader] == 1
    assert reader not in barred({"n_random": 0, "numbers": [third.number]})


def test_the_preview_stops_counting_at_the_most_that_a_round_can_have(
    project: Project, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = make_cases(project, 6)
    cases_seen(people.reader, project.id, [case.id for case in cases[:5]], Seen.OUTCOME)
    monkeypatch.setattr(open_study, "MOST_CASES", 4)
    plan = open_study.StudyPlan("calibration", Choice(n_random=2), readers_per_case=2)
    counted = open_study.study_preview(project, plan)
    assert (counted["n_candidates"], [row["n_cases"] for row in counted["barred"]]) == (4, [4])


def test_only_its_readers_are_offered_its_cases_and_its_findings(
    project: Project, people: People, manager: APIClient
) -> None:
    cases = make_cases(project, 4)
    round_ = opened(
        manager,
        project,
        {
            "purpose": "reader_study",
            "n_random": 0,
            "numbers": [cases[1].number, cases[2].number],
            "findings": ["effusion"],
            "readers": [str(people.reader.id), str(people.second_reader.id)],
        },
    )
    assert {row.case for row in CaseRound.objects.filter(round=round_)} == {cases[1], cases[2]}
    theirs = claim(people.third_reader, project)
    assert theirs is not None and theirs.round.is_standing
    for reader in (people.reader, people.second_reader):
        for _ in range(2):
            row = claim(reader, project)
            assert row is not None and row.round == round_
            content = document()
            content["answers"] = {"effusion": {"value": "present", "by_rest": False}}
            submit(row, content)
    assert CaseRound.objects.filter(round=round_, closed_at__isnull=False).count() == 2
    shown = rounds_page(manager, project)[1]
    assert (shown["n_readers"], shown["for_all"], shown["findings"]) == (2, False, ["effusion"])


def test_its_reads_feed_neither_consensus_nor_training(
    project: Project, people: People, manager: APIClient
) -> None:
    make_trainable_project(project, people, n_pool=5, n_validation=2, n_test=3, n_new=2)

    def taught() -> tuple[Any, Any]:
        text = "".join(
            export_stream(export_start(actor=None, project=project, what="consensus", format="json"))
        )
        return json.loads(text), snapshot_take(project)

    before = taught()
    round_ = opened(manager, project, {"n_random": 12})
    assert {row.split for row in CaseRound.objects.filter(round=round_)} == {"pool", "validation", "test"}
    for reader in (people.reader, people.second_reader):
        for _ in range(12):
            row = claim(reader, project)
            assert row is not None and row.round == round_
            submit(row, document({"nodule": "uncertain", "effusion": "present"}))
    assert CaseRound.objects.filter(round=round_, closed_at__isnull=False).count() == 12
    assert taught() == before


def test_a_draw_takes_cases_whatever_was_read_before_and_is_the_same_again(project: Project) -> None:
    cases = make_cases(project, 40)
    choice = Choice(n_random=10)
    first = drawn(project, choice, seed=1)
    assert first == drawn(project, choice, seed=1) and len(set(first)) == 10
    times = dict.fromkeys((case.id for case in cases), 0)
    for seed in range(400):
        for pk in drawn(project, choice, seed):
            times[pk] += 1
    # Each is drawn 100 times on average, with a standard deviation of 8.7.
    assert min(times.values()) > 60 and max(times.values()) < 140


@pytest.mark.parametrize(("standing", "n"), [("any", 4), ("not_begun", 2), ("closed", 1)])
def test_it_draws_from_the_cases_that_stand_so(
    project: Project, people: People, manager: APIClient, standing: str, n: int
) -> None:
    cases = make_cases(project, 4)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    claim(people.third_reader, project)
    make_cases(project, 1, split="test")
    answer = ask(
        manager, project, {"standing": standing, "split": "pool", "n_random": 9}, preview=True
    ).json()
    assert (answer["n_candidates"], answer["n_cases"]) == (n, n)
    cases_exclude([cases[-1].id])
    Case.objects.filter(id=cases[-1].id).update(split="excluded")
    fewer = ask(manager, project, {"standing": "any", "n_random": 9}, preview=True).json()
    assert fewer["n_cases"] == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"readers_per_case": 4}, "too_few_readers"),
        ({"numbers": [99], "n_random": 0}, "unknown_cases"),
        ({"n_random": 0}, "no_cases"),
        ({"numbers": [1]}, "no_cases"),
        ({"split": "test"}, "no_cases"),
        ({"findings": ["unknown"]}, "invalid_content"),
        ({"readers": ["00000000-0000-4000-8000-000000000000"], "readers_per_case": 1}, "invalid_content"),
        ({"purpose": "labels"}, "malformed"),
        ({"findings": []}, "malformed"),
        ({"readers_per_case": 0}, "malformed"),
        ({"n_random": 5001}, "malformed"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    project: Project, people: People, manager: APIClient, change: dict[str, Any], code: str
) -> None:
    make_cases(project, 2)
    answer = ask(manager, project, change)
    assert answer.status_code in (400, 422) and answer.json()["code"] == code
    assert Round.objects.count() == 1 and not Job.objects.filter(kind="study_round").exists()


def test_strangers_to_the_project_do_not_read_in_it(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 2)
    answer = ask(manager, project, {"readers": [str(people.stranger.id)], "readers_per_case": 1})
    assert (answer.status_code, Round.objects.count()) == (422, 1)


def test_none_is_given_out_before_its_time(project: Project, people: People, manager: APIClient) -> None:
    make_cases(project, 2)
    later = timezone.now() + timedelta(hours=1)
    opened(manager, project, {"not_before": later.isoformat(), "n_random": 2})
    row = claim(people.reader, project)
    assert row is not None and row.round.is_standing


def test_a_round_that_is_closed_gives_out_nothing_and_needs_nothing_more(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 3)
    round_ = opened(manager, project, {"n_random": 3})
    held = claim(people.reader, project)
    assert held is not None and held.round == round_
    address = f"/api/v1/projects/{project.slug}/rounds/"
    closed = manager.post(f"{address}{round_.number}/close/")
    assert closed.status_code == 200 and closed.json()["closed_at"] is not None
    assert AuditEvent.objects.get(action="round.closed").actor_id == people.manager.id
    other = claim(people.second_reader, project)
    assert other is not None and other.round.is_standing
    submit(held)
    body = refresh_statistics(project).body
    assert body["rounds"][1] == {"number": 2, "n_cases": 3, "n_closed": 0, "done": 1, "needed": 1}
    assert body["reads"] == {"done": 1, "needed": 7}
    standing = manager.post(f"{address}1/close/")
    assert (standing.status_code, standing.json()["code"]) == (409, "standing_round")
    assert manager.post(f"{address}9/close/").status_code == 404


def test_the_list_makes_as_many_queries_however_many_rounds_there_are(
    project: Project, people: People, manager: APIClient, django_assert_num_queries: Any
) -> None:
    make_cases(project, 3)
    opened(manager, project)
    refresh_statistics(project)
    manager.get("/api/v1/session/")
    with django_assert_num_queries(5):
        assert len(rounds_page(manager, project)) == 2
    for _ in range(3):
        opened(manager, project)
    with django_assert_num_queries(5):
        assert len(rounds_page(manager, project)) == 5
    assert not Assignment.objects.exists()
