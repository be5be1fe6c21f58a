"""Whose the studies of the shared reported cases are, where that folder is there; made-up ones: `test_identity`."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from labelhub.imaging.models import Patient, Study
from labelhub.projects.models import Project

SHARED = (
    Path(os.environ.get("LABELHUB_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data")) / "reported"
)
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared reported cases are not here")


def imported(project: Project, name: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_images", SHARED / name, project=project.slug, json=True, stdout=out)
    return dict(json.loads(out.getvalue()))


def test_the_age_is_that_at_the_study(project: Project) -> None:
    assert imported(project, "age_at_study")["patients"] == 1
    assert list(Study.objects.order_by("day").values_list("age", flat=True)) == ["030Y", "045Y"]


def test_one_patient_in_whatever_character_set(project: Project) -> None:
    files = imported(project, "charset_patient_id")["files"]
    assert {file["outcome"] for file in files} == {"accepted"}
    # Three files of one study, its patient's ID in Latin-1, in Latin-1 undeclared, and in UTF-8; and three others.
    assert (Patient.objects.count(), Study.objects.count()) == (4, 4)
