"""Synthetic DICOM, PNG and zip bytes for tests: made-up persons, made-up pixels, and hostile forms built by hand."""

import io
import struct
import zlib
from typing import Any, Literal

import jpeg_ls
import numpy as np
import openjpeg
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.factories.jpeg_lossless import encode_jpeg_lossless

ROOT = "1.2.826.0.1.3680043.10.1511"
STUDY_UID, SERIES_UID, SOP_UID = f"{ROOT}.1", f"{ROOT}.1.1", f"{ROOT}.1.1.1"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
COMPUTED_RADIOGRAPHY = "1.2.840.10008.5.1.4.1.1.1"

NATIVE = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian)


def gradient(
    rows: int = 64, columns: int = 80, *, low: int = 0, high: int = 4000, dtype: str = "u2"
) -> np.ndarray:
    """Return a diagonal ramp (rows, columns) whose corner is the lowest value and whose other corner is the highest."""
    steps = np.add.outer(np.arange(rows), np.arange(columns)) / (rows + columns - 2)
    return np.rint(low + steps * (high - low)).astype(dtype)


def noisy(pixels: np.ndarray, *, seed: int = 7) -> np.ndarray:
    """Return the picture with a little noise, clipped to its range: what a lossy encoding changes."""
    low, high = int(pixels.min()), int(pixels.max())
    noise = np.random.default_rng(seed).normal(0, (high - low) / 100, pixels.shape)
    return np.clip(pixels + noise, low, high).astype(pixels.dtype)


def colours(rows: int = 64, columns: int = 80) -> np.ndarray:
    """Return (rows, columns, 3) uint8 with a different ramp in each channel."""
    ramp = gradient(rows, columns, high=255, dtype="u1")
    return np.stack([ramp, ramp[::-1], ramp[:, ::-1]], axis=-1)


def image_dataset(pixels: np.ndarray, *, n_frames: int = 1, **elements: Any) -> Dataset:
    """Return a data set that describes `pixels`, (rows, columns[, 3]) or with frames first, without pixel data."""
    frame = pixels[0] if n_frames > 1 else pixels
    bits = frame.dtype.itemsize * 8
    ds = Dataset()
    ds.SOPClassUID = SECONDARY_CAPTURE
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = SOP_UID, STUDY_UID, SERIES_UID
    ds.PatientID, ds.PatientName = "P-0001", "Example^Person"
    ds.StudyDate, ds.PatientAge, ds.PatientSex = "20200229", "034Y", "F"
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = "OT", 1, 1
    ds.Rows, ds.Columns = frame.shape[:2]
    ds.SamplesPerPixel = 3 if frame.ndim == 3 else 1
    ds.PhotometricInterpretation = "RGB" if frame.ndim == 3 else "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = bits, bits, bits - 1
    ds.PixelRepresentation = int(frame.dtype.kind == "i")
    if frame.ndim == 3:
        ds.PlanarConfiguration = 0
    if n_frames > 1:
        ds.NumberOfFrames = n_frames
    for keyword, value in elements.items():
        if value is None:
            if keyword in ds:
                delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    return ds


def radiograph_dataset(pixels: np.ndarray, **elements: Any) -> Dataset:
    """Return a frontal computed radiograph, MONOCHROME1, with detector spacing."""
    own = {
        "SOPClassUID": COMPUTED_RADIOGRAPHY,
        "Modality": "CR",
        "PhotometricInterpretation": "MONOCHROME1",
        "BodyPartExamined": "CHEST",
        "ViewPosition": "PA",
        "ImagerPixelSpacing": [0.2, 0.2],
    }
    return image_dataset(pixels, **(own | elements))


def dicom_bytes(
    pixels: np.ndarray | None,
    *,
    dataset: Dataset | None = None,
    syntax: UID = ExplicitVRLittleEndian,
    n_frames: int = 1,
    preamble: bytes = bytes(128),
    **elements: Any,
) -> bytes:
    """Return a DICOM file of `pixels` in a transfer syntax; `elements` set (or with None remove) attributes."""
    if dataset is None:
        dataset = image_dataset(
            np.zeros((1, 1), "u1") if pixels is None else pixels, n_frames=n_frames, **elements
        )
    if pixels is not None:
        _put_pixels(dataset, pixels, UID(syntax), n_frames)
    return file_bytes(dataset, syntax=UID(syntax), preamble=preamble)


def file_bytes(
    dataset: Dataset, *, syntax: UID = ExplicitVRLittleEndian, preamble: bytes = bytes(128)
) -> bytes:
    """Return a data set as a DICOM file."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", SECONDARY_CAPTURE)
    dataset.file_meta.MediaStorageSOPInstanceUID = SOP_UID
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    dataset.preamble = preamble
    target = io.BytesIO()
    dataset.save_as(target, enforce_file_format=True)
    return target.getvalue()


def _put_pixels(ds: Dataset, pixels: np.ndarray, syntax: UID, n_frames: int) -> None:
    frames = list(pixels) if n_frames > 1 else [pixels]
    if not syntax.is_compressed:
        order: Literal["<", ">"] = ">" if syntax == ExplicitVRBigEndian else "<"
        data = np.stack(frames).astype(pixels.dtype.newbyteorder(order)).tobytes()
        ds.PixelData = data + b"\0" * (len(data) % 2)
        ds["PixelData"].VR = "OB" if pixels.dtype.itemsize == 1 else "OW"
    elif syntax == RLELossless:
        ds.PixelData = np.stack(frames).tobytes()
        ds["PixelData"].VR = "OW"
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.compress(RLELossless, generate_instance_uid=False)
    else:
        ds.PixelData = encapsulate([encode_frame(frame, syntax, ds.BitsStored) for frame in frames])
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True


def encode_frame(frame: np.ndarray, syntax: UID, bits_stored: int) -> bytes:
    """Encode (rows, columns[, 3]) as JPEG, JPEG Lossless (gray), JPEG-LS or JPEG 2000."""
    if syntax == JPEGBaseline8Bit:
        target = io.BytesIO()
        Image.fromarray(frame).save(target, "JPEG", quality=90)
        return target.getvalue()
    if syntax in (JPEGLSLossless, JPEGLSNearLossless):
        mask = (1 << bits_stored) - 1
        samples = 3 if frame.ndim == 3 else 1
        data = bytes(
            jpeg_ls.encode_buffer(
                (frame.astype(f"u{frame.dtype.itemsize}") & mask).tobytes(),
                frame.shape[0],
                frame.shape[1],
                samples,
                bits_stored,
                lossy_error=2 if syntax == JPEGLSNearLossless else 0,
                interleave_mode=2 if samples == 3 else None,
            )
        )
        return data + b"\0" * (len(data) % 2)
    if syntax in (JPEG2000Lossless, JPEG2000):
        lossy = {"compression_ratios": [4.0]} if syntax == JPEG2000 else {}
        colour = 1 if frame.ndim == 3 else 2
        data = bytes(openjpeg.utils.encode_array(frame, bits_stored, colour, **lossy))
        return data + b"\0" * (len(data) % 2)
    if syntax in (JPEGLossless, JPEGLosslessSV1):
        data = encode_jpeg_lossless(frame, bits_stored)
        return data + b"\0" * (len(data) % 2)
    raise ValueError(f"no encoder for {syntax}")


def element(tag: int, vr: str, value: bytes, length: int | None = None) -> bytes:
    """Return one explicit little endian element; `length` may lie."""
    size = len(value) if length is None else length
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    long_form = vr in ("OB", "OW", "OF", "OD", "SQ", "UN", "UT", "UC", "UR")
    return head + (struct.pack("<HL", 0, size) if long_form else struct.pack("<H", size)) + value


def raw_file(body: bytes, *, syntax: str = "1.2.840.10008.1.2.1", preamble: bytes = bytes(128)) -> bytes:
    """Return a DICOM file around a data set that was written by hand."""
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    meta = element(0x00020010, "UI", uid)
    return preamble + b"DICM" + element(0x00020000, "UL", struct.pack("<L", len(meta))) + meta + body


def nested_sequences(depth: int) -> bytes:
    """Return sequences of undefined length inside one another."""
    opening = element(0x00400275, "SQ", b"", 0xFFFFFFFF) + struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF)
    closing = struct.pack("<HHL", 0xFFFE, 0xE00D, 0) + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    return opening * depth + closing * depth


def raster_bytes(pixels: np.ndarray, kind: str = "PNG", **options: Any) -> bytes:
    """Return pixels as PNG or JPEG."""
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, kind, **options)
    return target.getvalue()


def png_16_bytes(samples: np.ndarray) -> bytes:
    """Return uint16 samples (rows, columns, 1 to 4) as PNG, its rows filtered by difference to the left and above."""
    rows, columns, n = samples.shape
    data = samples.astype(">u2").view("u1").reshape(rows, columns * n * 2)
    lines = []
    for number, line in enumerate(data):
        before = np.concatenate([np.zeros(n * 2, "u1"), line[: -n * 2]])
        above = data[number - 1] if number else np.zeros_like(line)
        filtered = line - (above if number % 2 else before)
        lines.append(bytes([2 if number % 2 else 1]) + filtered.astype("u1").tobytes())
    colour_type = {1: 0, 2: 4, 3: 2, 4: 6}[n]
    header = struct.pack(">IIBBBBB", columns, rows, 16, colour_type, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
