"""What happens before the first page works: people, real images, and the phantoms as a job in the background."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core.errors import InvalidContent
from labelhub.core.jobs import job_enqueue
from labelhub.core.models import Job
from labelhub.demo.people import ensure_people, join
from labelhub.demo.phantoms import ensure_phantom_project
from labelhub.imaging.models import ImportBatch
from labelhub.imaging.services.batches import batch_advance, batch_create, files_link
from labelhub.projects.models import Project
from labelhub.workflows.intake.import_images import import_start, local_files, run_import
from labelhub.workflows.projects.create_project import create_project

REAL, OWN = "real", "own"
# Public test images of the pydicom-data package: a chest and a hand radiograph, then CT and MR.
RADIOGRAPHS = ("RG1_UNCR.dcm", "RG3_UNCR.dcm")
CROSS_SECTIONS = (
    "693_UNCR.dcm",
    "MR2_UNCR.dcm",
    "MR-SIEMENS-DICOM-WithOverlays.dcm",
    "emri_small.dcm",
    "eCT_Supplemental.dcm",
    "explicit_VR-UN.dcm",
)
FINDINGS: list[dict[str, Any]] = [
    {"code": "abnormal", "name": "Abnormality", "hotkey": "1", "required": True, "boxes": True},
    {"code": "fracture", "name": "Fracture", "hotkey": "2", "required": True, "boxes": True},
    {"code": "device", "name": "Device or foreign body", "hotkey": "3", "required": True, "boxes": True},
]


def prepare_demo(own_data: Path | None = None) -> dict[str, Any]:
    """Everything that is missing is made; what is there stays. Returns {"users": [...]} for the launcher."""
    users = ensure_people()
    ensure_phantom_project()
    if own_data is None:
        _ensure_real_project()
    else:
        _ensure_own_project(own_data)
    _start_phantoms()
    return {"users": users}


def _ensure_real_project() -> None:
    project = _ensure_project(REAL, "Real images")
    folder = _sample_folder()
    if folder is None:
        raise InvalidContent(
            "The sample images are missing. Install them: pip install pydicom-data.", code="no_samples"
        )
    for names, read_first in ((RADIOGRAPHS, True), (CROSS_SECTIONS, False)):
        _import_here(project, [(name, folder / name) for name in names], read_first=read_first)


def _ensure_own_project(folder: Path) -> None:
    """The person's own folder: imported in the background, so that the page shows its progress."""
    project = _ensure_project(OWN, "Own images")
    if ImportBatch.objects.filter(project=project, options__source=str(folder)).exists():
        return
    manager = User.objects.get(username="manager")
    with transaction.atomic():
        batch = batch_create(actor=manager, project=project, options={"source": str(folder)})
        files_link(batch=batch, files=local_files(folder))
        import_start(actor=manager, batch=batch)


def _ensure_project(slug: str, name: str) -> Project:
    project = Project.objects.filter(slug=slug).first() or create_project(
        actor=None, slug=slug, name=name, findings=FINDINGS, pool_share=1.0, validation_share=0.0
    )
    join(project)
    return project


def _import_here(project: Project, files: list[tuple[str, Path]], *, read_first: bool) -> None:
    """Import at once, in this process: the first case must be there when the first page is opened."""
    batch = ImportBatch.objects.filter(project=project, options__sample=read_first).first()
    if batch is None:
        with transaction.atomic():
            batch = batch_create(
                actor=None, project=project, read_first=read_first, options={"sample": read_first}
            )
            files_link(batch=batch, files=files)
            batch_advance(batch=batch, event="finish", actor=None)
    run_import(batch.id, lambda progress: None)


def _sample_folder() -> Path | None:
    """Where pydicom-data keeps its files; the package is not imported."""
    spec = find_spec("data_store")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def _start_phantoms() -> None:
    """Once: generation, import and simulated reads go on in the background while a person reads."""
    project = ensure_phantom_project()
    if Job.objects.filter(project_id=project.id, kind="demo", state=Job.State.SUCCEEDED).exists():
        return
    job_enqueue(kind="demo", dedupe_key="demo:phantoms", params={}, project_id=project.id, max_attempts=10)
