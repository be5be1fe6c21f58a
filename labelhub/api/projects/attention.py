"""What waits for the data manager: flags, late reads and the cases that readers hold, by one query.

Her page asks for it every few seconds while people read, so the three lists are one statement. PostgreSQL plans it anew
whenever it has counted one of its tables, which while people read is every minute: what is said of a row beside its
assignment is looked up by subqueries of one table each, since the time to plan grows with the tables that are joined.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case as CaseWhen
from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf

from labelhub.accounts.models import User
from labelhub.core.prepared import Prepared
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import (
    Assignment,
    Flag,
    FlagSeen,
    FlagWithdrawn,
    LateRead,
    LateReadDecision,
)
from labelhub.reading.seen_by import seen_by_reader

LIMIT = 50
LIMIT_DONE = 10
HAS_SEEN = "has_seen"
HELD = [Assignment.State.OPEN, Assignment.State.RETURNED]
NEVER = Value(None, output_field=DateTimeField())


class Row(NamedTuple):
    """One line of any list. `what` is a flag's kind, an assignment's state, or that a late reader has seen the case;
    what the times mean is the list's.
    """

    section: str
    id: UUID
    case: UUID
    number: int
    position: int
    reader: str
    what: str
    text: str
    at: datetime | None
    until: datetime | None
    back: datetime | None


def attention(project: Project) -> dict[str, list[dict[str, Any]]]:
    """The dashboard's `flags`, `late_reads` and `open_assignments`."""
    rows = [Row(*values) for values in LINES.tuples(project=project.id)]
    return {
        "flags": [_flag(row) for row in _in_order(rows)],
        "late_reads": [
            {**_line(row, "submitted_at", "accepted_at"), "has_seen": row.what == HAS_SEEN}
            for row in _newest(rows, "late")
            if row.at
        ],
        "open_assignments": [
            {**_line(row, "opened_at", "lease_until"), "state": row.what}
            for row in reversed(_newest(rows, "held"))
        ],
    }


def _flags(project: Any) -> QuerySet[Any, Any]:
    of_project = Flag.objects.filter(assignment__round__project_id=project)
    is_seen = Exists(FlagSeen.objects.filter(flag=OuterRef("id")))
    is_withdrawn = Exists(FlagWithdrawn.objects.filter(flag=OuterRef("id")))
    to_see = of_project.exclude(is_seen | is_withdrawn).order_by("-kind", "-created_at")[:LIMIT]
    done = of_project.filter(is_seen | is_withdrawn).order_by("-created_at")[:LIMIT_DONE]
    rows = Flag.objects.filter(Q(id__in=to_see.values("id")) | Q(id__in=done.values("id")))
    return _lines(
        rows, "flag", "assignment__", F("kind"), F("text"), F("created_at"),
        _of(FlagSeen, F("seen_at"), flag="id"), _of(FlagWithdrawn, F("withdrawn_at"), flag="id"),
    )  # fmt: skip


def _late_reads(project: Any) -> QuerySet[Any, Any]:
    of_project = LateRead.objects.filter(assignment__round__project_id=project)
    is_decided = Exists(LateReadDecision.objects.filter(late_read=OuterRef("id")))
    to_decide = of_project.exclude(is_decided).order_by("-submitted_at")[:LIMIT]
    decided = of_project.filter(is_decided).order_by("-submitted_at")[:LIMIT_DONE]
    rows = LateRead.objects.filter(Q(id__in=to_decide.values("id")) | Q(id__in=decided.values("id")))
    is_seen = seen_by_reader(reader="assignment__reader_id", case="assignment__case_id", by="submitted_at")
    has_seen = CaseWhen(When(is_seen, then=Value(HAS_SEEN)), default=Value(""), output_field=CharField())
    return _lines(
        rows, "late", "assignment__", has_seen, Value(""), F("submitted_at"),
        _of(LateReadDecision, F("accepted_at"), late_read="id"), NEVER,
    )  # fmt: skip


def _held(project: Any) -> QuerySet[Any, Any]:
    """Longest held first."""
    longest = Assignment.objects.filter(round__project_id=project, state__in=HELD).order_by("opened_at")[
        :LIMIT
    ]
    rows = Assignment.objects.filter(id__in=longest.values("id"))
    return _lines(rows, "held", "", F("state"), Value(""), F("opened_at"), F("lease_until"), NEVER)


def _lines(rows: QuerySet[Any], section: str, to_assignment: str, *columns: Any) -> QuerySet[Any, Any]:
    """The columns of `Row`; a union of them has the types of the first."""
    what, text, at, until, back = columns
    name = Coalesce(NullIf(F("display_name"), Value("")), F("username"))
    return (
        rows.order_by()
        .annotate(
            row_section=Value(section, output_field=CharField()),
            row_case=F(f"{to_assignment}case_id"),
            row_number=_of(Case, F("number"), id=f"{to_assignment}case_id"),
            row_position=F(f"{to_assignment}reader_position"),
            row_reader=_of(User, name, id=f"{to_assignment}reader_id"),
            row_what=Coalesce(what, Value(""), output_field=CharField()),
            row_text=Coalesce(text, Value(""), output_field=TextField()),
            row_at=at,
            row_until=until,
            row_back=back,
        )
        .values_list(*("id" if name == "id" else f"row_{name}" for name in Row._fields))
    )


def _of(model: type[Model], value: Any, **by: str) -> Subquery:
    """What the one row of `model` holds whose column is equal to the named field of the line; NULL without one."""
    rows = model._default_manager.filter(**{column: OuterRef(name) for column, name in by.items()})
    return Subquery(rows.order_by().values_list(value))


LINES = Prepared(
    lambda project: _flags(project).union(_late_reads(project), _held(project), all=True), project=UUIDField()
)


def _in_order(rows: list[Row]) -> list[Row]:
    """Flags to look at first, urgent ones before the others, newest first; then those seen or taken back."""
    flags = _newest(rows, "flag")
    to_see = [row for row in flags if not (row.until or row.back)]
    to_see.sort(key=lambda row: row.what, reverse=True)
    return to_see + [row for row in flags if row.until or row.back]


def _newest(rows: list[Row], section: str) -> list[Row]:
    return sorted((row for row in rows if row.section == section), key=lambda row: str(row.at), reverse=True)


def _flag(row: Row) -> dict[str, Any]:
    line = _line(row, "created_at", "seen_at")
    return {**line, "kind": row.what, "text": row.text, "case": row.case, "withdrawn_at": row.back}


def _line(row: Row, at: str, until: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": Case(number=row.number).name,
        "reader": row.reader,
        "reader_position": row.position,
        at: row.at,
        until: row.until,
    }
