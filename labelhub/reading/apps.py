from django.apps import AppConfig


class ReadingConfig(AppConfig):
    name = "labelhub.reading"
