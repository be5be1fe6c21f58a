"""Pixel spacing, position and orientation from the header, cleaned (PS3.3 10.7, C.7.6.2).

Spacing is (row_mm, column_mm): the distance between rows (down) and between columns (across). Positions and directions
are in the patient space, LPS, in mm.
"""

import math
from dataclasses import dataclass
from typing import TypeVar

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.codes import Warnings
from labelhub.imaging.dicom.header.attributes import is_present, numbers_of, terms, text_of
from labelhub.imaging.dicom.header.groups import frame_items, functional_group_item, group_of

T = TypeVar("T")

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


def pixel_spacing_of(
    ds: Dataset, keyword: str, warnings: Warnings, group: tuple[str, ...] = ()
) -> list[float] | None:
    """Return a spacing attribute as [row_mm, column_mm]; None when absent or not two positive numbers.

    `group`: keyword of the functional group whose item `ds` is.
    """
    numbers = numbers_of(ds, keyword)
    if len(numbers) == 2 and all(0 < number <= MAX_SPACING_MM for number in numbers):
        return numbers
    if is_present(ds, keyword):
        warnings.tell("bad_pixel_spacing", keyword, *group)
    return None


def patient_spacing_of(header: Dataset, warnings: Warnings, index: int = 0) -> list[float] | None:
    """Return Pixel Spacing, of the functional group of a frame (`index` from 0) or of the header."""
    measures = measures_of(header, index)
    group = group_of(measures, header, "PixelMeasuresSequence")
    return pixel_spacing_of(measures, "PixelSpacing", warnings, group)


def detector_spacing_of(header: Dataset, warnings: Warnings) -> list[float] | None:
    """Return Imager Pixel Spacing, else that of scanned film; both are looked at, so that a bad one is told of."""
    detector, film = (
        pixel_spacing_of(header, keyword, warnings)
        for keyword in ("ImagerPixelSpacing", "NominalScannedPixelSpacing")
    )
    return detector or film


def spacing_of(header: Dataset, modality: str, warnings: Warnings, index: int = 0) -> Spacing:
    """Choose the spacing for measurements on a frame and say what it refers to (PS3.3 10.7.1.3)."""
    at_patient = patient_spacing_of(header, warnings, index)
    at_detector = detector_spacing_of(header, warnings)
    if modality not in PROJECTION_MODALITIES:
        return _spacing(at_patient, "patient") or _spacing(at_detector, "detector") or NO_SPACING
    if at_patient is None:
        return _spacing(at_detector, "detector") or NO_SPACING
    differs = at_detector is not None and any(
        not math.isclose(a, b, rel_tol=1e-4) for a, b in zip(at_patient, at_detector, strict=True)
    )
    is_calibrated = differs or text_of(header, "PixelSpacingCalibrationType") in ("GEOMETRY", "FIDUCIAL")
    return Spacing(at_patient[0], at_patient[1], "calibrated" if is_calibrated else "detector")


def aspect_of(header: Dataset, spacing: Spacing, warnings: Warnings) -> float:
    """Return the distance of rows over that of columns: of the spacing, else Pixel Aspect Ratio (C.7.6.3.1.7).

    A bad ratio is told of beside a good spacing too, and one that the spacing contradicts by more than a hundredth.
    """
    ratio = numbers_of(header, "PixelAspectRatio")
    is_good = len(ratio) == 2 and min(ratio) > 0 and 1 / MAX_ASPECT <= ratio[0] / ratio[1] <= MAX_ASPECT
    if not is_good and is_present(header, "PixelAspectRatio"):
        warnings.append("bad_pixel_aspect_ratio")
    if spacing.row_mm and spacing.column_mm:
        aspect = spacing.row_mm / spacing.column_mm
        if is_good and not math.isclose(ratio[0] / ratio[1], aspect, rel_tol=0.01):
            warnings.append("pixel_aspect_contradicted")
        return aspect
    return ratio[0] / ratio[1] if is_good else 1.0


def _spacing(pair: list[float] | None, source: str) -> Spacing | None:
    return Spacing(pair[0], pair[1], source) if pair else None


def frame_planes(header: Dataset, n_frames: int, warnings: Warnings) -> list[Plane | None]:
    """Return the plane of each frame; None where its position or orientation is absent or unusable."""
    positions = frame_items(header, "PlanePositionSequence", n_frames)
    orientations = frame_items(header, "PlaneOrientationSequence", n_frames)
    n_planes = max(len(positions), len(orientations))
    planes = [
        _plane(position, orientation, header, warnings)
        for position, orientation in zip(
            _of_each(positions, n_planes), _of_each(orientations, n_planes), strict=True
        )
    ]
    return _of_each(planes, n_frames)


def _of_each(items: list[T], n_items: int) -> list[T]:
    """Return one item for each of n; a single one stands for all."""
    return items * n_items if len(items) == 1 else items


def _plane(
    position_source: Dataset, orientation_source: Dataset, header: Dataset, warnings: Warnings
) -> Plane | None:
    position = numbers_of(position_source, "ImagePositionPatient")
    orientation = numbers_of(orientation_source, "ImageOrientationPatient")
    is_placed, is_turned = len(position) == 3, is_orthonormal(orientation)
    if is_placed and is_turned:
        return Plane(position, orientation)
    has_position = is_present(position_source, "ImagePositionPatient")
    has_orientation = is_present(orientation_source, "ImageOrientationPatient")
    # Of a good one the warning is only where the other is missing.
    if has_position and not (is_placed and has_orientation):
        group = group_of(position_source, header, "PlanePositionSequence")
        warnings.tell("bad_orientation", "ImagePositionPatient", *group)
    if has_orientation and not (is_turned and has_position):
        group = group_of(orientation_source, header, "PlaneOrientationSequence")
        warnings.tell("bad_orientation", "ImageOrientationPatient", *group)
    return None


def have_one_orientation(planes: list[Plane | None]) -> bool:
    """Say whether all frames lie as the first does, so that its plane may stand for an image without groups."""
    return len({plane and tuple(plane.orientation) for plane in planes}) == 1


def measures_of(header: Dataset, index: int = 0) -> Dataset:
    """Return what holds the pixel measures of a frame: its functional group if there is one, else the header."""
    return functional_group_item(header, "PixelMeasuresSequence", index) or header


def is_orthonormal(orientation: list[float]) -> bool:
    """Say whether six numbers are the direction cosines of a row and a column, but for rounding."""
    if len(orientation) != 6:
        return False
    row, column = orientation[:3], orientation[3:]
    lengths = (math.hypot(*row), math.hypot(*column))
    dot = sum(a * b for a, b in zip(row, column, strict=True))
    return all(math.isclose(length, 1.0, abs_tol=1e-2) for length in lengths) and abs(dot) < 1e-2
