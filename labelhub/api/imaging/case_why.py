"""Why a case was offered when it was, to whom, and where it stands now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.views import Api
from labelhub.api.imaging.cases import CASE, OF_LABELS
from labelhub.imaging.models import Case, Split
from labelhub.imaging.services.exclusions import exclusions_in_force
from labelhub.learning.health import queue_health
from labelhub.learning.models import RankedCase
from labelhub.learning.selectors import ranking_in_force
from labelhub.projects.policies import may_see_model
from labelhub.reading.models import Assignment, CaseRound

BEGUN = "It is begun: it keeps its place until its reads are in, and no ranking moves it."
READ_FIRST = (
    "A data manager has put it first: it is offered before the ranking and before all other new cases."
)
COMPLETE = "All its reads are in. It waits for an adjudicator's decision and is offered to no further reader."
EXCLUDED_FOR_PATIENT = (
    "It is excluded: its patient was found to be another's, in another split. It is offered to nobody."
)
EXCLUDED = "{name} has excluded it on {day}: {reason} It is offered to nobody."
CLOSED = "It is read: its reads are in and it has its labels, so that no ranking holds it any more."


class OfferOutput(serializers.Serializer[Any]):
    reader = serializers.CharField()
    rule = serializers.ChoiceField(choices=Assignment.Rule.choices)
    state = serializers.ChoiceField(choices=Assignment.State.choices)
    queue_position = serializers.IntegerField(allow_null=True)
    reader_position = serializers.IntegerField()
    reserved_at = serializers.DateTimeField()
    model_number = serializers.IntegerField(allow_null=True)
    why = serializers.CharField(help_text="By what the model had put it there; empty without a ranking.")
    score = serializers.FloatField(allow_null=True)


class RankedOutput(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    why = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    probabilities = serializers.DictField(child=serializers.FloatField())
    acquisition = serializers.CharField()
    model_number = serializers.IntegerField()
    published_at = serializers.DateTimeField()


class WhyOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    split = serializers.ChoiceField(choices=Split.choices)
    offers = OfferOutput(many=True)
    ranking = RankedOutput(allow_null=True)
    message = serializers.CharField()


class CaseWhyApi(Api):
    policy = CASE
    subject: Case

    @extend_schema(responses=WhyOutput)
    def get(self, request: Request, case_id: UUID) -> Response:
        """Which rule offered the case to whom, and where it stands in the ranking in force."""
        case = self.subject
        offers = list(
            Assignment.objects.filter(case=case)
            .select_related("reader", "queue__ranking__scoring_run__model_version")
            .order_by("reserved_at", "id")
        )
        tells = may_see_model(case.project)
        placed = _placed(case, offers) if tells else {}
        ranking = _ranked(case) if tells else None
        return Response(
            WhyOutput(
                {
                    "id": case.id,
                    "label": case.name,
                    "split": case.split,
                    "offers": [_offer(row, placed.get(row.queue_id)) for row in offers],
                    "ranking": ranking,
                    "message": _sentence(case, ranking),
                }
            ).data
        )


def _placed(case: Case, offers: list[Assignment]) -> dict[UUID | None, RankedCase]:
    """Where the case stood in the rankings by which it was offered: they are kept when it is ranked no more."""
    queues = {row.queue_id for row in offers if row.queue_id is not None}
    rows = RankedCase.objects.filter(case=case, ranking__queue_id__in=queues).select_related("ranking")
    return {row.ranking.queue_id: row for row in rows}


def _offer(row: Assignment, placed: RankedCase | None) -> dict[str, Any]:
    ranking = getattr(row.queue, "ranking", None)
    return {
        "reader": row.reader.display_name or row.reader.username,
        "rule": row.rule,
        "state": row.state,
        "queue_position": row.queue_position,
        "reader_position": row.reader_position,
        "reserved_at": row.reserved_at,
        "model_number": ranking.scoring_run.model_version.number if ranking else None,
        "why": placed.why if placed else "",
        "score": placed.score if placed else None,
    }


def _ranked(case: Case) -> dict[str, Any] | None:
    ranking = ranking_in_force(case.project)
    row = RankedCase.objects.filter(ranking=ranking, case=case).first() if ranking else None
    if ranking is None or row is None:
        return None
    return {
        "position": row.position,
        "why": row.why,
        "score": row.score,
        "probabilities": row.probabilities,
        "acquisition": ranking.acquisition,
        "model_number": ranking.scoring_run.model_version.number,
        "published_at": ranking.created_at,
    }


def _excluded(case: Case) -> str:
    row = exclusions_in_force([case.id]).get(case.id)
    if row is None:
        return EXCLUDED_FOR_PATIENT
    name = row.excluded_by.display_name or row.excluded_by.username
    reason = row.reason if row.reason.endswith((".", "!", "?")) else f"{row.reason}."
    return EXCLUDED.format(name=name, day=row.excluded_at.date().isoformat(), reason=reason)


def _sentence(case: Case, ranking: dict[str, Any] | None) -> str:
    if case.split == Split.EXCLUDED:
        return _excluded(case)
    begun = CaseRound.objects.filter(OF_LABELS, case=case, begun_seq__isnull=False)
    case_round = begun.order_by("-round__number").first()
    if case_round is not None:
        if case_round.closed_at:
            return CLOSED
        return COMPLETE if case_round.n_submitted >= case_round.n_needed else BEGUN
    if case.split != Split.POOL:
        return f"A {case.split} case: never scored, offered in seeded random order between the pool cases."
    if CaseRound.objects.filter(case=case, round__number=1, read_first=True).exists():
        return READ_FIRST
    if ranking is None:
        return str(queue_health(case.project)["message"])
    return f"Position {ranking['position']} of the ranking by model {ranking['model_number']} ({ranking['why']})."
