"""Which imports, files and cases, with what beside them. List pages are keyset-paged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Model

from labelhub.core.models import Job
from labelhub.imaging.hanging import BY_DEFAULT, FOR_PROCESSING_READ, OBJECT_ONLY
from labelhub.imaging.models import (
    Case,
    HeldCaseVersion,
    ImportBatch,
    ImportFile,
    Instance,
    LabelMismatch,
    Split,
    Study,
)
from labelhub.imaging.services.decisions import UID_SHARED
from labelhub.imaging.services.exclusions import excluded_by_manager
from labelhub.imaging.services.patient_warnings import CONTRADICTION, OWN_PATIENT, STUDY_CONTRADICTION
from labelhub.projects.models import Project

PAGE = 100
MOST_CHOICES = 100
STOPPED = (Job.State.FAILED, Job.State.CANCELLED)


@dataclass(frozen=True)
class ImportStatus:
    """Where an import stands. `counts` has one entry per outcome and code."""

    state: str
    n_files: int
    n_done: int
    counts: list[dict[str, Any]]
    error: dict[str, str] | None
    labels: dict[str, Any] | None


def import_job(batch: ImportBatch) -> Job | None:
    """The newest job of an import."""
    return Job.objects.filter(dedupe_key=f"import:{batch.id}").order_by("-created_at").first()


def import_status(batch: ImportBatch) -> ImportStatus:
    """The batch's state with its counts; a job that has given up makes the import a failed one."""
    rows = (
        ImportFile.objects.filter(batch=batch)
        .values("outcome", "code")
        .annotate(n=Count("id"), message=Max("message"))
        .order_by("outcome", "code")
    )
    counts = [
        {"outcome": row["outcome"], "code": row["code"], "message": row["message"], "n": row["n"]}
        for row in rows
    ]
    n_files = sum(row["n"] for row in counts)
    n_staged = sum(row["n"] for row in counts if row["outcome"] == ImportFile.Outcome.STAGED)
    state, error = _state_and_error(batch)
    return ImportStatus(state, n_files, n_files - n_staged, counts, error, batch.options.get("labels"))


def _state_and_error(batch: ImportBatch) -> tuple[str, dict[str, str] | None]:
    if batch.state == ImportBatch.State.FAILED:
        return batch.state, batch.options.get("error")
    if batch.state in {ImportBatch.State.QUEUED, ImportBatch.State.RUNNING}:
        job = import_job(batch)
        if job is not None and job.state in STOPPED:
            return ImportBatch.State.FAILED, {"code": job.error_code, "message": job.error_message}
    return batch.state, None


def import_files_page(
    batch: ImportBatch, *, after: tuple[int, int], outcome: str = "", attention_first: bool = True
) -> list[ImportFile]:
    """Files behind `after` (part of the list, position): the rejected, the warned of, the rest; each as they were sent.

    One index range per part. Without `attention_first` all are in the order they were sent.
    """
    files = ImportFile.objects.select_related("instance").filter(batch=batch).order_by("position")
    if outcome:
        files = files.filter(outcome=outcome)
    first, position = after
    if not attention_first:
        return list(files.filter(position__gt=position)[:PAGE])
    found: list[ImportFile] = []
    for part in ImportFile.Listed.values[first:]:
        found += files.filter(listed=part, position__gt=position)[: PAGE - len(found)]
        if len(found) == PAGE:
            break
        position = -1
    return found


def label_mismatches_page(batch: ImportBatch, kind: str, *, after: int) -> list[LabelMismatch]:
    """Lines without a file, or files without a line, behind row `after`."""
    return list(LabelMismatch.objects.filter(batch=batch, kind=kind, id__gt=after).order_by("id")[:PAGE])


def import_list(project: Project) -> list[ImportBatch]:
    """The newest imports of a project."""
    return list(
        ImportBatch.objects.filter(project=project)
        .select_related("created_by")
        .order_by("-created_at")[:PAGE]
    )


def import_summary(batch: ImportBatch) -> dict[str, int]:
    """What the manager is warned of, counted once at the end of an import."""
    warnings: Counter[str] = Counter()
    accepted = ImportFile.objects.filter(
        batch=batch, outcome=ImportFile.Outcome.ACCEPTED, instance__isnull=False
    )
    for found in accepted.values_list("instance__warnings", flat=True).iterator(chunk_size=5_000):
        warnings.update(found)
    return {
        "n_own_patient": warnings[OWN_PATIENT],
        "n_by_default": warnings[BY_DEFAULT],
        "n_uid_shared": warnings[UID_SHARED],
        "n_placeholder": warnings["placeholder_patient_id"],
        "n_contradictory": warnings[CONTRADICTION],
        "n_contradictory_study": warnings[STUDY_CONTRADICTION],
        "n_object_only": warnings[OBJECT_ONLY],
        "n_for_processing_read": warnings[FOR_PROCESSING_READ],
        "n_rejected": ImportFile.objects.filter(batch=batch, outcome=ImportFile.Outcome.REJECTED).count(),
    }


def files_reported(batch: ImportBatch) -> list[dict[str, Any]]:
    """What became of each file, in the order they were sent, with the codes of all its warnings.

    Those of its image are among them, which follow from what else its case holds.
    """
    files = ImportFile.objects.filter(batch=batch).select_related("instance").order_by("position")
    return [
        {
            "path": file.path,
            "outcome": file.outcome,
            "code": file.code,
            "message": file.message,
            "warnings": list(
                dict.fromkeys([*file.warnings, *(file.instance.warnings if file.instance else [])])
            ),
        }
        for file in files.iterator(chunk_size=2_000)
    ]


def cases_counted(batch: ImportBatch) -> dict[str, int]:
    """How many cases hold the images of an import, and of how many patients: {"patients", "cases"}."""
    cases = Case.objects.filter(instances__importfile__batch=batch)
    return cases.aggregate(patients=Count("patient_id", distinct=True), cases=Count("id", distinct=True))


ASSUMED = {
    "n_own_patient": "Images that name no patient: {n}. Each of their studies counts as a patient of its own, so one "
    "person may be in two splits. Import them with a label table that names the patients.",
    "n_placeholder": "Files with a placeholder (ANONYMOUS, 0 ...) for a patient ID: {n}. It names nobody.",
    "n_contradictory": "Images whose patient ID stands for several persons by issuer, sex, birth date or age: {n}. "
    "Their studies are taken as patients apart, kept in one split, so that whichever is true nobody is in two.",
    "n_contradictory_study": "Images of studies whose files do not agree on issuer, sex, birth date or age: {n}. A "
    "sex that they do not agree on is not shown. Correct them at the source.",
    "n_by_default": "Cases without a known frontal radiograph: {n}. The model scores their first image.",
    "n_uid_shared": "Images that share their SOP Instance UID with an image of another size: {n}. All are kept, these "
    "under UIDs of their own. Check the software that made them.",
    "n_object_only": "Objects (dose, masks, reports, scouts ...) of studies without an image to read: {n}. They are "
    "kept, and make no case.",
    "n_for_processing_read": "Images made for processing without a presentation beside them: {n}. They are read as "
    "they are.",
}
"""What imports had to assume, by the count that `import_summary` keeps of it; true of one and of many."""
HELD = "Cases that got more images after somebody opened them: {n}. The new versions are held."
EXCLUDED = (
    "Excluded cases: {n}. Once begun, they turned out to be of a patient whose other cases are in another split. They "
    "are not offered, trained on or measured."
)
"""Those that a manager has excluded are no warning: she has said so herself."""


def import_warnings(project: Project) -> list[str]:
    """Sentences for the project page: what the imports had to assume, and what waits for the manager."""
    totals: Counter[str] = Counter()
    for options in ImportBatch.objects.filter(project=project).values_list("options", flat=True):
        totals.update({name: count for name, count in options.items() if isinstance(count, int)})
    said = [(ASSUMED[name], totals[name]) for name in ASSUMED]
    said.append((HELD, HeldCaseVersion.objects.filter(version__case__project=project).count()))
    excluded = Case.objects.filter(project=project, split=Split.EXCLUDED).exclude(excluded_by_manager())
    said.append((EXCLUDED, excluded.count()))
    return [sentence.format(n=n) for sentence, n in said if n]


def sites_and_views(project: Project) -> tuple[list[str], list[str]]:
    """The sites of the project's studies and the views of its images, in order, at most `MOST_CHOICES` of each.

    Each is one probe of an index, however many images there are.
    """
    return _distinct(project, Study, "site"), _distinct(project, Instance, "view_position")


LEAPS = """
WITH RECURSIVE leap(value) AS (
    SELECT (SELECT MIN({column}) FROM {table} WHERE project_id = %s AND {column} <> '')
    UNION ALL
    SELECT (SELECT MIN({column}) FROM {table} WHERE project_id = %s AND {column} <> '' AND {column} > leap.value)
    FROM leap WHERE leap.value IS NOT NULL
) SELECT value FROM leap WHERE value IS NOT NULL LIMIT {most}
"""


def _distinct(project: Project, model: type[Model], column: str) -> list[str]:
    """The values of an indexed text column, by leaps: PostgreSQL's DISTINCT would walk the index from end to end."""
    project_id = Project._meta.pk.get_db_prep_value(project.id, connection)
    leaps = LEAPS.format(column=column, table=model._meta.db_table, most=MOST_CHOICES)
    with connection.cursor() as cursor:
        cursor.execute(leaps, [project_id, project_id])
        return [value for (value,) in cursor.fetchall()]
