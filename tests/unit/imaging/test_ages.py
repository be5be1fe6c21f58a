"""Whether two ages, in whatever units, can be of one day."""

import pytest

from labelhub.imaging.dicom.identity.ages import is_one_age


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("034Y", "034Y", True),
        ("034Y", "035Y", False),
        ("012D", "001W", True),
        ("006M", "026W", True),
        ("018M", "001Y", True),
        ("104W", "002Y", True),  # of which 104 whole weeks fall short by two days
        ("104W", "003Y", False),
        ("024M", "001Y", False),
        ("034Y", "", False),
        ("", "", True),
    ],
)
def test_two_ages(a: str, b: str, expected: bool) -> None:
    assert is_one_age(a, b) == is_one_age(b, a) == expected
