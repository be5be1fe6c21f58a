"""The description of the pixels (PS3.3 C.7.6.3), checked by arithmetic before anything is decoded."""

from dataclasses import dataclass
from math import prod

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.codes import ImportRejected, Warnings
from labelhub.imaging.dicom.files.structure import PixelElement
from labelhub.imaging.dicom.header.attributes import integer_of, is_present, text_of
from labelhub.imaging.dicom.limits import MAX_FRAME_BYTES, MAX_INSTANCE_BYTES, MAX_ROWS_COLUMNS

MONOCHROME = ("MONOCHROME1", "MONOCHROME2")
CODESTREAM_COLOUR = ("YBR_PARTIAL_420", "YBR_PARTIAL_422", "YBR_ICT", "YBR_RCT")
"""Colour that only a decoder of JPEG or JPEG 2000 turns into RGB (PS3.5 8.2.1, 8.2.4)."""

COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", *CODESTREAM_COLOUR)
PALETTE = "PALETTE COLOR"

BITS_ALLOCATED = (1, 8, 16, 32, 64)
FLOAT_BITS = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}


@dataclass(frozen=True)
class PixelDescription:
    """What the header says of the pixels. `bits_stored` of float pixels is their size."""

    rows: int
    columns: int
    n_frames: int
    samples_per_pixel: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    planar_configuration: int
    keyword: str

    @property
    def frame_bits(self) -> int:
        """Size of one uncompressed frame in bits."""
        return prod((self.rows, self.columns, self.samples_per_pixel, self.bits_allocated))


def describe_pixels(header: Dataset, pixels: PixelElement, warnings: Warnings) -> PixelDescription:
    """Read and check the pixel description; what is odd but has one meaning is added to `warnings`.

    Raises:
        ImportRejected: missing_attribute, bad_pixel_description, unsupported_pixel_format or image_too_large.
    """
    float_bits = FLOAT_BITS.get(pixels.keyword)
    bits_allocated = float_bits or _required(header, "BitsAllocated")
    bits_stored = float_bits or _optional(header, "BitsStored", bits_allocated)
    photometric = _photometric(header, warnings)
    samples = integer_of(header, "SamplesPerPixel") or (3 if photometric in COLOUR else 1)
    description = PixelDescription(
        rows=_required(header, "Rows"),
        columns=_required(header, "Columns"),
        n_frames=_n_frames(header),
        samples_per_pixel=samples,
        photometric=photometric,
        bits_allocated=bits_allocated,
        bits_stored=bits_stored,
        high_bit=bits_stored - 1 if float_bits else _high_bit(header, bits_allocated, bits_stored, warnings),
        is_signed=_is_signed(header, warnings),
        planar_configuration=_optional(header, "PlanarConfiguration", 0),
        keyword=pixels.keyword,
    )
    _check(description)
    return description


def check_native_length(description: PixelDescription, pixels: PixelElement, available: int) -> bool:
    """Compare native pixel data with the description; return whether there is a surplus.

    Raises:
        ImportRejected: pixel_data_truncated.
    """
    length = min(pixels.length or 0, available)
    expected = (description.frame_bits * description.n_frames + 7) // 8
    if description.photometric == "YBR_FULL_422":
        expected = expected // 3 * 2
    if length < expected:
        raise ImportRejected("pixel_data_truncated")
    return length > expected + expected % 2


def _required(header: Dataset, keyword: str) -> int:
    if not is_present(header, keyword):
        raise ImportRejected("missing_attribute", keyword)
    value = integer_of(header, keyword)
    if value is None:
        raise ImportRejected("bad_pixel_description", keyword)
    return value


def _optional(header: Dataset, keyword: str, default: int) -> int:
    value = integer_of(header, keyword)
    return default if value is None else value


def _is_signed(header: Dataset, warnings: Warnings) -> bool:
    sign = integer_of(header, "PixelRepresentation")
    if sign not in (0, 1) and is_present(header, "PixelRepresentation"):
        warnings.append("bad_pixel_representation")
    return sign == 1


def _photometric(header: Dataset, warnings: Warnings) -> str:
    """Return the photometric interpretation, by which low values of a gray image are dark, or bright if either it or
    the presentation LUT shape says so (C.7.6.3.1.2, C.11.6.1.2); the two should say the same."""
    photometric = (text_of(header, "PhotometricInterpretation") or "").upper()
    if not photometric:
        raise ImportRejected("missing_attribute", "PhotometricInterpretation")
    shape = (text_of(header, "PresentationLUTShape") or "").upper()
    if is_present(header, "PresentationLUTSequence"):
        warnings.tell("presentation_lut_not_applied", "PresentationLUTSequence")
    if shape not in ("", "IDENTITY", "INVERSE"):
        warnings.tell("presentation_lut_not_applied", "PresentationLUTShape")
    if (photometric, shape) in (("MONOCHROME1", "IDENTITY"), ("MONOCHROME2", "INVERSE")):
        warnings.append("polarity_contradiction")
        return "MONOCHROME1"
    return photometric


def _high_bit(header: Dataset, bits_allocated: int, bits_stored: int, warnings: Warnings) -> int:
    """Return the place of the highest bit; one above Bits Allocated or below Bits Stored is taken for the usual one."""
    high_bit = _optional(header, "HighBit", bits_stored - 1)
    if bits_stored - 1 <= high_bit < bits_allocated:
        return high_bit
    warnings.append("bad_high_bit")
    return bits_stored - 1


def _n_frames(header: Dataset) -> int:
    if not is_present(header, "NumberOfFrames"):
        return 1
    n_frames = integer_of(header, "NumberOfFrames")
    if n_frames is None or n_frames < 0:
        raise ImportRejected("bad_pixel_description")
    return n_frames or 1


def _check(description: PixelDescription) -> None:
    d = description
    if not (1 <= d.rows <= MAX_ROWS_COLUMNS and 1 <= d.columns <= MAX_ROWS_COLUMNS):
        raise ImportRejected("bad_pixel_description")
    if d.bits_allocated not in BITS_ALLOCATED:
        # The standard knows others: packed ones of 12 (retired), and every multiple of 8.
        is_possible = 1 <= d.bits_allocated <= max(BITS_ALLOCATED)
        raise ImportRejected(
            "unsupported_pixel_format" if is_possible else "bad_pixel_description", "BitsAllocated"
        )
    if not 1 <= d.bits_stored <= d.bits_allocated:
        raise ImportRejected("bad_pixel_description", "BitsStored")
    expected_samples = (
        1 if d.photometric in (*MONOCHROME, PALETTE) else 3 if d.photometric in COLOUR else None
    )
    if expected_samples is None:
        raise ImportRejected("unsupported_pixel_format", "PhotometricInterpretation")
    if d.samples_per_pixel != expected_samples:
        raise ImportRejected("unsupported_pixel_format", "SamplesPerPixel")
    if d.samples_per_pixel == 3 and d.planar_configuration not in (0, 1):
        raise ImportRejected("bad_pixel_description")
    frame_bytes = (d.frame_bits + 7) // 8
    if frame_bytes > MAX_FRAME_BYTES or frame_bytes * d.n_frames > MAX_INSTANCE_BYTES:
        raise ImportRejected("image_too_large")
