"""PNG and JPEG: decoded by Pillow under limits, written like any other instance, without any spacing."""

import hashlib
import warnings as python_warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from labelhub.imaging.dicom.answer import ImportRequest
from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.drawing.pixels import thinned
from labelhub.imaging.dicom.drawing.rendering import luma, picture_of
from labelhub.imaging.dicom.drawing.views import View, auto_view, shows_one_grey
from labelhub.imaging.dicom.facts import identity_facts
from labelhub.imaging.dicom.identity.identity import Identity, Pseudonyms
from labelhub.imaging.dicom.identity.kinds import IMAGE
from labelhub.imaging.dicom.instance import instance_facts
from labelhub.imaging.dicom.limits import MAX_INSTANCE_BYTES, MAX_RASTER_PIXELS, MAX_ROWS_COLUMNS
from labelhub.imaging.dicom.order.geometry import MAX_ASPECT, NO_SPACING
from labelhub.imaging.dicom.rasters.png16 import is_cut_to_8_bits, read_16_bit_png
from labelhub.imaging.dicom.storing.display import Display, one_for_all
from labelhub.imaging.dicom.storing.frames import is_uniform
from labelhub.imaging.dicom.storing.metadata import ImageMetadata, to_dicom_json
from labelhub.imaging.dicom.storing.output import OutputFolder
from labelhub.imaging.dicom.storing.stored import SMALL_IMAGE_PIXELS, StoredFormat, encode_jpeg_ls
from labelhub.imaging.dicom.values.rescale import Rescale
from labelhub.imaging.dicom.values.samples import eight_bit

PNG_START, JPEG_START = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
FORMATS = ("PNG", "JPEG")
SIXTEEN_BIT_MODES = frozenset(("I;16", "I;16B", "I;16L", "I;16N", "I"))
REDUCED = "reduced_to_8_bit"
ORIENTATION_TAG, TURNED_BY_90 = 0x112, (5, 6, 7, 8)
DOTS_ROUNDING = 0.02
"""Scanners count dots in whole numbers, and convert them from inches."""

Image.MAX_IMAGE_PIXELS = MAX_RASTER_PIXELS


def looks_like_raster(head: bytes) -> bool:
    """Say whether a file begins as PNG or JPEG."""
    return head.startswith((PNG_START, JPEG_START))


def import_raster(
    request: ImportRequest, content_sha256: str, folder: OutputFolder, pseudonyms: Pseudonyms
) -> dict[str, Any]:
    """Import a PNG or JPEG as one instance of a study of its own.

    Raises:
        ImportRejected: damaged_raster, animated_raster or image_too_large.
    """
    if request.path.stat().st_size > MAX_INSTANCE_BYTES:
        raise ImportRejected("file_too_large")
    array, found, aspect = read_raster(request.path)
    identity = Identity(content_sha256, content_sha256, content_sha256)
    metadata = _metadata(array, identity, request, pseudonyms)
    metadata.aspect = aspect
    conversions = [REDUCED] if REDUCED in found else []
    metadata.display = _display(array) if array.ndim == 2 else None
    is_plain = metadata.format.syntax_uid == ExplicitVRLittleEndian
    folder.write_frame(array.data if is_plain else encode_jpeg_ls(array))
    folder.write_metadata(to_dicom_json(metadata))
    view = metadata.display.offered[0] if metadata.display else None
    gray = luma(picture_of(thinned(array), Rescale(), view, is_inverse=False))
    folder.write_thumbnail(gray, aspect)
    if is_uniform(array):
        found.append("uniform_image")
    own: dict[str, Any] = {
        "view_position": None,
        "laterality": None,
        "is_radiograph": False,
        "image_type": [],
        "spacing": NO_SPACING.as_json(aspect),
        "position_key": 0.0,
        "kind": IMAGE,
        "place": {"number": 1},
        "frame_order": [],
        "pixel_sha256": hashlib.sha256(array.data).hexdigest(),
    }
    return {
        "kind": "raster",
        "warnings": found,
        "has_pixels": True,
        **identity_facts(identity, pseudonyms),
        "study": {"day_ordinal": None, "uid": metadata.study_uid},
        "series": {"uid": metadata.series_uid, "number": None, "modality": "OT", "label": "Image"},
        "instance": instance_facts(metadata, conversions, folder) | own,
        "model_input": folder.write_model_input(gray, *array.shape[:2], aspect=aspect),
    }


def read_raster(path: Path) -> tuple[np.ndarray, list[str], float]:
    """Decode to (rows, columns) uint8 or uint16, or (rows, columns, 3) uint8, upright; also return warnings and aspect.

    The aspect is the distance of rows over that of columns.
    """
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(path, formats=FORMATS) as image:
                return *_decode(image, path), _aspect_of(image)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise ImportRejected("image_too_large") from None
        except (
            UnidentifiedImageError,
            OSError,
            ValueError,
            SyntaxError,
            TypeError,
            KeyError,
            IndexError,
            AttributeError,
        ):
            raise ImportRejected("damaged_raster") from None


def _decode(image: Image.Image, path: Path) -> tuple[np.ndarray, list[str]]:
    if max(image.size) > MAX_ROWS_COLUMNS:
        raise ImportRejected("image_too_large")
    found = []
    if image.format == "MPO":
        # What a telephone writes behind its picture: a preview, a depth map.
        found.append("first_picture_taken")
    elif getattr(image, "is_animated", False):
        raise ImportRejected("animated_raster")
    image.load()
    # The orientation tag of a photograph of a film is obeyed once, here; nothing else of its EXIF is read.
    upright = ImageOps.exif_transpose(image) or image
    if upright.has_transparency_data:
        found.append("alpha_removed")
    if upright.mode in SIXTEEN_BIT_MODES:
        return np.clip(np.asarray(upright), 0, 65_535).astype("<u2"), found
    if is_cut_to_8_bits(path):
        return _sixteen_bits(read_16_bit_png(path), found)
    if upright.mode in ("1", "L"):
        return np.ascontiguousarray(upright.convert("L")), found
    if upright.mode == "LA":
        return np.ascontiguousarray(upright.getchannel("L")), found
    rgb = np.ascontiguousarray(upright.convert("RGB"))
    if _is_gray(rgb):
        return np.ascontiguousarray(rgb[..., 0]), found
    return rgb, found


def _aspect_of(image: Image.Image) -> float:
    """Return the shape of a pixel that the file gives by its dots per length, or bare (PNG 11.3.4.3, JFIF 1.02)."""
    across, down = (
        image.info.get("aspect") or image.info.get("jfif_density") or image.info.get("dpi") or (1, 1)
    )
    if not (across > 0 and down > 0):
        return 1.0
    ratio = across / down
    if image.getexif().get(ORIENTATION_TAG, 1) in TURNED_BY_90:
        ratio = 1 / ratio
    is_square = abs(ratio - 1) < DOTS_ROUNDING or not 1 / MAX_ASPECT <= ratio <= MAX_ASPECT
    return 1.0 if is_square else ratio


def _sixteen_bits(samples: np.ndarray, found: list[str]) -> tuple[np.ndarray, list[str]]:
    """Keep gray as it is; colour is shown with 8 bits, and says so."""
    if samples.ndim == 2 or _is_gray(samples):
        return np.ascontiguousarray(samples if samples.ndim == 2 else samples[..., 0]), found
    return eight_bit(samples, 16), [*found, REDUCED]


def _is_gray(rgb: np.ndarray) -> bool:
    """Say whether all three channels are equal, as in radiographs saved as colour: they keep window and level."""
    return bool((rgb[..., 0] == rgb[..., 1]).all() and (rgb[..., 0] == rgb[..., 2]).all())


def _display(gray: np.ndarray) -> Display:
    """Return the whole range of 8 bits and the automatic window, the one first that shows something."""
    auto = auto_view(gray)
    if gray.dtype != np.uint8:
        return one_for_all([auto])
    full = View("Full", 128.0, 256.0)
    return one_for_all([auto, full] if shows_one_grey(full, auto, gray, None) else [full, auto])


def _metadata(
    array: np.ndarray, identity: Identity, request: ImportRequest, pseudonyms: Pseudonyms
) -> ImageMetadata:
    is_colour = array.ndim == 3
    bits = array.dtype.itemsize * 8
    form = StoredFormat(
        syntax_uid=str(
            JPEGLSLossless
            if is_colour and array[..., 0].size >= SMALL_IMAGE_PIXELS
            else ExplicitVRLittleEndian
        ),
        photometric="RGB" if is_colour else "MONOCHROME2",
        samples_per_pixel=3 if is_colour else 1,
        bits_allocated=bits,
        bits_stored=bits,
        is_signed=False,
    )
    return ImageMetadata(
        study_uid=request.uids.get("study") or pseudonyms.uid_of("study", identity.study_uid),
        series_uid=request.uids.get("series") or pseudonyms.uid_of("series", identity.series_uid),
        sop_uid=request.uids.get("instance") or pseudonyms.uid_of("instance", identity.sop_uid),
        sop_class_uid=None,
        frame_of_reference_uid=None,
        modality="OT",
        series_number=None,
        instance_number=1,
        rows=array.shape[0],
        columns=array.shape[1],
        n_frames=1,
        format=form,
        rescale=Rescale(),
        display=None,
        plane=None,
    )
