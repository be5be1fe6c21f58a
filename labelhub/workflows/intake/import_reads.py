"""Taking exported reads into a project: the way back of `export --what reads`.

A case is found by the content of its images. Where the images are not there, a case is made that names them, so that
agreement, boxes and consensus can be computed from reads alone.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.accounts.services import user_create
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.imaging.cases import manifest_sha256
from labelhub.imaging.models import Case, CaseVersion, Instance, Patient, Series, Split, Study
from labelhub.imaging.services.arranging import identifiers_locked
from labelhub.imaging.services.numbers import case_number_take
from labelhub.imaging.split import draw_split
from labelhub.marks import exported_kind
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.services.case_splits import cases_exclude
from labelhub.reading.services.locks import cases_locked, cursors_locked
from labelhub.reading.services.rounds import case_rounds_create
from labelhub.releases.reading_back import ExportedRead, exported_reads
from labelhub.workflows.reading.record_read import ImportedRead, record_exported_read


@dataclass
class ReadsImported:
    """How many reads came in, and why others did not."""

    n_reads: int = 0
    n_cases_made: int = 0
    n_decisions: int = 0
    refused: list[dict[str, str]] = field(default_factory=list)


def import_reads(path: Path, *, actor: User | None, project: Project) -> ReadsImported:
    """Record every read of the file, version by version. A read that cannot be taken is listed with its reason.

    The reads of an excluded case come in together with its exclusion, or not at all: nobody is offered it in between.
    """
    importer = _Importer(actor, project, exported_reads(path))
    for _, reads in groupby(importer.reads, key=lambda read: read.case):
        importer.import_case(list(reads))
    return importer.result


class _Importer:
    """One case after another; what is known of readers and patients is kept."""

    def __init__(self, actor: User | None, project: Project, reads: list[ExportedRead]) -> None:
        self.actor, self.project, self.reads = actor, project, reads
        self.result = ReadsImported()
        self.readers: dict[str, User] = {}
        # A case may be excluded where its patient is not: the patient's split is that of her other cases.
        self.splits = {read.patient: read.split for read in reads if read.split != Split.EXCLUDED}

    def import_case(self, reads: list[ExportedRead]) -> None:
        """The reads of one case."""
        first = reads[0]
        case = known_case(first.case, first.images, self.project)
        if all(read.split != Split.EXCLUDED for read in reads):
            self._import(reads, case)
            return
        with transaction.atomic():
            self._cursors_locked(reads)
            if case is not None:
                cases_locked([case.id])
            self._import(reads, case)
            _exclude(first, self.project, self.actor)

    def _cursors_locked(self, reads: list[ExportedRead]) -> None:
        """Of those readers who are known here: each read takes its place in her order, and `locks` has them first."""
        readers = User.objects.filter(username__in={read.reader for read in reads})
        cursors_locked(readers.values_list("id", flat=True), self.project.id)

    def _import(self, reads: list[ExportedRead], case: Case | None) -> None:
        for read in reads:
            try:
                refuse_further_round(read.round)
                with transaction.atomic():
                    found = case or _case_without_images(read, self.splits.get(read.patient), self.project)
                    reader = self.readers.get(read.reader) or _reader(read.reader, self.actor, self.project)
                    imported = _imported(read, found)
                    record_exported_read(
                        actor=self.actor, case=found, reader=reader, read=imported, was_counted=True
                    )
            except (Conflict, InvalidContent) as error:
                self.result.refused.append(
                    {"case": read.case, "reader": read.reader, "code": error.code, "message": error.message}
                )
            else:
                self.result.n_reads += 1
                self.result.n_cases_made += case is None
                case, self.readers[read.reader] = found, reader


def refuse_further_round(number: int) -> None:
    """Raise InvalidContent for what was read or decided in another round than a project's first.

    Taken in, it would count as of the first, to which others' reads and this reader's own belong.
    """
    if number != 1:
        raise InvalidContent(
            f"This is of round {number}: only the first round of a project is taken in. "
            "Leave out the rows of further rounds.",
            code="further_round",
        )


def known_case(name: str, images: tuple[str, ...], project: Project) -> Case | None:
    """The case of these images, or the one that was made of the reads of an exported case before."""
    made_before = Case.objects.filter(project=project, study__source_hash=_token(name, project))
    return made_before.first() or _case_of_images(images, project)


def marks_of(boxes: list[dict[str, Any]], case: Case) -> list[dict[str, Any]]:
    """Exported marks as those of a document on this case.

    Raises:
        InvalidContent: `image_not_here`; a mark lies on an image that the case does not have. `unknown_kind`.
    """
    manifest = case.version_in_force.manifest
    instances = {entry["content_sha256"]: entry["instance"] for entry in manifest}
    lost = [box for box in boxes if box.get("image") not in instances]
    if lost:
        raise InvalidContent(
            f"Boxes on images that this project's case does not have: {len(lost)}. Import the images first.",
            code="image_not_here",
        )
    kinds = [exported_kind(box) for box in boxes]
    return [
        {
            "id": str(uuid.uuid4()),
            "kind": kind.NAME,
            "finding": box["finding"],
            "region_class": box.get("region_class"),
            "space": "image",
            "instance": instances[box["image"]],
            "frame": box["frame"],
            "geometry": kind.read_back(box),
        }
        for box, kind in zip(boxes, kinds, strict=True)
    ]


def _token(name: str, project: Project) -> str:
    return hashlib.sha256(f"exported:{project.id}:{name}".encode()).hexdigest()


def _case_of_images(images: tuple[str, ...], project: Project) -> Case | None:
    if not images:
        return None
    instance = (
        Instance.objects.select_related("case")
        .filter(project=project, content_sha256=images[0], case__isnull=False)
        .first()
    )
    return instance.case if instance else None


def _exclude(read: ExportedRead, project: Project, actor: User | None) -> None:
    """Exclude the case that was made of the reads of an excluded one: it gives out no slot.

    Also where they were refused, as those are that an earlier import has taken in already.
    """
    case = known_case(read.case, read.images, project)
    if case is None or case.study.source_hash != _token(read.case, project) or case.split == Split.EXCLUDED:
        return
    with transaction.atomic():
        cases_locked([case.id])
        Case.objects.filter(id=case.id).update(split=Split.EXCLUDED)
        cases_exclude([case.id])
        audit.record(
            actor_id=actor.id if actor else None,
            action="case.excluded",
            obj=case,
            project_id=case.project_id,
            data={"split_before": case.split, "split": Split.EXCLUDED},
        )


def _case_without_images(read: ExportedRead, split: str | None, project: Project) -> Case:
    token = _token(read.case, project)
    known = Patient.objects.filter(project=project, pseudonym=read.patient).first()
    identifiers_locked(project.id, [known.split_key if known else read.patient])
    patient, _ = Patient.objects.get_or_create(
        project=project,
        pseudonym=read.patient,
        defaults={"split_key": read.patient, "split": split or _drawn(read, project)},
    )
    patient = patient.joined_to or patient
    study = Study.objects.create(project=project, patient=patient, source_hash=token, site=read.site)
    case = Case.objects.create(
        project=project,
        number=case_number_take(project),
        patient=patient,
        study=study,
        split=patient.split,
        random_key=int(token[:15], 16),
    )
    manifest = _absent_images(read, study)
    case.current_version = CaseVersion.objects.create(
        case=case,
        version=1,
        manifest=manifest,
        sha256=manifest_sha256(manifest),
        sealed_at=timezone.now(),
    )
    case.n_images = len(manifest)
    case.save(update_fields=["current_version", "n_images"])
    case_rounds_create(project, [case])
    audit.record(actor_id=None, action="case.made_from_reads", obj=case, project_id=project.id)
    return case


def _drawn(read: ExportedRead, project: Project) -> str:
    """The split of a patient all of whose cases are excluded, as at an import."""
    return draw_split(
        seed=project.split_seed,
        pseudonym=read.patient,
        pool_share=project.pool_share,
        validation_share=project.validation_share,
    )


def _absent_images(read: ExportedRead, study: Study) -> list[dict[str, Any]]:
    """The manifest of images that are known by their content alone: boxes name them, nobody can see them."""
    series = Series.objects.create(study=study, source_hash=study.source_hash)
    return [
        {
            "instance": str(
                Instance.objects.create(
                    project=study.project,
                    series=series,
                    source_hash=hashlib.sha256(f"{study.source_hash}:{content}".encode()).hexdigest(),
                    content_sha256=content,
                ).id
            ),
            "series": str(series.id),
            "content_sha256": content,
            "absent": True,
        }
        for content in dict.fromkeys(read.images)
    ]


def _reader(username: str, actor: User | None, project: Project) -> User:
    """The reader of that name; one who is not known here is made without a password."""
    reader = User.objects.filter(username=username).first() or user_create(actor=actor, username=username)
    membership_add(actor=actor, project=project, user=reader, role=Membership.Role.READER)
    return reader


def _imported(read: ExportedRead, case: Case) -> ImportedRead:
    document = {
        "answers": read.answers,
        "annotations": marks_of(read.boxes, case),
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
