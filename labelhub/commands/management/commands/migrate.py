"""Django's migrate, followed by the append-only triggers and the cache table."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate

from labelhub.core import append_only


class Command(Migrate):
    def check(self, *args: Any, **kwargs: Any) -> Any:
        """Leave out the database checks: this command is what mends missing triggers."""
        return super().check(*args, **{**kwargs, "databases": None})

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options.get("app_label") is None:
            append_only.install()
            call_command("createcachetable", verbosity=0)
