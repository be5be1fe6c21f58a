"""Migrated databases to copy. Migrating an empty one takes five seconds of a core, and a run of all tests needs ten.

The first who asks makes it, the others wait; it is made anew when a migration or a trigger has changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "migrated"


def migrated_sqlite() -> Path:
    """An SQLite database that `migrate` has just made. Copy it; never open it."""
    path = KEPT / f"{_state_of_migrations()}.sqlite3"
    with _one_at_a_time():
        if not path.exists():
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            with tempfile.TemporaryDirectory(dir=KEPT) as folder:
                _migrate({"LABELHUB_TEST_DIR": folder, "LABELHUB_TEST_DATABASE_URL": ""})
                (Path(folder) / "test.sqlite3").replace(path)
    return path


def with_migrated_sqlite(folder: Path) -> Path:
    """The same folder, in which an embedded LabelHub now finds its database migrated."""
    (folder / "data").mkdir(mode=0o700)
    shutil.copyfile(migrated_sqlite(), folder / "data" / "labelhub.sqlite3")
    return folder


def migrated_postgresql(url: str) -> str:
    """The name of a database beside the one at `url`, for CREATE DATABASE ... TEMPLATE."""
    name = f"labelhub_migrated_{_state_of_migrations()}"
    with _one_at_a_time(), closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                unfinished = f"{name}_unfinished"
                _run(cursor, "DROP DATABASE IF EXISTS {}", unfinished)
                _run(cursor, "CREATE DATABASE {}", unfinished)
                _migrate({"LABELHUB_TEST_DATABASE_URL": _at(url, unfinished)})
                _run(cursor, "ALTER DATABASE {} RENAME TO {}", unfinished, name)
    return name


def _at(url: str, name: str) -> str:
    """The same server's database `name`."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _state_of_migrations() -> str:
    decides = [
        *sorted(ROOT.glob("labelhub/*/migrations/*.py")),
        ROOT / "labelhub/core/append_only.py",
        ROOT / "labelhub/commands/management/commands/migrate.py",
        ROOT / "constraints.txt",
    ]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in decides)).hexdigest()[:16]


def _migrate(environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "labelhub.config.settings.test", **environment},
        check=True,
    )


def _run(cursor: psycopg2.extensions.cursor, statement: str, *names: str) -> None:
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
