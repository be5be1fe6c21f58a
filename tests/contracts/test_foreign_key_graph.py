"""Foreign keys and migrations point down the order of the apps, so that no app knows one above it."""

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.test.utils import isolate_apps

LOWEST_FIRST = ("core", "accounts", "projects", "imaging", "reading", "consensus", "learning", "releases")
RANK = {label: rank for rank, label in enumerate(LOWEST_FIRST)}


def upward_relations(classes: Iterable[type[models.Model]]) -> list[str]:
    """Name each relation from one of our apps to one above it; apps of libraries lie below all of ours."""
    return [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in classes
        if model._meta.app_label in RANK
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if isinstance(field.related_model, type)
        and RANK.get(field.related_model._meta.app_label, -1) > RANK[model._meta.app_label]
    ]


def upward_migrations(known: Iterable[migrations.Migration]) -> list[str]:
    """Name each migration that waits for, or is forced before, one of an app on the wrong side of its own."""
    upward = []
    for migration in known:
        if migration.app_label not in RANK:
            continue
        own = RANK[migration.app_label]
        later = [(app, name) for app, name in migration.dependencies if RANK.get(app, -1) > own]
        earlier = [(app, name) for app, name in migration.run_before if RANK.get(app, -1) < own]
        upward += [f"{migration} -> {app}.{name}" for app, name in later + earlier]
    return upward


def test_foreign_keys_follow_the_order_of_the_apps() -> None:
    assert upward_relations(apps.get_models(include_auto_created=True)) == []


def test_migration_dependencies_follow_the_order_of_the_apps() -> None:
    loader = MigrationLoader(None)
    assert {"core", "reading", "releases"} <= {app for app, _ in loader.disk_migrations}
    assert upward_migrations(loader.disk_migrations.values()) == []


def test_every_app_of_ours_with_tables_has_its_place() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("labelhub.")}
    assert {label for label in ours if list(apps.get_app_config(label).get_models())} <= set(LOWEST_FIRST)


@isolate_apps("labelhub.core", "labelhub.projects", "labelhub.reading")
def test_a_planted_upward_relation_is_found() -> None:
    class Round(models.Model):
        class Meta:
            app_label = "reading"

    class Project(models.Model):
        current_round = models.ForeignKey(Round, on_delete=models.CASCADE)
        rounds = models.ManyToManyField(Round, related_name="+")

        class Meta:
            app_label = "projects"

    class Seal(models.Model):
        project = models.OneToOneField(Project, on_delete=models.CASCADE)
        previous = models.ForeignKey("self", on_delete=models.CASCADE)

        class Meta:
            app_label = "core"

    assert upward_relations([Round, Project, Seal]) == [
        "projects.Project.current_round -> reading.Round",
        "projects.Project.rounds -> reading.Round",
        "core.Seal.project -> projects.Project",
    ]


@pytest.mark.parametrize(
    ("dependencies", "run_before", "found"),
    [
        ([("reading", "0001_initial")], [], ["projects.0002_planted -> reading.0001_initial"]),
        ([], [("core", "0001_initial")], ["projects.0002_planted -> core.0001_initial"]),
        ([("accounts", "0001_initial"), ("auth", "__first__")], [("reading", "0002")], []),
    ],
)
def test_a_planted_upward_migration_is_found(dependencies, run_before, found: list[str]) -> None:
    migration = migrations.Migration("0002_planted", "projects")
    migration.dependencies = dependencies
    migration.run_before = run_before
    assert upward_migrations([migration]) == found
