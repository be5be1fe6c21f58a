"""Folders and zips are walked without trusting a name or a size."""

import io
import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from labelhub.imaging.dicom.files import archive
from labelhub.imaging.dicom.files.archive import ArchiveRefused, iterate_source


def zip_of(members: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as packed:
        for name, data in members.items():
            packed.writestr(zipfile.ZipInfo(name), data, compress_type=compression)
    return target.getvalue()


def contents(data: bytes, tmp_path: Path) -> dict[str, bytes]:
    source, temp = tmp_path / "upload.zip", tmp_path / "temp"
    source.write_bytes(data)
    temp.mkdir(exist_ok=True)
    found = {item.relative_path: item.path.read_bytes() for item in iterate_source(source, temp)}
    assert list(temp.iterdir()) == []
    return found


def refusal(data: bytes, tmp_path: Path) -> str:
    with pytest.raises(ArchiveRefused) as refused:
        contents(data, tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["temp", "upload.zip"]
    return refused.value.code


def test_members_are_given_one_by_one_under_names_of_our_own(tmp_path: Path) -> None:
    assert contents(zip_of({"a/one.dcm": b"1", "b/two.dcm": b"22"}), tmp_path) == {
        "a/one.dcm": b"1",
        "b/two.dcm": b"22",
    }


def test_what_systems_leave_behind_is_left_out(tmp_path: Path) -> None:
    members = {
        "./a.dcm": b"1",
        "__MACOSX/._a.dcm": b"x",
        ".DS_Store": b"x",
        "b/Thumbs.db": b"x",
        "b\\THUMBS.DB": b"x",
        "x\\__MACOSX\\._a.dcm": b"x",
        "x\\.DS_Store": b"x",
        "$RECYCLE.BIN\\a.dcm": b"x",
    }
    assert list(contents(zip_of(members), tmp_path)) == ["a.dcm"]


def test_a_backslash_is_a_separator(tmp_path: Path) -> None:
    """As archives made by Windows tools have it, with entries for folders and both separators mixed."""
    members = {
        "export\\": b"",
        "export\\p1\\film.png": b"1",
        "export\\p2/film.png": b"2",
        ".\\p3//x.png": b"3",
    }
    assert contents(zip_of(members), tmp_path) == {
        "export/p1/film.png": b"1",
        "export/p2/film.png": b"2",
        "p3/x.png": b"3",
    }


def test_names_that_become_one_name_are_told_apart(tmp_path: Path) -> None:
    members = {
        "a/x.png": b"1",
        "a\\x.png": b"2",
        "./a/x.png": b"3",
        "a/x (2).png": b"4",
        "a/y": b"5",
        "a\\y": b"6",
    }
    assert contents(zip_of(members), tmp_path) == {
        "a/x.png": b"1",
        "a/x (3).png": b"2",
        "a/x (4).png": b"3",
        "a/x (2).png": b"4",
        "a/y": b"5",
        "a/y (2)": b"6",
    }


def unflagged(names: list[bytes]) -> bytes:
    """A zip whose names are raw bytes without the UTF-8 flag, as old tools wrote them."""
    data = zip_of(
        {f"{n:0{len(name)}d}": bytes([n]) for n, name in enumerate(names)}, compression=zipfile.ZIP_STORED
    )
    for n, name in enumerate(names):
        data = data.replace(f"{n:0{len(name)}d}".encode(), name)
    return data


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp437", ["Müller\\Röntgen.dcm", "Müller\\a.dcm"]),
        ("cp850", ["Müller/Røntgen.dcm", "Ähre\\ø.dcm"]),
        ("cp932", ["表/ソ.dcm", "ソ.dcm", "予定\\表\\胸部.dcm", "ソ\\能.dcm"]),
        ("gbk", ["俓/腬.dcm", "俓.dcm", "胸片\\一.dcm"]),
        ("cp1252", ["Müller/Étude.dcm", "éé.dcm"]),
        ("utf-8", ["Müller\\Röntgen.dcm", "表/ソ.dcm"]),
    ],
)
def test_names_of_an_unflagged_code_page_are_neither_refused_nor_lost(
    tmp_path: Path, encoding: str, names: list[str]
) -> None:
    raw = [name.encode(encoding) for name in names]
    found = contents(unflagged(raw), tmp_path)
    assert sorted(found.values()) == [bytes([n]) for n in range(len(names))]
    if encoding in {"cp437", "utf-8"}:
        assert set(found) == {name.replace("\\", "/") for name in names}


@pytest.mark.parametrize(
    "name",
    [
        "../up.dcm",
        "a/../../up.dcm",
        "..",
        "/etc/passwd",
        "C:/up.dcm",
        "c:up.dcm",
        "a\\..\\up.dcm",
        "..\\..\\up.dcm",
        "a/..\\up.dcm",
        "\\etc\\up.dcm",
        "\\\\server\\share\\up.dcm",
        "C:\\up.dcm",
        "..\\",
        "a/../",
        "./",
    ],
)
def test_a_name_that_leads_outside_refuses_the_whole_archive(tmp_path: Path, name: str) -> None:
    assert refusal(zip_of({"good.dcm": b"1", name: b"2"}), tmp_path) == "archive_unsafe"


def with_unicode_path(name: str, unicode: str, *, crc_of: str | None = None) -> bytes:
    """A zip whose member has another name in the extra field for it (APPNOTE 4.6.9)."""
    member, text = zipfile.ZipInfo(name), unicode.encode()
    crc = zlib.crc32((name if crc_of is None else crc_of).encode())
    member.extra = struct.pack("<HHBL", 0x7075, 5 + len(text), 1, crc) + text
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr(member, b"1")
    return target.getvalue()


def test_a_name_that_is_given_in_unicode_too_is_that_one(tmp_path: Path) -> None:
    assert set(contents(with_unicode_path("?.dcm", "\u65e5\u672c.dcm"), tmp_path)) == {"\u65e5\u672c.dcm"}
    renamed = with_unicode_path("new.dcm", "old.dcm", crc_of="old.dcm")
    assert set(contents(renamed, tmp_path)) == {"new.dcm"}
    assert refusal(with_unicode_path("good.dcm", "../up.dcm"), tmp_path) == "archive_unsafe"


def test_a_link_refuses_the_whole_archive(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    assert refusal(target.getvalue(), tmp_path) == "archive_unsafe"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    assert refusal(zip_of({"bomb": bytes(64 * 1024 * 1024)}), tmp_path) == "archive_too_large"


def test_a_member_larger_than_its_header_says_is_refused(tmp_path: Path) -> None:
    """The size is forged small in both headers; the checksum of the shorter content would not match either."""
    data = zip_of({"a.dcm": bytes(range(256)) * 64})
    forged = data.replace(struct.pack("<L", 256 * 64), struct.pack("<L", 100))
    assert refusal(forged, tmp_path) in ("archive_too_large", "archive_unreadable")


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    data = zip_of({"a.dcm": bytes(1000), "b.dcm": bytes(1000)}, compression=zipfile.ZIP_STORED)
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    overlapping = data[: second + 42] + struct.pack("<L", 0) + data[second + 46 :]
    assert refusal(overlapping, tmp_path) in ("archive_too_large", "archive_unreadable")


def with_zip64(data: bytes, *, n_members: int, directory_bytes: int) -> bytes:
    """The archive with the end record of zip64 too, as some tools always write it; its numbers as given."""
    start = data.rfind(b"PK\x05\x06")
    end = bytearray(data[start:])
    offset = int.from_bytes(end[16:20], "little")
    end[8:20] = b"\xff" * 12
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, n_members, n_members, directory_bytes, offset
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start, 1)
    return data[:start] + record + locator + bytes(end)


def test_zip64_is_read_and_bounded_by_its_own_numbers(tmp_path: Path) -> None:
    data = zip_of({"a.dcm": b"1", "b.dcm": b"2"})
    directory_bytes = int.from_bytes(data[-10:-6], "little")
    assert contents(with_zip64(data, n_members=2, directory_bytes=directory_bytes), tmp_path) == {
        "a.dcm": b"1",
        "b.dcm": b"2",
    }
    lying = with_zip64(data, n_members=30_000, directory_bytes=directory_bytes)
    assert refusal(lying, tmp_path) == "archive_too_large"


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ARCHIVE_MEMBERS", 3)
    assert len(contents(zip_of({f"{n}.dcm": b"1" for n in range(3)}), tmp_path)) == 3
    assert refusal(zip_of({f"{n}.dcm": b"1" for n in range(4)}), tmp_path) == "archive_too_large"


@pytest.mark.parametrize("damage", ["cut", "junk", "content"])
def test_a_damaged_archive_is_refused(tmp_path: Path, damage: str) -> None:
    data = zip_of({"a.dcm": b"123456789" * 50}, compression=zipfile.ZIP_STORED)
    broken = {
        "cut": data[:-30],
        "junk": b"PK\x03\x04" + os.urandom(300),
        "content": data.replace(b"123456789", b"123456780", 1),
    }
    assert refusal(broken[damage], tmp_path) == "archive_unreadable"


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(zip_of({"a.dcm": b"1"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data), tmp_path) == "archive_unreadable"


def test_a_folder_is_walked_in_order(tmp_path: Path) -> None:
    for name in ("b/two.dcm", "a/one.dcm", "three.png", ".hidden/four.dcm"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"1")
    found = [(item.relative_path, item.suffix) for item in iterate_source(tmp_path, tmp_path)]
    assert found == [("a/one.dcm", ".dcm"), ("b/two.dcm", ".dcm"), ("three.png", ".png")]


def test_a_link_out_of_a_folder_refuses_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "outside.dcm").write_bytes(b"1")
    (folder / "link.dcm").symlink_to(tmp_path / "outside.dcm")
    with pytest.raises(ArchiveRefused) as refused:
        list(iterate_source(folder, tmp_path))
    assert refused.value.code == "archive_unsafe"


@pytest.mark.parametrize("is_circle", [False, True])
def test_a_folder_that_is_a_link_out_of_it_or_in_a_circle_is_not_passed_over(
    tmp_path: Path, *, is_circle: bool
) -> None:
    folder, elsewhere = tmp_path / "folder", tmp_path / "second disk"
    for each in (folder, elsewhere):
        each.mkdir()
        (each / "film.dcm").write_bytes(b"1")
    link = folder / "site"
    link.symlink_to(link if is_circle else elsewhere)
    with pytest.raises(ArchiveRefused) as refused:
        list(iterate_source(folder, tmp_path))
    assert refused.value.code == "archive_unsafe"


def test_a_link_to_a_folder_inside_is_not_read_twice(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "film.dcm").write_bytes(b"1")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert [item.relative_path for item in iterate_source(tmp_path, tmp_path)] == ["a/film.dcm"]


def test_a_folder_that_may_not_be_listed_refuses_the_whole_and_litter_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scandir(path: Path | str) -> Any:
        # The tests may run as root, who may list everything.
        if Path(path).name in ("closed", ".Trash"):
            raise PermissionError(path)
        return real(path)

    for name in ("film.dcm", ".Trash/film.dcm", "closed/film.dcm"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    real = os.scandir
    monkeypatch.setattr("os.scandir", scandir)
    with pytest.raises(ArchiveRefused) as refused:
        list(iterate_source(tmp_path, tmp_path))
    assert refused.value.code == "folder_unreadable"
    (tmp_path / "closed").rename(tmp_path / "open")
    assert [item.relative_path for item in iterate_source(tmp_path, tmp_path)] == [
        "film.dcm",
        "open/film.dcm",
    ]


def test_a_single_file_is_itself(tmp_path: Path) -> None:
    path = tmp_path / "one.DCM"
    path.write_bytes(b"1")
    (item,) = iterate_source(path, tmp_path)
    assert (item.relative_path, item.path, item.suffix) == ("one.DCM", path, ".dcm")
