"""Who may add to and look at an import."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from labelhub.accounts.models import User
from labelhub.core.errors import NotFound
from labelhub.imaging.models import ImportBatch, Upload
from labelhub.projects.models import Membership


def batches_visible_to(user: User) -> QuerySet[ImportBatch]:
    """Imports of projects the person manages, and her own in projects she still belongs to."""
    mine = Membership.objects.filter(user=user, project_id=OuterRef("project_id"))
    manages = Exists(mine.filter(role=Membership.Role.MANAGER))
    return ImportBatch.objects.filter(manages | (Q(created_by=user) & Exists(mine)))


def manages_import(user: User, batch: ImportBatch) -> bool:
    """Whether the person manages the import's project, and is not only its maker."""
    mine = Membership.objects.filter(user=user, project_id=batch.project_id)
    return mine.filter(role=Membership.Role.MANAGER).exists()


def batch_for(user: User, batch_id: UUID) -> ImportBatch:
    """Raises NotFound for an import that is absent or not the person's to see."""
    batch = batches_visible_to(user).select_related("project").filter(id=batch_id).first()
    if batch is None:
        raise NotFound()
    return batch


def upload_for(user: User, batch_id: UUID, upload_id: UUID) -> Upload:
    """Raises NotFound for an upload that is absent, of another import, or not the person's to see."""
    upload = (
        Upload.objects.select_related("batch__project")
        .filter(batch=batch_for(user, batch_id), id=upload_id)
        .first()
    )
    if upload is None:
        raise NotFound()
    return upload
