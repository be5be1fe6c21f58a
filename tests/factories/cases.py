"""Cases as rows, without files: for tests of reading, consensus and the worklist."""

from __future__ import annotations

import hashlib
import uuid
from itertools import count

from django.utils import timezone

from labelhub.imaging.models import Case, CaseVersion, Instance, Patient, Series, Study
from labelhub.imaging.services.numbers import case_number_take
from labelhub.projects.models import Project
from labelhub.reading.services.rounds import case_rounds_create

_numbers = count(1)


def make_case(
    project: Project, *, split: str = "pool", patient: Patient | None = None, day: int | None = None
) -> Case:
    """A sealed case of one 512 x 512 radiograph, with its slots."""
    number = next(_numbers)
    token = hashlib.sha256(f"case {number}".encode()).hexdigest()
    patient = patient or Patient.objects.create(
        project=project, pseudonym=token, split_key=token, split=split, sex="F"
    )
    study = Study.objects.create(project=project, patient=patient, source_hash=token, day=day, age="061Y")
    series = Series.objects.create(study=study, source_hash=token, number=1, modality="DX", label="DX chest")
    case = Case.objects.create(
        project=project,
        number=case_number_take(project),
        patient=patient,
        study=study,
        split=patient.split,
        random_key=number,
        has_eligible_instance=True,
        day=day,
    )
    instance = Instance.objects.create(
        series=series,
        case=case,
        project=project,
        source_hash=token,
        content_sha256=token,
        storage_prefix=f"instances/{uuid.uuid4()}",
        n_frames=1,
        rows=512,
        columns=512,
        photometric="MONOCHROME2",
        modality="DX",
        view_position="PA",
        is_radiograph=True,
        is_eligible=True,
        thumbnail=Instance.Thumbnail.NONE,
    )
    version = CaseVersion.objects.create(
        case=case,
        version=1,
        manifest=[{"instance": str(instance.id), "series": str(series.id), "content_sha256": token}],
        sha256=token,
        sealed_at=timezone.now(),
    )
    case.current_version, case.first_instance, case.n_images = version, instance, 1
    case.save(update_fields=["current_version", "first_instance", "n_images"])
    case_rounds_create(project, [case])
    return case


def make_cases(project: Project, n: int, **fields: object) -> list[Case]:
    return [make_case(project, **fields) for _ in range(n)]  # type: ignore[arg-type]
