"""Taking exported reads into a project: the way back of `export --what reads`.

A case is found by the content of its images. Where the images are not there, a case without images is made,
so that agreement and consensus can be computed from reads alone.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.accounts.services import user_create
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.imaging.models import Case, CaseVersion, Instance, Patient, Study
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.services.rounds import case_rounds_create
from labelhub.releases.reading_back import ExportedRead, exported_reads
from labelhub.workflows.submit_read import ImportedRead, record_exported_read


@dataclass
class ReadsImported:
    """How many reads came in, and why others did not."""

    n_reads: int = 0
    n_cases_made: int = 0
    refused: list[dict[str, str]] = field(default_factory=list)


def import_reads(path: Path, *, actor: User | None, project: Project) -> ReadsImported:
    """Record every read of the file, version by version. A read that cannot be taken is listed with its reason."""
    result = ReadsImported()
    cases: dict[str, Case] = {}
    readers: dict[str, User] = {}
    for read in exported_reads(path):
        try:
            with transaction.atomic():
                case = cases.get(read.case) or _known_case(read, project)
                is_made = case is None
                case = case or _case_without_images(read, project)
                reader = readers.get(read.reader) or _reader(read.reader, actor, project)
                record_exported_read(actor=actor, case=case, reader=reader, read=_imported(read, case))
        except (Conflict, InvalidContent) as error:
            result.refused.append(
                {"case": read.case, "reader": read.reader, "code": error.code, "message": error.message}
            )
            continue
        cases[read.case], readers[read.reader] = case, reader
        result.n_reads += 1
        result.n_cases_made += is_made
    return result


def _known_case(read: ExportedRead, project: Project) -> Case | None:
    """The case of the read's images, or the one that was made of its reads before."""
    made_before = Case.objects.filter(project=project, study__source_hash=_token(read, project))
    return _case_of_images(read.images, project) or made_before.first()


def _token(read: ExportedRead, project: Project) -> str:
    return hashlib.sha256(f"exported:{project.id}:{read.case}".encode()).hexdigest()


def _case_of_images(images: tuple[str, ...], project: Project) -> Case | None:
    if not images:
        return None
    instance = (
        Instance.objects.select_related("case")
        .filter(project=project, content_sha256=images[0], case__isnull=False)
        .first()
    )
    return instance.case if instance else None


def _case_without_images(read: ExportedRead, project: Project) -> Case:
    token = _token(read, project)
    patient, _ = Patient.objects.get_or_create(
        project=project, pseudonym=read.patient, defaults={"split": read.split, "site": read.site}
    )
    study = Study.objects.create(project=project, patient=patient, source_hash=token)
    case = Case.objects.create(
        project=project, patient=patient, study=study, split=patient.split, random_key=int(token[:15], 16)
    )
    case.current_version = CaseVersion.objects.create(
        case=case, version=1, manifest=[], sha256=hashlib.sha256(b"[]").hexdigest(), sealed_at=timezone.now()
    )
    case.save(update_fields=["current_version"])
    case_rounds_create(project, [case])
    audit.record(actor_id=None, action="case.made_from_reads", obj=case, project_id=project.id)
    return case


def _reader(username: str, actor: User | None, project: Project) -> User:
    """The reader of that name; one who is not known here is made without a password."""
    reader = User.objects.filter(username=username).first() or user_create(actor=actor, username=username)
    membership_add(actor=actor, project=project, user=reader, role=Membership.Role.READER)
    return reader


def _imported(read: ExportedRead, case: Case) -> ImportedRead:
    instances = {row.content_sha256: str(row.id) for row in case.instances.all()}
    marks: list[dict[str, Any]] = [
        {
            "id": str(uuid.uuid4()),
            "kind": "box",
            "finding": box["finding"],
            "region_class": None,
            "space": "image",
            "instance": instances[box["image"]],
            "frame": box["frame"],
            "geometry": {name: box[name] for name in ("x", "y", "width", "height")},
        }
        for box in read.boxes
        if box.get("image") in instances
    ]
    document = {
        "answers": read.answers,
        "annotations": marks,
        "comment": read.comment,
        "not_readable": read.not_readable,
    }
    return ImportedRead(
        document=document,
        version=read.version,
        reason=read.reason,
        submitted_at=read.submitted_at,
        active_ms=read.active_ms,
        ai_visible=read.ai_visible,
    )
