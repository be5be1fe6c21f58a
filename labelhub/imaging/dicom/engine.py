"""Imports one file: decides its outcome and, if it is accepted, writes its metadata, frames and model input.

Runs in the import child. The answer is a JSON object; its keys are those of `answer.EMPTY_ANSWER`.
"""

from typing import Any

from labelhub.imaging.dicom.answer import ImportRequest, accepted, rejected, sha256_of
from labelhub.imaging.dicom.attribute_table.handling import handling_of
from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.files.parse import looks_like_dicom, open_dicom
from labelhub.imaging.dicom.identity.identity import Pseudonyms
from labelhub.imaging.dicom.instance import import_instance
from labelhub.imaging.dicom.rasters import raster
from labelhub.imaging.dicom.storing.output import OutputFolder

DICOM_SUFFIXES = frozenset((".dcm", ".dicom", ".ima"))
ARCHIVE_STARTS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ\x00",
)


def import_file(request: ImportRequest) -> dict[str, Any]:
    """Import one file into `request.out_dir` and return the answer; a refused file leaves the folder empty."""
    content_sha256 = sha256_of(request.path)
    folder = OutputFolder(request.out_dir)
    pseudonyms = Pseudonyms(request.pseudonym_key)
    try:
        facts = _import(request, content_sha256, folder, pseudonyms)
    except ImportRejected as fault:
        folder.clear()
        return rejected(fault.code, fault.attribute, content_sha256=content_sha256, attributes=fault.handling)
    except MemoryError:
        folder.clear()
        return rejected("out_of_memory", content_sha256=content_sha256)
    return accepted(content_sha256=content_sha256, **facts)


def _import(
    request: ImportRequest, content_sha256: str, folder: OutputFolder, pseudonyms: Pseudonyms
) -> dict[str, Any]:
    with request.path.open("rb") as source:
        head = source.read(16)
    if not head:
        raise ImportRejected("empty_file")
    if looks_like_dicom(request.path):
        parsed = open_dicom(request.path)
        try:
            return import_instance(parsed, request, content_sha256, folder, pseudonyms)
        except ImportRejected as fault:
            fault.handling = handling_of(parsed.header, parsed.warnings, (fault.code, fault.attribute))
            raise
        finally:
            parsed.source.close()
    if raster.looks_like_raster(head):
        if request.suffix in DICOM_SUFFIXES:
            raise ImportRejected("content_mismatch")
        return raster.import_raster(request, content_sha256, folder, pseudonyms)
    raise ImportRejected("nested_archive" if head.startswith(ARCHIVE_STARTS) else "not_an_image")
