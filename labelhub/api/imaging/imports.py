"""Imports: send files, start the job, and see what became of each file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.pagination import checked_query, decode_numbers, encode_cursor
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import Malformed, TooLarge
from labelhub.imaging.models import ImportBatch, ImportFile
from labelhub.imaging.policies import batch_for, manages_import
from labelhub.imaging.selectors import (
    PAGE,
    import_files_page,
    import_list,
    import_status,
)
from labelhub.imaging.services.batches import batch_create, file_stage
from labelhub.projects.models import Project
from labelhub.projects.policies import MANAGER, project_for
from labelhub.workflows.intake.import_images import import_start
from labelhub.workflows.intake.labels.attach import LABELS_KEPT, READ_KEPT
from labelhub.workflows.intake.labels.given import ANSWERS, TAKE

MANAGER_OF_PROJECT = Policy(
    "manager of the project", lambda user, method, kwargs: project_for(user, kwargs["slug"], {MANAGER})
)
OF_IMPORT = Policy(
    "maker of the import or manager of its project",
    lambda user, method, kwargs: batch_for(user, kwargs["import_id"]),
)
ABOUT_LABELS = frozenset((LABELS_KEPT, READ_KEPT))
"""Warnings that tell what the project holds: a maker who reads there blinded could find out a case's labels by them."""
START = (0, -1)
FORM_BYTES = 64 * 1024
"""Room for the form around a file."""


class ImportOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=ImportBatch.State.choices)


class ImportRow(ImportOutput):
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    created_by = serializers.CharField(source="created_by.display_name", default="")
    n_rejected = serializers.SerializerMethodField()

    def get_n_rejected(self, batch: ImportBatch) -> int:
        return int(batch.options.get("n_rejected", 0))


class OutcomeCount(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=ImportFile.Outcome.choices)
    code = serializers.CharField()
    message = serializers.CharField()
    n = serializers.IntegerField()


class ImportFailure(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class FindingLabels(serializers.Serializer[Any]):
    finding = serializers.CharField()
    present = serializers.IntegerField()
    absent = serializers.IntegerField()
    uncertain = serializers.IntegerField()


class KeptCount(serializers.Serializer[Any]):
    code = serializers.CharField()
    n = serializers.IntegerField()


class LabelsReport(serializers.Serializer[Any]):
    """What the import's label table matches; `error` when it cannot be read."""

    name = serializers.CharField(allow_blank=True)
    labels_as = serializers.CharField()
    error = ImportFailure(allow_null=True)
    lines = serializers.IntegerField()
    matched = serializers.IntegerField()
    n_lines_without_file = serializers.IntegerField()
    n_files_without_line = serializers.IntegerField()
    n_patients = serializers.IntegerField()
    findings = FindingLabels(many=True)
    ignored_columns = serializers.ListField(child=serializers.CharField())
    kept = serializers.SerializerMethodField(
        help_text="Files of which something stays that the table denies."
    )

    @extend_schema_field(KeptCount(many=True))
    def get_kept(self, report: dict[str, Any]) -> list[dict[str, Any]]:
        return [row for row in report.get("kept", ()) if _is_told(row["code"], self.context)]


class ImportStatusOutput(ImportOutput):
    n_files = serializers.IntegerField()
    n_done = serializers.IntegerField()
    counts = OutcomeCount(many=True)
    error = ImportFailure(allow_null=True)
    labels = LabelsReport(allow_null=True)


class ImportFileOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    path = serializers.CharField()
    outcome = serializers.ChoiceField(choices=ImportFile.Outcome.choices)


class ImportFileRow(ImportFileOutput):
    """`instance`: the image that the file became, or that was there already, for the page about one image."""

    code = serializers.CharField()
    message = serializers.CharField()
    warnings = serializers.SerializerMethodField()
    instance = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_warnings(self, file: ImportFile) -> list[str]:
        return [code for code in file.warnings if _is_told(code, self.context)]

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_instance(self, file: ImportFile) -> UUID | None:
        """Of an image with frames, for those who may look at it."""
        has_page = self.context["manages"] and file.instance is not None and file.instance.n_frames
        return file.instance_id if has_page else None


class FileInput(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)
    relative_path = serializers.CharField(max_length=4000, required=False, trim_whitespace=False)


class ImportListApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(responses=inline_serializer("ImportList", {"results": ImportRow(many=True)}))
    def get(self, request: Request, slug: str) -> Response:
        """The project's imports, newest first."""
        return Response({"results": ImportRow(import_list(self.subject), many=True).data})

    @extend_schema(request=None, responses={201: ImportOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Begin an import; its files are sent next."""
        batch = batch_create(actor=self.user, project=self.subject)
        return Response(ImportOutput(batch).data, status=status.HTTP_201_CREATED)


class ImportDetailApi(Api):
    policy = OF_IMPORT
    subject: ImportBatch

    @extend_schema(responses=ImportStatusOutput)
    def get(self, request: Request, import_id: UUID) -> Response:
        """How far the import is, what became of its files, and what its label table matches."""
        found = import_status(self.subject)
        context = {"manages": manages_import(self.user, self.subject)}
        return Response(ImportStatusOutput({"id": self.subject.id, **vars(found)}, context=context).data)


class FormApi(Api):
    """Takes a form with one file of at most the bytes of `limit_setting`; `larger_by` takes larger ones."""

    parser_classes = [MultiPartParser]
    limit_setting = "IMPORT_FILE_LIMIT_BYTES"
    larger_by = "manage.py import_images"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before anything of the body is read: the check of the CSRF token would parse the form.
        limit = getattr(settings, self.limit_setting)
        length = str(request.META.get("CONTENT_LENGTH") or "")
        if length.isdecimal() and int(length) > limit + FORM_BYTES:
            raise TooLarge(f"A file may have at most {limit / 1024**2:,g} MiB. Use {self.larger_by} for it.")
        super().initial(request, *args, **kwargs)


class ImportFilesApi(FormApi):
    policy = OF_IMPORT
    subject: ImportBatch

    @extend_schema(
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("outcome", str)],
        responses=inline_serializer(
            "ImportFilePage",
            {"results": ImportFileRow(many=True), "next": serializers.CharField(allow_null=True)},
        ),
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        """What became of each file."""
        query = checked_query(request.query_params, {"cursor", "outcome"})
        outcome = query.get("outcome", "")
        if outcome and outcome not in ImportFile.Outcome.values:
            raise Malformed("There is no such outcome.", code="unknown_filter")
        part, position = decode_numbers(query.get("cursor"), 2) or START
        manages = manages_import(self.user, self.subject)
        files = import_files_page(
            self.subject,
            after=(part, position),
            outcome=outcome,
            # What is not told to her must not be told by the order either.
            attention_first=manages,
        )
        context = {"manages": manages}
        next_page = None
        if len(files) == PAGE:
            next_page = encode_cursor([files[-1].listed if manages else 0, files[-1].position])
        return Response({"results": ImportFileRow(files, many=True, context=context).data, "next": next_page})

    @extend_schema(request={"multipart/form-data": FileInput}, responses={201: ImportFileOutput})
    def post(self, request: Request, import_id: UUID) -> Response:
        """Send one file; repeat for each. It gets its outcome when the import runs."""
        data = FileInput(data=request.data)
        data.is_valid(raise_exception=True)
        content = data.validated_data["file"]
        path = data.validated_data.get("relative_path") or content.name or ""
        file = file_stage(batch=self.subject, path=path, content=content)
        return Response(ImportFileOutput(file).data, status=status.HTTP_201_CREATED)


class ImportFinishInput(StrictSerializer):
    labels = serializers.ChoiceField(choices=ANSWERS, default=TAKE)


class ImportFinishApi(Api):
    policy = OF_IMPORT
    subject: ImportBatch

    @extend_schema(request=ImportFinishInput, responses=ImportOutput)
    def post(self, request: Request, import_id: UUID) -> Response:
        """No more files: start. `labels`: take the label table, ask (show first what it matches), or leave it out."""
        data = ImportFinishInput(data=request.data)
        data.is_valid(raise_exception=True)
        import_start(actor=self.user, batch=self.subject, labels=data.validated_data["labels"])
        return Response(ImportOutput(self.subject).data)


def _is_told(code: str, context: Mapping[str, Any]) -> bool:
    return bool(context["manages"]) or code not in ABOUT_LABELS
