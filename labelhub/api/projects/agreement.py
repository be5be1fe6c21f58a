"""Agreement between readers, round by round."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.pagination import checked_query
from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_OF_PROJECT
from labelhub.consensus.models import RoundStatistics
from labelhub.consensus.shown_agreement import agreement_shown, pairs_shown
from labelhub.consensus.statistics import reader_names
from labelhub.core.errors import Malformed, NotFound
from labelhub.projects.models import Project
from labelhub.reading.models import Round


class FigureOutput(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    standard_error = serializers.FloatField(
        allow_null=True, help_text="The interval need not be value +- 1.96 of it."
    )


def _reasons() -> serializers.DictField:
    return serializers.DictField(
        child=serializers.CharField(),
        help_text="{statistic: why it, or its interval, cannot be given}, of those of which that is so.",
    )


class AgreementOutput(serializers.Serializer[Any]):
    finding = serializers.CharField()
    name = serializers.CharField()
    n = serializers.IntegerField()
    percent = FigureOutput(allow_null=True)
    cohen = FigureOutput(allow_null=True)
    fleiss = FigureOutput(allow_null=True)
    alpha = FigureOutput(allow_null=True)
    ac1 = FigureOutput(allow_null=True)
    pabak = FigureOutput(allow_null=True)
    reasons = _reasons()


class PairOutput(serializers.Serializer[Any]):
    finding = serializers.CharField()
    first = serializers.CharField()
    second = serializers.CharField()
    n = serializers.IntegerField()
    percent = FigureOutput(allow_null=True)
    cohen = FigureOutput(allow_null=True)
    ac1 = FigureOutput(allow_null=True)
    reasons = _reasons()


class AgreementRound(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=Round.Purpose.choices)


class AgreementApi(Api):
    """Agreement per finding and per pair of readers of one round, first submitted versions only."""

    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(
        parameters=[OpenApiParameter("round", int, description="Number of the round; 1 = the standing one.")],
        responses=inline_serializer(
            "AgreementPage",
            {
                "computed_at": serializers.DateTimeField(allow_null=True),
                "round": AgreementRound(),
                "n_reads": serializers.IntegerField(),
                "agreement": AgreementOutput(many=True),
                "pairs": PairOutput(many=True),
            },
        ),
    )
    def get(self, request: Request, slug: str) -> Response:
        round_ = self._round(checked_query(request.query_params, {"round"}).get("round", "1"))
        row = RoundStatistics.objects.filter(round=round_).first()
        return Response(
            {
                "computed_at": row.computed_at if row else None,
                "round": {"number": round_.number, "purpose": round_.purpose},
                "n_reads": row.n_reads if row else 0,
                "agreement": agreement_shown(round_, row),
                "pairs": pairs_shown(row, reader_names(self.subject)),
            }
        )

    def _round(self, number: str) -> Round:
        if not number.isdecimal() or len(number) > 6:
            raise Malformed("round is the number of a round: 1, 2, 3 ...")
        round_ = self.subject.rounds.filter(number=int(number)).first()
        if round_ is None:
            raise NotFound()
        return round_
