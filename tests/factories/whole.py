"""A project with a row in every table that lies under projects, and with stored bytes of every kind."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import ForeignKey, Model, Q
from django.utils import timezone

from labelhub.consensus.models import Adjudication
from labelhub.core.models import Job, ScheduledRun
from labelhub.imaging.models import (
    CaseExclusion,
    CaseLabelTable,
    CaseVersion,
    Correction,
    HeldCaseVersion,
    Instance,
    LabelMismatch,
    SourceLabel,
)
from labelhub.imaging.services.batches import file_stage
from labelhub.imaging.storage import frame_key, metadata_key
from labelhub.learning.models import (
    GateOutcome,
    Promotion,
    RankedCase,
    Ranking,
    RollbackLift,
    ScoringRun,
    TrainingSnapshot,
)
from labelhub.learning.services.policy import daily_name, policy_update
from labelhub.projects.models import Absence, Project
from labelhub.reading.models import (
    Assignment,
    CaseRound,
    Flag,
    FlagSeen,
    FlagWithdrawn,
    LateReadDecision,
    Queue,
    QueueEntry,
    ReadDraft,
    ReopenedSlot,
    Round,
    RoundSeen,
)
from labelhub.releases.models import Export
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from tests.factories.deciding import decide
from tests.factories.learning import make_model
from tests.factories.projects import People
from tests.factories.reading import document
from tests.factories.world import World, make_world


def make_whole(project: Project, people: People) -> World:
    """The world of the URL table, and all that it lacks. No job of it waits or runs."""
    world = make_world(project, people)
    instance = Instance.objects.get(id=world.arguments["instance_id"])
    case = instance.case
    assert case is not None
    claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get(project=project))
    decide(people, Adjudication.objects.get(project=project))
    flag = Flag.objects.get(id=world.arguments["flag_id"])
    FlagSeen.objects.create(flag=flag, seen_by=people.manager)
    FlagWithdrawn.objects.create(flag=flag)
    LateReadDecision.objects.create(late_read_id=world.arguments["late_read_id"], accepted_by=people.manager)
    ReadDraft.objects.get_or_create(
        assignment=Assignment.objects.get(id=world.arguments["assignment_id"]),
        defaults={"document": document()},
    )
    SourceLabel.objects.create(case=case, kind="reference", finding="nodule", present=True)
    CaseLabelTable.objects.create(project=project, name="truth.csv", labels_as="reference", replaces=False)
    Correction.objects.create(
        case=case, kind="site", reason="A slip.", made_by=people.manager, before={}, after={}
    )
    CaseExclusion.objects.create(
        case=case,
        split_before=case.split,
        reason="A hand.",
        client_uuid=uuid.uuid4(),
        excluded_by=people.manager,
        excluded_at=timezone.now(),
    )
    held = CaseVersion.objects.create(
        case=case, version=2, manifest=[], sha256="1" * 64, sealed_at=timezone.now()
    )
    HeldCaseVersion.objects.create(version=held)
    LabelMismatch.objects.create(batch_id=world.arguments["import_id"], kind="line", name="a line")
    standing = Round.objects.get(project=project, number=1)
    case_round = CaseRound.objects.get(round=standing, case=case)
    ReopenedSlot.objects.get_or_create(round=standing, case_round=case_round)
    RoundSeen.objects.get_or_create(
        round=standing, user=people.manager, defaults={"begun_seq": 1, "how": "export"}
    )
    Absence.objects.create(project=project, user=people.third_reader, begins_at=timezone.now())
    Export.objects.create(project=project, what="reads", format="csv", created_by=people.manager)
    _learn(project, people, world, standing)
    ScheduledRun.objects.create(name=daily_name(project), due_at=timezone.now())
    refresh_statistics(project)
    _store(project, instance, world)
    Job.objects.filter(project_id=project.id).update(state=Job.State.SUCCEEDED, finished_at=timezone.now())
    Job.objects.create(kind="statistics", dedupe_key=f"statistics:{project.id}", state="failed")
    return world


def _learn(project: Project, people: People, world: World, standing: Round) -> None:
    policy_update(actor=people.manager, project=project, values={"min_cases": 8})
    model = make_model(project, 2, weights_key=f"models/{uuid.uuid4().hex}/weights.safetensors")
    TrainingSnapshot.objects.create(run=model.run, cases=[])
    GateOutcome.objects.create(model_version=model, passed=True, reason="It is better.")
    promotion = Promotion.objects.create(project=project, model_version=model, reason="first")
    RollbackLift.objects.create(promotion=promotion, lifted_by=people.manager, reason="again")
    job = Job.objects.create(kind="score", dedupe_key=f"score:{model.id}", project_id=project.id)
    queue = Queue.objects.create(project=project, round=standing, n_entries=1, is_complete=True)
    ranking = Ranking.objects.create(
        project=project,
        scoring_run=ScoringRun.objects.create(model_version=model, job=job, config={}),
        queue=queue,
        acquisition="entropy",
        seed=1,
        n_cases=1,
    )
    case_id = world.arguments["case_id"]
    RankedCase.objects.create(ranking=ranking, position=1, case_id=case_id, why="random")
    QueueEntry.objects.create(queue=queue, position=1, case_id=case_id)


def _store(project: Project, instance: Instance, world: World) -> None:
    """Bytes for everything that names some: frames, metadata, an original, weights, an upload, a job's folder."""
    name = uuid.uuid4().hex
    Instance.objects.filter(id=instance.id).update(
        storage_prefix=f"instances/{name[:2]}/{name}", original_key=f"originals/{name[:2]}/{name}"
    )
    instance.refresh_from_db()
    weights = project.model_versions.get(number=2).weights_key
    keys = [frame_key(instance.storage_prefix, 1), metadata_key(instance.storage_prefix)]
    for key in (*keys, instance.original_key, weights):
        default_storage.save(key, ContentFile(b"bytes"))
    batch = project.import_batches.get(id=world.arguments["import_id"])
    file_stage(batch=batch, path="second.dcm", content=ContentFile(b"bytes"))
    folder = Path(settings.WORK_DIR) / "jobs" / str(world.arguments["job_id"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "checkpoint.json").write_text("{}")


def stored_files() -> set[Path]:
    """Every file that LabelHub has written: objects, uploads, work."""
    roots = (default_storage.path(""), settings.UPLOAD_DIR, settings.WORK_DIR)
    return {path for root in roots for path in Path(root).rglob("*") if path.is_file()}


def models_under_projects() -> dict[type[Model], list[str]]:
    """Every model that leads to a project by foreign keys, with the ways that it does."""
    found = {model: sorted(set(_ways(model, ()))) for model in apps.get_models()}
    return {model: ways for model, ways in found.items() if ways}


def rows_under(project: Project) -> dict[str, int]:
    """How many rows of each model lie under a project, by any way."""
    counts = {}
    for model, ways in models_under_projects().items():
        condition = Q()
        for way in ways:
            condition |= Q(**{way: project.id})
        counts[model._meta.label] = model._default_manager.filter(condition).distinct().count()
    named = Q(project_id=project.id) | Q(dedupe_key__contains=str(project.id))
    counts["core.Job"] = Job.objects.filter(named).count()
    counts["core.ScheduledRun"] = ScheduledRun.objects.filter(name__contains=str(project.id)).count()
    return counts


def _ways(model: type[Model], passed: tuple[type[Model], ...]) -> Iterator[str]:
    if model is Project:
        yield "pk"
        return
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey) or field.related_model in (*passed, model):
            continue
        target: Any = field.related_model
        for way in _ways(target, (*passed, model)):
            yield field.name if way == "pk" else f"{field.name}__{way}"
