"""How an image is opened: the views it offers, the one each frame begins with, and padding that must not glare."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.codes import Warnings
from labelhub.imaging.dicom.drawing.rendering import picture_of
from labelhub.imaging.dicom.drawing.views import View, ViewReader, auto_view, shows_one_grey
from labelhub.imaging.dicom.header.attributes import coded_text_of, terms
from labelhub.imaging.dicom.header.groups import frame_items, group_of
from labelhub.imaging.dicom.storing.frames import FrameSample, WrittenFrames
from labelhub.imaging.dicom.storing.stored import StoragePlan, value_range
from labelhub.imaging.dicom.values.description import PixelDescription

RAW_INTENSITY = terms("LIN LOG")

BRIGHT_PADDING = 2
"""Greys of 255 by which padding may be brighter than the darkest there is."""


@dataclass(frozen=True)
class Display:
    """`views`: those of frame 1, which are `n_offered`, then what other frames begin with.

    `defaults` holds an index into `views` for each frame, or one for all of them.
    """

    views: list[View]
    n_offered: int
    defaults: list[int]

    @property
    def offered(self) -> list[View]:
        """Return the views to choose from; the first is the default of frame 1."""
        return self.views[: self.n_offered]

    def default(self, index: int) -> View:
        """Return the view that frame `index` (from 0) begins with."""
        return self.views[self.defaults[index] if index < len(self.defaults) else self.defaults[0]]

    def as_json(self) -> dict[str, Any]:
        """Return the form in the metadata."""
        return {"views": [view.as_json() for view in self.views], "frames": self.defaults}


def one_for_all(views: list[View]) -> Display:
    """Return the display of an image whose frames all begin with the first of these views."""
    return Display(views, len(views), [0])


def display_of(
    header: Dataset,
    description: PixelDescription,
    plan: StoragePlan,
    frame: FrameSample,
    warnings: Warnings,
    *,
    little_endian: bool,
    is_radiograph: bool,
) -> Display:
    """Return the display of a grey image, of which `frame` is the one that shows most.

    The header's views come first, unless its default leaves that frame nearly one grey. The automatic window is offered
    where the header has none, and for radiographs.
    """
    reader = ViewReader(
        little_endian=little_endian,
        is_float=description.keyword != "PixelData",
        is_signed=plan.may_be_negative,
        warnings=warnings,
    )
    items = frame_items(header, "FrameVOILUTSequence", description.n_frames)
    groups = [group_of(item, header, "FrameVOILUTSequence") for item in items]
    per_frame = [reader.views_of(item, group) for item, group in zip(items, groups, strict=True)]
    auto = auto_view(plan.rescale.apply(frame.stored), frame.outside)
    if not any(per_frame):
        if plan.lut is None and coded_text_of(header, "PixelIntensityRelationship", RAW_INTENSITY):
            warnings.append("raw_intensity")
        return one_for_all([auto])
    index = frame.index if len(per_frame) > 1 else 0
    shown = per_frame[index]
    if shown and shows_one_grey(shown[0], auto, plan.rescale.apply(frame.stored), frame.outside):
        warnings.tell("window_shows_one_grey", *shown[0].keywords, *groups[index])
        return _without(shown[0], per_frame, auto)
    offers_auto = is_radiograph or not all(per_frame)
    return _display(per_frame, auto if offers_auto else None)


def _without(failing: View, per_frame: list[list[View]], auto: View) -> Display:
    """Return a display by which frames that would begin with the failing view begin with the automatic one instead."""
    frames = [own if own and own[0].means != failing.means else [auto, *own] for own in per_frame]
    return _display(frames, None if frames[0][0] is auto else auto)


def _display(per_frame: list[list[View]], auto: View | None) -> Display:
    """Join the views of all frames; a frame without any of its own begins with the automatic one."""
    offered = [*per_frame[0], *([auto] if auto else [])]
    views = list(offered)
    place = {view.means: index for index, view in reversed(list(enumerate(views)))}
    defaults = []
    for number, own in enumerate(per_frame, start=1):
        first = own[0] if own else offered[-1]
        if first.means not in place:
            place[first.means] = len(views)
            views.append(replace(first, name=f"{first.name}, frame {number}"))
        defaults.append(place[first.means])
    return Display(views, len(offered), defaults if len(set(defaults)) > 1 else defaults[:1])


def has_bright_padding(written: WrittenFrames, display: Display, plan: StoragePlan) -> bool:
    """Say whether the default view draws padding brighter than black, beside pixels that are the image."""
    if written.padded is None or not written.widest.inside_varies:
        return False
    ends = np.array([*written.padded, *value_range(plan.format)])
    view = display.default(written.widest.index)
    *padded, first, last = picture_of(ends, plan.rescale, view, is_inverse=plan.is_inverse).astype(int)
    return max(padded) > min(first, last) + BRIGHT_PADDING


def dark_value(written: WrittenFrames, display: Display, plan: StoragePlan) -> int:
    """Return the stored value that padding is written as: black in the default view, and no darker than need be.

    A screen interpolates between padding and the image: an extreme value would eat into the pixels beside it.
    """
    view = display.default(written.widest.index)
    ends = (view.center - view.width / 2, view.center + view.width / 2)
    low, high = ((end - plan.rescale.intercept) / plan.rescale.slope for end in ends)
    inside, (lowest, highest) = written.widest.inside, value_range(plan.format)
    below = max(lowest, min(int(inside.min()), int(np.floor(low))))
    above = min(highest, max(int(inside.max()), int(np.ceil(high))))
    # Which end is black is told by polarity, and by a VOI LUT that may turn it round.
    drawn = picture_of(np.array([below, above]), plan.rescale, view, is_inverse=plan.is_inverse)
    return above if drawn[1] < drawn[0] else below
