"""The import child: `python -m labelhub.imaging.dicom.child` answers one JSON request per line until its input ends.

It is started by `runner` and holds itself to limits of memory and file size, so that a hostile file can end this
process and nothing else. Only answers reach the parent: what libraries print is discarded, since their messages may
quote a file's content.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from labelhub.imaging.dicom.answer import (
    CompareRequest,
    ImportRequest,
    InspectRequest,
    PicturesRequest,
    Request,
    clear_folder,
    rejected,
    request_from_json,
)
from labelhub.imaging.dicom.limits import CHILD_ADDRESS_SPACE_BYTES, CHILD_FILE_SIZE_BYTES

PR_SET_PDEATHSIG = 1
CLONE_NEWNET = 0x40000000
RECURSION_LIMIT = 1000


def main() -> int:
    """Serve requests; return the exit status."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    _silence()
    _limit()
    # Imported under the limits and after the output is silenced.
    from labelhub.imaging.dicom.compare import is_same_picture
    from labelhub.imaging.dicom.engine import import_file
    from labelhub.imaging.dicom.inspected import inspect_file
    from labelhub.imaging.dicom.pictures import write_pictures

    print(json.dumps({"ready": os.getpid()}), file=answers, flush=True)
    for line in sys.stdin:
        request = request_from_json(line)
        try:
            if isinstance(request, CompareRequest):
                answer: dict[str, Any] = {"is_same": is_same_picture(request.first, request.second)}
            elif isinstance(request, PicturesRequest):
                answer = {"is_written": write_pictures(request)}
            elif isinstance(request, InspectRequest):
                answer = inspect_file(request)
            else:
                answer = import_file(request)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as fault:  # noqa: BLE001 - the process edge; a panic in Rust is no Exception
            answer = _fault_answer(request, fault)
        print(json.dumps(answer, allow_nan=False), file=answers, flush=True)
    return 0


def _fault_answer(request: Request, fault: BaseException) -> dict[str, Any]:
    if isinstance(request, CompareRequest):
        return {"is_same": False}
    if isinstance(request, PicturesRequest):
        return {"is_written": False}
    return _unreadable(request, fault)


def _unreadable(request: ImportRequest | InspectRequest, fault: BaseException) -> dict[str, Any]:
    """Return the answer for an unforeseen fault: its kind and place in our code, never its text."""
    clear_folder(request.out_dir)
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if "labelhub" in frame.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    kind = type(fault).__name__
    code = {"RecursionError": "damaged_structure", "PanicException": "undecodable_pixels"}.get(
        kind, "unreadable"
    )
    return rejected(code, fault=f"{kind} at {place}", frames=[])


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _limit() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Needs privilege; where it is refused the child still opens no connection of its own.
    libc.unshare(CLONE_NEWNET)
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_ADDRESS_SPACE_BYTES, CHILD_ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (CHILD_FILE_SIZE_BYTES, CHILD_FILE_SIZE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(RECURSION_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
