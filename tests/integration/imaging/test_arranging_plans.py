"""What is asked once for each patient ID of an import, or once an import, does not read whole tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from labelhub.imaging.models import ImportBatch, ImportFile, Patient, Study
from labelhub.imaging.services.arranging import studies_arrange
from labelhub.imaging.services.joining import cases_of_group
from labelhub.imaging.services.summaries import batches_of, studies_touched
from labelhub.projects.models import Project
from tests.factories.cases import make_case

N_OTHERS = 3_000
pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="of how PostgreSQL answers, which plans by what it counted"
)


@pytest.fixture
def study(project: Project) -> Study:
    """One among many, in a database that knows how many there are."""
    study = make_case(project).study
    names = [f"{n:064d}" for n in range(N_OTHERS)]
    patients = [Patient(project=project, pseudonym=name, split_key=name, split="pool") for name in names]
    Patient.objects.bulk_create(patients)
    Study.objects.bulk_create(
        Study(project=project, patient=patient, source_hash=patient.pseudonym, said=[], warnings=[])
        for patient in patients
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return study


def plans(act: Callable[..., Any], **arguments: Any) -> list[str]:
    """How the server answers each of the SELECTs."""
    asked: list[tuple[str, Any]] = []

    def keep(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        if sql.startswith("SELECT "):
            asked.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(keep):
        act(**arguments)
    found = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(f"EXPLAIN {sql}", params)
            found.append("\n".join(row[0] for row in cursor.fetchall()))
    assert found
    return found


def assert_no_table_is_read(found: list[str]) -> None:
    for plan in found:
        assert "SubPlan" not in plan, plan
        assert "Seq Scan on imaging_study" not in plan and "Seq Scan on imaging_patient" not in plan, plan


def test_the_studies_of_an_identifier_are_found_by_index(project: Project, study: Study) -> None:
    key = study.patient.split_key
    assert_no_table_is_read(plans(studies_arrange, project=project, split_key=key))


def test_who_lies_in_one_split_with_a_patient_is_found_by_index(study: Study) -> None:
    assert_no_table_is_read(plans(cases_of_group, patient=study.patient))


def test_the_studies_that_an_import_touched_are_found_by_index(project: Project, study: Study) -> None:
    batch = ImportBatch.objects.create(project=project, state=ImportBatch.State.DONE)
    image = study.series.get().instances.get()
    ImportFile.objects.create(batch=batch, position=1, path="a", outcome="accepted", instance=image)

    def touched() -> None:
        studies = studies_touched(batch)
        assert set(studies) == {study}
        assert batches_of(studies) == [batch.id]

    assert_no_table_is_read(plans(touched))
