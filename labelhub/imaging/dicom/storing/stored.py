"""The form in which frames are kept and served: what a browser draws and a trainer reads without surprises.

A frame's codestream stays as it came, but for texts in it, when (syntax, photometric interpretation, bits, sign) is on
PASS_THROUGH, each entry of which a test compares pixel by pixel; plain pixels are written as Explicit VR Little Endian;
all else is JPEG-LS, losslessly.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import jpeg_ls
import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.values.codestream import Codestream, bare_codestream
from labelhub.imaging.dicom.values.decode import FrameReader
from labelhub.imaging.dicom.values.description import MONOCHROME, PALETTE, PixelDescription
from labelhub.imaging.dicom.values.luts import Lut, is_for_display, modality_lut_of, palette_of
from labelhub.imaging.dicom.values.padding import Padding
from labelhub.imaging.dicom.values.rescale import Rescale, rescaled_by
from labelhub.imaging.dicom.values.samples import eight_bit
from labelhub.imaging.dicom.values.wide import WideRange, wide_range_of

PassEntry = tuple[str, str, int, bool]


def _entries(
    syntaxes: list[UID], bits_signs: list[tuple[int, bool]], photometrics: tuple[str, ...]
) -> set[PassEntry]:
    return {
        (str(syntax), photometric, bits, is_signed)
        for syntax in syntaxes
        for photometric in photometrics
        for bits, is_signed in bits_signs
    }


BYTES, WORDS, SIGNED_WORDS = (8, False), (16, False), (16, True)

PASS_THROUGH: frozenset[PassEntry] = frozenset(
    _entries([JPEGLossless], [WORDS, SIGNED_WORDS], MONOCHROME)
    | _entries(
        [JPEGLosslessSV1, JPEGLSLossless, JPEGLSNearLossless], [BYTES, WORDS, SIGNED_WORDS], MONOCHROME
    )
    | _entries([JPEG2000Lossless, JPEG2000], [BYTES, WORDS, SIGNED_WORDS], MONOCHROME)
    | _entries([JPEG2000Lossless, JPEG2000], [BYTES], ("RGB", "YBR_RCT"))
    | _entries([JPEG2000], [BYTES], ("YBR_ICT",))
    | _entries([HTJ2KLossless], [BYTES], ("RGB",))
)
"""(transfer syntax, photometric interpretation, bits allocated, is signed) of codestreams kept as they came.

Lossy DCT and lossy HTJ2K are not here: decoders differ in the last bit, so that the reader and the model would not see
the same pixels.
"""

PROCESS_OF = {
    str(JPEGLossless): "lossless",
    str(JPEGLosslessSV1): "lossless",
    str(JPEGLSLossless): "jpeg-ls",
    str(JPEGLSNearLossless): "jpeg-ls",
}

SMALL_IMAGE_PIXELS = 4096
"""Below this an image is stored plain: JPEG-LS gains nothing, and its encoder fails on the smallest noisy ones."""


@dataclass(frozen=True)
class StoredFormat:
    """What the stored frames are, told truthfully in the metadata; samples are interleaved (planar configuration 0)."""

    syntax_uid: str
    photometric: str
    samples_per_pixel: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool


@dataclass(frozen=True)
class StoragePlan:
    """How the frames of one instance become stored frames.

    `colour_bits` is set where colour is not 8 bits deep. `padding` is of the source's values; it is written as `dark`
    where that is not None. `may_be_negative`: the header's bits and rescales allow modality values below 0.
    """

    format: StoredFormat
    rescale: Rescale
    conversions: list[str]
    lut: Lut | None = None
    wide: WideRange | None = None
    keeps_codestream: bool = False
    colour_bits: int | None = None
    padding: Padding | None = None
    dark: int | None = None
    may_be_negative: bool = False

    @property
    def keeps_values(self) -> bool:
        """Say whether stored values of gray are those of the source, so that its padding value holds for them."""
        return not self.conversions and self.format.samples_per_pixel == 1

    @property
    def is_inverse(self) -> bool:
        """Say whether low modality values are drawn bright."""
        return self.format.photometric == "MONOCHROME1"

    def outside(self, array: np.ndarray) -> np.ndarray | None:
        """Return where a frame of the source is padding."""
        return self.padding.covers(array) if self.padding is not None else None

    def convert(self, array: np.ndarray, index: int) -> np.ndarray:
        """Return frame `index` (from 0) in the stored format."""
        outside = self.outside(array) if self.dark is not None else None
        if self.lut is not None:
            array = self.lut.apply(array)
        if self.wide is not None:
            array = self.wide.apply(array, index)
        if self.colour_bits is not None:
            array = eight_bit(array, self.colour_bits)
        kind = "u1" if self.format.bits_allocated == 8 else "<i2" if self.format.is_signed else "<u2"
        array = np.ascontiguousarray(array, kind)
        return array if outside is None else np.where(outside, array.dtype.type(self.dark), array)

    def encode(self, array: np.ndarray) -> bytes | memoryview:
        """Encode a converted array."""
        if self.format.syntax_uid == ExplicitVRLittleEndian:
            return array.data
        return encode_jpeg_ls(array)

    def with_dark_padding(self, d: PixelDescription, dark: int) -> "StoragePlan":
        """Return the plan that writes padding as the stored value `dark`."""
        form = self.format
        if self.keeps_codestream:
            form = _gray(d, form.bits_allocated, form.bits_allocated, form.is_signed)
        conversions = [*self.conversions, "padding_blackened"]
        return replace(self, format=form, dark=dark, conversions=conversions, keeps_codestream=False)


def value_range(form: StoredFormat) -> tuple[int, int]:
    """Return the lowest and highest value that stored bits can hold."""
    span = 1 << form.bits_stored
    return (-span // 2, span // 2 - 1) if form.is_signed else (0, span - 1)


def plan_storage(
    reader: FrameReader, header: Dataset, rescales: list[Rescale], padding: Padding | None
) -> StoragePlan:
    """Decide the stored form of an instance, of which all frames share the one rescale or each has its own.

    May decode it once, to find the range of values that 16 bits do not hold.
    """
    plan = _plan(reader, header, rescales, padding)
    may_be_negative = plan.lut is None and _may_be_negative(reader.description, rescales)
    return replace(plan, padding=padding, may_be_negative=may_be_negative)


def _plan(
    reader: FrameReader, header: Dataset, rescales: list[Rescale], padding: Padding | None
) -> StoragePlan:
    d = reader.description
    little_endian = reader.parsed.encoding.little_endian
    if d.photometric == PALETTE:
        palette = palette_of(header, little_endian=little_endian, is_signed=d.is_signed)
        return StoragePlan(_colour(d), Rescale(), ["palette_to_rgb"], lut=palette)
    if d.samples_per_pixel == 3:
        return _plan_colour(reader, d)
    lut = modality_lut_of(header, little_endian=little_endian, is_signed=d.is_signed)
    if lut is not None and not is_for_display(header):
        reader.warn("modality_lut_not_applied")
        lut = None
    if lut is not None:
        bits = lut.table.dtype.itemsize * 8
        if any(not rescale.is_identity for rescale in rescales):
            reader.warn("rescale_not_applied", *rescaled_by(header, d.n_frames))
        return StoragePlan(_gray(d, bits, bits, False), Rescale(), ["modality_lut_applied"], lut=lut)
    if d.bits_allocated > 16 or _are_written_out(rescales):
        return _plan_wide(reader, d, rescales, padding)
    return _plan_gray(reader, d, rescales[0])


def encode_jpeg_ls(array: np.ndarray) -> bytes:
    """Encode (rows, columns[, 3]) of 8 or 16 bits as lossless JPEG-LS; signed values keep their two's complement."""
    samples = array.shape[2] if array.ndim == 3 else 1
    return bytes(
        jpeg_ls.encode_buffer(
            array.tobytes(),
            rows=array.shape[0],
            columns=array.shape[1],
            samples_per_pixel=samples,
            bits_stored=array.dtype.itemsize * 8,
            interleave_mode=2 if samples == 3 else None,
        )
    )


def _plan_gray(reader: FrameReader, d: PixelDescription, rescale: Rescale) -> StoragePlan:
    if reader.decoder.is_encapsulated:
        entry = (str(reader.syntax), d.photometric, d.bits_allocated, d.is_signed)
        if entry in PASS_THROUGH and all(_tells_the_same(found, d, entry[0]) for found in reader.formats):
            form = StoredFormat(entry[0], d.photometric, 1, d.bits_allocated, d.bits_stored, d.is_signed)
            return StoragePlan(form, rescale, [], keeps_codestream=True)
    if d.bits_allocated == 16 and not reader.decoder.is_encapsulated:
        form = StoredFormat(str(ExplicitVRLittleEndian), d.photometric, 1, 16, d.bits_stored, d.is_signed)
        return StoragePlan(form, rescale, [])
    if d.bits_allocated == 8 and not d.is_signed:
        syntax = _compact_syntax(d) if reader.decoder.is_encapsulated else str(ExplicitVRLittleEndian)
        return StoragePlan(StoredFormat(syntax, d.photometric, 1, 8, 8, False), rescale, [])
    # Signed bytes, which browsers' plain decoders take for unsigned, single bits and re-encoded 16-bit frames.
    bits = 8 if d.bits_allocated == 1 else 16
    return StoragePlan(_gray(d, bits, bits, d.is_signed and bits == 16), rescale, [])


def _plan_colour(reader: FrameReader, d: PixelDescription) -> StoragePlan:
    if d.bits_allocated not in (8, 16, 32):
        raise ImportRejected("unsupported_pixel_format", "BitsAllocated")
    if d.bits_allocated > 8 or d.bits_stored < 8:
        conversions = (
            [] if d.bits_stored == 8 else ["reduced_to_8_bit" if d.bits_stored > 8 else "stretched_to_8_bit"]
        )
        return StoragePlan(_colour(d), Rescale(), conversions, colour_bits=d.bits_stored)
    if reader.decoder.is_encapsulated:
        entry = (str(reader.syntax), d.photometric, d.bits_allocated, d.is_signed)
        if entry in PASS_THROUGH and all(_tells_the_same(found, d, entry[0]) for found in reader.formats):
            form = StoredFormat(entry[0], d.photometric, 3, 8, 8, False)
            return StoragePlan(form, Rescale(), [], keeps_codestream=True)
        return StoragePlan(_colour(d), Rescale(), [])
    return StoragePlan(StoredFormat(str(ExplicitVRLittleEndian), "RGB", 3, 8, 8, False), Rescale(), [])


def _may_be_negative(d: PixelDescription, rescales: list[Rescale]) -> bool:
    """Say whether modality values may be negative, by which a VOI LUT's first value has a sign (PS3.3 C.11.2.1.1).

    What the header allows decides, not the values that this image happens to have.
    """
    if d.keyword != "PixelData":
        return True
    span = 1 << d.bits_stored
    ends = (-span // 2, span // 2 - 1) if d.is_signed else (0, span - 1)
    return any(min(end * each.slope for end in ends) + each.intercept < 0 for each in rescales)


def _are_written_out(rescales: list[Rescale]) -> bool:
    return len(rescales) > 1 or rescales[0].slope < 0


def _plan_wide(
    reader: FrameReader, d: PixelDescription, rescales: list[Rescale], padding: Padding | None
) -> StoragePlan:
    wide = wide_range_of(reader, padding, rescales if _are_written_out(rescales) else ())
    combined = wide.source_rescale
    if not wide.rescales:
        (outer,) = rescales
        combined = Rescale(combined.slope * outer.slope, combined.intercept * outer.slope + outer.intercept)
    return StoragePlan(_gray(d, 16, 16, wide.dtype == "<i2"), combined, wide.conversions, wide=wide)


def _tells_the_same(found: Codestream | None, d: PixelDescription, syntax: str) -> bool:
    """Say whether a codestream is what its syntax names and agrees with the DICOM header on depth and sign."""
    if found is None or found.process != PROCESS_OF.get(syntax, "j2k"):
        return False
    if found.precision != d.bits_stored or (found.precision > 8) != (d.bits_allocated == 16):
        return False
    return found.is_signed is None or found.is_signed == d.is_signed


def _gray(d: PixelDescription, bits_allocated: int, bits_stored: int, is_signed: bool) -> StoredFormat:
    return StoredFormat(_compact_syntax(d), d.photometric, 1, bits_allocated, bits_stored, is_signed)


def _colour(d: PixelDescription) -> StoredFormat:
    return StoredFormat(_compact_syntax(d), "RGB", 3, 8, 8, False)


def _compact_syntax(d: PixelDescription) -> str:
    return str(JPEGLSLossless if d.rows * d.columns >= SMALL_IMAGE_PIXELS else ExplicitVRLittleEndian)


def stored_frames(reader: FrameReader, plan: StoragePlan) -> Iterator[tuple[bytes | memoryview, np.ndarray]]:
    """Yield (stored bytes, decoded source array) of each frame."""
    if plan.keeps_codestream:
        for data, array in zip(reader.codestreams(), reader.arrays(), strict=True):
            yield bare_codestream(data), array
        return
    for index, array in enumerate(reader.arrays()):
        yield plan.encode(plan.convert(array, index)), array
