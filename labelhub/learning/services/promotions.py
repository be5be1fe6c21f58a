"""Which model is in use: record -> gate -> promote, and a person's roll-back, which holds until a person lifts it.

Each step takes the project's row first, so that a model that has just been trained and a person's roll-back follow one
another: whoever comes second sees the other.
"""

from __future__ import annotations

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.core.jobs import job_enqueue
from labelhub.core.models import Job
from labelhub.learning.models import GateOutcome, ModelVersion, Promotion, RollbackLift
from labelhub.learning.selectors import model_in_use, rollback_in_force
from labelhub.projects.models import Project

NEWEST = "newest"


def promotion_request(*, model: ModelVersion) -> Job:
    """Queue the gate of a model that was just recorded. Call in the transaction that records it."""
    job, _ = job_enqueue(
        kind="promote",
        dedupe_key=f"promote:{model.id}",
        params={"model_version": str(model.id)},
        project_id=model.project_id,
    )
    return job


def gate_pass(*, model: ModelVersion) -> GateOutcome:
    """Decide, once and on record, whether a model may be put in use by itself. Call in a transaction."""
    project = _locked(model.project)
    known = GateOutcome.objects.filter(model_version=model).first()
    if known:
        return known
    passed, reason = _verdict(project, model)
    outcome = GateOutcome.objects.create(model_version=model, passed=passed, reason=reason)
    audit.record(
        actor_id=None,
        action="model_version.gated",
        obj=outcome,
        project_id=project.id,
        data={"number": model.number, "passed": outcome.passed, "reason": outcome.reason},
    )
    return outcome


def model_promote(*, actor: User | None, model: ModelVersion, reason: str) -> Job:
    """Put a model in use and have it rank the pool; returns the scoring job.

    An older model than the project's newest is a roll-back: no later model takes its place by itself. Raises
    InvalidContent without a reason, Conflict when the model is in use already.
    """
    if not reason.strip():
        raise InvalidContent("Give a reason for using this model.", details={"field": "reason"})
    with transaction.atomic():
        in_use = model_in_use(_locked(model.project))
        if in_use is not None and in_use.id == model.id:
            raise Conflict(f"Model {model.number} is in use already.", code="already_in_use")
        promotion = Promotion.objects.create(
            project=model.project, model_version=model, promoted_by=actor, reason=reason.strip()[:300]
        )
        audit.record(
            actor_id=actor.id if actor else None,
            action="model_version.promoted",
            obj=promotion,
            project_id=model.project_id,
            data={"model": str(model.id), "number": model.number, "reason": promotion.reason},
        )
        return scoring_request(model=model)


def rollback_lift(*, actor: User, project: Project, reason: str) -> RollbackLift:
    """Let models that are trained from now on be used again; the one in use stays until then.

    Raises InvalidContent without a reason, Conflict when no roll-back holds.
    """
    if not reason.strip():
        raise InvalidContent("Give a reason for using new models again.", details={"field": "reason"})
    with transaction.atomic():
        held = rollback_in_force(_locked(project))
        if held is None:
            raise Conflict("No roll-back holds: new models are used by themselves.", code="no_rollback")
        lift = RollbackLift.objects.create(promotion=held, lifted_by=actor, reason=reason.strip()[:300])
        audit.record(
            actor_id=actor.id,
            action="rollback.lifted",
            obj=lift,
            project_id=project.id,
            data={"number": held.model_version.number, "reason": lift.reason},
        )
        return lift


def scoring_request(*, model: ModelVersion) -> Job:
    """Queue the scoring of the pool by this model; an active one is returned as it is."""
    job, _ = job_enqueue(
        kind="score",
        dedupe_key=f"score:{model.id}",
        params={"model_version": str(model.id)},
        project_id=model.project_id,
    )
    return job


def _locked(project: Project) -> Project:
    return Project.objects.select_for_update(no_key=True).get(id=project.id)


def _verdict(project: Project, model: ModelVersion) -> tuple[bool, str]:
    """Whether it may be put in use by itself, and a sentence for the page of models."""
    held, in_use = rollback_in_force(project), model_in_use(project)
    if in_use is not None and in_use.id == model.id:
        return True, "A person had put it in use."
    if held is not None:
        return (
            False,
            f"A roll-back to model {held.model_version.number} holds: it was kept and not put in use.",
        )
    if in_use is not None and in_use.number > model.number:
        return False, f"Model {in_use.number}, which is newer, was in use already."
    return True, "It is the newest."
