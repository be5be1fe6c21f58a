"""One running LabelHub per mode and session, and one browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from labelhub.launch.undertaker import folder_of_ones_own
from tests.databases import with_migrated_sqlite
from tests.e2e.browser import chromium
from tests.e2e.hand import Hand
from tests.e2e.reading import Reading, make_reading
from tests.e2e.running import MODULES, Running, running

# Two threads of a training lose most of their time waiting for each other beside a busy browser.
LEARNING_THREADS = 1


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def embedded() -> Iterator[Running]:
    """The embedded default (SQLite), begun with a database that is migrated already."""
    with (
        folder_of_ones_own("lh-") as folder,
        running("embedded", with_migrated_sqlite(folder), learning_threads=LEARNING_THREADS) as up,
    ):
        yield up


@pytest.fixture(scope="session", params=list(MODULES))
def instance(request: pytest.FixtureRequest) -> Iterator[Running]:
    """The embedded default, and the production settings (PostgreSQL, Redis with a password)."""
    if request.param == "embedded":
        yield request.getfixturevalue("embedded")
        return
    # A short path: a Unix socket's name may hold 107 bytes.
    with (
        folder_of_ones_own("lh-") as folder,
        running(request.param, folder, learning_threads=LEARNING_THREADS) as up,
    ):
        yield up


@pytest.fixture(scope="session")
def hand(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Hand:
    return Hand(embedded, tmp_path_factory.mktemp("hand"))


@pytest.fixture(scope="session")
def reading(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return make_reading(embedded, tmp_path_factory.mktemp("films"))
