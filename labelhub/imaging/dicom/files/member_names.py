r"""Names of an archive's members, made fit to show and to compare. They never name a place on this machine.

APPNOTE.TXT 4.4.17 asks for `/` and relative paths; archives made by Windows tools have `\`. Without flag 11 (4.4.4)
a name is in the code page of whoever packed it. Where an extra field has it in Unicode too (4.6.9), that is the name.
Else nobody says which page it is, so it is shown as UTF-8 where it is that, else as IBM 437 (appendix D.1): perhaps
misspelt, but never refused and never lost.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import PurePosixPath
from struct import unpack

UTF8_FLAG = 1 << 11
UNFLAGGED = "cp437"
UNICODE_PATH, UNICODE_PATH_HEAD = 0x7075, 5
DRIVE = re.compile(r"[A-Za-z]:")
SEPARATOR = re.compile(r"[/\\]")
AFTER_HIGH_BYTE = re.compile(rb"(?<![\x81-\xfe])\\")
"""In Shift-JIS, GBK and Big5 a letter may end in 0x5C: a backslash behind a high byte divides nothing."""


class Climbs(ValueError):
    """The name leads outside the archive: `..`, a drive, or an absolute or UNC path."""


def member_name(member: zipfile.ZipInfo) -> str:
    """The member's path with `/`, without empty parts and `.`; '' for the archive's own root.

    Raises:
        Climbs: also for an empty name and one with NUL.
    """
    text = _spelt(member)
    if not text or "\0" in text or text.startswith(("/", "\\")) or DRIVE.match(text):
        raise Climbs(text)
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if any(".." in SEPARATOR.split(part) for part in parts):
        raise Climbs(text)
    return "/".join(parts)


def is_folder(member: zipfile.ZipInfo) -> bool:
    """Whether the entry stands for a folder: it ends as one and holds nothing."""
    return member.orig_filename.endswith(("/", "\\")) and member.file_size == 0


def told_apart(names: list[str]) -> list[str]:
    """The same names, where a repeated one carries its number: `a.dcm`, `a (2).dcm`."""
    taken = set(names)
    numbers: dict[str, int] = {}
    result = []
    for name in names:
        shown = name
        number = numbers.get(name, 0) + 1
        while number > 1 and shown in taken:
            path = PurePosixPath(name)
            shown = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
            number += shown in taken
        numbers[name] = number
        taken.add(shown)
        result.append(shown)
    return result


def _spelt(member: zipfile.ZipInfo) -> str:
    """The name as text, with `/` for every backslash that is a separator."""
    if member.flag_bits & UTF8_FLAG:
        return member.orig_filename.replace("\\", "/")
    raw = member.orig_filename.encode(UNFLAGGED)
    if said := _unicode_path(member, raw):
        return said.replace("\\", "/")
    try:
        return raw.decode("utf-8").replace("\\", "/")
    except UnicodeDecodeError:
        return AFTER_HIGH_BYTE.sub(b"/", raw).decode(UNFLAGGED)


def _unicode_path(member: zipfile.ZipInfo, raw: bytes) -> str:
    """The name in the extra field for Unicode; empty without one, or if the name was changed after it was written."""
    extra = member.extra
    while len(extra) >= 4:
        kind, length = unpack("<HH", extra[:4])
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == UNICODE_PATH and body[:UNICODE_PATH_HEAD] == b"\1" + zlib.crc32(raw).to_bytes(4, "little"):
            return body[UNICODE_PATH_HEAD:].decode("utf-8", "replace")
    return ""
