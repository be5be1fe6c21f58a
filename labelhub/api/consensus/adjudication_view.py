"""What the adjudication view shows: the case, the findings that need deciding, and its reads as A, B, C."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from labelhub.api.imaging.images import ImageOutput, image
from labelhub.api.projects.schemas import LabelSchemaOutput, label_schema
from labelhub.api.reading.documents import AnnotationField, AnswerField
from labelhub.consensus.models import Adjudication, AdjudicationDecision, Discordance
from labelhub.consensus.policies import adjudication_actions, correct_until
from labelhub.consensus.selectors import (
    asked_readers,
    discordant_findings,
    lettered_reads,
    newest_decisions,
    version_read,
)
from labelhub.consensus.services.settle import settled_under
from labelhub.imaging.dicom.identity.ages import age_words, years_of
from labelhub.projects.selectors import protocol_in_force
from labelhub.reading.selectors import manifest_instances
from labelhub.reading.stored import stored_document


class AdjudicatedFinding(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Discordance.Kind.choices)
    values = serializers.DictField(child=serializers.CharField())
    iou = serializers.FloatField(allow_null=True)
    decision = inline_serializer(
        "MadeDecision",
        {
            "value": serializers.CharField(),
            "reason": serializers.CharField(help_text="As she gave it; empty when she gave none."),
            "annotations": AnnotationField(many=True),
        },
        allow_null=True,
    )


class LetteredRead(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    answers = serializers.DictField(child=AnswerField())
    annotations = AnnotationField(many=True)
    comment = serializers.CharField()
    not_readable = serializers.BooleanField()


class AdjudicationContext(serializers.Serializer[Any]):
    age = serializers.IntegerField(allow_null=True)
    age_text = serializers.CharField(allow_null=True)
    sex = serializers.CharField(allow_null=True)
    view = serializers.CharField(allow_null=True)
    indication = serializers.CharField(allow_null=True)


AdjudicationOutput = inline_serializer(
    "AdjudicationView",
    {
        "adjudication": inline_serializer(
            "AdjudicationHeader",
            {
                "id": serializers.UUIDField(),
                "label": serializers.CharField(),
                "state": serializers.ChoiceField(choices=Adjudication.State.choices),
                "lease_until": serializers.DateTimeField(allow_null=True),
                "correct_until": serializers.DateTimeField(
                    allow_null=True, help_text="Of a decided case: until then she may correct it."
                ),
                "reason_required": serializers.BooleanField(),
            },
        ),
        "project": inline_serializer(
            "AdjudicationProject", {"slug": serializers.CharField(), "name": serializers.CharField()}
        ),
        "schema": LabelSchemaOutput(),
        "context": AdjudicationContext(),
        "images": ImageOutput(many=True),
        "findings": AdjudicatedFinding(many=True),
        "reads": LetteredRead(many=True),
        "asked": inline_serializer(
            "AskedReader", {"label": serializers.CharField(), "note": serializers.CharField()}, many=True
        ),
        "allowed_actions": serializers.ListField(child=serializers.CharField()),
    },
)


def adjudication_view(row: Adjudication, user: Any) -> dict[str, Any]:
    """The case with its reads as A, B, C, and only the findings that need deciding."""
    schema, _ = settled_under(row.case_round)
    names = {finding["code"]: finding["name"] for finding in schema.findings}
    reads = [(letter, stored_document(read).as_json()) for letter, read in lettered_reads(row)]
    case = row.case_round.case
    version, decisions = version_read(row.case_round), newest_decisions(row)
    instances = manifest_instances(version.manifest if version else [])
    views = sorted({instance.view_position for instance in instances if instance.view_position})
    return {
        "adjudication": {
            "id": row.id,
            "label": adjudication_name(row),
            "state": row.state,
            "lease_until": row.lease_until,
            "correct_until": correct_until(row) if row.state == Adjudication.State.DECIDED else None,
            "reason_required": protocol_in_force(row.project).adjudication_reason_required,
        },
        "project": {"slug": row.project.slug, "name": row.project.name},
        "schema": label_schema(schema),
        "context": {
            "age": years_of(case.study.age),
            "age_text": age_words(case.study.age) or None,
            "sex": case.patient.sex or None,
            "view": ", ".join(views) or None,
            "indication": case.study.indication or None,
        },
        "images": [image(instance) for instance in instances],
        "findings": [
            {
                "code": item.finding,
                "name": names.get(item.finding, item.finding),
                "kind": item.kind,
                "iou": item.best_iou,
                "decision": _decision(decisions.get(item.finding)),
                "values": {
                    letter: document["answers"][item.finding]["value"]
                    for letter, document in reads
                    if item.finding in document["answers"]
                },
            }
            for item in discordant_findings(row)
        ],
        "reads": [
            {
                "label": letter,
                **{key: document[key] for key in ("answers", "annotations", "comment", "not_readable")},
            }
            for letter, document in reads
        ],
        "asked": [{"label": letter, "note": note} for letter, note in asked_readers(row)],
        "allowed_actions": adjudication_actions(row, user),
    }


def _decision(row: AdjudicationDecision | None) -> dict[str, Any] | None:
    return {"value": row.value, "reason": row.reason, "annotations": row.annotations} if row else None


def adjudication_name(row: Adjudication) -> str:
    """The case's name, the same for everybody who steers the project or resolves the case."""
    return row.case_round.case.name
