"""Authorisation denies by default: built from the URL table, so that a new route cannot be forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from labelhub.accounts.models import User
from labelhub.api.http.permissions import PUBLIC, Policy
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from tests.factories.accounts import make_user
from tests.factories.projects import People, make_people, make_project
from tests.factories.routes import METHODS, Route, api_routes
from tests.factories.world import World, make_world

ROUTES = api_routes()
OBJECT_ROUTES = [route for route in ROUTES if route.arguments]
PUBLIC_ROUTES = {"session", "invitation", "invitation-accept"}


@pytest.fixture
def world(project: Project, people: People) -> World:
    return make_world(project, people)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_names_its_policy(route: Route) -> None:
    policy = getattr(route.view_class, "policy", None)
    assert isinstance(policy, Policy), f"{route.name} has no policy"
    assert (policy is PUBLIC) == (route.name in PUBLIC_ROUTES)


def test_a_view_without_a_policy_is_refused(db: Any) -> None:
    class Forgotten(APIView):
        def get(self, request: Any) -> Any:
            raise AssertionError("reached")

    request = APIRequestFactory().get("/")
    request.user = User(username="somebody")
    assert Forgotten.as_view()(request).status_code in (401, 403)


def test_nobody_gets_in_without_signing_in(world: World) -> None:
    client = APIClient()
    for route in ROUTES:
        if route.name in PUBLIC_ROUTES:
            continue
        for method in METHODS:
            answer = getattr(client, method)(route.url(world.arguments))
            assert answer.status_code == 401, (route.name, method, answer.status_code)


@pytest.mark.parametrize("role", ["manager", "reader", "adjudicator", "engineer", "stranger"])
def test_another_projects_objects_look_absent(
    role: str, world: World, client_of: Callable[..., APIClient]
) -> None:
    """The answer for a foreign object equals, byte for byte, the answer for one that does not exist."""
    client = client_of(getattr(make_people(make_project()), role))
    absent = {
        name: "nowhere" if name == "slug" else value if name in ("role", "frame", "number") else uuid.uuid4()
        for name, value in world.arguments.items()
    }
    for route in OBJECT_ROUTES:
        for method in METHODS:
            foreign = getattr(client, method)(route.url(world.arguments))
            nothing = getattr(client, method)(route.url(absent))
            assert (foreign.status_code, nothing.status_code) == (404, 404), (route.name, method)
            assert foreign.content == nothing.content, (route.name, method)


def test_a_removed_member_and_a_disabled_person_lose_access(
    world: World, client_of: Callable[..., APIClient]
) -> None:
    reader = world.people.reader
    client = client_of(reader)
    Membership.objects.filter(user=reader).delete()
    for route in OBJECT_ROUTES:
        assert client.get(route.url(world.arguments)).status_code == 404, route.name
    User.objects.filter(id=reader.id).update(is_active=False)
    for route in OBJECT_ROUTES:
        assert client.get(route.url(world.arguments)).status_code == 401, route.name


# What a member of the project may not do: route name -> roles that get further than 403.
ROLES: dict[str, set[str]] = {
    "project": {"reader", "adjudicator", "manager", "engineer"},
    "project-archive": {"manager"},
    "project-bring-back": {"manager"},
    "project-delete": {"manager"},
    "label-schema": {"manager"},
    "schema-preview": {"manager"},
    "protocol": {"manager"},
    "protocol-preview": {"manager"},
    "rounds": {"manager"},
    "round-preview": {"manager"},
    "round-close": {"manager"},
    "studies": {"manager"},
    "study-preview": {"manager"},
    "members": {"manager"},
    "member": {"manager"},
    "member-absence": {"manager"},
    "member-role": {"manager"},
    "member-work": {"manager"},
    "assigned": {"manager"},
    "assigned-preview": {"manager"},
    "assigned-withdraw": {"manager"},
    "members-work": {"manager"},
    "invitations": {"manager"},
    "invitation-withdraw": {"manager"},
    "dashboard": {"manager"},
    "agreement": {"manager"},
    "resettling": {"manager"},
    "exports": {"manager", "engineer"},
    "flag-seen": {"manager"},
    "late-read-accept": {"manager"},
    "assignment-manager-hand-over": {"manager"},
    "assignment-manager-release": {"manager"},
    "adjudication-manager-release": {"manager"},
    "worklist": {"reader"},
    "worklist-next": {"reader"},
    "adjudications": {"adjudicator"},
    "adjudications-waiting": {"adjudicator"},
    "adjudication-next": {"adjudicator"},
    "adjudication": {"adjudicator"},
    "adjudication-claim": {"adjudicator"},
    "adjudication-heartbeat": {"adjudicator"},
    "adjudication-decide": {"adjudicator"},
    "adjudication-release": {"adjudicator"},
    "adjudication-recall": {"adjudicator"},
    "adjudication-return": {"adjudicator"},
    "project-jobs": {"manager", "engineer"},
    "job-cancel": {"manager", "engineer"},
    "job-try-again": {"manager"},
    "training-policy": {"manager", "engineer"},
    "learning": {"manager", "engineer"},
    "training-runs": {"manager", "engineer"},
    "training-run": {"manager", "engineer"},
    "training-run-cancel": {"manager", "engineer"},
    "model-promote": {"manager", "engineer"},
    "model-weights": {"manager", "engineer"},
    "model-card": {"manager", "engineer"},
    "model-predictions": {"manager", "engineer"},
    "rollback-lift": {"manager", "engineer"},
    "ranking": {"manager", "engineer"},
    "as-reader": {"manager"},
    "case-labels": {"manager"},
    "case-labels-preview": {"manager"},
    "imports": {"manager"},
    "import": {"manager"},
    "import-files": {"manager"},
    "import-finish": {"manager"},
    "import-labels": {"manager"},
    "import-uploads": {"manager"},
    "import-upload": {"manager"},
    "case": {"manager", "engineer"},
    "case-history": {"manager", "engineer"},
    "case-record": {"manager", "engineer"},
    "cases": {"manager", "engineer"},
    "case-filters": {"manager", "engineer"},
    "case-filter": {"manager"},
    "cases-choices": {"manager", "engineer"},
    "cases-count": {"manager", "engineer"},
    "cases-exclude": {"manager"},
    "cases-bring-back": {"manager"},
    "cases-read-first": {"manager"},
    "cases-read-in-turn": {"manager"},
    "case-why": {"manager", "engineer"},
    "case-objects": {"manager", "engineer"},
    "case-images": {"manager", "engineer"},
    "case-accept-version": {"manager"},
    "case-joining": {"manager"},
    # Administrators alone, whatever a person is in a project (test_administration).
    "administration-deactivate": set(),
    "administration-reactivate": set(),
    "administration-take-back": set(),
    "case-corrections": {"manager", "engineer"},
    "case-patient": {"manager"},
    "case-split": {"manager"},
    "case-site": {"manager"},
    "image-in-case": {"manager"},
    "image-view": {"manager"},
}
OWN = {  # only the reader whose assignment it is; and pixels, by assignment (test_pixels_api, test_pipeline_api)
    *(r.name for r in ROUTES if r.name.startswith("assignment") and "manager" not in r.name),
    "instance-metadata",
    "instance-thumbnail",
    "instance-frame",
    "instance-pipeline",
    "instance-model-input",
}


METHOD = {
    "label-schema": "post",
    "member": "put",
    "member-absence": "put",
    "member-role": "delete",
    "case-filter": "delete",
}


def test_the_role_table_covers_every_route() -> None:
    assert {route.name for route in OBJECT_ROUTES} == set(ROLES) | OWN


@pytest.mark.parametrize("role", ["reader", "adjudicator", "manager", "engineer"])
def test_roles_within_a_project(role: str, world: World, client_of: Callable[..., APIClient]) -> None:
    """A fresh person of one role alone: allowed routes do not answer 403 or 404, the others do."""
    person = make_user()
    membership_add(actor=None, project=world.project, user=person, role=role)
    client = client_of(person)
    for route in OBJECT_ROUTES:
        if route.name not in ROLES:
            continue
        method = METHOD.get(route.name, "get" if hasattr(route.view_class, "get") else "post")
        with transaction.atomic():  # what one route changes must not decide the next
            status = getattr(client, method)(route.url(world.arguments)).status_code
            transaction.set_rollback(True)
        assert (status not in (403, 404)) == (role in ROLES[route.name]), (route.name, status)


def test_an_assignment_is_its_readers_alone(world: World, client_of: Callable[..., APIClient]) -> None:
    people = world.people
    for other in (people.second_reader, people.manager, people.adjudicator, people.engineer):
        client = client_of(other)
        for route in OBJECT_ROUTES:
            if route.name not in OWN or route.name.startswith("instance"):
                continue
            for method in METHODS:
                answer = getattr(client, method)(route.url(world.arguments))
                assert answer.status_code == 404, (route.name, method)
