"""A label table's bytes as rows of cells: its encoding, its delimiter, its empty lines. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from labelhub.core.errors import InvalidContent

DELIMITERS = (",", ";", "\t", "|")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32's little-endian mark begins with UTF-16's, so it is asked for first."""
DOS_END = b"\x1a"
"""What some tools of DOS still write behind the last line."""
SEP_LINE = re.compile(r'\A\s*"?sep=(?P<delimiter>[,;\t|])"?[,;\t]*[ ]*(\r\n|\r|\n)', re.IGNORECASE)
"""The line by which Excel is told the delimiter."""

HEAD_BYTES = 65_536
"""A header ends before that."""

Row = tuple[int, list[str]]
"""A line's number, counted from 1 as an editor does, and its cells without the blanks around them."""


def invalid(message: str) -> InvalidContent:
    """What every refusal of a label table is."""
    return InvalidContent(message, code="invalid_labels")


def head_of(path: Path) -> bytes:
    """The first lines of a table, of which the header is one; empty where no line ends within `HEAD_BYTES`."""
    with path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
        if not handle.read(1):
            return head
    end = max(head.rfind(b"\n"), head.rfind(b"\r"))
    # In UTF-16 and UTF-32 the byte is the first of its letter, or the last: cut between letters.
    return head[: max(end + end % 2, 0)]


def table_rows(content: bytes, n_known: Callable[[list[str]], int]) -> Iterator[Row]:
    """The rows of a table, the header first; empty lines are passed over.

    `n_known` says how many columns of a header are known: the delimiter that makes most of them is the table's.

    Raises:
        InvalidContent: `invalid_labels`; an encoding that does not say itself, or quotes that do not close.
    """
    text = _decoded(content)
    first = 1
    if said := SEP_LINE.match(text):
        text, first, delimiter = text[said.end() :], 2, said["delimiter"]
    else:
        delimiter = max(DELIMITERS, key=lambda each: _fitness(text, each, n_known))
    return _rows(text, delimiter, first)


def _decoded(content: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode(content[len(mark) :], encoding)
    if b"\0" in content[:1024]:
        # Latin letters in UTF-16 are every second byte; which half is zero tells the order.
        return _decode(content, "utf-16-le" if content[1:2] == b"\0" else "utf-16-be")
    return _decode(content.rstrip(DOS_END), "utf-8")


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise invalid(
            f"Line {line} of the label table is not in {encoding.upper()}; other encodings (Latin-1, Windows-1252) "
            "do not say what they are. Save the table again as CSV in UTF-8."
        ) from error


def _fitness(text: str, delimiter: str, n_known: Callable[[list[str]], int]) -> tuple[int, int]:
    try:
        _, header = next(_rows(text, delimiter, 1), (0, []))
    except InvalidContent:
        return (0, 0)
    return n_known(header), len(header)


def _rows(text: str, delimiter: str, first: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = first
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield line, stripped
            line = first + reader.line_num
    except csv.Error as error:
        raise invalid(
            f"Line {line} of the label table cannot be split into columns: a quote opens or closes in the wrong place."
        ) from error
