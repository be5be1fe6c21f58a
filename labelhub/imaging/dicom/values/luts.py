"""Lookup tables of the header: palette colours (PS3.3 C.7.9), modality LUT (C.11.1) and VOI LUT (C.11.2).

Indexes outside a table are clipped to its ends, as the standard says; a table shorter than it claims is refused.
"""

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut

from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.header.attributes import UNUSABLE, is_present, items_of, text_of, words_of
from labelhub.imaging.dicom.values.samples import signed_word

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


def palette_of(header: Dataset, *, little_endian: bool, is_signed: bool) -> Lut:
    """Return the palette as 8-bit RGB.

    Raises:
        ImportRejected: missing_attribute or bad_lookup_table when the tables are absent or inconsistent.
    """
    n_entries, first, bits = _palette_descriptor(header, is_signed=is_signed)
    if is_present(header, "SegmentedRedPaletteColorLookupTableData"):
        return Lut(first, _expanded_palette(header, n_entries, bits))
    channels = [
        _table(header, f"{colour}PaletteColorLookupTableData", n_entries, bits, little_endian)
        for colour in COLOURS
    ]
    return Lut(first, _to_8_bit(np.stack(channels, axis=-1), bits))


def modality_lut_of(header: Dataset, *, little_endian: bool, is_signed: bool) -> Lut | None:
    """Return the modality LUT as uint8 or uint16, None when there is none.

    Raises:
        ImportRejected: missing_attribute or bad_lookup_table when it is there but incomplete or inconsistent.
    """
    parts = ("LUTDescriptor", "LUTData")
    items = [
        item for item in items_of(header, "ModalityLUTSequence") if any(is_present(item, p) for p in parts)
    ]
    if not items:
        return None
    n_entries, first, bits = _descriptor(items[0], "LUTDescriptor", is_signed=is_signed)
    table = _table(items[0], "LUTData", n_entries, bits, little_endian)
    return Lut(first, table.astype(np.uint16 if _depth(table, bits) > 8 else np.uint8))


def is_for_display(header: Dataset) -> bool:
    """Say whether the modality LUT is for the eye; of XA and XRF it may tell what X-rays did (PS3.4 N.2.1.2)."""
    is_angiography = text_of(header, "Modality") in ("XA", "RF")
    return not (is_angiography and text_of(header, "PixelIntensityRelationship") in ("LOG", "DISP"))


def voi_lut_of(item: Dataset, *, little_endian: bool, is_signed: bool) -> Lut:
    """Return an item of a VOI LUT Sequence as a table of greys 0-255; `is_signed`: its input may be negative.

    Raises:
        ImportRejected: missing_attribute or bad_lookup_table.
    """
    n_entries, first, bits = _descriptor(item, "LUTDescriptor", is_signed=is_signed)
    table = _table(item, "LUTData", n_entries, bits, little_endian)
    greys = np.rint(table.astype(np.float64) * (255.0 / ((1 << _depth(table, bits)) - 1)))
    return Lut(first, np.clip(greys, 0, 255).astype(np.uint8))


def _descriptor(ds: Dataset, keyword: str, *, is_signed: bool) -> tuple[int, int, int]:
    """Return number of entries, first value mapped and bits of an entry; only the second may be signed (C.11.1.1)."""
    if not is_present(ds, keyword):
        raise ImportRejected("missing_attribute", keyword)
    words = words_of(ds, keyword)
    if len(words) != 3 or not 1 <= words[2] <= 16:
        raise ImportRejected("bad_lookup_table", keyword)
    return words[0] or 1 << 16, signed_word(words[1], is_signed=is_signed), words[2]


def _palette_descriptor(header: Dataset, *, is_signed: bool) -> tuple[int, int, int]:
    """Return what the three descriptors of a palette say, which is the same (C.7.6.3.1.5)."""
    red, *others = (f"{colour}PaletteColorLookupTableDescriptor" for colour in COLOURS)
    described = _descriptor(header, red, is_signed=is_signed)
    for keyword in others:
        if is_present(header, keyword) and _descriptor(header, keyword, is_signed=is_signed) != described:
            raise ImportRejected("bad_lookup_table", keyword)
    return described


def _table(ds: Dataset, keyword: str, n_entries: int, bits: int, little_endian: bool) -> np.ndarray:
    """Return a table's entries, which are unsigned; 8-bit entries may be packed or lie in words of their own."""
    if not is_present(ds, keyword):
        raise ImportRejected("missing_attribute", keyword)
    element = ds[keyword]
    if isinstance(element.value, bytes):
        order = "<" if little_endian or element.VR == "UN" else ">"
        is_packed = bits <= 8 and len(element.value) < 2 * n_entries
        words = np.frombuffer(element.value[: len(element.value) // 2 * 2], f"{order}u2")
        # Two packed entries share a word, the first in its low byte, in either byte order (C.11.1.1.1).
        is_swapped = order == ">" and element.VR == "OW"
        values = (
            (words.astype("<u2").view("u1") if is_swapped else _bytes_of(element.value))
            if is_packed
            else words
        )
    else:
        values = np.array(words_of(ds, keyword), np.uint16)
        if bits <= 8 and values.size < n_entries:
            values = _bytes_of(values.astype("<u2").tobytes())
    if values.size < n_entries:
        raise ImportRejected("bad_lookup_table", keyword)
    return values[:n_entries].astype(np.uint16)


def _depth(table: np.ndarray, bits: int) -> int:
    """Return how many bits entries have: those that the descriptor says, or more where some entry needs them."""
    return max(bits, int(table.max(initial=0)).bit_length())


def _bytes_of(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.uint8)


def _expanded_palette(header: Dataset, n_entries: int, bits: int) -> np.ndarray:
    """Return the entries of a segmented palette (C.7.9.2), which pydicom expands."""
    palette = Dataset()
    palette.set_original_encoding(*header.original_encoding)
    palette.RedPaletteColorLookupTableDescriptor = [n_entries, 0, bits]
    keywords = [f"Segmented{colour}PaletteColorLookupTableData" for colour in COLOURS]
    for keyword in keywords:
        if not is_present(header, keyword):
            raise ImportRejected("missing_attribute", keyword)
    try:
        for keyword in keywords:
            setattr(palette, keyword, header[keyword].value)
        table = apply_color_lut(np.arange(n_entries, dtype=np.int32), palette)[:, :3]
    except UNUSABLE:
        raise ImportRejected("bad_lookup_table") from None
    return _to_8_bit(table, table.dtype.itemsize * 8)


def _to_8_bit(table: np.ndarray, bits: int) -> np.ndarray:
    """Return colours as bytes; some writers put bytes into entries called 16-bit, some 16 bits into those called 8."""
    depth = _depth(table, bits)
    if table.max(initial=0) > 255:
        return (table >> (depth - 8)).astype(np.uint8)
    return table.astype(np.uint8)
