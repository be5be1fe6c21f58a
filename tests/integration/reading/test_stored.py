"""What is stored is what was submitted: in the order it was drawn, and by a hash of either format."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from labelhub.accounts.models import User
from labelhub.core import append_only
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import Annotation, Read, ReadAnswer
from labelhub.reading.stored import altered_reads, read_verifies, stored_document
from tests.factories.cases import make_case
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import box, document, read_case


def drawn(case: Case, n: int = 12) -> dict[str, Any]:
    return document({"nodule": "present"}, boxes=[box(case, 5 * i, 3 * i, 20) for i in range(n)])


def stored(project: Project, reader: User, content: dict[str, Any]) -> Read:
    read = read_case(reader, project, content)
    assert read is not None
    return Read.objects.get(id=read.id)


def old_twin(read: Read) -> Read:
    """The read as it was stored before document formats were named."""
    kept = {field.name: getattr(read, field.name) for field in Read._meta.concrete_fields}
    twin = Read.objects.create(
        **kept
        | {"id": uuid.uuid4(), "version": 2, "reason": "again", "document_format": 1}
        | {"document_sha256": stored_document(read).sha256(1)}
    )
    for answer in read.answers.all():
        ReadAnswer.objects.create(read=twin, finding=answer.finding, value=answer.value)
    for mark in read.annotations.all():
        values = {field.name: getattr(mark, field.name) for field in Annotation._meta.concrete_fields}
        Annotation.objects.create(**values | {"id": uuid.uuid4(), "read": twin})
    return Read.objects.get(id=twin.id)


def test_marks_come_back_in_the_order_they_were_drawn(project: Project, people: People) -> None:
    content = drawn(make_case(project))
    assert stored_document(stored(project, people.reader, content)).as_json() == content


def test_reads_of_both_formats_verify(project: Project, people: People) -> None:
    read = stored(project, people.reader, drawn(make_case(project)))
    assert read.document_format == 2 and read_verifies(read)
    assert read_verifies(old_twin(read))
    assert list(altered_reads()) == []


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (ReadAnswer, {"value": "uncertain"}),
        (ReadAnswer, {"by_rest": True}),
        (Annotation, {"frame": 2}),
        (Annotation, {"geometry": {"x": 1, "y": 1, "width": 2, "height": 2}}),
        (Read, {"comment": "not mine"}),
        (Read, {"document_format": 1}),
    ],
)
def test_an_altered_read_is_named(
    project: Project, people: People, model: Any, change: dict[str, Any]
) -> None:
    read = stored(project, people.reader, drawn(make_case(project), 1))
    with append_only.suspended():
        model.objects.update(**change)
    assert list(altered_reads()) == [read]
    errors = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("audit_verify", stdout=io.StringIO(), stderr=errors)
    assert str(read.id) in errors.getvalue()


@pytest.fixture
def upgraded() -> Any:
    """The answers back as the texts they were, and on call as an upgrade makes them."""

    def to(*targets: Any) -> None:
        executor = MigrationExecutor(connection)
        executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())

    yield to
    to()


@pytest.mark.django_db(transaction=True)
def test_the_answers_of_an_older_database_are_carried_over(upgraded: Callable[..., None]) -> None:
    project = make_project()
    case = make_case(project)
    read = old_twin(stored(project, make_people(project).reader, drawn(case, 3)))
    before = stored_document(read).as_json()
    upgraded(("reading", "0008_extra_reads"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT value FROM reading_readanswer ORDER BY value")
        assert cursor.fetchall() == [("absent",), ("present",)]
    upgraded()
    assert stored_document(Read.objects.get(id=read.id)).as_json() == before
    assert ReadAnswer.objects.filter(value="present").count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_marks_of_an_older_read_keep_their_order_beside_newer_ones(upgraded: Callable[..., None]) -> None:
    """Both are verified in one chunk; PostgreSQL sorts what has no place as it likes."""
    project = make_project()
    people, content = make_people(project), drawn(make_case(project), 60)
    older = stored(project, people.reader, content)
    with append_only.suspended():
        Read.objects.update(document_format=1, document_sha256=stored_document(older).sha256(1))
    upgraded(("reading", "0008_extra_reads"))
    upgraded()
    newer = [{**mark, "id": str(uuid.uuid4())} for mark in content["annotations"]]
    stored(project, people.second_reader, {**content, "annotations": newer})
    assert stored_document(Read.objects.get(id=older.id)).as_json() == content
    assert list(altered_reads()) == []
