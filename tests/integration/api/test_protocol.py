"""A new protocol version changes what is said and leaves the rest as it stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labelhub.projects.models import Project, ReadingProtocol
from tests.factories.projects import People


def test_what_is_left_out_stays(project: Project, people: People, client_of: Callable[..., Any]) -> None:
    client, address = client_of(people.manager), f"/api/v1/projects/{project.slug}/protocol/"
    before = client.post(address, {"eval_interleave": 7, "iou_threshold": 0.3}, format="json").json()
    after = client.post(address, {"readers_per_case": 3}, format="json").json()
    assert after == {**before, "version": before["version"] + 1, "readers_per_case": 3}


def test_nothing_makes_no_version(project: Project, people: People, client_of: Callable[..., Any]) -> None:
    client, address = client_of(people.manager), f"/api/v1/projects/{project.slug}/protocol/"
    assert client.post(address, {}, format="json").status_code == 422
    assert ReadingProtocol.objects.filter(project=project).count() == 1
