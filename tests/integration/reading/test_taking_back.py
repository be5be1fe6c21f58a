"""What a reader called urgent, not readable or not hers shows afterwards, and goes when she takes it back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.core.models import AuditEvent
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, Flag
from labelhub.reading.services.leases import expire_leases
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, document

S = Assignment.State
UNREADABLE = {"answers": {}, "annotations": [], "comment": "", "not_readable": True}


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def begun(people: People, project: Project) -> tuple[APIClient, str]:
    assignment = claim(people.reader, project)
    assert assignment is not None
    return client_of(people.reader), f"/api/v1/assignments/{assignment.id}/"


def flag(client: APIClient, case: str, kind: str, text: str = "look here") -> str:
    key = str(uuid.uuid4())
    body = {"client_uuid": key, "kind": kind, "text": text}
    assert client.post(f"{case}flag/", body, format="json").status_code == 200
    return key


def standing(client: APIClient, case: str) -> list[tuple[str, str]]:
    return [(row["kind"], row["text"]) for row in client.get(case).json()["flags"]]


def flags_of_manager(people: People, project: Project) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        client_of(people.manager).get(f"/api/v1/projects/{project.slug}/dashboard/").json()["flags"]
    )
    return rows


def test_a_flag_shows_to_its_reader_and_goes_when_she_takes_it_back(project: Project, people: People) -> None:
    make_case(project)
    client, case = begun(people, project)
    key = flag(client, case, "urgent")
    assert standing(client, case) == [("urgent", "look here")]
    assert [row["withdrawn_at"] for row in flags_of_manager(people, project)] == [None]
    for _ in range(2):
        assert client.post(f"{case}flags/{key}/withdraw/").status_code == 204
    assert standing(client, case) == []
    (row,) = flags_of_manager(people, project)
    assert row["withdrawn_at"] is not None, "the manager sees that it was taken back"
    assert AuditEvent.objects.filter(action="flag.withdrawn", object_id=key).count() == 1


def test_nobody_elses_flag_can_be_taken_back(project: Project, people: People) -> None:
    make_cases(project, 2)
    client, case = begun(people, project)
    key = flag(client, case, "urgent")
    other = claim(people.second_reader, project)
    assert other is not None
    answer = client_of(people.second_reader).post(f"/api/v1/assignments/{other.id}/flags/{key}/withdraw/")
    assert answer.status_code == 404
    assert standing(client, case) == [("urgent", "look here")]


def test_what_was_submitted_keeps_its_marks_in_the_list(project: Project, people: People) -> None:
    make_case(project)
    client, case = begun(people, project)
    flag(client, case, "urgent")
    flag(client, case, "not_readable")
    submitted(client, case, UNREADABLE)
    (row,) = client.get(f"/api/v1/projects/{project.slug}/worklist/").json()["submitted"]
    assert (row["not_readable"], row["urgent"]) == (True, True)


def test_a_correction_to_readable_takes_that_flag_with_it(project: Project, people: People) -> None:
    make_case(project)
    client, case = begun(people, project)
    flag(client, case, "urgent")
    flag(client, case, "not_readable")
    submitted(client, case, UNREADABLE)
    body = {"client_uuid": str(uuid.uuid4()), "document": document(), "reason": "slip"}
    assert client.post(f"{case}amend/", body, format="json").status_code == 200
    assert standing(client, case) == [("urgent", "look here")]
    assert Flag.objects.filter(withdrawn__isnull=True).get().kind == "urgent"


def test_a_skipped_case_can_be_taken_back_while_its_slot_is_free(project: Project, people: People) -> None:
    make_case(project)
    client, case = begun(people, project)
    client.post(f"{case}skip/", {"reason": "not_my_area", "text": "a knee"}, format="json")
    worklist = f"/api/v1/projects/{project.slug}/worklist/"
    (row,) = client.get(worklist).json()["skipped"]
    assert (row["reason"], row["text"]) == ("not_my_area", "a knee")
    assert client.get(case).json()["allowed_actions"] == ["unskip"]
    assert client.post(f"{case}unskip/").status_code == 204
    assert client.get(worklist).json()["skipped"] == []
    assert client.get(case).json()["assignment"]["state"] == S.OPEN
    assert AuditEvent.objects.filter(action="assignment.skip_taken_back").count() == 1
    submitted(client, case, document())


def test_a_skipped_case_that_others_read_by_now_stays_skipped(project: Project, people: People) -> None:
    make_case(project)
    client, case = begun(people, project)
    client.post(f"{case}skip/", {"reason": "conflict"}, format="json")
    for reader in (people.second_reader, people.third_reader):
        assert claim(reader, project) is not None
    answer = client.post(f"{case}unskip/")
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_given_away")
    assert client.get(case).json()["assignment"]["state"] == S.SKIPPED


@pytest.mark.parametrize("state", ["submitted", "released"])
def test_only_a_skip_can_be_taken_back(project: Project, people: People, state: str) -> None:
    make_case(project)
    client, case = begun(people, project)
    if state == "submitted":
        submitted(client, case, document())
    else:
        client.post(f"{case}release/")
    assert client.post(f"{case}unskip/").status_code == 409


def submitted(client: APIClient, case: str, content: dict[str, Any]) -> None:
    body = {"client_uuid": str(uuid.uuid4()), "document": content}
    assert client.post(f"{case}submit/", body, format="json").status_code == 200


@pytest.mark.parametrize("kind", Flag.Kind.values)
def test_a_case_that_was_never_opened_is_not_flagged(project: Project, people: People, kind: str) -> None:
    """A reservation leaves nothing behind when it is given up; a flag on it could not be deleted with it."""
    make_case(project)
    row = claim(people.reader, project, ahead=True)
    assert row is not None
    body = {"client_uuid": str(uuid.uuid4()), "kind": kind, "text": "look here"}
    answer = client_of(people.reader).post(f"/api/v1/assignments/{row.id}/flag/", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_open")
    Assignment.objects.update(lease_until=timezone.now() - timedelta(hours=1))
    assert expire_leases() == 1 and not Assignment.objects.exists()
