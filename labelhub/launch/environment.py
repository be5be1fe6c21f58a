"""The environment that the commands run in, for each way of running LabelHub on one machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from labelhub.launch import paths
from labelhub.launch.errors import LaunchError

MOST_THREADS = 1024
LOOPBACK = ("127.0.0.1", "localhost", "::1")

# Every variable that a production process reads; docker/compose.yaml passes exactly these.
PRODUCTION = (
    "DJANGO_SETTINGS_MODULE",
    "LABELHUB_DATA",
    "LABELHUB_SECRET_KEY",
    "LABELHUB_ALLOWED_HOSTS",
    "LABELHUB_TRUSTED_ORIGINS",
    "LABELHUB_PROXIES",
    "LABELHUB_DATABASE_URL",
    "LABELHUB_BROKER_URL",
    "LABELHUB_S3_ENDPOINT",
    "LABELHUB_S3_BUCKET",
    "LABELHUB_S3_ACCESS_KEY",
    "LABELHUB_S3_SECRET_KEY",
    "LABELHUB_DELETION_GRACE_DAYS",
)


def host() -> str:
    return os.environ.get("HOST", "").strip() or "127.0.0.1"


def port() -> int:
    value = os.environ.get("PORT", "").strip() or "8000"
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise LaunchError("invalid_port", f"PORT must be a whole number from 1 to 65535, not {value!r}.")
    return int(value)


def learning_threads() -> int:
    """Threads of training and scoring: as LABELHUB_LEARNING_THREADS says, else by the number of cores.

    Left to itself it leaves one core alone where there are three or more. Of two it takes both, since a training on one
    takes twice as long, and the readers wait that much longer for a ranking that knows their labels.
    """
    cores = os.cpu_count() or 1
    value = os.environ.get("LABELHUB_LEARNING_THREADS", "").strip()
    if not value:
        return cores - 1 if cores > 2 else cores
    if not value.isdecimal() or not 1 <= int(value) <= MOST_THREADS:
        raise LaunchError(
            "invalid_threads",
            f"LABELHUB_LEARNING_THREADS must be a whole number from 1 to {MOST_THREADS}, not {value!r}.",
        )
    return int(value)


def address() -> str:
    """What a person on this machine types into a browser."""
    name = host()
    shown = "127.0.0.1" if name in ("0.0.0.0", "::") else name
    return f"http://[{shown}]:{port()}/" if ":" in shown else f"http://{shown}:{port()}/"


def _inherited() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(paths.ROOT)}


def embedded(data: Path, *, demo: bool) -> dict[str, str]:
    """SQLite, local files and a private Redis; what the caller has set stays."""
    env = _inherited()
    env["LABELHUB_DATA"] = str(data)
    env["LABELHUB_BROKER_URL"] = paths.broker_url(data)
    env.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.config.settings.dev")
    names = [name for name in (*LOOPBACK, host()) if name not in ("0.0.0.0", "::")]
    env.setdefault(
        "LABELHUB_ALLOWED_HOSTS", ",".join(f"[{n}]" if ":" in n else n for n in dict.fromkeys(names))
    )
    if demo:
        env["LABELHUB_DEMO"] = "1"
    return env


def production(data: Path, *, database_url: str, broker_url: str) -> dict[str, str]:
    """Production settings on loopback without a proxy, for the trial that the tests drive."""
    env = {name: value for name, value in _inherited().items() if not name.startswith("LABELHUB_")}
    env.update(
        {
            "DJANGO_SETTINGS_MODULE": "labelhub.config.settings.prod",
            "LABELHUB_DATA": str(data),
            "LABELHUB_SECRET_KEY": secrets.token_urlsafe(48),
            "LABELHUB_ALLOWED_HOSTS": "127.0.0.1,localhost",
            "LABELHUB_DATABASE_URL": database_url,
            "LABELHUB_BROKER_URL": broker_url,
            "LABELHUB_INSECURE_HTTP": "1",
        }
    )
    return env
