"""The label table of an import: which it is, where it lies, and what the manager answered about it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import InvalidContent
from labelhub.core.states import next_state
from labelhub.imaging import storage
from labelhub.imaging.models import ImportBatch, ImportFile, SourceLabel
from labelhub.imaging.services.batches import upload_path
from labelhub.imaging.services.instances import file_reject
from labelhub.imaging.states import IMPORT
from labelhub.projects.models import Membership, Project
from labelhub.projects.policies import MANAGER, project_for
from labelhub.projects.selectors import schema_in_force
from labelhub.workflows.intake.labels.table import MatchedTable, has_needed_columns, match_table, read_table
from labelhub.workflows.intake.labels.text import head_of

READ = "read:"
STAGED_NAME = "labels.csv"
"""Name under which an import's table is kept, whatever it is written in."""
FOUND_NAMES = frozenset(("labels.csv", "labels.tsv"))
TABLE_ENDINGS = frozenset((".csv", ".tsv"))
TAKE, ASK, LEAVE = "take", "ask", "leave"
ANSWERS = (TAKE, ASK, LEAVE)
"""What is done with the table: take it, show first what it matches, or import without it."""
TAKEN = "Read as labels: who the patients are and what is known of them; its findings are hidden truth."
LEFT = "Not read: the import was started without its label table."
REPLACED = "Not read: another label table was sent in its place."
SECOND = "Not read: an import has one label table, and another was taken. Import this one's folder by itself."


def labels_options(*, project: Project, labels_as: str, folder: str = "", name: str = "") -> dict[str, Any]:
    """The batch options for labels of a kind: hidden-truth, reference, or read:NAME.

    `folder` is the table's place inside the import, from which its paths count; '' for the import's root.

    Raises:
        InvalidContent: an unknown kind, or a reader whom the project does not have.
    """
    if labels_as.startswith(READ):
        reader = labels_as.removeprefix(READ)
        if not readers_of(project).filter(username=reader).exists():
            raise InvalidContent(
                f"{reader} is no reader of this project. Add the role first: manage.py create_user.",
                code="unknown_reader",
            )
    elif labels_as not in SourceLabel.Kind.values:
        raise InvalidContent(
            "Labels are hidden-truth, reference or read:NAME of a reader.", code="unknown_label_kind"
        )
    return {"labels_as": labels_as, "labels_folder": folder, "labels_name": name}


def readers_of(project: Project) -> QuerySet[User]:
    return User.objects.filter(memberships__project=project, memberships__role=Membership.Role.READER)


def labels_stage(*, batch: ImportBatch, source: Path) -> None:
    """Keep the label table beside the batch's staged files, where a resumed import finds it."""
    with source.open("rb") as handle:
        _keep(batch, iter(lambda: handle.read(storage.CHUNK_BYTES), b""))


def labels_receive(
    *, actor: User, batch: ImportBatch, name: str, chunks: Iterable[bytes], labels_as: str
) -> None:
    """Take a table that was sent by itself; it replaces the one that the import had.

    Who made the import may send hidden truth; what becomes labels in somebody's name is a manager's to send.

    Raises:
        NotAllowed: reads or reference labels from one who does not manage the project.
        InvalidContent: an unknown kind of labels.
        InvalidTransition: the import neither receives files nor asks about its labels.
    """
    if labels_as != SourceLabel.Kind.HIDDEN_TRUTH:
        project_for(actor, batch.project.slug, {MANAGER})
    options = labels_options(project=batch.project, labels_as=labels_as, name=name)
    _check_receives(batch)
    _keep(batch, chunks)
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(id=batch.id)
        _check_receives(locked)
        replaced = locked.options.get("labels_file") or locked.options.get("labels_replaced")
        locked.options = {**locked.options, **options, "labels_file": None, "labels_replaced": replaced}
        locked.save(update_fields=["options"])
        audit.record(actor_id=actor.id, action="import.labels_sent", obj=locked, project_id=locked.project_id)
    batch.options = locked.options


def labels_answer(*, batch: ImportBatch, answer: str) -> None:
    """Keep what is to be done with the table, for the import that is about to be queued."""
    ImportBatch.objects.filter(id=batch.id).update(options={**batch.options, "labels_answer": answer})
    batch.options["labels_answer"] = answer


def labels_adopt(*, batch: ImportBatch) -> None:
    """Where no table was sent by itself, take one among the files, as hidden truth.

    The topmost labels.csv; else the only table of another name that has the columns of one.
    """
    if "labels_as" in batch.options:
        return
    found = _tables_found(batch) or _only_table_by_columns(batch)
    if not found:
        return
    file = min(found, key=lambda file: (file.path.count("/"), file.position))
    labels_stage(batch=batch, source=upload_path(file.upload_key))
    folder = _path(file).parent.as_posix()
    options = labels_options(
        project=batch.project,
        labels_as=SourceLabel.Kind.HIDDEN_TRUTH.value,
        folder="" if folder == "." else folder,
        name=file.path,
    )
    batch.options = {**batch.options, **options, "labels_file": str(file.id)}
    batch.save(update_fields=["options"])


def labels_of(batch: ImportBatch) -> MatchedTable | None:
    """The batch's table with the file of each line, if it has a table. Raises InvalidContent (invalid_labels)."""
    if "labels_as" not in batch.options:
        return None
    table = read_table(upload_path(f"{batch.id}/{STAGED_NAME}"), schema_in_force(batch.project).codes)
    paths = files_beside_table(batch).values_list("path", flat=True)
    return match_table(table, paths.iterator(chunk_size=5_000), batch.options.get("labels_folder", ""))


def files_beside_table(batch: ImportBatch) -> QuerySet[ImportFile]:
    """The batch's files without the table that was found among them."""
    return ImportFile.objects.filter(batch=batch).exclude(id=batch.options.get("labels_file"))


def labels_settle(*, batch: ImportBatch, is_taken: bool) -> None:
    """Give the tables that came among the files their outcomes: taken, left out, replaced, or one too many."""
    for file in _tables_found(batch):
        if not is_taken:
            file_reject(file=file, code="labels_left_out", message=LEFT)
        elif str(file.id) == batch.options.get("labels_file"):
            _staged(batch).filter(id=file.id).update(
                outcome=ImportFile.Outcome.ACCEPTED, code="labels", message=TAKEN
            )
        elif str(file.id) == batch.options.get("labels_replaced"):
            file_reject(file=file, code="labels_replaced", message=REPLACED)
        else:
            file_reject(file=file, code="labels_second", message=SECOND)


def _tables_found(batch: ImportBatch) -> list[ImportFile]:
    """The files that are label tables by their names, or were taken for one, and have no outcome yet."""
    taken = [id for id in map(batch.options.get, ("labels_file", "labels_replaced")) if id]
    named = Q()
    for name in FOUND_NAMES:
        named |= Q(path__iendswith=name)
    return [
        file
        for file in _staged(batch).filter(named | Q(id__in=taken))
        if _path(file).name.lower() in FOUND_NAMES or str(file.id) in taken
    ]


def _only_table_by_columns(batch: ImportBatch) -> list[ImportFile]:
    """The one file that its columns show to be a label table; nothing where there are more, or none."""
    named = Q()
    for ending in TABLE_ENDINGS:
        named |= Q(path__iendswith=ending)
    tables = []
    for file in _staged(batch).filter(named).iterator(chunk_size=1_000):
        path = upload_path(file.upload_key)
        if path.stat().st_size <= settings.LABELS_FILE_LIMIT_BYTES and has_needed_columns(head_of(path)):
            tables.append(file)
        if len(tables) > 1:
            return []
    return tables


def _staged(batch: ImportBatch) -> QuerySet[ImportFile]:
    return ImportFile.objects.filter(batch=batch, outcome=ImportFile.Outcome.STAGED)


def _path(file: ImportFile) -> PurePosixPath:
    return PurePosixPath(file.path.replace("\\", "/"))


def _check_receives(batch: ImportBatch) -> None:
    event = "relabel" if batch.state == ImportBatch.State.ASKING else "add"
    next_state(IMPORT, batch.state, event, subject="import")


def _keep(batch: ImportBatch, chunks: Iterable[bytes]) -> None:
    target = upload_path(f"{batch.id}/{STAGED_NAME}")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = target.with_suffix(".part")
    with temporary.open("wb") as handle:
        handle.writelines(chunks)
    storage.flush_file(temporary)
    temporary.rename(target)
    storage.flush_folder(target.parent)
