"""The phantom project: generated radiographs with hidden truth, read by simulated readers, the test set first.

Left for people: begun cases that lack one read, differences to adjudicate, and pool cases that nobody has begun.
Phantoms are no clinical evidence.
"""

from __future__ import annotations

import hashlib
import json
import operator
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication, Discordance
from labelhub.core import jobs
from labelhub.core.errors import Retryable
from labelhub.core.models import Job
from labelhub.demo.people import SIMULATED, join
from labelhub.imaging.models import Case, ImportBatch, ImportFile, SourceLabel, Split
from labelhub.imaging.services.batches import batch_advance, batch_create, files_link
from labelhub.learning.services.policy import policy_update
from labelhub.learning.services.runs import training_due_check
from labelhub.projects.models import Project
from labelhub.projects.schemas import DEFAULT_FINDINGS
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.projects.services import protocol_create_version
from labelhub.workflows.consensus.adjudicate import claim_next_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from labelhub.workflows.intake.import_images import run_import
from labelhub.workflows.intake.labels.given import labels_stage
from labelhub.workflows.projects.create_project import create_project
from labelhub.workflows.reading.simulate_reads import Documents, ReaderSkill, document, read_as, run_readers

SLUG = "phantoms"
N_CASES, SEED = 300, 7
N_POOL_READ = 150
LEFT_BEGUN = 9
LEFT_TO_ADJUDICATE = 6
RETRAIN_EVERY = 5
MIN_CASES = 60
POLL_S = 1.0

SKILLS = (
    ReaderSkill(SIMULATED[0].username, seed=11, sensitivity=0.90, specificity=0.94),
    ReaderSkill(SIMULATED[1].username, seed=12, sensitivity=0.86, specificity=0.96),
    # Decides as a very good reader would; nothing is ever trained on the hidden truth itself.
    ReaderSkill(SIMULATED[2].username, seed=14, sensitivity=0.97, specificity=0.98, p_uncertain=0.0),
)
PROTOCOL: dict[str, Any] = {"readers_per_case": 2, "show_outcome_when_closed": True, "eval_interleave": 1}
POLICY: dict[str, Any] = {
    "network": "small",
    "image_size": 96,
    "max_epochs": 15,
    "batch_size": 16,
    "learning_rate": 2e-3,
    "min_cases": MIN_CASES,
    "every_n_labels": RETRAIN_EVERY,
    "batch_query": 20,
}

Beat = Callable[[dict[str, Any]], None]


def ensure_phantom_project() -> Project:
    """Retraining stays off until the simulated readers are done, so that the first model sees all their work."""
    project = Project.objects.filter(slug=SLUG).first()
    if project is None:
        with transaction.atomic():
            # Phantoms are nobody: with a known key everybody gets the same patients, split and order.
            project = create_project(
                actor=None,
                slug=SLUG,
                name="Phantoms",
                findings=DEFAULT_FINDINGS,
                protocol=PROTOCOL,
                split_seed=SEED,
                pseudonym_key=hashlib.sha256(SLUG.encode()).hexdigest(),
            )
            policy_update(actor=None, project=project, values={**POLICY, "is_enabled": False})
    join(project)
    join(project, SIMULATED)
    return project


def run_demo_job(job: Job) -> None:
    """Generate, import, read, adjudicate; each step goes on where an earlier attempt stopped."""
    project = ensure_phantom_project()
    beat = partial(jobs.job_heartbeat, job)
    folder = _generated(beat)
    batch = _imported(project, folder, beat)
    documents = _documents(project, batch, json.loads((folder / "truth.json").read_text()))
    _read(project, documents, beat)
    with transaction.atomic():
        if protocol_in_force(project).eval_interleave == 1:
            protocol_create_version(actor=None, project=project, values={**PROTOCOL, "eval_interleave": 5})
        policy_update(actor=None, project=project, values={"is_enabled": True})
        training_due_check(project)
        jobs.job_succeed(job, {"batch": str(batch.id)})


def _generated(beat: Beat) -> Path:
    folder = Path(settings.WORK_DIR) / f"phantoms-{SEED}-{N_CASES}"
    if (folder / "truth.json").exists():
        return folder
    child = subprocess.Popen(
        [sys.executable, "-m", "workers.phantoms", "--count", str(N_CASES), "--seed", str(SEED)]
        + ["--out", str(folder)],
        cwd=settings.ROOT,
    )
    try:
        while child.poll() is None:
            beat({"stage": "generating", "done": len(list(folder.glob("*.dcm"))), "total": None})
            time.sleep(POLL_S)
    finally:
        child.kill()
        child.wait()
    if child.returncode:
        raise Retryable("The phantom generator ended early; see the worker's log.", code="generator_failed")
    return folder


def _imported(project: Project, folder: Path, beat: Beat) -> ImportBatch:
    batch = ImportBatch.objects.filter(project=project).order_by("created_at").first()
    if batch is None:
        with transaction.atomic():
            batch = batch_create(
                actor=None, project=project, options={"labels_as": SourceLabel.Kind.HIDDEN_TRUTH.value}
            )
            files_link(batch=batch, files=[(path.name, path) for path in sorted(folder.glob("*.dcm"))])
            labels_stage(batch=batch, source=folder / "truth.csv")
            batch_advance(batch=batch, event="finish", actor=None)
    return run_import(batch.id, beat)


def _documents(project: Project, batch: ImportBatch, truth: dict[str, Any]) -> dict[str, Documents]:
    """{reader: {case id: read document}}, boxes on the frontal film."""
    files = ImportFile.objects.filter(batch=batch, instance__case__isnull=False)
    places = {
        path: (str(case), str(i))
        for path, case, i in files.values_list("path", "instance__case_id", "instance_id")
    }
    with_boxes = {finding["code"] for finding in schema_in_force(project).findings if finding["boxes"]}
    documents: dict[str, Documents] = {skill.name: {} for skill in SKILLS}
    for line in run_readers(truth, SKILLS):
        case_id, instance_id = places[line["image"]]
        marks = [_mark(box, instance_id) for box in line["boxes"] if box["finding"] in with_boxes]
        documents[line["reader"]][case_id] = document(line["answers"], marks)
    return documents


def _mark(box: dict[str, Any], instance_id: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "kind": "box",
        "finding": box["finding"],
        "region_class": None,
        "space": "image",
        "instance": instance_id,
        "frame": 1,
        "geometry": {name: box[name] for name in ("x", "y", "width", "height")},
    }


def _read(project: Project, documents: dict[str, Documents], beat: Beat) -> None:
    n_evaluation = Case.objects.filter(project=project).exclude(split=Split.POOL).count()
    first, second, adjudicator = (User.objects.get(username=skill.name) for skill in SKILLS)
    for reader, n_wanted in (
        (first, n_evaluation + N_POOL_READ),
        (second, n_evaluation + N_POOL_READ - LEFT_BEGUN),
    ):
        read_as(
            reader,
            project,
            documents[reader.username],
            until=partial(operator.le, n_wanted),
            beat=partial(beat, {"stage": "reading", "reader": reader.username}),
        )
    _adjudicate(project, adjudicator, documents[adjudicator.username], beat)


def _adjudicate(project: Project, adjudicator: User, documents: Documents, beat: Beat) -> None:
    """Oldest first, so that the test set is complete; the last few wait for a person."""
    waiting = Adjudication.objects.filter(
        project=project, state__in=[Adjudication.State.OPEN, Adjudication.State.CLAIMED]
    )
    while waiting.count() > LEFT_TO_ADJUDICATE:
        adjudication = claim_next_adjudication(actor=adjudicator, project=project)
        if adjudication is None:
            return
        content = documents[str(adjudication.case_round.case_id)]
        decide_adjudication(
            actor=adjudicator,
            adjudication=adjudication,
            client_uuid=uuid.uuid4(),
            decisions=_decisions(adjudication, content),
        )
        beat({"stage": "adjudicating"})


def _decisions(adjudication: Adjudication, content: dict[str, Any]) -> list[FindingDecision]:
    open_findings = Discordance.objects.filter(case_round=adjudication.case_round, needs_adjudication=True)
    return [
        FindingDecision(
            finding=row.finding,
            value=content["answers"][row.finding]["value"],
            reason="Simulated adjudicator",
            annotations=[mark for mark in content["annotations"] if mark["finding"] == row.finding],
        )
        for row in open_findings
    ]
