"""A flat walk over the elements of a data set that measures it before any library parses it (DICOM PS3.5 section 7).

The walk allocates nothing that a header claims: it reads tags and lengths, skips values, and keeps its own stack, so
neither claimed lengths nor nesting can exhaust memory or the interpreter's stack. It is as forgiving as the parser
that follows where a fault does no harm, and refuses what would make that parser guess.
"""

from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO

from pydicom.datadict import dictionary_VR
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, VR

from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.header.attributes import terms
from labelhub.imaging.dicom.limits import MAX_ELEMENTS, MAX_SEQUENCE_DEPTH, MAX_TEXT_BYTES

UNDEFINED_LENGTH = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD

PIXEL_KEYWORDS = {
    0x7FE00008: "FloatPixelData",
    0x7FE00009: "DoubleFloatPixelData",
    0x7FE00010: "PixelData",
}

KNOWN_VRS = frozenset(vr.value.encode() for vr in VR if len(vr.value) == 2)
TEXT_VRS = terms("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT")
BULK_VRS = terms("OB OD OF OL OV OW")

DATASET, SEQUENCE, FRAGMENTS = range(3)


@dataclass(frozen=True)
class Encoding:
    """How the elements of a data set are written."""

    implicit_vr: bool
    little_endian: bool


@dataclass(frozen=True)
class PixelElement:
    """Where the top-level pixel data lies; `length` is None for encapsulated (undefined length) data."""

    keyword: str
    vr: str | None
    offset: int
    length: int | None


@dataclass(frozen=True)
class Survey:
    """What the walk found."""

    n_elements: int
    pixels: PixelElement | None


@dataclass
class _Level:
    kind: int
    end: int | None


@dataclass(frozen=True)
class _Element:
    tag: int
    vr: str | None
    length: int
    value_offset: int


class _Walker:
    def __init__(self, source: BinaryIO, size: int, encoding: Encoding) -> None:
        self.source = source
        self.size = size
        self.encoding = encoding
        order = "<" if encoding.little_endian else ">"
        self.tag_length = Struct(f"{order}HHL")
        self.tag_vr_length = Struct(f"{order}HH2sH")
        self.long_length = Struct(f"{order}L")
        self.n_elements = 0
        self.stack = [_Level(DATASET, size)]

    def walk(self, position: int) -> Survey:
        """Follow the data set from `position` to its pixel data or its end."""
        while self.stack:
            level = self.stack[-1]
            if level.end is not None and position >= level.end:
                self.stack.pop()
                continue
            if position + 8 > self.size:
                self.source.seek(position)
                if len(self.stack) > 1 or self.source.read().strip(b"\0"):
                    raise ImportRejected("truncated")
                break
            if level.kind == DATASET:
                element = self._read_element(position)
                if element.tag == ITEM_END:
                    position = element.value_offset
                    self.stack.pop()
                elif len(self.stack) == 1 and element.tag >> 16 == 0:
                    break  # Files hold no command elements (PS3.10 7.2): this is padding.
                elif len(self.stack) == 1 and element.tag in PIXEL_KEYWORDS:
                    return Survey(self.n_elements, _pixel_element(element))
                else:
                    position = self._enter_or_skip(element)
            else:
                position = self._next_item(position, level)
        return Survey(self.n_elements, None)

    def _read_element(self, position: int) -> _Element:
        self.n_elements += 1
        if self.n_elements > MAX_ELEMENTS:
            raise ImportRejected("too_many_elements")
        self.source.seek(position)
        head = self.source.read(8)
        group, number, length = self.tag_length.unpack(head)
        tag = group << 16 | number
        if self.encoding.implicit_vr or group == 0xFFFE:
            return _Element(tag, None, length, position + 8)
        vr_bytes, short_length = self.tag_vr_length.unpack(head)[2:]
        if not b"AA" <= vr_bytes <= b"ZZ":
            # Writers that switch to implicit VR inside a data set are common enough that pydicom follows them.
            return _Element(tag, None, length, position + 8)
        vr = vr_bytes.decode("latin-1")
        if vr not in EXPLICIT_VR_LENGTH_32:
            return _Element(tag, vr, short_length, position + 8)
        extra = self.source.read(4)
        if len(extra) < 4:
            raise ImportRejected("truncated")
        return _Element(tag, vr, self.long_length.unpack(extra)[0], position + 12)

    def _enter_or_skip(self, element: _Element) -> int:
        vr = element.vr or _dictionary_vr(element.tag)
        if element.length == UNDEFINED_LENGTH:
            self._push(FRAGMENTS if vr in BULK_VRS else SEQUENCE, None)
            return element.value_offset
        end = element.value_offset + element.length
        if end > self.size:
            if element.vr is None and not self.encoding.implicit_vr and len(self.stack) == 1:
                # Not an element but what some writer left behind the last one: the data set ends here.
                return self.size
            raise ImportRejected("truncated")
        if vr in TEXT_VRS and element.length > MAX_TEXT_BYTES:
            raise ImportRejected("text_too_long")
        if vr == "SQ" and element.length:
            self._push(SEQUENCE, end)
            return element.value_offset
        return end

    def _next_item(self, position: int, level: _Level) -> int:
        self.source.seek(position)
        group, number, length = self.tag_length.unpack(self.source.read(8))
        tag = group << 16 | number
        if tag == SEQUENCE_END:
            self.stack.pop()
            return position + 8
        if tag != ITEM:
            if level.end is None:
                raise ImportRejected("damaged_structure")
            # A defined length says where to go on; nothing inside is needed.
            self.stack.pop()
            return level.end
        if length == UNDEFINED_LENGTH:
            if level.kind == FRAGMENTS:
                raise ImportRejected("damaged_structure")
            self.stack.append(_Level(DATASET, None))
            return position + 8
        end = position + 8 + length
        if level.end is not None:
            end = min(end, level.end)
        if end > self.size:
            raise ImportRejected("truncated")
        if level.kind == FRAGMENTS:
            return end
        self.stack.append(_Level(DATASET, end))
        return position + 8

    def _push(self, kind: int, end: int | None) -> None:
        if sum(level.kind != DATASET for level in self.stack) >= MAX_SEQUENCE_DEPTH:
            raise ImportRejected("too_deep")
        self.stack.append(_Level(kind, end))


def survey(source: BinaryIO, size: int, start: int, encoding: Encoding) -> Survey:
    """Walk the data set that begins at byte `start` of `source`, which is `size` bytes long.

    Raises:
        ImportRejected: truncated, damaged_structure, too_deep, too_many_elements or text_too_long.
    """
    return _Walker(source, size, encoding).walk(start)


def fragments_of(source: BinaryIO, size: int, offset: int, encoding: Encoding) -> list[tuple[int, int]]:
    """Follow the fragments of encapsulated pixel data (PS3.5 A.4) by their lengths; a missing end mark is forgiven.

    Returns (start of its item, length) of each but the first item, which is the basic offset table; starts are counted
    from the end of that table.

    Raises:
        ImportRejected: pixel_data_truncated or damaged_structure.
    """
    tag_length = Struct("<HHL" if encoding.little_endian else ">HHL")
    items = []
    position = offset
    while position + 8 <= size:
        source.seek(position)
        group, number, length = tag_length.unpack(source.read(8))
        tag = group << 16 | number
        if tag == SEQUENCE_END:
            break
        if tag != ITEM:
            raise ImportRejected("damaged_structure")
        items.append((position, length))
        position += 8 + length
    if position > size:
        raise ImportRejected("pixel_data_truncated")
    return [(start - items[1][0], length) for start, length in items[1:]]


def looks_explicit(element_head: bytes) -> bool:
    """Say whether the first eight bytes of an element hold a known value representation (PS3.5 7.1.2)."""
    return element_head[4:6] in KNOWN_VRS


def _pixel_element(element: _Element) -> PixelElement:
    length = None if element.length == UNDEFINED_LENGTH else element.length
    return PixelElement(PIXEL_KEYWORDS[element.tag], element.vr, element.value_offset, length)


def _dictionary_vr(tag: int) -> str | None:
    try:
        return dictionary_VR(tag)
    except KeyError:
        return None
