"""From an opened image to stored frames and the way they are shown: the pixel pipeline in its order.

Values out of bits, padding, rescale or modality LUT, VOI (window or LUT), polarity: PS3.3 C.7.6.3, C.7.5.1.1, C.11.1,
C.11.2, C.11.6. What each attribute does is listed in `attribute_table`.
"""

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.drawing.rendering import picture_of
from labelhub.imaging.dicom.drawing.views import LUT_KEYWORDS, WINDOW_KEYWORDS
from labelhub.imaging.dicom.files.parse import ParsedFile
from labelhub.imaging.dicom.files.structure import PixelElement
from labelhub.imaging.dicom.header.attributes import is_present, text_of, words_of
from labelhub.imaging.dicom.header.groups import frame_items, group_of
from labelhub.imaging.dicom.storing.display import (
    Display,
    dark_value,
    display_of,
    has_bright_padding,
    header_views,
)
from labelhub.imaging.dicom.storing.frames import WrittenFrames, write_frames
from labelhub.imaging.dicom.storing.output import OutputFolder
from labelhub.imaging.dicom.storing.stored import StoragePlan, plan_storage
from labelhub.imaging.dicom.values.decode import FrameReader
from labelhub.imaging.dicom.values.description import MONOCHROME, PixelDescription
from labelhub.imaging.dicom.values.padding import PADDING, padding_of
from labelhub.imaging.dicom.values.rescale import frame_rescales, rescaled_by
from labelhub.imaging.dicom.values.samples import signed_word

PALETTES_BESIDE_GREY = ("RedPaletteColorLookupTableDescriptor", "EnhancedPaletteColorLookupTableSequence")
COLOUR_PROFILE = ("ICCProfile", "ColorSpace")
RANGE = ("SmallestImagePixelValue", "LargestImagePixelValue")
VIEWS = (*LUT_KEYWORDS, *WINDOW_KEYWORDS)
GREY_STEPS = ("ModalityLUTSequence", *VIEWS, *PADDING)


@dataclass(frozen=True)
class ShownImage:
    """What was written of an image; `display` is None for colour, which has no window."""

    plan: StoragePlan
    written: WrittenFrames
    display: Display | None

    @property
    def first_picture(self) -> np.ndarray:
        """Return the frame that is read first as the reader first sees it, thinned out if it is huge."""
        frame = self.written.first
        view = self.display.default(frame.index) if self.display else None
        return picture_of(frame.stored, self.plan.rescale, view, is_inverse=self.plan.is_inverse)


def write_shown(
    folder: OutputFolder,
    parsed: ParsedFile,
    pixels: PixelElement,
    description: PixelDescription,
    *,
    is_radiograph: bool,
    first_index: int = 0,
) -> ShownImage:
    """Write the frames of an image; `first_index` (from 0) is the frame that is read first.

    Raises:
        ImportRejected: for pixels that cannot be read, or read in one way only.
    """
    header, warnings = parsed.header, parsed.warnings
    reader = FrameReader(parsed, pixels, description)
    rescales = frame_rescales(header, description.n_frames, warnings)
    plan = plan_storage(reader, header, rescales, padding_of(header, description, warnings))
    display = None
    if plan.format.samples_per_pixel > 1:
        written = write_frames(folder, reader, plan, first_index)
    else:
        little_endian = parsed.encoding.little_endian
        views = header_views(header, description, plan, warnings, little_endian=little_endian)
        written = write_frames(folder, reader, plan, first_index, views.looked_at())
        display = display_of(header, views, plan, written, warnings, is_radiograph=is_radiograph)
        if has_bright_padding(written, display, plan):
            plan = plan.with_dark_padding(description, dark_value(written, display, plan))
            folder.clear()
            written = write_frames(folder, reader, plan, first_index)
    if written.first.is_uniform:
        warnings.append("uniform_image")
    if contradicted := _contradicted_ends(header, description, written):
        warnings.tell("pixel_range_contradicted", *contradicted)
    if plan.format.samples_per_pixel > 1 and (steps := _grey_steps(header, description)):
        warnings.tell("grey_steps_not_applied", *steps)
    if any(is_present(header, each) for each in COLOUR_PROFILE):
        warnings.append("colour_profile_not_applied")
    if description.photometric in MONOCHROME and any(
        is_present(header, each) for each in PALETTES_BESIDE_GREY
    ):
        warnings.append("supplemental_palette_not_applied")
    warnings.extend(code for code in plan.conversions if code not in warnings)
    return ShownImage(plan, written, display)


def _grey_steps(header: Dataset, description: PixelDescription) -> set[str]:
    """Return the attributes of a colour image that are only applied to grey."""
    found = rescaled_by(header, description.n_frames)
    found |= {keyword for keyword in GREY_STEPS if is_present(header, keyword)}
    if (text_of(header, "PresentationLUTShape") or "").upper() == "INVERSE":
        found.add("PresentationLUTShape")
    for item in frame_items(header, "FrameVOILUTSequence", description.n_frames):
        views = {keyword for keyword in VIEWS if is_present(item, keyword)}
        found |= views | set(group_of(item, header, "FrameVOILUTSequence") if views else ())
    return found


def _contradicted_ends(header: Dataset, description: PixelDescription, written: WrittenFrames) -> list[str]:
    """Return which of smallest and largest value, as the header says, pixels lie outside of (C.7.6.3)."""
    if description.samples_per_pixel > 1:
        return []
    smallest, largest = (
        [signed_word(word, is_signed=description.is_signed) for word in words_of(header, keyword)[:1]]
        for keyword in RANGE
    )
    low, high = written.source_range
    is_outside = (any(low < value for value in smallest), any(high > value for value in largest))
    return [keyword for keyword, outside in zip(RANGE, is_outside, strict=True) if outside]
