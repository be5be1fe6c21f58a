"""Record, gate, promote: the newest model is used by itself, unless a person's roll-back holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.core.jobs import job_claim
from labelhub.core.models import AuditEvent, Job
from labelhub.learning.models import GateOutcome, ModelVersion, Promotion
from labelhub.learning.selectors import model_in_use, rollback_in_force
from labelhub.learning.services.promotions import (
    gate_pass,
    model_promote,
    promotion_request,
    rollback_lift,
)
from labelhub.projects.models import Project
from labelhub.workflows.learning.promote_model import run_promotion_job
from tests.factories.learning import make_model
from tests.factories.projects import People

ClientOf = Callable[[User | None], APIClient]


def trained(project: Project, number: int) -> ModelVersion:
    """A model that was recorded and went through its promotion job."""
    model = make_model(project, number)
    pass_on(promotion_request(model=model))
    return model


def pass_on(job: Job) -> None:
    claimed = job_claim(job.id, owner="test")
    assert claimed is not None
    run_promotion_job(claimed)


def number_in_use(project: Project) -> int | None:
    model = model_in_use(project)
    return model.number if model else None


def test_a_trained_model_is_used_and_ranks_the_pool(project: Project) -> None:
    model = trained(project, 1)
    assert number_in_use(project) == 1
    assert GateOutcome.objects.get(model_version=model).passed
    assert Job.objects.get(kind="score").params == {"model_version": str(model.id)}
    assert Job.objects.get(kind="promote").result == {"number": 1, "promoted": True}


def test_a_roll_back_holds_until_a_person_lifts_it(project: Project, people: People) -> None:
    first = trained(project, 1)
    trained(project, 2)
    model_promote(actor=people.engineer, model=first, reason="worse on portable films")
    third = trained(project, 3)
    assert number_in_use(project) == 1
    assert GateOutcome.objects.get(model_version=third).reason.startswith("A roll-back to model 1 holds")
    rollback_lift(actor=people.manager, project=project, reason="films were relabelled")
    assert number_in_use(project) == 1
    trained(project, 4)
    assert number_in_use(project) == 4
    actions = AuditEvent.objects.values_list("action", flat=True)
    assert {"model_version.gated", "model_version.promoted", "rollback.lifted"} <= set(actions)


def test_using_the_newest_model_ends_a_roll_back(project: Project, people: People) -> None:
    first, second = trained(project, 1), trained(project, 2)
    model_promote(actor=people.engineer, model=first, reason="trial")
    assert rollback_in_force(project) is not None
    model_promote(actor=people.engineer, model=second, reason="enough")
    assert rollback_in_force(project) is None
    trained(project, 3)
    assert number_in_use(project) == 3


def test_a_second_roll_back_after_a_lift_holds_again(project: Project, people: People) -> None:
    first, second = trained(project, 1), trained(project, 2)
    trained(project, 3)
    model_promote(actor=people.engineer, model=second, reason="trial")
    rollback_lift(actor=people.engineer, project=project, reason="over")
    model_promote(actor=people.engineer, model=first, reason="trial")
    trained(project, 4)
    assert number_in_use(project) == 1


def test_a_model_whose_turn_comes_late_does_not_replace_a_newer_one(project: Project) -> None:
    late = promotion_request(model=make_model(project, 1))
    trained(project, 2)
    pass_on(late)
    assert number_in_use(project) == 2


def test_a_model_that_a_person_used_meanwhile_still_has_its_gate_and_no_failed_job(
    project: Project, people: People
) -> None:
    model = make_model(project, 1)
    waiting = promotion_request(model=model)
    model_promote(actor=people.engineer, model=model, reason="in a hurry")
    pass_on(waiting)
    waiting.refresh_from_db()
    assert waiting.state == "succeeded"
    assert GateOutcome.objects.get(model_version=model).reason == "A person had put it in use."
    assert Promotion.objects.count() == 1


def test_a_roll_back_to_a_model_whose_turn_comes_late_does_not_hold_it_back(
    project: Project, people: People
) -> None:
    model = make_model(project, 1)
    waiting = promotion_request(model=model)
    trained(project, 2)
    model_promote(actor=people.engineer, model=model, reason="trial")
    pass_on(waiting)
    assert GateOutcome.objects.get(model_version=model).passed
    assert number_in_use(project) == 1


def test_a_gate_is_passed_once(project: Project, people: People) -> None:
    model = make_model(project, 1)
    with transaction.atomic():
        assert gate_pass(model=model) == gate_pass(model=model)


def test_lifting_needs_a_roll_back_and_a_reason(project: Project, people: People) -> None:
    first = trained(project, 1)
    with pytest.raises(Conflict):
        rollback_lift(actor=people.manager, project=project, reason="no need")
    trained(project, 2)
    model_promote(actor=people.manager, model=first, reason="trial")
    with pytest.raises(InvalidContent):
        rollback_lift(actor=people.manager, project=project, reason=" ")


def test_the_page_names_who_rolled_back_and_lets_the_manager_lift_it(
    project: Project, people: People, client_of: ClientOf
) -> None:
    first = trained(project, 1)
    trained(project, 2)
    client = client_of(people.manager)
    client.post(f"/api/v1/models/{first.id}/promote/", {"reason": "trial"}, format="json")
    trained(project, 3)
    url = f"/api/v1/projects/{project.slug}/learning/"
    page = client.get(url).json()
    assert (page["rollback"]["model"], page["rollback"]["reason"]) == (1, "trial")
    assert "lift_rollback" in page["allowed_actions"]
    held = {model["number"]: model["held_back"] for model in page["models"]}
    assert held[3] is not None and held[2] is None
    assert client.post(f"{url}lift-rollback/", {"reason": "over"}, format="json").status_code == 204
    page = client.get(url).json()
    assert page["rollback"] is None and "lift_rollback" not in page["allowed_actions"]


@pytest.mark.django_db(transaction=True)
def test_a_roll_back_that_is_just_being_made_outranks_the_gate(project: Project, people: People) -> None:
    first = trained(project, 1)
    trained(project, 2)
    job = promotion_request(model=make_model(project, 3))

    def gate() -> None:
        pass_on(job)
        connection.close()

    thread = threading.Thread(target=gate)
    with transaction.atomic():
        model_promote(actor=people.engineer, model=first, reason="trial")
        thread.start()
        time.sleep(0.3)  # so that the gate has come as far as it gets
    thread.join()
    assert number_in_use(project) == 1
    assert Promotion.objects.count() == 3
