"""Projects that can be trained on: cases with small planted patterns as model inputs, read by two agreeing readers."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import numpy as np
from django.core.files.storage import default_storage

from labelhub.accounts.models import User
from labelhub.core.models import Job
from labelhub.imaging.models import Case
from labelhub.imaging.storage import model_input_key
from labelhub.learning.models import ModelVersion, Ranking, ScoringRun, TrainingRun
from labelhub.learning.services.policy import policy_update
from labelhub.projects.models import Project
from labelhub.reading.models import Queue, WorklistState
from labelhub.reading.services.rounds import worklist_state
from tests.factories.cases import make_case
from tests.factories.projects import People
from tests.factories.reading import box, claim, document, submit

SIDE = 320
POLICY = {
    "network": "small",
    "image_size": 32,
    "max_epochs": 6,
    "batch_size": 4,
    "learning_rate": 2e-3,
    "min_cases": 8,
    "min_positives": 2,
    "batch_query": 4,
}


def make_trainable_project(
    project: Project,
    people: People,
    *,
    n_pool: int = 16,
    n_validation: int = 4,
    n_test: int = 8,
    n_new: int = 8,
) -> list[Case]:
    """Read and settled cases in all splits, then `n_new` pool cases that nobody has begun (returned)."""
    policy_update(actor=None, project=project, values=POLICY)
    numbers = {"pool": n_pool, "validation": n_validation, "test": n_test}
    for split, n in numbers.items():
        for index in range(n):
            write_model_input(make_case(project, split=split), *truth_of(index))
    for reader in (people.reader, people.second_reader):
        read_everything(reader, project)
    fresh = [make_case(project) for _ in range(n_new)]
    for index, case in enumerate(fresh):
        write_model_input(case, *truth_of(index))
    return fresh


def truth_of(index: int) -> tuple[bool, bool]:
    """(nodule, effusion): all four pairs, in turn."""
    return bool(index % 2), bool(index // 2 % 2)


def write_model_input(case: Case, has_nodule: bool, has_effusion: bool) -> None:
    """A noisy grey square (320 x 320); a nodule is a bright spot, an effusion a bright lower edge."""
    rng = np.random.default_rng(case.random_key)
    pixels = rng.normal(90, 12, (SIDE, SIDE))
    if has_nodule:
        row, column = rng.integers(60, 200, 2)
        pixels[row : row + 60, column : column + 60] += 80
    if has_effusion:
        pixels[250:, :] += 80
    instance = case.instances.get()
    path = Path(default_storage.path(model_input_key(instance.storage_prefix)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(np.clip(pixels, 0, 255).astype(np.uint8).tobytes())


def read_everything(reader: User, project: Project) -> None:
    """Read all that the worklist offers, in agreement with the planted pattern."""
    while (assignment := claim(reader, project)) is not None:
        index = _index_in_split(assignment.case)
        has_nodule, has_effusion = truth_of(index)
        answers = {
            "nodule": "present" if has_nodule else "absent",
            "effusion": "present" if has_effusion else "absent",
        }
        boxes = [box(assignment.case, 100, 100)] if has_nodule else []
        submit(assignment, document(answers, boxes=boxes))


def _index_in_split(case: Case) -> int:
    earlier = Case.objects.filter(project=case.project, split=case.split, random_key__lt=case.random_key)
    return earlier.count()


METRICS: dict[str, Any] = {
    "mean_auroc": None,
    "n_test_cases": 0,
    "n_complete": 0,
    "min_positives": 10,
    "findings": {},
}


def make_model(
    project: Project,
    number: int = 1,
    weights_key: str = "models/none/weights.safetensors",
    metrics: dict[str, Any] | None = None,
    weights_sha256: str = "0" * 64,
) -> ModelVersion:
    """A model version as rows; its weights are whatever lies under the key."""
    job = Job.objects.create(
        kind="train", dedupe_key=f"t{uuid.uuid4()}", project_id=project.id, state="succeeded"
    )
    run = TrainingRun.objects.create(project=project, job=job, trigger="manual", config={})
    return ModelVersion.objects.create(
        project=project,
        run=run,
        number=number,
        weights_key=weights_key,
        weights_sha256=weights_sha256,
        findings=["nodule", "effusion"],
        metrics=METRICS | (metrics or {}),
        n_labels=10,
    )


def empty_ranking(project: Project) -> Ranking:
    """A ranking in force, into which a test puts what it needs."""
    state = worklist_state(project)
    jobs = [Job.objects.create(kind=kind, dedupe_key=f"{kind}:{uuid.uuid4()}") for kind in ("train", "score")]
    run = TrainingRun.objects.create(project=project, job=jobs[0], trigger="manual", config={})
    model = ModelVersion.objects.create(
        project=project,
        run=run,
        number=1,
        weights_key="models/1",
        weights_sha256="0" * 64,
        findings=["nodule"],
        metrics={"findings": {}},
        n_labels=20,
    )
    scoring = ScoringRun.objects.create(model_version=model, job=jobs[1], config={})
    queue = Queue.objects.create(project=project, round=state.round, n_entries=1, is_complete=True)
    WorklistState.objects.filter(project=project).update(queue=queue)
    return Ranking.objects.create(
        project=project, scoring_run=scoring, queue=queue, acquisition="entropy", seed=1, n_cases=1
    )
