"""The table of attributes as the documentation prints it."""

from labelhub.imaging.dicom.attribute_table.handling import TABLE
from labelhub.imaging.dicom.attribute_table.row import APPLIED


def as_markdown() -> str:
    """Return the table as it stands in the documentation."""
    lines = ["| attribute | PS3.3 | handling | what is done | codes |", "| --- | --- | --- | --- | --- |"]
    for row in TABLE:
        codes = ", ".join(f"`{code}`" for code in (*row.warnings, *row.refusals))
        handling = "applied, else refused" if row.refusals and row.handling == APPLIED else row.handling
        if row.handling == APPLIED and row.warnings and not row.refusals:
            handling = "applied, else warned"
        lines.append(f"| {row.keyword} | {row.section} | {handling} | {row.effect} | {codes} |")
    return "\n".join(lines)
