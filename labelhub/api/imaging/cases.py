"""Cases as the manager sees them: where each stands."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.pagination import checked_query, decode_numbers, encode_cursor
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.imaging.images import thumbnail_url
from labelhub.core.errors import Malformed, NotFound
from labelhub.imaging.hanging import objects_counted
from labelhub.imaging.models import Case, HeldCaseVersion, Instance, Split
from labelhub.imaging.selectors import case_page
from labelhub.projects.models import Project
from labelhub.projects.policies import ENGINEER, MANAGER, project_by_id_for, project_for
from labelhub.reading.models import Assignment, CaseRound, Round
from labelhub.workflows.intake.accept_version import accept_version

PAGE = 50
MAX_FIND = 200
NEWEST_FIRST = "-number"
ORDERS = ["number", NEWEST_FIRST]
MANAGERS = {MANAGER, ENGINEER}
STATES: dict[str, Q] = {
    "not_begun": Q(begun_seq__isnull=True),
    "begun": Q(begun_seq__isnull=False, n_submitted__lt=F("n_needed")),
    "complete": Q(n_submitted__gte=F("n_needed"), closed_at__isnull=True),
    "closed": Q(closed_at__isnull=False),
}

OF_LABELS = Q(round__purpose=Round.Purpose.LABELS)
"""How far a case is says its newest round of labels: a calibration or a reader study gives it none."""

NUMBER = re.compile(r"(?:case\s+)?(\d{1,9})", re.IGNORECASE)
READERS_NUMBER = re.compile(r"(.+?)(?:['’]s)?[\s,:]+(?:(?:my\s+)?case\s+)?(\d{1,9})", re.IGNORECASE)


def _case_for(user: User, case_id: UUID, roles: Collection[str]) -> Case:
    case = Case.objects.select_related("project").filter(id=case_id).first()
    if case is None:
        raise NotFound()
    project_by_id_for(user, case.project_id, roles)
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


class CaseRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    split = serializers.ChoiceField(choices=Split.choices)
    state = serializers.ChoiceField(choices=list(STATES))
    n_submitted = serializers.IntegerField()
    n_needed = serializers.IntegerField()
    version = serializers.IntegerField()
    held_version = serializers.IntegerField(
        allow_null=True,
        help_text="A newer version that waits for the manager, since somebody has opened the case.",
    )
    n_images = serializers.IntegerField()
    thumbnail_url = serializers.CharField(
        help_text="Of the first image that is read; empty where there is none."
    )
    n_objects = serializers.IntegerField(help_text="Objects about the case: kept, not read.")
    can_be_scored = serializers.BooleanField()
    warnings = serializers.ListField(child=serializers.CharField())


class CaseListApi(Api):
    policy = CASES_OF_PROJECT
    subject: Project

    @extend_schema(
        parameters=[
            *(OpenApiParameter(name, str) for name in ("cursor", "split", "state")),
            OpenApiParameter("order", str, enum=ORDERS, description="By number; the first unless given."),
            OpenApiParameter(
                "find", str, description="`17` or `Case 17`; `NAME 3` is what that reader calls her case 3."
            ),
        ],
        responses=inline_serializer(
            "CasePage", {"results": CaseRow(many=True), "next": serializers.CharField(allow_null=True)}
        ),
    )
    def get(self, request: Request, slug: str) -> Response:
        query = checked_query(request.query_params, {"cursor", "split", "state", "find", "order"})
        after = decode_numbers(query.get("cursor"), 1)
        cases = case_page(
            self.subject,
            split=_choice(query.get("split", ""), Split.values),
            narrow=_narrowed(_choice(query.get("state", ""), list(STATES)))
            & _found(self.subject, query.get("find", "")),
            after=after[0] if after else None,
            newest_first=_choice(query.get("order", ""), ORDERS) == NEWEST_FIRST,
            size=PAGE,
        )
        last = cases[-1] if len(cases) == PAGE else None
        return Response(
            {
                "results": CaseRow(_rows(cases), many=True).data,
                "next": encode_cursor([last.number]) if last else None,
            }
        )


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


def _rows(cases: list[Case]) -> list[dict[str, Any]]:
    of_cases = CaseRound.objects.filter(OF_LABELS, case__in=cases).order_by("round__number")
    rounds = {row.case_id: row for row in of_cases}
    held = HeldCaseVersion.objects.filter(version__case__in=cases).order_by("version__version")
    waiting = dict(held.values_list("version__case_id", "version__version"))
    warnings: dict[UUID, set[str]] = {case.id: set() for case in cases}
    flagged = Instance.objects.filter(case__in=cases).exclude(warnings=[])
    for case_id, codes in flagged.values_list("case_id", "warnings"):
        warnings[case_id].update(codes)
    n_objects = objects_counted(cases)
    thumbnails = _thumbnails(cases)
    return [
        {
            "id": case.id,
            "label": case.name,
            "split": case.split,
            **_progress(rounds.get(case.id)),
            "version": case.version_in_force.version,
            "held_version": waiting.get(case.id),
            "n_images": len(case.version_in_force.manifest),
            "thumbnail_url": thumbnails.get(case.id, ""),
            "n_objects": n_objects.get(case.id, 0),
            "can_be_scored": case.has_eligible_instance,
            "warnings": sorted(warnings[case.id]),
        }
        for case in cases
    ]


def _thumbnails(cases: list[Case]) -> dict[UUID, str]:
    """The picture of each case's first image, by case id; in one query."""
    first = {
        manifest[0]["instance"]: case.id for case in cases if (manifest := case.version_in_force.manifest)
    }
    rows = Instance.objects.filter(id__in=list(first)).only("id", "thumbnail")
    return {first[str(row.id)]: thumbnail_url(row) for row in rows}


def _progress(case_round: CaseRound | None) -> dict[str, Any]:
    return {
        "state": _state_of(case_round),
        "n_submitted": case_round.n_submitted if case_round else 0,
        "n_needed": case_round.n_needed if case_round else 0,
    }


def _state_of(case_round: CaseRound | None) -> str:
    if case_round is None or case_round.begun_seq is None:
        return "not_begun"
    if case_round.closed_at is not None:
        return "closed"
    return "complete" if case_round.n_submitted >= case_round.n_needed else "begun"


def _narrowed(state: str) -> Q:
    """Cases whose row in their newest round of labels stands so: the row that is shown."""
    if not state:
        return Q()
    rows = CaseRound.objects.filter(OF_LABELS)
    newer = rows.filter(case=OuterRef("case"), round__number__gt=OuterRef("round__number"))
    return Q(Exists(rows.filter(STATES[state], ~Exists(newer), case=OuterRef("pk"))))


def _found(project: Project, text: str) -> Q:
    """The case that somebody speaks of: by its number, or by a reader's name with her own number of it."""
    wanted = text.strip()[:MAX_FIND]
    if not wanted:
        return Q()
    if match := NUMBER.fullmatch(wanted):
        return Q(number=int(match[1]))
    match = READERS_NUMBER.fullmatch(wanted)
    if match is None:
        return Q(pk__in=[])
    named = Q(username__iexact=match[1]) | Q(display_name__iexact=match[1])
    readers = list(User.objects.filter(named).values_list("id", flat=True))
    # By the index on round and reader: a reader has read thousands of cases, a project has a million.
    rounds = list(project.rounds.values_list("id", flat=True))
    theirs = Assignment.objects.filter(round__in=rounds, reader__in=readers, reader_position=int(match[2]))
    return Q(pk__in=list(theirs.values_list("case_id", flat=True)))


def _choice(value: str, choices: list[str]) -> str:
    if value and value not in choices:
        raise Malformed(f"There is no {value}: choose from {', '.join(choices)}.", code="unknown_filter")
    return value
