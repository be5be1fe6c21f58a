"""Every outcome and warning the engine can report: a stable code and a sentence that says what to do.

The sentences hold no file names, identifiers or values from a file: they are shown, stored and logged.
"""

from collections.abc import Iterable

ACCEPTED: dict[str, str] = {
    "ok": "Imported.",
    "no_pixels": "Read without fault. It holds no image, so it is kept as an object about its study. Nothing to do.",
}

REJECTIONS: dict[str, str] = {
    "empty_file": "The file is empty. Copy or export it again from its source.",
    "not_an_image": "This is neither DICOM, PNG nor JPEG. Leave it out, or export the image as DICOM.",
    "content_mismatch": "The content contradicts the file's ending. Rename it to what it is and send it again.",
    "nested_archive": "Only a zip named .zip, and not one inside an archive, is opened. Unpack it and send its files.",
    "file_too_large": "The file is larger than 8 GiB. Split the instance at its source.",
    "empty_dataset": "The DICOM file has no data set after its header. Export it again from its source.",
    "truncated": "The file ends in the middle of an element. Copy or export it again from its source.",
    "damaged_structure": "The DICOM structure cannot be followed. Export the file again from its source.",
    "too_deep": "Sequences are nested more than 32 deep, which no image needs. Export the image again without them.",
    "too_many_elements": "The header holds more than 100,000 elements. Export the image again without private data.",
    "text_too_long": "A text value is longer than 1 MiB. Export the image again without it.",
    "inflates_too_much": "The deflated data set grows beyond the limit. Export it again uncompressed.",
    "missing_uid": "The study, series or SOP instance UID is missing while another is there. Correct it at the source.",
    "invalid_uid": "A UID is not a valid DICOM UID. Correct it at the source and export again.",
    "missing_attribute": "The file lacks an attribute without which its pixels mean nothing. Export it again.",
    "bad_pixel_description": "Rows, columns, bits or frames are impossible together. Export the image again.",
    "bad_lookup_table": "A lookup table is shorter than it says or impossible. Export the image again without it.",
    "image_too_large": "The image is larger than 512 MiB a frame or 8 GiB in all when decoded. Export smaller parts.",
    "pixel_data_truncated": "There are fewer pixels than the header says. Copy or export the file again.",
    "unsupported_pixel_format": "This kind of pixel is not supported. Export it as grayscale, RGB or palette colour.",
    "unsupported_syntax": "No decoder for this transfer syntax is installed. Export it uncompressed or as JPEG 2000.",
    "pixels_elsewhere": "The file only names an address where its pixels are. Export it together with its pixels.",
    "codestream_mismatch": "The compressed image and the header differ in size. Export it again from its source.",
    "undecodable_pixels": "The pixels cannot be decoded. Export the image again, uncompressed if possible.",
    "damaged_raster": "The PNG or JPEG cannot be decoded. Save it again and send it once more.",
    "animated_raster": "The PNG holds an animation. Save its frames as separate images.",
    "out_of_memory": "The file needs more memory than an import may use. Split the instance at its source.",
    "too_slow": "Reading the file took longer than a minute and was stopped. Export it again in smaller parts.",
    "decoder_crashed": "The decoder was stopped by this file. Export the image again, uncompressed if possible.",
    "unreadable": "The file could not be read. Export it again from its source.",
    "archive_unsafe": "The archive holds a path or link that leads outside it. Pack it again with plain files only.",
    "folder_unreadable": "A folder inside it may not be read by this account. Give it the permission, or leave it out.",
    "archive_too_large": "The archive is larger than 20,000 files, 20 GiB or ratio 200 unpacked. Send it in parts.",
    "archive_unreadable": "The archive is damaged, encrypted or of an unknown kind. Pack it again as an ordinary zip.",
}

WARNINGS: dict[str, str] = {
    "missing_preamble": "The file lacks the DICOM preamble; it was read because its start is clearly a data set.",
    "dicomdir": "A DICOMDIR is not followed; the files it lists are imported as they are found.",
    "standalone_image": "The file names no study or series; it was made a study of its own.",
    "nonstandard_uid": "A UID breaks the DICOM rules for UIDs but tells objects apart; LabelHub gives its own.",
    "bad_date": "A date is impossible and is treated as unknown.",
    "bad_age": "The patient's age is not written as DICOM has it (034Y, 008M, 012D); without dates it is unknown.",
    "bad_pixel_spacing": "The pixel spacing is zero, negative or not a number; lengths are given in pixels.",
    "bad_window": "A window width is zero, negative or not a number and was left out.",
    "views_left_out": "The file brings more than 40 windows and VOI lookup tables; the first 40 are offered.",
    "window_shows_one_grey": "The file's window leaves the picture nearly one grey; an automatic one is shown first.",
    "unknown_voi_function": "The VOI LUT function is not one of the standard's; windows are taken as LINEAR.",
    "bad_voi_lut": "A VOI lookup table is impossible or shorter than it says and was left out.",
    "bad_padding": "The padding value or its range limit is no value that a pixel can have, and was left out.",
    "bad_pixel_aspect_ratio": "The pixel aspect ratio is impossible; pixels are taken as square.",
    "pixel_aspect_contradicted": "The pixel aspect ratio is not that of the spacing, which is followed.",
    "bad_pixel_representation": "The pixel representation is neither 0 nor 1; pixels are taken as unsigned.",
    "bad_rescale": "The rescale slope is zero or not a number; stored values are shown unscaled.",
    "modality_lut_not_applied": "The modality lookup table is not meant for display (XA, RF; LOG or DISP pixels).",
    "rescale_not_applied": "The file has a modality lookup table and a rescale; only the table was applied.",
    "grey_steps_not_applied": "Colour is shown as stored: the file's window, table, rescale or padding is for greys.",
    "supplemental_palette_not_applied": "Values that the file shows in colour, by a palette of its own, are grey.",
    "real_world_values_not_used": "The mapping to real world values is not used; values are those of the rescale.",
    "intensity_lut_not_applied": "The file's table from pixels to X-ray intensity is not applied.",
    "shutter_not_applied": "The file's display shutter is not applied: what it would hide is shown.",
    "mask_not_subtracted": "The file's mask frames are not subtracted; frames are shown as they are stored.",
    "bad_orientation": "The image position or orientation is not usable and was left out.",
    "frame_group_missing": "Some frames lack a functional group that others have; they go without what it says.",
    "header_contradicted": "The header says what no functional group of a frame says; the groups are followed.",
    "unknown_character_set": "The character set is unknown; text was read with replacement characters.",
    "bad_high_bit": "The highest bit contradicts the bits stored; the lowest bits were taken for the pixels.",
    "excess_frames": "There is more pixel data than the header says; the surplus was left out.",
    "reduced_to_8_bit": "Colour deeper than 8 bits a sample was reduced to 8 bits for display.",
    "stretched_to_8_bit": "Colour of fewer than 8 bits a sample was stretched to 8 bits for display.",
    "rescaled_to_16_bit": "Pixels of 32 or 64 bits were rescaled to 16 bits; the rescale is recorded.",
    "per_frame_rescale": "Frames with a rescale of their own were written with one that is common to all.",
    "negative_slope": "A negative rescale slope was written out as a positive one, with the same values.",
    "values_merged": "Values that 16 bits do not hold apart were written as one, in one frame at least.",
    "padding_blackened": "Padding that would have been drawn bright was written as black.",
    "polarity_contradiction": "Photometric interpretation and presentation LUT shape contradict; compare the picture.",
    "presentation_lut_not_applied": "A presentation LUT is not applied; the picture may differ from the printed one.",
    "pixel_range_contradicted": "Pixels lie outside of the range that the file names; the pixels were believed.",
    "colour_profile_not_applied": "The colour profile is not applied; colours are shown as they are stored.",
    "overlay_not_shown": "The file has an overlay, which is not shown.",
    "raw_intensity": "Pixels are a detector's raw intensity, and the file brings no window for them.",
    "non_finite_pixels": "Pixels that are not numbers were set to the lowest value.",
    "palette_to_rgb": "Palette colours were written out as RGB.",
    "modality_lut_applied": "The modality lookup table was applied to the stored pixels.",
    "first_picture_taken": "The JPEG holds further pictures, such as a preview; the first was taken.",
    "alpha_removed": "Transparency was dropped.",
    "pixels_missing": "It is described as an image, but its pixels are missing. Export it again with them.",
    "placeholder_patient_id": "The patient ID is a placeholder, so that its study counts as a patient of its own.",
    "about_the_case": "An object about the case (dose, mask, report, scout ...): it is kept and listed, but not read.",
    "uniform_image": "All pixels of the first frame have the same value.",
}


class Warnings(list[str]):
    """Codes of the warnings on one file, and the attributes of the table that each is about."""

    def __init__(self, codes: Iterable[str] = ()) -> None:
        super().__init__(codes)
        self._about: dict[str, set[str]] = {}

    def tell(self, code: str, *keywords: str) -> None:
        """Note a warning once, with the keywords of the attributes that are not followed for it."""
        if code not in self:
            self.append(code)
        self._about.setdefault(code, set()).update(keywords)

    def is_about(self, code: str, keyword: str) -> bool:
        """Say whether a warning was told of an attribute; one that named none is about all that can bring it."""
        about = self._about.get(code)
        return code in self and (not about or keyword in about)


class ImportRejected(Exception):
    """A file that is refused for a stated reason. `code` is a key of REJECTIONS; nothing from the file is carried.

    `attribute` is the keyword of the DICOM element that is missing or wrong, where one can be named; `handling` is what
    became of each attribute of the table (`attribute_table`), as far as the header could be read.
    """

    def __init__(self, code: str, attribute: str | None = None) -> None:
        super().__init__(message_of(code, attribute))
        self.code = code
        self.attribute = attribute
        self.handling: dict[str, str] = {}


def message_of(code: str, attribute: str | None = None) -> str:
    """Return the sentence that belongs to an outcome or warning code, with the attribute it is about."""
    for table in (ACCEPTED, REJECTIONS, WARNINGS):
        if code in table:
            return f"{table[code]} It is about {attribute}." if attribute else table[code]
    raise KeyError(code)
