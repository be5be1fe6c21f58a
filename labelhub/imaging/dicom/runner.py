"""The parent's side of the import child: starts it, sends files, and turns its silence or death into an outcome."""

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import labelhub
from labelhub.imaging.dicom.answer import (
    CompareRequest,
    ImportRequest,
    InspectRequest,
    PicturesRequest,
    Request,
    clear_folder,
    rejected,
    sha256_of,
)
from labelhub.imaging.dicom.limits import CHILD_FILES_BEFORE_RECYCLING, CHILD_TIMEOUT_S, MIB

START_TIMEOUT_S = 60.0
MAX_ANSWER_BYTES = 64 * MIB
MIN_KEY_BYTES = 16
READ_BYTES = 65_536
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class ImportChildUnavailable(RuntimeError):
    """The child cannot be started at all: a fault of the installation, not of a file."""


class _Silent(Exception):
    """The child gave no whole answer in time (`code` too_slow) or died (`code` decoder_crashed)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ImportChild:
    """A long-lived import child, used as a context manager from one thread.

    The child is killed by the kernel when the thread that started it ends, so do not hand this object to another.
    """

    def __init__(
        self, *, timeout_s: float = CHILD_TIMEOUT_S, recycle_after: int = CHILD_FILES_BEFORE_RECYCLING
    ) -> None:
        self.timeout_s = timeout_s
        self.recycle_after = recycle_after
        self._process: subprocess.Popen[bytes] | None = None
        self._n_files = 0
        self._pending = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def import_file(
        self,
        path: Path,
        out_dir: Path,
        pseudonym_key: bytes,
        *,
        suffix: str | None = None,
        uids: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Import one file into the existing, empty folder `out_dir` and return the answer.

        `suffix` is the ending of the file's original name, when `path` is a temporary one; `uids` may give LabelHub's
        own study, series and instance UIDs to write instead of derived ones. A refused file leaves `out_dir` empty.

        Raises:
            ImportChildUnavailable: the child cannot be started.
            ValueError: the key is too short.
        """
        if len(pseudonym_key) < MIN_KEY_BYTES:
            raise ValueError(f"the pseudonym key must have at least {MIN_KEY_BYTES} bytes")
        ending = (path.suffix if suffix is None else suffix).lower()
        request = ImportRequest(path.absolute(), out_dir.absolute(), pseudonym_key, ending, uids or {})
        try:
            return self._ask(request)
        except _Silent as silence:
            self.close()
            clear_folder(request.out_dir)
            return rejected(silence.code, content_sha256=sha256_of(request.path))

    def write_pictures(
        self, folder: Path, thumbnail: Path, model_input: Path, *, frame: int, aspect: float
    ) -> bool:
        """Write the small pictures of a frame (from 1) of a folder of stored objects; False when they cannot be drawn.

        Raises:
            ImportChildUnavailable: the child cannot be started.
        """
        request = PicturesRequest(
            folder.absolute(), frame, aspect, thumbnail.absolute(), model_input.absolute()
        )
        try:
            return bool(self._ask(request)["is_written"])
        except _Silent:
            self.close()
            return False

    def inspect_file(self, path: Path, out_dir: Path, pseudonym_key: bytes, *, suffix: str) -> dict[str, Any]:
        """Import one file into nowhere, and write its pictures into the existing, empty folder `out_dir`.

        Returns the answer of the import with "frames" beside (`inspected.inspect_file`).

        Raises:
            ImportChildUnavailable: the child cannot be started.
        """
        with tempfile.TemporaryDirectory() as objects:
            request = InspectRequest(
                path.absolute(), Path(objects), out_dir.absolute(), pseudonym_key, suffix.lower()
            )
            try:
                return self._ask(request)
            except _Silent as silence:
                self.close()
                clear_folder(request.out_dir)
                return rejected(silence.code, frames=[])

    def is_same_picture(self, first: Path, second: Path) -> bool:
        """Say whether two folders of stored objects show the same picture; no when the child cannot tell.

        Raises:
            ImportChildUnavailable: the child cannot be started.
        """
        try:
            return bool(self._ask(CompareRequest(first.absolute(), second.absolute()))["is_same"])
        except _Silent:
            self.close()
            return False

    @property
    def pid(self) -> int | None:
        """The process id of the running child."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the child."""
        process, self._process, self._pending = self._process, None, b""
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _ask(self, request: Request) -> dict[str, Any]:
        if self._process is not None and (
            self._n_files >= self.recycle_after or self._process.poll() is not None
        ):
            self.close()
        process = self._process or self._start()
        self._n_files += 1
        assert process.stdin is not None
        try:
            process.stdin.write(request.to_json().encode() + b"\n")
        except BrokenPipeError:
            raise _Silent("decoder_crashed") from None
        return self._read_line(self.timeout_s)

    def _start(self) -> subprocess.Popen[bytes]:
        package_root = str(Path(labelhub.__file__).parents[1])
        # Secrets in this process's environment are none of the child's business.
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": package_root,
            "LC_ALL": "C.UTF-8",
            **ONE_THREAD,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "labelhub.imaging.dicom.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=environment,
        )
        self._n_files = 0
        try:
            self._read_line(START_TIMEOUT_S)
        except _Silent:
            self.close()
            raise ImportChildUnavailable("The import child does not start; check the installation.") from None
        return self._process

    def _read_line(self, timeout_s: float) -> dict[str, Any]:
        assert self._process is not None and self._process.stdout is not None
        deadline = time.monotonic() + timeout_s
        while b"\n" not in self._pending:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise _Silent("too_slow")
            chunk = os.read(self._process.stdout.fileno(), READ_BYTES)
            if not chunk or len(self._pending) > MAX_ANSWER_BYTES:
                raise _Silent("decoder_crashed")
            self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        answer: dict[str, Any] = json.loads(line)
        return answer
