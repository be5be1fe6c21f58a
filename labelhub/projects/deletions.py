"""That a project is to be deleted: asked by its manager, taken back by an administrator, begun, ended.

Who is in a project is what lets anybody see anything of it. So its memberships are set aside while it waits: every
route answers as if it did not exist, invitations lapse with those who made them, and taken back it is as it was.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent, NotFound
from labelhub.projects.models import Membership, Project, ProjectDeletion
from labelhub.projects.services import project_locked


def deletion_ask(*, actor: User, project: Project, name: str, reason: str) -> ProjectDeletion:
    """Take an archived project from everybody's sight, to be deleted when the days of grace are over.

    Raises Conflict (not_archived), InvalidContent (wrong_name) when `name` is not the project's to the letter.
    """
    now = timezone.now()
    with transaction.atomic():
        row = project_locked(project)
        if row.archived_at is None:
            raise Conflict("Archive the project first; an archived one can be deleted.", code="not_archived")
        if name != row.name:
            raise InvalidContent(
                "This is not the project's name. Type it exactly as it is.", code="wrong_name"
            )
        members = Membership.objects.filter(project=row)
        deletion = ProjectDeletion.objects.create(
            project_id=row.id,
            slug_sha256=hashlib.sha256(row.slug.encode()).hexdigest(),
            reason=reason,
            asked_by=actor,
            asked_at=now,
            due_at=now + timedelta(days=settings.DELETION_GRACE_DAYS),
            memberships=[
                {"id": str(each.id), "user": str(each.user_id), "role": each.role}
                for each in members.order_by("id")
            ],
        )
        members.delete()
        row.deletion_asked_at = now
        row.save(update_fields=["deletion_asked_at"])
        _record(
            actor,
            "project.deletion_asked",
            deletion,
            {"due_at": deletion.due_at.isoformat(), "memberships": deletion.memberships},
        )
    return deletion


def deletion_take_back(*, actor: User, deletion: ProjectDeletion) -> ProjectDeletion:
    """Everybody is in the project again, which stays archived. Taken back already: nothing changes.

    Raises Conflict (deletion_begun) once rows are being deleted.
    """
    with transaction.atomic():
        # The project's row comes first, as for whoever asks. It is gone when the deletion has ended.
        project = Project.objects.select_for_update(no_key=True).filter(id=deletion.project_id).first()
        row = ProjectDeletion.objects.select_for_update().get(id=deletion.id)
        if row.taken_back_at is not None:
            return row
        if row.begun_at is not None or project is None:
            raise Conflict(
                "Its deletion has begun: a part of it is gone. It cannot be taken back.",
                code="deletion_begun",
            )
        Membership.objects.bulk_create(
            Membership(id=each["id"], project=project, user_id=each["user"], role=each["role"])
            for each in row.memberships
        )
        project.deletion_asked_at = None
        project.save(update_fields=["deletion_asked_at"])
        row.taken_back_by, row.taken_back_at, row.memberships = actor, timezone.now(), []
        row.save(update_fields=["taken_back_by", "taken_back_at", "memberships"])
        _record(actor, "project.deletion_taken_back", row)
    return row


def deletions_due() -> QuerySet[ProjectDeletion]:
    """Those whose grace is over, and that have not ended."""
    return ProjectDeletion.objects.filter(
        taken_back_at=None, finished_at=None, due_at__lte=timezone.now()
    ).order_by("due_at")


def deletion_begin(deletion_id: str) -> ProjectDeletion | None:
    """From now on it cannot be taken back. None: it was, or it has ended."""
    with transaction.atomic():
        row = ProjectDeletion.objects.select_for_update().filter(id=deletion_id).first()
        if row is None or row.taken_back_at is not None or row.finished_at is not None:
            return None
        if row.begun_at is None:
            row.begun_at = timezone.now()
            row.save(update_fields=["begun_at"])
            _record(None, "project.deletion_begun", row)
    return row


def deletion_rows_gone(deletion: ProjectDeletion) -> None:
    """Its last row goes in the caller's transaction; who was in it is forgotten."""
    deletion.rows_gone_at, deletion.memberships = timezone.now(), []
    deletion.save(update_fields=["rows_gone_at", "memberships"])
    counts = {"n_cases": deletion.n_cases, "n_reads": deletion.n_reads}
    _record(None, "project.rows_deleted", deletion, counts)


def deletion_finish(deletion: ProjectDeletion) -> None:
    """Nothing is left of it but its tombstone and its audit rows."""
    deletion.finished_at = timezone.now()
    deletion.save(update_fields=["finished_at"])
    _record(None, "project.deleted", deletion, {"n_objects": deletion.n_objects})


def deletion_for(deletion_id: Any) -> ProjectDeletion:
    """Raises NotFound."""
    row = ProjectDeletion.objects.filter(id=deletion_id).first()
    if row is None:
        raise NotFound()
    return row


def _record(
    actor: User | None, action: str, deletion: ProjectDeletion, data: dict[str, Any] | None = None
) -> None:
    audit.record(
        actor_id=actor.id if actor else None,
        action=action,
        obj=deletion,
        project_id=deletion.project_id,
        data=data,
    )
