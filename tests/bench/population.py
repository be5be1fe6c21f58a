"""Fills an empty database with a project of many cases: `python -m tests.bench.population --cases 10000`.

Rows only, no files: 14 findings, the default split, a published ranking of the pool. Prints what a client needs.
"""

from __future__ import annotations

import argparse
import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from labelhub.accounts.models import User  # noqa: E402
from labelhub.imaging.models import Case, CaseVersion, Instance, Patient, Series, Study  # noqa: E402
from labelhub.projects.models import Membership, Project  # noqa: E402
from labelhub.projects.services import membership_add  # noqa: E402
from labelhub.reading.models import Queue, QueueEntry, WorklistState  # noqa: E402
from labelhub.reading.services.rounds import case_rounds_create, worklist_state  # noqa: E402
from labelhub.workflows.projects.create_project import create_project  # noqa: E402

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
    numbers = iter(range(arguments.cases))
    while chunk := list(islice(numbers, CHUNK)):
        make_cases(project, chunk)
    publish(project)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(json.dumps({"slug": SLUG, "readers": readers, "password": PASSWORD, "findings": findings()}))


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


def make_cases(project: Project, numbers: list[int], *, eligible: bool = True) -> None:
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
        cases[-1].current_version_id = versions[-1].id
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
    cases = Case.objects.filter(project=project, split="pool").order_by("random_key")
    queue = Queue.objects.create(project=project, round=state.round, n_entries=cases.count())
    for start, ids in _chunks(cases.values_list("id", flat=True)):
        QueueEntry.objects.bulk_create(
            QueueEntry(queue=queue, position=start + i, case_id=pk) for i, pk in enumerate(ids)
        )
    Queue.objects.filter(id=queue.id).update(is_complete=True)
    WorklistState.objects.filter(project=project).update(queue=queue)


def _chunks(ids: Any) -> Iterator[tuple[int, list[uuid.UUID]]]:
    iterator, start = iter(ids.iterator(chunk_size=CHUNK)), 0
    while chunk := list(islice(iterator, CHUNK)):
        yield start, chunk
        start += len(chunk)


if __name__ == "__main__":
    main()
