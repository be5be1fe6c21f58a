"""`inspect_images`: what is made of files, laid open without a project."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from tests.factories.dicom import ROOT, colours, dicom_bytes, gradient, raster_bytes
from tests.factories.imaging import zipped
from tests.unit.imaging.opened import enhanced
from tests.unit.imaging.test_luts import lut_item

RAMP = gradient(high=4000)


def inspect(tmp_path: Path, files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    folder = tmp_path / "in"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    out = io.StringIO()
    call_command("inspect_images", folder, "--out", tmp_path / "out", "--json", stdout=out)
    return {image["path"]: image for image in json.loads(out.getvalue())["images"]}


def picture(path: str) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_a_picture_is_drawn_by_the_default_view(tmp_path: Path) -> None:
    data = dicom_bytes(
        RAMP, WindowCenter=2000, WindowWidth=2001, PhotometricInterpretation="MONOCHROME1", Modality="CT"
    )
    found = inspect(tmp_path, {"a/film.dcm": data})["a/film.dcm"]
    (frame,) = found["frames"]
    expected = 255 - np.clip((RAMP - 999.5) / 2000, 0, 1) * 255
    np.testing.assert_allclose(picture(frame["png"]), expected, atol=1)
    assert picture(frame["model_png"]).shape == (320, 320)
    assert found["window"] == {"name": "File window", "center": 2000, "width": 2001, "function": "LINEAR"}
    assert found["attributes"]["WindowCenter"] == "applied"
    assert found["warnings"] == []


def test_a_zip_in_a_folder_is_opened_as_an_import_does(tmp_path: Path) -> None:
    packed, climbs = zipped({"set/film.dcm": dicom_bytes(RAMP)}), zipped({"../film.dcm": dicom_bytes(RAMP)})
    found = inspect(tmp_path, {"north.zip": packed, "south.zip": climbs})
    assert len(found["north.zip/set/film.dcm"]["frames"]) == 1
    assert found["south.zip"]["warnings"] == ["archive_unsafe"]


def test_what_is_not_followed_is_told(tmp_path: Path) -> None:
    item = lut_item(np.arange(4001), 0, 0)
    files = {
        "warned.dcm": dicom_bytes(RAMP, VOILUTSequence=[item]),
        "refused.dcm": dicom_bytes(RAMP, PhotometricInterpretation=None),
        "no.txt": b"hello",
    }
    found = inspect(tmp_path, files)
    assert found["warned.dcm"]["attributes"]["VOILUTSequence"] == "warned"
    assert found["warned.dcm"]["warnings"] == ["bad_voi_lut"]
    assert found["refused.dcm"]["attributes"]["PhotometricInterpretation"] == "refused"
    assert found["refused.dcm"]["warnings"] == ["missing_attribute"]
    assert (found["no.txt"]["frames"], found["no.txt"]["warnings"]) == ([], ["not_an_image"])


def test_frames_come_as_they_are_read(tmp_path: Path) -> None:
    frames = np.stack([gradient(high=high) for high in (1000, 2000, 3000)])
    groups = [{"PlanePositionSequence": {"ImagePositionPatient": [0, 0, z]}} for z in (7, 0, 3)]
    shared = {"PlaneOrientationSequence": {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}}
    found = inspect(tmp_path, {"stack.dcm": enhanced(frames, groups, shared)})["stack.dcm"]
    assert [(frame["index"], frame["position"]) for frame in found["frames"]] == [(2, 0), (3, 3), (1, 7)]
    assert [frame["model_png"] is not None for frame in found["frames"]] == [True, False, False]
    brightest = [picture(frame["png"]).max() for frame in found["frames"]]
    assert brightest[1] == 255 > brightest[0] > brightest[2]


def test_files_of_a_series_come_as_they_are_read(tmp_path: Path) -> None:
    files = {
        f"{name}.dcm": dicom_bytes(
            RAMP,
            SOPInstanceUID=f"{ROOT}.9.{n}",
            ImagePositionPatient=[0, 0, z],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        )
        for n, (name, z) in enumerate({"c": 1, "a": 3, "b": 2}.items())
    }
    found = inspect(tmp_path, files)
    assert [(path, image["frames"][0]["position"]) for path, image in found.items()] == [
        ("c.dcm", 1),
        ("b.dcm", 2),
        ("a.dcm", 3),
    ]


def test_colour_and_rasters_have_pictures_too(tmp_path: Path) -> None:
    found = inspect(tmp_path, {"us.dcm": dicom_bytes(colours()), "film.png": raster_bytes(colours()[..., 0])})
    np.testing.assert_array_equal(picture(found["us.dcm"]["frames"][0]["png"]), colours())
    np.testing.assert_allclose(picture(found["film.png"]["frames"][0]["png"]), colours()[..., 0], atol=1)
    assert found["us.dcm"]["window"] is None


def test_what_no_model_is_trained_on_has_no_models_picture(tmp_path: Path) -> None:
    dose = dicom_bytes(RAMP, SOPClassUID="1.2.840.10008.5.1.4.1.1.481.2", Modality="RTDOSE")
    found = inspect(tmp_path, {"dose.dcm": dose})["dose.dcm"]
    assert found["frames"][0]["model_png"] is None


def test_without_json_it_is_told_in_lines(tmp_path: Path) -> None:
    (tmp_path / "film.dcm").write_bytes(dicom_bytes(RAMP, VOILUTSequence=[lut_item(np.arange(4001), 0, 0)]))
    out = io.StringIO()
    call_command("inspect_images", tmp_path / "film.dcm", "--out", tmp_path / "out", stdout=out)
    assert "warning bad_voi_lut: A VOI lookup table" in out.getvalue()
    assert "applied  BitsStored" in out.getvalue()


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nothing at"):
        call_command("inspect_images", tmp_path / "absent", "--out", tmp_path / "out")
