"""How an instance is described to the viewer."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from labelhub.imaging.models import Instance


class SpacingOutput(serializers.Serializer[Any]):
    row_mm = serializers.FloatField(allow_null=True)
    column_mm = serializers.FloatField(allow_null=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=["patient", "detector", "calibrated", "none"]
    )
    aspect = serializers.FloatField(
        help_text="Distance of rows over that of columns, also where no mm are known."
    )


class WindowPresetOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    center = serializers.FloatField()
    width = serializers.FloatField()
    function = serializers.ChoiceField(
        choices=["LINEAR", "LINEAR_EXACT", "SIGMOID", "LUT"],
        help_text="Centre and width are meant by it (PS3.3 C.11.2.1); the entries of a LUT stand in the metadata.",
    )


class ImageOutput(serializers.Serializer[Any]):
    instance = serializers.UUIDField()
    series = serializers.UUIDField()
    series_label = serializers.CharField()
    modality = serializers.CharField()
    n_frames = serializers.IntegerField()
    frame_order = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Numbers of its frames, from 1, as they are read; empty: as they are numbered.",
    )
    rows = serializers.IntegerField()
    columns = serializers.IntegerField()
    photometric = serializers.CharField()
    view = serializers.CharField(help_text="View Position; empty where unknown.")
    laterality = serializers.CharField(help_text="R, L, B or U; empty where unknown.")
    metadata_url = serializers.CharField()
    frames_url = serializers.CharField()
    thumbnail_url = serializers.CharField(
        help_text="Grey PNG of at most 256 pixels; empty where there is none."
    )
    spacing = SpacingOutput()
    window_presets = WindowPresetOutput(many=True)


def thumbnail_url(instance: Instance) -> str:
    if instance.thumbnail != Instance.Thumbnail.STORED:
        return ""
    return reverse("instance-thumbnail", args=[instance.id])


def image(instance: Instance) -> dict[str, Any]:
    """`frames_url` plus "/1" is the first frame."""
    metadata_url = reverse("instance-metadata", args=[instance.id])
    return {
        "instance": str(instance.id),
        "series": str(instance.series_id),
        "series_label": instance.series.label or instance.modality,
        "modality": instance.modality,
        "n_frames": instance.n_frames,
        "frame_order": instance.frame_order,
        "rows": instance.rows,
        "columns": instance.columns,
        "photometric": instance.photometric,
        "view": instance.view_position,
        "laterality": instance.laterality,
        "metadata_url": metadata_url,
        "frames_url": metadata_url.replace("/metadata/", "/frames"),
        "thumbnail_url": thumbnail_url(instance),
        "spacing": spacing(instance),
        "window_presets": [{"function": "LINEAR", **preset} for preset in instance.window_presets],
    }


def spacing(instance: Instance) -> dict[str, Any]:
    """An instance's spacing; one that was imported before aspects were stored has that of its millimetres."""
    stored = {"row_mm": None, "column_mm": None, "source": "none", **instance.spacing}
    row_mm, column_mm = stored["row_mm"], stored["column_mm"]
    return {"aspect": row_mm / column_mm if row_mm and column_mm else 1.0, **stored}
