"""What a film's view means, however the file or a label table writes it."""

import pytest

from labelhub.imaging.dicom.header.coded import VIEW_POSITIONS
from labelhub.imaging.dicom.header.film_views import is_frontal, is_one_view

SAME = [
    ("LL", "LATERAL"),
    ("RL", "LAT"),
    ("LATERAL", "lat"),
    ("LL", "left lateral"),
    ("LL", "Lateral, left"),
    ("RL", "R lateral view"),
    ("LL", "L"),
    ("LAT", "Cross-table lateral"),
    ("AP", "AP supine"),
    ("AP_SUPINE", "supine ap"),
    ("PA", "posteroanterior"),
    ("PA", "Frontal"),
    ("frontal", "AP"),
    ("LLD", "Left lateral decubitus"),
    ("RLD", "decub"),
    ("LLO", "left oblique"),
    ("RLO", "RT OBL"),
    ("MLO", "mediolateral oblique"),
    ("CC", "craniocaudal"),
    ("ML", "lateral"),
    ("SWIM", "swim"),
    ("axial", "AXIAL"),
    ("PA", "Frontal PA"),
    ("MLO", "R MLO"),
    ("PA", "PA and lateral"),
    ("LL", "PA and lateral"),
]
DIFFERENT = [
    ("LL", "RL"),
    ("left lateral", "RL"),
    ("PA", "AP"),
    ("PA", "LATERAL"),
    ("frontal", "LL"),
    ("LLD", "LATERAL"),
    ("LLD", "right decubitus"),
    ("LLO", "LL"),
    ("LLO", "RLO"),
    ("MLO", "ML"),
    ("MLO", "CC"),
    ("AP supine", "AP erect"),
    ("PA", "axial"),
    ("PA", ""),
    ("PA", "view"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_one_view_in_two_words(a: str, b: str) -> None:
    assert is_one_view(a, b) and is_one_view(b, a)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_two_views(a: str, b: str) -> None:
    assert not is_one_view(a, b) and not is_one_view(b, a)


@pytest.mark.parametrize("code", sorted(VIEW_POSITIONS))
def test_a_code_of_the_standard_is_one_view_with_itself_and_frontal_only_if_pa_or_ap(code: str) -> None:
    assert is_one_view(code, code.lower())
    assert is_frontal(code) == (code in {"PA", "AP"})


@pytest.mark.parametrize("view", ["pa", "AP supine", "AP_SUPINE", "Frontal", "posteroanterior", "Frontal PA"])
def test_a_frontal_view_in_other_words(view: str) -> None:
    assert is_frontal(view)


@pytest.mark.parametrize(
    "view",
    [
        *("", "view", "lateral", "L", "left decubitus", "oblique", "patient", "apical"),
        *("PA and lateral", "AP oblique", "AP left decubitus"),
    ],
)
def test_what_is_not_said_to_be_frontal(view: str) -> None:
    assert not is_frontal(view)
