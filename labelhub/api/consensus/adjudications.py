"""Adjudication: the list of discordant cases, and what an adjudicator does with one."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.consensus.adjudication_view import AdjudicationOutput, adjudication_name, adjudication_view
from labelhub.api.http.pagination import checked_query, decode_time_cursor, encode_cursor
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.reading.documents import JSONObject, StrictSerializer
from labelhub.consensus.models import Adjudication, Discordance
from labelhub.consensus.policies import adjudication_actions, adjudication_for
from labelhub.consensus.visibility import adjudications_for, adjudications_to_claim
from labelhub.core.errors import Malformed
from labelhub.imaging.models import Split
from labelhub.projects.policies import ADJUDICATOR, project_for
from labelhub.reading.models import Seen
from labelhub.reading.services.seen import cases_seen
from labelhub.workflows.consensus import adjudicate
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from labelhub.workflows.reading import ask_reader

ADJUDICATOR_OF_PROJECT = Policy(
    "adjudicator of the project",
    lambda user, method, kwargs: project_for(user, kwargs["slug"], {ADJUDICATOR}),
)
ADJUDICATION = Policy(
    "adjudicator of the case's project",
    lambda user, method, kwargs: adjudication_for(user, kwargs["adjudication_id"]),
)
PAGE = 50
MINE = "mine"
NEEDS_NO_DECISION = Q(
    case_round__split=Split.EXCLUDED, state__in=[Adjudication.State.OPEN, Adjudication.State.WAITING]
)
"""Of an excluded case, nobody is asked any more; what was decided or is being decided stays on the list."""


class DiscordanceOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Discordance.Kind.choices)
    gap = serializers.CharField()
    iou = serializers.FloatField(allow_null=True)


class AdjudicationRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    findings = DiscordanceOutput(many=True)
    state = serializers.ChoiceField(choices=Adjudication.State.choices)
    age_days = serializers.FloatField()
    allowed_actions = serializers.ListField(child=serializers.CharField())


class AdjudicationListApi(Api):
    policy = ADJUDICATOR_OF_PROJECT

    @extend_schema(
        responses=inline_serializer(
            "AdjudicationPage",
            {"results": AdjudicationRow(many=True), "next": serializers.CharField(allow_null=True)},
        ),
        parameters=[
            *(OpenApiParameter(name, str) for name in ("finding", "cursor")),
            OpenApiParameter("state", str, description=f"`{MINE}`: those that she is deciding."),
        ],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Cases whose reads differ, longest waiting first. What differs in them counts as seen."""
        query = checked_query(request.query_params, {"finding", "state", "cursor"})
        rows = adjudications_for(self.user).filter(~NEEDS_NO_DECISION, project=self.subject)
        if state := query.get("state"):
            rows = rows.filter(_in_state(state, self.user))
        if finding := query.get("finding"):
            of_case = Discordance.objects.filter(case_round_id=OuterRef("case_round_id"), finding=finding)
            rows = rows.filter(Exists(of_case.filter(needs_adjudication=True)))
        if position := decode_time_cursor(query.get("cursor")):
            when, pk = position
            rows = rows.filter(created_at__gte=when).exclude(created_at=when, id__lte=pk)
        page = list(
            rows.select_related("case_round__case")
            .prefetch_related("case_round__discordances", "decisions")
            .order_by("created_at", "id")[: PAGE + 1]
        )
        # In which findings its reads differ is something of a case's reads.
        listed = [row.case_round.case_id for row in page[:PAGE]]
        cases_seen(self.user, self.subject.id, listed, Seen.ADJUDICATION)
        last = page[PAGE - 1] if len(page) > PAGE else None
        return Response(
            {
                "results": [_row(row, self.user) for row in page[:PAGE]],
                "next": encode_cursor([last.created_at.isoformat(), last.id]) if last else None,
            }
        )


class AdjudicationsWaitingApi(Api):
    """How many cases wait for her. A number says nothing of any case's reads, so that nothing is noted as seen."""

    policy = ADJUDICATOR_OF_PROJECT

    @extend_schema(
        responses=inline_serializer(
            "AdjudicationsWaiting",
            {
                "n": serializers.IntegerField(help_text=f"Cases that she may claim, counted up to {PAGE}."),
                "is_more": serializers.BooleanField(),
            },
        )
    )
    def get(self, request: Request, slug: str) -> Response:
        rows = adjudications_to_claim(self.user).filter(project=self.subject)
        n = rows.values("id")[: PAGE + 1].count()
        return Response({"n": min(n, PAGE), "is_more": n > PAGE})


def _in_state(state: str, user: User) -> Q:
    if state == MINE:
        return Q(state=Adjudication.State.CLAIMED, adjudicator=user)
    if state not in Adjudication.State.values:
        raise Malformed("There is no such state.", code="unknown_filter")
    return Q(state=state)


class AdjudicationNextApi(Api):
    policy = ADJUDICATOR_OF_PROJECT

    @extend_schema(
        request=None,
        responses=inline_serializer(
            "NextAdjudication",
            {
                "adjudication": inline_serializer(
                    "ClaimedAdjudication", {"id": serializers.UUIDField()}, allow_null=True
                )
            },
        ),
    )
    def post(self, request: Request, slug: str) -> Response:
        """The case that she has claimed, else she claims the one that waits longest. Null: nothing waits."""
        row = adjudicate.claim_next_adjudication(actor=self.user, project=self.subject)
        return Response({"adjudication": {"id": row.id} if row else None})


class AdjudicationApi(Api):
    """Base: `self.subject` is an adjudication of a project in which the person adjudicates."""

    policy = ADJUDICATION
    subject: Adjudication


class AdjudicationDetailApi(AdjudicationApi):
    """The case with its reads, for whoever holds the claim or may claim it."""

    @extend_schema(responses=AdjudicationOutput)
    def get(self, request: Request, adjudication_id: str) -> Response:
        adjudicate.view_adjudication(actor=self.user, adjudication=self.subject)
        return Response(adjudication_view(self.subject, self.user))


class AdjudicationClaimApi(AdjudicationApi):
    @extend_schema(request=None, responses=AdjudicationOutput)
    def post(self, request: Request, adjudication_id: str) -> Response:
        """Claim this case; nobody else decides it meanwhile."""
        adjudicate.claim_adjudication(actor=self.user, adjudication=self.subject)
        self.subject.refresh_from_db(fields=["state", "lease_until", "adjudicator"])
        return Response(adjudication_view(self.subject, self.user))


class AdjudicationHeartbeatApi(AdjudicationApi):
    @extend_schema(
        request=None,
        responses=inline_serializer(
            "AdjudicationHeartbeat", {"lease_until": serializers.DateTimeField(allow_null=True)}
        ),
    )
    def post(self, request: Request, adjudication_id: str) -> Response:
        """Keep the claim."""
        row = adjudicate.adjudication_heartbeat(actor=self.user, adjudication=self.subject)
        return Response({"lease_until": row.lease_until})


class DecisionInput(StrictSerializer):
    finding = serializers.CharField(max_length=64)
    value = serializers.CharField(max_length=12, help_text="A value of the finding's answer type.")
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    annotations = serializers.ListField(child=JSONObject(), default=list, max_length=200)


class DecideInput(StrictSerializer):
    client_uuid = serializers.UUIDField()
    decisions = DecisionInput(many=True)


class AdjudicationDecideApi(AdjudicationApi):
    @extend_schema(
        request=DecideInput,
        responses=inline_serializer(
            "Decided",
            {
                "id": serializers.UUIDField(),
                "state": serializers.ChoiceField(choices=Adjudication.State.choices),
            },
        ),
    )
    def post(self, request: Request, adjudication_id: str) -> Response:
        """Decide each finding that waits for it, or correct the last decision, and settle the case."""
        data = DecideInput(data=request.data)
        data.is_valid(raise_exception=True)
        row = decide_adjudication(
            actor=self.user,
            adjudication=self.subject,
            client_uuid=data.validated_data["client_uuid"],
            decisions=[FindingDecision(**decision) for decision in data.validated_data["decisions"]],
        )
        return Response({"id": row.id, "state": row.state})


class AdjudicationReleaseApi(AdjudicationApi):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, adjudication_id: str) -> Response:
        """Give the claimed case back, undecided."""
        adjudicate.release_adjudication(actor=self.user, adjudication=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReturnInput(StrictSerializer):
    label = serializers.CharField(max_length=8)  # type: ignore[assignment]
    note = serializers.CharField(max_length=500)


class AdjudicationReturnApi(AdjudicationApi):
    @extend_schema(request=ReturnInput, responses={204: None})
    def post(self, request: Request, adjudication_id: str) -> Response:
        """Send a question back to the reader whose read has the label."""
        data = ReturnInput(data=request.data)
        data.is_valid(raise_exception=True)
        ask_reader.return_to_reader(
            actor=self.user,
            adjudication=self.subject,
            letter=data.validated_data["label"],
            note=data.validated_data["note"],
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class AdjudicationRecallApi(AdjudicationApi):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, adjudication_id: str) -> Response:
        """Take the case back from a reader who was asked and does not answer."""
        ask_reader.recall_from_reader(actor=self.user, adjudication=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _row(row: Adjudication, user: Any) -> dict[str, Any]:
    decided = {decision.finding for decision in row.decisions.all()}
    return {
        "id": row.id,
        "label": adjudication_name(row),
        "state": row.state,
        "allowed_actions": adjudication_actions(row, user),
        "age_days": round((timezone.now() - row.created_at).total_seconds() / 86400, 2),
        "findings": [
            {"code": item.finding, "kind": item.kind, "gap": item.gap, "iou": item.best_iou}
            for item in row.case_round.discordances.all()
            if item.needs_adjudication or item.finding in decided
        ],
    }
