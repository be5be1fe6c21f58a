"""Writing one version of a read, and what follows: discordance, consensus, adjudication, training."""

from __future__ import annotations

from datetime import datetime

from labelhub.accounts.models import User
from labelhub.consensus.services.counted import n_unreadable
from labelhub.consensus.services.settle import settle_case, settled_under
from labelhub.core import audit
from labelhub.imaging.models import Case
from labelhub.imaging.split import needs_ai_hidden
from labelhub.learning.services import training_due_check
from labelhub.projects.models import LabelSchema, ReadingProtocol
from labelhub.projects.selectors import versions_in_force
from labelhub.reading.models import Assignment, CaseRound, Read
from labelhub.reading.services.assignments import assignment_advance
from labelhub.reading.services.case_rounds import read_count, slots_adjust, slots_of
from labelhub.reading.services.flags import unreadable_withdraw
from labelhub.reading.services.locks import case_round_locked
from labelhub.reading.services.rounds import readers_wanted
from labelhub.reading.services.store_read import newest_version, read_write
from labelhub.reading.submissions import Submission, protocol_of, schema_of


def write_read(
    actor: User,
    row: Assignment,
    submission: Submission,
    *,
    event: str,
    reason: str,
    now: datetime,
    ai_visible: bool = False,
) -> Read:
    """Write the read and settle its case. `ai_visible`: made elsewhere, with something of a model on the screen."""
    version = newest_version(row) + 1 if row.submitted_at else 1
    assignment_advance(row, event, submitted_at=row.submitted_at or now, lease_until=None)
    # Who has once read the case with the model's help has not read it without, whatever she amends.
    ai_visible = ai_visible or (version > 1 and Read.objects.filter(assignment=row, ai_visible=True).exists())
    read = read_write(
        submission,
        assignment=row,
        version=version,
        reason=reason,
        now=now,
        ai_visible=ai_visible,
    )
    if version > 1 and not read.is_not_readable:
        unreadable_withdraw(actor=actor, assignment=row)
    is_counted = version == 1 and counts(row.case, ai_visible=ai_visible)
    key = row.round_id, row.case_id
    case_round = read_count(*key, now) if is_counted else case_round_locked(*key)
    case_round.case, case_round.round = row.case, row.round
    audit.record(
        actor_id=actor.id,
        action="read.submitted" if version == 1 else "read.amended",
        obj=read,
        project_id=row.case.project_id,
        data={"assignment": str(row.id), "version": version, "sha256": read.document_sha256},
    )
    was_complete = version > 1 and case_round.n_submitted >= case_round.n_needed
    if version > 1 or read.is_not_readable or case_round.n_extra:
        _adjust(case_round, was_complete=was_complete)
    is_complete = case_round.n_submitted >= case_round.n_needed
    if is_complete or was_complete:
        schema, protocol = _settling_versions(case_round, row)
        if settle_case(case_round, schema=schema, protocol=protocol, is_complete=is_complete):
            training_due_check(row.case.project)
    return read


def _adjust(case_round: CaseRound, *, was_complete: bool) -> None:
    """Ask as many readers as the reads say. A closed case keeps its number of them, until it is asked again.

    Then it follows the number that came into force meanwhile, as the cases that were not closed did.
    """
    slots, unreadable = slots_of(case_round), n_unreadable(case_round)
    is_asked_again = was_complete and not slots.under(slots.n_wanted, unreadable).is_complete
    wanted = readers_wanted(case_round.round) if is_asked_again else None
    slots_adjust(case_round, unreadable, wanted=wanted)


def _settling_versions(case_round: CaseRound, row: Assignment) -> tuple[LabelSchema, ReadingProtocol]:
    """The versions that the case keeps; at its first settling those in force now, as its last read comes in.

    As a rule it was read under them, and they are at hand.
    """
    if case_round.settled_schema_id is not None:
        return settled_under(case_round)
    schema_id, protocol_id = versions_in_force(row.case.project_id)
    if (schema_id, protocol_id) == (row.schema_id, row.protocol_id):
        return schema_of(row), protocol_of(row)
    return LabelSchema.objects.get(id=schema_id), ReadingProtocol.objects.get(id=protocol_id)


def counts(case: Case, *, ai_visible: bool) -> bool:
    """Whether a read fills a slot. A test case needs its reads made with AI hidden (design invariant 6)."""
    return not (ai_visible and needs_ai_hidden(case.split))
