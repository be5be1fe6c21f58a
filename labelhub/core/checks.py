"""System check: the append-only triggers in the database are those that are declared."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from labelhub.core import append_only


@register(Tags.database)
def append_only_triggers(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    if not databases:
        return []
    missing = sorted(append_only.expected_triggers() - append_only.installed_triggers())
    if not missing:
        return []
    return [
        Error(
            f"{len(missing)} append-only triggers are missing, first {missing[0]}.",
            hint="Run manage.py migrate: it installs them as its last step.",
            id="labelhub.E001",
        )
    ]
