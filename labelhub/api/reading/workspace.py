"""What the reading workspace needs to show one assignment."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from labelhub.api.imaging.images import ImageOutput, image
from labelhub.api.projects.schemas import (
    LabelSchemaOutput,
    ReaderProtocolOutput,
    label_schema,
    reader_protocol,
)
from labelhub.api.reading.documents import DocumentField
from labelhub.api.reading.worklist import case_label
from labelhub.imaging.dicom.identity.ages import age_words, years_of
from labelhub.imaging.models import Instance
from labelhub.projects.models import ReadingProtocol
from labelhub.reading.documents import EMPTY
from labelhub.reading.models import Assignment, Flag, LateRead
from labelhub.reading.policies import allowed_actions, unreadable_asks_another
from labelhub.reading.selectors import case_instances, newest_read, priors
from labelhub.reading.services.drafts import draft_of
from labelhub.reading.services.flags import standing_flags
from labelhub.reading.services.store_read import SLIP_WINDOW
from labelhub.reading.stored import stored_document
from labelhub.reading.submissions import protocol_of, schema_of
from labelhub.workflows.consensus.outcomes import outcome_visible, read_stands

S = Assignment.State


class PriorOutput(serializers.Serializer[Any]):
    days_before = serializers.IntegerField()
    images = ImageOutput(many=True)


class ContextOutput(serializers.Serializer[Any]):
    age = serializers.IntegerField(allow_null=True)
    age_text = serializers.CharField(
        allow_null=True,
        help_text="At the study, infants' in days, weeks or months: 34 years, 8 months, 12 days.",
    )
    sex = serializers.CharField(allow_null=True)
    view = serializers.CharField(allow_null=True)
    indication = serializers.CharField(allow_null=True)
    prior = PriorOutput(many=True)


StandingFlag = inline_serializer(
    "StandingFlag",
    {
        "id": serializers.UUIDField(),
        "kind": serializers.ChoiceField(choices=Flag.Kind.choices),
        "text": serializers.CharField(),
    },
    many=True,
)


class DraftOutput(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    document = DocumentField()


WorkspaceOutput = inline_serializer(
    "Workspace",
    {
        "assignment": inline_serializer(
            "WorkspaceAssignment",
            {
                "id": serializers.UUIDField(),
                "label": serializers.CharField(),
                "state": serializers.ChoiceField(choices=S.choices),
                "lease_until": serializers.DateTimeField(allow_null=True),
                "submitted_at": serializers.DateTimeField(allow_null=True),
                "read_version": serializers.IntegerField(),
                "slip_until": serializers.DateTimeField(allow_null=True),
                "return_note": serializers.CharField(),
                "outcome_visible": serializers.BooleanField(),
                "unreadable_asks_another": serializers.BooleanField(
                    help_text="Whether a read 'not readable' asks another reader in its place."
                ),
            },
        ),
        "project": inline_serializer(
            "WorkspaceProject", {"slug": serializers.CharField(), "name": serializers.CharField()}
        ),
        "schema": LabelSchemaOutput(),
        "protocol": ReaderProtocolOutput(),
        "context": ContextOutput(),
        "images": ImageOutput(many=True),
        "draft": DraftOutput(),
        "draft_aside": DraftOutput(
            allow_null=True, help_text="Begun while the case was sent back, and left when it was taken back."
        ),
        "flags": StandingFlag,
        "allowed_actions": serializers.ListField(child=serializers.CharField()),
    },
)


def workspace(assignment: Assignment) -> dict[str, Any]:
    """The reader's own projection: nothing in it depends on another reader's work."""
    project = assignment.case.project
    protocol = protocol_of(assignment)
    instances = case_instances(assignment)
    read = newest_read(assignment) if assignment.submitted_at else None
    saved_version, saved = draft_of(assignment)
    is_aside = saved_version > 0 and assignment.state == S.SUBMITTED
    if read is not None and (is_aside or saved_version == 0):
        version, document = 0, stored_document(read).as_json()
    else:
        version, document = saved_version, {**EMPTY, **saved}
    visible = outcome_visible(assignment)
    actions = allowed_actions(assignment, has_late_read=_has_late_read(assignment))
    return {
        "assignment": {
            "id": assignment.id,
            "label": case_label(assignment),
            "state": assignment.state,
            "lease_until": assignment.lease_until,
            "submitted_at": assignment.submitted_at,
            "read_version": read.version if read else 0,
            "slip_until": read.submitted_at + SLIP_WINDOW if read else None,
            "return_note": assignment.return_note if assignment.state == S.RETURNED else "",
            "outcome_visible": visible,
            "unreadable_asks_another": unreadable_asks_another(assignment),
        },
        "project": {"slug": project.slug, "name": project.name},
        "schema": label_schema(schema_of(assignment)),
        "protocol": reader_protocol(protocol),
        "context": context(assignment, protocol, [row.view_position for row in instances]),
        "images": [_image(row, protocol) for row in instances],
        "draft": {"version": version, "document": document},
        "draft_aside": {"version": saved_version, "document": {**EMPTY, **saved}} if is_aside else None,
        "flags": [
            {"id": flag.id, "kind": flag.kind, "text": flag.text} for flag in standing_flags(assignment)
        ],
        "allowed_actions": _still_allowed(actions, assignment),
    }


def _still_allowed(actions: list[str], assignment: Assignment) -> list[str]:
    """The actions, without those that would change a read which stands."""
    if assignment.state not in (S.SUBMITTED, S.RETURNED) or not read_stands(assignment):
        return actions
    return [action for action in actions if action not in ("amend", "save", "submit")]


def context(assignment: Assignment, protocol: ReadingProtocol, views: list[str]) -> dict[str, Any]:
    """The context that the protocol shows; what it hides is null."""
    shown = set(protocol.context_fields)
    patient, study = assignment.case.patient, assignment.case.study
    return {
        "age": years_of(study.age) if "age" in shown else None,
        "age_text": (age_words(study.age) or None) if "age" in shown else None,
        "sex": (patient.sex or None) if "sex" in shown else None,
        "view": (", ".join(sorted({view for view in views if view})) or None) if "view" in shown else None,
        "indication": (study.indication or None) if "indication" in shown else None,
        "prior": [
            {"days_before": days, "images": [_image(row, protocol) for row in instances]}
            for days, instances in (priors(assignment) if "prior" in shown else [])
        ],
    }


def _image(instance: Instance, protocol: ReadingProtocol) -> dict[str, Any]:
    """As the viewer gets it. A view that the protocol hides stands on no film and in no strip either."""
    described = image(instance)
    return described if "view" in protocol.context_fields else {**described, "view": ""}


def _has_late_read(assignment: Assignment) -> bool:
    if assignment.state not in (S.EXPIRED, S.RELEASED):
        return False
    return LateRead.objects.filter(assignment=assignment).exists()
