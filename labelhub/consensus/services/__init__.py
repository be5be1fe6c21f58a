"""Changes of consensus's own data, one file per subject."""
