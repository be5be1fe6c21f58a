"""What a round asks of a schema."""

from __future__ import annotations

from copy import copy

from labelhub.projects.models import LabelSchema
from labelhub.reading.models import Round


def asked(schema: LabelSchema, round_: Round) -> LabelSchema:
    """The schema with the findings that the round asks and no others; the same version, never saved."""
    if round_.findings is None:
        return schema
    part = copy(schema)
    part.findings = [finding for finding in schema.findings if finding["code"] in round_.findings]
    return part
