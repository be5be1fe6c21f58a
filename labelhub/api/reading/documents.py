"""The read document in the published schema. Its checks live in labelhub.reading.documents."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labelhub.marks import KINDS
from labelhub.questions import every_value


class AnswerField(serializers.Serializer[Any]):
    value = serializers.ChoiceField(choices=every_value())
    by_rest = serializers.BooleanField(default=False)


@extend_schema_field({"oneOf": [kind.SCHEMA for kind in KINDS.values()]})
class GeometryField(serializers.DictField):
    """The geometry of a mark, as its kind says."""


class AnnotationField(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=list(KINDS))
    finding = serializers.CharField()
    region_class = serializers.CharField(allow_null=True)
    space = serializers.ChoiceField(choices=["image"])
    instance = serializers.UUIDField()
    frame = serializers.IntegerField(min_value=1)
    geometry = GeometryField()


class DocumentField(serializers.Serializer[Any]):
    answers = serializers.DictField(child=AnswerField())
    annotations = AnnotationField(many=True)
    comment = serializers.CharField(allow_blank=True)
    not_readable = serializers.BooleanField()


class JSONObject(serializers.JSONField):
    """A JSON object, taken as the parser read it."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise serializers.ValidationError("This must be an object.")
        return data


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, so that nothing is silently ignored."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({name: "There is no such field." for name in unknown})
        return super().to_internal_value(data)
