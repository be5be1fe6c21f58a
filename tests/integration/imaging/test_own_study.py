"""A study of one's own, in the demo: who may send it, who reads it, and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from rest_framework.test import APIClient

from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, Seen
from labelhub.reading.services.seen import cases_seen
from tests.factories.cases import make_cases
from tests.factories.imaging import radiograph
from tests.factories.importing import finish, send, work
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import claim, submit

ClientOf = Callable[..., APIClient]


@pytest.fixture
def team(settings: Any, db: None) -> People:
    """The people of the demo's project, from which a study of one's own is sent."""
    settings.DEMO = True
    return make_people(make_project("real"))


def send_own_study(reader: APIClient) -> str:
    """Have one film imported; returns its import's id."""
    batch = reader.post("/api/v1/demo/own-study/", {}, format="json").json()["id"]
    assert send(reader, batch, radiograph(1)).status_code == 201
    assert finish(reader, batch).status_code == 200
    work()
    return str(batch)


@pytest.mark.parametrize("slug", ["real", "own"])
def test_own_study_is_read_first_and_belongs_to_whoever_sent_it(
    people: People, client_of: ClientOf, settings: Any, slug: str
) -> None:
    settings.DEMO = True
    real = make_project(slug)
    team = make_people(real)
    reader = client_of(team.reader)
    batch = send_own_study(reader)
    assert Case.objects.get(project=real).random_key < 0
    assert reader.get(f"/api/v1/imports/{batch}/").json()["state"] == "done"
    assert client_of(team.manager).get(f"/api/v1/imports/{batch}/").status_code == 200
    assert client_of(team.second_reader).get(f"/api/v1/imports/{batch}/").status_code == 404
    assert client_of(people.reader).post("/api/v1/demo/own-study/").status_code == 404


def test_own_study_is_opened_before_what_the_worklist_would_offer(team: People, client_of: ClientOf) -> None:
    real = Project.objects.get()
    make_cases(real, 3)
    reader, other = client_of(team.reader), client_of(team.second_reader)
    begun_by_other = claim(team.second_reader, real)
    assert begun_by_other is not None
    batch = send_own_study(reader)
    body = {"batch": batch}
    first = reader.post("/api/v1/demo/own-study/read/", body, format="json").json()["assignment"]
    assignment = Assignment.objects.get(id=first)
    assert assignment.case.instances.get().importfile_set.get().batch_id == UUID(batch)
    assert (assignment.rule, assignment.state) == ("own_study", "open")
    again = reader.post("/api/v1/demo/own-study/read/", body, format="json").json()["assignment"]
    assert again == first
    assert other.post("/api/v1/demo/own-study/read/", body, format="json").status_code == 404
    submit(assignment)
    assert reader.post("/api/v1/demo/own-study/read/", body, format="json").json()["assignment"] is None
    # It counts as a read of the project like any other: the second reader is offered the case she lacks.
    offered = claim(team.second_reader, real)
    assert offered is not None and offered.id == begun_by_other.id


def test_own_study_is_not_opened_for_whoever_saw_what_others_said_of_it(
    team: People, client_of: ClientOf
) -> None:
    reader = client_of(team.reader)
    batch = send_own_study(reader)
    cases_seen(team.reader, Project.objects.get().id, Case.objects.values_list("id", flat=True), Seen.OUTCOME)
    answer = reader.post("/api/v1/demo/own-study/read/", {"batch": batch}, format="json").json()
    assert answer["assignment"] is None and "what others said" in answer["message"]
    assert not Assignment.objects.exists()


def test_own_study_of_objects_alone_says_that_there_is_nothing_to_read(
    team: People, client_of: ClientOf
) -> None:
    reader = client_of(team.reader)
    batch = reader.post("/api/v1/demo/own-study/", {}, format="json").json()["id"]
    dose = radiograph(1, SOPClassUID="1.2.840.10008.5.1.4.1.1.481.2", Modality="RTDOSE")
    assert send(reader, batch, dose).status_code == 201
    assert finish(reader, batch).status_code == 200
    work()
    assert not Case.objects.exists()
    answer = reader.post("/api/v1/demo/own-study/read/", {"batch": batch}, format="json")
    assert answer.status_code == 200 and "no image to read" in answer.json()["message"]


def test_own_study_does_not_exist_outside_the_demo(client_of: ClientOf, db: None) -> None:
    team = make_people(make_project("real"))
    assert client_of(team.manager).post("/api/v1/demo/own-study/").status_code == 404
