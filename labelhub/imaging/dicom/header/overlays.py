"""Overlays (PS3.3 C.9.2): drawings over the picture, in planes of their own or in unused bits of the pixels."""

from pydicom.dataset import Dataset

OVERLAY_GROUPS = range(0x6000, 0x6020, 2)
OVERLAY_ELEMENTS = {"OverlayData": 0x3000, "OverlayBitPosition": 0x0102}


def overlay_attributes(header: Dataset) -> set[str]:
    """Return which of the two places that hold overlay bits the header names, whether the bits are there or not."""
    return {
        keyword
        for keyword, element in OVERLAY_ELEMENTS.items()
        if any((group, element) in header for group in OVERLAY_GROUPS)
    }
