"""The data of a run: which cases, their labels and split roles, and their pixels as one memory-mapped array.

Files hold raw uint8 squares, bone bright, row by row. They are resized once into JOB/inputs-<size>.u8; training
then reads the mapped array (or holds it on the GPU) and never opens a file again.
"""

import hashlib
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray

from workers.training.child import Report
from workers.training.errors import DataError, InvalidInput, Stopped

ROLES = ("train", "validation", "test")
CHUNK = 64  # files read and resized together


@dataclass(frozen=True)
class Case:
    """One case: its patient, split role, labels (1, 0, a share, or NaN for missing or uncertain) and image files."""

    case: str
    patient: str
    role: str
    labels: tuple[float, ...]
    images: tuple[Path, ...]


@dataclass(frozen=True)
class DataList:
    """All labelled cases of a run."""

    findings: tuple[str, ...]
    input_px: int
    n_test_cases: int
    cases: tuple[Case, ...]

    @property
    def images(self) -> list[Path]:
        return [image for case in self.cases for image in case.images]

    def rows(self, role: str) -> NDArray[np.int64]:
        """Return the rows of `images` whose case plays a role."""
        roles = [case.role for case in self.cases for _ in case.images]
        return np.flatnonzero(np.array(roles) == role)

    def targets(self) -> NDArray[np.float32]:
        """Return labels per image, (n images, n findings)."""
        return np.array([case.labels for case in self.cases for _ in case.images], dtype=np.float32)

    def case_of_row(self) -> NDArray[np.int64]:
        """Return the number of the case that each image belongs to."""
        return np.repeat(np.arange(len(self.cases)), [len(case.images) for case in self.cases])


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object. Raises InvalidInput when there is none."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InvalidInput(
            "missing_file", f"The job has no {path.name}: write it before starting the job."
        ) from None
    except ValueError as error:
        raise InvalidInput("not_json", f"{path.name} is not valid JSON ({error}).") from None
    if not isinstance(document, dict):
        raise InvalidInput("not_json", f"{path.name} must hold one JSON object.")
    return document


def read_datalist(path: Path) -> DataList:
    """Read and check datalist.json. Raises InvalidInput, or DataError when there is too little to learn from."""
    document = read_json(path)
    try:
        findings = tuple(document["findings"])
        cases = tuple(_read_case(row, findings, path.parent) for row in document["cases"])
        input_px = int(document["input_px"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            "wrong_datalist", f"{path.name} lacks a key or holds a wrong value: {error!r}."
        ) from None
    n_test = int(document.get("n_test_cases") or sum(case.role == "test" for case in cases))
    datalist = DataList(findings, input_px, n_test, cases)
    _refuse_shared_patients(datalist)
    _refuse_too_few_labels(datalist)
    return datalist


def _read_case(row: dict[str, Any], findings: tuple[str, ...], folder: Path) -> Case:
    if row["role"] not in ROLES:
        raise ValueError(f"role {row['role']!r}")
    if not row["images"]:
        raise ValueError(f"case {row['case']} has no image")
    labels = []
    for code in findings:
        value = row["labels"].get(code)
        if value is not None and (isinstance(value, bool | str) or not 0 <= value <= 1):
            raise ValueError(f"label {value!r}")
        labels.append(float("nan") if value is None else float(value))
    images = tuple(folder / image for image in row["images"])
    return Case(str(row["case"]), str(row["patient"]), row["role"], tuple(labels), images)


def _refuse_shared_patients(datalist: DataList) -> None:
    role_of: dict[str, str] = {}
    for case in datalist.cases:
        if role_of.setdefault(case.patient, case.role) != case.role:
            raise InvalidInput(
                "patient_in_two_roles", "A patient is in two splits: draw the split by patient."
            )


def _refuse_too_few_labels(datalist: DataList) -> None:
    labels = datalist.targets()[datalist.rows("train")].reshape(-1, len(datalist.findings))
    learnable = ((labels > 0.5).any(axis=0) & (labels < 0.5).any(axis=0)).any()
    if not learnable:
        message = (
            "No finding has both a present and an absent consensus label in the pool: read more cases first."
        )
        raise DataError("too_few_labels", message)


@dataclass(frozen=True)
class Inputs:
    """Model inputs of all images: uint8 (n, size, size), and the hash of the list, labels and source bytes."""

    pixels: NDArray[np.uint8]
    data_sha256: str


def load_inputs(
    datalist: DataList, size: int, job: Path, out: Path, report: Report, stop: threading.Event
) -> Inputs:
    """Return the run's inputs, resized into one file that later attempts find again.

    Raises DataError for a file that is missing or has the wrong length.
    """
    paths, list_sha256 = datalist.images, _hash_of_list(datalist)
    cache, note = job / f"inputs-{size}.u8", job / f"inputs-{size}.json"
    shape = (len(paths), size, size)
    known = json.loads(note.read_text("utf-8")) if note.exists() else {}
    if known.get("list_sha256") == list_sha256 and cache.stat().st_size == len(paths) * size * size:
        return Inputs(np.memmap(cache, np.uint8, "r", shape=shape), known["data_sha256"])
    digest = hashlib.sha256(list_sha256.encode())
    temporary = out / cache.name
    allocate(temporary, len(paths) * size * size)
    mapped = np.memmap(temporary, np.uint8, "r+", shape=shape)
    for start in range(0, len(paths), CHUNK):
        if stop.is_set():
            raise Stopped()
        chunk = np.stack([read_image(path, datalist.input_px) for path in paths[start : start + CHUNK]])
        digest.update(chunk.tobytes())
        mapped[start : start + len(chunk)] = resize_images(chunk, size)
        report("progress", stage="load", step=start + len(chunk), total=len(paths))
    mapped.flush()
    os.replace(temporary, cache)
    noted = {"list_sha256": list_sha256, "data_sha256": digest.hexdigest()}
    (out / note.name).write_text(json.dumps(noted), "utf-8")
    os.replace(out / note.name, note)
    return Inputs(np.memmap(cache, np.uint8, "r", shape=shape), digest.hexdigest())


def allocate(path: Path, n_bytes: int) -> None:
    """Make a file of a size whose blocks exist: writing to a map of a full disk would end the process by a signal."""
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, n_bytes)


def _hash_of_list(datalist: DataList) -> str:
    rows = [[c.case, c.patient, c.role, [str(v) for v in c.labels], len(c.images)] for c in datalist.cases]
    text = json.dumps([datalist.findings, datalist.input_px, rows, [str(path) for path in datalist.images]])
    return hashlib.sha256(text.encode()).hexdigest()


def read_image(path: Path, input_px: int) -> NDArray[np.uint8]:
    """Read one raw uint8 square. Raises DataError when it is missing or of another size."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            "image_missing", f"The image file {path.name} is missing: import the case again."
        ) from None
    if len(data) != input_px * input_px:
        message = f"The image file {path.name} has {len(data)} bytes instead of {input_px * input_px}."
        raise DataError("image_damaged", message + " Import the case again.")
    return np.frombuffer(data, np.uint8).reshape(input_px, input_px)


def resize_images(images: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Resize (n, S, S) by antialiased bilinear interpolation."""
    if images.shape[1] == size:
        return images
    x = torch.from_numpy(images).unsqueeze(1).float()
    x = functional.interpolate(x, size=(size, size), mode="bilinear", align_corners=False, antialias=True)
    return x.squeeze(1).round().clamp(0, 255).to(torch.uint8).numpy()
