"""Creating projects, memberships, and new versions of label schemas and reading protocols."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent, NotFound, StaleVersion
from labelhub.projects.models import LabelSchema, Membership, Project, ReadingProtocol
from labelhub.projects.policies import sees_others_reads
from labelhub.projects.protocols import checked_protocol
from labelhub.projects.schemas import DEFAULT_FINDINGS, checked_schema
from labelhub.projects.selectors import schema_in_force


def project_create(
    *,
    actor: User | None,
    slug: str,
    name: str = "",
    findings: list[dict[str, Any]] | None = None,
    region_classes: list[dict[str, Any]] | None = None,
    protocol: dict[str, Any] | None = None,
    **settings: Any,
) -> Project:
    """Create a project with its first schema and protocol. `settings` are further fields of Project.

    Raises:
        Conflict: the slug is taken. InvalidContent: the slug, schema or protocol is not right.
    """
    _check_slug(slug)
    settings.setdefault("split_seed", secrets.randbelow(2**62))
    settings.setdefault("pseudonym_key", secrets.token_hex(32))
    with transaction.atomic():
        if Project.objects.filter(slug=slug).exists():
            raise Conflict(f"There is already a project {slug}. Choose another name.", code="project_exists")
        project = Project.objects.create(slug=slug, name=name or slug, **settings)
        audit.record(actor_id=_id(actor), action="project.created", obj=project, project_id=project.id)
        schema_create_version(
            actor=actor,
            project=project,
            findings=DEFAULT_FINDINGS if findings is None else findings,
            region_classes=region_classes or [],
        )
        protocol_create_version(actor=actor, project=project, values=protocol or {})
    return project


def project_describe(*, actor: User | None, project: Project, **values: str) -> Project:
    """Change what people see of a project: `name`, `description`. Its slug stays: people hold addresses."""
    with transaction.atomic():
        # The project's row is the lock: each audit row tells what the change before it left.
        current = Project.objects.select_for_update(no_key=True).get(id=project.id)
        changes = {
            field: {"old": getattr(current, field), "new": value}
            for field, value in values.items()
            if getattr(current, field) != value
        }
        for field in changes:
            setattr(current, field, values[field])
        if changes:
            current.save(update_fields=list(changes))
            audit.record(
                actor_id=_id(actor),
                action="project.described",
                obj=current,
                project_id=current.id,
                data=changes,
            )
    return current


def project_archive(*, actor: User | None, project: Project) -> Project:
    """Leave everything as it is: nothing may be changed until it is brought back. Work that waits or runs ends."""
    return _set_archived(actor, project, timezone.now(), "project.archived")


def project_bring_back(*, actor: User | None, project: Project) -> Project:
    """Everything goes on where it was left."""
    return _set_archived(actor, project, None, "project.brought_back")


def _set_archived(actor: User | None, project: Project, when: datetime | None, action: str) -> Project:
    with transaction.atomic():
        # The project's row is the lock: of two who archive it at once, one does.
        current = project_locked(project)
        if (current.archived_at is None) != (when is None):
            current.archived_at = when
            current.save(update_fields=["archived_at"])
            audit.record(actor_id=_id(actor), action=action, obj=current, project_id=current.id)
    return current


def project_locked(project: Project) -> Project:
    """Its row as it now stands, locked until commit. Raises NotFound for one that is deleted, or is to be."""
    rows = Project.objects.select_for_update(no_key=True).filter(id=project.id, deletion_asked_at=None)
    row = rows.first()
    if row is None:
        raise NotFound()
    return row


def membership_add(*, actor: User | None, project: Project, user: User, role: str) -> Membership:
    """Give a person a role; a role that is already held stays as it is."""
    if role not in Membership.Role.values:
        raise InvalidContent(
            f"{role} is not a role: choose from {', '.join(Membership.Role.values)}.", code="unknown_role"
        )
    with transaction.atomic():
        project_locked(project)
        membership, created = Membership.objects.get_or_create(project=project, user=user, role=role)
        if created:
            held = Membership.objects.filter(project=project, user=user).values_list("role", flat=True)
            audit.record(
                actor_id=_id(actor),
                action="membership.added",
                obj=membership,
                project_id=project.id,
                data={"user": str(user.id), "role": role, "not_blind": sees_others_reads(held)},
            )
    return membership


def membership_remove(*, actor: User | None, project: Project, user_id: UUID, role: str) -> None:
    """Take a role away. Reads stay as they are. The last data manager who can sign in cannot be removed."""
    with transaction.atomic():
        # The project's row is the lock: two data managers who remove each other do it one after the other.
        Project.objects.select_for_update(no_key=True).get(id=project.id)
        held = Membership.objects.filter(project=project, role=role)
        membership = held.filter(user_id=user_id).first()
        if membership is None:
            raise NotFound()
        others = held.exclude(user_id=user_id).filter(user__is_active=True)
        if role == Membership.Role.MANAGER and not others.exists():
            raise Conflict(
                "A project keeps at least one data manager. Name another one first.", code="last_manager"
            )
        audit.record(
            actor_id=_id(actor),
            action="membership.removed",
            obj=membership,
            project_id=project.id,
            data={"user": str(user_id), "role": role},
        )
        membership.delete()


def schema_create_version(
    *,
    actor: User | None,
    project: Project,
    findings: Any,
    region_classes: Any,
    edited_from: int | None = None,
) -> LabelSchema:
    """Put a new version of the label schema in force.

    `edited_from` is the version that the person had before her. Raises InvalidContent (invalid_schema), NewerVersion.
    """
    clean_findings, clean_classes = checked_schema(findings, region_classes)
    with transaction.atomic():
        schema = LabelSchema.objects.create(
            project=project,
            version=_next_version(LabelSchema, project, edited_from),
            findings=clean_findings,
            region_classes=clean_classes,
            created_by=actor,
        )
        audit.record(
            actor_id=_id(actor),
            action="schema.created",
            obj=schema,
            project_id=project.id,
            data={"version": schema.version},
        )
    return schema


def protocol_create_version(
    *, actor: User | None, project: Project, values: dict[str, Any], edited_from: int | None = None
) -> ReadingProtocol:
    """Put a new version of the reading protocol in force.

    `edited_from` is the version that the person had before her. Raises InvalidContent (invalid_protocol), NewerVersion.
    """
    with transaction.atomic():
        version = _next_version(ReadingProtocol, project, edited_from)
        clean = checked_protocol(values, schema_in_force(project).codes)
        protocol = ReadingProtocol.objects.create(project=project, version=version, created_by=actor, **clean)
        audit.record(
            actor_id=_id(actor),
            action="protocol.created",
            obj=protocol,
            project_id=project.id,
            data={"version": protocol.version},
        )
    return protocol


class NewerVersion(StaleVersion):
    """Somebody saved a version after the one that was edited."""

    code = "newer_version"

    def showing(self, versions: Mapping[int, Any]) -> NewerVersion:
        """With what both versions say: `saved` is in force, `base` is what was edited (null: there is none)."""
        self.details |= {
            "saved": versions[self.details["version"]],
            "base": versions.get(self.details["edited_from"]),
        }
        return self


def _next_version(
    model: type[LabelSchema] | type[ReadingProtocol], project: Project, edited_from: int | None = None
) -> int:
    # The project's row is the lock: two managers who save at once are served one after the other.
    Project.objects.select_for_update(no_key=True).get(id=project.id)
    newest = model.objects.filter(project=project).aggregate(top=Max("version"))["top"] or 0
    if edited_from is not None and edited_from != newest:
        raise NewerVersion(
            f"Version {newest} was saved after the version {edited_from} that you edited. "
            "Look at both and save again.",
            details={"version": newest, "edited_from": edited_from},
        )
    return int(newest) + 1


def _check_slug(slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise InvalidContent(_SLUG_HELP, code="invalid_slug") from error
    if len(slug) > 64:
        raise InvalidContent(_SLUG_HELP, code="invalid_slug")


_SLUG_HELP = "A project's short name has letters, digits, - and _ only, at most 64."


def _id(actor: User | None) -> Any:
    return actor.id if actor else None
