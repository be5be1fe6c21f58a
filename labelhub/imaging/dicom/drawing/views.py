"""Views: the ways from modality values to greys that a file brings (PS3.3 C.11.2, C.7.6.16.2.10) or its pixels give.

A view is a window with its function, or a VOI LUT. All are offered beside each other; one is the default.
"""

import base64
from dataclasses import dataclass, replace

import numpy as np
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.codes import ImportRejected, Warnings
from labelhub.imaging.dicom.header.attributes import (
    each_number_of,
    is_present,
    items_of,
    terms,
    text_of,
    values_of,
)
from labelhub.imaging.dicom.values.luts import Lut, voi_lut_of

AUTO = "Auto"
"""Name of the window that is made from the pixels."""

PERCENTILES = (0.5, 99.5)
SMALL_RANGE = 100
"""Of values from black to white; in a smaller one the 1 that LINEAR adds would be seen in its numbers."""
MAX_SAMPLED_PIXELS = 1_000_000
MAX_HEADER_VIEWS = 40
MAX_WINDOW = 1e10

LUT_KEYWORDS, WINDOW_KEYWORDS = ("VOILUTSequence",), ("WindowCenter", "WindowWidth")

# Explanations are free text; these words name a tissue, a filter or nothing at all, and never a person.
KNOWN_WORDS = terms(
    "NORMAL HARDER SOFTER HARD BONE BONES LUNG LUNGS BRAIN ABDOMEN MEDIASTINUM LIVER SPINE HEAD CHEST SOFT TISSUE "
    "DEFAULT WINDOW LINEAR SIGMOID HIGH LOW CONTRAST STANDARD SHARP SMOOTH POSTERIOR FOSSA STROKE SUBDURAL PELVIS "
    "ANGIO BREAST SKIN DENSE WIDE NARROW FULL 1 2 3 4 5 6 7 8 9"
)
FUNCTIONS = frozenset(("LINEAR", "LINEAR_EXACT", "SIGMOID"))

ONE_GREY_BAND = 4
"""Greys of 255 to either side that are told from a grey only with effort."""

ONE_GREY_SHARE, VARIED_SHARE = 0.95, 0.75
"""Share of pixels of one grey from which a picture shows nothing, and below which another shows clearly more."""


@dataclass(frozen=True)
class View:
    """A named way from modality values to greys; centre and width are those of its function, as the header says them.

    A LUT view's are those of its input range.
    """

    name: str
    center: float
    width: float
    function: str = "LINEAR"
    lut: Lut | None = None

    def greys(self, values: np.ndarray) -> np.ndarray:
        """Return modality values of any shape as uint8 greys, before polarity (PS3.3 C.11.2.1.1 to 3)."""
        if self.lut is not None:
            # Inputs of a LUT are whole numbers; those of a broken slope are rounded.
            return self.lut.apply(np.rint(values))
        offset = values.astype(np.float64) - self.center
        if self.function == "SIGMOID":
            share = 1 / (1 + np.exp(np.clip(-4 * offset / self.width, -700, 700)))
        elif self.function == "LINEAR_EXACT":
            share = np.clip(offset / self.width + 0.5, 0, 1)
        elif self.width <= 1:
            share = np.where(offset > -0.5, 1.0, 0.0)
        else:
            share = np.clip((offset + 0.5) / (self.width - 1) + 0.5, 0, 1)
        return np.rint(255 * share).astype(np.uint8)

    def as_preset(self) -> dict[str, object]:
        """Return the form used in lists."""
        return {"name": self.name, "center": self.center, "width": self.width, "function": self.function}

    def as_json(self) -> dict[str, object]:
        """Return the form used in the metadata: a LUT's greys are bytes, one for each value from "first" on."""
        if self.lut is None:
            return self.as_preset()
        greys = base64.b64encode(self.lut.table.tobytes()).decode()
        return {**self.as_preset(), "first": self.lut.first, "greys": greys}

    @property
    def linear(self) -> tuple[float, float]:
        """Return centre and width of the LINEAR window of the same ends (PS3.3 C.11.2.1.2.1, C.11.2.1.3.2)."""
        return (
            (self.center + 0.5, self.width + 1)
            if self.function == "LINEAR_EXACT"
            else (self.center, self.width)
        )

    @property
    def keywords(self) -> tuple[str, ...]:
        """Return the attributes that such a view is read from; a centre and a width are followed together."""
        return WINDOW_KEYWORDS if self.lut is None else LUT_KEYWORDS

    @property
    def means(self) -> tuple[object, ...]:
        """Return what tells two views apart, whatever their names."""
        return self.function, self.center, self.width, self.lut and (self.lut.first, self.lut.table.tobytes())


@dataclass(frozen=True)
class ViewReader:
    """Reads the views of a header or a frame's functional group.

    `is_float`: LINEAR and its steps of 1 make no sense for such pixels, though files name it. `is_signed`: modality
    values may be negative, and so the first value that a LUT maps.
    """

    little_endian: bool
    is_float: bool
    is_signed: bool
    warnings: Warnings

    def views_of(self, item: Dataset, group: tuple[str, ...] = ()) -> list[View]:
        """Return LUTs, then windows, named by their explanation where it is harmless; unusable ones are told.

        `group`: keyword of the functional group whose item `item` is.
        """
        views = [*self._luts(item, group), *self._windows(item, group)]
        for left_out in views[MAX_HEADER_VIEWS:]:
            self.warnings.tell("views_left_out", *left_out.keywords, *group)
        views = views[:MAX_HEADER_VIEWS]
        distinct = {view.means: view for view in reversed(views)}
        return named_apart([view for view in views if distinct[view.means] is view])

    def _luts(self, item: Dataset, group: tuple[str, ...]) -> list[View]:
        views = []
        for lut_item in items_of(item, "VOILUTSequence"):
            try:
                lut = voi_lut_of(lut_item, little_endian=self.little_endian, is_signed=self.is_signed)
            except ImportRejected:
                self.warnings.tell("bad_voi_lut", *LUT_KEYWORDS, *group)
                continue
            n_entries = len(lut.table)
            name = harmless(text_of(lut_item, "LUTExplanation")) or "File LUT"
            views.append(View(name, lut.first + n_entries / 2, float(n_entries), "LUT", lut))
        return views

    def _windows(self, item: Dataset, group: tuple[str, ...]) -> list[View]:
        function = voi_function_of(item, self.warnings)
        if self.is_float and function == "LINEAR":
            function = "LINEAR_EXACT"
        centers, widths = each_number_of(item, "WindowCenter"), each_number_of(item, "WindowWidth")
        pairs = list(zip(centers, widths, strict=False))
        texts = [str(value) for value in values_of(item, "WindowCenterWidthExplanation")]
        names = texts if len(texts) == len(pairs) else [""] * len(pairs)
        smallest = 1.0 if function == "LINEAR" else 1e-9
        usable = [
            (c, w, name)
            for (c, w), name in zip(pairs, names, strict=True)
            if c is not None and w is not None and smallest <= w <= MAX_WINDOW and abs(c) <= MAX_WINDOW
        ]
        present = is_present(item, "WindowCenter") or is_present(item, "WindowWidth")
        if present and (not usable or len(usable) < max(len(centers), len(widths))):
            self.warnings.tell("bad_window", *WINDOW_KEYWORDS, *group)
        return [
            View(harmless(name) or "File window", center, width, function) for center, width, name in usable
        ]


def voi_function_of(item: Dataset, warnings: Warnings) -> str:
    """Return the VOI LUT function for which the windows are given; one that is none of the standard's is told."""
    text = (text_of(item, "VOILUTFunction") or "LINEAR").upper()
    if text in FUNCTIONS:
        return text
    if "unknown_voi_function" not in warnings:
        warnings.append("unknown_voi_function")
    return "LINEAR"


def harmless(explanation: str | None) -> str | None:
    """Return an explanation that is made of known words only, as a name; None for any other text."""
    words = (explanation or "").upper().replace("_", " ").replace("-", " ").split()
    return " ".join(words).capitalize() if words and set(words) <= KNOWN_WORDS else None


def named_apart(views: list[View]) -> list[View]:
    """Return the views with a number behind each name that came before."""
    counts: dict[str, int] = {}
    named = []
    for view in views:
        counts[view.name] = counts.get(view.name, 0) + 1
        number = counts[view.name]
        named.append(view if number == 1 else replace(view, name=f"{view.name} {number}"))
    return named


def auto_view(values: np.ndarray, outside: np.ndarray | None = None) -> View:
    """Return the window whose ends are the 0.5th and 99.5th percentile of modality values not `outside` the image.

    It is LINEAR as most files have it (PS3.3 C.11.2.1.2.1), and LINEAR_EXACT where the range is small.
    """
    inside = pixels_inside(values, outside)
    low, high = (float(value) for value in np.percentile(inside, PERCENTILES))
    if high <= low:
        low, high = float(inside.min()), float(inside.max())
    if high <= low:
        low, high = low - 0.5, low + 0.5
    if high - low < SMALL_RANGE:
        return View(AUTO, (low + high) / 2, high - low, "LINEAR_EXACT")
    return View(AUTO, round((low + high + 1) / 2, 12), round(high - low + 1, 12))


def pixels_inside(values: np.ndarray, outside: np.ndarray | None) -> np.ndarray:
    """Return a sample of the pixels that belong to the image, flat."""
    flat = values.reshape(-1)
    step = max(1, flat.size // MAX_SAMPLED_PIXELS)
    flat = flat[::step]
    if outside is None:
        return flat
    kept = flat[~outside.reshape(-1)[::step]]
    # Of a mask whose background is called padding, one value would be left.
    return kept if kept.size and kept.min() < kept.max() else flat


def shows_one_grey(view: View, auto: View, values: np.ndarray, outside: np.ndarray | None) -> bool:
    """Say whether a view leaves the picture nearly one grey while the automatic window shows clearly more."""
    inside = pixels_inside(values, outside)
    share, auto_share = (_share_of_one_grey(each.greys(inside)) for each in (view, auto))
    shows_nothing = share == 1.0 and auto_share < 1.0
    return shows_nothing or (share >= ONE_GREY_SHARE and auto_share <= VARIED_SHARE)


def _share_of_one_grey(greys: np.ndarray) -> float:
    """Return the largest share of the pixels that lies within the band around one grey."""
    counts = np.bincount(greys, minlength=256)
    band = np.convolve(counts, np.ones(2 * ONE_GREY_BAND + 1, counts.dtype), "same")
    return float(band.max() / greys.size)
