"""manage.py label_cases CSV --project SLUG --labels-as KIND [--replace] [--dry-run] [--json]"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.core.errors import LabelHubError
from labelhub.projects.models import Project
from labelhub.projects.policies import refuse_if_archived
from labelhub.workflows.intake.case_labels.taking import preview_case_labels, take_local_labels
from labelhub.workflows.intake.labels.table import MAX_ROWS


class Command(BaseCommand):
    help = "Take the labels of a table for cases that the project has."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "table",
            type=Path,
            metavar="CSV",
            help="columns case_number, case or image; findings: 1, 0, -1 or empty",
        )
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--labels-as", required=True, metavar="KIND", help="reference, hidden-truth or read:NAME"
        )
        parser.add_argument(
            "--replace", action="store_true", help="replace labels that stand otherwise; reads never are"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what it would do, and do nothing")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        try:
            refuse_if_archived(project)
            report = _report(project, options)
        except (LabelHubError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(f"Lines: {report['n_lines']}; cases: {report['n_cases']}.")
        if report["ignored_columns"]:
            left_out = ", ".join(report["ignored_columns"])
            self.stdout.write(f"Columns that are no finding of the schema were left out: {left_out}.")
        for group in report["groups"]:
            lines = ", ".join(str(row["line"]) for row in group["first"])
            self.stdout.write(f"{group['n']:6d} {group['kind']} (first lines: {lines})")


def _report(project: Project, options: dict[str, Any]) -> dict[str, Any]:
    table: Path = options["table"]
    content, labels_as = table.read_bytes(), options["labels_as"]
    if options["dry_run"]:
        return preview_case_labels(project=project, content=content, labels_as=labels_as, most_lines=MAX_ROWS)
    taken = take_local_labels(
        project=project,
        name=table.name,
        content=content,
        labels_as=labels_as,
        replaces=options["replace"],
        heartbeat=_silent,
    )
    return dict(taken.result)


def _silent(progress: dict[str, Any]) -> None:
    return None
