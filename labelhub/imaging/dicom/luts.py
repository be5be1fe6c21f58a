"""Lookup tables of the header: palette colours (PS3.3 C.7.9) and the modality LUT (PS3.3 C.11.1).

Indexes outside a table are clipped to its ends, as the standard says; a table shorter than it claims is refused.
"""

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut

from labelhub.imaging.dicom.attributes import UNUSABLE, is_present, items_of, numbers_of
from labelhub.imaging.dicom.codes import ImportRejected

COLOURS = ("Red", "Green", "Blue")


@dataclass(frozen=True)
class Lut:
    """`table` maps stored values from `first` on; (entries,) or (entries, 3)."""

    first: int
    table: np.ndarray

    def apply(self, array: np.ndarray) -> np.ndarray:
        """Return the table's entry for each value of `array`."""
        indexes = np.clip(array.astype(np.int64) - self.first, 0, len(self.table) - 1)
        return self.table[indexes]


def palette_of(header: Dataset, *, little_endian: bool) -> Lut:
    """Return the palette as 8-bit RGB.

    Raises:
        ImportRejected: bad_pixel_description when the tables are absent or inconsistent.
    """
    n_entries, first, bits = _descriptor(header, "RedPaletteColorLookupTableDescriptor")
    if "SegmentedRedPaletteColorLookupTableData" in header:
        return Lut(first, _expanded_palette(header, n_entries, first))
    channels = [
        _table(header, f"{colour}PaletteColorLookupTableData", n_entries, bits, little_endian)
        for colour in COLOURS
    ]
    table = np.stack(channels, axis=-1)
    return Lut(first, _to_8_bit(table, bits))


def modality_lut_of(header: Dataset, *, little_endian: bool) -> Lut | None:
    """Return the modality LUT as uint8 or uint16, None when there is none.

    Raises:
        ImportRejected: bad_pixel_description when it is there but inconsistent.
    """
    items = [item for item in items_of(header, "ModalityLUTSequence") if is_present(item, "LUTDescriptor")]
    if not items:
        return None
    n_entries, first, bits = _descriptor(items[0], "LUTDescriptor")
    table = _table(items[0], "LUTData", n_entries, bits, little_endian)
    return Lut(first, table.astype(np.uint16 if bits > 8 else np.uint8))


def _descriptor(ds: Dataset, keyword: str) -> tuple[int, int, int]:
    numbers = [int(number) for number in numbers_of(ds, keyword)]
    if len(numbers) != 3 or not 0 <= numbers[0] <= 65_536 or not 1 <= numbers[2] <= 16:
        raise ImportRejected("bad_pixel_description")
    return numbers[0] or 65_536, numbers[1], numbers[2]


def _table(ds: Dataset, keyword: str, n_entries: int, bits: int, little_endian: bool) -> np.ndarray:
    """Return a table's entries; 8-bit entries may be packed or lie in words of their own."""
    try:
        data = ds[keyword].value
    except UNUSABLE:
        raise ImportRejected("bad_pixel_description") from None
    if isinstance(data, bytes):
        is_packed = bits <= 8 and len(data) < 2 * n_entries
        kind = "u1" if is_packed else "<u2" if little_endian else ">u2"
        values = np.frombuffer(data[: len(data) - len(data) % np.dtype(kind).itemsize], kind)
    else:
        try:
            values = np.array(data, np.uint16).reshape(-1)
        except UNUSABLE:
            raise ImportRejected("bad_pixel_description") from None
    if values.size < n_entries:
        raise ImportRejected("bad_pixel_description")
    return values[:n_entries]


def _expanded_palette(header: Dataset, n_entries: int, first: int) -> np.ndarray:
    ramp = np.arange(first, first + n_entries, dtype=np.int32)
    try:
        table = apply_color_lut(ramp, header)[:, :3]
    except UNUSABLE:
        raise ImportRejected("bad_pixel_description") from None
    return _to_8_bit(table, table.dtype.itemsize * 8)


def _to_8_bit(table: np.ndarray, bits: int) -> np.ndarray:
    if bits > 8 and table.max(initial=0) > 255:
        return (table.astype(np.uint16) >> 8).astype(np.uint8)
    return table.astype(np.uint8)
