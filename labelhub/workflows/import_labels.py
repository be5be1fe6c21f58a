"""Labels that come with the images: hidden truth, a reference, or one reader's reads."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.imaging.models import Case, ImportBatch, ImportFile, SourceLabel
from labelhub.imaging.services.batches import Heartbeat, upload_path
from labelhub.imaging.services.instances import file_reject
from labelhub.projects.models import Membership, Project
from labelhub.projects.selectors import schema_in_force
from labelhub.workflows.labels_csv import LabelRow, LabelTable, merged_answers, read_labels
from labelhub.workflows.submit_read import record_imported_read

READ = "read:"
LABELS_FILE = "labels.csv"
CASES_A_PAGE = 500
ADOPTED = "Read as labels: who the patients are and what is known of them; its findings are hidden truth."


def labels_options(*, project: Project, labels_as: str) -> dict[str, str]:
    """The batch options for labels of a kind: hidden-truth, reference, or read:NAME.

    Raises:
        InvalidContent: an unknown kind, or a reader whom the project does not have.
    """
    if labels_as.startswith(READ):
        name = labels_as.removeprefix(READ)
        if not _readers(project).filter(username=name).exists():
            raise InvalidContent(
                f"{name} is no reader of this project. Add the role first: manage.py create_user.",
                code="unknown_reader",
            )
    elif labels_as not in SourceLabel.Kind.values:
        raise InvalidContent(
            "Labels are hidden-truth, reference or read:NAME of a reader.", code="unknown_label_kind"
        )
    return {"labels_as": labels_as}


def labels_stage(*, batch: ImportBatch, source: Path) -> None:
    """Keep the labels CSV beside the batch's staged files, where a resumed import finds it."""
    target = upload_path(f"{batch.id}/{LABELS_FILE}")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(source, target)


def labels_adopt(*, batch: ImportBatch) -> None:
    """Take a labels.csv that came among the files, where no labels were given, as hidden truth. It gets its outcome.

    One that cannot be read is rejected with the reason, and the images are imported without it.
    """
    if "labels_as" in batch.options:
        return
    staged = ImportFile.objects.filter(batch=batch, outcome=ImportFile.Outcome.STAGED)
    found = [
        file for file in staged.filter(path__iendswith=LABELS_FILE) if _name_of(file).lower() == LABELS_FILE
    ]
    if not found:
        return
    file = min(found, key=lambda file: (file.path.count("/"), file.position))
    source = upload_path(file.upload_key)
    try:
        read_labels(source, schema_in_force(batch.project).codes)
    except InvalidContent as error:
        file_reject(file=file, code=error.code, message=error.message)
        return
    labels_stage(batch=batch, source=source)
    with transaction.atomic():
        batch.options = {**batch.options, "labels_as": SourceLabel.Kind.HIDDEN_TRUTH.value}
        batch.save(update_fields=["options"])
        staged.filter(id=file.id).update(outcome=ImportFile.Outcome.ACCEPTED, code="labels", message=ADOPTED)


def _name_of(file: ImportFile) -> str:
    return PurePosixPath(file.path).name


def labels_of(batch: ImportBatch) -> LabelTable | None:
    """The batch's labels, if it has any. Raises InvalidContent (invalid_labels)."""
    if "labels_as" not in batch.options:
        return None
    return read_labels(upload_path(f"{batch.id}/{LABELS_FILE}"), schema_in_force(batch.project).codes)


def attach_labels(batch: ImportBatch, labels: LabelTable, heartbeat: Heartbeat) -> dict[str, Any]:
    """Attach each case's labels, also to images that the project had before. Returns notes for the manager."""
    kind = str(batch.options["labels_as"])
    reader = _readers(batch.project).get(username=kind.removeprefix(READ)) if kind.startswith(READ) else None
    rows = _rows_by_case(batch, labels)
    n_cases = n_passed_over = 0
    for cases in _pages(sorted(rows)):
        for case in cases:
            answers = merged_answers(rows[case.id])
            if reader is None:
                _source_labels_create(case, kind, answers)
            elif answers and not _read_recorded(batch, case, reader, answers):
                n_passed_over += 1
            n_cases += 1
        heartbeat({"stage": "labelling", "done": n_cases, "total": len(rows)})
    return {
        "ignored_columns": labels.ignored_columns,
        "n_labelled_cases": n_cases,
        "n_reads_passed_over": n_passed_over,
    }


def _rows_by_case(batch: ImportBatch, labels: LabelTable) -> dict[UUID, list[LabelRow]]:
    decided = ImportFile.objects.filter(
        Q(outcome=ImportFile.Outcome.ACCEPTED) | Q(outcome=ImportFile.Outcome.DUPLICATE),
        batch=batch,
        instance__case__current_version__isnull=False,
    ).order_by("position")
    rows: dict[UUID, list[LabelRow]] = defaultdict(list)
    for path, case_id in decided.values_list("path", "instance__case_id").iterator(chunk_size=5_000):
        row = labels.row_of(path)
        if row is not None:
            rows[case_id].append(row)
    return rows


def _pages(case_ids: list[UUID]) -> Iterator[list[Case]]:
    for start in range(0, len(case_ids), CASES_A_PAGE):
        chunk = case_ids[start : start + CASES_A_PAGE]
        yield list(Case.objects.select_related("project").filter(id__in=chunk).order_by("id"))


def _source_labels_create(case: Case, kind: str, answers: dict[str, str]) -> None:
    """An uncertain label is no truth and is left out; a label that is there stays."""
    SourceLabel.objects.bulk_create(
        [
            SourceLabel(case=case, kind=kind, finding=code, present=value == "present")
            for code, value in answers.items()
            if value != "uncertain"
        ],
        ignore_conflicts=True,
    )


def _read_recorded(batch: ImportBatch, case: Case, reader: User, answers: dict[str, str]) -> bool:
    """Whether the read was taken: not when the reader has one, nor when the case has all its reads."""
    try:
        record_imported_read(actor=batch.created_by, case=case, reader=reader, answers=answers)
    except Conflict as error:
        if error.code in {"already_read", "no_open_slot"}:
            return False
        raise
    return True


def _readers(project: Project) -> Any:
    return User.objects.filter(memberships__project=project, memberships__role=Membership.Role.READER)
