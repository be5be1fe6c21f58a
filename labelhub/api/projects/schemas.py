"""How a label schema and a protocol are described."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labelhub.projects.models import LabelSchema, ReadingProtocol
from labelhub.questions import TYPES, question_of

CONTEXT_FIELDS = ["age", "sex", "view", "indication", "prior"]


class FindingOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=sorted(TYPES), help_text="How it is answered.")
    hotkey = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    boxes = serializers.BooleanField()


class RegionClassOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())


class LabelSchemaOutput(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    findings = FindingOutput(many=True)
    region_classes = RegionClassOutput(many=True)


class ReaderProtocolOutput(serializers.Serializer[Any]):
    """What a reader is told of the protocol: nothing of targets, interleave or other readers."""

    context_fields = serializers.ListField(child=serializers.ChoiceField(choices=CONTEXT_FIELDS))


class StandingOutput(serializers.Serializer[Any]):
    """Cases of rounds for labels, by how far they are."""

    new = serializers.IntegerField(help_text="Nobody has begun them.")
    open = serializers.IntegerField(help_text="Begun and not settled.")
    read = serializers.IntegerField(help_text="Settled, and a decision or a further read is outstanding.")
    closed = serializers.IntegerField()


def label_schema(schema: LabelSchema) -> dict[str, Any]:
    """Findings of an older schema name no type; they are asked as the only one there was."""
    findings = [{**finding, "type": question_of(finding).NAME} for finding in schema.findings]
    return {"version": schema.version, "findings": findings, "region_classes": schema.region_classes}


def reader_protocol(protocol: ReadingProtocol) -> dict[str, Any]:
    return {"context_fields": protocol.context_fields}
