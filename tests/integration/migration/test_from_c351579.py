"""A database of commit c351579, with reads, decisions and rankings, is migrated: nothing is lost, everybody goes on.

`tests/migration/build.py` says what is in it and how it was made; `tests/migration/journey.py` what is compared.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

SERVER = os.environ.get("LABELHUB_TEST_DATABASE_URL", "")
KIND = "postgresql" if SERVER else "sqlite"
DUMPS = settings.ROOT / "tests" / "migration" / "c351579"

# Columns of exports that may differ from c351579 or are new, each with its reason. Everything else is equal.
CHANGED: dict[str, dict[str, str]] = {
    "reads": {},
    "consensus": {},
    "adjudications": {
        "boxes": "name their image by content, as those of reads do, so that they can be taken in again"
    },
}
CASE_NUMBER = {"case_number": "The case's name for those who steer: one number per case in its project."}
ROUND = {"round": "A case is read and decided once in each of its rounds."}
ADDED: dict[str, dict[str, str]] = {
    "reads": {**CASE_NUMBER, **ROUND},
    "consensus": {**CASE_NUMBER, "boxes": "where a finding lies"},
    "adjudications": {**CASE_NUMBER, **ROUND},
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a database made from the dump and migrated by this code's own command."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("LABELHUB_")} | {
        "DJANGO_SETTINGS_MODULE": "labelhub.config.settings.dev",
        "LABELHUB_DATA": str(tmp_path_factory.mktemp("migrated")),
        "LABELHUB_BROKER_URL": "memory://",
        "LABELHUB_LOG_LEVEL": "ERROR",
        "LABELHUB_DATABASE_URL": SERVER,
        "PYTHONPATH": str(settings.ROOT),
    }
    name = f"migration_{uuid.uuid4().hex[:12]}"
    at_server = dict(env)
    if SERVER:
        _run(at_server, "tests.migration.database", "create", name)
        env["LABELHUB_DATABASE_URL"] = urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    _run(env, "tests.migration.database", "fill", str(DUMPS / f"{KIND}.sql.gz"))
    _run(env, "manage", "migrate", "--no-input", "-v", "0")
    yield env
    if SERVER:
        _run(at_server, "tests.migration.database", "drop", name)


@pytest.fixture(scope="module")
def before() -> dict[str, Any]:
    """What was seen and done at c351579, from this very dump."""
    return dict(json.loads(gzip.decompress((DUMPS / f"{KIND}.json.gz").read_bytes())))


@pytest.fixture(scope="module")
def verified(environment: dict[str, str]) -> dict[str, Any]:
    return dict(json.loads(_run(environment, "tests.migration.database", "verify")))


@pytest.fixture(scope="module")
def have_seen(environment: dict[str, str]) -> list[list[Any]]:
    return list(json.loads(_run(environment, "tests.migration.database", "seen")))


@pytest.fixture(scope="module")
def after(
    environment: dict[str, str], verified: dict[str, Any], have_seen: list[list[Any]]
) -> dict[str, Any]:
    """The same, now. What the migration left is looked at first, since going on adds to it."""
    return dict(json.loads(_run(environment, "tests.migration.journey")))


def _run(env: dict[str, str], module: str, *arguments: str) -> str:
    argv = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(argv, cwd=settings.ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_every_read_verifies_against_its_hash(before: dict[str, Any], verified: dict[str, Any]) -> None:
    reads = {row["read"] for row in json.loads(before["exports"]["reads.json"])}
    assert verified == {"n_reads": len(reads), "wrong": [], "chain": None}


def test_who_saw_reads_before_is_known(have_seen: list[list[Any]]) -> None:
    """Two cases decided, one sent back and one on the desk; one case with a flag."""
    assert have_seen == [["adjudicator", "adjudication", 4], ["manager", "flag", 1]]


@pytest.mark.parametrize("what", sorted(CHANGED))
def test_an_export_is_equal_but_for_named_columns(
    what: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    for kind, rows in (("csv", _csv_rows), ("json", json.loads)):
        old, new = (rows(each["exports"][f"{what}.{kind}"]) for each in (before, after))
        assert old and len(new) == len(old)
        assert set(new[0]) - set(old[0]) == set(ADDED[what])
        same = [name for name in old[0] if name not in CHANGED[what]]
        new, old = ([_without_new_names(row) for row in each] for each in (new, old))
        assert [[row[name] for name in same] for row in new] == [[row[name] for name in same] for row in old]


def _without_new_names(row: dict[str, Any]) -> dict[str, Any]:
    """Boxes name their kind and region class by now."""
    boxes = row.get("boxes")
    if not boxes:
        return row
    named = json.loads(boxes) if isinstance(boxes, str) else boxes
    return {
        **row,
        "boxes": [{name: box[name] for name in box if name not in ("region_class", "kind")} for box in named],
    }


def _csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_everybody_finds_what_she_had(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Open cases with their drafts, a question to answer, submitted reads, adjudications, the ranking."""
    for who, seen in before["seen"].items():
        assert after["seen"][who] == seen, who


def test_everybody_goes_on_where_she_was(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Drafts are saved and submitted, the next case is the one that it would have been, a decision is taken."""
    assert after["went_on"] == before["went_on"]
