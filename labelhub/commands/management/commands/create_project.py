"""manage.py create_project SLUG [--name NAME] [--schema FILE.json] [--readers-per-case K]"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.core.errors import LabelHubError
from labelhub.workflows.projects.create_project import create_project


class Command(BaseCommand):
    help = "Create a project with its label schema and reading protocol."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name: letters, digits, - and _")
        parser.add_argument("--name", default="", help="name that people see")
        parser.add_argument(
            "--schema",
            type=Path,
            help='JSON: {"findings": [{"code", "name", "hotkey", "required", "boxes"}], "region_classes": [...]}',
        )
        parser.add_argument("--readers-per-case", type=int, default=2, metavar="K")

    def handle(self, *args: Any, **options: Any) -> None:
        schema = _schema(options["schema"]) if options["schema"] else {}
        try:
            project = create_project(
                actor=None,
                slug=options["slug"],
                name=options["name"],
                findings=schema.get("findings"),
                region_classes=schema.get("region_classes"),
                protocol={"readers_per_case": options["readers_per_case"]},
            )
        except LabelHubError as error:
            raise CommandError(" ".join([error.message, *error.details.get("problems", [])])) from error
        self.stdout.write(f"Project {project.slug} is ready.")


def _schema(path: Path) -> dict[str, Any]:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read as JSON: {error}") from error
    if isinstance(schema, list):
        return {"findings": schema}
    if not isinstance(schema, dict) or "findings" not in schema:
        raise CommandError(f'{path} needs an object with "findings".')
    return schema
