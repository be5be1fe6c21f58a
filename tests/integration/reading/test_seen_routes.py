"""Every route says what of a case it shows. One that shows others' reads, decisions or outcome keeps who looked.

A new route fails here until it is classified, and one that is classified as harmless is asked for, by everybody who
may, in a project whose reads, decisions and flags carry words that can be found again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.reading.models import Assignment, CaseRound, CaseSeen, Flag, RoundSeen
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from tests.factories.cases import make_cases
from tests.factories.projects import make_people, make_project
from tests.factories.reading import document, read_case
from tests.factories.routes import Route, api_routes
from tests.factories.world import World, make_world

CASE, FLAGS, AGGREGATE, NEITHER = "case", "flags", "aggregate", "neither"
SHOWS: dict[str, str] = {
    # Reads, decisions or outcome of single cases: kept for whoever looks.
    **dict.fromkeys(
        (
            "adjudication",
            "adjudication-claim",
            "adjudications",
            "assignment-outcome",
            "case-history",
            "case-record",
            "cases",
            "cases-count",
            "exports",
        ),
        CASE,
    ),
    # Readers' flags, kept for all who see the page from the moment they are raised.
    "dashboard": FLAGS,
    # Figures over many cases.
    **dict.fromkeys(
        (
            "adjudications-waiting",
            "agreement",
            "learning",
            "model-card",
            "model-promote",
            "protocol-preview",
            "resettling",
            "round-preview",
            "rounds",
            "schema-preview",
            "study-preview",
            "training-run",
            "training-run-cancel",
            "training-runs",
        ),
        AGGREGATE,
    ),
    # Nothing of what people said of a case: images, settings, people, what a model said, a reader's own work, and how
    # far a case has come.
    **dict.fromkeys(
        (
            "administration-database",
            "administration-deactivate",
            "administration-deletions",
            "administration-disk",
            "administration-people",
            "administration-projects",
            "administration-queues",
            "administration-reactivate",
            "administration-seals",
            "administration-store",
            "administration-take-back",
            "administration-versions",
            "administration-workers",
            "adjudication-decide",
            "adjudication-heartbeat",
            "adjudication-manager-release",
            "adjudication-next",
            "adjudication-recall",
            "adjudication-release",
            "adjudication-return",
            "as-reader",
            "assignment",
            "assignment-amend",
            "assignment-draft",
            "assignment-flag",
            "assignment-flag-withdraw",
            "assignment-heartbeat",
            "assignment-manager-hand-over",
            "assignment-manager-release",
            "assignment-open",
            "assignment-previous",
            "assignment-release",
            "assignment-skip",
            "assignment-submit",
            "assignment-unskip",
            "case",
            "assigned",
            "assigned-preview",
            "assigned-withdraw",
            "case-accept-version",
            "case-corrections",
            "case-filter",
            "case-filters",
            "case-images",
            "case-joining",
            "case-objects",
            "case-patient",
            "case-site",
            "case-split",
            "case-why",
            "cases-bring-back",
            "cases-choices",
            "cases-exclude",
            "cases-read-first",
            "cases-read-in-turn",
            "docs",
            "flag-seen",
            "image-in-case",
            "image-view",
            "case-labels",
            "case-labels-preview",
            "import",
            "import-files",
            "import-finish",
            "import-labels",
            "import-upload",
            "import-uploads",
            "imports",
            "instance-frame",
            "instance-metadata",
            "instance-model-input",
            "instance-pipeline",
            "instance-thumbnail",
            "invitation",
            "invitation-accept",
            "invitation-withdraw",
            "invitations",
            "job-cancel",
            "job-try-again",
            "label-schema",
            "late-read-accept",
            "member",
            "member-absence",
            "member-role",
            "member-work",
            "members",
            "members-work",
            "model-predictions",
            "model-weights",
            "own-study",
            "own-study-read",
            "project",
            "project-archive",
            "project-bring-back",
            "project-delete",
            "project-jobs",
            "projects",
            "project-templates",
            "protocol",
            "ranking",
            "rollback-lift",
            "round-close",
            "schema",
            "session",
            "studies",
            "training-policy",
            "worklist",
            "worklist-next",
        ),
        NEITHER,
    ),
}
ROUTES = api_routes()
WORDS = {"comment": "marbled", "reason": "pellucid", "flag": "tension"}

Ask = Callable[[APIClient, World], Any]
"""A request that gets the thing itself."""


def get(path: str) -> Ask:
    return lambda client, world: client.get(f"/api/v1/{path.format(**world.arguments)}")


def post(path: str, body: dict[str, Any]) -> Ask:
    return lambda client, world: client.post(f"/api/v1/{path.format(**world.arguments)}", body, format="json")


LOOKS: dict[str, tuple[str, Ask]] = {
    "adjudication": ("adjudicator", get("adjudications/{adjudication_id}/")),
    "adjudication-claim": ("adjudicator", post("adjudications/{adjudication_id}/claim/", {})),
    "adjudications": ("adjudicator", get("projects/{slug}/adjudications/")),
    "assignment-outcome": ("reader", get("assignments/{closed}/outcome/")),
    "case-history": ("manager", get("cases/{case_id}/history/")),
    "case-record": ("engineer", get("cases/{case_id}/record/")),
    "cases": ("manager", get("projects/{slug}/cases/?show=outcome")),
    "cases-count": ("manager", get("projects/{slug}/cases/count/?discordant=yes")),
    "exports": ("manager", post("projects/{slug}/exports/", {"what": "reads", "format": "json"})),
    "dashboard": ("manager", get("projects/{slug}/dashboard/")),
}


@pytest.fixture
def world(db: None) -> World:
    """With a closed case whose outcome is shown, a decided one, and words that can be found again."""
    project = make_project(protocol={"show_outcome_when_closed": True})
    people = make_people(project)
    make_cases(project, 2)
    for nodule in ("present", "absent"):
        for reader in (people.reader, people.second_reader):
            differs = nodule == "present" and reader is people.second_reader
            values = {"nodule": "absent" if differs else nodule}
            read_case(reader, project, document(values) | {"comment": WORDS["comment"]})
    row = claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())
    decision = FindingDecision("nodule", "present", WORDS["reason"], [])
    decide_adjudication(
        actor=people.adjudicator, adjudication=row, client_uuid=uuid.uuid4(), decisions=[decision]
    )
    closed = CaseRound.objects.exclude(closed_at=None).exclude(id=row.case_round_id).get()
    Adjudication.objects.filter(id=row.id).update(project=make_project())  # the world makes one of its own
    made = make_world(project, people)
    Adjudication.objects.filter(id=row.id).update(project=project)
    assert Flag.objects.get().text == WORDS["flag"]
    mine = Assignment.objects.get(case_id=closed.case_id, reader=people.reader)
    return World(project, people, {**made.arguments, "closed": mine.id})


def test_every_route_is_classified() -> None:
    assert {route.name for route in ROUTES} == set(SHOWS)


def test_every_route_that_shows_a_case_is_tried() -> None:
    assert {name for name, shows in SHOWS.items() if shows in (CASE, FLAGS)} == set(LOOKS)


@pytest.mark.parametrize("name", LOOKS)
def test_who_looks_has_seen_it(
    name: str, world: World, client_of: Callable[[User | None], APIClient]
) -> None:
    role, ask = LOOKS[name]
    person = getattr(world.people, role)
    if SHOWS[name] == CASE:
        CaseSeen.objects.all().delete()
        RoundSeen.objects.all().delete()
    answer = ask(client_of(person), world)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200, body
    assert CaseSeen.objects.filter(user=person).exists() or RoundSeen.objects.filter(user=person).exists()


@pytest.mark.parametrize(
    "name", sorted(name for name, shows in SHOWS.items() if shows in (AGGREGATE, NEITHER))
)
def test_what_is_called_harmless_tells_nothing_that_somebody_else_said(
    name: str, world: World, client_of: Callable[[User | None], APIClient]
) -> None:
    (route,) = (route for route in ROUTES if route.name == name)
    seen = CaseSeen.objects.count()
    for role in ("manager", "engineer", "adjudicator", "third_reader"):
        body = _body(client_of(getattr(world.people, role)), route, world)
        assert not [word for word in WORDS.values() if word.encode() in body], (name, role)
    assert CaseSeen.objects.count() == seen and not RoundSeen.objects.exists()


def _body(client: APIClient, route: Route, world: World) -> bytes:
    """What GET says, if it has an answer; the images of this project have no files."""
    client.raise_request_exception = False
    answer = client.get(route.url(world.arguments))
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
