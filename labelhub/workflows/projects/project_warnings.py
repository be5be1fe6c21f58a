"""What keeps a project from being finished: sentences for its manager, made in the background with the statistics."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case as CaseWhen
from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from labelhub.core.words import counted, was
from labelhub.imaging.models import ImportBatch
from labelhub.projects.absences import is_away
from labelhub.projects.models import Membership, Project
from labelhub.projects.selectors import finding_rule, protocol_in_force, schema_in_force
from labelhub.reading.models import Assignment, CaseRound, CaseSeen, ReaderCursor, Round, RoundSeen
from labelhub.reading.seen_by import in_downloads

Role = Membership.Role
People = dict[str, set[UUID]]
"""{role: ids of those who hold it}"""
RECENT = timedelta(days=30)
COLUMNS_NAMED = 12
CASES_A_QUERY = 500
TAKEN = (*Assignment.HOLDS_SLOT, Assignment.State.SKIPPED)


def project_warnings(project: Project) -> list[str]:
    """A sentence for each thing that the project's people cannot do as they are."""
    active = Membership.objects.filter(project=project, user__is_active=True)
    people, away = _by_role(active.exclude(_away())), _by_role(active.filter(_away()))
    return [
        *(_too_few_readers(project, people, away) or _nobody_left_for(project, people[Role.READER])),
        *_nobody_adjudicates(project, people, away),
        *_left_out_by_imports(project),
    ]


def _by_role(memberships: QuerySet[Membership]) -> People:
    people: People = {role: set() for role in Role.values}
    for role, user_id in memberships.values_list("role", "user_id"):
        people[role].add(user_id)
    return people


def _away() -> Exists:
    """Of a membership: its person is paused, or on leave."""
    return is_away(timezone.now(), user=OuterRef("user_id"), project=OuterRef("project_id"))


def _too_few_readers(project: Project, people: People, away: People) -> list[str]:
    wanted, there = protocol_in_force(project).readers_per_case, len(people[Role.READER])
    if there >= wanted:
        return []
    has = f"has {counted(there, 'reader')}" if there else "has no reader"
    gone = f" who is here ({len(away[Role.READER])} paused or on leave)" if away[Role.READER] else ""
    return [
        f"The protocol asks for {counted(wanted, 'read')} of each case and the project {has}{gone}: no case can be "
        "completed. Add readers, or ask for fewer reads."
    ]


def _nobody_left_for(project: Project, readers: set[UUID]) -> list[str]:
    """Begun cases with more free slots than there are readers whom their round would still offer them to."""
    ids = list(_may_lack_readers(project, readers).values_list("id", flat=True))
    n_left = _readers_left().order_by().values("project").annotate(n=Count("id")).values("n")
    left = Coalesce(Subquery(n_left, output_field=IntegerField()), 0)
    n = 0
    for start in range(0, len(ids), CASES_A_QUERY):
        rows = CaseRound.objects.filter(id__in=ids[start : start + CASES_A_QUERY])
        n += rows.annotate(n_left=left).filter(n_open__gt=F("n_left")).count()
    if not n:
        return []
    cannot = "1 begun case cannot" if n == 1 else f"{n:,} begun cases cannot"
    return [
        f"{cannot} be completed: reads are still asked for, and every reader of the round has read or skipped "
        "it, has seen others' reads of it, or is away. Add a reader."
    ]


def _may_lack_readers(project: Project, readers: set[UUID]) -> QuerySet[CaseRound]:
    """By counts of a case's own few rows, which take a reader for two who has both read it and seen others' reads."""
    begun = CaseRound.objects.filter(
        round__project=project, round__closed_at__isnull=True, n_open__gt=0, begun_seq__isnull=False
    )
    asked = CaseWhen(
        When(round__for_all=True, then=Value(len(readers))),
        default=_n(ReaderCursor.objects.filter(round=OuterRef("round"), reader__in=readers), "round"),
    )
    taken = Assignment.objects.filter(
        round=OuterRef("round"), case=OuterRef("case"), reader__in=readers, state__in=TAKEN
    )
    pages = CaseSeen.objects.filter(case=OuterRef("case"), user__in=readers)
    downloads = RoundSeen.objects.filter(round__project=project, user__in=readers).count()
    gone = _n(taken, "case") + _n(pages, "case") + downloads
    return begun.annotate(n_least=asked - gone).filter(n_open__gt=F("n_least"))


def _n(rows: QuerySet[Any], by: str) -> Any:
    counted_rows = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted_rows, output_field=IntegerField()), 0)


def _readers_left() -> QuerySet[Membership]:
    """Readers of the outer row's round who are here, and have neither had its case nor seen others' reads of it."""
    case, round_ = OuterRef(OuterRef("case")), OuterRef(OuterRef("round"))
    taken = Assignment.objects.filter(
        round=round_,
        case=case,
        reader=OuterRef("user"),
        state__in=TAKEN,
    )
    pages = CaseSeen.objects.filter(user=OuterRef("user"), case=case)
    downloads = in_downloads(OuterRef("user")).filter(case=case)
    reads_in_it = Exists(ReaderCursor.objects.filter(round=round_, reader=OuterRef("user"))) | Exists(
        Round.objects.filter(id=round_, for_all=True)
    )
    readers = Membership.objects.filter(
        project=OuterRef("round__project"), role=Role.READER, user__is_active=True
    )
    return readers.filter(reads_in_it, ~_away(), ~Exists(taken), ~Exists(pages), ~Exists(downloads))


def _nobody_adjudicates(project: Project, people: People, away: People) -> list[str]:
    protocol = protocol_in_force(project)
    codes = schema_in_force(project).codes
    if protocol.readers_per_case < 2 or not any(
        finding_rule(protocol, code)["rule"] == "adjudicate" for code in codes
    ):
        return []
    adjudicators = people[Role.ADJUDICATOR]
    if not adjudicators:
        here = " who is here" if away[Role.ADJUDICATOR] else ""
        return [
            f"Differences between readers go to an adjudicator and the project has none{here}: such cases stay open. "
            "Add an adjudicator, or let another rule decide."
        ]
    enough = len(people[Role.READER] - adjudicators) >= protocol.readers_per_case
    if adjudicators <= people[Role.READER] and not protocol.adjudicate_own_reads and not enough:
        return [
            "Every adjudicator reads in this project, and the protocol lets nobody decide a case of her own: cases "
            "that all of them have read stay open. Add an adjudicator who does not read."
        ]
    return []


def _left_out_by_imports(project: Project) -> list[str]:
    """What the imports of the last weeks left out."""
    recent = ImportBatch.objects.filter(project=project, finished_at__gt=timezone.now() - RECENT)
    n_rejected, columns = 0, set()
    for options in recent.values_list("options", flat=True):
        n_rejected += options.get("n_rejected", 0)
        columns.update(options.get("ignored_columns", []))
    sentences = []
    if n_rejected:
        sentences.append(
            f"{counted(n_rejected, 'file')} of recent imports {was(n_rejected)} rejected: the import page says which "
            "and why."
        )
    if columns:
        names = ", ".join(sorted(columns)[:COLUMNS_NAMED])
        sentences.append(
            f"{counted(len(columns), 'column')} of label tables {was(len(columns))} left out, since the schema has no "
            f"such finding: {names}{' ...' if len(columns) > COLUMNS_NAMED else ''}. Add what is meant to the schema "
            "and import the table again."
        )
    return sentences
