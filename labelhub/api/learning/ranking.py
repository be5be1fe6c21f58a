"""The published ranking: why each case is where it is."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.pagination import bad_cursor, checked_query, decode_cursor, encode_cursor
from labelhub.api.http.views import Api
from labelhub.api.learning.training_runs import LEARNING
from labelhub.learning import selectors
from labelhub.learning.models import RankedCase
from labelhub.reading.models import Action, QueueEntry

PAGE = 100


class RankedCaseField(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    case = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    action = serializers.ChoiceField(choices=Action.choices)
    why = serializers.ChoiceField(
        choices=["uncertainty", "diversity", "random", "rest", "duplicate", "unscored"]
    )
    score = serializers.FloatField(allow_null=True)
    probabilities = serializers.DictField(child=serializers.FloatField())
    is_open = serializers.BooleanField(help_text="Nobody has begun it.")


RankingOutput = inline_serializer(
    "RankingPage",
    {
        "ranking": inline_serializer(
            "RankingHead",
            {
                "id": serializers.UUIDField(),
                "acquisition": serializers.CharField(),
                "created_at": serializers.DateTimeField(),
                "n_cases": serializers.IntegerField(),
                "model_number": serializers.IntegerField(),
            },
            allow_null=True,
        ),
        "results": RankedCaseField(many=True),
        "next": serializers.CharField(allow_null=True),
    },
)


class RankingApi(Api):
    policy = LEARNING

    @extend_schema(responses=RankingOutput, parameters=[OpenApiParameter("cursor", str)])
    def get(self, request: Request, slug: str) -> Response:
        """The pool in the order in which its cases are offered."""
        query = checked_query(request.query_params, {"cursor"})
        after = _position(query.get("cursor"))
        ranking = selectors.ranking_in_force(self.subject)
        if ranking is None:
            return Response({"ranking": None, "results": [], "next": None})
        rows = selectors.ranked_cases(ranking, after=after, limit=PAGE + 1)
        page = rows[:PAGE]
        waiting = set(
            QueueEntry.objects.filter(
                queue_id=ranking.queue_id, is_open=True, position__in=[row.position for row in page]
            ).values_list("position", flat=True)
        )
        return Response(
            {
                "ranking": {
                    "id": ranking.id,
                    "acquisition": ranking.acquisition,
                    "created_at": ranking.created_at,
                    "n_cases": ranking.n_cases,
                    "model_number": ranking.scoring_run.model_version.number,
                },
                "results": [_ranked(row, is_open=row.position in waiting) for row in page],
                "next": encode_cursor([page[-1].position]) if len(rows) > PAGE else None,
            }
        )


def _position(cursor: str | None) -> int:
    values = decode_cursor(cursor, 1)
    if values is None:
        return 0
    if not isinstance(values[0], int):
        raise bad_cursor()
    return values[0]


def _ranked(row: RankedCase, *, is_open: bool) -> dict[str, Any]:
    return {
        "position": row.position,
        "case": row.case_id,
        "label": row.case.name,
        "action": row.action,
        "why": row.why,
        "score": row.score,
        "probabilities": row.probabilities,
        "is_open": is_open,
    }
