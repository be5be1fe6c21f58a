"""An upgrade of a database that kept site and group of the patient: each of her studies has them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from labelhub.imaging.models import Study
from labelhub.projects.models import Project
from tests.factories.cases import make_case

BEFORE = ("imaging", "0014_lists_in_an_order")


@pytest.mark.django_db(transaction=True)
def test_studies_have_the_site_and_group_that_were_kept_of_their_patient(project: Project) -> None:
    known = make_case(project)
    also, other = make_case(project, patient=known.patient), make_case(project)
    executor = MigrationExecutor(connection)
    executor.migrate([BEFORE])
    patients = executor.loader.project_state([BEFORE]).apps.get_model("imaging", "Patient").objects
    patients.filter(id=known.patient_id).update(site="east", group="g")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    said = {row.id: (row.site, row.group) for row in Study.objects.all()}
    of_her = ("east", "g")
    assert said == {known.study_id: of_her, also.study_id: of_her, other.study_id: ("", "")}
