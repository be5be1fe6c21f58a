"""New versions of protocol and schema: what is left out stays, and nothing is overwritten in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelhub.projects.models import Project, ReadingProtocol
from tests.factories.projects import FINDINGS, People


def test_what_is_left_out_stays(project: Project, people: People, client_of: Callable[..., Any]) -> None:
    client, address = client_of(people.manager), f"/api/v1/projects/{project.slug}/protocol/"
    first, second = ({"If-Match": f'"{version}"'} for version in (1, 2))
    changes = {"eval_interleave": 7, "iou_threshold": 0.3}
    before = client.post(address, changes, format="json", headers=first).json()
    after = client.post(address, {"readers_per_case": 3}, format="json", headers=second).json()
    assert after == {**before, "version": before["version"] + 1, "readers_per_case": 3}


def test_nothing_makes_no_version(project: Project, people: People, client_of: Callable[..., Any]) -> None:
    client, address = client_of(people.manager), f"/api/v1/projects/{project.slug}/protocol/"
    assert client.post(address, {}, format="json", headers={"If-Match": '"1"'}).status_code == 422
    assert ReadingProtocol.objects.filter(project=project).count() == 1


MASS = {"code": "mass", "name": "Mass", "hotkey": "3", "required": True, "boxes": False}
SAVES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "schema": ({"findings": [*FINDINGS, MASS]}, {"findings": FINDINGS[:1]}),
    "protocol": ({"readers_per_case": 3}, {"iou_threshold": 0.5}),
}


@pytest.mark.parametrize("what", SAVES)
def test_the_second_of_two_managers_gets_both_versions_and_nothing_is_saved(
    project: Project, people: People, client_of: Callable[..., Any], what: str
) -> None:
    client, address = client_of(people.manager), f"/api/v1/projects/{project.slug}/{what}/"
    base = client.get(address)
    had = {"If-Match": base.headers["ETag"]}
    hers, mine = SAVES[what]
    first = client.post(address, hers, format="json", headers=had)
    assert first.status_code == 201 and first.headers["ETag"] == '"2"'
    second = client.post(address, mine, format="json", headers=had)
    assert (second.status_code, second.json()["code"]) == (412, "newer_version")
    details = second.json()["details"]
    assert details["saved"] == first.json() and details["base"]["version"] == base.json()["version"]
    assert client.get(address).json() == first.json()
    again = client.post(address, mine, format="json", headers={"If-Match": first.headers["ETag"]})
    assert again.status_code == 201 and again.json()["version"] == 3


@pytest.mark.parametrize("what", SAVES)
@pytest.mark.parametrize(("header", "status"), [(None, 428), ("one", 400), ('"²"', 400), ('"7"', 412)])
def test_a_save_names_the_version_it_was_edited_from(
    project: Project,
    people: People,
    client_of: Callable[..., Any],
    what: str,
    header: str | None,
    status: int,
) -> None:
    headers = {} if header is None else {"If-Match": header}
    address = f"/api/v1/projects/{project.slug}/{what}/"
    answer = client_of(people.manager).post(address, SAVES[what][0], format="json", headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("values", [{"blinded": False}, {"ai_visible": True}])
def test_what_is_not_done_is_not_offered(
    project: Project, people: People, client_of: Callable[..., Any], values: dict[str, Any]
) -> None:
    client, address = client_of(people.manager), f"/api/v1/projects/{project.slug}/protocol/"
    assert not set(values) & set(client.get(address).json())
    answer = client.post(address, values, format="json", headers={"If-Match": '"1"'})
    assert answer.status_code == 422 and "is not known" in answer.json()["details"]["problems"][0]
