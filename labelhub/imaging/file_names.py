"""The name of a file as a manager looks for it."""

from __future__ import annotations

LENGTH = 200


def searched_name(path: str) -> str:
    """The last part of a path as an uploader named it, in lower case: what `Instance.file_name` holds."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2].lower()[:LENGTH]
