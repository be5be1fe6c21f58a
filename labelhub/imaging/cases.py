"""Seals case versions: an ordered, hashed manifest of those of a case's instances that are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict
from labelhub.imaging.hanging import hung, instances_mark
from labelhub.imaging.models import Case, CaseVersion, HeldCaseVersion, ImportBatch, ImportFile, Instance


def case_ids_of(batch: ImportBatch) -> list[UUID]:
    """Cases that the batch added images to or met again, in a stable order."""
    decided = ImportFile.objects.filter(
        Q(outcome=ImportFile.Outcome.ACCEPTED) | Q(outcome=ImportFile.Outcome.DUPLICATE), batch=batch
    )
    found = decided.filter(instance__case__isnull=False).values_list("instance__case_id", flat=True)
    return sorted(set(found.iterator(chunk_size=5_000)))


def cases_seal(*, case_ids: Collection[UUID], begun: Collection[UUID]) -> list[Case]:
    """Seal a version of each case whose images have changed; returns the cases that can be read now.

    A case in `begun` (somebody has opened it) keeps its present version; the new one is held for the manager.
    Sealing again changes nothing.
    """
    with transaction.atomic():
        cases = list(Case.objects.select_for_update(no_key=True).filter(id__in=case_ids).order_by("id"))
        instances = _instances_by_case(case_ids)
        newest = _newest_versions(case_ids)
        for case in cases:
            manifest = manifest_of(instances[case.id])
            digest = manifest_sha256(manifest)
            latest = newest.get(case.id)
            if latest is None or latest.sha256 != digest:
                version = _version_create(case, latest, manifest, digest)
                if case.id in begun and case.current_version_id:
                    HeldCaseVersion.objects.create(version=version)
                else:
                    _put_in_force(case, version, instances[case.id])
    return [case for case in cases if case.current_version_id]


def held_version_accept(*, actor: User, case: Case) -> CaseVersion:
    """Put the newest held version of a case in force: from now on readers are given that one. Reads stay as they are.

    Raises:
        Conflict: the case has no held version.
    """
    with transaction.atomic():
        row = Case.objects.select_for_update(no_key=True).get(id=case.id)
        held = HeldCaseVersion.objects.filter(version__case=row).order_by("-version__version")
        newest = held.select_related("version").first()
        if newest is None:
            raise Conflict("This case has no newer version that waits.", code="no_held_version")
        _put_in_force(row, newest.version, _instances_by_case([row.id])[row.id])
        held.delete()
        audit.record(
            actor_id=actor.id,
            action="case_version.accepted",
            obj=newest.version,
            project_id=row.project_id,
            data={"case": str(row.id), "version": newest.version.version},
        )
    return newest.version


def held_versions_drop(case: Case) -> None:
    """Nothing waits for the manager where the newest version holds what the one in force does. The case is locked."""
    newest = case.versions.order_by("-version").first()
    if newest and case.current_version and newest.sha256 == case.current_version.sha256:
        HeldCaseVersion.objects.filter(version__case=case).delete()


def case_mark(case_id: UUID) -> None:
    """Choose again what the model takes of a sealed case, since something about its images has become known."""
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(id=case_id)
        if case.current_version is not None:
            _put_in_force(case, case.current_version, _instances_by_case([case.id])[case.id])


def case_images(case: Case) -> list[Instance]:
    """The images of the version in force, in its order."""
    manifest = case.current_version.manifest if case.current_version else []
    rows = Instance.objects.select_related("series").in_bulk([UUID(entry["instance"]) for entry in manifest])
    return [rows[UUID(entry["instance"])] for entry in manifest]


def manifest_of(instances: Iterable[Instance]) -> list[dict[str, str]]:
    """The instances that are read, in reading order; see `hanging.hung`."""
    return [
        {
            "instance": str(instance.id),
            "series": str(instance.series_id),
            "content_sha256": instance.content_sha256,
        }
        for instance in hung(instances)
    ]


def manifest_sha256(manifest: list[dict[str, str]]) -> str:
    """SHA-256 over the manifest's canonical JSON (sorted keys, no spaces)."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _instances_by_case(case_ids: Collection[UUID]) -> dict[UUID, list[Instance]]:
    """Locked until commit, by id: an arranging writes warnings on the same rows."""
    found: dict[UUID, list[Instance]] = {case_id: [] for case_id in case_ids}
    rows = Instance.objects.select_related("series").filter(case_id__in=case_ids, n_frames__gt=0)
    for instance in rows.select_for_update(no_key=True, of=("self",)).order_by("id"):
        found[instance.case_id].append(instance)  # type: ignore[index]
    return found


def _newest_versions(case_ids: Collection[UUID]) -> dict[UUID, CaseVersion]:
    return {row.case_id: row for row in CaseVersion.objects.filter(case_id__in=case_ids).order_by("version")}


def _version_create(
    case: Case, latest: CaseVersion | None, manifest: list[dict[str, str]], digest: str
) -> CaseVersion:
    version = CaseVersion.objects.create(
        case=case,
        version=latest.version + 1 if latest else 1,
        manifest=manifest,
        sha256=digest,
        sealed_at=timezone.now(),
    )
    audit.record(
        actor_id=None,
        action="case_version.sealed",
        obj=version,
        project_id=case.project_id,
        data={"case": str(case.id), "version": version.version, "sha256": digest},
    )
    return version


def _put_in_force(case: Case, version: CaseVersion, instances: list[Instance]) -> None:
    by_id = {str(instance.id): instance for instance in instances}
    chosen = instances_mark(instances, [by_id[entry["instance"]] for entry in version.manifest])
    case.current_version = version
    case.has_eligible_instance = bool(chosen)
    case.first_instance_id = version.manifest[0]["instance"] if version.manifest else None
    case.n_images = len(version.manifest)
    case.save(update_fields=["current_version", "has_eligible_instance", "first_instance", "n_images"])
