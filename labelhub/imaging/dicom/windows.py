"""Rescale and windows: from the header (PS3.3 C.11.1, C.11.2), cleaned, or from the pixels where the header has none.

Windows are in modality units, that is after rescale slope and intercept.
"""

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.attributes import is_present, number_of, numbers_of, terms, text_of, values_of
from labelhub.imaging.dicom.geometry import functional_group_item

PERCENTILES = (0.5, 99.5)
MAX_SAMPLED_PIXELS = 1_000_000
MAX_HEADER_WINDOWS = 10
MAX_WINDOW = 1e9

# Explanations are free text; these are the ones known to name a tissue or a filter and nothing else.
KNOWN_EXPLANATIONS = terms(
    "NORMAL HARDER SOFTER BONE LUNG BRAIN ABDOMEN MEDIASTINUM LIVER SPINE HEAD CHEST SOFT DEFAULT"
)
VOI_FUNCTIONS = frozenset(("LINEAR", "LINEAR_EXACT", "SIGMOID"))


@dataclass(frozen=True)
class Rescale:
    """Modality value = stored value * slope + intercept."""

    slope: float = 1.0
    intercept: float = 0.0

    @property
    def is_identity(self) -> bool:
        """Say whether modality values are the stored values."""
        return self.slope == 1.0 and self.intercept == 0.0


@dataclass(frozen=True)
class Window:
    """A named window."""

    name: str
    center: float
    width: float

    def as_json(self) -> dict[str, object]:
        """Return the form used in answers."""
        return {"name": self.name, "center": self.center, "width": self.width}


def rescale_of(header: Dataset, warnings: list[str]) -> Rescale:
    """Return the rescale; identity, with a warning, when the slope is zero or either value is not a number."""
    source = functional_group_item(header, "PixelValueTransformationSequence") or header
    has_any = is_present(source, "RescaleSlope") or is_present(source, "RescaleIntercept")
    if not has_any:
        return Rescale()
    slope = number_of(source, "RescaleSlope") if is_present(source, "RescaleSlope") else 1.0
    intercept = number_of(source, "RescaleIntercept") if is_present(source, "RescaleIntercept") else 0.0
    if not slope or intercept is None or abs(slope) > MAX_WINDOW or abs(intercept) > MAX_WINDOW:
        warnings.append("bad_rescale")
        return Rescale()
    return Rescale(slope, intercept)


def voi_function_of(header: Dataset) -> str:
    """Return the VOI LUT function for which the windows are given: LINEAR or SIGMOID (PS3.3 C.11.2.1.3)."""
    return "SIGMOID" if _header_function(header) == "SIGMOID" else "LINEAR"


def _header_function(header: Dataset) -> str:
    source = functional_group_item(header, "FrameVOILUTSequence") or header
    text = text_of(source, "VOILUTFunction") or "LINEAR"
    return text if text in VOI_FUNCTIONS else "LINEAR"


def header_windows(header: Dataset, warnings: list[str], *, is_float: bool = False) -> list[Window]:
    """Return the header's windows; those with an impossible width are left out with a warning.

    Windows for LINEAR_EXACT are turned into the ones by which LINEAR maps the same values to black and white. So are
    those of `is_float` pixels, for which LINEAR and its steps of 1 make no sense, though files name it.
    """
    source = functional_group_item(header, "FrameVOILUTSequence") or header
    function = _header_function(header)
    is_exact = function == "LINEAR_EXACT" or (is_float and function == "LINEAR")
    centers, widths = numbers_of(source, "WindowCenter"), numbers_of(source, "WindowWidth")
    present = is_present(source, "WindowCenter") or is_present(source, "WindowWidth")
    smallest = 1.0 if function == "LINEAR" and not is_exact else 1e-9
    pairs = list(zip(centers, widths, strict=False))
    usable = [(c, w) for c, w in pairs if smallest <= w <= MAX_WINDOW and abs(c) <= MAX_WINDOW]
    if present and (not usable or len(usable) < len(pairs)):
        warnings.append("bad_window")
    if is_exact:
        usable = [(center + 0.5, width + 1) for center, width in usable]
    explanations = [str(value).strip().upper() for value in values_of(source, "WindowCenterWidthExplanation")]
    windows: list[Window] = []
    for index, (center, width) in enumerate(dict.fromkeys(usable[:MAX_HEADER_WINDOWS])):
        explanation = (
            explanations[index] if index < len(explanations) and len(usable) == len(explanations) else ""
        )
        name = explanation.capitalize() if explanation in KNOWN_EXPLANATIONS else f"Header {index + 1}"
        windows.append(Window(name, center, width))
    return windows


def percentile_window(values: np.ndarray, padding: float | None = None) -> Window:
    """Return the window between the 0.5th and 99.5th percentile of `values` (any shape), leaving out `padding`."""
    flat = values.reshape(-1)
    flat = flat[:: max(1, flat.size // MAX_SAMPLED_PIXELS)]
    if padding is not None:
        kept = flat[flat != padding]
        # Of a mask whose background is called padding, one value would be left.
        flat = kept if kept.size and kept.min() < kept.max() else flat
    low, high = (float(value) for value in np.percentile(flat, PERCENTILES))
    if high <= low:
        low, high = float(flat.min()), float(flat.max())
    width = max(high - low, 1.0)
    return Window("Auto", (low + high) / 2, width)
