"""What writers of files get wrong, or do in their own way, where it still has one meaning."""

import struct
from functools import partial

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from labelhub.imaging.dicom.drawing.rendering import default_view, first_view
from tests.factories.dicom import colours, dicom_bytes, encode_frame, file_bytes, gradient, image_dataset
from tests.unit.imaging.conftest import ImportBytes, Imported
from tests.unit.imaging.opened import curve, enhanced, names, window
from tests.unit.imaging.test_luts import lut_item

RAMP = gradient(high=4000)
BYTES = gradient(high=255, dtype="u1")


def shown(found: Imported, frame: int = 1) -> np.ndarray:
    return first_view(found.frame(frame), found.metadata, frame)


def encode_rle(frame: np.ndarray) -> bytes:
    return RLELosslessEncoder.encode(
        frame,
        rows=frame.shape[0],
        columns=frame.shape[1],
        samples_per_pixel=1,
        number_of_frames=1,
        bits_allocated=16,
        bits_stored=16,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
    )


def packed_into_words(entries: np.ndarray) -> Dataset:
    """A table of bytes, two of which lie in each word of VR US (PS3.3 C.11.1.1.1)."""
    item = lut_item(entries, 0, 8)
    item.add_new("LUTData", "US", [int(word) for word in np.frombuffer(item.LUTData, "<u2")])
    return item


def test_bytes_of_a_table_may_be_packed_into_words_of_us(import_bytes: ImportBytes) -> None:
    item = packed_into_words(255 - np.arange(256))
    voi = import_bytes(dicom_bytes(BYTES, dataset=image_dataset(BYTES, VOILUTSequence=[item])))
    assert (voi.answer["warnings"], names(voi)) == ([], ["File LUT"])
    np.testing.assert_array_equal(shown(voi), 255 - BYTES)
    modality = import_bytes(dicom_bytes(BYTES, dataset=image_dataset(BYTES, ModalityLUTSequence=[item])))
    np.testing.assert_array_equal(modality.frame(), 255 - BYTES)


def test_entries_wider_than_their_descriptor_says_are_not_cut(import_bytes: ImportBytes) -> None:
    entries = curve(4001, 4095)
    item = lut_item(entries, 0, 12)
    item.LUTDescriptor = [4001, 0, 8]
    voi = import_bytes(dicom_bytes(RAMP, dataset=image_dataset(RAMP, VOILUTSequence=[item])))
    np.testing.assert_allclose(shown(voi), entries[RAMP] * (255 / 4095), atol=1)
    modality = import_bytes(dicom_bytes(RAMP, dataset=image_dataset(RAMP, ModalityLUTSequence=[item])))
    np.testing.assert_array_equal(modality.frame(), entries[RAMP])


def test_a_palette_called_of_8_bits_may_have_its_colours_in_the_high_bytes(import_bytes: ImportBytes) -> None:
    dataset = image_dataset(BYTES, PhotometricInterpretation="PALETTE COLOR")
    tables = {"Red": np.arange(256), "Green": 255 - np.arange(256), "Blue": np.full(256, 9)}
    for colour, table in tables.items():
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 8])
        setattr(dataset, f"{colour}PaletteColorLookupTableData", (table * 256).astype("<u2").tobytes())
    found = import_bytes(dicom_bytes(BYTES, dataset=dataset))
    np.testing.assert_array_equal(found.frame(), np.stack([BYTES, 255 - BYTES, BYTES * 0 + 9], axis=-1))


@pytest.mark.parametrize("relationship", ["LOG", "DISP"])
def test_a_modality_lut_of_angiography_is_not_for_display(
    import_bytes: ImportBytes, relationship: str
) -> None:
    dataset = image_dataset(
        RAMP,
        ModalityLUTSequence=[lut_item(curve(4001, 4095)[::-1], 0, 12)],
        Modality="XA",
        PixelIntensityRelationship=relationship,
        WindowCenter=2000,
        WindowWidth=4001,
    )
    found = import_bytes(dicom_bytes(RAMP, dataset=dataset))
    assert found.answer["warnings"] == ["modality_lut_not_applied"]
    np.testing.assert_array_equal(found.frame(), RAMP)


@pytest.mark.parametrize("vr", ["OB", "OW"])
@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian], ids=lambda syntax: syntax.name
)
def test_single_bits_are_found_in_either_byte_order(import_bytes: ImportBytes, syntax: UID, vr: str) -> None:
    frames = [(np.add.outer(np.arange(35), np.arange(37)) + n) % 3 == 0 for n in range(3)]
    dataset = image_dataset(np.zeros((35, 37), "u1"), BitsAllocated=1, BitsStored=1, HighBit=0)
    dataset.NumberOfFrames = 3
    data = np.packbits(np.concatenate([each.reshape(-1) for each in frames]), bitorder="little").tobytes()
    data += b"\0" * (len(data) % 2)
    is_swapped = syntax == ExplicitVRBigEndian and vr == "OW"
    dataset.PixelData = np.frombuffer(data, "<u2").astype(">u2").tobytes() if is_swapped else data
    dataset["PixelData"].VR = vr
    found = import_bytes(file_bytes(dataset, syntax=syntax))
    for number, frame in enumerate(frames, start=1):
        np.testing.assert_array_equal(found.frame(number), frame)


def test_the_planar_configuration_of_a_jpeg_is_its_own(import_bytes: ImportBytes) -> None:
    ramp = gradient(high=255, dtype="u1")
    pixels = np.stack([ramp, ramp, ramp[::-1]], axis=-1)
    elements = {"PhotometricInterpretation": "YBR_FULL_422", "syntax": JPEGBaseline8Bit}
    plain, planar = (
        import_bytes(dicom_bytes(pixels, PlanarConfiguration=planar, **elements)) for planar in (0, 1)
    )
    np.testing.assert_array_equal(planar.frame(), plain.frame())


@pytest.mark.parametrize("offsets", [(0, 0, 0), (0, 17, 40)])
def test_one_fragment_for_each_frame_needs_no_offset_table(
    import_bytes: ImportBytes, offsets: tuple[int, ...]
) -> None:
    frames = np.stack([gradient(high=high) for high in (4000, 3000, 2000)])
    dataset = image_dataset(frames, n_frames=3)
    fragments = encapsulate([encode_frame(frame, JPEGLSLossless, 16) for frame in frames], has_bot=False)
    table = struct.pack("<HHLLLL", 0xFFFE, 0xE000, 12, *offsets)
    dataset.PixelData = table + fragments[8:]
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    found = import_bytes(file_bytes(dataset, syntax=JPEGLSLossless))
    for number, frame in enumerate(frames, start=1):
        np.testing.assert_array_equal(found.frame(number), frame)


@pytest.mark.parametrize(
    "syntax", [JPEGLSLossless, JPEG2000Lossless, RLELossless], ids=lambda syntax: syntax.name
)
@pytest.mark.parametrize("n_said", [None, 1, 2])
def test_frames_beyond_those_counted_are_told(
    import_bytes: ImportBytes, syntax: UID, n_said: int | None
) -> None:
    frames = np.stack([gradient(high=high) for high in (4000, 3000, 2000)])
    encode = encode_rle if syntax == RLELossless else partial(encode_frame, syntax=syntax, bits_stored=16)
    dataset = image_dataset(frames, n_frames=3, NumberOfFrames=n_said)
    dataset.PixelData = encapsulate([encode(frame) for frame in frames], has_bot=False)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    found = import_bytes(file_bytes(dataset, syntax=syntax))
    assert found.answer["warnings"] == ["excess_frames"]
    assert found.answer["instance"]["n_frames"] == (n_said or 1)
    np.testing.assert_array_equal(found.frame(), frames[0])


@pytest.mark.parametrize("label", ["RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT"])
def test_jpeg_2000_that_is_made_of_rgb_is_that_whatever_its_label(
    import_bytes: ImportBytes, label: str
) -> None:
    pixels = colours()
    found = import_bytes(dicom_bytes(pixels, syntax=JPEG2000Lossless, PhotometricInterpretation=label))
    np.testing.assert_array_equal(found.frame(), pixels)


@pytest.mark.parametrize(
    ("center", "width"), [(b"\\1000 ", b"\\400"), (b"1000\\ ", b"400\\"), (b"x\\1000", b"7\\400 ")]
)
def test_a_window_beside_one_that_is_no_number_is_kept(
    import_bytes: ImportBytes, center: bytes, width: bytes
) -> None:
    data = dicom_bytes(RAMP, WindowCenter="7" * len(center), WindowWidth="8" * len(width))
    data = data.replace(b"7" * len(center), center).replace(b"8" * len(width), width)
    found = import_bytes(data)
    assert found.answer["warnings"] == ["bad_window"]
    view = default_view(found.metadata)
    assert view is not None
    assert (view.center, view.width) == (1000, 400)


def test_all_windows_are_offered_and_a_surplus_is_told(import_bytes: ImportBytes) -> None:
    def with_windows(count: int) -> Imported:
        centers = [2000 + n for n in range(count)]
        return import_bytes(dicom_bytes(RAMP, WindowCenter=centers, WindowWidth=[3000] * count))

    assert (len(names(with_windows(40))), with_windows(40).answer["warnings"]) == (40, [])
    assert (len(names(with_windows(41))), with_windows(41).answer["warnings"]) == (40, ["views_left_out"])


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("is_falling", [False, True])
def test_padding_is_black_also_where_a_voi_lut_turns_greys_round(
    import_bytes: ImportBytes, photometric: str, is_falling: bool
) -> None:
    pixels = gradient(low=1000, high=3000)
    pixels[:20] = 0
    entries = curve(4001, 4095)[::-1] if is_falling else curve(4001, 4095)
    dataset = image_dataset(
        pixels,
        PhotometricInterpretation=photometric,
        PixelPaddingValue=0,
        VOILUTSequence=[lut_item(entries, 0, 12)],
    )
    found = import_bytes(dicom_bytes(pixels, dataset=dataset))
    picture = shown(found)
    assert picture[:20].max() <= 2
    rising = entries[pixels[20:]] * (255 / 4095)
    np.testing.assert_allclose(picture[20:], 255 - rising if photometric == "MONOCHROME1" else rising, atol=1)


def test_a_window_that_shows_nothing_of_one_frame_leaves_the_others_theirs(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(high=1000), gradient(high=4000), gradient(high=2000)])
    found = import_bytes(enhanced(frames, [window(500, 1000), window(90_000, 10), window(1000, 2000)]))
    assert found.answer["warnings"] == ["window_shows_one_grey"]
    views = [default_view(found.metadata, number) for number in (1, 2, 3)]
    assert [view.center for view in views if view] == [500, pytest.approx(2000, abs=5), 1000]
    assert names(found) == ["File window", "Auto"]
