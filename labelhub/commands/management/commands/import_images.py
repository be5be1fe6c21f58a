"""manage.py import_images PATH --project SLUG [--labels CSV] [--labels-as KIND] [--read-first] [--json]"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labelhub.core.errors import LabelHubError
from labelhub.imaging.dicom.files.archive import ArchiveRefused
from labelhub.imaging.models import ImportBatch, LabelMismatch
from labelhub.imaging.selectors import cases_counted, files_reported
from labelhub.projects.models import Project
from labelhub.projects.policies import refuse_if_archived
from labelhub.workflows.intake.import_images import import_local
from labelhub.workflows.intake.labels.report import mismatch_names

WITHOUT_LABELS = "Nothing was imported. Correct the table, or leave it out with --without-labels."


class Command(BaseCommand):
    help = (
        "Import a folder, a zip or one file; every file gets one outcome, and a bad one never stops the rest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--labels",
            type=Path,
            metavar="CSV",
            help="columns image, patient_id; optional site, group, age, sex, view, indication; findings: 1, 0, -1 or "
            "empty",
        )
        parser.add_argument(
            "--labels-as",
            default="hidden-truth",
            metavar="KIND",
            help="hidden-truth (default; for simulated readers and evaluation only), reference, or read:NAME",
        )
        parser.add_argument(
            "--without-labels",
            action="store_true",
            help="do not read a labels.csv that lies among the images",
        )
        parser.add_argument("--read-first", action="store_true", help="put new cases before all others")
        parser.add_argument("--json", action="store_true", help="print the outcome of every file as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(
                f"There is no project {options['project']}. Make it with manage.py create_project."
            )
        for path in filter(None, (options["path"], options["labels"])):
            if not path.exists():
                raise CommandError(f"There is nothing at {path}.")
        try:
            refuse_if_archived(project)
            batch = import_local(
                project=project,
                path=options["path"],
                labels=options["labels"],
                labels_as=options["labels_as"],
                read_first=options["read_first"],
                leave_labels=options["without_labels"],
                heartbeat=self._progress if options["verbosity"] > 1 else _silent,
            )
        except LabelHubError as error:
            is_found = error.code == "invalid_labels" and options["labels"] is None
            raise CommandError(f"{error.message} {WITHOUT_LABELS if is_found else ''}".strip()) from error
        except ArchiveRefused as error:
            raise CommandError(str(error)) from error
        self._report(batch, as_json=options["json"])

    def _report(self, batch: ImportBatch, *, as_json: bool) -> None:
        files = files_reported(batch)
        if ignored := batch.options.get("ignored_columns"):
            self.stderr.write(
                f"Columns that are no finding of the schema were left out: {', '.join(ignored)}."
            )
        if passed_over := batch.options.get("n_reads_passed_over"):
            self.stderr.write(
                f"Cases that had another read of this reader, or all their reads, before: {passed_over}."
            )
        if as_json:
            self.stdout.write(json.dumps({"files": files, "labels": _labels(batch), **cases_counted(batch)}))
            return
        counts = Counter((file["outcome"], file["code"], file["message"]) for file in files)
        for (outcome, code, message), n in sorted(counts.items()):
            self.stdout.write(f"{n:6d} {outcome} ({code}): {message}")
        warned = Counter(code for file in files for code in file["warnings"])
        for code, n in sorted(warned.items()):
            self.stdout.write(f"{n:6d} with the warning {code}")
        if labels := _labels(batch):
            self.stdout.write(
                f"Lines of the label table with a file: {labels['matched']} of {labels['lines']}."
            )
            for title, names in (
                ("Lines without a file", labels["lines_without_file"]),
                ("Files without a line", labels["files_without_line"]),
            ):
                for name in names:
                    self.stdout.write(f"{title}: {name}")

    def _progress(self, progress: dict[str, Any]) -> None:
        self.stderr.write(f"{progress['stage']} {progress['done']}/{progress['total'] or '?'}")


def _labels(batch: ImportBatch) -> dict[str, Any] | None:
    """What the label table matched, with every name that is left over; None without a table."""
    report = batch.options.get("labels")
    if not report:
        return None
    return {
        "lines": report["lines"],
        "matched": report["matched"],
        "lines_without_file": mismatch_names(batch, LabelMismatch.Kind.LINE),
        "files_without_line": mismatch_names(batch, LabelMismatch.Kind.FILE),
    }


def _silent(progress: dict[str, Any]) -> None:
    return None
