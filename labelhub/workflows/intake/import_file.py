"""The import of one staged file: read by the child, decided, its objects stored and its rows written."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path, PurePosixPath

from labelhub.imaging import storage
from labelhub.imaging.cases import case_mark
from labelhub.imaging.dicom.answer import clear_folder
from labelhub.imaging.dicom.identity.identity import Pseudonyms
from labelhub.imaging.dicom.identity.placeholders import is_placeholder
from labelhub.imaging.dicom.runner import ImportChild
from labelhub.imaging.models import ImportBatch, ImportFile, Instance, Study
from labelhub.imaging.services.batches import upload_path, work_name
from labelhub.imaging.services.decisions import Answer, Decision, decide
from labelhub.imaging.services.instances import Overtaken, file_record, known_fill_in, patient_facts
from labelhub.imaging.services.known import Known, known_kept
from labelhub.imaging.services.patients import is_of
from labelhub.imaging.services.renaming import CASE_EXCLUDED
from labelhub.reading.models import Assignment
from labelhub.workflows.intake.find_patient import find_patient
from labelhub.workflows.intake.labels.table import MatchedTable

MAX_ATTEMPTS = 5


class FileImporter:
    """One file after another through the import child into storage and rows."""

    def __init__(self, batch: ImportBatch, labels: MatchedTable | None):
        self.batch = batch
        self.labels = labels
        self.key = bytes.fromhex(batch.project.pseudonym_key)

    def import_file(self, child: ImportChild, file: ImportFile) -> None:
        """Give the file its outcome.

        Raises:
            Overtaken: other imports of the same images changed the project each time that this one had looked.
        """
        file.batch = self.batch
        for attempt in range(1, MAX_ATTEMPTS + 1):
            work = storage.new_work_folder(work_name(self.batch))
            try:
                self._attempt(child, file, work)
                return
            except Overtaken:
                if attempt == MAX_ATTEMPTS:
                    raise
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def _attempt(self, child: ImportChild, file: ImportFile, work: Path) -> None:
        def is_same_picture(twin: Instance) -> bool:
            return child.is_same_picture(storage.local_folder(twin.storage_prefix, twin.n_frames), work)

        source = upload_path(file.upload_key)
        read = partial(child.import_file, source, work, self.key, suffix=PurePosixPath(file.path).suffix)
        answer = read()
        plan = decide(self.batch, answer, is_same_picture)
        if plan.stores and plan.source_hash != answer["sop_uid_hash"]:
            # The UID is another image's: the metadata must carry one of its own.
            clear_folder(work)
            answer = read(uids={"instance": Pseudonyms(self.key).uid_of("instance", plan.source_hash)})
            plan = decide(self.batch, answer, is_same_picture)
        known = self._known(file)
        if plan.outcome == ImportFile.Outcome.ACCEPTED and plan.source_hash:
            self._find_patient(answer, known, plan.warnings)
        elif plan.outcome == ImportFile.Outcome.DUPLICATE:
            self._add_known(answer, plan, known)
        prefix = original_key = ""
        if plan.stores:
            prefix = storage.store_folder(work)
            if self.batch.project.keep_originals:
                original_key = storage.store_original(source)
        try:
            is_recorded = file_record(
                file=file,
                answer=answer,
                plan=plan,
                known=known,
                prefix=prefix,
                original_key=original_key,
            )
        except Overtaken:
            self._forget(prefix, original_key)
            raise
        if not is_recorded:
            self._forget(prefix, original_key)

    def _find_patient(self, answer: Answer, known: Known, warnings: list[str]) -> None:
        """A study of nobody's, or one that a wrong table named, gets the patient whom this file or its line names."""
        studies = Study.objects.select_related("patient").filter(project=self.batch.project)
        study = studies.filter(source_hash=answer["study_uid_hash"]).first()
        facts = patient_facts(answer, known)
        if study is None or not facts.named_by or is_of(study, facts.split_key):
            return
        if facts.named_by == Study.NamedBy.TABLE and self._has_named(study):
            return
        result = find_patient(study=study, facts=facts, actor=self.batch.created_by)
        if result == "excluded":
            warnings.append(CASE_EXCLUDED)

    def _has_named(self, study: Study) -> bool:
        """Whether this import's table has named the study's patient in an earlier line, which stays."""
        files = ImportFile.objects.filter(batch=self.batch, instance__series__study=study)
        rows = (
            self.labels.row_of(path) if self.labels else None for path in files.values_list("path", flat=True)
        )
        return any(row and not is_placeholder(row.patient_id) for row in rows)

    def _add_known(self, answer: Answer, plan: Decision, known: Known) -> None:
        """To an image that the project has: what the label table knows of it, as long as nobody has opened its case."""
        studies = Study.objects.select_related("patient").filter(project=self.batch.project)
        study = studies.filter(source_hash=answer["study_uid_hash"]).first()
        if study is None or plan.instance is None or known == Known():
            return
        if not Assignment.objects.filter(case__study=study, opened_at__isnull=False).exists():
            self._find_patient(answer, known, plan.warnings)
            study.refresh_from_db()
            has_view = known_fill_in(plan.instance, study, answer, known)
            if has_view and plan.instance.case_id is not None:
                case_mark(plan.instance.case_id)
        plan.warnings.extend(known_kept(plan.instance.id, known))

    def _forget(self, prefix: str, original_key: str) -> None:
        """Remove what was stored for a file that was decided otherwise in the meantime."""
        if prefix:
            storage.remove(prefix)
        if original_key:
            storage.remove_original(original_key)

    def _known(self, file: ImportFile) -> Known:
        """What the labels CSV adds to the file; its patient gets the same pseudonym as one named in a header."""
        row = self.labels.row_of(file.path) if self.labels else None
        if row is None:
            return Known()
        return Known(
            patient_hash=Pseudonyms(self.key).patient_hash(row.patient_id),
            site=row.site,
            group=row.group,
            age=row.age,
            sex=row.sex,
            view=row.view,
            indication=row.indication,
        )
