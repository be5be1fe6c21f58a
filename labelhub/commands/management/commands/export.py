"""manage.py export SLUG --what reads|consensus|adjudications|agreement --format csv|json [--output FILE]"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.projects.models import Project
from labelhub.releases.services import FORMATS, export_start, export_stream
from labelhub.releases.tables import COLUMNS


class Command(BaseCommand):
    help = "Write all reads, consensus labels or adjudications of a project, or how well its readers agree."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--what", choices=sorted(COLUMNS), required=True)
        parser.add_argument("--format", choices=sorted(FORMATS), default="csv")
        parser.add_argument("--output", help="File to write; standard output when left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["slug"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['slug']}.")
        export = export_start(actor=None, project=project, what=options["what"], format=options["format"])
        if not options["output"]:
            for piece in export_stream(export):
                sys.stdout.write(piece)
            return
        with Path(options["output"]).open("w", encoding="utf-8", newline="") as handle:
            for piece in export_stream(export):
                handle.write(piece)
