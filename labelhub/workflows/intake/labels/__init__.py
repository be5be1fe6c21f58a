"""Labels that come with the images. `text`, `table` and `matching` are pure; the others write."""
