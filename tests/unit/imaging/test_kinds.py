"""What is read and what is an object about the case."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.identity.kinds import kind_of
from labelhub.imaging.twins import Exposure, with_twin
from tests.factories.dicom import dicom_bytes
from tests.unit.imaging.conftest import ImportBytes

STORAGE = "1.2.840.10008.5.1.4.1.1."


def header(sop_class: str = "", modality: str = "", **elements: Any) -> Dataset:
    ds = Dataset()
    if sop_class:
        ds.SOPClassUID = STORAGE + sop_class
    if modality:
        ds.Modality = modality
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


@pytest.mark.parametrize(
    ("sop_class", "modality", "kind"),
    [
        ("2", "CT", ""),
        ("1", "CR", ""),
        ("1.1", "DX", ""),
        ("7", "OT", ""),
        ("481.1", "RTIMAGE", ""),
        ("77.1.6", "SM", ""),
        ("481.2", "RTDOSE", "dose"),
        ("481.2", "", "dose"),
        ("481.3", "RTSTRUCT", "rt_structures"),
        ("481.5", "RTPLAN", "rt_plan"),
        ("481.12", "RTRAD", "rt_plan"),
        ("66.4", "SEG", "segmentation"),
        ("66.7", "SEG", "segmentation"),
        ("66.5", "", "segmentation"),
        ("30", "OT", "parametric_map"),
        ("81.1", "OPM", "parametric_map"),
        ("82.1", "OPM", "parametric_map"),
        ("11.1", "PR", "presentation_state"),
        ("11.8", "PR", "presentation_state"),
        ("88.33", "SR", "report"),
        ("88.59", "KO", "key_objects"),
        ("104.1", "DOC", "document"),
        ("9.1.1", "ECG", "waveform"),
        ("1.1.1", "DX", "for_processing"),
        ("1.2.1", "MG", "for_processing"),
        ("2", "SEG", "segmentation"),
        ("", "RTDOSE", "dose"),
        ("7", "PR", "presentation_state"),
    ],
)
def test_the_class_says_what_an_object_is_and_else_the_modality(
    sop_class: str, modality: str, kind: str
) -> None:
    assert kind_of(header(sop_class, modality), has_pixels=True) == kind


@pytest.mark.parametrize(
    ("elements", "kind"),
    [
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "localizer"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"]}, ""),
        ({"ImageType": ["DERIVED", "SECONDARY", "OTHER", "CT_SOM5 PROT"]}, "dose_sheet"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "CT_SOM5 TOP"]}, "localizer"),
        ({"SeriesDescription": "Scout 90/0"}, "localizer"),
        ({"SeriesDescription": "LOCALIZER_3PL"}, "localizer"),
        ({"SeriesDescription": "Post-localizer thorax"}, ""),
        (
            {"SeriesDescription": "Dose Report", "ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]},
            "dose_sheet",
        ),
        ({"SeriesDescription": "Patient Protocol", "ImageType": ["DERIVED", "SECONDARY"]}, "dose_sheet"),
        ({"SeriesDescription": "Low dose chest", "ImageType": ["DERIVED", "SECONDARY"]}, ""),
        ({"SeriesDescription": "Dose", "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"]}, ""),
        ({"PresentationIntentType": "FOR PROCESSING"}, "for_processing"),
        ({"PresentationIntentType": "FOR PRESENTATION"}, ""),
    ],
)
def test_the_image_type_and_the_intent_part_images(elements: dict[str, Any], kind: str) -> None:
    assert kind_of(header("2", "CT", **elements), has_pixels=True) == kind


def test_a_scout_among_enhanced_objects_says_so_in_its_frames() -> None:
    frame_type, group = Dataset(), Dataset()
    frame_type.FrameType = ["ORIGINAL", "PRIMARY", "LOCALIZER", "NONE"]
    group.CTImageFrameTypeSequence = [frame_type]
    ds = header("2.1", "CT", SharedFunctionalGroupsSequence=[group])
    assert kind_of(ds, has_pixels=True) == "localizer"


def test_what_holds_no_pixels_is_no_image_whatever_it_calls_itself() -> None:
    assert kind_of(header("2", "CT"), has_pixels=False) == "other"


def exposure(name: str, view: str, *, sources: str = "", at: float | None = None) -> Exposure:
    return Exposure(name, view, frozenset(sources.split()), at)


@pytest.mark.parametrize(
    ("raw", "shown", "twins"),
    [
        ([exposure("r", "CC L")], [exposure("p", "CC L")], {"r"}),
        ([exposure("r", "CC L")], [exposure("p", "CC R")], set()),
        ([exposure("r", "CC L")], [], set()),
        ([exposure("r", "CC L")], [exposure("p", "MLO", sources="r")], {"r"}),
        ([exposure("r", "PA"), exposure("s", "PA")], [exposure("p", "PA", sources="s")], {"s"}),
        ([exposure("r", "PA", at=1), exposure("s", "PA", at=2)], [exposure("p", "PA", at=2)], {"s"}),
        ([exposure("r", "PA", at=1), exposure("s", "PA", at=5)], [exposure("p", "PA", at=9)], {"r"}),
        ([exposure("r", "PA")], [exposure("p", "PA", sources="elsewhere")], {"r"}),
    ],
)
def test_an_exposure_for_processing_finds_its_presentation(
    raw: list[Exposure], shown: list[Exposure], twins: set[str]
) -> None:
    assert with_twin(raw, shown) == twins


exposures = st.builds(
    Exposure,
    st.just(""),
    st.sampled_from("ab"),
    st.just(frozenset()),
    st.none() | st.sampled_from([1.0, 2.0]),
)


@given(st.lists(exposures, max_size=6), st.lists(exposures, max_size=6), st.randoms(use_true_random=False))
def test_each_presentation_answers_for_one_exposure_in_whatever_order_they_come(
    raw: list[Exposure], shown: list[Exposure], chance: Any
) -> None:
    raw = [Exposure(f"r{n}", e.view, e.sources, e.acquired_s) for n, e in enumerate(raw)]
    shown = [Exposure(f"p{n}", e.view, e.sources, e.acquired_s) for n, e in enumerate(shown)]
    twins = with_twin(raw, shown)
    for view in "ab":
        n_raw = sum(each.view == view for each in raw)
        n_shown = sum(each.view == view for each in shown)
        assert sum(each.view == view for each in raw if each.name in twins) == min(n_raw, n_shown)
    assert with_twin(chance.sample(raw, len(raw)), chance.sample(shown, len(shown))) == twins


def test_an_image_without_its_pixels_is_told_apart_from_what_has_none(import_bytes: ImportBytes) -> None:
    image = import_bytes(dicom_bytes(None)).answer
    report = import_bytes(dicom_bytes(None, Rows=None, Columns=None, BitsAllocated=None)).answer
    assert (image["code"], image["warnings"]) == ("no_pixels", ["about_the_case", "pixels_missing"])
    assert (report["code"], report["warnings"]) == ("no_pixels", ["about_the_case"])
