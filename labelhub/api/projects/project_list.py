"""A person's projects, and making one: from a template, as another is, or with the findings of every new project."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.accounts.session import ProjectSummary, projects_of
from labelhub.api.http.permissions import SIGNED_IN, Policy
from labelhub.api.http.views import Api
from labelhub.api.projects.schemas import FindingOutput
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import NotAllowed
from labelhub.projects.models import Membership, Project
from labelhub.projects.policies import MANAGER, may_create_projects, project_for
from labelhub.projects.templates import TEMPLATES, template_named
from labelhub.workflows.projects.copy_project import copy_project
from labelhub.workflows.projects.create_project import create_project


def _list_or_create(user: Any, method: str, kwargs: dict[str, Any]) -> None:
    if method in ("GET", "HEAD", "OPTIONS"):
        return
    held = Membership.objects.filter(user=user).values_list("role", flat=True)
    if not may_create_projects(user, set(held)):
        raise NotAllowed("Projects are made by administrators and data managers. Ask one of them.")


class ProjectInput(StrictSerializer):
    slug = serializers.CharField(
        max_length=64, help_text="Short name in addresses: letters, digits, - and _."
    )
    name = serializers.CharField(max_length=Project._meta.get_field("name").max_length)
    template = serializers.CharField(required=False, help_text="Code of a template.")
    readers_per_case = serializers.IntegerField(
        required=False, help_text="Left out: 2, or as `copy_of` has it."
    )
    copy_of = serializers.CharField(
        required=False,
        help_text="Short name of a project that you manage: its schema, protocol and training policy, never its cases.",
    )
    with_members = serializers.BooleanField(
        required=False, help_text="With `copy_of`: its members and their roles too."
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        others = {"template", "readers_per_case"} if "copy_of" in values else {"with_members"}
        sentence = "A copy has what `copy_of` has." if "copy_of" in values else "This goes with `copy_of`."
        if wrong := sorted(others & set(values)):
            raise serializers.ValidationError({field: sentence for field in wrong})
        return values


class ProjectListApi(Api):
    policy = Policy("everybody sees her own, administrators and data managers make them", _list_or_create)

    @extend_schema(
        operation_id="projects_list",
        responses=inline_serializer("ProjectList", {"results": ProjectSummary(many=True)}),
    )
    def get(self, request: Request) -> Response:
        """The projects of whoever asks, with her roles in them."""
        return Response({"results": projects_of(self.user)})

    @extend_schema(request=ProjectInput, responses={201: ProjectSummary})
    def post(self, request: Request) -> Response:
        """Make a project. Who makes it is its data manager."""
        data = ProjectInput(data=request.data)
        data.is_valid(raise_exception=True)
        project = made_by(self.user, data.validated_data)
        made = {
            "id": project.id,
            "slug": project.slug,
            "name": project.name,
            "description": project.description,
            "archived_at": None,
            "roles": [MANAGER],
        }
        return Response(made, status=status.HTTP_201_CREATED)


def made_by(user: User, values: dict[str, Any]) -> Project:
    if "copy_of" in values:
        return copy_project(
            actor=user,
            source=project_for(user, values["copy_of"], {MANAGER}),
            slug=values["slug"],
            name=values["name"],
            with_members=values.get("with_members", False),
        )
    template = template_named(values["template"]) if "template" in values else None
    return create_project(
        actor=user,
        slug=values["slug"],
        name=values["name"],
        findings=template.findings if template else None,
        protocol={"readers_per_case": values.get("readers_per_case", 2)},
    )


TemplateOutput = inline_serializer(
    "ProjectTemplate",
    {
        "code": serializers.CharField(),
        "name": serializers.CharField(),
        "description": serializers.CharField(),
        "findings": FindingOutput(many=True),
    },
    many=True,
)


class ProjectTemplatesApi(Api):
    policy = SIGNED_IN

    @extend_schema(
        operation_id="project_templates_list",
        responses=inline_serializer("ProjectTemplateList", {"results": TemplateOutput}),
    )
    def get(self, request: Request) -> Response:
        """The templates that a project can be made from."""
        return Response({"results": [asdict(template) for template in TEMPLATES]})
