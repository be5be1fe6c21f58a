"""What LabelHub makes of the files of a folder, a zip or one file, without any project: `manage.py inspect_images`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from labelhub.imaging.dicom.answer import rejected
from labelhub.imaging.dicom.files.archive import ArchiveRefused, SourceFile, is_zip, iterate_source
from labelhub.imaging.dicom.order.reading_order import FramePlace, ImagePlace, images_in_reading_order
from labelhub.imaging.dicom.runner import ImportChild

KEY_BYTES = 32


def inspect_source(path: Path, out: Path) -> list[dict[str, Any]]:
    """Write the pictures of all files below `path` into folders of `out`; return what was made of each.

    Images come in reading order, then what is no image or was refused, in the order of names.

    Raises:
        ArchiveRefused: the folder or zip is refused as a whole.
    """
    key = os.urandom(KEY_BYTES)
    answers: list[tuple[str, dict[str, Any]]] = []
    with tempfile.TemporaryDirectory() as work, ImportChild() as child:
        for number, (source, refusal) in enumerate(_sources(path, Path(work)), start=1):
            if refusal:
                answers.append((source.relative_path, {**rejected(refusal), "frames": []}))
                continue
            folder = out / f"{number:06d}"
            folder.mkdir(parents=True, exist_ok=True)
            answer = child.inspect_file(source.path, folder, key, suffix=source.suffix)
            for frame in answer["frames"]:
                for name in ("png", "model_png"):
                    frame[name] = str(folder.absolute() / frame[name]) if frame[name] else None
            if not answer["frames"]:
                folder.rmdir()
            answers.append((source.relative_path, answer))
    images = [(name, answer) for name, answer in answers if answer["frames"]]
    others = [_report(name, answer) for name, answer in answers if not answer["frames"]]
    return [*_in_order(images), *others]


def _sources(path: Path, work: Path) -> Iterator[tuple[SourceFile, str]]:
    """The files below `path`, those of each zip in a folder too, as an import has them; with a code, a zip refused."""
    for source in iterate_source(path, work):
        if path.is_dir() and source.suffix == ".zip" and is_zip(source.path):
            try:
                for member in iterate_source(source.path, work):
                    yield replace(member, relative_path=f"{source.relative_path}/{member.relative_path}"), ""
            except ArchiveRefused as refused:
                yield source, refused.code
        else:
            yield source, ""


def _in_order(images: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the reports of images as they are read; one of a single frame has its place among those of its series."""
    # A series is called by the first of its files, so that series without a number come in the order of names.
    first_names: dict[str, str] = {}
    for name, answer in images:
        first_names.setdefault(answer["series_uid_hash"], name)
    places = [
        ImagePlace(
            series=first_names[answer["series_uid_hash"]],
            series_number=answer["series"]["number"],
            frame=FramePlace.from_json(answer["instance"]["place"], name=name),
        )
        for name, answer in images
    ]
    reports = []
    for placed in images_in_reading_order(places):
        name, answer = images[placed.index]
        if len(answer["frames"]) == 1:
            answer["frames"][0] |= {
                "position": placed.position_mm,
                "time": placed.time,
                "group": placed.group,
            }
        reports.append(_report(name, answer))
    return reports


def _report(name: str, answer: dict[str, Any]) -> dict[str, Any]:
    is_refused = answer["outcome"] == "rejected"
    presets = answer["instance"]["window_presets"] if answer["frames"] else []
    return {
        "path": name,
        "code": answer["code"],
        "message": answer["message"],
        "frames": answer["frames"],
        "window": presets[0] if presets else None,
        "windows": presets,
        "attributes": answer["attributes"],
        "warnings": [answer["code"], *answer["warnings"]] if is_refused else answer["warnings"],
    }
