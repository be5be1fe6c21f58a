"""One case as those who steer the project see it, but for what was said of it: `api/consensus/case_record.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Subquery
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.pagination import checked_query
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.imaging.cases import MANAGERS
from labelhub.api.imaging.images import ImageOutput, image
from labelhub.api.imaging.pipeline import SENTENCES, ImageWarningOutput
from labelhub.core.errors import Malformed, NotFound
from labelhub.imaging.dicom.identity.ages import age_words
from labelhub.imaging.models import Case, CaseExclusion, CaseVersion, Instance, Split
from labelhub.learning.models import RankedCase
from labelhub.learning.selectors import ranking_in_force
from labelhub.projects.policies import may_see_model, project_for
from labelhub.reading.models import CaseRound, Round
from labelhub.reading.selectors import manifest_instances

MOST_SCORES = 20


def case_numbered(user: User, slug: str, number: int) -> Any:
    """The case, with the numbers of its neighbours. Raises NotFound for a number that no case has."""
    project = project_for(user, slug, MANAGERS)
    readable = Case.objects.filter(project=project, current_version__isnull=False).values("number")
    rows = Case.objects.select_related("project", "patient", "study", "current_version").annotate(
        previous=Subquery(readable.filter(number__lt=number).order_by("-number")[:1]),
        next=Subquery(readable.filter(number__gt=number).order_by("number")[:1]),
    )
    case = rows.filter(project=project, number=number).first()
    if case is None:
        raise NotFound()
    case.project = project  # with the person's roles in it
    return case


NUMBERED_CASE = Policy(
    "manager or engineer of the project",
    lambda user, method, kwargs: case_numbered(user, kwargs["slug"], kwargs["number"]),
)


class PatientCaseOutput(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    days_later = serializers.IntegerField(
        allow_null=True, help_text="Than this case's study; null where one of them has no date."
    )


class CasePatientOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    pseudonym = serializers.CharField()
    sex = serializers.CharField()
    cases = PatientCaseOutput(many=True, help_text="Her other cases, the first hundred.")


class CaseStudyOutput(serializers.Serializer[Any]):
    age = serializers.CharField(help_text="In words; empty where unknown.")
    site = serializers.CharField()
    group = serializers.CharField()
    indication = serializers.CharField()


class CaseVersionOutput(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    sealed_at = serializers.DateTimeField()
    n_images = serializers.IntegerField()
    is_in_force = serializers.BooleanField()
    is_held = serializers.BooleanField(help_text="It waits for a data manager.")


class CaseRoundOutput(serializers.Serializer[Any]):
    round = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=Round.Purpose.choices)
    state = serializers.ChoiceField(choices=CaseRound.State.choices)
    n_submitted = serializers.IntegerField()
    n_needed = serializers.IntegerField()
    closed_at = serializers.DateTimeField(allow_null=True)


class CaseScoreOutput(serializers.Serializer[Any]):
    model_number = serializers.IntegerField()
    acquisition = serializers.CharField()
    position = serializers.IntegerField()
    why = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    probabilities = serializers.DictField(child=serializers.FloatField())
    published_at = serializers.DateTimeField()
    is_in_force = serializers.BooleanField()


class CaseExclusionOutput(serializers.Serializer[Any]):
    reason = serializers.CharField()
    excluded_by = serializers.CharField()
    excluded_at = serializers.DateTimeField()


class CaseFileOutput(serializers.Serializer[Any]):
    instance = serializers.UUIDField()
    file_name = serializers.CharField(help_text="Empty where it was not kept.")
    warnings = ImageWarningOutput(many=True)


class CasePageOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    number = serializers.IntegerField()
    split = serializers.ChoiceField(choices=Split.choices)
    created_at = serializers.DateTimeField()
    patient = CasePatientOutput()
    study = CaseStudyOutput()
    versions = CaseVersionOutput(many=True)
    shown_version = serializers.IntegerField()
    images = ImageOutput(many=True, help_text="Of `shown_version`.")
    files = CaseFileOutput(many=True, help_text="Of `shown_version`.")
    left_out = CaseFileOutput(many=True, help_text="A manager has said that they do not belong to the case.")
    exclusion = CaseExclusionOutput(
        allow_null=True,
        help_text="While a manager has taken the case out; null also where it is out for its patient.",
    )
    rounds = CaseRoundOutput(many=True)
    scores = CaseScoreOutput(
        many=True,
        help_text=f"Newest first, the last {MOST_SCORES} rankings; none for whoever reads in the project herself.",
    )
    previous = serializers.IntegerField(allow_null=True, help_text="Number of the case before it.")
    next = serializers.IntegerField(allow_null=True)


class CaseApi(Api):
    policy = NUMBERED_CASE
    subject: Any

    @extend_schema(
        parameters=[
            OpenApiParameter("version", int, description="Whose images; that in force unless given.")
        ],
        responses=CasePageOutput,
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """The case's patient, study, versions, images, rounds and scores; nothing of what its readers said."""
        query = checked_query(request.query_params, {"version"})
        case = self.subject
        versions = list(case.versions.order_by("version").annotate(is_held=F("held")))
        shown = _shown(case, versions, query.get("version", ""))
        instances = manifest_instances(shown.manifest if shown else [])
        return Response(
            CasePageOutput(
                {
                    "id": case.id,
                    "label": case.name,
                    "number": case.number,
                    "split": case.split,
                    "created_at": case.created_at,
                    "patient": _patient(case),
                    "study": _study(case),
                    "versions": [_version(case, each) for each in versions],
                    "shown_version": shown.version if shown else 0,
                    "images": [image(instance) for instance in instances],
                    "files": [_file(instance) for instance in instances],
                    "left_out": [
                        _file(each) for each in case.instances.filter(is_left_out=True).order_by("id")
                    ],
                    "exclusion": _exclusion(case),
                    "rounds": _rounds(case),
                    "scores": _scores(case),
                    "previous": case.previous,
                    "next": case.next,
                }
            ).data
        )


def _shown(case: Case, versions: Sequence[CaseVersion], wanted: str) -> CaseVersion | None:
    if not wanted:
        return case.current_version
    for version in versions:
        if wanted == str(version.version):
            return version
    raise Malformed("The case has no such version.", code="unknown_filter")


def _patient(case: Case) -> dict[str, Any]:
    others = Case.objects.filter(patient=case.patient).exclude(id=case.id).order_by("number")
    here = case.study.day
    return {
        "id": case.patient_id,
        "pseudonym": case.patient.pseudonym,
        "sex": case.patient.sex,
        "cases": [
            {"number": number, "days_later": None if here is None or day is None else day - here}
            for number, day in others.values_list("number", "study__day")[:100]
        ],
    }


def _study(case: Case) -> dict[str, Any]:
    study = case.study
    return {
        "age": age_words(study.age) or "",
        "site": study.site,
        "group": study.group,
        "indication": study.indication,
    }


def _version(case: Case, row: Any) -> dict[str, Any]:
    return {
        "version": row.version,
        "sealed_at": row.sealed_at,
        "n_images": len(row.manifest),
        "is_in_force": row.id == case.current_version_id,
        "is_held": row.is_held is not None,
    }


def _file(instance: Instance) -> dict[str, Any]:
    warnings = [{"code": code, "message": SENTENCES.get(code, "")} for code in instance.warnings]
    return {"instance": instance.id, "file_name": instance.file_name, "warnings": warnings}


def _exclusion(case: Case) -> dict[str, Any] | None:
    row = CaseExclusion.objects.filter(case=case, brought_back_at=None).select_related("excluded_by").first()
    if row is None:
        return None
    by = row.excluded_by.display_name or row.excluded_by.username
    return {"reason": row.reason, "excluded_by": by, "excluded_at": row.excluded_at}


def _rounds(case: Case) -> list[dict[str, Any]]:
    rows = CaseRound.objects.filter(case=case).select_related("round").order_by("round__number")
    return [
        {
            "round": row.round.number,
            "purpose": row.round.purpose,
            "state": row.state,
            "n_submitted": row.n_submitted,
            "n_needed": row.n_needed,
            "closed_at": row.closed_at,
        }
        for row in rows
    ]


def _scores(case: Case) -> list[dict[str, Any]]:
    if not may_see_model(case.project):
        return []
    now = ranking_in_force(case.project)
    rows = RankedCase.objects.filter(case=case).select_related("ranking__scoring_run__model_version")
    return [
        {
            "model_number": row.ranking.scoring_run.model_version.number,
            "acquisition": row.ranking.acquisition,
            "position": row.position,
            "why": row.why,
            "score": row.score,
            "probabilities": row.probabilities,
            "published_at": row.ranking.created_at,
            "is_in_force": now is not None and row.ranking_id == now.id,
        }
        for row in rows.order_by("-ranking__created_at", "position")[:MOST_SCORES]
    ]
