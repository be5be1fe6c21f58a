"""Frames of an opened file, one at a time: as encoded, and as arrays decoded by pydicom and its plug-ins.

Nothing larger than a frame is held in memory. Arrays are what `Dataset.pixel_array` gives for each frame: native type,
planar configuration 0, YBR_FULL as RGB, no rescale.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from pydicom.encaps import generate_fragments, generate_frames, parse_basic_offsets
from pydicom.pixels import get_decoder
from pydicom.pixels.decoders.base import Decoder
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLSNearLossless,
    RLELossless,
)

from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.files.parse import GE_PRIVATE_BIG_ENDIAN_PIXELS, ParsedFile
from labelhub.imaging.dicom.files.structure import PixelElement, fragments_of
from labelhub.imaging.dicom.header.attributes import UNUSABLE, text_of, values_of
from labelhub.imaging.dicom.values.codestream import Codestream, read_codestream
from labelhub.imaging.dicom.values.description import CODESTREAM_COLOUR, PixelDescription, check_native_length
from labelhub.imaging.dicom.values.samples import sample_values, ybr_full_to_rgb

T = TypeVar("T")

DCT_PROCESSES = frozenset(("baseline", "extended", "progressive"))

BYTE_PROCESSES = DCT_PROCESSES | {"lossless"}
"""What is decoded to bytes where the codestream holds no more, whatever Bits Allocated says (PS3.5 8.2.1)."""

DECODER_FAULTS = (*UNUSABLE, RuntimeError, OSError, EOFError)


class FrameReader:
    """Reads the frames of one instance."""

    def __init__(self, parsed: ParsedFile, pixels: PixelElement, description: PixelDescription) -> None:
        self.parsed = parsed
        self.pixels = pixels
        self.description = description
        self.syntax = UID(parsed.transfer_syntax_uid)
        self.decoder = _decoder_for(self.syntax)
        self.plugin = ""
        self.formats: list[Codestream | None] = []
        self._size = parsed.source.seek(0, 2)
        self._fragments: tuple[list[int], list[int]] | None = None
        if self.decoder.is_encapsulated:
            self._check_encapsulated()
        else:
            self._check_native()
        self._check_colour()

    def codestreams(self) -> Iterator[bytes]:
        """Yield the encoded frames of encapsulated pixel data, at most as many as the header says."""
        # A handle of its own, so that this can be read in step with `arrays`.
        with self.parsed.path.open("rb") as source:
            source.seek(self.pixels.offset)
            frames = generate_frames(
                source, number_of_frames=self.description.n_frames, extended_offsets=self._extended_offsets()
            )
            yield from self._counted(frames)

    def arrays(self) -> Iterator[np.ndarray]:
        """Yield the decoded frames.

        Raises:
            ImportRejected: undecodable_pixels, pixel_data_truncated.
        """
        if self.description.bits_allocated == 1 and not self.decoder.is_encapsulated:
            yield from self._counted(self._single_bits())
            return
        self.parsed.source.seek(self.pixels.offset)
        # pydicom's conversion from YBR knows 8 bits only.
        is_deep = self.description.samples_per_pixel == 3 and self.description.bits_allocated > 8
        decoded = self.decoder.iter_array(
            self.parsed.source, decoding_plugin=self.plugin, raw=is_deep, **self._options()
        )
        for index, (array, properties) in enumerate(self._counted(decoded)):
            values = self._values(array, index)
            if is_deep and properties["photometric_interpretation"] in ("YBR_FULL", "YBR_FULL_422"):
                values = ybr_full_to_rgb(values, self.description.bits_stored)
            yield values

    def _single_bits(self) -> Iterator[np.ndarray]:
        """Yield frames of one bit a pixel, which follow each other without a gap (PS3.5 8.2): most begin within a byte.

        pydicom's iterator takes those for shorter ones.
        """
        d = self.description
        n_pixels = d.rows * d.columns
        # Words of the other byte order have their low bits, which come first, in the second byte.
        is_swapped = self.pixels.vr == "OW" and not self.parsed.encoding.little_endian
        for start in range(0, d.n_frames * n_pixels, n_pixels):
            self.parsed.source.seek(self.pixels.offset + start // 16 * 2)
            n_skipped = start % 16
            data = self.parsed.source.read((n_skipped + n_pixels + 15) // 16 * 2)
            read = (
                np.frombuffer(data, ">u2").astype("<u2").view("u1")
                if is_swapped
                else np.frombuffer(data, "u1")
            )
            bits = np.unpackbits(read, bitorder="little")
            yield bits[n_skipped : n_skipped + n_pixels].reshape(d.rows, d.columns)

    def _values(self, array: np.ndarray, index: int) -> np.ndarray:
        """Return the values of a decoded frame (`samples.sample_values`)."""
        d = self.description
        if array.dtype.kind == "f" or d.bits_allocated == 1:
            return array
        found = self.formats[index] if index < len(self.formats) else None
        if found and self._is_lossy(found):
            # What rings past Bits Stored is the brightest there is; masked, it would turn black.
            return array
        return sample_values(
            array,
            container_bits=found.precision if found else d.bits_allocated,
            bits_stored=d.bits_stored,
            high_bit=d.high_bit,
            is_signed=d.is_signed,
        )

    def _is_lossy(self, found: Codestream) -> bool:
        if not found.is_reversible or self.syntax == JPEGLSNearLossless:
            return True
        # The reversible wavelet with layers left out.
        return (
            self.syntax in (JPEG2000, HTJ2K) and text_of(self.parsed.header, "LossyImageCompression") == "01"
        )

    def _counted(self, frames: Iterator[T]) -> Iterator[T]:
        """Yield as many frames as the header says; fewer is a fault, more a warning."""
        n_read = 0
        try:
            for frame in frames:
                if n_read == self.description.n_frames:
                    self.warn("excess_frames")
                    return
                yield frame
                n_read += 1
        except DECODER_FAULTS:
            raise ImportRejected("undecodable_pixels") from None
        if n_read < self.description.n_frames:
            raise ImportRejected("pixel_data_truncated")

    def warn(self, code: str, *keywords: str) -> None:
        """Note a warning once, and the attributes it is about."""
        self.parsed.warnings.tell(code, *keywords)

    def _check_native(self) -> None:
        if self.pixels.length is None:
            raise ImportRejected(
                "damaged_structure" if self.syntax.is_transfer_syntax else "unsupported_syntax"
            )
        if check_native_length(self.description, self.pixels, self._size - self.pixels.offset):
            self.warn("excess_frames")

    def _check_encapsulated(self) -> None:
        """Compare the size that each frame claims with the header's, before any decoder sees it."""
        if self.pixels.length is not None:
            raise ImportRejected("damaged_structure")
        d = self.description
        fragments = fragments_of(self.parsed.source, self._size, self.pixels.offset, self.parsed.encoding)
        if len(fragments) == d.n_frames or (len(fragments) > d.n_frames and self._are_fragments_frames()):
            self._fragments = [start for start, _ in fragments], [length for _, length in fragments]
        for data in self.codestreams():
            found = read_codestream(data)
            if found and (found.rows, found.columns, found.samples_per_pixel) != (
                d.rows,
                d.columns,
                d.samples_per_pixel,
            ):
                raise ImportRejected("codestream_mismatch")
            self.formats.append(found)
        processes = {found.process for found in self.formats if found and found.precision == 8}
        if None not in self.formats and processes and processes <= DCT_PROCESSES:
            # 8-bit DCT, under whatever JPEG label.
            self.decoder, self.plugin = get_decoder(JPEGBaseline8Bit), "pillow"

    def _are_fragments_frames(self) -> bool:
        """Say whether each fragment begins a frame, so that the header counts too few of them."""
        if self.syntax == RLELossless:
            return True  # PS3.5 A.4.2
        with self.parsed.path.open("rb") as source:
            source.seek(self.pixels.offset)
            parse_basic_offsets(source)
            return all(read_codestream(fragment) is not None for fragment in generate_fragments(source))

    def _check_colour(self) -> None:
        """Refuse colour whose conversion to RGB belongs to a codestream that is not there."""
        processes = {found.process if found else None for found in self.formats}
        if self.description.photometric in CODESTREAM_COLOUR and not (
            processes and processes <= {*DCT_PROCESSES, "j2k"}
        ):
            raise ImportRejected("unsupported_pixel_format", "PhotometricInterpretation")

    def _options(self) -> dict[str, Any]:
        d = self.description
        options: dict[str, Any] = {
            "rows": d.rows,
            "columns": d.columns,
            "number_of_frames": d.n_frames,
            "samples_per_pixel": d.samples_per_pixel,
            "photometric_interpretation": self._decoded_photometric,
            "bits_allocated": self._decoded_bits,
            "bits_stored": min(d.bits_stored, self._decoded_bits),
            "pixel_keyword": d.keyword,
            "pixel_vr": self.pixels.vr or "OW",
            "correct_unused_bits": False,
        }
        if d.keyword == "PixelData":
            options["pixel_representation"] = int(d.is_signed)
        if d.samples_per_pixel > 1:
            # Codestreams have an order of their own, which their decoders know (PS3.5 8.2); many headers say another.
            options["planar_configuration"] = 0 if self.decoder.is_encapsulated else d.planar_configuration
        offsets = self._extended_offsets()
        if offsets:
            options["extended_offsets"] = offsets
        return options

    @property
    def _decoded_photometric(self) -> str:
        """Return the photometric interpretation; a JPEG 2000 stream that is made of RGB is that, whatever its label."""
        is_rgb = bool(self.formats) and all(found is not None and found.is_made_rgb for found in self.formats)
        return "YBR_RCT" if is_rgb else self.description.photometric

    @property
    def _decoded_bits(self) -> int:
        """Return the width of a decoded sample: that of the codestream where it is a JPEG of bytes in wider samples."""
        is_bytes = bool(self.formats) and all(
            found is not None and found.precision <= 8 and found.process in BYTE_PROCESSES
            for found in self.formats
        )
        return min(8, self.description.bits_allocated) if is_bytes else self.description.bits_allocated

    def _extended_offsets(self) -> tuple[list[int], list[int]] | tuple[bytes, bytes] | None:
        """Return where frames begin and how long they are, where that is known without the basic offset table.

        As many fragments as frames, or more that each begin one, are one each (PS3.5 A.4), whatever the basic table
        says: some are full of zeros.
        """
        tables = [
            values_of(self.parsed.header, keyword)[:1]
            for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")
        ]
        match tables:
            case [[bytes(offsets)], [bytes(lengths)]] if len(offsets) == len(lengths):
                return offsets, lengths
        return self._fragments


def _decoder_for(syntax: UID) -> Decoder:
    if syntax == GE_PRIVATE_BIG_ENDIAN_PIXELS:
        return get_decoder(ExplicitVRBigEndian)
    try:
        return get_decoder(syntax)
    except NotImplementedError:
        pass
    if syntax.is_private or not syntax.is_transfer_syntax:
        # A private or unknown name for plain pixels is common; the length check decides whether they are plain.
        return get_decoder(ExplicitVRLittleEndian)
    raise ImportRejected("unsupported_syntax")
