"""Corrections of one case: what would follow, doing it as it was shown, and what has been corrected."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.pagination import checked_query
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.imaging.cases import CASE, MANAGED_CASE
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import InvalidContent, NotFound
from labelhub.imaging.models import Case, Correction, Instance, Split
from labelhub.imaging.services.corrections import Asked
from labelhub.projects.policies import MANAGER, project_by_id_for
from labelhub.workflows.cases.correct_image import correct_image, preview_image
from labelhub.workflows.cases.correct_patient import correct_patient, preview_patient
from labelhub.workflows.cases.correct_site import correct_site, preview_site
from labelhub.workflows.cases.correct_split import correct_split, preview_split
from labelhub.workflows.cases.correct_view import SIDES, VIEWS, correct_view, preview_view

MOST_SHOWN = 100
SPLITS = [split for split in Split.values if split != Split.EXCLUDED]


def _image_for(user: User, instance_id: UUID, roles: Collection[str]) -> Instance:
    rows = Instance.objects.select_related("project", "case__project", "case__current_version")
    image = rows.filter(id=instance_id).first()
    if image is None:
        raise NotFound()
    project_by_id_for(user, image.project_id, roles)
    return image


MANAGED_IMAGE = Policy(
    "manager of the image's project",
    lambda user, method, kwargs: _image_for(user, kwargs["instance_id"], {MANAGER}),
)


class AskedInput(StrictSerializer):
    reason = serializers.CharField(
        max_length=500, help_text="Kept with the correction. Data managers and engineers see it."
    )
    client_uuid = serializers.UUIDField(help_text="Of the request: sent again with it, nothing more is done.")
    shown = serializers.CharField(max_length=64, help_text="That of the preview: what it showed is done.")


class SplitQuery(StrictSerializer):
    split = serializers.ChoiceField(choices=SPLITS)


class PatientQuery(StrictSerializer):
    """`same_as`: the number of another case, whose patient it is; left out: a patient of its own."""

    same_as = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class SiteQuery(StrictSerializer):
    site = serializers.CharField(max_length=64, allow_blank=True)


class ViewQuery(StrictSerializer):
    view = serializers.ChoiceField(choices=VIEWS, allow_blank=True)
    laterality = serializers.ChoiceField(choices=SIDES, allow_blank=True)


class ImageQuery(StrictSerializer):
    is_in = serializers.BooleanField(help_text="Whether the image belongs to its case.")


class SplitCorrectionInput(SplitQuery, AskedInput):
    pass


class PatientCorrectionInput(PatientQuery, AskedInput):
    pass


class SiteCorrectionInput(SiteQuery, AskedInput):
    pass


class ViewCorrectionInput(ViewQuery, AskedInput):
    pass


class ImageCorrectionInput(ImageQuery, AskedInput):
    pass


class CorrectedCaseOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    split_before = serializers.ChoiceField(choices=Split.choices)
    split = serializers.ChoiceField(choices=Split.choices)
    n_reads = serializers.IntegerField(help_text="First versions.")
    n_labels = serializers.IntegerField(help_text="Labels in force.")


class CorrectionPreviewOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Correction.Kind.choices)
    before = serializers.DictField()
    after = serializers.DictField()
    cases = CorrectedCaseOutput(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    shown = serializers.CharField()


class CorrectionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Correction.Kind.choices)
    before = serializers.DictField()
    after = serializers.DictField()
    reason = serializers.CharField()
    made_by = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField()

    def get_made_by(self, row: Correction) -> str:
        return row.made_by.display_name or row.made_by.username


class CaseCorrectionsApi(Api):
    policy = CASE
    subject: Case

    @extend_schema(responses=inline_serializer("Corrections", {"results": CorrectionOutput(many=True)}))
    def get(self, request: Request, case_id: UUID) -> Response:
        """What has been corrected from this case, newest first."""
        rows = Correction.objects.filter(case=self.subject).select_related("made_by").order_by("-made_at")
        return Response({"results": CorrectionOutput(rows[:MOST_SHOWN], many=True).data})


class CorrectionApi(Api):
    """Base: a preview by GET, the correction by POST."""

    def query(self, request: Request, shape: type[StrictSerializer]) -> dict[str, Any]:
        data = shape(data=checked_query(request.query_params, set(shape().fields)))
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)

    def wanted(self, request: Request, shape: type[AskedInput]) -> tuple[dict[str, Any], Asked]:
        """What is to be, and who asks for it, why."""
        data = shape(data=request.data)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        given = {name: values.pop(name) for name in ("reason", "client_uuid", "shown")}
        return values, Asked(actor=self.user, **given)


class CaseSplitApi(CorrectionApi):
    policy = MANAGED_CASE
    subject: Case

    @extend_schema(
        parameters=[OpenApiParameter("split", str, required=True, enum=SPLITS)],
        responses=CorrectionPreviewOutput,
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        """What would follow if the case's patient lay in another split. Changes nothing."""
        values = self.query(request, SplitQuery)
        return Response(CorrectionPreviewOutput(preview_split(self.subject, values["split"])).data)

    @extend_schema(request=SplitCorrectionInput, responses=CorrectionOutput)
    def post(self, request: Request, case_id: UUID) -> Response:
        """Move the patient with all her cases, as it was shown."""
        values, asked = self.wanted(request, SplitCorrectionInput)
        return Response(CorrectionOutput(correct_split(self.subject, values["split"], asked)).data)


class CasePatientApi(CorrectionApi):
    policy = MANAGED_CASE
    subject: Case

    @extend_schema(parameters=[OpenApiParameter("same_as", int)], responses=CorrectionPreviewOutput)
    def get(self, request: Request, case_id: UUID) -> Response:
        """What would follow if the case's study were of another patient. Changes nothing."""
        same_as = self._case(self.query(request, PatientQuery))
        return Response(CorrectionPreviewOutput(preview_patient(self.subject, same_as)).data)

    @extend_schema(request=PatientCorrectionInput, responses=CorrectionOutput)
    def post(self, request: Request, case_id: UUID) -> Response:
        """Give the study to the patient, as it was shown."""
        values, asked = self.wanted(request, PatientCorrectionInput)
        return Response(CorrectionOutput(correct_patient(self.subject, self._case(values), asked)).data)

    def _case(self, values: dict[str, Any]) -> Case | None:
        number = values.get("same_as")
        if number is None:
            return None
        cases = Case.objects.select_related("patient").filter(project=self.subject.project_id)
        other = cases.filter(number=number).first()
        if other is None:
            raise InvalidContent(f"There is no case {number} in this project.", code="unknown_case")
        return other


class CaseSiteApi(CorrectionApi):
    policy = MANAGED_CASE
    subject: Case

    @extend_schema(
        parameters=[OpenApiParameter("site", str, required=True)], responses=CorrectionPreviewOutput
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        """What would follow if the case's study came from another site. Changes nothing."""
        values = self.query(request, SiteQuery)
        return Response(CorrectionPreviewOutput(preview_site(self.subject, values["site"])).data)

    @extend_schema(request=SiteCorrectionInput, responses=CorrectionOutput)
    def post(self, request: Request, case_id: UUID) -> Response:
        """Give the study its site, as it was shown."""
        values, asked = self.wanted(request, SiteCorrectionInput)
        return Response(CorrectionOutput(correct_site(self.subject, values["site"], asked)).data)


class ImageViewApi(CorrectionApi):
    policy = MANAGED_IMAGE
    subject: Instance

    @extend_schema(
        parameters=[
            OpenApiParameter("view", str, required=True, enum=VIEWS),
            OpenApiParameter("laterality", str, required=True, enum=SIDES),
        ],
        responses=CorrectionPreviewOutput,
    )
    def get(self, request: Request, instance_id: UUID) -> Response:
        """What would follow if the image showed another view or side. Changes nothing."""
        return Response(
            CorrectionPreviewOutput(preview_view(self.subject, **self.query(request, ViewQuery))).data
        )

    @extend_schema(request=ViewCorrectionInput, responses=CorrectionOutput)
    def post(self, request: Request, instance_id: UUID) -> Response:
        """Set view and side, as it was shown."""
        values, asked = self.wanted(request, ViewCorrectionInput)
        return Response(CorrectionOutput(correct_view(self.subject, asked, **values)).data)


class ImageInCaseApi(CorrectionApi):
    policy = MANAGED_IMAGE
    subject: Instance

    @extend_schema(
        parameters=[OpenApiParameter("is_in", bool, required=True)], responses=CorrectionPreviewOutput
    )
    def get(self, request: Request, instance_id: UUID) -> Response:
        """What would follow if the image belonged to its case, or did not. Changes nothing."""
        return Response(
            CorrectionPreviewOutput(preview_image(self.subject, **self.query(request, ImageQuery))).data
        )

    @extend_schema(request=ImageCorrectionInput, responses=CorrectionOutput)
    def post(self, request: Request, instance_id: UUID) -> Response:
        """Leave the image out of its case, or take it in again, as it was shown."""
        values, asked = self.wanted(request, ImageCorrectionInput)
        return Response(CorrectionOutput(correct_image(self.subject, asked, **values)).data)
