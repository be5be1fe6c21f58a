"""What an instance is: an image that is read, or an object about the case (dose, mask, report, scout ...).

The SOP class decides (PS3.4 annex B.5), then the modality (PS3.3 C.7.3.1.1.1), for software that writes one of the
two wrongly, then the image type (PS3.3 C.8.2.1.1.1, C.8.3.1.1.1: LOCALIZER) and the presentation intent (PS3.3
C.8.11.1: FOR PROCESSING).
"""

from __future__ import annotations

import re

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.header.attributes import items_of, text_of, values_of

IMAGE = ""
FOR_PROCESSING = "for_processing"
"""The raw exposure of a digital radiograph. It is read only where its presentation (its twin) is missing."""
LOCALIZER = "localizer"
OTHER = "other"

STORAGE = "1.2.840.10008.5.1.4.1.1."
CLASSES = {
    "481.1": IMAGE,
    "481.2": "dose",
    "481.3": "rt_structures",
    "481.4": "rt_record",
    "481.5": "rt_plan",
    "481.6": "rt_record",
    "481.7": "rt_record",
    "481.8": "rt_plan",
    "481.9": "rt_record",
    "481.23": IMAGE,
    "481.24": IMAGE,
    "66": "raw_data",
    "66.1": "registration",
    "66.2": "fiducials",
    "66.3": "registration",
    "66.4": "segmentation",
    "66.5": "segmentation",
    "66.6": "tractography",
    "66.7": "segmentation",
    "66.8": "segmentation",
    "30": "parametric_map",
    "81.1": "parametric_map",
    "82.1": "parametric_map",
    "67": "real_world_values",
    "68.1": "surface",
    "68.2": "surface",
    "4.2": "spectroscopy",
    "88.59": "key_objects",
    "91.1": "annotation",
    "131": "presentation_state",
    "1.1.1": FOR_PROCESSING,
    "1.2.1": FOR_PROCESSING,
    "1.3.1": FOR_PROCESSING,
    "13.1.5": FOR_PROCESSING,
}
"""SOP classes below STORAGE."""

FAMILIES = {
    "481.": "rt_plan",
    "11.": "presentation_state",
    "88.": "report",
    "104.": "document",
    "9.": "waveform",
    "200.": "protocol",
}
"""Beginnings of SOP classes below STORAGE, for what CLASSES does not name."""

MODALITIES = {
    "RTDOSE": "dose",
    "RTSTRUCT": "rt_structures",
    "RTPLAN": "rt_plan",
    "RTRECORD": "rt_record",
    "SEG": "segmentation",
    "PR": "presentation_state",
    "KO": "key_objects",
    "SR": "report",
    "REG": "registration",
    "FID": "fiducials",
    "RWV": "real_world_values",
    "ANN": "annotation",
    "M3D": "surface",
}

SCOUT_TYPES = frozenset(("LOCALIZER", "SCOUT", "CT_SOM5 TOP"))
DOSE_SHEET_TYPES = frozenset(("DOSE_INFO", "DOSE REPORT", "DOSE_REPORT", "CT_SOM5 PROT"))
"""Private values of the image type by which scanners mark a picture of their dose report."""
SCOUT_WORDS = frozenset(("localizer", "localiser", "scout", "topogram", "surview", "scanogram", "scanoscope"))
DOSE_SHEET_NAMES = frozenset(
    ("dose report", "dose info", "dose summary", "dose sheet", "dose", "patient protocol", "exam protocol")
)
"""First words of a series' description by which scanners mark scouts, and whole ones of pictures of dose reports."""
SECTIONAL = frozenset(("CT", "MR", "PT"))
FRAME_TYPES = (
    "CTImageFrameTypeSequence",
    "MRImageFrameTypeSequence",
    "PETFrameTypeSequence",
    "XRay3DFrameTypeSequence",
)


def kind_of(header: Dataset, *, has_pixels: bool) -> str:
    """Return IMAGE for what is read, else what the object is."""
    kind = kind_of_class(text_of(header, "SOPClassUID") or "", (text_of(header, "Modality") or "").upper())
    if kind or not has_pixels:
        return kind or OTHER
    types = _image_types(header)
    series = re.findall(r"[^\W_]+", (text_of(header, "SeriesDescription") or "").casefold())
    is_sectional = (text_of(header, "Modality") or "").upper() in SECTIONAL
    if types & SCOUT_TYPES or (is_sectional and series and series[0] in SCOUT_WORDS):
        return LOCALIZER
    if types & DOSE_SHEET_TYPES or (
        is_sectional and "SECONDARY" in types and " ".join(series) in DOSE_SHEET_NAMES
    ):
        return "dose_sheet"
    intent = (text_of(header, "PresentationIntentType") or "").upper()
    return FOR_PROCESSING if intent == "FOR PROCESSING" else IMAGE


def kind_of_class(sop_class_uid: str, modality: str) -> str:
    """Return what the SOP class, else the modality says; IMAGE when neither says more."""
    known = _kind_of_uid(sop_class_uid)
    return known if known else MODALITIES.get(modality, IMAGE)


def is_read(kind: str) -> bool:
    """Whether an instance of this kind can make a case; one for processing can, unless it has a twin."""
    return kind in (IMAGE, FOR_PROCESSING)


def _kind_of_uid(uid: str) -> str:
    if not uid.startswith(STORAGE):
        return IMAGE
    tail = uid.removeprefix(STORAGE)
    if tail in CLASSES:
        return CLASSES[tail]
    return next((kind for start, kind in FAMILIES.items() if tail.startswith(start)), IMAGE)


def _image_types(header: Dataset) -> set[str]:
    """Return the values of the image type, and of the frame type of the shared or first functional group."""
    found = [str(value) for value in values_of(header, "ImageType")]
    for outer in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for group in items_of(header, outer)[:1]:
            for keyword in FRAME_TYPES:
                for item in items_of(group, keyword)[:1]:
                    found += [str(value) for value in values_of(item, "FrameType")]
    return {value.strip().upper() for value in found}
