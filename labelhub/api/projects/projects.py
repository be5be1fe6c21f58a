"""Projects: what they are called, what may be said in them, how they are read, and who takes part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.permissions import Policy
from labelhub.api.http.preconditions import IF_MATCH, etag, expected_version
from labelhub.api.http.views import Api
from labelhub.api.projects.schemas import (
    CONTEXT_FIELDS,
    FindingOutput,
    LabelSchemaOutput,
    RegionClassOutput,
    label_schema,
    reader_protocol,
)
from labelhub.api.reading.documents import JSONObject, StrictSerializer
from labelhub.core.errors import InvalidContent
from labelhub.imaging.selectors import import_warnings
from labelhub.projects import services
from labelhub.projects.models import Membership, Project, ReadingProtocol
from labelhub.projects.policies import ANYBODY, MANAGER, project_for, roles_of
from labelhub.projects.selectors import finding_rule, protocol_in_force, schema_in_force
from labelhub.workflows.projects.bring_back import bring_back
from labelhub.workflows.projects.change_protocol import change_protocol
from labelhub.workflows.projects.change_schema import change_schema


def _member_reads_manager_writes(user: Any, method: str, kwargs: dict[str, Any]) -> Project:
    return project_for(user, kwargs["slug"], ANYBODY if method in ("GET", "HEAD", "OPTIONS") else {MANAGER})


MEMBER_OR_MANAGER = Policy("members read, the manager writes", _member_reads_manager_writes)
MANAGER_OF_PROJECT = Policy(
    "manager of the project", lambda user, method, kwargs: project_for(user, kwargs["slug"], {MANAGER})
)
MANAGER_ALSO_IN_ARCHIVE = replace(MANAGER_OF_PROJECT, in_archive=True)
IN_ARCHIVE = {"see_progress", "export", "export_labels", "manage_members"}
ACTIONS = {
    "reader": ["read"],
    "adjudicator": ["adjudicate"],
    "manager": [
        "import",
        "edit_schema",
        "edit_protocol",
        "see_progress",
        "train",
        "export",
        "export_labels",
        "manage_members",
    ],
    "engineer": ["train", "export_labels"],
}


class FindingRuleOutput(serializers.Serializer[Any]):
    rule = serializers.ChoiceField(choices=["adjudicate", "majority", "any_positive", "soft"])
    present_uncertain = serializers.BooleanField()
    uncertain_absent = serializers.BooleanField()


class ProtocolOutput(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    readers_per_case = serializers.IntegerField()
    context_fields = serializers.ListField(child=serializers.ChoiceField(choices=CONTEXT_FIELDS))
    eval_interleave = serializers.IntegerField()
    eval_target = serializers.IntegerField()
    iou_threshold = serializers.FloatField()
    adjudicate_own_reads = serializers.BooleanField()
    show_outcome_when_closed = serializers.BooleanField()
    adjudication_reason_required = serializers.BooleanField()
    finding_rules = serializers.DictField(child=FindingRuleOutput())


ProjectOutput = inline_serializer(
    "ProjectDetail",
    {
        "id": serializers.UUIDField(),
        "slug": serializers.CharField(),
        "name": serializers.CharField(),
        "description": serializers.CharField(),
        "archived_at": serializers.DateTimeField(
            allow_null=True, help_text="Since when nothing in it may be changed."
        ),
        "roles": serializers.ListField(child=serializers.ChoiceField(choices=Membership.Role.choices)),
        "allowed_actions": serializers.ListField(child=serializers.CharField()),
        "schema": LabelSchemaOutput(),
        "protocol": JSONObject(help_text="Whole for the manager; what a reader is told, for the others."),
        "warnings": serializers.ListField(child=serializers.CharField()),
    },
)


class ProjectChange(StrictSerializer):
    name = serializers.CharField(max_length=Project._meta.get_field("name").max_length, required=False)
    description = serializers.CharField(
        max_length=Project._meta.get_field("description").max_length,
        required=False,
        allow_blank=True,
        help_text="Plain text.",
    )


class ProjectDetailApi(Api):
    policy = MEMBER_OR_MANAGER
    subject: Project

    @extend_schema(responses=ProjectOutput)
    def get(self, request: Request, slug: str) -> Response:
        """The project, and what whoever asks may do in it."""
        return Response(project_detail(self.subject, roles_of(self.subject)))

    @extend_schema(request=ProjectChange, responses=ProjectOutput)
    def patch(self, request: Request, slug: str) -> Response:
        """Rename or describe it. What is left out stays; so does the short name in addresses."""
        data = ProjectChange(data=request.data)
        data.is_valid(raise_exception=True)
        project = services.project_describe(actor=self.user, project=self.subject, **data.validated_data)
        return Response(project_detail(project, roles_of(self.subject)))


class ProjectArchiveApi(Api):
    policy = MANAGER_ALSO_IN_ARCHIVE
    subject: Project

    @extend_schema(request=None, responses=ProjectOutput)
    def post(self, request: Request, slug: str) -> Response:
        """Archive it: nothing in it may be changed from now on; everything may be looked at and exported."""
        project = services.project_archive(actor=self.user, project=self.subject)
        return Response(project_detail(project, roles_of(self.subject)))


class ProjectBringBackApi(Api):
    policy = MANAGER_ALSO_IN_ARCHIVE
    subject: Project

    @extend_schema(request=None, responses=ProjectOutput)
    def post(self, request: Request, slug: str) -> Response:
        """Bring it back from the archive: everything goes on where it was left."""
        project = bring_back(actor=self.user, project=self.subject)
        return Response(project_detail(project, roles_of(self.subject)))


def project_detail(project: Project, roles: list[str]) -> dict[str, Any]:
    in_force = protocol_in_force(project)
    is_manager = MANAGER in roles
    actions = {action for role in roles for action in ACTIONS[role]}
    return {
        "id": project.id,
        "slug": project.slug,
        "name": project.name,
        "description": project.description,
        "archived_at": project.archived_at,
        "roles": roles,
        "allowed_actions": sorted(actions & IN_ARCHIVE if project.archived_at else actions),
        "schema": label_schema(schema_in_force(project)),
        "protocol": protocol(in_force, project) if is_manager else reader_protocol(in_force),
        "warnings": import_warnings(project) if is_manager else [],
    }


class LabelSchemaInput(StrictSerializer):
    findings = serializers.ListField(child=JSONObject())
    region_classes = serializers.ListField(child=JSONObject(), default=list)


class LabelSchemaApi(Api):
    policy = MEMBER_OR_MANAGER
    subject: Project

    @extend_schema(responses=LabelSchemaOutput)
    def get(self, request: Request, slug: str) -> Response:
        """The findings in force, with their answers and codes."""
        schema = schema_in_force(self.subject)
        return Response(label_schema(schema), headers=etag(schema.version))

    @extend_schema(
        request=inline_serializer(
            "LabelSchemaInput",
            {"findings": FindingOutput(many=True), "region_classes": RegionClassOutput(many=True)},
        ),
        responses={201: LabelSchemaOutput},
        parameters=[IF_MATCH],
    )
    def post(self, request: Request, slug: str) -> Response:
        """Save the findings over the version they were edited from."""
        data = LabelSchemaInput(data=request.data)
        data.is_valid(raise_exception=True)
        edited_from = expected_version(request, "schema")
        try:
            schema = change_schema(
                actor=self.user, project=self.subject, edited_from=edited_from, **data.validated_data
            )
        except services.NewerVersion as error:
            both = self.subject.schemas.filter(version__in=[edited_from, error.details["version"]])
            raise error.showing({row.version: label_schema(row) for row in both}) from None
        return Response(label_schema(schema), status=status.HTTP_201_CREATED, headers=etag(schema.version))


class ProtocolApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(responses=ProtocolOutput)
    def get(self, request: Request, slug: str) -> Response:
        """The protocol in force: how often and by what rules cases are read."""
        in_force = protocol_in_force(self.subject)
        return Response(protocol(in_force, self.subject), headers=etag(in_force.version))

    @extend_schema(request=ProtocolOutput, responses={201: ProtocolOutput}, parameters=[IF_MATCH])
    def post(self, request: Request, slug: str) -> Response:
        """Save the protocol over the version it was edited from."""
        if not isinstance(request.data, dict):
            raise InvalidContent("A protocol is an object.")
        values = {name: value for name, value in request.data.items() if name != "version"}
        if not values:
            raise InvalidContent("Say what is to change in the protocol.")
        in_force = protocol(protocol_in_force(self.subject), self.subject)
        del in_force["version"]
        edited_from = expected_version(request, "protocol")
        try:
            made = change_protocol(
                actor=self.user,
                project=self.subject,
                values={**in_force, **values},
                edited_from=edited_from,
            )
        except services.NewerVersion as error:
            both = self.subject.protocols.filter(version__in=[edited_from, error.details["version"]])
            raise error.showing({row.version: protocol(row, self.subject) for row in both}) from None
        return Response(
            protocol(made, self.subject), status=status.HTTP_201_CREATED, headers=etag(made.version)
        )


def protocol(row: ReadingProtocol, project: Project) -> dict[str, Any]:
    """The whole protocol, with the rule that holds for each finding of the schema."""
    return {
        "version": row.version,
        "readers_per_case": row.readers_per_case,
        "context_fields": row.context_fields,
        "eval_interleave": row.eval_interleave,
        "eval_target": row.eval_target,
        "iou_threshold": row.iou_threshold,
        "adjudicate_own_reads": row.adjudicate_own_reads,
        "show_outcome_when_closed": row.show_outcome_when_closed,
        "adjudication_reason_required": row.adjudication_reason_required,
        "finding_rules": {code: finding_rule(row, code) for code in schema_in_force(project).codes},
    }
