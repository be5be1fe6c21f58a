"""Gives the project of `population` a past: `python -m tests.bench.history`, PostgreSQL only.

20 training runs of 5,000 labels each, their models, the last of which is in use and has made the ranking; a million
sealed rows of the audit trail; statistics. Nothing that a request loads may grow with any of it.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from labelhub.core.models import AuditEvent, AuditSeal, Job, SealMark  # noqa: E402
from labelhub.imaging.models import Case  # noqa: E402
from labelhub.learning.models import (  # noqa: E402
    GateOutcome,
    ModelVersion,
    Promotion,
    Ranking,
    ScoringRun,
    TrainingRun,
    TrainingSnapshot,
)
from labelhub.projects.models import Project  # noqa: E402
from labelhub.reading.models import WorklistState  # noqa: E402
from labelhub.workflows.projects.refresh_statistics import refresh_statistics  # noqa: E402
from tests.bench.population import SLUG, findings  # noqa: E402

N_RUNS, N_LABELS, N_EPOCHS = 20, 5_000, 60
N_AUDIT = 1_000_000
AUDIT = """
INSERT INTO {events} (at, actor_id, action, object_type, object_id, project_id, data)
SELECT now() - interval '30 days' + n * interval '2 seconds', %s::uuid, 'assignment.opened', 'reading.assignment',
  md5(n::text)::uuid::text, %s::uuid, jsonb_build_object('case', md5('case' || n)::uuid, 'rule', 'ranking')
FROM generate_series(1, %s) n
"""
# Bench only: nobody verifies this chain.
SEALS = (
    "INSERT INTO {seals} (seq, event_id, sha256) SELECT id, id, md5(id::text) || md5(id::text) FROM {events}"
)


def main() -> None:
    project = Project.objects.get(slug=SLUG)
    with transaction.atomic():
        models = train(project)
        rank(project, models[-1])
    with transaction.atomic():
        audit_trail(project)
    refresh_statistics(project)
    with connection.cursor() as cursor:
        # What a server does by itself in the night after a large import; else the bench's readers would pay for it.
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    print(json.dumps({"runs": len(models), "labels": N_LABELS, "audit": AuditEvent.objects.count()}))


def train(project: Project) -> list[ModelVersion]:
    """The runs, oldest first, each with its snapshot, model and gate."""
    labels = snapshot(project)
    return [_model(project, number, labels) for number in range(1, N_RUNS + 1)]


def snapshot(project: Project) -> list[dict[str, Any]]:
    """What a run keeps of its labels. The database has fewer cases than labels where it is small: then all of them."""
    draw = random.Random(1)
    cases = Case.objects.filter(project=project, split="pool").values_list(
        "id", "patient_id", "current_version_id"
    )
    return [
        {
            "case": str(case),
            "patient": str(patient),
            "case_version": str(version),
            "role": "train",
            "labels": {code: {"row": draw.randrange(10**9), "value": draw.random()} for code in findings()},
            "instances": [{"id": str(uuid.uuid4()), "key": f"instances/{uuid.uuid4()}/model.raw"}],
        }
        for case, patient, version in cases[:N_LABELS]
    ]


def _model(project: Project, number: int, labels: list[dict[str, Any]]) -> ModelVersion:
    job = _job(project, "train", number)
    run = TrainingRun.objects.create(
        project=project,
        job=job,
        trigger="labels",
        config={"network": "densenet121", "findings": findings()},
        snapshot={"n_labels": N_LABELS, "sha256": hashlib.sha256(str(number).encode()).hexdigest()},
        history=[{"epoch": epoch, "loss": 1 / epoch, "mean_auroc": 0.8} for epoch in range(1, N_EPOCHS + 1)],
        n_labels=N_LABELS,
    )
    TrainingSnapshot.objects.create(run=run, cases=labels)
    model = ModelVersion.objects.create(
        project=project,
        run=run,
        number=number,
        weights_key=f"weights/{number}",
        weights_sha256=hashlib.sha256(b"weights").hexdigest(),
        findings=findings(),
        metrics=_metrics(),
        card={"n_labels": N_LABELS, "epochs": N_EPOCHS},
        n_labels=N_LABELS,
    )
    GateOutcome.objects.create(model_version=model, passed=True, reason="Better than the model in use.")
    Promotion.objects.create(project=project, model_version=model, reason="Passed the gate.")
    return model


def rank(project: Project, model: ModelVersion) -> None:
    """The published queue is the ranking of the model in use."""
    state = WorklistState.objects.select_related("queue").get(project=project)
    assert state.queue is not None
    scoring = ScoringRun.objects.create(
        model_version=model,
        job=_job(project, "score", model.number),
        config={},
        n_cases=state.queue.n_entries,
    )
    Ranking.objects.create(
        project=project,
        scoring_run=scoring,
        queue=state.queue,
        acquisition="entropy",
        seed=1,
        n_cases=state.queue.n_entries,
    )


def audit_trail(project: Project) -> None:
    names = {"events": AuditEvent._meta.db_table, "seals": AuditSeal._meta.db_table}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(AUDIT.format(**names), [uuid.uuid4(), project.id, N_AUDIT])
        cursor.execute(SEALS.format(**names))
    newest = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first()
    SealMark.objects.update_or_create(id=1, defaults={"event_id": newest})


def _job(project: Project, kind: str, number: int) -> Job:
    now = timezone.now()
    return Job.objects.create(
        kind=kind,
        project_id=project.id,
        dedupe_key=f"{kind}:{number}",
        state=Job.State.SUCCEEDED,
        attempt=1,
        started_at=now,
        finished_at=now,
    )


def _metrics() -> dict[str, Any]:
    """What `workers.metrics` writes of a model, as far as pages show it."""
    figure = {"value": 0.8, "low": 0.7, "high": 0.9}
    each = {"n": 500, "n_positive": 50, "auroc": figure, "sensitivity": figure, "specificity": figure}
    return {
        "n_test_cases": 500,
        "n_labelled": 500,
        "n_complete": 500,
        "min_positives": 10,
        "mean_auroc": 0.8,
        "mean_findings": findings(),
        "findings": dict.fromkeys(findings(), each),
    }


if __name__ == "__main__":
    main()
