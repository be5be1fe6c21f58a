"""From bits to modality values: description, decoding, padding, lookup tables, rescale."""
