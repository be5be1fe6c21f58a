"""The allow-listed DICOM JSON (PS3.18 F.2) that the viewer gets: drawing, geometry and measurement, nothing else.

No patient attribute, no text that a person typed and no date can appear, because each attribute is written by name.
"""

from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.codes import Warnings
from labelhub.imaging.dicom.drawing.views import View
from labelhub.imaging.dicom.header.attributes import items_of, number_of
from labelhub.imaging.dicom.order.geometry import PROJECTION_MODALITIES, Plane, pixel_spacing_of
from labelhub.imaging.dicom.storing.display import Display
from labelhub.imaging.dicom.storing.stored import StoredFormat
from labelhub.imaging.dicom.values.padding import Padding
from labelhub.imaging.dicom.values.rescale import Rescale

ADDED_POSITION = [0.0, 0.0, 0.0]
ADDED_ORIENTATION = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
MAX_FRAME_GROUPS = 20_000


@dataclass
class ImageMetadata:
    """All that goes into the metadata of one instance, already cleaned.

    `aspect`: the distance of rows over that of columns.
    """

    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class_uid: str | None
    frame_of_reference_uid: str | None
    modality: str
    series_number: int | None
    instance_number: int | None
    rows: int
    columns: int
    n_frames: int
    format: StoredFormat
    rescale: Rescale
    display: Display | None
    plane: Plane | None
    rescale_type: str | None = None
    padding: Padding | None = None
    aspect: float = 1.0
    spacings: dict[str, list[float]] = field(default_factory=dict)
    slice_thickness_mm: float | None = None
    spacing_between_slices_mm: float | None = None
    magnification: float | None = None
    frame_groups: list[dict[str, Any]] = field(default_factory=list)
    patient_orientation: list[str] = field(default_factory=list)

    @property
    def offered_views(self) -> list[View]:
        """Return the views to choose from, the default of frame 1 first."""
        return self.display.offered if self.display else []


def to_dicom_json(image: ImageMetadata) -> dict[str, Any]:
    """Return the DICOM JSON object of an instance; "labelhub_added" lists the tags that the source does not have."""
    form = image.format
    value_vr = "SS" if form.is_signed else "US"
    json: dict[str, Any] = {}

    def put(tag: str, vr: str, *values: Any) -> None:
        if all(value is not None for value in values) and values:
            json[tag] = {"vr": vr, "Value": list(values)}

    put("00020010", "UI", form.syntax_uid)
    put("00080016", "UI", image.sop_class_uid)
    put("00080018", "UI", image.sop_uid)
    put("00080060", "CS", image.modality)
    put("00180050", "DS", image.slice_thickness_mm)
    put("00180088", "DS", image.spacing_between_slices_mm)
    put("00181114", "DS", image.magnification)
    put("00181164", "DS", *image.spacings.get("ImagerPixelSpacing", ()))
    put("0020000D", "UI", image.study_uid)
    put("0020000E", "UI", image.series_uid)
    put("00200011", "IS", image.series_number)
    put("00200013", "IS", image.instance_number)
    put("00200020", "CS", *image.patient_orientation)
    put("00200052", "UI", image.frame_of_reference_uid)
    put("00280002", "US", form.samples_per_pixel)
    put("00280004", "CS", form.photometric)
    if form.samples_per_pixel > 1:
        put("00280006", "US", 0)
    put("00280008", "IS", image.n_frames)
    put("00280010", "US", image.rows)
    put("00280011", "US", image.columns)
    pixel_spacing, is_added = _pixel_spacing(image)
    put("00280030", "DS", *pixel_spacing)
    put("00280100", "US", form.bits_allocated)
    put("00280101", "US", form.bits_stored)
    put("00280102", "US", form.bits_stored - 1)
    put("00280103", "US", int(form.is_signed))
    if image.padding is not None:
        put("00280120", value_vr, image.padding.low)
        put("00280121", value_vr, image.padding.high)
    if image.display is not None:
        views = image.offered_views
        put("00281050", "DS", *(view.linear[0] for view in views))
        put("00281051", "DS", *(view.linear[1] for view in views))
        put("00281052", "DS", image.rescale.intercept)
        put("00281053", "DS", image.rescale.slope)
        put("00281054", "LO", image.rescale_type)
        put("00281056", "CS", "SIGMOID" if views[0].function == "SIGMOID" else "LINEAR")
        json["labelhub_display"] = image.display.as_json()
    json |= _plane_json(image)
    if is_added:
        json["labelhub_added"].append("00280030")
    if image.n_frames > 1 and image.frame_groups:
        # Cornerstone3D places frames only when both sequences are there; all shared values are in each frame's group.
        json["52009229"] = {"vr": "SQ", "Value": [{}]}
        json["52009230"] = {"vr": "SQ", "Value": image.frame_groups}
    return json


def _pixel_spacing(image: ImageMetadata) -> tuple[list[float], bool]:
    """Return Pixel Spacing, and whether it was added: a bare ratio, for pixels that are not square and have none.

    Cornerstone3D draws the shape of pixels by Pixel Spacing alone, but for some modalities.
    """
    given = image.spacings.get("PixelSpacing", [])
    is_added = not given and image.aspect != 1.0
    return [image.aspect, 1.0] if is_added else given, is_added


def _plane_json(image: ImageMetadata) -> dict[str, Any]:
    """Return position and orientation; a projection image that lacks them gets a plane at the origin, marked as added.

    Without a plane Cornerstone3D labels the lengths of a projection image with the wrong unit.
    """
    if image.plane is not None:
        position, orientation, added = image.plane.position_lps, image.plane.orientation, []
    elif image.modality in PROJECTION_MODALITIES and not image.frame_groups:
        position, orientation = ADDED_POSITION, ADDED_ORIENTATION
        added = ["00200032", "00200037"]
    else:
        return {"labelhub_added": []}
    return {
        "00200032": {"vr": "DS", "Value": list(position)},
        "00200037": {"vr": "DS", "Value": list(orientation)},
        "labelhub_added": added,
    }


def frame_groups_of(header: Dataset, planes: list[Plane | None], warnings: Warnings) -> list[dict[str, Any]]:
    """Return the functional groups that place and scale each frame (PS3.3 C.7.6.16), shared ones filled in.

    `planes`: that of each frame. A frame without one is given no position and no orientation of its own.
    """
    per_frame, n_frames = items_of(header, "PerFrameFunctionalGroupsSequence"), len(planes)
    if not per_frame or len(per_frame) < n_frames or n_frames > MAX_FRAME_GROUPS:
        return []
    shared = items_of(header, "SharedFunctionalGroupsSequence")[:1]
    return [
        _frame_group([frame, *shared], plane, warnings)
        for frame, plane in zip(per_frame, planes, strict=False)
    ]


def _frame_group(groups: list[Dataset], plane: Plane | None, warnings: Warnings) -> dict[str, Any]:
    def sequence(**elements: list[float]) -> dict[str, Any]:
        content = {tag[1:]: {"vr": "DS", "Value": values} for tag, values in elements.items() if values}
        return {"vr": "SQ", "Value": [content]}

    measures = next(
        (item for group in groups for item in items_of(group, "PixelMeasuresSequence")[:1]), Dataset()
    )
    thickness = number_of(measures, "SliceThickness")
    group = {
        "00209113": sequence(_00200032=plane.position_lps if plane else []),
        "00209116": sequence(_00200037=plane.orientation if plane else []),
        "00289110": sequence(
            _00280030=pixel_spacing_of(measures, "PixelSpacing", warnings, ("PixelMeasuresSequence",)) or [],
            _00180050=[thickness] if thickness is not None and thickness > 0 else [],
        ),
    }
    return {tag: item for tag, item in group.items() if item["Value"][0]}
