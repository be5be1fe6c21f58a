"""Which line of a label table belongs to which file of an import. Pure; names only.

Paths are compared in NFC, with either separator. First whole paths, from the table's own folder and from the import's
root; then the longest tail that is one file's and one line's alone; each as spelt first, then without case; then both
again without case and the endings of names. A wrong match gives one patient's label to another, so that what could
mean two files, or a file in a folder that the line contradicts, is no match: it is reported instead.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from labelhub.core.words import printable

ENDINGS = frozenset(
    "bmp dcm dic dicom gif ima img j2k jp2 jpeg jpg jpe mpo png tif tiff webp zip".split()  # noqa: SIM905
)
CODE_PAGES = ("cp850", "cp1252", "cp852", "cp1250", "cp932", "gb18030", "big5", "cp949", "cp866", "cp1251")
"""What an archive's unflagged name may have been written in; it reaches us as if it had been IBM 437."""

Key = TypeVar("Key")
Owner = TypeVar("Owner")
Parts = tuple[str, ...]
Spelling = Callable[[Parts], Parts]


def normal_path(path: str) -> str:
    """A path as it is compared: NFC, `/`, as it is shown, without blanks around it, empty parts and `.`."""
    parts = printable(unicodedata.normalize("NFC", path).strip()).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))


def matched_lines(images: Sequence[str], paths: Iterable[str], folder: str = "") -> dict[str, int]:
    """The index in `images` (one per line) of each path that has a line; a path that two files have has none.

    `folder` is the table's own, as a path inside the import; '' for its root or for a table that came by itself.
    """
    lines = [_parts(image) for image in images]
    names = {part for parts in lines for part in parts}
    counts = Counter(paths)
    search = _Search(lines, {path: _respelt(path, names) for path in counts}, _respelt(folder, names))
    for spellings in ((_as_it_is, _folded), (_folded_without_endings,)):
        for find in (search.by_whole_path, search.by_tail):
            for spelling in spellings:
                if not search.is_done():
                    find(spelling)
    return {path: line for path, line in search.line_of.items() if counts[path] == 1}


def _parts(path: str) -> Parts:
    normal = normal_path(path)
    return tuple(normal.split("/")) if normal else ()


def _respelt(path: str, names: set[str]) -> Parts:
    """The parts of a path, each in the code page in which the table has it, if its archive did not say which."""
    return _parts("/".join(_respelt_name(name, names) for name in path.split("/")))


def _respelt_name(name: str, names: set[str]) -> str:
    if name.isascii() or normal_path(name) in names:
        return name
    for page in CODE_PAGES:
        try:
            text = name.encode("cp437").decode(page)
        except UnicodeError:
            continue
        if normal_path(text) in names:
            return text
    return name


def _as_it_is(parts: Parts) -> Parts:
    return parts


def _folded(parts: Parts) -> Parts:
    return tuple(part.casefold() for part in parts)


def _folded_without_endings(parts: Parts) -> Parts:
    """Also of the archives on the way: `films.zip/a.png` is `films/a`."""
    return tuple(_without_ending(part) for part in _folded(parts))


def _without_ending(part: str) -> str:
    stem, dot, ending = part.rpartition(".")
    return stem if dot and stem and ending in ENDINGS else part


@dataclass(frozen=True)
class _Candidate:
    """A line and a file with a common tail of so many names; the roots are what each has above it."""

    line: int
    path: str
    line_root: Parts
    file_root: Parts
    n_common: int

    @property
    def is_partial(self) -> bool:
        return bool(self.line_root and self.file_root)


@dataclass
class _Search:
    """Takes one way of comparing after another; what was found once stays."""

    lines: list[Parts]
    files: dict[str, Parts]
    folder: Parts
    line_of: dict[str, int] = field(default_factory=dict)
    roots: dict[int, tuple[Parts, Parts]] = field(default_factory=dict)

    def by_whole_path(self, spelling: Spelling) -> None:
        """Lines whose path, from the table's folder or the import's root, is one file's path."""
        files = _owners((spelling(parts), path) for path, parts in self.files.items())
        for root in dict.fromkeys((self.folder, ())):
            places = [(line, spelling(_inside(root, self.lines[line]))) for line in self._open_lines()]
            owners = _owners((place, line) for line, place in places)
            for line, place in places:
                path = files.get(place)
                if path is not None and owners[place] is not None and path not in self.line_of:
                    self._keep(_Candidate(line, path, (), root, len(place)))

    def by_tail(self, spelling: Spelling) -> None:
        """Lines whose longest tail that any file has is that file's and that line's alone."""
        for folder in dict.fromkeys((self.folder, ())):
            found = list(self._with_common_tail(spelling, folder))
            for candidate in self._believed(found):
                self._keep(candidate)

    def _with_common_tail(self, spelling: Spelling, folder: Parts) -> Iterator[_Candidate]:
        open_lines = {line: spelling(self.lines[line]) for line in self._open_lines()}
        names = {parts[-1] for parts in open_lines.values() if parts}
        files = _owners(
            (tail, path)
            for path, parts in self.files.items()
            if parts[: len(folder)] == folder
            for tail in _tails(spelling(parts), names)
        )
        lines = _owners(
            (tail, line) for line, parts in enumerate(self.lines) for tail in _tails(spelling(parts), names)
        )
        for line, parts in open_lines.items():
            tail = next((tail for tail in _tails(parts, names) if tail in files), ())
            path = files.get(tail)
            if path is not None and lines[tail] is not None and path not in self.line_of:
                n = len(tail)
                yield _Candidate(line, path, self.lines[line][:-n], self.files[path][:-n], n)

    def _believed(self, found: list[_Candidate]) -> list[_Candidate]:
        """Without those in which both sides have folders above the tail that do not look like one moved root.

        The folder that a line names is not there elsewhere; and where nothing but the file's name is common, a root
        that was moved is the same for most matches.
        """
        known = [*self.roots.values(), *((each.line_root, each.file_root) for each in found)]
        line_roots, file_roots = Counter(line for line, _ in known), Counter(file for _, file in known)
        partial = any(each.is_partial for each in found)
        file_folders = {part for parts in self.files.values() for part in parts[:-1]} if partial else set()
        line_folders = {part for parts in self.lines for part in parts[:-1]} if partial else set()
        return [
            each
            for each in found
            if not each.is_partial
            or (
                (
                    each.n_common > 1
                    or 2 * max(line_roots[each.line_root], file_roots[each.file_root]) > len(known)
                )
                and each.line_root[-1] not in file_folders
                and each.file_root[-1] not in line_folders
            )
        ]

    def is_done(self) -> bool:
        return len(self.roots) == len(self.lines)

    def _open_lines(self) -> list[int]:
        return [line for line in range(len(self.lines)) if line not in self.roots]

    def _keep(self, found: _Candidate) -> None:
        self.line_of[found.path] = found.line
        self.roots[found.line] = (found.line_root, found.file_root)


def _inside(root: Parts, parts: Parts) -> Parts:
    """The path from a folder; `..` climbs, at most to the import's root."""
    place = list(root)
    for part in parts:
        if part != "..":
            place.append(part)
        elif place:
            place.pop()
    return tuple(place)


def _tails(parts: Parts, names: set[str]) -> Iterator[Parts]:
    """All ends of a path, the longest first; none where its name is not asked for."""
    if parts and parts[-1] in names:
        yield from (parts[start:] for start in range(len(parts)))


def _owners(pairs: Iterable[tuple[Key, Owner]]) -> dict[Key, Owner | None]:
    """Who has each key; None where several do."""
    owners: dict[Key, set[Owner]] = defaultdict(set)
    for key, owner in pairs:
        owners[key].add(owner)
    return {key: next(iter(some)) if len(some) == 1 else None for key, some in owners.items()}
