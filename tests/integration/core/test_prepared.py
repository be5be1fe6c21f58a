"""A prepared query gives what its queryset gives, for every value, and is compiled once."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, Exists, F, FloatField, OuterRef, UUIDField
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labelhub.core.postgres.plans import PLANS, planned
from labelhub.core.prepared import Prepared, PreparedInsert, PreparedUpdate, attach
from labelhub.projects.models import LabelSchema, Membership, Project
from tests.factories.projects import People, make_people, make_project


def memberships(user: Any, slug: Any) -> Any:
    schemas = LabelSchema.objects.filter(project_id=OuterRef("project_id"), version=1)
    rows = Membership.objects.filter(user_id=user, project__slug=slug).select_related("project", "user")
    return rows.annotate(name=F("project__name"), has_schema=Exists(schemas)).order_by("role")


@pytest.fixture
def prepared() -> Prepared:
    return Prepared(memberships, user=UUIDField(), slug=CharField())


def test_rows_are_those_of_the_queryset(prepared: Prepared, project: Project, people: People) -> None:
    other = make_project()
    make_people(other)
    for user in (people.manager, people.reader, people.stranger):
        for slug in (project.slug, other.slug, "none"):
            expected = list(memberships(user.id, slug))
            found = prepared.all(user=user.id, slug=slug)
            assert found == expected
            for row, same in zip(found, expected, strict=True):
                assert (row.name, row.has_schema, row.user_id) == (same.name, same.has_schema, same.user_id)


def test_related_objects_come_along(
    prepared: Prepared, project: Project, people: People, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        row = prepared.first(user=people.reader.id, slug=project.slug)
        assert (row.project, row.user.username) == (project, people.reader.username)
    assert prepared.first(user=people.stranger.id, slug=project.slug) is None


def test_json_and_deferred_columns_are_read_as_ever(project: Project) -> None:
    schema = Prepared(lambda project: LabelSchema.objects.filter(project_id=project), project=UUIDField())
    assert schema.first(project=project.id).findings == LabelSchema.objects.get(project=project).findings
    lean = Prepared(lambda slug: Project.objects.filter(slug=slug).only("slug"), slug=CharField())
    assert lean.first(slug=project.slug).get_deferred_fields() >= {"name"}


def test_it_is_compiled_once(
    prepared: Prepared, project: Project, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared.all(user=people.reader.id, slug=project.slug)
    monkeypatch.setattr(SQLCompiler, "as_sql", None)
    with CaptureQueriesContext(connection) as queries:
        (row,) = prepared.all(user=people.manager.id, slug=project.slug)
    assert row.role == "manager" and len(queries) == 1


def test_related_rows_are_attached_as_a_prefetch_attaches_them(
    project: Project, people: People, django_assert_num_queries: Any
) -> None:
    other = make_project()
    rows = list(Project.objects.order_by("created_at"))
    attach(rows, "memberships", Membership.objects.order_by("id"), by="project_id")
    with django_assert_num_queries(0):
        found = [list(row.memberships.all()) for row in rows]
    assert found == [list(Membership.objects.filter(project=row).order_by("id")) for row in (project, other)]


def test_an_update_changes_the_rows_that_its_queryset_names(project: Project) -> None:
    other = make_project()
    rename = PreparedUpdate(
        lambda slug, name, share: (
            Project.objects.filter(slug=slug, pool_share__gt=0),
            {"name": name, "pool_share": F("pool_share") - share},
        ),
        slug=CharField(),
        name=CharField(),
        share=FloatField(),
    )
    before = project.pool_share
    for name in ("x' OR '1'='1", "100 % of it"):
        assert rename.run(slug=project.slug, name=name, share=0.1) == 1
        project.refresh_from_db()
        assert project.name == name
    assert project.pool_share == pytest.approx(before - 0.2)
    assert rename.run(slug="none", name="nobody", share=0.1) == 0
    assert Project.objects.get(id=other.id).name == other.name


def test_a_row_is_inserted_as_save_inserts_it(project: Project) -> None:
    schema = LabelSchema.objects.get(project=project)
    insert = PreparedInsert(LabelSchema)
    columns = {"findings": [{"code": "100 %s"}], "region_classes": [], "created_by": None}
    for version in (7, 8):
        insert.run(LabelSchema(project=project, version=version, **columns))
        row = LabelSchema.objects.get(project=project, version=version)
        assert (row.findings, row.created_by) == ([{"code": "100 %s"}], None)
        assert row.created_at is not None and row.id != schema.id
    with pytest.raises(IntegrityError), transaction.atomic():
        insert.run(LabelSchema(project=project, version=8, **columns))


def test_what_the_database_looks_up_as_it_inserts_is_set_on_the_row(project: Project) -> None:
    insert = PreparedInsert(
        LabelSchema,
        version=lambda row: (
            LabelSchema.objects.filter(project_id=row["project_id"])
            .annotate(following=F("version") + 1)
            .order_by("-version")
            .values("following")[:1]
        ),
    )
    for version in (2, 3):
        row = LabelSchema(project=project, findings=[], region_classes=[])
        insert.run(row)
        assert row.version == version == LabelSchema.objects.get(id=row.id).version


def test_a_value_never_becomes_part_of_the_statement(prepared: Prepared, people: People) -> None:
    assert prepared.all(user=people.reader.id, slug="x' OR '1'='1") == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans nothing ahead")
def test_postgresql_plans_it_once_a_connection(prepared: Prepared, project: Project, people: People) -> None:
    for user in (people.reader, people.manager, people.reader):
        (row,) = prepared.all(user=user.id, slug=project.slug)
        assert row.user_id == user.id
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%has_schema%'")
        assert cursor.fetchone() == (1,)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans nothing ahead")
def test_what_never_changes_stands_in_the_plan(project: Project) -> None:
    named = Prepared(
        lambda slug: Project.objects.filter(slug=slug).exclude(name="100 %s's"), slug=CharField()
    )
    assert named.first(slug=project.slug) == project
    Project.objects.update(name="100 %s's")
    assert named.first(slug=project.slug) is None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement, cardinality(parameter_types), custom_plans FROM pg_prepared_statements"
        )
        ((text, n_places, n_custom),) = [row for row in cursor.fetchall() if "100 %s''s" in row[0]]
    assert "slug" in text and (n_places, n_custom) == (1, 0)


def test_a_statement_may_have_no_places(project: Project) -> None:
    assert Prepared(lambda: Project.objects.filter(slug=project.slug)).all() == [project]


def test_statements_that_differ_by_what_never_changes_are_two(project: Project) -> None:
    for name in ("somebody", project.name, "nobody"):
        named = Prepared(
            lambda slug, name=name: Project.objects.filter(slug=slug, name=name), slug=CharField()
        )
        assert named.all(slug=project.slug) == [project] * (name == project.name)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans nothing ahead")
@pytest.mark.django_db
def test_plans_of_an_empty_table_are_made_anew_when_the_connection_is_twice_as_old() -> None:
    of_key = Prepared(lambda key: Session.objects.filter(session_key=key), key=CharField())

    def plan(cursor: Any) -> str:
        cursor.execute(f"EXPLAIN {planned(cursor, of_key.compiled().sql, 1)}", ["0"])
        return "\n".join(row[0] for row in cursor.fetchall())

    with connection.cursor() as cursor:
        # Emptied row by row, a table keeps its pages.
        cursor.execute("TRUNCATE django_session")
        cursor.execute("ANALYZE django_session")
        assert "Seq Scan" in plan(cursor)
        Session.objects.bulk_create(
            Session(session_key=f"{n}", session_data="", expire_date=timezone.now()) for n in range(1000)
        )
        assert "Seq Scan" in plan(cursor)
        PLANS[connection.connection].born -= 3600
        assert "Index Scan" in plan(cursor)
        assert not PLANS[connection.connection].are_old()
