"""manage.py inspect_images PATH --out DIR [--json]"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.imaging.dicom.codes import message_of
from labelhub.imaging.dicom.files.archive import ArchiveRefused
from labelhub.imaging.inspection import inspect_source


class Command(BaseCommand):
    help = (
        "Show what is made of a folder, a zip or one file: frames in reading order, pictures as the reader first sees "
        "them, the model's picture, and what became of each attribute. Nothing is imported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the pictures")
        parser.add_argument("--json", action="store_true", help="print all that is known as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is nothing at {path}.")
        try:
            images = inspect_source(path, options["out"])
        except ArchiveRefused as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"images": images}))
            return
        for image in images:
            self._print(image)

    def _print(self, image: dict[str, Any]) -> None:
        window = image["window"]
        opened = f", opened with {window['name']}" if window else ""
        self.stdout.write(f"{image['path']}: {image['message']} Frames: {len(image['frames'])}{opened}")
        for code in image["warnings"]:
            self.stdout.write(f"  warning {code}: {message_of(code)}")
        for keyword, handling in image["attributes"].items():
            self.stdout.write(f"  {handling:8s} {keyword}")
        for frame in image["frames"]:
            self.stdout.write(
                f"  frame {frame['index']}: group {frame['group']}, position {frame['position']}, time "
                f"{frame['time']}: {frame['png']}"
            )
