"""Overlays (PS3.3 C.9.2): drawings over the picture, in planes of their own or in unused bits of the pixels."""

from pydicom.dataset import Dataset

OVERLAY_GROUPS = range(0x6000, 0x6020, 2)
OVERLAY_DATA, OVERLAY_BIT_POSITION = 0x3000, 0x0102


def has_overlay(header: Dataset) -> bool:
    """Say whether the header describes an overlay, whether its bits are there or not."""
    return any(
        (group, element) in header
        for group in OVERLAY_GROUPS
        for element in (OVERLAY_DATA, OVERLAY_BIT_POSITION)
    )
