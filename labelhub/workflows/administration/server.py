"""What this server is made of: versions, database, audit seals, disks and the store of images and weights."""

from __future__ import annotations

import platform
import shutil
import tempfile
import uuid
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError

from labelhub.core import dispatch
from labelhub.core.models import AuditEvent, AuditSeal, SealMark
from labelhub.imaging import storage

LOW = 0.1
"""Share of a disk below which its page warns."""
UNSEALED_COUNTED = 10_000
MIGRATIONS_NAMED = 20


def versions() -> dict[str, Any]:
    """Of the program and of what it stands on; a code revision where it is known."""
    return {
        "labelhub": metadata.version("labelhub"),
        "revision": None if settings.CODE_VERSION == "unknown" else settings.CODE_VERSION,
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": _database_version(),
        "broker": _broker_version(),
    }


def database() -> dict[str, Any]:
    """Its engine, version and size, and which migrations wait to be applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return {
        "version": _database_version(),
        "size": _database_size(),
        "n_migrations_waiting": len(plan),
        "migrations_waiting": [f"{each.app_label}.{each.name}" for each, _ in plan[:MIGRATIONS_NAMED]],
    }


def seals() -> dict[str, Any]:
    """How far the audit trail is sealed. At most 10,000 unsealed rows are counted."""
    mark = SealMark.objects.filter(id=1).values_list("event_id", flat=True).first() or 0
    last = AuditSeal.objects.select_related("event").order_by("-seq").first()
    unsealed = AuditEvent.objects.filter(id__gt=mark, seal__isnull=True).order_by("id")
    oldest = unsealed.values_list("at", flat=True).first()
    return {
        "n_sealed": last.seq if last else 0,
        "head": last.sha256 if last else "",
        "sealed_until": last.event.at if last else None,
        "n_unsealed": unsealed[:UNSEALED_COUNTED].count(),
        "unsealed_since": oldest,
    }


@dataclass(frozen=True)
class Folder:
    """A folder that LabelHub writes to, and the disk that it is on."""

    name: str
    path: str
    total: int
    free: int

    @property
    def is_low(self) -> bool:
        return self.free < LOW * self.total


def folders() -> list[Folder]:
    """Each folder that is written to. What lies in a store elsewhere is not among them."""
    named: dict[str, Path | str] = {
        "data": settings.DATA_DIR,
        "uploads": settings.UPLOAD_DIR,
        "work": settings.WORK_DIR,
    }
    if storage.is_local():
        named["objects"] = default_storage.path("")
    if connection.vendor == "sqlite":
        named["database"] = Path(str(connection.settings_dict["NAME"])).parent
    log = Path(settings.DATA_DIR) / "log"
    if log.is_dir():
        named["logs"] = log
    return [_folder(name, Path(path)) for name, path in named.items()]


def store() -> dict[str, Any]:
    """Where images and weights are kept, and whether an object can be written there now: one is, and is removed."""
    is_local = storage.is_local()
    place = Path(default_storage.path("")) if is_local else None
    disk = _folder("objects", place) if place else None
    trouble = _try_to_write(place)
    return {
        "kind": "local" if is_local else "s3",
        "place": str(place) if place else _bucket(),
        "total": disk.total if disk else None,
        "free": disk.free if disk else None,
        "is_writable": trouble is None,
        "trouble": trouble or "",
    }


def _try_to_write(place: Path | None) -> str | None:
    """None, or why nothing can be stored."""
    try:
        if place is not None:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=place) as handle:
                handle.write(b"labelhub")
        else:
            key = default_storage.save(f"probe/{uuid.uuid4().hex}", ContentFile(b"labelhub"))
            default_storage.delete(key)
    except OSError as error:
        return error.strerror or type(error).__name__
    except Exception as error:  # noqa: BLE001  each store has errors of its own; the page says which
        return type(error).__name__
    return None


def _bucket() -> str:
    store: Any = default_storage
    return "/".join(filter(None, [getattr(store, "endpoint_url", None), store.bucket_name]))


def _folder(name: str, path: Path) -> Folder:
    there = next(each for each in (path, *path.parents) if each.exists())
    usage = shutil.disk_usage(there)
    return Folder(name, str(path), usage.total, usage.free)


def _database_version() -> str:
    name = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    return f"{name} {'.'.join(map(str, connection.get_database_version()))}"


def _database_size() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def _broker_version() -> str | None:
    """None: it does not answer within two seconds."""
    try:
        with dispatch.producer().connection_for_write() as wire:
            wire.ensure_connection(max_retries=1, timeout=2)
            if wire.transport.driver_type != "redis":
                return wire.transport.driver_type
            return f"Redis {wire.default_channel.client.info('server')['redis_version']}"
    except (OperationalError, OSError):
        return None
