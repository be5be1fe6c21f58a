"""The manager's page while people read: what waits for her, in order, by at most five queries."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.api.projects.attention import _late_reads
from labelhub.core.jobs import job_claim
from labelhub.learning.files import job_folder
from labelhub.learning.services.policy import policy_update
from labelhub.learning.services.promotions import model_promote
from labelhub.projects.models import Project
from labelhub.reading.models import CaseSeen, Flag, LateRead, LateReadDecision, Seen
from labelhub.reading.services.flags import flag_mark_seen, flag_raise
from labelhub.reading.services.seen import cases_seen, project_seen
from labelhub.workflows.learning import publish_ranking
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from tests.factories.cases import make_cases
from tests.factories.learning import make_model
from tests.factories.projects import People
from tests.factories.reading import claim
from tests.factories.world import make_world

MOST_QUERIES = 5


@pytest.fixture
def page(project: Project, people: People, client_of: Callable[..., APIClient]) -> Callable[[], Any]:
    client = client_of(people.manager)

    def get() -> Any:
        answer = client.get(f"/api/v1/projects/{project.slug}/dashboard/")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return get


def publish(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    job = job_claim(model_promote(actor=None, model=make_model(project), reason="newest").id, owner="test")
    assert job is not None
    monkeypatch.setattr(publish_ranking, "local_copy", lambda key: Path("/nowhere") / key)
    publish_ranking.prepare(job)
    cases = json.loads((job_folder(job) / "pool.json").read_text())["cases"]
    lines = [
        {
            "position": n,
            "case": case["case"],
            "action": "read_new",
            "why": "uncertainty",
            "score": 1.0,
            "probabilities": {},
        }
        for n, case in enumerate(cases, 1)
    ]
    path = job_folder(job) / "ranking.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    publish_ranking.keep_order(job, {"ranking": str(path)})
    publish_ranking.publish(job)


def test_a_poll_makes_five_queries_however_much_there_is(
    project: Project,
    people: People,
    page: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Any,
) -> None:
    make_cases(project, 8)
    policy_update(actor=None, project=project, values={"every_n_labels": 5})
    publish(project, monkeypatch)
    refresh_statistics(project)
    with django_assert_max_num_queries(MOST_QUERIES):
        page()
    for reader in (people.reader, people.second_reader, people.third_reader):
        mine = claim(reader, project)
        assert mine is not None
        for kind in Flag.Kind.values:
            flag_raise(actor=reader, assignment=mine, kind=kind, text="x", client_uuid=uuid.uuid4())
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = page()
    assert (len(shown["flags"]), len(shown["open_assignments"])) == (3 * len(Flag.Kind.values), 3)
    assert (shown["queue"]["source"], shown["model"]["number"]) == ("ranking", 1)


def test_what_waits_is_shown_in_order(project: Project, people: People, page: Callable[[], Any]) -> None:
    world = make_world(project, people)
    make_cases(project, 2)
    first = Flag.objects.get()
    mine = first.assignment
    other = Flag.Kind.NOT_READABLE
    later = flag_raise(
        actor=people.reader, assignment=mine, kind=other, text="later", client_uuid=uuid.uuid4()
    )
    newest = flag_raise(
        actor=people.reader, assignment=mine, kind=Flag.Kind.URGENT, text="newest", client_uuid=uuid.uuid4()
    )
    flag_mark_seen(actor=people.manager, flag=first)
    shown = page()
    assert [row["id"] for row in shown["flags"]] == [str(flag.id) for flag in (newest, later, first)]
    assert [bool(row["seen_at"]) for row in shown["flags"]] == [False, False, True]
    assert {row["reader"] for row in shown["flags"]} == {people.reader.username}
    (late,) = shown["late_reads"]
    assert (late["id"], late["accepted_at"]) == (str(world.arguments["late_read_id"]), None)
    held = shown["open_assignments"]
    assert [row["id"] for row in held] == [str(mine.id)]
    assert held[0]["state"] == "open" and held[0]["opened_at"] < held[0]["lease_until"]


@pytest.mark.parametrize(
    ("how", "expected"), [("nothing", False), ("page", True), ("page afterwards", False), ("download", True)]
)
def test_a_late_read_says_whether_its_reader_has_seen_others_reads(
    project: Project, people: People, page: Callable[[], Any], how: str, expected: bool
) -> None:
    make_world(project, people)
    late = LateRead.objects.get()
    row = late.assignment
    if how.startswith("page"):
        cases_seen(row.reader, project.id, [row.case_id], Seen.OUTCOME)
        if how == "page":
            CaseSeen.objects.update(at=late.submitted_at)
    elif how == "download":
        project_seen(row.reader, project)
    assert [row["has_seen"] for row in page()["late_reads"]] == [expected]


def test_late_reads_that_were_decided_push_none_off_the_page_that_waits(
    project: Project, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cases(project, 2)
    late = []
    for reader in (people.reader, people.second_reader):
        row = claim(reader, project)
        assert row is not None
        now = timezone.now()
        late.append(LateRead.objects.create(assignment=row, document={}, submitted_at=now))
    LateReadDecision.objects.create(late_read=late[1], accepted_by=people.manager)
    monkeypatch.setattr("labelhub.api.projects.attention.LIMIT", 1)
    assert {row[1] for row in _late_reads(project.id)} == {row.id for row in late}
    monkeypatch.setattr("labelhub.api.projects.attention.LIMIT_DONE", 0)
    assert [row[1] for row in _late_reads(project.id)] == [late[0].id]


def test_a_project_without_anything_is_shown_too(page: Callable[[], Any]) -> None:
    shown = page()
    assert (shown["flags"], shown["late_reads"], shown["open_assignments"], shown["model"]) == (
        [],
        [],
        [],
        None,
    )
    assert shown["queue"]["message"] == "No model yet: cases come in random order."
