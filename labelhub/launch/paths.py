"""Where a run keeps its files, and short private folders for Unix sockets."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from labelhub.launch.errors import LaunchError

ROOT = Path(__file__).resolve().parents[2]

# sockaddr_un.sun_path holds 108 bytes with its closing zero (unix(7)); some servers append a suffix.
MAX_SOCKET_PATH_BYTES = 100


def data_dir() -> Path:
    """The folder that holds everything a run keeps (LABELHUB_DATA, default var/), made 0700 on first use."""
    path = Path(os.environ.get("LABELHUB_DATA", "").strip() or ROOT / "var").resolve()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def log_dir(data: Path) -> Path:
    path = data / "log"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def runtime_dir(data: Path) -> Path:
    """A private folder for sockets: in the data folder, or a short one when that path is too long."""
    inside = data / "run"
    if len(os.fsencode(inside)) + len("/redis.sock") <= MAX_SOCKET_PATH_BYTES:
        inside.mkdir(parents=True, exist_ok=True, mode=0o700)
        return inside
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return _own_folder(Path(tempfile.gettempdir()) / f"labelhub-{os.getuid()}-{name}")


def _own_folder(path: Path) -> Path:
    """Make `path` 0700, or check that nobody else made it first (the temporary folder is shared)."""
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise LaunchError(
            "unsafe_runtime_dir",
            f"{path} belongs to someone else or is open to others. Remove it and start again.",
        )
    return path


def broker_url(data: Path) -> str:
    """Address of the embedded broker for a data folder, in the form Celery's transport reads."""
    return f"redis+socket://{runtime_dir(data) / 'redis.sock'}"


def program(name: str) -> str:
    """A program of this Python environment, by full path where it is installed there, else by name."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else name
