"""The table of attributes as the documentation prints it."""

from labelhub.imaging.dicom.attribute_table.handling import TABLE
from labelhub.imaging.dicom.attribute_table.row import APPLIED, REFUSED, WARNED, Row


def as_markdown() -> str:
    """Return the table as it stands in the documentation."""
    lines = ["| attribute | PS3.3 | handling | what is done | codes |", "| --- | --- | --- | --- | --- |"]
    for row in TABLE:
        codes = ", ".join(f"`{code}`" for code in (*row.warnings, *row.refusals))
        lines.append(f"| {row.keyword} | {row.section} | {_handling(row)} | {row.effect} | {codes} |")
    return "\n".join(lines)


def _handling(row: Row) -> str:
    otherwise = [word for word, codes in ((WARNED, row.warnings), (REFUSED, row.refusals)) if codes]
    if row.handling != APPLIED or not otherwise:
        return row.handling
    return f"{APPLIED}, else {' or '.join(otherwise)}"
