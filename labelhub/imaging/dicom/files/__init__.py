"""Opens what is sent: archives and their names, the structure of a DICOM file."""
