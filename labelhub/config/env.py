"""Reads and validates every environment variable once; a bad value stops the start and names the variable."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
MIN_SECRET_LENGTH = 40


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1.")
    return value in {"1", "true", "yes"}


def number(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    value = text(name, str(default))
    if not value.lstrip("-").isdecimal() or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name} must be a whole number from {low} to {high}.")
    return int(value)


def listing(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def required(name: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment and start again.")
    return value


def secret(name: str) -> str:
    """A secret that must be set, long and not obviously weak (production)."""
    value = required(name)
    if len(value) < MIN_SECRET_LENGTH or len(set(value)) < 12 or "change" in value.lower():
        raise ImproperlyConfigured(
            f"{name} is too weak: use at least {MIN_SECRET_LENGTH} random characters, for example from "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'."
        )
    return value


def data_dir() -> Path:
    """Everything a run keeps lies under this folder (LABELHUB_DATA, default var/)."""
    path = Path(text("LABELHUB_DATA") or ROOT / "var").resolve()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def stored_secret(name: str) -> str:
    """Embedded mode: the secret from the environment, else from a 0600 file made on first use."""
    if value := text(name):
        return value
    path = data_dir() / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise ImproperlyConfigured(
                f"{path} may be read by others: chmod 600 it and start again."
            ) from None
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as handle:
        value = secrets.token_urlsafe(48)
        handle.write(value)
    return value


def code_version() -> str:
    """LABELHUB_CODE_VERSION (set by the images), else the commit of this checkout, else 'unknown'."""
    if value := text("LABELHUB_CODE_VERSION"):
        return value
    head = ROOT / ".git" / "HEAD"
    if not head.exists():
        return "unknown"
    reference = head.read_text().strip()
    branch = ROOT / ".git" / reference.removeprefix("ref: ")
    return branch.read_text().strip() if reference.startswith("ref: ") and branch.exists() else reference


def database(name: str = "LABELHUB_DATABASE_URL") -> dict[str, object]:
    """Django's DATABASES entry from a URL: postgresql://user:password@host:port/name?host=/socket/folder, or SQLite."""
    url = text(name)
    if not url:
        return sqlite(data_dir() / "labelhub.sqlite3")
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"{name} must start with postgresql:// (leave it empty for SQLite).")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "labelhub.core.postgres",
        "NAME": unquote(parts.path.lstrip("/")) or "labelhub",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": 10},
        "CONN_MAX_AGE": 0,
        # As many as a web process has threads (labelhub.launch.commands).
        "IDLE_CONNECTIONS": 8,
    }


def sqlite(path: Path) -> dict[str, object]:
    """SQLite for many processes: WAL, BEGIN IMMEDIATE and a long busy wait."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-32768; PRAGMA journal_size_limit=67108864;"
            ),
        },
    }
