"""One import child for all tests of the engine, and a helper that imports bytes and reads back what was stored."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelhub.imaging.dicom.drawing.pixels import stored_frame_to_array
from labelhub.imaging.dicom.runner import ImportChild
from tests.factories.dicom import dicom_bytes, gradient, radiograph_dataset

KEY = b"a key for tests only"


@dataclass
class Imported:
    """The answer for one file and the folder it wrote."""

    answer: dict[str, Any]
    folder: Path

    @property
    def metadata(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / "metadata.json").read_text())
        return loaded

    def value(self, tag: str) -> Any:
        """The first value of an element in the metadata, None when it is absent."""
        return self.metadata.get(tag, {}).get("Value", [None])[0]

    def frame(self, number: int = 1) -> np.ndarray:
        return stored_frame_to_array(self.folder / f"frame-{number:06d}.bin", self.metadata)

    def modality_values(self, number: int = 1) -> np.ndarray:
        return self.frame(number) * self.value("00281053") + self.value("00281052")


ImportBytes = Callable[..., Imported]


def radiograph(import_bytes: ImportBytes, **elements: Any) -> Imported:
    pixels = gradient()
    return import_bytes(dicom_bytes(pixels, dataset=radiograph_dataset(pixels, **elements)))


@pytest.fixture(scope="session")
def child() -> Iterator[ImportChild]:
    with ImportChild() as started:
        yield started


@pytest.fixture
def import_bytes(child: ImportChild, tmp_path: Path) -> ImportBytes:
    def run(data: bytes, suffix: str = ".dcm", key: bytes = KEY, **options: Any) -> Imported:
        number = len(list(tmp_path.iterdir()))
        path, folder = tmp_path / f"{number}.upload", tmp_path / f"{number}.out"
        path.write_bytes(data)
        folder.mkdir()
        return Imported(child.import_file(path, folder, key, suffix=suffix, **options), folder)

    return run
