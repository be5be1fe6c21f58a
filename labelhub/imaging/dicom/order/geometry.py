"""Pixel spacing, position and orientation from the header, cleaned (PS3.3 10.7, C.7.6.2).

Spacing is (row_mm, column_mm): the distance between rows (down) and between columns (across). Positions and directions
are in the patient space, LPS, in mm.
"""

import math
from dataclasses import dataclass

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.header.attributes import is_present, numbers_of, terms, text_of
from labelhub.imaging.dicom.header.groups import functional_group_item

PROJECTION_MODALITIES = terms("CR DX RG MG IO PX XA RF")
RADIOGRAPH_MODALITIES = terms("CR DX RG MG IO PX")
MAX_SPACING_MM = 1000.0
MAX_ASPECT = 20.0


@dataclass(frozen=True)
class Spacing:
    """Distance between pixel centres and what it refers to: the patient, the detector, a calibration, or nothing."""

    row_mm: float | None
    column_mm: float | None
    source: str

    def as_json(self, aspect: float) -> dict[str, object]:
        """Return the form used in answers, with the aspect of a pixel."""
        return {"row_mm": self.row_mm, "column_mm": self.column_mm, "source": self.source, "aspect": aspect}


NO_SPACING = Spacing(None, None, "none")


@dataclass(frozen=True)
class Plane:
    """Position of the first pixel's centre and directions of a row and of a column (PS3.3 C.7.6.2.1.1)."""

    position_lps: list[float]
    orientation: list[float]

    @property
    def distance_mm(self) -> float:
        """Return the signed distance of the plane from the origin along its normal."""
        row, column = self.orientation[:3], self.orientation[3:]
        normal = (
            row[1] * column[2] - row[2] * column[1],
            row[2] * column[0] - row[0] * column[2],
            row[0] * column[1] - row[1] * column[0],
        )
        return sum(n * p for n, p in zip(normal, self.position_lps, strict=True))


def pixel_spacing_of(ds: Dataset, keyword: str, warnings: list[str]) -> list[float] | None:
    """Return a spacing attribute as [row_mm, column_mm]; None when absent or not two positive numbers."""
    numbers = numbers_of(ds, keyword)
    if len(numbers) == 2 and all(0 < number <= MAX_SPACING_MM for number in numbers):
        return numbers
    if is_present(ds, keyword) and "bad_pixel_spacing" not in warnings:
        warnings.append("bad_pixel_spacing")
    return None


def spacing_of(header: Dataset, modality: str, warnings: list[str]) -> Spacing:
    """Choose the spacing for measurements and say what it refers to (PS3.3 10.7.1.3)."""
    at_patient = pixel_spacing_of(measures_of(header), "PixelSpacing", warnings)
    at_detector = pixel_spacing_of(header, "ImagerPixelSpacing", warnings) or pixel_spacing_of(
        header, "NominalScannedPixelSpacing", warnings
    )
    if modality not in PROJECTION_MODALITIES:
        return _spacing(at_patient, "patient") or _spacing(at_detector, "detector") or NO_SPACING
    if at_patient is None:
        return _spacing(at_detector, "detector") or NO_SPACING
    differs = at_detector is not None and any(
        not math.isclose(a, b, rel_tol=1e-4) for a, b in zip(at_patient, at_detector, strict=True)
    )
    is_calibrated = differs or text_of(header, "PixelSpacingCalibrationType") in ("GEOMETRY", "FIDUCIAL")
    return Spacing(at_patient[0], at_patient[1], "calibrated" if is_calibrated else "detector")


def aspect_of(header: Dataset, spacing: Spacing, warnings: list[str]) -> float:
    """Return the distance of rows over that of columns: of the spacing, else Pixel Aspect Ratio (C.7.6.3.1.7)."""
    if spacing.row_mm and spacing.column_mm:
        return spacing.row_mm / spacing.column_mm
    ratio = numbers_of(header, "PixelAspectRatio")
    if len(ratio) == 2 and min(ratio) > 0 and 1 / MAX_ASPECT <= ratio[0] / ratio[1] <= MAX_ASPECT:
        return ratio[0] / ratio[1]
    if is_present(header, "PixelAspectRatio"):
        warnings.append("bad_pixel_aspect_ratio")
    return 1.0


def _spacing(pair: list[float] | None, source: str) -> Spacing | None:
    return Spacing(pair[0], pair[1], source) if pair else None


def plane_of(header: Dataset, warnings: list[str]) -> Plane | None:
    """Return the plane of the first frame, or None when position or orientation is absent or unusable."""
    position_source = functional_group_item(header, "PlanePositionSequence") or header
    orientation_source = functional_group_item(header, "PlaneOrientationSequence") or header
    position = numbers_of(position_source, "ImagePositionPatient")
    orientation = numbers_of(orientation_source, "ImageOrientationPatient")
    if len(position) == 3 and is_orthonormal(orientation):
        return Plane(position, orientation)
    if is_present(position_source, "ImagePositionPatient") or is_present(
        orientation_source, "ImageOrientationPatient"
    ):
        warnings.append("bad_orientation")
    return None


def measures_of(header: Dataset) -> Dataset:
    """Return the data set that holds the pixel measures: the functional group if there is one, else the header."""
    return functional_group_item(header, "PixelMeasuresSequence") or header


def is_orthonormal(orientation: list[float]) -> bool:
    """Say whether six numbers are the direction cosines of a row and a column, but for rounding."""
    if len(orientation) != 6:
        return False
    row, column = orientation[:3], orientation[3:]
    lengths = (math.hypot(*row), math.hypot(*column))
    dot = sum(a * b for a, b in zip(row, column, strict=True))
    return all(math.isclose(length, 1.0, abs_tol=1e-2) for length in lengths) and abs(dot) < 1e-2
