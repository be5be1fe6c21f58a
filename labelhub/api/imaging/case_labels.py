"""Labels by table for cases that the project has: shown first, then taken by a job."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.imaging.imports import MANAGER_OF_PROJECT, FormApi
from labelhub.core.models import Job
from labelhub.imaging.models import CaseLabelTable
from labelhub.projects.models import Project
from labelhub.workflows.intake.case_labels.report import KINDS
from labelhub.workflows.intake.case_labels.taking import KIND, preview_case_labels, take_case_labels

SHOWN = 20
STOPPED = "The command stopped before its end. What it did is kept; run it again."


class CaseLabelsPreviewInput(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)
    labels_as = serializers.CharField(
        max_length=200, help_text="`reference`, `hidden-truth`, or `read:NAME` of a reader of the project."
    )


class CaseLabelsInput(CaseLabelsPreviewInput):
    client_uuid = serializers.UUIDField(help_text="Chosen by the client; the same request again is harmless.")
    replaces = serializers.BooleanField(
        default=False, help_text="Labels that stand otherwise are replaced. Reads never are."
    )


class CaseLabelsLine(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    name = serializers.CharField(help_text="How the line calls its case.")
    number = serializers.IntegerField(allow_null=True, help_text="Of the case, where it has one.")
    finding = serializers.CharField()
    says = serializers.CharField()
    has = serializers.CharField(help_text="What the case has now. Never told of a reader's reads.")
    message = serializers.CharField()


class CaseLabelsGroup(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KINDS)
    n = serializers.IntegerField(
        help_text="Labels; cases, where they are reads; lines, where they have no case."
    )
    first = CaseLabelsLine(many=True)


class CaseLabelsReport(serializers.Serializer[Any]):
    labels_as = serializers.CharField()
    n_lines = serializers.IntegerField()
    n_cases = serializers.IntegerField()
    findings = serializers.ListField(child=serializers.CharField())
    ignored_columns = serializers.ListField(child=serializers.CharField())
    groups = CaseLabelsGroup(many=True)


class CaseLabelTableOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    labels_as = serializers.CharField()
    replaces = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    created_by = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    message = serializers.CharField(help_text="Why it failed.")
    result = CaseLabelsReport(allow_null=True, help_text="What was done until now.")


class CaseLabelsFormApi(FormApi):
    policy = MANAGER_OF_PROJECT
    limit_setting = "CASE_LABELS_FILE_LIMIT_BYTES"
    larger_by = "manage.py label_cases"
    subject: Project


class CaseLabelsPreviewApi(CaseLabelsFormApi):
    @extend_schema(request={"multipart/form-data": CaseLabelsPreviewInput}, responses=CaseLabelsReport)
    def post(self, request: Request, slug: str) -> Response:
        """What the table would do: new, equal and different labels, and lines without a case. Changes nothing."""
        data = CaseLabelsPreviewInput(data=request.data)
        data.is_valid(raise_exception=True)
        report = preview_case_labels(
            project=self.subject,
            content=data.validated_data["file"].read(),
            labels_as=data.validated_data["labels_as"],
        )
        return Response(CaseLabelsReport(report).data)


class CaseLabelsApi(CaseLabelsFormApi):
    @extend_schema(
        responses=inline_serializer("CaseLabelTables", {"results": CaseLabelTableOutput(many=True)})
    )
    def get(self, request: Request, slug: str) -> Response:
        """The newest tables, each with what came of it."""
        tables = CaseLabelTable.objects.filter(project=self.subject).select_related("created_by")
        return Response({"results": _rows(tables.order_by("-created_at", "id")[:SHOWN])})

    @extend_schema(request={"multipart/form-data": CaseLabelsInput}, responses={202: CaseLabelTableOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Take the table. A job does it."""
        data = CaseLabelsInput(data=request.data)
        data.is_valid(raise_exception=True)
        file = data.validated_data.pop("file")
        table = take_case_labels(
            actor=self.user,
            project=self.subject,
            name=file.name or "",
            content=file.read(),
            **data.validated_data,
        )
        return Response(_rows([table])[0], status=status.HTTP_202_ACCEPTED)


def _rows(tables: Iterable[CaseLabelTable]) -> list[dict[str, Any]]:
    rows = list(tables)
    found = Job.objects.filter(dedupe_key__in=[f"{KIND}:{table.id}" for table in rows])
    newest = {UUID(job.params["table"]): job for job in found.order_by("created_at")}
    return [
        dict(
            CaseLabelTableOutput(
                {
                    **{name: getattr(table, name) for name in ("id", "name", "labels_as", "replaces")},
                    "created_at": table.created_at,
                    "finished_at": table.finished_at,
                    "created_by": str(table.created_by.display_name) if table.created_by else "",
                    "result": table.result or None,
                    **_state(table, newest.get(table.id)),
                }
            ).data
        )
        for table in rows
    ]


def _state(table: CaseLabelTable, job: Job | None) -> dict[str, str]:
    if table.finished_at is not None:
        return {"state": Job.State.SUCCEEDED, "message": ""}
    if job is None:
        return {"state": Job.State.FAILED, "message": STOPPED}
    return {"state": job.state, "message": job.error_message}
