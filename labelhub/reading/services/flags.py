"""Flags: 'not readable' and 'urgent or unexpected finding'. Seen by the manager, never by other readers.

A reader may take hers back; the manager then sees that she did.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.reading.models import Assignment, Flag, FlagSeen, FlagWithdrawn
from labelhub.reading.services.listed_rows import flags_note
from labelhub.reading.services.seen import flag_seen_by_managers


def flag_raise(*, actor: User, assignment: Assignment, kind: str, text: str, client_uuid: UUID) -> Flag:
    """Tell the manager. The same client id twice makes one flag. An urgent flag needs a text.

    Raises InvalidContent; Conflict `id_reused` for a known id with other content, `not_open` for a case that was never
    opened: a reservation leaves nothing behind when it is given up.
    """
    if kind not in Flag.Kind.values:
        raise InvalidContent("A flag is 'not_readable' or 'urgent'.", details={"field": "kind"})
    if kind == Flag.Kind.URGENT and not text.strip():
        raise InvalidContent("Say in a few words what is urgent.", details={"field": "text"})
    if assignment.opened_at is None:
        raise Conflict("Open the case first.", code="not_open")
    with transaction.atomic():
        flag, made = Flag.objects.get_or_create(
            id=client_uuid, defaults={"assignment": assignment, "kind": kind, "text": text.strip()}
        )
        if (flag.assignment_id, flag.kind, flag.text) != (assignment.id, kind, text.strip()):
            raise Conflict("This flag's id was used before for other content.", code="id_reused")
        if made:
            flag_seen_by_managers(flag)
            flags_note([assignment.case_id])
            audit.record(
                actor_id=actor.id,
                action=f"flag.{kind}",
                obj=flag,
                project_id=assignment.case.project_id,
                data={"case": str(assignment.case_id)},
            )
    return flag


def flag_withdraw(*, actor: User, flag: Flag) -> None:
    """Take a flag back. A second time changes nothing."""
    with transaction.atomic():
        _, made = FlagWithdrawn.objects.get_or_create(flag=flag)
        if made:
            flags_note([flag.assignment.case_id])
            audit.record(
                actor_id=actor.id,
                action="flag.withdrawn",
                obj=flag,
                project_id=flag.assignment.case.project_id,
                data={"case": str(flag.assignment.case_id), "kind": flag.kind},
            )


def unreadable_withdraw(*, actor: User, assignment: Assignment) -> None:
    """The case was readable after all: the flags that said otherwise go with the mark."""
    for flag in standing_flags(assignment).filter(kind=Flag.Kind.NOT_READABLE):
        flag_withdraw(actor=actor, flag=flag)


def standing_flags(assignment: Assignment) -> QuerySet[Flag]:
    """The flags of a case that its reader has not taken back, oldest first."""
    rows = Flag.objects.filter(assignment=assignment, withdrawn__isnull=True)
    return rows.select_related("assignment__case").order_by("created_at")


def flag_mark_seen(*, actor: User, flag: Flag) -> None:
    with transaction.atomic():
        _, made = FlagSeen.objects.get_or_create(flag=flag, defaults={"seen_by": actor})
        if made:
            audit.record(
                actor_id=actor.id,
                action="flag.seen",
                obj=flag,
                project_id=flag.assignment.case.project_id,
            )
