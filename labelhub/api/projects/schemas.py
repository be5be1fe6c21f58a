"""How a label schema and a protocol are described."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labelhub.projects.models import LabelSchema, ReadingProtocol

CONTEXT_FIELDS = ["age", "sex", "view", "indication", "prior"]


class FindingOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
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


def label_schema(schema: LabelSchema) -> dict[str, Any]:
    return {"version": schema.version, "findings": schema.findings, "region_classes": schema.region_classes}


def reader_protocol(protocol: ReadingProtocol) -> dict[str, Any]:
    return {"context_fields": protocol.context_fields}
