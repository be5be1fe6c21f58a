"""What each person of a project has in hand: how many cases, and which. Nothing of what she says of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_OF_PROJECT
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import NotFound
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, ReadDraft

S = Assignment.State
IN_HAND = (S.RETURNED, S.OPEN, S.RESERVED)
NUMBERS = ("n_open", "n_reserved", "n_returned", "n_skipped", "n_adjudications", "oldest_at")
MOST_COUNTED = 100
PAGE = 100
MAY = {S.OPEN: ["release", "hand_over"], S.RESERVED: ["release"], S.RETURNED: []}


class MemberWork(serializers.Serializer[Any]):
    """The numbers stop at 100."""

    user = serializers.UUIDField()
    n_open = serializers.IntegerField()
    n_reserved = serializers.IntegerField()
    n_returned = serializers.IntegerField(help_text="Sent back to her with a question.")
    n_skipped = serializers.IntegerField()
    n_adjudications = serializers.IntegerField(help_text="Claimed by her, not decided.")
    oldest_at = serializers.DateTimeField(
        allow_null=True, help_text="When she opened what she has open longest."
    )


class MemberWorkList(serializers.Serializer[Any]):
    results = MemberWork(many=True)


class CaseInHand(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Of the assignment.")
    case = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    reader_position = serializers.IntegerField(help_text="The case's number in this reader's own order.")
    round = serializers.IntegerField()
    state = serializers.ChoiceField(choices=S.choices)
    is_assigned = serializers.BooleanField(help_text="A data manager has chosen it for her.")
    since = serializers.DateTimeField(help_text="When it was opened, or reserved for her.")
    draft_saved_at = serializers.DateTimeField(allow_null=True)
    lease_until = serializers.DateTimeField(allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.ChoiceField(choices=["release", "hand_over"]))


class AdjudicationInHand(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    lease_until = serializers.DateTimeField(allow_null=True)


class WorkInHand(serializers.Serializer[Any]):
    cases = CaseInHand(many=True, help_text="Oldest first, a hundred at most.")
    is_more = serializers.BooleanField()
    adjudications = AdjudicationInHand(many=True)


class MembersWorkApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(operation_id="projects_members_work_list", responses=MemberWorkList)
    def get(self, request: Request, slug: str) -> Response:
        """How many cases each member has in hand."""
        return Response({"results": list(_numbers(self.subject))})


class MemberWorkApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(responses=WorkInHand)
    def get(self, request: Request, slug: str, user_id: UUID) -> Response:
        """What one member has in hand: which cases, and since when."""
        if not self.subject.memberships.filter(user_id=user_id).exists():
            raise NotFound()
        rows = list(_in_hand(self.subject, user_id)[: PAGE + 1])
        claimed = Adjudication.objects.filter(
            project=self.subject, state=Adjudication.State.CLAIMED, adjudicator_id=user_id
        ).select_related("case_round__case")
        return Response(
            {
                "cases": [_case(row) for row in rows[:PAGE]],
                "is_more": len(rows) > PAGE,
                "adjudications": [
                    {"id": row.id, "label": row.case_round.case.name, "lease_until": row.lease_until}
                    for row in claimed.order_by("lease_until")[:PAGE]
                ],
            }
        )


class UpTo(Subquery):
    """How many rows a query has; what it is cut to bounds what is counted."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _numbers(project: Project) -> QuerySet[Any, dict[str, Any]]:
    """For each member, by the index of a reader's cases by state: as many look-ups as there are people and rounds."""
    hers = Assignment.objects.filter(round_id__in=_rounds(project), reader=OuterRef("pk"))
    claimed = Adjudication.objects.filter(
        project=project, state=Adjudication.State.CLAIMED, adjudicator=OuterRef("pk")
    )
    longest = hers.filter(state__in=[S.OPEN, S.RETURNED]).order_by("opened_at").values("opened_at")[:1]
    people = User.objects.filter(id__in=project.memberships.values("user_id")).order_by("username")
    return people.annotate(
        n_open=_up_to(hers.filter(state=S.OPEN)),
        n_reserved=_up_to(hers.filter(state=S.RESERVED)),
        n_returned=_up_to(hers.filter(state=S.RETURNED)),
        n_skipped=_up_to(hers.filter(state=S.SKIPPED)),
        n_adjudications=_up_to(claimed),
        oldest_at=Subquery(longest),
    ).values(*NUMBERS, user=F("pk"))


def _up_to(rows: QuerySet[Any]) -> UpTo:
    return UpTo(rows.order_by().values("id")[:MOST_COUNTED])


def _in_hand(project: Project, user_id: UUID) -> QuerySet[Assignment]:
    draft = ReadDraft.objects.filter(assignment=OuterRef("pk")).values("updated_at")
    hers = Assignment.objects.filter(round_id__in=_rounds(project), reader_id=user_id, state__in=IN_HAND)
    rows = hers.select_related("case", "round").annotate(draft_saved_at=Subquery(draft))
    return rows.order_by("reserved_at", "reader_position")


def _rounds(project: Project) -> list[UUID]:
    return list(project.rounds.values_list("id", flat=True))


def _case(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "case": row.case_id,
        "label": row.case.name,
        "reader_position": row.reader_position,
        "round": row.round.number,
        "state": row.state,
        "is_assigned": row.rule == Assignment.Rule.ASSIGNED,
        "since": row.opened_at or row.reserved_at,
        "draft_saved_at": row.draft_saved_at,
        "lease_until": row.lease_until,
        "allowed_actions": MAY[row.state],
    }
