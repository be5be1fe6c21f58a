"""Fixtures shared by all tests: a project, its people, a client per person, and a flush that can delete."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.core import append_only
from labelhub.projects.models import Project
from tests.databases import migrated_postgresql, migrated_sqlite
from tests.factories.projects import People, make_people, make_project

# No test is decided by how long it took: machines are busy.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spare the collector half a million objects of modules and tests, which it would walk again all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The session's database begins as a copy of a migrated one, where nothing is left for `migrate` to do."""
    test: dict[str, Any] = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        shutil.copyfile(migrated_sqlite(), test["NAME"])
    else:
        test["TEMPLATE"] = migrated_postgresql(os.environ["LABELHUB_TEST_DATABASE_URL"])


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """SQLite's lies in a temporary folder of the session's own, as the copy that it is."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session", autouse=True)
def flush_without_triggers() -> Iterator[None]:
    """Django empties the tables after a transactional test, which the append-only triggers would refuse."""
    teardown = TransactionTestCase._fixture_teardown

    def teardown_without_triggers(self: TransactionTestCase) -> None:
        with append_only.suspended():
            teardown(self)

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown_without_triggers)
    yield
    patch.undo()


@pytest.fixture
def project(db: Any) -> Project:
    """Two findings (nodule with boxes, effusion), two readers per case."""
    return make_project()


@pytest.fixture
def people(project: Project) -> People:
    return make_people(project)


@pytest.fixture
def client_of() -> Callable[[User | None], APIClient]:
    """`client_of(user)` is a signed-in browser without CSRF checks; `client_of(None)` is not signed in."""

    def make(user: User | None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_login(user)
        return client

    return make
