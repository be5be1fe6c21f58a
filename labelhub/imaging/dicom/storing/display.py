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
from labelhub.imaging.dicom.storing.frames import WrittenFrames
from labelhub.imaging.dicom.storing.stored import StoragePlan, value_range
from labelhub.imaging.dicom.values.description import PixelDescription

RAW_INTENSITY = terms("LIN LOG")

MAX_LOOKS = 64
"""Distinct views of one image that are looked at for whether they show anything: its frames may each have their own."""

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

    @property
    def openings(self) -> list[View]:
        """Return the views that frames begin with, each once."""
        return [self.views[number] for number in dict.fromkeys(self.defaults)]

    def as_json(self) -> dict[str, Any]:
        """Return the form in the metadata."""
        return {"views": [view.as_json() for view in self.views], "frames": self.defaults}


def one_for_all(views: list[View]) -> Display:
    """Return the display of an image whose frames all begin with the first of these views."""
    return Display(views, len(views), [0])


@dataclass(frozen=True)
class HeaderViews:
    """The views that a header gives each frame, or one list for all of them, and the functional group of each list."""

    per_frame: list[list[View]]
    groups: list[tuple[str, ...]]

    def of(self, index: int) -> tuple[list[View], tuple[str, ...]]:
        """Return the views of frame `index` (from 0), and their group."""
        number = index if len(self.per_frame) > 1 else 0
        return self.per_frame[number], self.groups[number]

    def looked_at(self) -> list[int | None]:
        """Return for each frame which distinct view it begins with, by number; None for those that are not looked at.

        Of more than `MAX_LOOKS` distinct views an even choice is looked at. Empty where all frames have one list.
        """
        if len(self.per_frame) == 1:
            return []
        begins = [own[0].means if own else None for own in self.per_frame]
        distinct = list(dict.fromkeys(means for means in begins if means))
        chosen = distinct[:: max(1, -(-len(distinct) // MAX_LOOKS))]
        number = {means: n for n, means in enumerate(chosen)}
        return [number.get(means) if means else None for means in begins]


def header_views(
    header: Dataset,
    description: PixelDescription,
    plan: StoragePlan,
    warnings: Warnings,
    *,
    little_endian: bool,
) -> HeaderViews:
    """Return the LUTs and windows of a grey image's header; those that cannot be used are told."""
    reader = ViewReader(
        little_endian=little_endian,
        is_float=description.keyword != "PixelData",
        is_signed=plan.may_be_negative,
        warnings=warnings,
    )
    items = frame_items(header, "FrameVOILUTSequence", description.n_frames)
    groups = [group_of(item, header, "FrameVOILUTSequence") for item in items]
    return HeaderViews(
        [reader.views_of(item, group) for item, group in zip(items, groups, strict=True)], groups
    )


def display_of(
    header: Dataset,
    views: HeaderViews,
    plan: StoragePlan,
    written: WrittenFrames,
    warnings: Warnings,
    *,
    is_radiograph: bool,
) -> Display:
    """Return the display of a grey image.

    The header's views come first, unless one leaves the frame that shows most of those that begin with it nearly one
    grey. The automatic window is offered where the header has none, and for radiographs.
    """
    frame = written.widest
    auto = auto_view(plan.rescale.apply(frame.stored), frame.outside)
    if not any(views.per_frame):
        if plan.lut is None and coded_text_of(header, "PixelIntensityRelationship", RAW_INTENSITY):
            warnings.append("raw_intensity")
        return one_for_all([auto])
    if failing := _showing_one_grey(views, auto, plan, written, warnings):
        return _without(failing, views.per_frame, auto)
    offers_auto = is_radiograph or not all(views.per_frame)
    return _display(views.per_frame, auto if offers_auto else None)


def _showing_one_grey(
    views: HeaderViews, auto: View, plan: StoragePlan, written: WrittenFrames, warnings: Warnings
) -> set[tuple[object, ...]]:
    """Return what the views mean that leave a frame which begins with them nearly one grey, and tell of them."""
    failing = set()
    others = [frame for frame in written.widest_of.values() if frame.index != written.widest.index]
    for frame in (written.widest, *others):
        own, group = views.of(frame.index)
        if own and shows_one_grey(own[0], auto, plan.rescale.apply(frame.stored), frame.outside):
            warnings.tell("window_shows_one_grey", *own[0].keywords, *group)
            failing.add(own[0].means)
    return failing


def _without(failing: set[tuple[object, ...]], per_frame: list[list[View]], auto: View) -> Display:
    """Return a display by which frames that would begin with a failing view begin with the automatic one instead."""
    frames = [own if own and own[0].means not in failing else [auto, *own] for own in per_frame]
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
    """Say whether a view that frames begin with draws padding brighter than black, beside pixels that are the image."""
    if written.padded is None or not written.widest.inside_varies:
        return False
    ends = np.array([*written.padded, *value_range(plan.format)])
    for view in display.openings:
        *padded, first, last = picture_of(ends, plan.rescale, view, is_inverse=plan.is_inverse).astype(int)
        if max(padded) > min(first, last) + BRIGHT_PADDING:
            return True
    return False


def dark_value(written: WrittenFrames, display: Display, plan: StoragePlan) -> int:
    """Return the stored value that padding is written as: black as frames are opened, and no darker than need be.

    A screen interpolates between padding and the image: an extreme value would eat into the pixels beside it.
    """
    stored = [
        (view.center + share * view.width - plan.rescale.intercept) / plan.rescale.slope
        for view in display.openings
        for share in (-0.5, 0.5)
    ]
    inside, (lowest, highest) = written.widest.inside, value_range(plan.format)
    below = max(lowest, min(int(inside.min()), int(np.floor(min(stored)))))
    above = min(highest, max(int(inside.max()), int(np.ceil(max(stored)))))
    # Which end is black is told by polarity, and by a VOI LUT that may turn it round.
    ends = np.array([below, above])
    drawn = np.max(
        [picture_of(ends, plan.rescale, view, is_inverse=plan.is_inverse) for view in display.openings],
        axis=0,
    )
    return above if drawn[1] < drawn[0] else below
