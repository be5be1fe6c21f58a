"""Each row of the shared `reported/cases.csv` is held by tests of the tree: a row that none reads is a failure here."""

import ast
import csv
from pathlib import Path

import pytest

from tests.long.shared_data import needs_shared_data, shared_data

pytestmark = [pytest.mark.long, needs_shared_data]

ROOT = Path(__file__).parents[2]

PIXELS = "tests/long/test_reported_pixels.py"
LABELS = "tests/integration/imaging/test_reported_labels.py"
IDENTITY = "tests/integration/imaging/test_reported_identity.py"

HELD_BY = {
    "voi_lut_only": f"{PIXELS}::test_a_voi_lut_is_drawn",
    "aspect_sc": f"{PIXELS}::test_a_disc_is_round_for_the_model",
    "aspect_dx_spacing": f"{PIXELS}::test_a_disc_is_round_for_the_model",
    "padding_range_mono2": f"{PIXELS}::test_padding_takes_no_greys",
    "padding_vr_ss": f"{PIXELS}::test_padding_written_as_another_vr_is_left_out",
    "high_bit_15": f"{PIXELS}::test_high_bits_are_where_the_header_says",
    "overlay_bits_native": f"{PIXELS}::test_overlay_bits_are_masked",
    "alloc16_stored8_j2k": f"{PIXELS}::test_eight_bits_in_sixteen_are_read_from_a_codestream",
    "rgb_12_in_16": f"{PIXELS}::test_deep_colour_is_scaled",
    "rgb_16": f"{PIXELS}::test_deep_colour_is_scaled",
    "jpeg_jfif_says_rgb": f"{PIXELS}::test_a_jfif_stream_is_ycbcr_whatever_the_label",
    "jpeg_rgb_says_rgb": f"{PIXELS}::test_the_components_of_a_jpeg_are_rgb_where_its_marker_says_so",
    "lut_entries_40000_implicit": f"{PIXELS}::test_a_modality_lut_of_many_entries_is_read",
    "lut_entries_40000_ss": f"{PIXELS}::test_a_modality_lut_of_many_entries_is_read",
    "palette_16": f"{PIXELS}::test_a_palette_of_16_bits_is_written_out",
    "per_frame_rescale": f"{PIXELS}::test_frames_of_other_slopes_look_alike",
    "four_d": f"{PIXELS}::test_four_dimensions_are_read_place_by_place",
    "seg_rtdose": f"{PIXELS}::test_only_the_ct_is_trained_on",
    "age_at_study": f"{IDENTITY}::test_the_age_is_that_at_the_study",
    "charset_patient": f"{IDENTITY}::test_one_patient_in_whatever_character_set",
    "two_windows": f"{PIXELS}::test_both_windows_are_offered",
    "png_16_alpha": f"{PIXELS}::test_a_16_bit_raster_keeps_its_greys_without_its_alpha",
    "png_16, grey1": f"{PIXELS}::test_a_raster_of_one_bit_is_black_and_white",
    "jpeg_mpo": f"{PIXELS}::test_a_telephones_picture_is_one_picture",
    "raster_kinds": f"{PIXELS}::test_rasters_of_all_kinds_are_read_or_refused",
    "zip_backslash": f"{LABELS}::test_archives_with_backslashes",
    "zip_climbs": f"{LABELS}::test_archives_with_backslashes",
    "labels_nfd": f"{LABELS}::test_names_that_the_table_writes_otherwise",
    "labels_prefix": f"{LABELS}::test_names_that_the_table_writes_otherwise",
    "labels_in_zip": f"{LABELS}::test_a_table_in_a_zip_and_one_folder_down",
    "csv_semicolon": f"{LABELS}::test_tables_of_the_films_beside_them",
    "csv_header_case": f"{LABELS}::test_tables_of_the_films_beside_them",
    "csv_bom_crlf_quotes": f"{LABELS}::test_tables_of_the_films_beside_them",
    "csv_utf16_latin1": f"{LABELS}::test_tables_that_are_refused",
    "csv_repeated": f"{LABELS}::test_tables_that_are_refused",
    "user_unicode": "tests/integration/imaging/test_commands.py::test_a_persons_name_may_be_of_any_script",
    "kappa_one_class": (
        "tests/unit/consensus/test_agreement_properties.py::test_one_category_leaves_only_percent_agreement"
    ),
    "train_one_class, all_uncertain, one_case": (
        "tests/workers/test_training.py::test_unusable_data_is_refused_with_a_code"
    ),
}
"""Name of a row: the test that reads its files or, of a row without any, makes its input."""


def rows() -> list[dict[str, str]]:
    folder = shared_data()
    if folder is None:
        return []
    with (folder / "reported" / "cases.csv").open(newline="") as source:
        return list(csv.DictReader(source))


def test_no_row_is_without_a_test() -> None:
    assert [row["name"] for row in rows()] == list(HELD_BY)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_the_test_of_a_row_is_there_and_names_its_files(row: dict[str, str]) -> None:
    path, name = HELD_BY[row["name"]].split("::")
    tree = ast.parse((ROOT / path).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    folder, separator, _ = row["files"].partition("/")
    if separator:
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        assert any(folder in text for text in texts if isinstance(text, str))
