"""Reader B's answers are the same in two worlds, with and without everybody else's work (design invariant 3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from labelhub.api.reading import assignments, worklist
from labelhub.consensus.models import Adjudication, ConsensusLabel, Discordance
from labelhub.core.audit import newest_event_id
from labelhub.learning.models import RankedCase
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, LateRead, Read
from tests.factories.projects import People
from tests.factories.routes import METHODS, api_routes
from tests.integration.blinding.probe import (
    VOLATILE_COOKIES,
    VOLATILE_FIELDS,
    Probe,
    Seen,
    differences,
    look,
    probes,
)
from tests.integration.blinding.worlds import Pinned, do_work_of_others, pinned_world


@pytest.fixture
def world(project: Project, people: People) -> Pinned:
    return pinned_world(project, people)


def both_worlds(world: Pinned, asked: Callable[[list[Probe]], list[Probe]] = list) -> list[dict[str, Seen]]:
    """[with the work of others, without], by the same requests: ids of the others' objects are known to B."""
    with transaction.atomic():
        theirs = do_work_of_others(world)
        models = (Adjudication, ConsensusLabel, Discordance, RankedCase, LateRead)
        assert all(model.objects.exists() for model in models)
        assert CaseRound.objects.filter(closed_at__isnull=False).exists()
        requests = asked(list(probes(world, theirs)))
        with_work = look(world, world.people.reader, requests)
        transaction.set_rollback(True)
    return [with_work, look(world, world.people.reader, requests)]


def test_a_blinded_reader_cannot_tell_whether_others_have_worked(world: Pinned) -> None:
    with_work, without = both_worlds(world)
    found = differences(with_work, without)
    assert not found, "\n".join(found)
    asked = {tuple(name.split(" of ")[0].split(" ", 1)) for name in without}
    assert asked == {(method, route.name) for route in api_routes() for method in METHODS}
    _assert_the_answers_say_something(world, with_work)


def _assert_the_answers_say_something(world: Pinned, answers: dict[str, Seen]) -> None:
    """B's own pages answer in full; of the others' objects there is nothing."""
    assert not [name for name, seen in answers.items() if seen.status >= 500]
    for name in world.mine:
        assert answers[f"get assignment of own {name}"].status == 200
    done = [name for name, seen in answers.items() if seen.status < 300]
    for route in ("submit", "amend", "draft", "skip", "flag", "release", "open", "heartbeat"):
        assert any(f" assignment-{route} of own" in name for name in done), route
    shown = {
        "session", "invitation", "invitation-accept", "projects", "project-templates", "schema", "docs",
        "project", "label-schema", "worklist", "worklist-next",
    }  # fmt: skip
    for name in done:
        route = name.split(" of ")[0].split(" ", 1)[1]
        assert " of own" in name or "untouched" in name or route in shown, name


def test_the_list_of_volatile_fields_is_short() -> None:
    assert len(VOLATILE_FIELDS) + len(VOLATILE_COOKIES) <= 10


def test_a_leaked_count_is_found(world: Pinned, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutation: today's count is of everybody's reads."""

    def everybodys(reader: Any, project: Project, day_began: Any) -> dict[str, Any]:
        n = Read.objects.filter(assignment__round__project=project).count()
        return {"n_submitted": n, "median_seconds": None}

    monkeypatch.setattr(worklist, "own_today", everybodys)
    assert _names(differences(*both_worlds(world, _only("worklist")))) == {"get worklist", "head worklist"}


def test_a_leaked_etag_is_found(world: Pinned, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutation: the draft's ETag counts every change of the case, not the reader's own."""
    put = assignments.AssignmentDraftApi.put

    def with_row_version(self: Any, request: Any, assignment_id: str) -> Any:
        answer = put(self, request, assignment_id)
        reads = Read.objects.filter(assignment__case=self.subject.case)
        answer["ETag"] = f'"{reads.count()}"'
        return answer

    monkeypatch.setattr(assignments.AssignmentDraftApi, "put", with_row_version)
    found = differences(*both_worlds(world, _only("assignment-draft")))
    assert _names(found) == {"put assignment-draft"}


def test_a_leaked_id_is_found(world: Pinned, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutation: the workspace names its opening by the running number of the audit trail."""
    workspace = assignments.workspace

    def with_running_number(assignment: Any) -> dict[str, Any]:
        return {**workspace(assignment), "opening": newest_event_id()}

    monkeypatch.setattr(assignments, "workspace", with_running_number)
    found = differences(*both_worlds(world, _only("assignment")))
    assert "get assignment" in _names(found)


def _only(route: str) -> Callable[[list[Probe]], list[Probe]]:
    return lambda asked: [probe for probe in asked if f" {route} of " in probe.name]


def _names(found: list[str]) -> set[str]:
    return {text.split(" of ")[0] for text in found}
