"""The requests and the answer of one import, as they pass between the child and its parent."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labelhub.imaging.dicom.codes import message_of

HASH_STEP_BYTES = 1024 * 1024


@dataclass(frozen=True)
class ImportRequest:
    """What to import and where to; `suffix` is the ending of the file's original name, lower case."""

    path: Path
    out_dir: Path
    pseudonym_key: bytes
    suffix: str
    uids: dict[str, str]

    def to_json(self) -> str:
        """Write the request as one line."""
        return json.dumps(
            {
                "path": str(self.path),
                "out_dir": str(self.out_dir),
                "pseudonym_key": self.pseudonym_key.hex(),
                "suffix": self.suffix,
                "uids": self.uids,
            }
        )


@dataclass(frozen=True)
class CompareRequest:
    """Two folders of stored objects of which to say whether they show the same picture."""

    first: Path
    second: Path

    def to_json(self) -> str:
        """Write the request as one line."""
        return json.dumps({"first": str(self.first), "second": str(self.second)})


@dataclass(frozen=True)
class PicturesRequest:
    """A folder of stored objects, and where the pictures of one of its frames (from 1) go."""

    folder: Path
    frame: int
    aspect: float
    thumbnail: Path
    model_input: Path

    def to_json(self) -> str:
        """Write the request as one line."""
        return json.dumps(
            {
                "folder": str(self.folder),
                "frame": self.frame,
                "aspect": self.aspect,
                "thumbnail": str(self.thumbnail),
                "model_input": str(self.model_input),
            }
        )


@dataclass(frozen=True)
class InspectRequest:
    """What to import into `objects_dir`, and where the pictures made from it go."""

    path: Path
    objects_dir: Path
    out_dir: Path
    pseudonym_key: bytes
    suffix: str

    def to_json(self) -> str:
        """Write the request as one line."""
        return json.dumps(
            {
                "path": str(self.path),
                "objects_dir": str(self.objects_dir),
                "out_dir": str(self.out_dir),
                "pseudonym_key": self.pseudonym_key.hex(),
                "suffix": self.suffix,
            }
        )


Request = ImportRequest | CompareRequest | InspectRequest | PicturesRequest


def request_from_json(line: str) -> Request:
    """Read the request that the parent wrote."""
    fields = json.loads(line)
    if "objects_dir" in fields:
        return InspectRequest(
            path=Path(fields["path"]),
            objects_dir=Path(fields["objects_dir"]),
            out_dir=Path(fields["out_dir"]),
            pseudonym_key=bytes.fromhex(fields["pseudonym_key"]),
            suffix=fields["suffix"],
        )
    if "thumbnail" in fields:
        return PicturesRequest(
            folder=Path(fields["folder"]),
            frame=fields["frame"],
            aspect=fields["aspect"],
            thumbnail=Path(fields["thumbnail"]),
            model_input=Path(fields["model_input"]),
        )
    if "first" in fields:
        return CompareRequest(Path(fields["first"]), Path(fields["second"]))
    return ImportRequest(
        path=Path(fields["path"]),
        out_dir=Path(fields["out_dir"]),
        pseudonym_key=bytes.fromhex(fields["pseudonym_key"]),
        suffix=fields["suffix"],
        uids=fields["uids"],
    )


EMPTY_ANSWER: dict[str, Any] = {
    "warnings": [],
    "kind": None,
    "has_pixels": False,
    "content_sha256": None,
    "study_uid_hash": None,
    "series_uid_hash": None,
    "sop_uid_hash": None,
    "patient_hash": None,
    "patient_id": None,
    "patient_fields": {
        "age_years": None,
        "age_text": None,
        "sex": None,
        "birth_hash": "",
        "issuer_hash": "",
        "authority_hash": "",
        "weight_kg": None,
        "size_m": None,
    },
    "study": None,
    "series": None,
    "instance": None,
    "model_input": None,
    "attributes": {},
}


def accepted(**facts: Any) -> dict[str, Any]:
    """Return the answer for a readable file: code ok, or no_pixels when it holds no image."""
    code = "ok" if facts["has_pixels"] else "no_pixels"
    return {**EMPTY_ANSWER, "outcome": "accepted", "code": code, "message": message_of(code), **facts}


def rejected(code: str, attribute: str | None = None, **facts: Any) -> dict[str, Any]:
    """Return the answer for a refused file; `attribute` is the keyword of the element at fault, if one can be named."""
    refusal = {
        "outcome": "rejected",
        "code": code,
        "message": message_of(code, attribute),
        "attribute": attribute,
    }
    return {**EMPTY_ANSWER, **refusal, **facts}


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(HASH_STEP_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def clear_folder(path: Path) -> None:
    """Remove the files in an output folder."""
    for written in path.iterdir():
        written.unlink()
