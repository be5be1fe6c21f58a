"""Actions on many cases of a project at once: excluding them and bringing them back, and having them read first."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_OF_PROJECT
from labelhub.api.reading.documents import StrictSerializer
from labelhub.projects.models import Project
from labelhub.workflows.cases.bring_back_cases import bring_back_cases
from labelhub.workflows.cases.bulk import MOST_CASES
from labelhub.workflows.cases.exclude_cases import exclude_cases
from labelhub.workflows.cases.read_first import put_first, put_in_turn


class CasesInput(StrictSerializer):
    cases = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST_CASES, help_text="Ids of cases."
    )


class ReasonedCasesInput(CasesInput):
    reason = serializers.CharField(
        max_length=500, help_text="Kept with each case. Data managers and engineers see it."
    )
    client_uuid = serializers.UUIDField(help_text="Of the request: sent again with it, nothing more is done.")


class RefusalOutput(serializers.Serializer[Any]):
    case = serializers.UUIDField()
    code = serializers.CharField()
    message = serializers.CharField()


class OutcomeOutput(serializers.Serializer[Any]):
    already = serializers.IntegerField(source="n_already", help_text="Cases that were so before.")
    refused = RefusalOutput(many=True)


class ExcludedOutput(OutcomeOutput):
    excluded = serializers.IntegerField(source="n_done")


class BroughtBackOutput(OutcomeOutput):
    brought_back = serializers.IntegerField(source="n_done")


class PutFirstOutput(OutcomeOutput):
    put_first = serializers.IntegerField(source="n_done")


class PutInTurnOutput(OutcomeOutput):
    put_in_turn = serializers.IntegerField(source="n_done")


class BulkApi(Api):
    """Base: what the manager asks of some cases of the project."""

    policy = MANAGER_OF_PROJECT
    subject: Project

    def asked(self, request: Request, shape: type[CasesInput]) -> dict[str, Any]:
        """The request, as the keyword arguments of a workflow."""
        data = shape(data=request.data)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        return {"actor": self.user, "project": self.subject, "case_ids": values.pop("cases"), **values}


class CasesExcludeApi(BulkApi):
    @extend_schema(request=ReasonedCasesInput, responses=ExcludedOutput)
    def post(self, request: Request, slug: str) -> Response:
        """Take cases out: offered to nobody, neither trained on nor measured. Reads that are in stay."""
        return Response(ExcludedOutput(exclude_cases(**self.asked(request, ReasonedCasesInput))).data)


class CasesBringBackApi(BulkApi):
    @extend_schema(request=ReasonedCasesInput, responses=BroughtBackOutput)
    def post(self, request: Request, slug: str) -> Response:
        """Bring excluded cases back into the split of their patients."""
        return Response(BroughtBackOutput(bring_back_cases(**self.asked(request, ReasonedCasesInput))).data)


class CasesReadFirstApi(BulkApi):
    @extend_schema(request=CasesInput, responses=PutFirstOutput)
    def post(self, request: Request, slug: str) -> Response:
        """Offer pool cases that nobody has begun before all other new ones, with or without a ranking."""
        return Response(PutFirstOutput(put_first(**self.asked(request, CasesInput))).data)


class CasesReadInTurnApi(BulkApi):
    @extend_schema(request=CasesInput, responses=PutInTurnOutput)
    def post(self, request: Request, slug: str) -> Response:
        """Take back that cases are read first."""
        return Response(PutInTurnOutput(put_in_turn(**self.asked(request, CasesInput))).data)
