"""Changes of reading's own data, one file per subject."""
