"""Giving chosen cases to chosen readers: counted first, then done. No case gets more readers than it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core.errors import InvalidContent, NotFound
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, Round
from labelhub.reading.services.assigning import WhyNot, assign, barred, refuse_reader
from labelhub.reading.services.case_rounds import Slot, begun_slot_take, slot_begin
from labelhub.reading.services.locks import round_locked
from labelhub.reading.services.reservations import reservations_give_up
from labelhub.reading.services.rounds import claims_wait, place_take
from labelhub.workflows.reading.choose_cases import cases_named

MOST_NUMBERS, MOST_READERS, MOST_AT_ONCE = 500, 20, 1_000
CHUNK = 50
"""Cases a transaction: nobody waits long for the round."""


@dataclass
class Given:
    """What one reader gets, and what not: numbers of cases, in their order."""

    reader: User
    numbers: list[int] = field(default_factory=list)
    refused: dict[WhyNot, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Choosing:
    """Which cases, of which round, for whom: where a case has fewer free slots than readers, for the first of them."""

    numbers: tuple[int, ...]
    readers: tuple[User, ...]
    round_number: int = 1


def assign_preview(project: Project, choosing: Choosing) -> list[Given]:
    """What `assign_cases` would do now. Raises as it does."""
    round_, cases = _chosen(project, choosing)
    rows = _rows(round_, cases)
    free = {row.case_id: row.n_open for row in rows.values()}
    told = []
    for reader in choosing.readers:
        given = Given(reader)
        for case, reason in _reasons(reader, round_, cases, rows, free):
            _note(given, case, reason)
            if reason is None:
                free[case.id] -= 1
        told.append(given)
    return told


def assign_cases(*, actor: User, project: Project, choosing: Choosing) -> list[Given]:
    """Reserve the cases for the readers, before all that is new to them. Sent again, it gives what was not given.

    Raises InvalidContent `too_many`, `unknown_cases`, `not_a_reader`, NotFound for the round, Conflict as
    `refuse_reader`.
    """
    round_, cases = _chosen(project, choosing)
    told = []
    for reader in choosing.readers:
        given = Given(reader)
        for start in range(0, len(cases), CHUNK):
            _assign_some(actor, round_.id, cases[start : start + CHUNK], given)
        told.append(given)
    return told


def assigned_withdraw(*, actor: User, project: Project, reader_id: UUID) -> None:
    """Take back all that was chosen for her and that she has not opened."""
    with transaction.atomic():
        chosen = {"round__project": project, "rule": Assignment.Rule.ASSIGNED}
        reservations_give_up([reader_id], actor=actor, **chosen)


def _chosen(project: Project, choosing: Choosing) -> tuple[Round, list[Case]]:
    if len(choosing.numbers) * len(choosing.readers) > MOST_AT_ONCE:
        raise InvalidContent(
            f"At most {MOST_AT_ONCE:,} cases are given out at once. Choose fewer cases or readers.",
            code="too_many",
        )
    round_ = Round.objects.filter(project=project, number=choosing.round_number).first()
    if round_ is None:
        raise NotFound()
    for reader in choosing.readers:
        refuse_reader(reader, round_)
    readable = Case.objects.filter(project=project, current_version__isnull=False)
    return round_, list(cases_named(readable, choosing.numbers).order_by("number"))


def _assign_some(actor: User, round_id: UUID, cases: list[Case], given: Given) -> None:
    """In the order of `locks.py`: her cursors, the round, the cases' rows."""
    reader = given.reader
    with transaction.atomic():
        round_ = Round.objects.get(id=round_id)
        claims_wait([reader.id], round_.project_id)
        round_ = round_locked(round_id)
        refuse_reader(reader, round_)
        rows = _rows(round_, cases, is_locked=True)
        free = {row.case_id: row.n_open for row in rows.values()}
        reasons = list(_reasons(reader, round_, cases, rows, free))
        place = place_take(reader, round_, sum(reason is None for _, reason in reasons))
        for case, reason in reasons:
            _note(given, case, reason)
            if reason is None:
                slot = Slot.of(rows[case.id])
                taken = begun_slot_take(round_id, case.id) if slot.is_begun else slot_begin(round_, slot)
                assert taken, "the case's row is locked"
                assign(actor=actor, reader=reader, round_=round_, slot=slot, position=place)
                place += 1


def _rows(round_: Round, cases: Sequence[Case], *, is_locked: bool = False) -> dict[UUID, CaseRound]:
    rows = CaseRound.objects.filter(round=round_, case_id__in=[case.id for case in cases])
    if is_locked:
        rows = rows.select_for_update(no_key=True).order_by("case_id")
    return {row.case_id: row for row in rows}


def _reasons(
    reader: User, round_: Round, cases: Sequence[Case], rows: dict[UUID, CaseRound], free: dict[UUID, int]
) -> Iterator[tuple[Case, WhyNot | None]]:
    """Each case with why she cannot have it, or None."""
    why_not = barred(reader, round_, list(rows.values()))
    for case in cases:
        if case.id not in rows:
            yield case, WhyNot.NOT_IN_ROUND
        elif case.id in why_not or free[case.id] > 0:
            yield case, why_not.get(case.id)
        else:
            yield case, WhyNot.NO_FREE_SLOT


def _note(given: Given, case: Case, reason: WhyNot | None) -> None:
    numbers = given.numbers if reason is None else given.refused.setdefault(reason, [])
    numbers.append(case.number)
