"""The built pages: a front end that is built anew under a running server is served."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def dist(tmp_path: Path, settings: Any) -> Path:
    settings.FRONTEND_DIST = tmp_path / "dist"
    settings.STATICFILES_DIRS = [settings.FRONTEND_DIST]
    build(settings.FRONTEND_DIST, "first")
    return tmp_path / "dist"


def build(dist: Path, name: str) -> None:
    shutil.rmtree(dist, ignore_errors=True)
    (dist / "assets").mkdir(parents=True)
    (dist / "assets" / f"{name}-12345678.js").write_text(f"the program {name}")
    (dist / "index.html").write_text(f'<script src="/static/assets/{name}-12345678.js"></script>')


def script(client: Client, name: str) -> bytes:
    answer = client.get(f"/static/assets/{name}-12345678.js")
    return b"".join(answer.streaming_content) if answer.status_code == 200 else b""


def test_a_build_under_a_running_server_is_served_whole(dist: Path, client: Client) -> None:
    assert b"first" in client.get("/p/any/page").content
    assert script(client, "first") == b"the program first"
    build(dist, "second")
    assert b"second" in client.get("/p/any/page").content
    assert script(client, "second") == b"the program second"


def test_a_file_of_the_build_before_is_absent(dist: Path, client: Client) -> None:
    assert script(client, "first")
    build(dist, "second")
    assert client.get("/static/assets/first-12345678.js").status_code == 404
    assert client.get("/static/assets/%2e%2e/index.html").status_code == 404


def test_pages_that_are_not_built_say_what_to_do(dist: Path, client: Client) -> None:
    shutil.rmtree(dist)
    answer = client.get("/")
    assert answer.status_code == 503 and b"make setup" in answer.content
