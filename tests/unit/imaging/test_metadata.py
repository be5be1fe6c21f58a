"""The metadata says only what drawing, geometry and measurement need, and says it truthfully."""

import json
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.codes import WARNINGS
from labelhub.imaging.dicom.header.attributes import terms
from tests.factories.dicom import dicom_bytes, gradient, image_dataset, radiograph_dataset
from tests.unit.imaging.conftest import ImportBytes, Imported, radiograph

ALLOWED_TAGS = terms(
    "00020010 00080016 00080018 00080060 00180050 00180088 00181114 00181164 0020000D 0020000E 00200011 00200013 "
    "00200032 00200037 00200052 00280002 00280004 00280006 00280008 00280010 00280011 00280030 00280100 00280101 "
    "00280102 00280103 00280120 00280121 00281050 00281051 00281052 00281053 00281054 00281056 52009229 52009230 "
    "00200020 labelhub_added labelhub_attributes labelhub_display"
)
TEXTS = terms(
    "PatientName PatientID StudyDescription SeriesDescription ProtocolName InstitutionName OperatorsName StationName "
    "ImageComments AccessionNumber StudyID BodyPartExamined ViewPosition Manufacturer PatientComments ImageType "
    "WindowCenterWidthExplanation RescaleType Modality PatientSex"
)
CANARY = "Canarybird"


def spacing(found: Imported) -> dict[str, Any]:
    return dict(found.answer["instance"]["spacing"])


def test_nothing_that_a_person_typed_is_written(import_bytes: ImportBytes) -> None:
    """A made-up word in every text attribute, a private element, a nested sequence and the preamble."""
    inner = Dataset()
    inner.PatientName = inner.TextValue = CANARY
    elements: dict[str, Any] = dict.fromkeys(TEXTS, CANARY) | {"SpecificCharacterSet": "ISO_IR 100"}
    elements["WindowCenter"], elements["WindowWidth"] = 2000, 4000
    dataset = radiograph_dataset(gradient(), ContentSequence=[inner], **elements)
    dataset.add_new(0x00091010, "LO", CANARY)
    data = dicom_bytes(gradient(), dataset=dataset, preamble=CANARY.encode().ljust(128, b" "))
    found = import_bytes(data)
    assert found.answer["code"] == "ok"
    assert not any(CANARY.encode() in path.read_bytes() for path in found.folder.iterdir())
    told = dict(found.answer, patient_id=None)
    assert CANARY.lower() not in json.dumps(told).lower()


def test_only_allowed_elements_are_written(import_bytes: ImportBytes) -> None:
    found = radiograph(import_bytes, WindowCenter=2000, WindowWidth=4000, RescaleSlope=1, RescaleIntercept=0)
    assert set(found.metadata) <= ALLOWED_TAGS


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["L", "F"], ["L", "F"]),
        (["PL", "FA"], ["PL", "FA"]),
        (["L"], None),
        (["Left", "F"], None),
        (["L", "R"], None),
        (["LR", "F"], None),
        (None, None),
    ],
)
def test_a_film_says_towards_what_its_sides_look(
    import_bytes: ImportBytes, said: list[str] | None, kept: list[str] | None
) -> None:
    found = radiograph(import_bytes, PatientOrientation=said)
    assert found.metadata.get("00200020", {}).get("Value") == kept


def test_a_radiograph_without_a_plane_gets_one_that_is_marked(import_bytes: ImportBytes) -> None:
    found = radiograph(import_bytes)
    assert found.metadata["00200032"]["Value"] == [0, 0, 0]
    assert found.metadata["00200037"]["Value"] == [1, 0, 0, 0, 1, 0]
    assert found.metadata["labelhub_added"] == ["00200032", "00200037"]


def test_a_plane_that_is_there_is_kept(import_bytes: ImportBytes) -> None:
    found = import_bytes(
        dicom_bytes(
            gradient(),
            Modality="CT",
            ImagePositionPatient=[1, 2, 3.5],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        )
    )
    assert found.metadata["00200032"]["Value"] == [1, 2, 3.5]
    assert found.metadata["labelhub_added"] == []
    assert found.answer["instance"]["position_key"] == 3.5


def test_slices_are_ordered_along_their_normal(import_bytes: ImportBytes) -> None:
    """A sagittal plane: rows run backwards, columns downwards, so the normal points to the right."""
    answer = import_bytes(
        dicom_bytes(gradient(), ImagePositionPatient=[7, 50, 50], ImageOrientationPatient=[0, 1, 0, 0, 0, -1])
    ).answer
    assert answer["instance"]["position_key"] == -7


def test_a_crooked_plane_is_left_out_with_a_warning(import_bytes: ImportBytes) -> None:
    found = import_bytes(
        dicom_bytes(gradient(), ImagePositionPatient=[0, 0, 0], ImageOrientationPatient=[1, 0, 0, 1, 0, 0])
    )
    assert "bad_orientation" in found.answer["warnings"]
    assert found.value("00200037") is None


def test_without_a_plane_the_instance_number_orders_slices(import_bytes: ImportBytes) -> None:
    assert import_bytes(dicom_bytes(gradient(), InstanceNumber=17)).answer["instance"]["position_key"] == 17


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({}, (0.2, 0.2, "detector")),
        ({"PixelSpacing": [0.2, 0.2]}, (0.2, 0.2, "detector")),
        ({"PixelSpacing": [0.15, 0.15]}, (0.15, 0.15, "calibrated")),
        ({"PixelSpacing": [0.1, 0.3], "ImagerPixelSpacing": None}, (0.1, 0.3, "detector")),
        ({"ImagerPixelSpacing": None, "NominalScannedPixelSpacing": [0.4, 0.4]}, (0.4, 0.4, "detector")),
        ({"ImagerPixelSpacing": None}, (None, None, "none")),
    ],
)
def test_the_spacing_of_a_radiograph_says_what_it_refers_to(
    import_bytes: ImportBytes, elements: dict[str, Any], expected: tuple[float | None, float | None, str]
) -> None:
    found = radiograph(import_bytes, **elements)
    assert tuple(spacing(found).values())[:3] == expected
    assert spacing(found)["aspect"] == (pytest.approx(1 / 3) if expected[0] == 0.1 else 1)


def test_the_spacing_of_a_slice_is_the_patients(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(gradient(), Modality="MR", PixelSpacing=[0.5, 0.75]))
    assert spacing(found) == {"row_mm": 0.5, "column_mm": 0.75, "source": "patient", "aspect": 0.5 / 0.75}
    assert found.metadata["00280030"]["Value"] == [0.5, 0.75]


@pytest.mark.parametrize("text", [b"0\\0", b"-1\\1", b"nan\\nan", b"1e40\\1", b"0.5", b"abcd"])
def test_an_impossible_spacing_is_dropped_and_told(import_bytes: ImportBytes, text: bytes) -> None:
    data = dicom_bytes(gradient(), Modality="CT", PixelSpacing=["7.123", "8.456"])
    found = import_bytes(data.replace(b"7.123\\8.456 ", text.ljust(12)))
    assert found.answer["warnings"] == ["bad_pixel_spacing"]
    assert spacing(found)["source"] == "none"
    assert found.value("00280030") is None


def test_coded_context_is_handed_over_and_anything_else_is_not(import_bytes: ImportBytes) -> None:
    known = radiograph(import_bytes, ImageLaterality="R", ImageType=["ORIGINAL", "PRIMARY", "JOHN SMITH"])
    instance = known.answer["instance"]
    assert (instance["view_position"], instance["laterality"], instance["is_radiograph"]) == ("PA", "R", True)
    assert instance["image_type"] == ["ORIGINAL", "PRIMARY"]
    assert known.answer["series"]["label"] == "CR chest"
    unknown = radiograph(
        import_bytes, ViewPosition="FOR DR SMITH", BodyPartExamined="SMITH", Modality="SMITH"
    )
    assert unknown.answer["instance"]["view_position"] is None
    assert unknown.answer["series"] == known.answer["series"] | {"modality": "OT", "label": "OT"}


def test_each_frame_of_an_enhanced_image_has_its_place(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(high=high) for high in (1000, 2000)])
    groups = []
    for z in (10.0, 12.5):
        position, group = Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, z]
        group.PlanePositionSequence = [position]
        groups.append(group)
    orientation, measures, shared = Dataset(), Dataset(), Dataset()
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    measures.PixelSpacing, measures.SliceThickness = [0.5, 0.5], 2.5
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [orientation], [measures]
    dataset = image_dataset(
        frames,
        n_frames=2,
        Modality="MR",
        SharedFunctionalGroupsSequence=[shared],
        PerFrameFunctionalGroupsSequence=groups,
    )
    found = import_bytes(dicom_bytes(frames, dataset=dataset, n_frames=2))
    per_frame = found.metadata["52009230"]["Value"]
    positions = [group["00209113"]["Value"][0]["00200032"]["Value"] for group in per_frame]
    assert positions == [[0, 0, 10.0], [0, 0, 12.5]]
    assert per_frame[1]["00289110"]["Value"][0]["00280030"]["Value"] == [0.5, 0.5]
    assert spacing(found) == {"row_mm": 0.5, "column_mm": 0.5, "source": "patient", "aspect": 1.0}
    assert found.answer["instance"]["position_key"] == 10.0


def test_objects_without_pixels_are_accepted_and_write_nothing(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(None, Modality="SR"))
    assert (found.answer["outcome"], found.answer["code"]) == ("accepted", "no_pixels")
    assert list(found.folder.iterdir()) == []


def test_every_warning_has_a_sentence(import_bytes: ImportBytes) -> None:
    found = radiograph(import_bytes, WindowCenter=1, WindowWidth=0, StudyDate="20209999", RescaleSlope=0)
    assert len(found.answer["warnings"]) == 3
    assert set(found.answer["warnings"]) <= set(WARNINGS)
