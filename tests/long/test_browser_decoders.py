"""Stored frames decode to the same bytes in the browser's codecs as in ours, for every form that is stored.

Frames come from synthetic files of all encodable kinds and from the shared collection, which alone holds the JPEG
Lossless and HTJ2K ones; a list entry that neither can show is a failure.
"""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from labelhub.imaging.dicom.drawing.pixels import stored_frame_to_array
from labelhub.imaging.dicom.runner import ImportChild
from labelhub.imaging.dicom.storing.stored import PASS_THROUGH
from tests.factories.dicom import colours, dicom_bytes, gradient
from tests.long.shared_data import dicom_manifest, needs_shared_data, shared_data

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "frontend" / "node_modules" / "@cornerstonejs"

pytestmark = [
    pytest.mark.long,
    needs_shared_data,
    pytest.mark.skipif(
        not PACKAGES.is_dir() or shutil.which("node") is None,
        reason="the browser's codecs are not installed: run npm ci in frontend/",
    ),
]


def synthetic_files(folder: Path) -> Iterator[Path]:
    """Write one file for each gray and colour form that can be encoded here."""
    grays = [
        gradient(high=255, dtype="u1"),
        gradient(high=65_535),
        gradient(low=-2000, high=2000, dtype="i2"),
        gradient(low=-100, high=100, dtype="i1"),
        gradient(high=4_000_000_000, dtype="u4"),
    ]
    syntaxes = [
        ExplicitVRLittleEndian,
        RLELossless,
        JPEGLSLossless,
        JPEGLSNearLossless,
        JPEG2000Lossless,
        JPEG2000,
    ]
    kinds: list[tuple[Any, UID, dict[str, str]]] = [(*pair, {}) for pair in product(grays[:3], syntaxes)]
    kinds += [(pixels, ExplicitVRLittleEndian, {}) for pixels in grays[3:]]
    kinds += [
        (colours(), syntax, {})
        for syntax in (
            ExplicitVRLittleEndian,
            RLELossless,
            JPEGLSLossless,
            JPEG2000Lossless,
            JPEGBaseline8Bit,
        )
    ]
    kinds += [
        (colours(), JPEG2000, {"PhotometricInterpretation": name}) for name in ("RGB", "YBR_RCT", "YBR_ICT")
    ]
    for number, (pixels, syntax, elements) in enumerate(kinds):
        path = folder / f"{number}.dcm"
        path.write_bytes(dicom_bytes(pixels, syntax=syntax, **elements))
        yield path


def real_files() -> Iterator[Path]:
    root = shared_data()
    assert root is not None
    for row in dicom_manifest():
        if row["has_pixels"] == "y" and row["expected_handling"] == "accept":
            yield root / "dicom" / row["file"]


def test_the_browser_sees_the_same_pixels(tmp_path: Path) -> None:
    frames: list[dict[str, Any]] = []
    expected: list[str] = []
    seen: set[tuple[str, str, int, bool]] = set()
    with ImportChild() as child:
        for number, path in enumerate([*synthetic_files(tmp_path), *real_files()]):
            folder = tmp_path / f"out-{number}"
            folder.mkdir()
            answer = child.import_file(path, folder, b"a key for long tests")
            assert answer["code"] == "ok"
            metadata = json.loads((folder / "metadata.json").read_text())
            value = {
                tag: item["Value"][0]
                for tag, item in metadata.items()
                if isinstance(item, dict) and "Value" in item
            }
            frame = folder / "frame-000001.bin"
            array = stored_frame_to_array(frame, metadata)
            expected.append(hashlib.sha256(array.tobytes()).hexdigest())
            form = (value["00020010"], value["00280004"], value["00280100"], value["00280103"] == 1)
            seen.add(form)
            frames.append(
                {
                    "path": str(frame),
                    "syntax": form[0],
                    "bitsAllocated": form[2],
                    "bitsStored": value["00280101"],
                    "isSigned": form[3],
                }
            )
    script = Path(__file__).with_name("decode_as_the_browser.cjs")
    found = subprocess.run(
        ["node", str(script), str(PACKAGES)],
        input=json.dumps(frames),
        capture_output=True,
        text=True,
        check=True,
    )
    decoded = [line for line in found.stdout.splitlines() if len(line) == 64]
    differing = [
        frame for frame, ours, theirs in zip(frames, expected, decoded, strict=True) if ours != theirs
    ]
    assert differing == []
    # A gray codestream decodes alike under both monochrome names.
    shown = seen | {
        (syntax, "MONOCHROME1", bits, sign) for syntax, name, bits, sign in seen if name == "MONOCHROME2"
    }
    assert PASS_THROUGH - shown == set()
