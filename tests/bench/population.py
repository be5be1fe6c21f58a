"""Fills an empty database with a project of many cases: `python -m tests.bench.population --cases 10000`.

Rows only, no files: 14 findings, the default split, a published queue of the pool. Prints what a client needs.
On PostgreSQL the first thousands are made through the models, and the rest are copies (`tests.bench.copies`).
"""

from __future__ import annotations

import argparse
import json
import random
import uuid
from datetime import UTC, datetime
from typing import Any

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from labelhub.accounts.models import User  # noqa: E402
from labelhub.imaging.models import Case, CaseCounter, CaseVersion, Instance, Patient, Series, Study  # noqa: E402
from labelhub.projects.models import Membership, Project  # noqa: E402
from labelhub.projects.services import membership_add  # noqa: E402
from labelhub.reading.models import Action, Queue, QueueEntry, WorklistState  # noqa: E402
from labelhub.reading.services.rounds import case_rounds_create, worklist_state  # noqa: E402
from labelhub.workflows.projects.create_project import create_project  # noqa: E402
from tests.bench.copies import copy_cases  # noqa: E402

SLUG = "bench"
PASSWORD = "a long bench password"  # noqa: S105
CHUNK = 5_000
N_FINDINGS = 14
SPLITS = ("pool",) * 7 + ("validation",) + ("test",) * 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--readers", type=int, default=16)
    parser.add_argument("--per-case", type=int, default=2, help="reads a case")
    arguments = parser.parse_args()
    project = make_project(arguments.per_case)
    readers = make_readers(project, arguments.readers)
    manager = make_manager(project)
    fill(project, arguments.cases)
    publish(project)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    people = {"readers": readers, "manager": manager, "password": PASSWORD}
    print(json.dumps({"slug": SLUG, **people, "findings": findings()}))


def findings() -> list[str]:
    return [f"finding_{i:02}" for i in range(N_FINDINGS)]


def make_project(per_case: int) -> Project:
    keys = "123456789djoqs"
    schema = [
        {"code": code, "name": code, "hotkey": key, "required": True, "boxes": True}
        for code, key in zip(findings(), keys, strict=True)
    ]
    return create_project(
        actor=None, slug=SLUG, findings=schema, protocol={"readers_per_case": per_case}, split_seed=1
    )


def make_readers(project: Project, n: int) -> list[str]:
    password = make_password(PASSWORD)  # hashed once: signing in still checks it in full
    users = User.objects.bulk_create(User(username=f"reader{i:02}", password=password) for i in range(n))
    for user in users:
        membership_add(actor=None, project=project, user=user, role=Membership.Role.READER)
    return [user.username for user in users]


def make_manager(project: Project) -> str:
    user = User.objects.create(username="manager", password=make_password(PASSWORD))
    membership_add(actor=None, project=project, user=user, role=Membership.Role.MANAGER)
    return user.username


def fill(project: Project, n_cases: int, *, eligible: bool = True) -> None:
    """Make the cases, in a database that has none."""
    copied = connection.vendor == "postgresql" and n_cases > CHUNK
    for start in range(0, CHUNK if copied else n_cases, CHUNK):
        make_cases(project, list(range(start, min(start + CHUNK, n_cases))), eligible=eligible)
    if copied:
        copy_cases(chunk=CHUNK, total=n_cases)
    CaseCounter.objects.update_or_create(project=project, defaults={"last": n_cases})


def make_cases(project: Project, numbers: list[int], *, eligible: bool) -> None:
    """A radiograph of its own patient for each number; `eligible` says whether the model would take it.

    Foreign keys are checked at the commit.
    """
    draw = random.Random(numbers[0])
    patients, studies, series, cases, instances, versions = [], [], [], [], [], []
    for number in numbers:
        token = f"{number:064x}"
        patients.append(
            Patient(project=project, pseudonym=token, split_key=token, split=SPLITS[number % 10], sex="F")
        )
        studies.append(Study(project=project, patient=patients[-1], source_hash=token, age="060Y"))
        series.append(Series(study=studies[-1], source_hash=token, number=1, modality="DX", label="DX"))
        cases.append(
            Case(
                project=project,
                number=number + 1,
                patient=patients[-1],
                study=studies[-1],
                split=patients[-1].split,
                random_key=draw.getrandbits(62),
                has_eligible_instance=eligible,
            )
        )
        instances.append(_instance(project, series[-1], cases[-1], token, eligible))
        versions.append(
            CaseVersion(
                case=cases[-1],
                version=1,
                manifest=[{"instance": str(instances[-1].id), "series": str(series[-1].id)}],
                sha256=token,
                sealed_at=datetime.now(UTC),
            )
        )
        cases[-1].current_version_id, cases[-1].n_images = versions[-1].id, 1
        cases[-1].first_instance_id = instances[-1].id
    with transaction.atomic():
        for rows in (patients, studies, series, cases, instances, versions):
            type(rows[0]).objects.bulk_create(rows)  # type: ignore[attr-defined]
        case_rounds_create(project, cases)


def _instance(project: Project, series: Series, case: Case, token: str, eligible: bool) -> Instance:
    values: dict[str, Any] = {"n_frames": 1, "rows": 2048, "columns": 2048, "photometric": "MONOCHROME2"}
    return Instance(
        series=series,
        case=case,
        project=project,
        source_hash=token,
        content_sha256=token,
        storage_prefix=f"instances/{uuid.uuid4()}",
        modality="DX",
        view_position="PA" if eligible else "LL",
        is_radiograph=True,
        is_eligible=eligible,
        thumbnail=Instance.Thumbnail.NONE,
        **values,
    )


def publish(project: Project) -> None:
    """A queue over the whole pool, as a ranking publishes it."""
    state = worklist_state(project)
    pool = Case.objects.filter(project=project, split="pool")
    queue = Queue.objects.create(project=project, round=state.round, n_entries=pool.count(), is_complete=True)
    ids: Any = Queue._meta.pk.get_db_prep_value  # a queue's and a project's id as the database writes it
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {QueueEntry._meta.db_table} (queue_id, position, case_id, action, is_open)"
            f" SELECT %s, row_number() OVER (ORDER BY random_key) - 1, id, %s, %s FROM {Case._meta.db_table}"
            " WHERE project_id = %s AND split = 'pool'",
            [ids(queue.id, connection), Action.READ_NEW, True, ids(project.id, connection)],
        )
    WorklistState.objects.filter(project=project).update(queue=queue)


if __name__ == "__main__":
    main()
