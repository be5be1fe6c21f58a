"""One synthetic DICOM file for each transfer syntax and photometric interpretation that is accepted with pixels."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.encaps import encapsulate
from pydicom.pixels.processing import convert_color_space
from pydicom.uid import (
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.e2e.running import ROOT
from tests.factories import dicom

HTJ2K_CODEC = ROOT / "frontend/node_modules/@cornerstonejs/codec-openjph/dist/openjphjs.js"
NATIVE = [
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
]
GRAY_ENCODED = [
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    JPEG2000Lossless,
    JPEG2000,
    HTJ2KLossless,
]
GRAY = dicom.noisy(dicom.gradient(low=100, high=3800))
BYTES = dicom.noisy(dicom.gradient(high=250, dtype="u1"))
COLOURS = dicom.colours()
LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class Kind:
    """A file, and the gray picture (0-255) that the screen must show of it."""

    name: str
    content: bytes
    expected: np.ndarray


def all_kinds() -> list[Kind]:
    """Every kind, each as a study of its own."""
    return [
        Kind(f"{photometric} {syntax.name}", _file(number, syntax, photometric, pixels), expected)
        for number, (syntax, photometric, pixels, expected) in enumerate(_combinations(), start=1)
    ]


def _combinations() -> Iterator[tuple[UID, str, np.ndarray, np.ndarray]]:
    for photometric in ("MONOCHROME1", "MONOCHROME2"):
        for syntax in (*NATIVE, *GRAY_ENCODED):
            yield syntax, photometric, GRAY, shown(GRAY, photometric)
        yield JPEGBaseline8Bit, photometric, BYTES, shown(BYTES, photometric)
    for syntax in (*NATIVE, JPEGLSLossless, JPEG2000Lossless, JPEG2000):
        yield syntax, "RGB", COLOURS, COLOURS @ LUMA
    for syntax in (JPEG2000Lossless, HTJ2KLossless):
        yield syntax, "YBR_RCT", COLOURS, COLOURS @ LUMA
    yield JPEG2000, "YBR_ICT", COLOURS, COLOURS @ LUMA
    yield JPEGBaseline8Bit, "YBR_FULL_422", COLOURS, COLOURS @ LUMA
    for syntax in (ExplicitVRLittleEndian, RLELossless):
        yield syntax, "YBR_FULL", np.asarray(convert_color_space(COLOURS, "RGB", "YBR_FULL")), COLOURS @ LUMA
        yield syntax, "PALETTE COLOR", BYTES, 255.0 - BYTES


def shown(pixels: np.ndarray, photometric: str) -> np.ndarray:
    """Gray values from black to white over the middle 99 percent, with the low ones white on a MONOCHROME1 film."""
    low, high = np.percentile(pixels, (0.5, 99.5))
    gray = np.clip((pixels - low) / (high - low), 0, 1) * 255
    return 255 - gray if photometric == "MONOCHROME1" else gray


def _file(number: int, syntax: UID, photometric: str, pixels: np.ndarray) -> bytes:
    study = f"{dicom.ROOT}.{number}"
    elements: dict[str, Any] = {
        "PhotometricInterpretation": photometric,
        "StudyInstanceUID": study,
        "SeriesInstanceUID": f"{study}.1",
        "SOPInstanceUID": f"{study}.1.1",
        "PatientID": f"P-{number:04d}",
    }
    if pixels is GRAY:
        elements |= {"BitsStored": 12, "HighBit": 11}
    dataset = dicom.image_dataset(pixels, **elements)
    if photometric == "PALETTE COLOR":
        inverse = np.arange(255, -1, -1, dtype="<u2") * 257
        for colour in ("Red", "Green", "Blue"):
            setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
            setattr(dataset, f"{colour}PaletteColorLookupTableData", inverse.tobytes())
    if syntax != HTJ2KLossless:
        return dicom.dicom_bytes(pixels, dataset=dataset, syntax=syntax)
    dataset.PixelData = encapsulate([_htj2k(pixels, dataset.BitsStored)])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return dicom.file_bytes(dataset, syntax=syntax)


def _htj2k(pixels: np.ndarray, bits: int) -> bytes:
    rows, columns, samples = (*pixels.shape, 1)[:3]
    script = ROOT / "tests/e2e/encode_htj2k.cjs"
    numbers = map(str, (columns, rows, samples, bits, 0))
    done = subprocess.run(
        ["node", str(script), str(HTJ2K_CODEC), *numbers],
        input=pixels.tobytes(),
        capture_output=True,
        check=True,
    )
    return done.stdout + b"\0" * (len(done.stdout) % 2)
