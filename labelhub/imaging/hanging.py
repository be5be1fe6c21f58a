"""Which instances of a case are read, which are objects about it, and what the model may score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from labelhub.imaging.dicom.facts import ABOUT_THE_CASE
from labelhub.imaging.dicom.header.film_views import is_frontal
from labelhub.imaging.dicom.identity.kinds import FOR_PROCESSING, is_read
from labelhub.imaging.dicom.order.reading_order import FramePlace, ImagePlace, images_in_reading_order
from labelhub.imaging.models import Case, ImportBatch, ImportFile, Instance, Study
from labelhub.imaging.twins import Exposure, with_twin

BY_DEFAULT = "eligible_by_default"
"""Warning: no frontal radiograph is known in the case, so the model scores its first image."""
FOR_PROCESSING_READ = "for_processing_read"
"""Warning: an image that was made for processing is read, since its presentation is missing."""
OBJECT_ONLY = "object_only"
"""Warning: the file's study holds no image to read, so it makes no case."""
OF_THE_CASE = frozenset((BY_DEFAULT, FOR_PROCESSING_READ, ABOUT_THE_CASE))
"""Warnings that depend on what else the case holds."""


def hung(instances: Iterable[Instance]) -> list[Instance]:
    """The instances of a case that are read, in reading order: all images, and exposures for processing without a twin.

    Without those that a manager has left out; their twins do not stand in for them. A case that was sealed when objects
    were still taken for images keeps them while it holds nothing else.
    """
    rows = list(instances)
    images = [row for row in rows if is_read(row.kind)]
    raw = [row for row in images if row.kind == FOR_PROCESSING]
    answered = with_twin(
        [_exposure(row) for row in raw], [_exposure(row) for row in images if row.kind != FOR_PROCESSING]
    )
    read = [row for row in images if row.source_hash not in answered and not row.is_left_out]
    return in_order(read or [row for row in rows if not row.is_left_out])


def in_order(instances: Iterable[Instance]) -> list[Instance]:
    """The instances of a case as they are read."""
    rows = list(instances)
    without_place = {row.series_id for row in rows if not row.place}
    places = [
        ImagePlace(
            series=row.series.source_hash,
            series_number=row.series.number,
            frame=FramePlace(slice_location=row.order_key, name=row.source_hash)
            if row.series_id in without_place
            else FramePlace.from_json(row.place, name=row.source_hash),
        )
        for row in rows
    ]
    return [rows[placed.index] for placed in images_in_reading_order(places)]


def eligible_instances(read: list[Instance]) -> tuple[list[Instance], bool]:
    """What the default training policy takes of the images that are read, in their order.

    Frontal radiographs, else the first image (then True: by default). Of objects, which a case that was sealed when
    they were taken for images may hold, nothing; nor of images that were left out since the version was sealed.
    """
    images = [instance for instance in read if is_read(instance.kind) and not instance.is_left_out]
    frontal = [
        instance
        for instance in images
        if instance.is_radiograph and instance.view_position and is_frontal(instance.view_position)
    ]
    return (frontal, False) if frontal else (images[:1], True)


def instances_mark(instances: Iterable[Instance], read: list[Instance]) -> list[Instance]:
    """Write on each instance of a case, which are locked, whether the model takes it, and what follows from the others.

    `read`: those of the version in force, in its order. Returns what the model takes.
    """
    rows = list(instances)
    shown = {row.id for row in read}
    chosen, by_default = eligible_instances(read)
    taken = {row.id for row in chosen}
    for row in rows:
        found = {
            BY_DEFAULT: by_default and row.id in taken,
            FOR_PROCESSING_READ: row.kind == FOR_PROCESSING and row.id in shown,
            ABOUT_THE_CASE: row.id not in shown and not row.is_left_out,
        }
        row.is_eligible = row.id in taken
        row.warnings = [code for code in row.warnings if code not in OF_THE_CASE]
        row.warnings += [code for code, holds in found.items() if holds]
    Instance.objects.bulk_update(rows, ["is_eligible", "warnings"])
    return chosen


def objects_alone_flag(batch: ImportBatch) -> None:
    """Warn of each file of the import whose study holds nothing to read, and take it back where an image has come.

    Doing it again changes nothing.
    """
    alone = ImportFile.objects.select_related("instance").filter(
        Q(outcome=ImportFile.Outcome.ACCEPTED) | Q(outcome=ImportFile.Outcome.DUPLICATE),
        batch=batch,
        instance__isnull=False,
        instance__series__study__case__isnull=True,
    )
    for file in alone.iterator(chunk_size=2_000):
        _say_alone(file, True)
        _say_alone(file.instance, True)
    beside = Instance.objects.filter(
        case__isnull=True,
        series__study__in=Study.objects.filter(
            series__instances__importfile__batch=batch, case__isnull=False
        ),
    )
    for instance in beside.iterator(chunk_size=2_000):
        if OBJECT_ONLY in instance.warnings:
            for file in ImportFile.objects.filter(instance=instance):
                _say_alone(file, False)
            _say_alone(instance, False)


def _say_alone(row: Any, is_alone: bool) -> None:
    """Of a file or an instance, read again under its lock: an arranging writes warnings on the same rows."""
    if (OBJECT_ONLY in row.warnings) == is_alone:
        return
    with transaction.atomic():
        now = type(row)._default_manager.select_for_update(no_key=True).get(id=row.id)
        others = [code for code in now.warnings if code != OBJECT_ONLY]
        now.warnings = [*others, OBJECT_ONLY] if is_alone else others
        now.save(update_fields=["warnings"])


def objects_about(case: Case) -> list[Instance]:
    """What the case's study holds that readers are not given, by kind and in reading order."""
    rows = _objects([case]).select_related("series")
    return sorted(in_order(row for row in rows if str(row.id) not in _read(case)), key=lambda row: row.kind)


def objects_counted(cases: Collection[Case]) -> dict[UUID, int]:
    """How many objects about it each case has, by case id; in one query, for cases with their versions at hand."""
    read = {case.study_id: (case.id, _read(case)) for case in cases}
    counts: Counter[UUID] = Counter()
    for study_id, instance_id in _objects(cases).values_list("series__study_id", "id"):
        case_id, shown = read[study_id]
        counts[case_id] += str(instance_id) not in shown
    return counts


def _objects(cases: Collection[Case]) -> QuerySet[Instance]:
    return Instance.objects.filter(series__study__in=[case.study_id for case in cases]).exclude(kind="")


def _read(case: Case) -> set[str]:
    return {entry["instance"] for entry in case.current_version.manifest} if case.current_version else set()


def _exposure(row: Instance) -> Exposure:
    """By what the image finds its twin. One imported before its view was kept has a view that no other has."""
    return Exposure(
        name=row.source_hash,
        view=row.exposure.get("view") or row.source_hash,
        sources=frozenset(row.exposure.get("sources", ())),
        acquired_s=row.place.get("acquired_s"),
        number=row.place.get("number"),
    )
