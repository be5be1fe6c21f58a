"""Frames with a rescale and a window of their own."""

import numpy as np
import pytest

from labelhub.imaging.dicom.drawing.rendering import default_view
from tests.factories.dicom import gradient
from tests.unit.imaging.conftest import ImportBytes
from tests.unit.imaging.opened import enhanced, names, rescale, shown, window


@pytest.mark.parametrize(
    "slopes",
    [(1, 4, 0.5), (1, 0.3, 7.7), (-1, -2, -4), (1e-6, 3e-6, 2e-6)],
    ids=["exact", "odd", "negative", "tiny"],
)
def test_frames_of_other_slopes_look_alike(import_bytes: ImportBytes, slopes: tuple[float, ...]) -> None:
    values = gradient(high=8000).astype(float)
    frames = np.stack([np.rint(values / abs(slope) * min(map(abs, slopes))) for slope in slopes]).astype("u2")
    found = import_bytes(enhanced(frames, [rescale(slope) for slope in slopes]))
    assert found.answer["warnings"] == ["per_frame_rescale"]
    for number, slope in enumerate(slopes, start=1):
        step = abs(float(found.value("00281053")))
        np.testing.assert_allclose(
            found.modality_values(number), frames[number - 1].astype(float) * slope, atol=0.6 * step
        )
    np.testing.assert_allclose(shown(found, 1), shown(found, 2), atol=1)
    np.testing.assert_allclose(shown(found, 1), shown(found, 3), atol=2)


def test_frames_of_one_slope_are_kept(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(), gradient()])
    found = import_bytes(enhanced(frames, [rescale(2, -5), rescale(2, -5)]))
    assert found.answer["instance"]["lossless"] is True
    assert (found.value("00281053"), found.value("00281052")) == (2, -5)


def test_a_frame_without_its_own_rescale_has_the_shared_one(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(high=1000), gradient(high=1000)])
    found = import_bytes(enhanced(frames, [rescale(3), {}], rescale(2)))
    np.testing.assert_allclose(found.modality_values(1), frames[0] * 3.0, atol=1)
    np.testing.assert_allclose(found.modality_values(2), frames[1] * 2.0, atol=1)


def test_each_frame_opens_with_its_own_window(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(high=1000), gradient(high=4000), gradient(high=1000)])
    found = import_bytes(enhanced(frames, [window(500, 1000), window(2000, 4000), window(500, 1000)]))
    views = [default_view(found.metadata, number) for number in (1, 2, 3)]
    assert [(view.center, view.width) for view in views if view] == [(500, 1000), (2000, 4000), (500, 1000)]
    assert names(found) == ["File window"]
    np.testing.assert_allclose(shown(found, 1), shown(found, 2), atol=1)


def test_a_shared_window_holds_for_frames_without_one(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(), gradient()])
    found = import_bytes(enhanced(frames, [{}, window(1000, 2000)], window(2000, 4000)))
    centers = [view.center for number in (1, 2) if (view := default_view(found.metadata, number))]
    assert centers == [2000, 1000]
