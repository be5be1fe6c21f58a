"""A real Redis for the tests in this folder, and the producer pointed at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labelhub.core import dispatch
from labelhub.launch.redis_server import RedisServer
from tests.workers_real.harness import Workers


@pytest.fixture
def redis(settings: Any) -> Iterator[RedisServer]:
    with RedisServer() as server:
        settings.BROKER_URL = server.url
        dispatch.producer.cache_clear()
        yield server
    dispatch.producer.cache_clear()


@pytest.fixture
def workers(redis: RedisServer, transactional_db: Any, tmp_path: Path) -> Iterator[Workers]:
    with Workers(redis.url, tmp_path) as running:
        yield running


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A failed test shows the ends of its workers' logs."""
    outcome: Any = yield
    running = getattr(item, "funcargs", {}).get("workers")
    if running is not None and call.when == "call" and call.excinfo is not None:
        outcome.get_result().sections.append(("worker logs", running.logs()))
