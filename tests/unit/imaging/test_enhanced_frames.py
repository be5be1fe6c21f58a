"""Frames with a rescale and a window of their own."""

import numpy as np
import pytest

from labelhub.imaging.dicom.drawing.rendering import default_view
from labelhub.imaging.dicom.drawing.views import View
from labelhub.imaging.dicom.storing.display import MAX_LOOKS, HeaderViews
from tests.factories.dicom import dicom_bytes, gradient
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


@pytest.mark.parametrize("failing", [{0}, {1}, {2}, {0, 2}, {0, 1, 2}])
def test_each_frames_window_that_shows_one_grey_gives_way(
    import_bytes: ImportBytes, failing: set[int]
) -> None:
    """Frame 3 shows most. Windows of the others are looked at too, each on a frame that begins with it."""
    frames = np.stack([gradient(high=3000), gradient(high=3500), gradient(high=4000)])
    good, bad = [(1500, 3000), (1750, 3500), (2000, 4000)], [(-500, 10), (-600, 10), (60_000, 10)]
    windows = [bad[n] if n in failing else good[n] for n in range(3)]
    found = import_bytes(enhanced(frames, [window(*each) for each in windows]))
    assert found.answer["warnings"] == ["window_shows_one_grey"]
    assert found.answer["attributes"]["WindowCenter"] == "warned"
    for n in range(3):
        view = default_view(found.metadata, n + 1)
        assert view and (view.name == "Auto") == (n in failing)
        assert np.ptp(shown(found, n + 1)) > 180


def test_a_window_is_looked_at_on_the_frame_that_shows_most_of_its_own(import_bytes: ImportBytes) -> None:
    empty, bright, dark = np.zeros((64, 80), "u2"), gradient(high=4000), gradient(high=3000)
    groups = [window(1500, 3000), window(2000, 4000), window(1500, 3000)]
    found = import_bytes(enhanced(np.stack([empty, bright, dark]), groups))
    assert found.answer["warnings"] == ["uniform_image"]


@pytest.mark.parametrize(("n_distinct", "n_looks"), [(1, 1), (3, 3), (64, 64), (65, 33), (1000, 63)])
def test_however_many_windows_there_are_few_are_looked_at(n_distinct: int, n_looks: int) -> None:
    own = [[View("File window", n % n_distinct, 100.0)] for n in range(2000)]
    looked_at = HeaderViews([[], *own], [()] * 2001).looked_at()
    assert looked_at[0] is None and looked_at[1] == looked_at[1 + n_distinct] == 0
    assert len(set(looked_at) - {None}) == n_looks <= MAX_LOOKS


@pytest.mark.parametrize(
    ("slopes", "told"),
    [
        ((1, 4, 0.5), ["per_frame_rescale"]),
        ((1, 0.25, 0.1), ["per_frame_rescale"]),
        ((1, 1000, 0.001), ["per_frame_rescale", "values_merged"]),
    ],
)
def test_values_of_a_frame_that_fall_together_are_told(
    import_bytes: ImportBytes, slopes: tuple[float, ...], told: list[str]
) -> None:
    frames = np.stack([gradient(high=4000)] * 3)
    found = import_bytes(enhanced(frames, [rescale(slope) for slope in slopes]))
    assert [code for code in found.answer["warnings"] if code != "uniform_image"] == told
    kept = [len(np.unique(found.frame(number))) for number in (1, 2, 3)]
    assert (min(kept) == len(np.unique(frames[0]))) == ("values_merged" not in told)


def test_values_of_32_bits_that_a_negative_slope_makes_fall_together_are_told(
    import_bytes: ImportBytes,
) -> None:
    found = import_bytes(
        dicom_bytes(gradient(high=4_000_000, dtype="u4"), RescaleSlope=-1, RescaleIntercept=0)
    )
    assert found.answer["warnings"] == ["negative_slope", "values_merged"]
