"""Checkpoints that survive a kill at any moment: whole or absent, verified before use, the last two kept.

A checkpoint is one safetensors file; everything that is not a tensor travels as JSON in its header. Beside it lies
a JSON file with its hash, written last: a checkpoint without it does not exist. Nothing is ever unpickled.
"""

import hashlib
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from workers.training.child import Report

KEPT = 2


@dataclass(frozen=True)
class Checkpoint:
    """A verified checkpoint: tensors by name, and the plain values."""

    path: Path
    tensors: dict[str, Tensor]
    values: dict[str, Any]


def write_file(path: Path, data: bytes) -> None:
    """Write a file so that its name never stands for half of it: temporary, fsync, rename, fsync of the folder."""
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def save_tensors(path: Path, tensors: dict[str, Tensor], values: dict[str, Any]) -> str:
    """Write tensors and plain values as one safetensors file; return its SHA-256.

    One metadata key only: the format does not order keys, and equal content must give equal bytes.
    """
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    data = save(whole, metadata={"values": json.dumps(values, sort_keys=True, allow_nan=False)})
    write_file(path, data)
    return hashlib.sha256(data).hexdigest()


def save_checkpoint(
    folder: Path, step: int, tensors: dict[str, Tensor], values: dict[str, Any]
) -> tuple[Path, str]:
    """Write the checkpoint of a step and drop all but the last two of this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{step:08d}.safetensors"
    sha256 = save_tensors(path, tensors, values)
    write_file(path.with_suffix(".json"), json.dumps({"step": step, "sha256": sha256}).encode())
    for old in sorted(folder.glob("step-*.safetensors"))[:-KEPT]:
        old.with_suffix(".json").unlink(missing_ok=True)
        old.unlink(missing_ok=True)
    return path, sha256


def load_newest(folders: list[Path], expected: dict[str, Any], report: Report) -> Checkpoint | None:
    """Return the newest checkpoint that is whole and belongs to this run; report each one that is passed over.

    `expected` holds values that must be equal, so that no checkpoint of other data or settings is ever resumed.
    """
    notes = [note for folder in folders for note in folder.glob("step-*.json")]
    for note in sorted(notes, key=lambda n: (n.stem, str(n.parent)), reverse=True):
        path = note.with_suffix(".safetensors")
        try:
            checkpoint = _load(path, note)
            strangers = [key for key, value in expected.items() if checkpoint.values.get(key) != value]
            if strangers:
                raise ValueError(f"it belongs to another run ({', '.join(strangers)})")
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            report(
                "checkpoint_rejected", path=str(path), reason=getattr(error, "strerror", None) or str(error)
            )
            continue
        return checkpoint
    return None


def _load(path: Path, note: Path) -> Checkpoint:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != json.loads(note.read_text("utf-8"))["sha256"]:
        raise ValueError("its bytes differ from its hash")
    return Checkpoint(path, load(data), read_values(data))


def read_values(data: bytes) -> dict[str, Any]:
    """Return the plain values in the header of a safetensors file (8 bytes length, then JSON)."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    values: dict[str, Any] = json.loads(header["__metadata__"]["values"])
    return values
