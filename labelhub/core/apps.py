from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "labelhub.core"

    def ready(self) -> None:
        from labelhub.core import checks  # noqa: F401  registers the system check
