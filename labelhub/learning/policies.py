"""Who may steer and see learning: data managers and ML engineers, never a reader (design invariant 3)."""

from __future__ import annotations

from uuid import UUID

from labelhub.accounts.models import User
from labelhub.core.errors import NotFound
from labelhub.learning.models import ModelVersion, TrainingRun
from labelhub.projects.models import Project
from labelhub.projects.policies import ENGINEER, MANAGER, project_by_id_for, project_for

LEARNING_ROLES = frozenset({MANAGER, ENGINEER})


def learning_project_for(user: User, slug: str) -> Project:
    return project_for(user, slug, LEARNING_ROLES)


def training_run_for(user: User, run_id: UUID) -> TrainingRun:
    run = TrainingRun.objects.select_related("project", "job").filter(id=run_id).first()
    if run is None:
        raise NotFound()
    project_by_id_for(user, run.project_id, LEARNING_ROLES)
    return run


def model_version_for(user: User, model_id: UUID) -> ModelVersion:
    model = ModelVersion.objects.select_related("project", "run").filter(id=model_id).first()
    if model is None:
        raise NotFound()
    project_by_id_for(user, model.project_id, LEARNING_ROLES)
    return model
