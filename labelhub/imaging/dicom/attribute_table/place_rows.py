"""Rows on shape, place and order: spacing (PS3.3 10.7), planes (C.7.6.2) and functional groups (C.7.6.16)."""

from labelhub.imaging.dicom.attribute_table.row import Row

GROUPS = "C.7.6.16"
LACKING = "frame_group_missing"

PLACE_ROWS: tuple[Row, ...] = (
    Row(
        "PixelSpacing",
        "10.7.1.3",
        "Shape of a pixel; lengths in mm at the patient.",
        warnings=("bad_pixel_spacing", "header_contradicted"),
    ),
    Row(
        "ImagerPixelSpacing",
        "10.7.1.3",
        "Shape of a pixel; lengths in mm at the detector.",
        warnings=("bad_pixel_spacing",),
    ),
    Row(
        "NominalScannedPixelSpacing",
        "10.7.1.3",
        "As Imager Pixel Spacing, of scanned film.",
        warnings=("bad_pixel_spacing",),
    ),
    Row(
        "ImagePositionPatient",
        "C.7.6.2",
        "Place of an image among others.",
        warnings=("bad_orientation", "header_contradicted"),
    ),
    Row(
        "ImageOrientationPatient",
        "C.7.6.2",
        "Images of one orientation are read together.",
        warnings=("bad_orientation", "header_contradicted"),
    ),
    Row("PixelMeasuresSequence", GROUPS, "Spacing of frames.", warnings=("bad_pixel_spacing", LACKING)),
    Row("PlanePositionSequence", GROUPS, "Place of each frame.", warnings=("bad_orientation", LACKING)),
    Row(
        "PlaneOrientationSequence",
        GROUPS,
        "Orientation of each frame.",
        warnings=("bad_orientation", LACKING),
    ),
    Row("FrameContentSequence", GROUPS, "Order in which frames are read: dimension index, stack, time."),
    Row("TemporalPositionSequence", GROUPS, "Order in which frames of one place are read: time."),
    Row(
        "CardiacSynchronizationSequence",
        GROUPS,
        "Order in which frames of one place are read: time after a trigger.",
    ),
    Row("MREchoSequence", GROUPS, "Order in which frames of one place are read: echo time."),
)
