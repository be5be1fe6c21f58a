"""Each row of the table of attributes has a file that shows it: applied, warned with a code, or refused."""

import json
from pathlib import Path

import pytest
from pydicom.uid import JPEGLSLossless

from labelhub.imaging.dicom.attribute_table.handling import TABLE
from labelhub.imaging.dicom.attribute_table.printed import as_markdown
from labelhub.imaging.dicom.attribute_table.row import APPLIED, REFUSED, WARNED
from labelhub.imaging.dicom.codes import REJECTIONS, WARNINGS
from tests.factories.dicom import dicom_bytes
from tests.unit.imaging.attribute_examples import SHOWN
from tests.unit.imaging.conftest import ImportBytes, Imported
from tests.unit.imaging.example_files import (
    RAMP,
    Shows,
)


def test_the_table_and_the_files_that_show_it_have_the_same_rows() -> None:
    assert [row.keyword for row in TABLE] == list(SHOWN)


@pytest.mark.parametrize(
    ("keyword", "shows"),
    [
        pytest.param(row.keyword, shows, id=f"{row.keyword} {n}")
        for row in TABLE
        for n, shows in enumerate(SHOWN[row.keyword])
    ],
)
def test_each_row_is_applied_told_or_refused(import_bytes: ImportBytes, keyword: str, shows: Shows) -> None:
    found = import_bytes(shows.content)
    handling = found.answer["attributes"][keyword]
    if shows.code is None:
        assert shows.other is not None
        assert found.answer["code"] == "ok", found.answer["message"]
        assert handling == APPLIED
        assert seen(found) != seen(import_bytes(shows.other))
    elif shows.code in REJECTIONS:
        assert (found.answer["code"], handling) == (shows.code, REFUSED)
    else:
        assert shows.code in WARNINGS and shows.code in found.answer["warnings"]
        assert handling == WARNED


def seen(found: Imported) -> str:
    """What reaches the reader's screen: stored frames and their description, order, shape; without identifiers."""
    instance = found.answer["instance"]
    description = {tag: value for tag, value in found.metadata.items() if not tag.startswith("0020000")}
    kept = ("frame_sha256", "frame_order", "place", "spacing", "window_presets")
    return json.dumps([description, {key: instance[key] for key in kept}], sort_keys=True)


def test_every_code_of_the_table_is_shown_or_shared() -> None:
    shown = {shows.code for cases in SHOWN.values() for shows in cases}
    told = {code for row in TABLE for code in (*row.warnings, *row.refusals)}
    assert told - shown == {"codestream_mismatch", "stretched_to_8_bit"}


def test_a_codestream_of_another_size_is_refused(import_bytes: ImportBytes) -> None:
    data = dicom_bytes(RAMP, syntax=JPEGLSLossless)
    found = import_bytes(
        data.replace(b"\x28\x00\x10\x00US\x02\x00\x40\x00", b"\x28\x00\x10\x00US\x02\x00\x20\x00")
    )
    assert found.answer["code"] == "codestream_mismatch"


def test_the_documentation_prints_the_table() -> None:
    page = Path(__file__).parents[3] / "docs" / "pixels.md"
    assert as_markdown() in page.read_text(), (
        "put the text of attribute_table.printed.as_markdown() into docs/pixels.md"
    )
