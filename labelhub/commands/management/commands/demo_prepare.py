"""manage.py demo_prepare [--data FOLDER]: people, projects and images of `make demo`, as JSON for the launcher."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.core.errors import LabelHubError
from labelhub.demo import prepare_demo
from labelhub.imaging.dicom.files.archive import ArchiveRefused


class Command(BaseCommand):
    help = "Make what the demonstration needs; what is there stays. Prints {users: [...]}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, help="Import this folder instead of the sample images.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = prepare_demo(options["data"])
        except LabelHubError as error:
            raise CommandError(error.message) from error
        except ArchiveRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(answer))
