"""Cases as the manager sees them: a list that is narrowed, ordered and searched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.pagination import bad_cursor, checked_query, decode_values, encode_cursor
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.imaging.images import thumbnail_url
from labelhub.core.errors import Malformed, NotAllowed, NotFound
from labelhub.imaging.models import Case, Split
from labelhub.imaging.selectors import sites_and_views
from labelhub.projects.models import Project
from labelhub.projects.policies import ENGINEER, MANAGER, may_see_model, project_by_id_for, project_for
from labelhub.reading.models import CaseRound, Round
from labelhub.workflows.cases.filters import CHOICES, FILTERS, CaseFilter
from labelhub.workflows.cases.listing import MOST_COUNTED, ListedCase, count_cases, list_cases
from labelhub.workflows.cases.orders import ORDERS, Key
from labelhub.workflows.intake.accept_version import accept_version

PAGE = 50
SIZES = (PAGE, 200)
"""A page of the table, and of the contact sheet."""
MANAGERS = {MANAGER, ENGINEER}
SHOWN = ("outcome",)

OF_LABELS = Q(round__purpose=Round.Purpose.LABELS)
"""How far a case is says its newest round of labels: a calibration or a reader study gives it none."""

FILTER_PARAMETERS = [
    OpenApiParameter(name, str, enum=CHOICES.get(name), description=about)
    for name, about in {
        "split": "",
        "state": "In the newest round of labels.",
        "finding": "Code of a finding that has a label.",
        "value": "Of that finding, by the label in force; `soft`: left without a majority.",
        "discordant": "Its reads differ on a finding, decided or not.",
        "flag": "A reader has flagged it.",
        "view": "View Position of one of its images.",
        "site": "Of its study.",
        "reader": "User name of one who has read it.",
        "find": "`17` or `Case 17`; `NAME 3`, what that reader calls her case 3; the beginning of a patient's "
        "pseudonym (four digits or more) or of a file's name. `found_by` says as what it was taken.",
    }.items()
]


def _case_for(user: User, case_id: UUID, roles: Collection[str]) -> Case:
    case = Case.objects.select_related("project").filter(id=case_id).first()
    if case is None:
        raise NotFound()
    # With the person's roles in it.
    case.project = project_by_id_for(user, case.project_id, roles)
    return case


CASES_OF_PROJECT = Policy(
    "manager or engineer of the project",
    lambda user, method, kwargs: project_for(user, kwargs["slug"], MANAGERS),
)
CASE = Policy(
    "manager or engineer of the case's project",
    lambda user, method, kwargs: _case_for(user, kwargs["case_id"], MANAGERS),
)
MANAGED_CASE = Policy(
    "manager of the case's project",
    lambda user, method, kwargs: _case_for(user, kwargs["case_id"], {MANAGER}),
)


class LabelOutput(serializers.Serializer[Any]):
    finding = serializers.CharField()
    value = serializers.CharField(help_text="Empty where the votes were left without a majority.")
    probability = serializers.FloatField(allow_null=True)
    method = serializers.CharField()


class OutcomeOutput(serializers.Serializer[Any]):
    n_discordant = serializers.IntegerField(help_text="Findings on which its reads differ, decided or not.")
    is_flagged = serializers.BooleanField()
    labels = LabelOutput(many=True)


class PlaceOutput(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    why = serializers.CharField()
    score = serializers.FloatField(allow_null=True)


class CaseRow(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="case.id")
    label = serializers.CharField(source="case.name")  # type: ignore[assignment]
    number = serializers.IntegerField(source="case.number")
    split = serializers.ChoiceField(source="case.split", choices=Split.choices)
    state = serializers.ChoiceField(choices=CaseRound.State.choices)
    n_submitted = serializers.IntegerField()
    n_needed = serializers.IntegerField()
    newest_read_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(source="case.current_version.version")
    held_version = serializers.IntegerField(
        allow_null=True,
        help_text="A newer version that waits for the manager, since somebody has opened the case.",
    )
    n_images = serializers.IntegerField(source="case.n_images")
    view = serializers.SerializerMethodField(help_text="View Position of its first image.")
    site = serializers.CharField(source="case.study.site")
    created_at = serializers.DateTimeField(source="case.created_at")
    thumbnail_url = serializers.SerializerMethodField(
        help_text="Of the first image that is read; empty where there is none."
    )
    n_objects = serializers.IntegerField(help_text="Objects about the case: kept, not read.")
    can_be_scored = serializers.BooleanField(source="case.has_eligible_instance")
    warnings = serializers.ListField(child=serializers.CharField())
    place = PlaceOutput(
        allow_null=True,
        help_text="In the ranking in force; null also for whoever reads in the project herself.",
    )
    outcome = OutcomeOutput(allow_null=True, help_text="With `show=outcome` only.")

    def get_view(self, row: ListedCase) -> str:
        first = row.case.first_instance
        return first.view_position if first else ""

    def get_thumbnail_url(self, row: ListedCase) -> str:
        first = row.case.first_instance
        return thumbnail_url(first) if first else ""


class CaseListApi(Api):
    policy = CASES_OF_PROJECT
    subject: Project

    @extend_schema(
        operation_id="projects_cases_list",
        parameters=[
            *FILTER_PARAMETERS,
            OpenApiParameter("cursor", str),
            OpenApiParameter("size", int, enum=SIZES, description=f"{PAGE} unless given."),
            OpenApiParameter(
                "order",
                str,
                enum=list(ORDERS),
                description="By number unless given. By newest read, disagreement, score or date of the study: the "
                "cases that have one.",
            ),
            OpenApiParameter(
                "show",
                str,
                enum=SHOWN,
                description="Labels, discordance and flags as well. Whoever asks for them, or narrows or orders the "
                "list by them, has seen what others said of the cases on the page, and is not offered them any more.",
            ),
        ],
        responses=inline_serializer(
            "CasePage",
            {
                "results": CaseRow(many=True),
                "next": serializers.CharField(allow_null=True),
                "found_by": serializers.ChoiceField(
                    choices=["number", "reader", "patient", "file"], allow_null=True
                ),
            },
        ),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The project's cases, searched, narrowed and sorted."""
        query = checked_query(request.query_params, {*FILTERS, "cursor", "size", "order", "show"})
        asked = case_filter(query)
        order = _choice(query.get("order", ""), list(ORDERS)) or "number"
        if ORDERS[order].shows_model and not may_see_model(self.subject):
            raise NotAllowed(
                "You read in this project: the order of the model's scores is not shown to you.",
                code="blinded_to_model",
            )
        page = list_cases(
            self.user,
            self.subject,
            asked,
            order=order,
            after=_after(query.get("cursor"), order),
            size=int(_choice(query.get("size", ""), [str(size) for size in SIZES]) or PAGE),
            outcomes=bool(_choice(query.get("show", ""), list(SHOWN))),
            places=may_see_model(self.subject),
        )
        return Response(
            {
                "results": CaseRow(page.cases, many=True).data,
                "next": encode_cursor(list(page.next)) if page.next else None,
                "found_by": page.found_by,
            }
        )


class CaseCountApi(Api):
    policy = CASES_OF_PROJECT
    subject: Project

    @extend_schema(
        parameters=FILTER_PARAMETERS,
        responses=inline_serializer(
            "CaseCount",
            {
                "n": serializers.IntegerField(help_text=f"At most {MOST_COUNTED}."),
                "is_more": serializers.BooleanField(help_text="There are more than `n`."),
            },
        ),
    )
    def get(self, request: Request, slug: str) -> Response:
        """How many cases there are of what is asked."""
        asked = case_filter(checked_query(request.query_params, set(FILTERS)))
        n = count_cases(self.user, self.subject, asked)
        return Response({"n": min(n, MOST_COUNTED), "is_more": n > MOST_COUNTED})


class CaseChoicesApi(Api):
    policy = CASES_OF_PROJECT
    subject: Project

    @extend_schema(
        responses=inline_serializer(
            "CaseChoices",
            {
                "sites": serializers.ListField(child=serializers.CharField()),
                "views": serializers.ListField(child=serializers.CharField()),
            },
        )
    )
    def get(self, request: Request, slug: str) -> Response:
        """The sites and views that there are to narrow a list by, the first hundred of each."""
        sites, views = sites_and_views(self.subject)
        return Response({"sites": sites, "views": views})


class CaseAcceptVersionApi(Api):
    policy = MANAGED_CASE
    subject: Case

    @extend_schema(
        request=None, responses=inline_serializer("CaseVersion", {"version": serializers.IntegerField()})
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        """Give readers the held version, with the images that came after the case was opened."""
        version = accept_version(actor=self.user, case=self.subject)
        return Response({"version": version.version})


def case_filter(query: Mapping[str, str]) -> CaseFilter:
    """The filter that a query asks for."""
    return CaseFilter.parse({name: value for name, value in query.items() if name in FILTERS})


def _after(cursor: str | None, order: str) -> Key | None:
    values = decode_values(cursor)
    if values is None:
        return None
    try:
        return ORDERS[order].read_key(values)
    except (AttributeError, IndexError, OverflowError, TypeError, ValueError):
        raise bad_cursor() from None


def _choice(value: str, choices: list[str]) -> str:
    if value and value not in choices:
        raise Malformed(f"There is no {value}: choose from {', '.join(choices)}.", code="unknown_filter")
    return value
