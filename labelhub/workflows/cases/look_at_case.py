"""Somebody who steers the project looks at what was said of a case: on record, and she is not offered it any more."""

from __future__ import annotations

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication, AdjudicationDecision
from labelhub.consensus.record import CaseRecord, case_record
from labelhub.core import audit
from labelhub.core.errors import Conflict
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case, CaseExclusion, CaseVersion, Correction
from labelhub.reading.models import Assignment, CaseRound, Flag, LateRead, Read, Seen
from labelhub.reading.services.seen import cases_seen

VIEWED = "case.viewed"
MOST_EVENTS = 500
READS_NOW = (Assignment.State.OPEN, Assignment.State.RETURNED)


def look_at_record(*, actor: User, case: Case) -> CaseRecord:
    """All that was said of the case. Raises Conflict `reading_now` while she reads it herself."""
    with transaction.atomic():
        _look(actor, case, "record")
        return case_record(case)


def look_at_history(*, actor: User, case: Case) -> list[AuditEvent]:
    """What happened to the case and to all that belongs to it, newest first, the last `MOST_EVENTS`.

    That an adjudication was opened tells what its readers said: raises as `look_at_record`.
    """
    with transaction.atomic():
        _look(actor, case, "history")
    rows = AuditEvent.objects.none()
    for model, ids in _parts(case).items():
        rows = rows | AuditEvent.objects.filter(object_type=model, object_id__in=ids)
    return list(rows.order_by("-id")[:MOST_EVENTS])


def _look(actor: User, case: Case, what: str) -> None:
    """Keep the look. Her claims wait, or are through, when it is asked whether she reads the case."""
    cases_seen(actor, case.project_id, [case.id], Seen.CASE)
    if Assignment.objects.filter(case=case, reader=actor, state__in=READS_NOW).exists():
        raise Conflict(
            "You are reading this case now. Submit it or give it back before you look at what others said.",
            code="reading_now",
        )
    audit.record(actor_id=actor.id, action=VIEWED, obj=case, project_id=case.project_id, data={"what": what})


def _parts(case: Case) -> dict[str, list[str]]:
    """{kind of object: ids} of the rows that an audit event about this case may name."""
    querysets = (
        Case.objects.filter(id=case.id),
        CaseVersion.objects.filter(case=case),
        CaseExclusion.objects.filter(case=case),
        Correction.objects.filter(case=case),
        CaseRound.objects.filter(case=case),
        Assignment.objects.filter(case=case),
        Read.objects.filter(assignment__case=case),
        LateRead.objects.filter(assignment__case=case),
        Flag.objects.filter(assignment__case=case),
        Adjudication.objects.filter(case_round__case=case),
        AdjudicationDecision.objects.filter(adjudication__case_round__case=case),
    )
    return {
        rows.model._meta.label_lower: [str(pk) for pk in rows.values_list("pk", flat=True)]
        for rows in querysets
    }
