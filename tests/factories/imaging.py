"""Imports of made-up files through the real import child."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.management import call_command
from pydicom.uid import UID, ExplicitVRLittleEndian

from labelhub.accounts.models import User
from labelhub.imaging.models import ImportBatch, ImportFile
from labelhub.imaging.services.batches import batch_advance, batch_create, file_stage
from labelhub.projects.models import Project
from labelhub.workflows.intake.import_images import run_import
from tests.factories.dicom import ROOT, dicom_bytes, gradient, image_dataset, radiograph_dataset, raster_bytes


def stage(
    project: Project, files: dict[str, bytes], *, actor: User | None = None, **fields: Any
) -> ImportBatch:
    """An import whose files are sent and whose job is due."""
    batch = batch_create(actor=actor, project=project, **fields)
    for path, content in files.items():
        file_stage(batch=batch, path=path, content=ContentFile(content))
    batch_advance(batch=batch, event="finish", actor=actor)
    return batch


def import_files(project: Project, files: dict[str, bytes], **fields: Any) -> ImportBatch:
    """Import the files to the end."""
    return run_import(stage(project, files, **fields).id, silent)


def import_folder(project: Project, folder: Path, **options: Any) -> ImportBatch:
    """Import a folder on the server, as its command does."""
    call_command("import_images", folder, project=project.slug, **options)
    return ImportBatch.objects.filter(project=project).latest("created_at")


def silent(progress: dict[str, Any]) -> None:
    """A heartbeat that nobody hears."""


def stop_after(n: int) -> Callable[[dict[str, Any]], None]:
    """A heartbeat that dies after `n` pieces of work, as a killed worker does."""
    beats = iter(range(n))

    def beat(progress: dict[str, Any]) -> None:
        if next(beats, None) is None:
            raise KeyboardInterrupt

    return beat


def outcomes(batch: ImportBatch) -> dict[str, tuple[str, str]]:
    """{path: (outcome, code)}"""
    files = ImportFile.objects.filter(batch=batch).order_by("position")
    return {file.path: (file.outcome, file.code) for file in files}


def warnings_of(batch: ImportBatch) -> dict[str, list[str]]:
    """{path: what is said of the file itself}"""
    return dict(ImportFile.objects.filter(batch=batch).order_by("path").values_list("path", "warnings"))


def film(high: int) -> bytes:
    """A PNG whose brightest pixel is `high`."""
    return raster_bytes(gradient(dtype="u1", high=high))


def radiograph(
    number: int,
    *,
    patient: str = "",
    study: int = 0,
    pixels: np.ndarray | None = None,
    syntax: UID = ExplicitVRLittleEndian,
    **elements: Any,
) -> bytes:
    """A frontal radiograph; its UIDs and (unless given) pixels, study and patient follow from `number`."""
    own = {
        "PatientID": patient or f"P-{number:04d}",
        "StudyInstanceUID": f"{ROOT}.{study or number}",
        "SeriesInstanceUID": f"{ROOT}.{study or number}.1",
        "SOPInstanceUID": f"{ROOT}.{study or number}.1.{number}",
        "InstanceNumber": number,
    }
    shown = gradient(high=3000 + number) if pixels is None else pixels
    return dicom_bytes(shown, dataset=radiograph_dataset(shown, **(own | elements)), syntax=syntax)


def report(number: int) -> bytes:
    """A readable DICOM object without pixels."""
    dataset = image_dataset(gradient(), SOPInstanceUID=UID(f"{ROOT}.9.9.{number}"))
    for keyword in ("Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, keyword)
    return dicom_bytes(None, dataset=dataset)


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return target.getvalue()
