"""Iterates the files of a folder or zip without trusting it: names stay for display, bytes go to temporary files.

A zip's member list is checked as a whole before anything is unpacked; sizes are counted again while unpacking.
"""

import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from labelhub.imaging.dicom.codes import message_of
from labelhub.imaging.dicom.files.member_names import Climbs, is_folder, member_name, told_apart
from labelhub.imaging.dicom.limits import (
    INFLATE_RATIO_FROM_BYTES,
    MAX_ARCHIVE_BYTES,
    MAX_ARCHIVE_MEMBERS,
    MAX_ARCHIVE_RATIO,
)

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
END_RECORD_START = b"PK\x05\x06"
END_RECORD_BYTES = 22
ZIP64_RECORD_START = b"PK\x06\x06"
ZIP64_BYTES = 56 + 20
"""Zip64's end record, and the locator between it and the end record."""
END_RECORD_SEARCH_BYTES = ZIP64_BYTES + END_RECORD_BYTES + 65_535
MAX_DIRECTORY_BYTES = 512 * MAX_ARCHIVE_MEMBERS
COPY_BYTES = 1024 * 1024
COMPRESSIONS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
LITTER = frozenset(
    (
        "__macosx",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "icon\r",
        "$recycle.bin",
        "system volume information",
        "lost+found",
    )
)
"""What systems leave behind, in lower case; so is every name that begins with a dot."""


class ArchiveRefused(Exception):
    """A folder or zip that is refused as a whole: archive_unsafe, archive_too_large or archive_unreadable."""

    def __init__(self, code: str) -> None:
        super().__init__(message_of(code))
        self.code = code


@dataclass(frozen=True)
class SourceFile:
    """One file to import. `relative_path` is for display only; `path` may be temporary and is ours."""

    relative_path: str
    path: Path
    suffix: str


def iterate_source(source: Path, temp_dir: Path) -> Iterator[SourceFile]:
    """Yield the files of a folder, a zip, or the single file that `source` is.

    A member of a zip lies in `temp_dir` until the next one is asked for. Files that systems leave behind are left out.

    Raises:
        ArchiveRefused: before the first file for what the names and the list show, later for sizes that lied.
    """
    if source.is_dir():
        yield from _folder_files(source)
    elif is_zip(source):
        yield from _zip_members(source, temp_dir)
    else:
        yield SourceFile(source.name, source, source.suffix.lower())


def is_zip(path: Path) -> bool:
    """Say whether a file begins as a zip does."""
    with path.open("rb") as source:
        return source.read(4).startswith(ZIP_STARTS)


def _folder_files(folder: Path) -> Iterator[SourceFile]:
    root = folder.resolve()
    found: list[SourceFile] = []
    for directory, folders, names in os.walk(root, onerror=_refuse_unreadable):
        folders[:] = [name for name in folders if not _is_litter(name)]
        # Links to folders are not followed: inside, their files are found where they are.
        for name in sorted([*names, *folders]):
            path = Path(directory, name)
            relative = path.relative_to(root)
            if _is_litter(name):
                continue
            if not _leads_inside(path, root):
                raise ArchiveRefused("archive_unsafe")
            if path.is_file():
                found.append(SourceFile(relative.as_posix(), path, path.suffix.lower()))
    yield from sorted(found, key=lambda file: file.relative_path)


def _refuse_unreadable(error: OSError) -> None:
    """What cannot be listed may hold images: nobody would miss them."""
    raise ArchiveRefused("folder_unreadable") from error


def _leads_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # Links in a circle.
        return False


def _zip_members(source: Path, temp_dir: Path) -> Iterator[SourceFile]:
    _check_directory_size(source)
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise ArchiveRefused("archive_unreadable") from None
    with archive:
        members = archive.infolist()
        _check_members(members, source.stat().st_size)
        n_bytes = 0
        for name, member in _kept(members):
            handle, temporary = tempfile.mkstemp(dir=temp_dir)
            unpacked = Path(temporary)
            try:
                with os.fdopen(handle, "wb") as target:
                    n_bytes += _unpack(archive, member, target, MAX_ARCHIVE_BYTES - n_bytes)
                yield SourceFile(name, unpacked, PurePosixPath(name).suffix.lower())
            finally:
                unpacked.unlink(missing_ok=True)


def _kept(members: list[zipfile.ZipInfo]) -> list[tuple[str, zipfile.ZipInfo]]:
    """The members that are files, under the names they are shown by; what systems leave behind is left out."""
    named = [(member_name(member), member) for member in members if not is_folder(member)]
    kept = [(name, member) for name, member in named if not _is_litter(name)]
    return list(zip(told_apart([name for name, _ in kept]), (member for _, member in kept), strict=True))


def _check_directory_size(source: Path) -> None:
    """Refuse a zip whose member list alone is out of proportion, before it is read into memory."""
    size = source.stat().st_size
    with source.open("rb") as file:
        file.seek(max(0, size - END_RECORD_SEARCH_BYTES))
        tail = file.read()
    start = tail.rfind(END_RECORD_START)
    if start < 0 or start + END_RECORD_BYTES > len(tail):
        raise ArchiveRefused("archive_unreadable")
    n_members = int.from_bytes(tail[start + 10 : start + 12], "little")
    directory_bytes = int.from_bytes(tail[start + 12 : start + 16], "little")
    record = tail[max(0, start - ZIP64_BYTES) : start]
    if record.startswith(ZIP64_RECORD_START):
        # APPNOTE 4.3.14: the numbers that zipfile believes, whatever the end record says; some tools always write it.
        n_members = int.from_bytes(record[32:40], "little")
        directory_bytes = int.from_bytes(record[40:48], "little")
    if n_members > MAX_ARCHIVE_MEMBERS or directory_bytes > MAX_DIRECTORY_BYTES:
        raise ArchiveRefused("archive_too_large")


def _check_members(members: list[zipfile.ZipInfo], archive_bytes: int) -> None:
    if len(members) > MAX_ARCHIVE_MEMBERS or sum(member.file_size for member in members) > MAX_ARCHIVE_BYTES:
        raise ArchiveRefused("archive_too_large")
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if not _is_safe_name(member) or not _is_plain(member):
            raise ArchiveRefused("archive_unsafe")
        if member.flag_bits & 1 or member.compress_type not in COMPRESSIONS:
            raise ArchiveRefused("archive_unreadable")
        if member.header_offset < end or member.compress_size > archive_bytes:
            # Members that share bytes are how a small archive unpacks to petabytes.
            raise ArchiveRefused("archive_too_large")
        if member.file_size > max(INFLATE_RATIO_FROM_BYTES, MAX_ARCHIVE_RATIO * member.compress_size):
            raise ArchiveRefused("archive_too_large")
        end = member.header_offset + member.compress_size


def _is_safe_name(member: zipfile.ZipInfo) -> bool:
    try:
        return bool(member_name(member)) or is_folder(member)
    except Climbs:
        return False


def _is_plain(member: zipfile.ZipInfo) -> bool:
    """Say whether a member is no link or device; archives made on systems without file types have type 0."""
    allowed = (0, stat.S_IFDIR) if is_folder(member) else (0, stat.S_IFREG)
    return stat.S_IFMT(member.external_attr >> 16) in allowed


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: BinaryIO, allowance: int) -> int:
    """Copy a member to an open file; return its size."""
    n_bytes = 0
    try:
        with archive.open(member) as packed:
            while chunk := packed.read(COPY_BYTES):
                n_bytes += len(chunk)
                if n_bytes > min(member.file_size, allowance):
                    raise ArchiveRefused("archive_too_large")
                target.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise ArchiveRefused("archive_unreadable") from None
    return n_bytes


def _is_litter(relative_path: str) -> bool:
    return any(part.startswith(".") or part.lower() in LITTER for part in relative_path.split("/"))
