"""manage.py import_reads FILE --project SLUG [--decisions FILE] [--json]: the way back of export."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.core.errors import LabelHubError
from labelhub.projects.models import Project
from labelhub.projects.policies import refuse_if_archived
from labelhub.workflows.intake.import_decisions import import_decisions
from labelhub.workflows.intake.import_reads import import_reads


class Command(BaseCommand):
    help = "Take exported reads into a project; cases are found by the content of their images."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--decisions",
            type=Path,
            metavar="FILE",
            help="an export of adjudications, taken in after the reads",
        )
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        try:
            refuse_if_archived(project)
            done = import_reads(options["file"], actor=None, project=project)
            if options["decisions"]:
                import_decisions(options["decisions"], actor=None, project=project, result=done)
        except (LabelHubError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            outcome = {
                "reads": done.n_reads,
                "cases_made": done.n_cases_made,
                "decisions": done.n_decisions,
                "refused": done.refused,
            }
            self.stdout.write(json.dumps(outcome))
            return
        self.stdout.write(f"Reads taken in: {done.n_reads}; cases made without images: {done.n_cases_made}.")
        if options["decisions"]:
            self.stdout.write(f"Decisions taken in: {done.n_decisions}.")
        for row in done.refused:
            self.stdout.write(f"refused: case {row['case']}, reader {row['reader']}: {row['message']}")
