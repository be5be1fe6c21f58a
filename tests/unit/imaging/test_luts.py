"""Lookup tables of the header, in every form in which they are written: signs, counts, byte orders, packed bytes."""

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.factories.dicom import dicom_bytes, gradient, image_dataset
from tests.unit.imaging.conftest import ImportBytes

NATIVE = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]


def lut_item(entries: np.ndarray, first: int, bits: int, *, data_vr: str = "OW", order: str = "<") -> Dataset:
    """Return an item of a modality or VOI LUT sequence; a count of 32,768 or more is written as US writes it."""
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [0, 0, 0])
    words = [len(entries) & 0xFFFF, first & 0xFFFF, bits]
    signed = [word - 65_536 if word >= 32_768 else word for word in words]
    item["LUTDescriptor"].value = signed if first < 0 else words
    item.ModalityLUTType = "US"
    data = entries.astype(f"{order}u2").tobytes() if bits > 8 else entries.astype("u1").tobytes()
    if bits <= 8 and order == ">":
        data = np.frombuffer(data, "<u2").astype(">u2").tobytes()
    if data_vr == "US":
        item.add_new("LUTData", "US", entries.tolist())
    else:
        item.add_new("LUTData", data_vr, data)
    return item


def imported_values(import_bytes: ImportBytes, pixels: np.ndarray, item: Dataset, syntax: UID) -> np.ndarray:
    dataset = image_dataset(pixels, ModalityLUTSequence=[item])
    found = import_bytes(dicom_bytes(pixels, dataset=dataset, syntax=syntax))
    assert found.answer["code"] == "ok", found.answer["message"]
    return found.frame()


@pytest.mark.parametrize("syntax", NATIVE, ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("n_entries", [256, 32_768, 40_000, 65_536])
def test_the_number_of_entries_is_unsigned(import_bytes: ImportBytes, syntax: UID, n_entries: int) -> None:
    pixels = gradient(high=n_entries - 1, dtype="u2")
    entries = np.arange(n_entries)[::-1].astype("u2")
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    found = imported_values(import_bytes, pixels, lut_item(entries, 0, 16, order=order), syntax)
    np.testing.assert_array_equal(found, entries[pixels])


@pytest.mark.parametrize("syntax", NATIVE, ids=lambda syntax: syntax.name)
def test_the_first_value_has_the_sign_of_the_pixels(import_bytes: ImportBytes, syntax: UID) -> None:
    pixels = gradient(low=-1000, high=999, dtype="i2")
    entries = np.arange(2000, dtype="u2") * 3
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    found = imported_values(import_bytes, pixels, lut_item(entries, -1000, 16, order=order), syntax)
    np.testing.assert_array_equal(found, entries[pixels.astype(int) + 1000])


def test_a_first_value_of_unsigned_pixels_is_unsigned_whatever_its_vr(import_bytes: ImportBytes) -> None:
    pixels = gradient(low=40_000, high=40_999, dtype="u2")
    entries = np.arange(1000, dtype="u2") * 5
    found = imported_values(
        import_bytes, pixels, lut_item(entries, 40_000 - 65_536, 16), ExplicitVRLittleEndian
    )
    np.testing.assert_array_equal(found, entries[pixels - 40_000])


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian], ids=lambda syntax: syntax.name
)
def test_eight_bit_entries_may_be_packed_into_words(import_bytes: ImportBytes, syntax: UID) -> None:
    pixels = gradient(high=255, dtype="u1")
    entries = np.arange(256)[::-1]
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    found = imported_values(import_bytes, pixels, lut_item(entries, 0, 8, order=order), syntax)
    np.testing.assert_array_equal(found, 255 - pixels)


def test_entries_above_32767_are_unsigned(import_bytes: ImportBytes) -> None:
    pixels = gradient(high=255, dtype="u1")
    entries = (np.arange(256) * 257).astype("u2")
    item = lut_item(entries, 0, 16)
    item.add_new("LUTData", "SS", [int(entry) for entry in entries.astype("i2")])
    found = imported_values(import_bytes, pixels, item, ExplicitVRLittleEndian)
    np.testing.assert_array_equal(found, entries[pixels])


def palette(n_entries: int, first: int, vr: str) -> dict[str, Any]:
    ds = Dataset()
    table = (np.arange(n_entries) * (65_535 / (n_entries - 1))).astype("<u2")
    for colour in ("Red", "Green", "Blue"):
        words = [n_entries & 0xFFFF, first & 0xFFFF, 16]
        ds.add_new(
            f"{colour}PaletteColorLookupTableDescriptor", vr, words if vr == "US" else as_signed(words)
        )
        setattr(ds, f"{colour}PaletteColorLookupTableData", table.tobytes())
    return {element.keyword: element for element in ds}


def as_signed(words: list[int]) -> list[int]:
    return [word - 65_536 if word >= 32_768 else word for word in words]


@pytest.mark.parametrize(
    ("n_entries", "first", "vr", "dtype"),
    [(256, -128, "SS", "i2"), (40_000, 0, "US", "u2"), (1000, 40_000, "SS", "u2"), (65_536, 0, "US", "u2")],
)
def test_palettes_are_read_by_the_same_rules(
    import_bytes: ImportBytes, n_entries: int, first: int, vr: str, dtype: str
) -> None:
    pixels = gradient(low=first, high=first + n_entries - 1, dtype=dtype)
    dataset = image_dataset(pixels, PhotometricInterpretation="PALETTE COLOR")
    for keyword, element in palette(n_entries, first, vr).items():
        dataset[keyword] = element
    found = import_bytes(dicom_bytes(pixels, dataset=dataset))
    assert found.answer["code"] == "ok", found.answer["message"]
    table = (np.arange(n_entries) * (65_535 / (n_entries - 1))).astype("u2")
    np.testing.assert_array_equal(found.frame()[..., 0], table[pixels.astype(int) - first] >> 8)


@pytest.mark.parametrize("part", ["LUTData", "LUTDescriptor"])
def test_a_table_without_one_of_its_parts_is_called_missing(import_bytes: ImportBytes, part: str) -> None:
    item = lut_item(np.arange(256), 0, 16)
    delattr(item, part)
    found = import_bytes(dicom_bytes(gradient(), ModalityLUTSequence=[item]))
    assert (found.answer["code"], found.answer["attribute"]) == ("missing_attribute", part)


def test_a_table_shorter_than_it_says_is_refused(import_bytes: ImportBytes) -> None:
    item = lut_item(np.arange(256), 0, 16)
    item.LUTDescriptor = [300, 0, 16]
    found = import_bytes(dicom_bytes(gradient(), ModalityLUTSequence=[item]))
    assert found.answer["code"] == "bad_lookup_table"
