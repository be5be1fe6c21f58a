"""The import of one staged file: read by the child, decided, its objects stored and its rows written."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path, PurePosixPath

from labelhub.imaging import storage
from labelhub.imaging.dicom.answer import clear_folder
from labelhub.imaging.dicom.identity import Pseudonyms
from labelhub.imaging.dicom.runner import ImportChild
from labelhub.imaging.models import ImportBatch, ImportFile, Instance
from labelhub.imaging.services.batches import upload_path, work_name
from labelhub.imaging.services.decisions import decide
from labelhub.imaging.services.instances import Known, Overtaken, file_record
from labelhub.workflows.labels.table import MatchedTable

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
                known=self._known(file),
                prefix=prefix,
                original_key=original_key,
            )
        except Overtaken:
            self._forget(prefix, original_key)
            raise
        if not is_recorded:
            self._forget(prefix, original_key)

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
            patient_hash=Pseudonyms(self.key).hash_of("patient", row.patient_id) if row.patient_id else "",
            site=row.site,
            group=row.group,
            age_years=row.age_years,
            sex=row.sex,
            view=row.view,
            indication=row.indication,
        )
