"""What was said of one case, and what happened to it: reads, decisions, labels with where they come from, the trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.views import Api
from labelhub.api.imaging.cases import CASE
from labelhub.api.projects.schemas import FindingOutput, label_schema
from labelhub.api.reading.documents import AnnotationField, AnswerField
from labelhub.consensus.models import Discordance
from labelhub.consensus.record import CaseRecord
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case
from labelhub.projects.models import LabelSchema
from labelhub.reading.models import Assignment, Flag
from labelhub.reading.stored import stored_document
from labelhub.workflows.cases.look_at_case import look_at_history, look_at_record


class RecordedRead(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    assignment = serializers.UUIDField()
    version = serializers.IntegerField()
    is_newest = serializers.BooleanField(help_text="Of its reader in its round.")
    is_counted = serializers.BooleanField(
        help_text="It is one of those from which labels follow; else it was given back to its reader, or is beside."
    )
    reader = serializers.CharField()
    reader_position = serializers.IntegerField(help_text="The reader's own number of the case.")
    round = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    active_ms = serializers.IntegerField()
    reason = serializers.CharField(help_text="Why it was amended; empty in a first version.")
    case_version = serializers.IntegerField()
    schema_version = serializers.IntegerField()
    protocol_version = serializers.IntegerField()
    ai_visible = serializers.BooleanField()
    rule = serializers.ChoiceField(choices=Assignment.Rule.choices)
    answers = serializers.DictField(child=AnswerField())
    annotations = AnnotationField(many=True)
    comment = serializers.CharField()
    not_readable = serializers.BooleanField()


class RecordedLateRead(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reader = serializers.CharField()
    round = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    is_accepted = serializers.BooleanField()


class RecordedDiscordance(serializers.Serializer[Any]):
    round = serializers.IntegerField()
    finding = serializers.CharField()
    kind = serializers.ChoiceField(choices=Discordance.Kind.choices)
    gap = serializers.CharField()
    iou = serializers.FloatField(allow_null=True)
    needs_adjudication = serializers.BooleanField()


class RecordedDecision(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    round = serializers.IntegerField()
    finding = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField()
    annotations = AnnotationField(many=True)


class RecordedLabel(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    round = serializers.IntegerField()
    finding = serializers.CharField()
    value = serializers.CharField()
    probability = serializers.FloatField(allow_null=True)
    method = serializers.CharField()
    is_current = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    reads = serializers.ListField(child=serializers.UUIDField(), help_text="From which it follows.")
    decision = serializers.UUIDField(allow_null=True, help_text="By which it was decided.")
    schema_version = serializers.IntegerField(allow_null=True)
    protocol_version = serializers.IntegerField(allow_null=True)


class RecordedFlag(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Flag.Kind.choices)
    text = serializers.CharField()
    reader = serializers.CharField()
    created_at = serializers.DateTimeField()
    is_withdrawn = serializers.BooleanField()
    is_seen = serializers.BooleanField()


class CaseRecordOutput(serializers.Serializer[Any]):
    findings = FindingOutput(
        many=True, help_text="Of all versions of the schema that its reads were made under."
    )
    reads = RecordedRead(many=True)
    late_reads = RecordedLateRead(many=True)
    discordances = RecordedDiscordance(many=True)
    decisions = RecordedDecision(many=True)
    labels = RecordedLabel(many=True)
    flags = RecordedFlag(many=True)


class EventOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(allow_null=True, help_text="null: LabelHub itself.")
    action = serializers.CharField()
    object_type = serializers.CharField()
    object_id = serializers.CharField()
    data = serializers.DictField(help_text="Ids, codes and versions.")  # type: ignore[assignment]


class CaseRecordApi(Api):
    policy = CASE
    subject: Case

    @extend_schema(responses=CaseRecordOutput)
    def get(self, request: Request, case_id: UUID) -> Response:
        """All that was said of the case. The look is on record, and the case is never offered to whoever looked.

        409 `reading_now` while she reads it herself.
        """
        record = look_at_record(actor=self.user, case=self.subject)
        return Response(CaseRecordOutput(_record(self.subject, record)).data)


class CaseHistoryApi(Api):
    policy = CASE
    subject: Case

    @extend_schema(responses=inline_serializer("CaseHistory", {"results": EventOutput(many=True)}))
    def get(self, request: Request, case_id: UUID) -> Response:
        """The audit rows of the case and of all that belongs to it, newest first. A look, as `record` is."""
        events = look_at_history(actor=self.user, case=self.subject)
        names = _names(events)
        rows = [
            {
                **{
                    name: getattr(event, name)
                    for name in ("id", "at", "action", "object_type", "object_id", "data")
                },
                "actor": names.get(event.actor_id, "") if event.actor_id else None,
            }
            for event in events
        ]
        return Response({"results": EventOutput(rows, many=True).data})


def _names(events: list[AuditEvent]) -> dict[Any, str]:
    people = User.objects.filter(id__in={event.actor_id for event in events})
    return {person.id: _name(person) for person in people}


def _name(person: User) -> str:
    return person.display_name or person.username


def _record(case: Case, record: CaseRecord) -> dict[str, Any]:
    newest = {read.assignment_id: read.version for read in record.reads}
    return {
        "findings": _findings(case, record),
        "reads": [
            {
                **{key: stored_document(read).as_json()[key] for key in DOCUMENT},
                "id": read.id,
                "assignment": read.assignment_id,
                "version": read.version,
                "is_newest": read.version == newest[read.assignment_id],
                "is_counted": read.assignment.state == Assignment.State.SUBMITTED,
                "reader": _name(read.assignment.reader),
                "reader_position": read.assignment.reader_position,
                "round": read.assignment.round.number,
                "submitted_at": read.submitted_at,
                "active_ms": read.active_ms,
                "reason": read.reason,
                "case_version": read.case_version.version,
                "schema_version": read.schema.version,
                "protocol_version": read.protocol.version,
                "ai_visible": read.ai_visible,
                "rule": read.assignment.rule,
            }
            for read in record.reads
        ],
        "late_reads": [
            {
                "id": late.id,
                "reader": _name(late.assignment.reader),
                "round": late.assignment.round.number,
                "submitted_at": late.submitted_at,
                "is_accepted": hasattr(late, "decision"),
            }
            for late in record.late_reads
        ],
        "discordances": [
            {
                "round": row.case_round.round.number,
                "finding": row.finding,
                "kind": row.kind,
                "gap": row.gap,
                "iou": row.best_iou,
                "needs_adjudication": row.needs_adjudication,
            }
            for row in record.discordances
        ],
        "decisions": [
            {
                "id": row.id,
                "round": row.adjudication.case_round.round.number,
                "finding": row.finding,
                "value": row.value,
                "reason": row.reason,
                "decided_by": _name(row.decided_by),
                "decided_at": row.decided_at,
                "annotations": row.annotations,
            }
            for row in record.decisions
        ],
        "labels": [
            {
                "id": row.id,
                "round": row.case_round.round.number,
                "finding": row.finding,
                "value": row.value,
                "probability": row.probability,
                "method": row.method,
                "is_current": row.is_current,
                "created_at": row.created_at,
                "reads": row.provenance.get("reads", []),
                "decision": row.provenance.get("decision"),
                "schema_version": row.provenance.get("schema"),
                "protocol_version": row.provenance.get("protocol"),
            }
            for row in record.labels
        ],
        "flags": [
            {
                "id": flag.id,
                "kind": flag.kind,
                "text": flag.text,
                "reader": _name(flag.assignment.reader),
                "created_at": flag.created_at,
                "is_withdrawn": hasattr(flag, "withdrawn"),
                "is_seen": hasattr(flag, "seen"),
            }
            for flag in record.flags
        ],
    }


DOCUMENT = ("answers", "annotations", "comment", "not_readable")


def _findings(case: Case, record: CaseRecord) -> list[dict[str, Any]]:
    """By the newest schema that has each: those in force first, then those that have left it since."""
    schemas = LabelSchema.objects.filter(project=case.project_id).order_by("-version")
    asked = {read.schema_id for read in record.reads}
    found: dict[str, dict[str, Any]] = {}
    for index, schema in enumerate(schemas):
        if index == 0 or schema.id in asked:
            for finding in label_schema(schema)["findings"]:
                found.setdefault(finding["code"], finding)
    return list(found.values())
