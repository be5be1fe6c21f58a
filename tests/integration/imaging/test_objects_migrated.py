"""Objects that were taken for images before their kinds were known are scored no more after an upgrade."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from labelhub.core import append_only
from labelhub.imaging.cases import held_version_accept
from labelhub.imaging.models import Case, CaseVersion, HeldCaseVersion, Instance
from labelhub.projects.models import Project
from tests.factories.cases import make_case
from tests.factories.projects import People

pytestmark = pytest.mark.django_db(transaction=True)


def upgrade() -> None:
    MigrationExecutor(connection).migrate([("imaging", "0009_thumbnails")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def add_image(case: Case) -> Instance:
    """Another image in the case's version, behind its first."""
    first = Instance.objects.get(case=case)
    kept = {field.attname: getattr(first, field.attname) for field in Instance._meta.concrete_fields}
    del kept["id"]
    image = Instance.objects.create(**kept | {"source_hash": f"second {case.id}", "is_eligible": False})
    manifest = [*case.version_in_force.manifest, {"instance": str(image.id)}]
    with append_only.suspended():
        CaseVersion.objects.filter(case=case).update(manifest=manifest)
    return image


def test_an_image_takes_the_place_of_an_object_and_where_none_is_the_case_is_not_scored(
    project: Project,
) -> None:
    with_image, alone, untouched = (make_case(project) for _ in range(3))
    image = add_image(with_image)
    objects = Instance.objects.filter(case__in=[with_image, alone]).exclude(id=image.id)
    objects.update(kind="dose", is_radiograph=False)
    upgrade()
    taken = Instance.objects.filter(is_eligible=True)
    assert set(taken.values_list("id", flat=True)) == {image.id, Instance.objects.get(case=untouched).id}
    scored = Case.objects.filter(has_eligible_instance=True)
    assert set(scored.values_list("id", flat=True)) == {with_image.id, untouched.id}


def test_a_new_version_of_a_case_of_objects_marks_none_for_the_model(
    project: Project, people: People
) -> None:
    case = make_case(project)
    Instance.objects.update(kind="dose", is_radiograph=False)
    HeldCaseVersion.objects.create(version=case.version_in_force)
    held_version_accept(actor=people.manager, case=case)
    case.refresh_from_db()
    assert not case.has_eligible_instance and not Instance.objects.filter(is_eligible=True).exists()
