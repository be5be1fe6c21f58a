"""Rows on greys: rescale and tables (PS3.3 C.11), their functional groups, polarity, overlays (C.9.2)."""

from labelhub.imaging.dicom.attribute_table.row import WARNED, Row

GROUPS = "C.7.6.16"
UNSCALED = ("bad_rescale", "rescale_not_applied", "grey_steps_not_applied")
WINDOWED = (
    "bad_window",
    "views_left_out",
    "window_shows_one_grey",
    "grey_steps_not_applied",
    "header_contradicted",
)
BAD_TABLE = ("missing_attribute", "bad_lookup_table")

GREY_ROWS: tuple[Row, ...] = (
    Row(
        "PixelValueTransformationSequence",
        GROUPS,
        "Rescale of each frame; frames that differ are written with one rescale for all.",
        warnings=(*UNSCALED, "frame_group_missing"),
    ),
    Row(
        "FrameVOILUTSequence",
        GROUPS,
        "Window or VOI LUT that each frame is opened with.",
        warnings=(
            "bad_window",
            "bad_voi_lut",
            "views_left_out",
            "window_shows_one_grey",
            "grey_steps_not_applied",
            "frame_group_missing",
        ),
    ),
    Row(
        "RealWorldValueMappingSequence",
        GROUPS,
        "Not used: values are those of the rescale.",
        WARNED,
        warnings=("real_world_values_not_used",),
        warns_if_present=True,
    ),
    Row(
        "PixelIntensityRelationshipLUTSequence",
        GROUPS,
        "Not applied.",
        WARNED,
        warnings=("intensity_lut_not_applied",),
        warns_if_present=True,
    ),
    Row(
        "FrameDisplayShutterSequence",
        GROUPS,
        "Not applied: what it would hide is shown.",
        WARNED,
        warnings=("shutter_not_applied",),
        warns_if_present=True,
    ),
    Row(
        "ShutterShape",
        "C.7.6.11",
        "Not applied: what it would hide is shown.",
        WARNED,
        warnings=("shutter_not_applied",),
        warns_if_present=True,
    ),
    Row(
        "MaskSubtractionSequence",
        "C.7.6.10",
        "Not subtracted: frames are shown as they are stored.",
        WARNED,
        warnings=("mask_not_subtracted",),
        warns_if_present=True,
    ),
    Row(
        "ModalityLUTSequence",
        "C.11.1",
        "Applied to the stored pixels, in place of a rescale; of XA and RF not where pixels are LOG or DISP.",
        warnings=("grey_steps_not_applied", "modality_lut_not_applied"),
        refusals=BAD_TABLE,
    ),
    Row("ModalityLUTType", "C.11.1", "The unit goes with the description of the image."),
    Row(
        "RescaleIntercept",
        "C.11.1",
        "Modality value = stored value x slope + intercept.",
        warnings=(*UNSCALED, "header_contradicted"),
    ),
    Row(
        "RescaleSlope",
        "C.11.1",
        "Modality value = stored value x slope + intercept.",
        warnings=(*UNSCALED, "header_contradicted"),
    ),
    Row("RescaleType", "C.11.1", "The unit goes with the description of the image."),
    Row(
        "VOILUTSequence",
        "C.11.2",
        "Each table is offered; the first is the default.",
        warnings=(
            "bad_voi_lut",
            "views_left_out",
            "window_shows_one_grey",
            "grey_steps_not_applied",
            "header_contradicted",
        ),
    ),
    Row(
        "WindowCenter",
        "C.11.2",
        "Each window is offered; the first is the default where there is no VOI LUT.",
        warnings=WINDOWED,
    ),
    Row(
        "WindowWidth",
        "C.11.2",
        "Each window is offered; the first is the default where there is no VOI LUT.",
        warnings=WINDOWED,
    ),
    Row("WindowCenterWidthExplanation", "C.11.2", "Name of a window, if it is made of known words only."),
    Row("VOILUTFunction", "C.11.2", "LINEAR, LINEAR_EXACT and SIGMOID.", warnings=("unknown_voi_function",)),
    Row(
        "PresentationLUTSequence",
        "C.11.4",
        "Not applied.",
        WARNED,
        warnings=("presentation_lut_not_applied",),
    ),
    Row(
        "PresentationLUTShape",
        "C.11.6",
        "INVERSE shows low values bright, as MONOCHROME1 does; LIN OD is not applied.",
        warnings=("presentation_lut_not_applied", "polarity_contradiction", "grey_steps_not_applied"),
    ),
    Row(
        "PixelIntensityRelationship",
        "C.8.11.3",
        "Raw intensity (LIN, LOG) without a window of the file is shown by the automatic one.",
        WARNED,
        warnings=("raw_intensity",),
    ),
    Row(
        "OverlayData",
        "C.9.2",
        "Not shown.",
        WARNED,
        warnings=("overlay_not_shown",),
        warns_if_present=True,
    ),
    Row(
        "OverlayBitPosition",
        "C.9.2",
        "Overlay bits in the pixels are masked and not shown.",
        WARNED,
        warnings=("overlay_not_shown",),
        warns_if_present=True,
    ),
)
