"""Rounds: the standing one, those opened for some cases, and who reads in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Sum
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case, Split
from labelhub.projects.models import Membership, Project
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.reading.models import CaseRound, ReaderCursor, Round, WorklistState
from labelhub.reading.services.case_rounds import case_rounds_insert, slots_change_request
from labelhub.reading.services.locks import cursors_locked
from labelhub.reading.services.reservations import reservations_of_round_release

OPENED, CLOSED = "round.opened", "round.closed"


class Opened(NamedTuple):
    """A round, and whether this request made it: one that is sent again finds what the first one did."""

    round_: Round
    is_new: bool


def worklist_state(project: Project) -> WorklistState:
    """The project's standing round and its queue; both are made on first use."""
    state = WorklistState.objects.filter(project=project).first()
    if state is None:
        round_, _ = Round.objects.get_or_create(project=project, number=1)
        state, _ = WorklistState.objects.get_or_create(project=project, defaults={"round": round_})
    return state


def case_rounds_create(project: Project, cases: Iterable[Case]) -> int:
    """Give each case its slots in the standing round; a case that has them is left alone."""
    return round_fill(worklist_state(project).round, cases)


def round_fill(round_: Round, cases: Iterable[Case]) -> int:
    """Put cases into the round, each with as many slots as are wanted. Call in a transaction.

    A protocol that came into force meanwhile did not see them: once they can be seen, they follow it, too.
    """
    wanted = readers_wanted(round_)

    def follow() -> None:
        if readers_wanted(round_) != wanted:
            slots_change_request(round_.project_id)

    transaction.on_commit(follow)
    return case_rounds_insert(round_, cases, n_needed=wanted)


def further_round_fill(round_: Round, case_ids: Collection[UUID]) -> int:
    """Put these cases, as they now stand, into a further round; excluded ones are left out. Call in a transaction.

    Their rows are locked, so that none changes its split before its row of the round can be seen.
    """
    cases = Case.objects.select_for_update(no_key=True).filter(id__in=case_ids).exclude(split=Split.EXCLUDED)
    return round_fill(round_, list(cases.order_by("id")))


def readers_wanted(round_: Round) -> int:
    """How many reads each case of the round is to have."""
    return round_.readers_per_case or protocol_in_force(round_.project).readers_per_case


def cursors_create(project: Project, reader: User) -> bool:
    """Let her read in the open rounds that are for every reader. True: there was one that she did not know."""
    worklist_state(project)
    rounds = Round.objects.filter(project=project, for_all=True, closed_at__isnull=True)
    hers = ReaderCursor.objects.filter(round_id=OuterRef("pk"), reader=reader)
    new = list(rounds.exclude(Exists(hers)))
    ReaderCursor.objects.bulk_create(
        (ReaderCursor(round=round_, reader=reader) for round_ in new), ignore_conflicts=True
    )
    return bool(new)


def claims_wait(user_ids: Collection[UUID], project_id: UUID) -> None:
    """Their claims wait until commit, or are through. Who reads here without a cursor yet gets hers for it."""
    cursor = ReaderCursor.objects.filter(round__project_id=project_id, reader_id=OuterRef("user_id"))
    readers = Membership.objects.filter(project_id=project_id, role=Membership.Role.READER)
    new = readers.filter(user_id__in=user_ids).exclude(Exists(cursor)).select_related("project", "user")
    for membership in new.order_by("user_id"):
        cursors_create(membership.project, membership.user)
    cursors_locked(user_ids, project_id)


def place_take(reader: User, round_: Round, n: int = 1) -> int:
    """Her next place in her own order, for a case of the round that she has otherwise than by a claim.

    The first of them where she takes `n`. Call in a transaction, before anything that `locks.py` names after the
    cursors.
    """
    cursors_create(round_.project, reader)
    cursors_locked([reader.id], round_.project_id)
    hers = ReaderCursor.objects.filter(reader=reader, round__project=round_.project_id)
    hers.filter(round=round_).update(n_offered=F("n_offered") + n)
    return int(hers.aggregate(n=Sum("n_offered"))["n"]) - n + 1


def round_open(
    *,
    actor: User,
    project: Project,
    purpose: str,
    findings: Collection[str] | None = None,
    readers_per_case: int | None = None,
    readers: Collection[User] = (),
    not_before: datetime | None = None,
    cases: dict[str, Any] | None = None,
    client_uuid: UUID | None = None,
) -> Opened:
    """Open a further round, without cases yet. `readers`: none = every reader of the project.

    `cases` says for the audit trail how they will be chosen. `client_uuid` becomes the round's id: the same request
    sent again answers with the round that the first one opened.

    Raises InvalidContent for findings that the schema does not have, and for people who do not read here; Conflict
    `id_reused` for a known id with other content.
    """
    asked = {
        "purpose": purpose,
        "findings": sorted(findings) if findings is not None else None,
        "readers_per_case": readers_per_case,
        "readers": [str(user.id) for user in readers],
        "not_before": not_before.isoformat() if not_before else None,
        "cases": cases,
    }
    unknown = sorted(set(findings or ()) - set(schema_in_force(project).codes))
    if unknown or findings is not None and not findings:
        raise InvalidContent("Choose findings of the schema in force.", details={"unknown": unknown})
    members = Membership.objects.filter(project=project, role=Membership.Role.READER)
    strangers = {user.id for user in readers} - set(members.values_list("user_id", flat=True))
    if strangers:
        raise InvalidContent(
            "Choose readers of this project.", details={"unknown": sorted(map(str, strangers))}
        )
    with transaction.atomic():
        worklist_state(project)
        # The project's row is the lock of its round numbers.
        Project.objects.select_for_update(no_key=True).get(id=project.id)
        earlier = Round.objects.filter(id=client_uuid).first() if client_uuid else None
        if earlier is not None:
            _refuse_other_content(earlier, project, asked)
            return Opened(earlier, is_new=False)
        newest = Round.objects.filter(project=project).aggregate(top=Max("number"))["top"]
        round_ = Round.objects.create(
            id=client_uuid or uuid4(),
            project=project,
            number=newest + 1,
            purpose=purpose,
            findings=asked["findings"],
            readers_per_case=readers_per_case,
            for_all=not readers,
            not_before=not_before,
        )
        allowed = [user.id for user in readers] or members.values_list("user_id", flat=True)
        ReaderCursor.objects.bulk_create(ReaderCursor(round=round_, reader_id=pk) for pk in allowed)
        _record(actor, OPENED, round_, asked)
    return Opened(round_, is_new=True)


def is_opened(client_uuid: UUID | None) -> bool:
    """Whether a request with this id has opened a round."""
    return client_uuid is not None and Round.objects.filter(id=client_uuid).exists()


def _refuse_other_content(round_: Round, project: Project, asked: dict[str, Any]) -> None:
    """Raise Conflict `id_reused` unless the round was opened in this project by the same request."""
    opened = AuditEvent.objects.filter(
        action=OPENED, object_type=Round._meta.label_lower, object_id=str(round_.id)
    ).first()
    if round_.project_id != project.id or opened is None or opened.data != {"number": round_.number, **asked}:
        raise Conflict("This round's id was used before for other content.", code="id_reused")


def round_filled(round_: Round) -> None:
    """All its cases are in it: from now on it is closed when the last of them is."""
    Round.objects.filter(id=round_.id, filled_at__isnull=True).update(filled_at=timezone.now())


def round_close(*, actor: User | None, round_: Round) -> None:
    """Give out no slot of the round any more. What is being read goes on, what is only reserved is not opened.

    The standing round stays open.
    """
    if round_.is_standing:
        raise Conflict("The first round takes all imported cases: it stays open.", code="standing_round")
    with transaction.atomic():
        if Round.objects.filter(id=round_.id, closed_at__isnull=True).update(closed_at=timezone.now()):
            reservations_of_round_release(round_)
            _record(actor, CLOSED, round_, {})


def finished_rounds_close() -> None:
    """Close each further round that was filled and all of whose cases, but for excluded ones, are closed.

    So is one that got none: all of those chosen were excluded before it was filled.
    """
    waiting = CaseRound.objects.filter(round_id=OuterRef("pk"), closed_at__isnull=True).exclude(
        split=Split.EXCLUDED
    )
    further = Round.objects.filter(
        number__gt=1, closed_at__isnull=True, filled_at__isnull=False, project__deletion_asked_at=None
    )
    for round_ in further.exclude(Exists(waiting)):
        round_close(actor=None, round_=round_)


def finished_rounds_reopen() -> None:
    """Give out slots again in a round that closed by itself, when one of its cases asks a reader again.

    That is after an amendment to "not readable", or when an excluded case was brought back. A round that a person
    closed stays closed.
    """
    open_cases = CaseRound.objects.filter(round_id=OuterRef("pk"), n_open__gt=0, closed_at__isnull=True)
    # One partial index each: the two together would be looked for among all cases of every closed round.
    asked = Exists(open_cases.filter(begun_seq__isnull=False)) | Exists(
        open_cases.filter(begun_seq__isnull=True)
    )
    by_person = AuditEvent.objects.filter(action=CLOSED, actor_id__isnull=False)
    for round_ in Round.objects.filter(
        asked, number__gt=1, closed_at__isnull=False, project__deletion_asked_at=None
    ):
        if by_person.filter(object_type=Round._meta.label_lower, object_id=str(round_.id)).exists():
            continue
        with transaction.atomic():
            if Round.objects.filter(id=round_.id, closed_at__isnull=False).update(closed_at=None):
                _record(None, "round.reopened", round_, {})


def _record(actor: User | None, action: str, round_: Round, data: dict[str, Any]) -> None:
    audit.record(
        actor_id=actor.id if actor else None,
        action=action,
        obj=round_,
        project_id=round_.project_id,
        data={"number": round_.number, **data},
    )
