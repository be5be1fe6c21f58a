"""The import engine: untrusted DICOM, PNG and JPEG bytes in, allow-listed metadata and browser-safe frames out.

Everything that parses or decodes runs in a resource-limited child process (`child`, started by `runner`). The package
knows nothing of Django, projects or people; identifiers leave it only as keyed hashes, except the patient identifier
and its two context fields, which the caller pseudonymises.
"""
