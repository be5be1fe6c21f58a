"""One running LabelHub per mode and session, and one browser."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import chromium
from tests.e2e.running import MODULES, Running, running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def embedded() -> Iterator[Running]:
    """The embedded default alone, for what does not depend on the database."""
    with tempfile.TemporaryDirectory(prefix="lh-") as folder, running("embedded", Path(folder)) as up:
        yield up


@pytest.fixture(scope="session", params=list(MODULES))
def instance(request: pytest.FixtureRequest) -> Iterator[Running]:
    """The embedded default (SQLite) and the production settings (PostgreSQL, Redis with a password)."""
    # A short path: a Unix socket's name may hold 107 bytes.
    with tempfile.TemporaryDirectory(prefix="lh-") as folder, running(request.param, Path(folder)) as up:
        yield up
