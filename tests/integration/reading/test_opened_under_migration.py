"""Assignments from before their schema and protocol were kept get them when the database is upgraded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version, schema_create_version
from labelhub.reading.models import Assignment, Read
from tests.factories.cases import make_cases
from tests.factories.projects import FINDINGS, People, make_people, make_project
from tests.factories.reading import claim, read_case

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = ("reading", "0004_own_study")


@pytest.fixture
def upgrade() -> Iterator[Callable[[], None]]:
    """Take the columns away, and on call bring them back as an upgrade does."""

    def to(*targets: Any) -> None:
        executor = MigrationExecutor(connection)
        executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())

    def there_and_back() -> None:
        to(BEFORE)
        to()

    yield there_and_back
    to()


def test_what_was_opened_gets_its_versions(
    project: Project, people: People, upgrade: Callable[[], None]
) -> None:
    make_cases(project, 3)
    read = read_case(people.reader, project)
    amended = read_case(people.reader, project)
    assert read is not None and amended is not None
    schema = schema_create_version(actor=None, project=project, findings=FINDINGS[:1], region_classes=[])
    protocol = protocol_create_version(actor=None, project=project, values={"readers_per_case": 2})
    kept = {field.name: getattr(amended, field.name) for field in Read._meta.concrete_fields}
    Read.objects.create(**kept | {"id": people.reader.id, "version": 2, "schema": schema, "reason": "again"})
    opened, reserved = claim(people.reader, project), claim(people.second_reader, project, ahead=True)
    other = make_project()
    make_cases(other, 1)
    elsewhere = claim(make_people(other).reader, other)
    assert opened is not None and reserved is not None and elsewhere is not None

    upgrade()

    def versions(assignment_id: Any) -> tuple[int | None, int | None]:
        row = Assignment.objects.get(id=assignment_id)
        return row.schema and row.schema.version, row.protocol and row.protocol.version  # type: ignore[return-value]

    assert versions(read.assignment_id) == (1, 1)
    assert versions(amended.assignment_id) == (2, 1), "those of its newest read"
    assert versions(opened.id) == (2, protocol.version), "those in force, without a read"
    assert versions(reserved.id) == (None, None)
    row = Assignment.objects.get(id=elsewhere.id)
    assert row.schema is not None and row.schema.project_id == other.id
