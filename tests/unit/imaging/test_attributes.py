"""Header values that cannot be used are unknown."""

from __future__ import annotations

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.header.attributes import integer_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 7),
        ("-2147483648", -(2**31)),
        ("2147483647", 2**31 - 1),
        ("2147483648", None),
        ("20240501123", None),
        ("1e300", None),
        ("1.5", None),
    ],
)
def test_an_integer_beyond_what_a_column_holds_is_unknown(text: str, expected: int | None) -> None:
    """Such a series number would end the whole import on PostgreSQL, not only its own file."""
    header = Dataset()
    header.add(DataElement("SeriesNumber", "LO", text))
    assert integer_of(header, "SeriesNumber") == expected
